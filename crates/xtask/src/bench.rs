//! Timing the fixed workloads, natively or in a headless browser.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::browser::Browser;
use crate::dist;
use crate::progress::Progress;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub struct Options {
    /// Run in headless Chromium what the page runs, rather than natively
    #[arg(long)]
    browser: bool,
    /// The engine to time [default: all]
    #[arg(long)]
    engine: Option<String>,
    /// The workload to time [default: all]
    #[arg(long)]
    workload: Option<String>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// Runs the workloads and prints a row each, as soon as it is there.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut bench = if options.browser {
        let mut progress = Progress::new(Need::ALL.len() + 1);
        setup::ensure_all(workspace, &Need::ALL, &mut progress)?;
        progress.step(dist::PAGE_STEP, || dist::build_page(workspace))?;
        let mut bench = workspace.cargo("run --release --quiet -p terrarium-tests --bin browser_bench --");
        Browser::require(workspace)?.lend(&mut bench);
        bench
    } else {
        workspace.cargo("run --release --quiet -p terrarium -- bench --json")
    };
    for (flag, value) in [("--engine", &options.engine), ("--workload", &options.workload)] {
        if let Some(value) = value {
            bench.arg(flag).arg(value);
        }
    }

    let mut bench = bench.stdout(Stdio::piped()).spawn().context("cannot start the measurement")?;
    let rows = bench.stdout.take().context("the measurement has no output")?;
    let mut has_header = false;
    for row in BufReader::new(rows).lines() {
        let row = row.context("cannot read what was measured")?;
        if options.json {
            println!("{row}");
        } else {
            let fields: Map<String, Value> =
                serde_json::from_str(&row).with_context(|| format!("this is no row of measurements: {row}"))?;
            if !has_header {
                println!("{}", table_line(fields.keys().map(|name| (name, name.clone()))));
                has_header = true;
            }
            println!("{}", table_line(fields.iter().map(|(name, value)| (name, shown(value)))));
        }
    }
    let status = bench.wait()?;
    if !status.success() {
        bail!("the measurement ended before it was complete ({status})");
    }
    Ok(())
}

/// One line of the table, from each column's name and what stands in it.
fn table_line<'a>(cells: impl Iterator<Item = (&'a String, String)>) -> String {
    const NARROWEST: usize = 10;
    cells.map(|(name, cell)| format!("{cell:>width$}", width = name.len().max(NARROWEST))).collect::<Vec<_>>().join("  ")
}

/// A value as a person wants it: text without quotes, fractions with three decimals.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => {
            format!("{:.3}", number.as_f64().unwrap_or(f64::NAN))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_under_their_header() {
        let row: Map<String, Value> =
            serde_json::from_str(r#"{"workload":"gan2d","matmul_gflops":21.52781,"arena_bytes":1234567890}"#).unwrap();
        let header = table_line(row.keys().map(|name| (name, name.clone())));
        let line = table_line(row.iter().map(|(name, value)| (name, shown(value))));
        assert!(line.contains("21.528"), "{line}");
        for (name, value) in &row {
            let end = |line: &str, cell: &str| line.find(cell).map(|start| start + cell.len());
            assert_eq!(end(&header, name), end(&line, &shown(value)), "{name}");
        }
    }
}
