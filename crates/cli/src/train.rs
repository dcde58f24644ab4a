//! Training without a page.

use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use terrarium_labs::gan2d::{LAB, PRESETS};
use terrarium_labs::protocol::{EngineKind, Measures, SetUp};
use terrarium_labs::{Finding, Session};

#[derive(clap::Args)]
pub struct Options {
    /// Begin with a preset's settings
    #[arg(long)]
    preset: Option<String>,
    /// Change a setting, as in links: --set g_width=128
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// What all random numbers are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Generator steps to make
    #[arg(long, default_value_t = 5_000)]
    steps: u32,
    /// Generator steps between two rows of measures
    #[arg(long, default_value_t = 250)]
    every: u32,
    /// cpu or dfdx
    #[arg(long, default_value = "cpu")]
    engine: String,
}

pub fn run(options: &Options) -> Result<()> {
    let engine = EngineKind::from_slug(&options.engine).with_context(|| format!("there is no engine “{}”", options.engine))?;
    let mut session = Session::new(&set_up(options)?, engine)?;
    println!("{:>7} {:>8} {:>8} {:>6} {:>6} {:>7}  trouble", "step", "D loss", "G loss", "JS", "modes", "quality");
    let start = Instant::now();
    for step in 1..=options.steps {
        let look = step.is_multiple_of(options.every.max(1)) || step == options.steps;
        session.step(look)?;
        if look {
            match session.measure()? {
                Some(Finding::Measures(row)) => {
                    println!("{} {}", show(&row), session.trouble().map_or(String::new(), |t| format!(" {:?}", t.kind)))
                }
                None => {}
                Some(Finding::NotANumber) => {
                    println!("{}", session.trouble().map_or(String::new(), |t| t.sentence));
                    break;
                }
            }
        }
    }
    let ms = start.elapsed().as_secs_f64() * 1e3;
    println!("{:.2} ms a step", ms / f64::from(session.counters().generator_steps.max(1)));
    Ok(())
}

fn set_up(options: &Options) -> Result<SetUp> {
    let mut changes: Vec<(String, String)> = Vec::new();
    if let Some(slug) = &options.preset {
        let preset = PRESETS.iter().find(|preset| preset.slug == slug).with_context(|| format!("there is no preset “{slug}”"))?;
        changes.extend(preset.changes.iter().map(|(key, value)| (key.to_string(), value.to_string())));
    }
    for setting in &options.settings {
        let (key, value) = setting.split_once('=').ok_or_else(|| anyhow!("“{setting}” is not KEY=VALUE"))?;
        changes.push((key.to_string(), value.to_string()));
    }
    Ok(SetUp { lab: LAB.to_string(), changes, seed: options.seed, points: Vec::new() })
}

fn show(row: &Measures) -> String {
    let modes = row.modes.map_or(String::new(), |(covered, of)| format!("{covered}/{of}"));
    let quality = row.quality.map_or(String::new(), |quality| format!("{quality:.2}"));
    format!(
        "{:>7} {:>8.4} {:>8.4} {:>6.3} {modes:>6} {quality:>7}",
        row.step, row.discriminator_loss, row.generator_loss, row.divergence
    )
}
