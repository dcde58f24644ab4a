//! Smile − frown, added to faces that a run of the VAE lab never saw.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use terrarium_labs::judge::{Judge, Subject};
use terrarium_labs::library::Folder;
use terrarium_labs::protocol::EngineKind;
use terrarium_labs::vae::smiles;
use terrarium_labs::{Engines, checkpoint};

#[derive(clap::Args)]
pub struct Options {
    /// A checkpoint of the VAE lab on faces, as `train --lab vae --preset faces --save` writes it
    #[arg(long, value_name = "FILE")]
    load: PathBuf,
    /// How many held-out faces that frown are made to smile
    #[arg(long, default_value_t = 20)]
    faces: u32,
    /// How many times smile − frown is added
    #[arg(long, default_value_t = 1.0)]
    strength: f32,
    /// The folder of the judge
    #[arg(long, value_name = "FOLDER", default_value = "web/assets")]
    assets: PathBuf,
}

pub async fn run(options: &Options, out: &mut impl Write) -> Result<()> {
    let read = |file: PathBuf| fs::read(&file).with_context(|| format!("cannot read {}", file.display()));
    let engines = Engines::without_gpu();
    let library = Folder(options.assets.clone());
    let mut session = checkpoint::open(&read(options.load.clone())?, &library, &engines, EngineKind::Cpu).await?;
    let judge = read(options.assets.join(Subject::Faces.judge()))?;
    let mut judge = Judge::open(&judge, &engines, EngineKind::Cpu).await?;
    let counted = smiles(&mut session, &mut judge, options.faces, options.strength).await?;
    let steps = session.counters().steps();
    writeln!(out, "Of {} held-out faces that frown, after {steps} steps:", counted.faces)?;
    writeln!(out, "{:>3} smile as they come back", counted.before)?;
    writeln!(out, "{:>3} smile with {} × (smile − frown) added", counted.after, options.strength)?;
    Ok(())
}
