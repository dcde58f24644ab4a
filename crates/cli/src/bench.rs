//! Timing engines without a page.

use std::io::Write;
use std::time::Instant;

use anyhow::{Result, ensure};
use terrarium_labs::Engines;
use terrarium_labs::bench::{Row, measure, runs};

#[derive(clap::Args)]
pub struct Options {
    /// The engine to time [default: all]
    #[arg(long)]
    engine: Option<String>,
    /// The workload to time [default: all]
    #[arg(long)]
    workload: Option<String>,
    /// How many threads the cpu engine computes on
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

pub async fn run(options: &Options, out: &mut impl Write) -> Result<()> {
    let start = Instant::now();
    let clock = move || start.elapsed().as_secs_f64() * 1e3;
    let asked_for = |asked: &Option<String>, name: &str| asked.as_deref().is_none_or(|asked| asked == name);
    let engines = Engines::find().await.on_threads(options.threads);
    let chosen: Vec<_> = runs(&engines)
        .filter(|(engine, workload)| asked_for(&options.engine, engine.slug()) && asked_for(&options.workload, workload))
        .collect();
    ensure!(!chosen.is_empty(), "there is no such run; there are {}", list(&engines));
    if !options.json {
        writeln!(
            out,
            "workload  engine  ms/step  GFLOP/s  of matmul's  share  kernels  arena bytes  dispatches  bytes/submission  µs/dispatch"
        )?;
    }
    for (engine, workload) in chosen {
        let row = measure(&engines, engine, workload, "native", &clock).await?;
        writeln!(out, "{}", if options.json { row.json()? } else { line(&row) })?;
    }
    Ok(())
}

fn list(engines: &Engines) -> String {
    runs(engines).map(|(engine, workload)| format!("{workload} on {}", engine.slug())).collect::<Vec<_>>().join(", ")
}

fn line(row: &Row) -> String {
    let count = |count: Option<usize>| count.map_or("–".to_string(), |count| count.to_string());
    let number = |number: Option<f64>| number.map_or("–".to_string(), |number| format!("{number:.1}"));
    format!(
        "{:<8}  {:<6}  {:>7.3}  {:>7.2}  {:>11.2}  {:>5.2}  {:>7}  {:>11}  {:>10}  {:>16}  {:>11}",
        row.workload,
        row.engine,
        row.ms_per_step,
        row.gflops,
        row.matmul_gflops,
        row.share,
        count(row.kernels_per_step),
        count(row.arena_bytes),
        count(row.dispatches_per_step),
        number(row.upload_bytes_per_submission),
        number(row.encode_us_per_dispatch)
    )
}
