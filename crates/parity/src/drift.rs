use terrarium_graph::{Engine, ProgramId, Result};

/// How far one variable has drifted apart between two engines.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    pub variable: String,
    /// ‖a − b‖ / ‖b‖; the plain ‖a − b‖ where b is 0.
    pub relative: f32,
}

/// Runs the same programs in turn on two engines, for each of `steps`, and tells the variable (parameter or moment) that
/// has drifted furthest. Both engines must start alike: the same graph, variables, inputs and seed. A graph without
/// variables does not drift.
///
/// # Errors
/// Those of the engines.
pub fn drift(
    a: &mut dyn Engine,
    b: &mut dyn Engine,
    programs: &[ProgramId],
    steps: std::ops::RangeInclusive<u32>,
) -> Result<Option<Drift>> {
    for step in steps {
        for &program in programs {
            a.run(program, step)?;
            b.run(program, step)?;
        }
    }
    let graph = a.graph().clone();
    let mut furthest: Option<Drift> = None;
    for id in graph.var_ids() {
        let relative = distance(&a.read_var(id)?, &b.read_var(id)?);
        // NaN is further than anything.
        if furthest.as_ref().is_none_or(|drift| relative.is_nan() || relative > drift.relative) {
            furthest = Some(Drift { variable: graph.var(id).name.clone(), relative });
        }
    }
    Ok(furthest)
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    let norm = |squares: &mut dyn Iterator<Item = f64>| squares.sum::<f64>().sqrt();
    let apart = norm(&mut a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)));
    let size = norm(&mut b.iter().map(|&b| f64::from(b).powi(2)));
    (if size > 0.0 { apart / size } else { apart }) as f32
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances_are_relative_to_the_second() {
        assert_eq!(distance(&[3.0, 4.0], &[0.0, 0.0]), 5.0);
        assert_eq!(distance(&[3.0, 5.0], &[3.0, 4.0]), 0.2);
        assert_eq!(distance(&[], &[]), 0.0);
        assert!(distance(&[f32::NAN], &[1.0]).is_nan());
    }
}
