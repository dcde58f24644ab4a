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
    /// How many held-out faces are made to smile
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
    writeln!(out, "After {} steps, {} × (smile − frown) added:", session.counters().steps(), options.strength)?;
    for (which, frowning) in [("", false), (" that frown", true)] {
        let counted = smiles(&mut session, &mut judge, options.faces, frowning, options.strength).await?;
        let (faces, before, after) = (counted.faces, counted.before, counted.after);
        writeln!(out, "of the first {faces} held-out faces{which}, {before} smile as they come back, and {after} then")?;
    }
    Ok(())
}
