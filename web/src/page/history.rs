//! What was measured so far, as a file.

use std::fmt::Write;

use terrarium_labs::protocol::Measures;

/// A table with a heading, one row a measurement; what was not measured is empty.
pub fn csv(rows: &[Measures], layers: &[String]) -> String {
    let mut csv = "step,discriminator_loss,generator_loss,divergence_bits,modes_covered,modes,quality".to_string();
    for layer in layers {
        // Writing to a string cannot fail.
        let _ = write!(csv, ",gradient_norm_{}", layer.to_lowercase().replace(' ', "_"));
    }
    csv.push('\n');
    for row in rows {
        let text = |value: Option<String>| value.unwrap_or_default();
        let fields = [
            row.step.to_string(),
            row.discriminator_loss.to_string(),
            row.generator_loss.to_string(),
            row.divergence.to_string(),
            text(row.modes.map(|(covered, _)| covered.to_string())),
            text(row.modes.map(|(_, of)| of.to_string())),
            text(row.quality.map(|quality| quality.to_string())),
        ];
        let norms = row.gradient_norms.iter().map(f32::to_string);
        csv += &fields.into_iter().chain(norms).collect::<Vec<_>>().join(",");
        csv.push('\n');
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(step: u32) -> Measures {
        Measures {
            step,
            discriminator_loss: 0.5,
            generator_loss: 0.75,
            divergence: 0.25,
            modes: Some((7, 8)),
            quality: None,
            gradient_norms: vec![1.0, 2.0],
        }
    }

    #[test]
    fn a_table_has_a_column_for_everything_measured() {
        assert_eq!(
            csv(&[row(10)], &["G 1".to_string(), "D 1".to_string()]),
            "step,discriminator_loss,generator_loss,divergence_bits,modes_covered,modes,quality,gradient_norm_g_1,gradient_norm_d_1\n\
             10,0.5,0.75,0.25,7,8,,1,2\n"
        );
    }
}
