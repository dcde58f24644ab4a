//! Timing engines by the fixed workloads, natively and in the page alike.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, ProgramId, plan};
pub use terrarium_models::bench::NAMES;
use terrarium_models::bench::{Workload, workload};
use terrarium_webgpu::Counts;

use crate::engines::{Engines, Loaded};
use crate::error::{Error, Result};
use crate::protocol::EngineKind;

/// Sizes of the square matrices whose product an engine's rate is measured by; the best counts.
const SQUARES: [usize; 3] = [256, 384, 512];
const DEVICE_SQUARES: [usize; 3] = [256, 1024, 2048];
/// Samples of each thing timed; the fastest counts, as whatever else the machine does only adds time.
const SAMPLES: usize = 7;
/// How long a sample takes at least, in milliseconds, for clocks that are coarse.
const SAMPLE_MS: f64 = 80.0;
/// So many dispatches are encoded at once to time one, as clocks in browsers are coarse; but fewer where the device would work
/// on them for longer than this, in milliseconds, and for so long is it tried again.
const ENCODED_DISPATCHES: usize = 512;
const LONG_MS: f64 = 2000.0;
/// Things of a kind that are sent off together at most.
const MOST_LOT: u32 = 256;

/// What was measured of a workload on an engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub workload: String,
    pub engine: String,
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
    /// Of WebGPU only, as are the next two.
    pub dispatches_per_step: Option<usize>,
    /// Bytes sent to the device with a submission of many steps.
    pub upload_bytes_per_submission: Option<f64>,
    /// Processor time that encoding and submitting takes, in microseconds a dispatch.
    pub encode_us_per_dispatch: Option<f64>,
}

impl Row {
    /// The row as a JSON object, in one line.
    pub fn json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error(format!("The row cannot be written: {e}.")))
    }
}

/// Every engine of a kind that is there, with every workload.
pub fn runs(engines: &Engines) -> impl Iterator<Item = (EngineKind, &'static str)> + use<> {
    engines.kinds().flat_map(|engine| NAMES.into_iter().map(move |workload| (engine, workload)))
}

/// Times a workload; `clock` tells milliseconds.
///
/// # Errors
/// Where there is no such workload, or the engine fails.
pub async fn measure(engines: &Engines, kind: EngineKind, name: &str, place: &str, clock: &dyn Fn() -> f64) -> Result<Row> {
    let Workload { name, graph, programs, uniform_input } =
        workload(name).ok_or_else(|| Error(format!("There is no workload “{name}”; there are {}.", NAMES.join(", "))))??;
    let plans: Vec<_> = programs.iter().map(|&p| plan(&graph, p)).collect();
    let mut engine = engines.load(kind, Arc::new(graph)).await?;
    engine.initialise(1)?;
    if let Some(input) = uniform_input {
        fill(&mut engine, input, Stream::uniform)?;
    }
    let mut training = Training { engine, programs, made: 0, lot: 1 };
    let mut squares = squares(engines, kind, clock).await?;

    let ms = training.sample(clock).await?;
    let encode_us = training.encode_us(ms, clock).await?;
    let before = training.counts();
    let (mut ms_per_step, mut matmul_gflops) = (f64::INFINITY, 0.0_f64);
    for _ in 0..SAMPLES {
        ms_per_step = ms_per_step.min(training.sample(clock).await?);
        for square in &mut squares {
            matmul_gflops = matmul_gflops.max(square.gflops(clock).await?);
        }
    }

    let flops: u64 = plans.iter().map(|plan| plan.matmul_flops()).sum();
    let gflops = flops as f64 / ms_per_step * 1e-6;
    let planned = kind != EngineKind::Dfdx;
    let uploads = training.counts().zip(before).map(|(after, before)| {
        (after.uploaded_bytes - before.uploaded_bytes) as f64 / (after.submissions - before.submissions) as f64
    });
    Ok(Row {
        workload: name.to_string(),
        engine: kind.slug().to_string(),
        place: place.to_string(),
        ms_per_step,
        gflops,
        matmul_gflops,
        share: gflops / matmul_gflops,
        kernels_per_step: planned.then(|| plans.iter().map(|plan| plan.kernels.len()).sum()),
        arena_bytes: planned.then(|| plans.iter().map(|plan| plan.arena_len * size_of::<f32>()).max().unwrap_or(0)),
        dispatches_per_step: training.dispatches(),
        upload_bytes_per_submission: uploads,
        encode_us_per_dispatch: encode_us,
    })
}

/// Milliseconds that one of what `send` sends so many of takes, as a mean over a sample. What goes off together in a `lot`
/// grows until waiting for its end is a small part of it.
async fn sample(
    clock: &dyn Fn() -> f64,
    engine: &mut Loaded,
    lot: &mut u32,
    mut send: impl FnMut(&mut Loaded, u32) -> Result<()>,
) -> Result<f64> {
    let (start, mut count) = (clock(), 0);
    loop {
        let sent = clock();
        send(engine, *lot)?;
        engine.finished().await?;
        count += *lot;
        let now = clock();
        if now - start >= SAMPLE_MS {
            return Ok((now - start) / f64::from(count));
        }
        if now - sent < SAMPLE_MS / 2.0 {
            *lot = (*lot * 2).min(MOST_LOT);
        }
    }
}

/// A workload on an engine.
struct Training {
    engine: Loaded,
    programs: Vec<ProgramId>,
    made: u32,
    lot: u32,
}

impl Training {
    /// Milliseconds a step.
    async fn sample(&mut self, clock: &dyn Fn() -> f64) -> Result<f64> {
        let Training { engine, programs, made, lot } = self;
        sample(clock, engine, lot, |engine, steps| advance(engine, programs, made, steps)).await
    }

    /// Microseconds that encoding and submitting many dispatches takes of the processor's time, for each; `None` where there
    /// are none. A step takes about `ms`.
    async fn encode_us(&mut self, ms: f64, clock: &dyn Fn() -> f64) -> Result<Option<f64>> {
        let Some(dispatches) = self.dispatches() else { return Ok(None) };
        let steps = (ENCODED_DISPATCHES.div_ceil(dispatches.max(1)) as u32).min((LONG_MS / ms).ceil() as u32);
        let (start, mut best) = (clock(), f64::INFINITY);
        // What else the machine does only adds time; but a slow device works long on so many.
        for _ in 0..SAMPLES {
            let begun = clock();
            advance(&mut self.engine, &self.programs, &mut self.made, steps)?;
            best = best.min((clock() - begun) * 1e3 / f64::from(steps * dispatches as u32));
            self.engine.finished().await?;
            if clock() - start > LONG_MS {
                break;
            }
        }
        Ok(Some(best))
    }

    fn counts(&self) -> Option<Counts> {
        counts(&self.engine)
    }

    fn dispatches(&self) -> Option<usize> {
        let Loaded::WebGpu(engine) = &self.engine else { return None };
        Some(self.programs.iter().map(|&program| engine.dispatches(program, false)).sum())
    }
}

/// Sends off steps, after as many as were `made`.
fn advance(engine: &mut Loaded, programs: &[ProgramId], made: &mut u32, steps: u32) -> Result<()> {
    let numbers = *made + 1..=*made + steps;
    let turns: Vec<_> = numbers.flat_map(|step| programs.iter().map(move |&program| (program, step))).collect();
    *made += steps;
    Ok(engine.advance(&turns)?)
}

fn counts(engine: &Loaded) -> Option<Counts> {
    if let Loaded::WebGpu(engine) = engine { Some(engine.counts()) } else { None }
}

/// The square products that an engine's rate is measured by. A device needs large ones, unless it is slow.
async fn squares(engines: &Engines, kind: EngineKind, clock: &dyn Fn() -> f64) -> Result<Vec<Square>> {
    let sizes = if kind == EngineKind::WebGpu { DEVICE_SQUARES } else { SQUARES };
    let mut squares = Vec::new();
    for n in sizes {
        let mut square = Square::load(engines, kind, n).await?;
        let start = clock();
        square.multiply().await?;
        let ms = clock() - start;
        squares.push(square);
        if ms > SAMPLE_MS / 2.0 {
            break;
        }
    }
    Ok(squares)
}

/// A product of two square matrices of normal numbers.
struct Square {
    n: usize,
    engine: Loaded,
    program: ProgramId,
    lot: u32,
}

impl Square {
    async fn load(engines: &Engines, kind: EngineKind, n: usize) -> Result<Self> {
        let b = Builder::new();
        let product = b.input("a", [n, n]).matmul(b.input("b", [n, n]));
        let program = b.program("product", &[("product", product)]);
        let mut engine = engines.load(kind, Arc::new(b.finish()?)).await?;
        fill(&mut engine, "a", Stream::normal)?;
        fill(&mut engine, "b", Stream::normal)?;
        Ok(Square { n, engine, program, lot: 1 })
    }

    async fn multiply(&mut self) -> Result<()> {
        self.engine.run(self.program, 1)?;
        Ok(self.engine.finished().await?)
    }

    async fn gflops(&mut self, clock: &dyn Fn() -> f64) -> Result<f64> {
        let Square { n, engine, program, lot } = self;
        let send = |engine: &mut Loaded, products: u32| Ok((0..products).try_for_each(|_| engine.run(*program, 1))?);
        let ms = sample(clock, engine, lot, send).await?;
        Ok(2.0 * (*n as f64).powi(3) / ms * 1e-6)
    }
}

/// Fills an input with random numbers.
fn fill(engine: &mut Loaded, input: &str, draw: fn(&Stream, u32) -> [f32; 4]) -> Result<()> {
    let input = engine.graph().find_input(input)?;
    let mut values = vec![0.0; engine.graph().input(input).shape.elements()];
    Stream::new(1, Domain::Host, input.index() as u32, 0).fill(0, &mut values, draw);
    Ok(engine.write_input(input, &values)?)
}
