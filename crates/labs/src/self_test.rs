//! Whether a device computes as the processor does, before anyone relies on it.

use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_graph::{Builder, Engine, Error, Graph, Init, ProgramId, Result, Rule};
use terrarium_webgpu::{Gpu, WebGpu};

const STEPS: u32 = 3;
/// ‖a − b‖ / ‖b‖ of all variables that rounding may come to in so few steps.
const TOLERANCE: f32 = 1e-3;

/// Trains a small network on the device and on the processor, and compares.
///
/// # Errors
/// Where the device computes something else, or fails.
pub async fn self_test(gpu: &Gpu) -> Result<()> {
    let (graph, step) = network()?;
    let mut device = WebGpu::load(gpu.clone(), graph.clone(), |_, _| {}).await?;
    let mut cpu = Cpu::new(graph.clone())?;
    let steps: Vec<_> = (1..=STEPS).map(|number| (step, number)).collect();
    let vars: Vec<_> = graph.var_ids().collect();
    let mut values = Vec::new();
    for engine in [&mut device as &mut dyn Engine, &mut cpu] {
        engine.initialise(7)?;
        engine.advance(&steps)?;
        values.push(engine.variables(&vars).await?.concat());
    }
    let norm = |values: &mut dyn Iterator<Item = f32>| values.map(|v| v * v).sum::<f32>().sqrt();
    let apart = norm(&mut values[0].iter().zip(&values[1]).map(|(a, b)| a - b)) / norm(&mut values[1].iter().copied());
    // Not a number is not within the tolerance either.
    if apart <= TOLERANCE {
        return Ok(());
    }
    Err(Error::Engine { engine: "WebGPU", message: "the graphics processor computes wrongly".into() })
}

/// A classifier of noise with sizes that fit no tile and some that do, so that most kinds of kernels have a part in it.
fn network() -> Result<(Arc<Graph>, ProgramId)> {
    let b = Builder::new();
    let [x, hidden, classes] = [5, 64, 10];
    let w1 = b.parameter("w1", [x, hidden], Init::Normal(0.5));
    let b1 = b.parameter("b1", [hidden], Init::Normal(0.5));
    let w2 = b.parameter("w2", [hidden, classes], Init::Normal(0.5));
    let scores = ((b.normal([33, x]).matmul(w1) + b1).gelu() * b.uniform([33, hidden])).matmul(w2);
    let loss = scores.cross_entropy(b.random_index(classes, 33)).mean_all();
    let adam = b.optimiser(Rule::Adam { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 }, b.scalar(0.01), None);
    let step = b.step("step", loss, &[w1, b1, w2], adam, |_| vec![("loss".to_string(), loss)]);
    Ok((Arc::new(b.finish()?), step))
}
