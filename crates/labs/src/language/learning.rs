//! The step by which the lab's models learn, whatever they are.

use terrarium_graph::plan::Layout;
use terrarium_graph::{Builder, Graph, InputId, ProgramId, Rule, Tensor, plan};
use terrarium_models::transformer::{Dropout, Learning};

use super::table::{Options, Schedule};
use crate::error::{Error, Result};
use crate::protocol::{Axis, Chart, ChartLine};

/// The most memory that training may take, in bytes: WebAssembly has room for 4 GB, some of which is taken twice while a run opens.
const MOST_BYTES: u64 = 1_500_000_000;
/// What the learning rate falls to, as a share of what it was.
const LEAST_RATE: f32 = 0.1;

/// The inputs that follow live settings.
pub struct Live {
    learning_rate: InputId,
    warm_up: InputId,
    decay_steps: InputId,
    weight_decay: InputId,
    clip: InputId,
    dropout: InputId,
}

impl Live {
    /// Those of a graph with a [`step`].
    ///
    /// # Errors
    /// Where it has none.
    pub fn of(graph: &Graph) -> Result<Live> {
        let input = |name: &str| graph.find_input(name);
        let [learning_rate, warm_up, decay_steps] = [input("learning rate")?, input("warm-up")?, input("decay steps")?];
        let [weight_decay, clip, dropout] = [input("weight decay")?, input("clip")?, input("dropout")?];
        Ok(Live { learning_rate, warm_up, decay_steps, weight_decay, clip, dropout })
    }

    /// What they are.
    pub fn values(&self, options: &Options) -> Vec<(InputId, f32)> {
        vec![
            (self.learning_rate, options.learning_rate),
            (self.warm_up, options.warm_up),
            (self.decay_steps, options.decay_steps),
            (self.weight_decay, options.weight_decay),
            (self.clip, options.clip),
            (self.dropout, options.dropout),
        ]
    }
}

/// What is left out at random, as a live setting has it.
pub fn dropout(b: &Builder) -> Dropout<'_> {
    Dropout(Some(b.input("dropout", [])))
}

/// A step along the gradients of a loss, in nats a token. Its outputs are that loss, then the learning rate, then the norm of the gradient
/// of each layer.
pub fn step<'b>(
    b: &'b Builder,
    options: &Options,
    loss: Tensor<'b>,
    learning: &[Learning<'b>],
    gradients: &[Tensor<'b>],
) -> ProgramId {
    let rate = scheduled(b, options.schedule);
    let rule = Rule::AdamW { beta1: 0.9, beta2: options.beta2, epsilon: 1e-8 };
    let optimiser = b.optimiser(rule, rate, Some(b.input("weight decay", []))).sparing_vectors().clipped(b.input("clip", []));
    let parameters: Vec<Tensor> = learning.iter().map(|of| of.parameter).collect();
    let layers = learning.iter().map(|of| of.layer).max().unwrap_or(0);
    b.step_along("step", loss, &parameters, gradients, optimiser, |gradients| {
        let norm = |layer: usize| {
            let of_layer = gradients.iter().zip(learning).filter(|(_, of)| of.layer == layer);
            of_layer.fold(b.scalar(0.0), |sum, (g, _)| sum + g.square().sum_all()).sqrt()
        };
        let norms = (0..=layers).map(|layer| (format!("gradient norm {layer}"), norm(layer)));
        [("loss".to_string(), loss), ("learning rate".to_string(), rate)].into_iter().chain(norms).collect()
    })
}

/// The learning rate of a step, a scalar: it grows over the warm-up, then goes by the schedule.
fn scheduled(b: &Builder, schedule: Schedule) -> Tensor<'_> {
    let (peak, warm_up, until) = (b.input("learning rate", []), b.input("warm-up", []), b.input("decay steps", []));
    let step = b.step_number();
    let grown = (step / (warm_up + 1.0)).min(b.scalar(1.0));
    let gone = ((step - warm_up) / (until - warm_up).max(b.scalar(1.0))).max(b.scalar(0.0)).min(b.scalar(1.0));
    let left = match schedule {
        Schedule::Constant => gone * 0.0 + 1.0,
        Schedule::Cosine => ((gone * std::f32::consts::PI).cos() + 1.0) * 0.5,
        Schedule::Linear => 1.0 - gone,
    };
    peak * grown * (left * (1.0 - LEAST_RATE) + LEAST_RATE)
}

/// The learning rates of a run, in this column of its measures.
pub fn chart_of_rate(column: usize) -> Chart {
    Chart::new(
        "Learning rate",
        "How far a step may go: it warms up, then falls by its schedule.",
        Axis::Around,
        vec![ChartLine::new(column, "Learning rate", "learning_rate", "of-training")],
    )
}

/// Bytes of memory that training takes on the cpu engine: weights, moments, gradients, activations.
///
/// # Errors
/// Where that is too much.
pub fn bytes(graph: &Graph, step: ProgramId) -> Result<u64> {
    let layout = Layout::of(graph);
    let elements = layout.vars_len() + layout.inputs_len() + plan(graph, step).arena_len;
    let bytes = (elements * size_of::<f32>()) as u64;
    if bytes > MOST_BYTES {
        let [needed, most] = [bytes, MOST_BYTES].map(|bytes| bytes as f64 / 1e9);
        return Err(Error(format!(
            "This model takes {needed:.1} GB to train, and here it may take {most:.1}: make it narrower or shallower, or the context or \
             the batch smaller."
        )));
    }
    Ok(bytes)
}
