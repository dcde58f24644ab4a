//! Runs the bench workloads in a headless browser, on the page in `dist/`, and prints a JSON object for each.
//!
//! With the query `?bench`, the page offers them as `window.terrariumBench(engine, workload)`, a promise of the row as
//! JSON text, and tells in `window.terrariumBenchRuns` which there are, as an array of `[engine, workload]`. The page is
//! ready when both are there. WebGPU is timed on Chromium's software adapter, which says what a step costs the page, and not how fast
//! a device is.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde_json::Value;
use terrarium_tests::{Browser, BrowserOptions, StaticSite, dist};

#[derive(Parser)]
struct Options {
    /// The engine to time [default: all]
    #[arg(long)]
    engine: Option<String>,
    /// The workload to time [default: all]
    #[arg(long)]
    workload: Option<String>,
    /// The folder of the built page
    #[arg(long, default_value_os_t = dist())]
    page: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    let site = StaticSite::serve(options.page)?;
    let browser = Browser::launch_with(&BrowserOptions { webgpu: true, ..BrowserOptions::default() }).await?;
    browser.goto(site.url("?bench")).await?;

    let runs = browser.eval(WHEN_READY).await.context("the page did not become ready")?;
    let runs: Vec<(String, String)> = serde_json::from_value(runs).context("the page offers no list of runs")?;
    let is_asked_for = |asked: &Option<String>, name: &str| asked.as_deref().is_none_or(|asked| asked == name);
    let chosen: Vec<_> = runs
        .iter()
        .filter(|(engine, workload)| is_asked_for(&options.engine, engine) && is_asked_for(&options.workload, workload))
        .collect();
    ensure!(!chosen.is_empty(), "there is no such run; there are (engine, workload): {runs:?}");
    for (engine, workload) in chosen {
        // `{:?}` of a plain name is a JavaScript string.
        let row = browser.eval(&format!("return terrariumBench({engine:?}, {workload:?})")).await?;
        let row = row.as_str().with_context(|| format!("the row of {workload} on {engine} is no text: {row}"))?;
        let row: Value = serde_json::from_str(row).with_context(|| format!("the row is no JSON: {row}"))?;
        println!("{row}");
    }
    Ok(())
}

/// Waits until the page's code is loaded, and fails with what the page reports if that takes too long.
const WHEN_READY: &str = "
    return new Promise((resolve, reject) => {
        const start = performance.now();
        const look = () => {
            if (window.terrariumBench && window.terrariumBenchRuns) resolve(window.terrariumBenchRuns);
            else if (performance.now() - start > 60_000) reject(new Error('no terrariumBench after 60 s'));
            else setTimeout(look, 50);
        };
        look();
    });";
