//! What an engine promises beside its numbers.

use std::sync::Arc;

use terrarium_graph::{Builder, Engine, Error, Graph, Init, Result, Rule, Shuffle, VarId};

use crate::Make;
use crate::mismatch::Mismatch;

/// Variables keep what is written and are 0 before; wrong sizes and wrong kinds are errors that change nothing; noise
/// depends on seed and step alone; shuffled batches go through whole epochs; a step changes only what learns.
pub async fn contract(make: Make<'_>) -> std::result::Result<(), Mismatch> {
    let graph = graph().map_err(Mismatch::error("contract"))?;
    let engine = async || make(graph.clone()).await.map_err(Mismatch::error("contract"));
    kept("variables keep what is written", keeps_values(engine().await?, &graph).await)?;
    kept("wrong sizes are errors", refuses_sizes(engine().await?, &graph).await)?;
    kept("numbers are no indices", refuses_kinds(engine().await?, &graph).await)?;
    kept("noise depends on seed and step alone", repeats_noise(engine().await?, &graph).await)?;
    kept("shuffled batches go through whole epochs", goes_through_epochs(make).await)?;
    kept("what does not learn is frozen", freezes(engine().await?, &graph).await)
}

fn kept(promise: &str, holds: Result<bool>) -> std::result::Result<(), Mismatch> {
    let holds = holds.map_err(Mismatch::error(promise))?;
    if holds { Ok(()) } else { Err(Mismatch::new("contract", format!("not kept: {promise}"))) }
}

async fn value(engine: &mut dyn Engine, var: VarId) -> Result<Vec<f32>> {
    Ok(engine.variables(&[var]).await?.concat())
}

fn graph() -> Result<Arc<Graph>> {
    let b = Builder::new();
    let [u, v] = ["u", "v"].map(|name| b.parameter(name, [2, 3], Init::Normal(1.0)));
    let picked = (u * b.input("x", [3]) + v).gather(b.index_input("at", [4]));
    let descent = b.optimiser(Rule::Sgd { momentum: 0.5 }, b.scalar(0.1), None);
    b.step("step", picked.square().sum_all(), &[u], descent, |_| vec![]);
    b.program("noise", &[("normal", b.normal([17]))]);
    Ok(Arc::new(b.finish()?))
}

async fn keeps_values(mut engine: Box<dyn Engine>, graph: &Graph) -> Result<bool> {
    let engine = engine.as_mut();
    let v = graph.find_var("v")?;
    let empty = value(engine, v).await?;
    engine.write_var(v, &[1.0, f32::NAN, -0.0, 4.0, 5.0, 6.0])?;
    let written = value(engine, v).await?.iter().map(|x| x.to_bits()).eq([1.0, f32::NAN, -0.0, 4.0, 5.0, 6.0].map(f32::to_bits));
    engine.initialise(7)?;
    Ok(empty == [0.0; 6] && written && value(engine, v).await? == graph.initial_values(v, 7))
}

async fn refuses_sizes(mut engine: Box<dyn Engine>, graph: &Graph) -> Result<bool> {
    let engine = engine.as_mut();
    let (v, x, at) = (graph.find_var("v")?, graph.find_input("x")?, graph.find_input("at")?);
    engine.initialise(7)?;
    let refusals = [engine.write_var(v, &[1.0; 5]), engine.write_input(x, &[1.0; 4]), engine.write_indices(at, &[])];
    let told = [(6, 5), (3, 4), (4, 0)].into_iter().zip(refusals).all(
        |((takes, given), refusal)| matches!(refusal, Err(Error::Size { expected, got, .. }) if (expected, got) == (takes, given)),
    );
    Ok(told && value(engine, v).await? == graph.initial_values(v, 7) && engine.outputs(graph.find_program("noise")?).await.is_err())
}

async fn refuses_kinds(mut engine: Box<dyn Engine>, graph: &Graph) -> Result<bool> {
    let engine = engine.as_mut();
    let (x, at) = (graph.find_input("x")?, graph.find_input("at")?);
    Ok(engine.write_indices(x, &[1; 3]).is_err() && engine.write_input(at, &[1.0; 4]).is_err())
}

async fn repeats_noise(mut engine: Box<dyn Engine>, graph: &Graph) -> Result<bool> {
    let engine = engine.as_mut();
    let noise = graph.find_program("noise")?;
    let mut draw = async |seed, step| {
        engine.set_seed(seed);
        engine.run(noise, step)?;
        engine.outputs(noise).await
    };
    let (first, other_step) = (draw(1, 1).await?, draw(1, 2).await?);
    let (other_seed, again) = (draw(2, 1).await?, draw(1, 1).await?);
    Ok(first == again && first != other_step && first != other_seed)
}

/// Batches are those of [`Shuffle`], also while they come past 2³² elements, where a device must count in two words.
async fn goes_through_epochs(make: Make<'_>) -> Result<bool> {
    const SEED: u64 = 0x0123_4567_89AB_CDEF;
    for (count, batch) in [(1, 2), (3, 2), (257, 100), (257, 600), (10_000, 512), (70_000, 65)] {
        let b = Builder::new();
        let elements = b.input("elements", [count]);
        let program = b.program("batch", &[("batch", elements.gather(b.shuffled_index(count, batch)))]);
        let mut engine = make(Arc::new(b.finish()?)).await?;
        engine.set_seed(SEED);
        // Each element is its own place, which f32 holds exactly.
        let places: Vec<f32> = (0..count).map(|place| place as f32).collect();
        engine.write_input(engine.graph().find_input("elements")?, &places)?;
        let shuffle = Shuffle::new(count)?;
        let past_32_bits = ((1_u64 << 32) / batch as u64) as u32 + 1;
        for step in [1, 2, 3, 4, past_32_bits, u32::MAX] {
            let mut expected = vec![0; batch];
            shuffle.batch(SEED, 0, step, &mut expected);
            engine.run(program, step)?;
            if engine.outputs(program).await?.concat().into_iter().ne(expected.into_iter().map(|place| place as f32)) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

async fn freezes(mut engine: Box<dyn Engine>, graph: &Graph) -> Result<bool> {
    let engine = engine.as_mut();
    engine.initialise(7)?;
    engine.write_input(graph.find_input("x")?, &[1.0, 2.0, 3.0])?;
    engine.write_indices(graph.find_input("at")?, &[0, 1, 1, 0])?;
    engine.run(graph.find_program("step")?, 1)?;
    let (u, v) = (graph.find_var("u")?, graph.find_var("v")?);
    let moment = value(engine, graph.find_var("u.moment1")?).await?;
    let moved = value(engine, u).await?.iter().zip(graph.initial_values(u, 7)).all(|(after, before)| *after != before);
    Ok(moved && moment.iter().all(|m| *m != 0.0) && value(engine, v).await? == graph.initial_values(v, 7))
}
