use std::ops::RangeInclusive;

use terrarium_graph::{Engine, ProgramId, Result, VarId, VarKind};

/// How far variables have drifted apart between two engines: ‖a − b‖ / ‖b‖, and the plain ‖a − b‖ where b is 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// Of all parameters taken together.
    pub parameters: f32,
    /// Of the variable, parameter or moment, that has drifted furthest, with its name.
    pub furthest: (String, f32),
}

/// Runs the same programs in turn on two engines, for each of `steps`, and tells how far they have drifted apart. Both must
/// start alike: the same graph, variables, inputs and seed.
///
/// The smallest difference in rounding grows with every step of a training with ReLUs or a GAN, as in any chaotic system.
///
/// # Errors
/// Those of the engines.
pub async fn drift(a: &mut dyn Engine, b: &mut dyn Engine, programs: &[ProgramId], steps: RangeInclusive<u32>) -> Result<Drift> {
    for step in steps {
        for &program in programs {
            a.run(program, step)?;
            b.run(program, step)?;
        }
    }
    let graph = a.graph().clone();
    let vars: Vec<VarId> = graph.var_ids().collect();
    let (a, b) = (a.variables(&vars).await?, b.variables(&vars).await?);
    let (mut parameters, mut furthest) = ([Vec::new(), Vec::new()], (String::new(), 0.0));
    for (id, values) in vars.into_iter().zip(a.into_iter().zip(b).map(|(a, b)| [a, b])) {
        let var = graph.var(id);
        let relative = distance(&values[0], &values[1]);
        // NaN is further than anything.
        if relative > furthest.1 || relative.is_nan() {
            furthest = (var.name.clone(), relative);
        }
        if var.kind == VarKind::Parameter {
            parameters.iter_mut().zip(values).for_each(|(all, values)| all.extend(values));
        }
    }
    Ok(Drift { parameters: distance(&parameters[0], &parameters[1]), furthest })
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
