//! What an engine promises beside its numbers.

use std::sync::Arc;

use terrarium_graph::{Builder, Engine, Error, Graph, Init, Result, Rule};

use crate::Make;
use crate::mismatch::Mismatch;

/// Variables keep what is written and are 0 before; wrong sizes and wrong kinds are errors that change nothing; noise
/// depends on seed and step alone; a step changes only what learns.
pub fn contract(make: Make) -> std::result::Result<(), Mismatch> {
    let graph = graph().map_err(Mismatch::error("contract"))?;
    let promises: [(&str, Promise); 5] = [
        ("variables keep what is written", keeps_values),
        ("wrong sizes are errors", refuses_sizes),
        ("numbers are no indices", refuses_kinds),
        ("noise depends on seed and step alone", repeats_noise),
        ("what does not learn is frozen", freezes),
    ];
    promises.into_iter().try_for_each(|(promise, holds)| {
        let kept = make(graph.clone()).and_then(|mut engine| holds(engine.as_mut(), &graph)).map_err(Mismatch::error(promise))?;
        if kept { Ok(()) } else { Err(Mismatch::new("contract", format!("not kept: {promise}"))) }
    })
}

type Promise = fn(&mut dyn Engine, &Graph) -> Result<bool>;

fn graph() -> Result<Arc<Graph>> {
    let b = Builder::new();
    let [u, v] = ["u", "v"].map(|name| b.parameter(name, [2, 3], Init::Normal(1.0)));
    let picked = (u * b.input("x", [3]) + v).gather(b.index_input("at", [4]));
    let descent = b.optimiser(Rule::Sgd { momentum: 0.5 }, b.scalar(0.1), None);
    b.step("step", picked.square().sum_all(), &[u], descent, |_| vec![]);
    b.program("noise", &[("normal", b.normal([17]))]);
    Ok(Arc::new(b.finish()?))
}

fn keeps_values(engine: &mut dyn Engine, graph: &Graph) -> Result<bool> {
    let v = graph.find_var("v")?;
    let empty = engine.read_var(v)?;
    engine.write_var(v, &[1.0, f32::NAN, -0.0, 4.0, 5.0, 6.0])?;
    let written = engine.read_var(v)?.iter().map(|x| x.to_bits()).eq([1.0, f32::NAN, -0.0, 4.0, 5.0, 6.0].map(f32::to_bits));
    engine.initialise(7)?;
    Ok(empty == [0.0; 6] && written && engine.read_var(v)? == graph.initial_values(v, 7))
}

fn refuses_sizes(engine: &mut dyn Engine, graph: &Graph) -> Result<bool> {
    let (v, x, at) = (graph.find_var("v")?, graph.find_input("x")?, graph.find_input("at")?);
    engine.initialise(7)?;
    let refusals = [engine.write_var(v, &[1.0; 5]), engine.write_input(x, &[1.0; 4]), engine.write_indices(at, &[])];
    let told = [(6, 5), (3, 4), (4, 0)].into_iter().zip(refusals).all(
        |((takes, given), refusal)| matches!(refusal, Err(Error::Size { expected, got, .. }) if (expected, got) == (takes, given)),
    );
    Ok(told && engine.read_var(v)? == graph.initial_values(v, 7) && engine.output(graph.find_program("noise")?, 1).is_err())
}

fn refuses_kinds(engine: &mut dyn Engine, graph: &Graph) -> Result<bool> {
    let (x, at) = (graph.find_input("x")?, graph.find_input("at")?);
    Ok(engine.write_indices(x, &[1; 3]).is_err() && engine.write_input(at, &[1.0; 4]).is_err())
}

fn repeats_noise(engine: &mut dyn Engine, graph: &Graph) -> Result<bool> {
    let noise = graph.find_program("noise")?;
    let mut draw = |seed, step| {
        engine.set_seed(seed);
        engine.run(noise, step)?;
        engine.output(noise, 0)
    };
    let (first, other_step, other_seed, again) = (draw(1, 1)?, draw(1, 2)?, draw(2, 1)?, draw(1, 1)?);
    Ok(first == again && first != other_step && first != other_seed)
}

fn freezes(engine: &mut dyn Engine, graph: &Graph) -> Result<bool> {
    engine.initialise(7)?;
    engine.write_input(graph.find_input("x")?, &[1.0, 2.0, 3.0])?;
    engine.write_indices(graph.find_input("at")?, &[0, 1, 1, 0])?;
    engine.run(graph.find_program("step")?, 1)?;
    let (u, v) = (graph.find_var("u")?, graph.find_var("v")?);
    let moment = engine.read_var(graph.find_var("u.moment1")?)?;
    let moved = engine.read_var(u)?.iter().zip(graph.initial_values(u, 7)).all(|(after, before)| *after != before);
    Ok(moved && moment.iter().all(|m| *m != 0.0) && engine.read_var(v)? == graph.initial_values(v, 7))
}
