//! One step of an optimiser: dfdx's own where it means the rule, else the rule's formula.

use dfdx::optim::{Momentum, WeightDecay};
use dfdx::prelude::*;
use dfdx::tensor_ops::{AdamConfig, SgdConfig};
use terrarium_graph::{Graph, Result, Rule, VarId, VarKind};

use crate::{Numbers, in_words, values};

/// A rule with its live values at one step, which counts from 1.
pub(crate) struct Settings {
    pub rule: Rule,
    pub rate: f32,
    pub decay: Option<f32>,
    /// What gradients are multiplied by.
    pub scale: f32,
    pub step: u32,
}

/// What brings gradients that are longer than `longest`, taken together as one vector, down to it.
pub(crate) fn scale(gradients: &[Numbers], longest: f32) -> f32 {
    let squares = |gradient: &Numbers| values(gradient).iter().map(|g| f64::from(*g).powi(2)).sum::<f64>();
    let norm = gradients.iter().map(squares).sum::<f64>().sqrt();
    (f64::from(longest) / norm).min(1.0) as f32
}

/// Moves a parameter and its moments.
pub(crate) fn update(vars: &mut [Numbers], graph: &Graph, of: VarId, settings: &Settings, gradient: &Numbers) -> Result<()> {
    let mut parameter = vars[of.index()].clone();
    let places: Vec<usize> = (0..settings.rule.moments()).filter_map(|slot| moment(graph, of, slot)).collect();
    let mut moments = places.iter().map(|&place| storage(&vars[place])).collect::<Result<Vec<_>>>()?;
    let mut gradient = storage(gradient)?;
    gradient.iter_mut().for_each(|g| *g *= settings.scale);
    step(settings, &mut parameter, &mut moments, &gradient)?;
    vars[of.index()] = parameter;
    for (place, moment) in places.into_iter().zip(&moments) {
        vars[place].copy_from(moment);
    }
    Ok(())
}

fn moment(graph: &Graph, of: VarId, slot: u8) -> Option<usize> {
    graph.vars.iter().position(|var| var.kind == VarKind::Moment { of, slot })
}

/// What dfdx holds a tensor's elements in.
type Elements = <Cpu as Storage<f32>>::Vec;

fn storage(numbers: &Numbers) -> Result<Elements> {
    let mut elements: Elements = numbers.device().try_alloc_len(numbers.shape().0).map_err(in_words)?;
    elements.copy_from_slice(&values(numbers));
    Ok(elements)
}

fn step(settings: &Settings, parameter: &mut Numbers, moments: &mut [Elements], gradient: &Elements) -> Result<()> {
    let &Settings { rule, rate, decay, step, .. } = settings;
    let lr = f64::from(rate);
    let l2 = decay.map(|decay| WeightDecay::L2(decay.into()));
    match (rule, moments) {
        (Rule::Sgd { momentum }, moments) => {
            let config = SgdConfig { lr, momentum: Some(Momentum::Classic(momentum.into())), weight_decay: l2 };
            match moments {
                [m] => config.try_update(parameter, m, gradient),
                // dfdx always has a velocity; with μ = 0 it is the gradient.
                _ => config.try_update(parameter, &mut gradient.clone(), gradient),
            }
        }
        (Rule::Adam { beta1, beta2, epsilon }, [m, v]) => {
            adam(lr, [beta1, beta2], epsilon, l2).try_update(times(step), parameter, m, v, gradient)
        }
        (Rule::AdamW { beta1, beta2, epsilon }, [m, v]) => {
            let decoupled = decay.map(|decay| WeightDecay::Decoupled(decay.into()));
            adam(lr, [beta1, beta2], epsilon, decoupled).try_update(times(step), parameter, m, v, gradient)
        }
        // Not dfdx's own, which has ε under the root.
        (Rule::RmsProp { alpha, epsilon }, [v]) => {
            let mut moved = values(parameter);
            for ((x, v), g) in moved.iter_mut().zip(v.iter_mut()).zip(gradient.iter()) {
                let g = g + decay.unwrap_or(0.0) * *x;
                *v = alpha * *v + (1.0 - alpha) * g * g;
                *x -= rate * g / (v.sqrt() + epsilon);
            }
            parameter.copy_from(&moved);
            Ok(())
        }
        (rule, moments) => unreachable!("{rule:?} keeps {} moments, and the builder made {}", rule.moments(), moments.len()),
    }
    .map_err(in_words)
}

fn adam(lr: f64, betas: [f32; 2], epsilon: f32, weight_decay: Option<WeightDecay>) -> AdamConfig {
    AdamConfig { lr, betas: betas.map(f64::from), eps: epsilon.into(), weight_decay }
}

/// The step as dfdx counts it. Beyond 2³¹ the correction of the bias is 1 anyway.
fn times(step: u32) -> i32 {
    i32::try_from(step).unwrap_or(i32::MAX)
}
