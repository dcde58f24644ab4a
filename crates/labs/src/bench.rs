//! Timing engines by the fixed workloads, natively and in the page alike.

use std::sync::Arc;

use serde::Serialize;
use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, Engine, plan};
use terrarium_models::bench::{NAMES, Workload, workload};

use crate::error::{Error, Result};
use crate::protocol::EngineKind;

/// Sizes of the square matrices whose product an engine's rate is measured by; the best counts.
const SQUARES: [usize; 3] = [256, 384, 512];
/// Samples of each thing timed; the fastest counts, as whatever else the machine does only adds time.
const SAMPLES: usize = 7;
/// How long a sample takes at least, in milliseconds, for clocks that are coarse.
const SAMPLE_MS: f64 = 80.0;
const WARM_UP: u32 = 3;

/// What was measured of a workload on an engine.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub workload: &'static str,
    pub engine: &'static str,
    /// "native" or "browser".
    #[serde(rename = "where")]
    pub place: String,
    pub ms_per_step: f64,
    /// Multiplications and additions of the workload's matrix products, each counted, over the time of the whole step.
    pub gflops: f64,
    /// The same of the best square matrix product, measured in turns with the workload.
    pub matmul_gflops: f64,
    /// `gflops` over `matmul_gflops`.
    pub share: f64,
    /// `None` for the reference, which does not plan; so too below.
    pub kernels_per_step: Option<usize>,
    pub arena_bytes: Option<usize>,
}

impl Row {
    /// The row as a JSON object, in one line.
    pub fn json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error(format!("The row cannot be written: {e}.")))
    }
}

/// Every engine with every workload.
pub fn runs() -> impl Iterator<Item = (EngineKind, &'static str)> {
    EngineKind::ALL.into_iter().flat_map(|engine| NAMES.into_iter().map(move |workload| (engine, workload)))
}

/// Times a workload; `clock` tells milliseconds.
///
/// # Errors
/// Where there is no such workload, or the engine fails.
pub fn measure(engine: EngineKind, name: &str, place: &str, clock: &dyn Fn() -> f64) -> Result<Row> {
    let Workload { name, graph, programs, uniform_input } =
        workload(name).ok_or_else(|| Error(format!("There is no workload “{name}”; there are {}.", NAMES.join(", "))))??;
    let plans: Vec<_> = programs.iter().map(|&p| plan(&graph, p)).collect();
    let mut runner = engine.load(Arc::new(graph))?;
    runner.initialise(1)?;
    if let Some(input) = uniform_input {
        fill(runner.as_mut(), input, Stream::uniform)?;
    }
    let mut step_number = 0;
    let mut step = || {
        step_number += 1;
        programs.iter().try_for_each(|&p| runner.run(p, step_number))
    };
    let mut squares = SQUARES.map(|n| Square::new(engine, n)).into_iter().collect::<Result<Vec<_>>>()?;

    (0..WARM_UP).try_for_each(|_| step())?;
    let (mut ms_per_step, mut matmul_gflops) = (f64::INFINITY, 0.0_f64);
    for _ in 0..SAMPLES {
        ms_per_step = ms_per_step.min(sample(clock, &mut step)?);
        for square in &mut squares {
            let ms = sample(clock, &mut || square.multiply())?;
            matmul_gflops = matmul_gflops.max(square.flops() / ms * 1e-6);
        }
    }

    let flops: usize = plans.iter().map(|plan| plan.matmul_flops()).sum();
    let gflops = flops as f64 / ms_per_step * 1e-6;
    let planned = engine != EngineKind::Dfdx;
    Ok(Row {
        workload: name,
        engine: engine.slug(),
        place: place.to_string(),
        ms_per_step,
        gflops,
        matmul_gflops,
        share: gflops / matmul_gflops,
        kernels_per_step: planned.then(|| plans.iter().map(|plan| plan.kernels.len()).sum()),
        arena_bytes: planned.then(|| plans.iter().map(|plan| plan.arena_len * size_of::<f32>()).max().unwrap_or(0)),
    })
}

/// Milliseconds that `work` takes, as a mean over as many as make a sample.
fn sample(clock: &dyn Fn() -> f64, work: &mut dyn FnMut() -> terrarium_graph::Result<()>) -> Result<f64> {
    let (start, mut count) = (clock(), 0.0);
    loop {
        work()?;
        count += 1.0;
        let ms = clock() - start;
        if ms >= SAMPLE_MS {
            return Ok(ms / count);
        }
    }
}

/// A product of two square matrices of normal numbers.
struct Square {
    n: usize,
    engine: Box<dyn Engine>,
    program: terrarium_graph::ProgramId,
}

impl Square {
    fn new(kind: EngineKind, n: usize) -> Result<Self> {
        let b = Builder::new();
        let product = b.input("a", [n, n]).matmul(b.input("b", [n, n]));
        let program = b.program("product", &[("product", product)]);
        let mut engine = kind.load(Arc::new(b.finish()?))?;
        fill(engine.as_mut(), "a", Stream::normal)?;
        fill(engine.as_mut(), "b", Stream::normal)?;
        Ok(Square { n, engine, program })
    }

    fn multiply(&mut self) -> terrarium_graph::Result<()> {
        self.engine.run(self.program, 1)
    }

    fn flops(&self) -> f64 {
        2.0 * (self.n as f64).powi(3)
    }
}

/// Fills an input with random numbers.
fn fill(engine: &mut dyn Engine, input: &str, draw: fn(&Stream, u32) -> [f32; 4]) -> Result<()> {
    let input = engine.graph().find_input(input)?;
    let mut values = vec![0.0; engine.graph().input(input).shape.elements()];
    Stream::new(1, Domain::Host, input.index() as u32, 0).fill(0, &mut values, draw);
    Ok(engine.write_input(input, &values)?)
}
