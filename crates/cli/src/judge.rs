//! Training the judges of generated pictures.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use terrarium_labs::Engines;
use terrarium_labs::judge::{Evaluation, Lesson, Subject, train};
use terrarium_labs::library::{Files, Folder};
use terrarium_labs::protocol::EngineKind;

#[derive(clap::Args)]
pub struct Options {
    /// What it is to know about: digits, fashion or faces
    #[arg(long)]
    data: String,
    /// What all random numbers are drawn from, and which pictures are held out
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Steps to make
    #[arg(long, default_value_t = 4_000)]
    steps: u32,
    /// The folder of the pictures
    #[arg(long, value_name = "FOLDER", default_value = "web/assets")]
    assets: PathBuf,
    /// Where to write it [default: in the folder of the pictures, by its usual name]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub async fn run(options: &Options, out: &mut impl Write) -> Result<()> {
    let subject = Subject::from_slug(&options.data).with_context(|| format!("there are no pictures “{}”", options.data))?;
    let files = Files::fetch(&Folder(options.assets.clone()), subject.sheets()).await?;
    let images = subject.images(&files)?;
    let lesson = Lesson { subject, seed: options.seed, steps: options.steps };
    let start = Instant::now();
    writeln!(out, "{:>7}{:>12}", "step", "loss")?;
    let mut told = Ok(());
    let mut tell = |step: u32, loss: f32| {
        if told.is_ok() {
            told = writeln!(out, "{step:>7}{loss:>12.4}");
        }
    };
    let trained = train(lesson, &images, &Engines::without_gpu(), EngineKind::Cpu, &mut tell).await?;
    told?;
    writeln!(out, "{} parameters, {} bytes, {:.0} s", trained.parameters, trained.bytes.len(), start.elapsed().as_secs_f64())?;
    writeln!(out, "Right answers on held-out pictures:")?;
    for (question, score) in &trained.scores {
        let found = question.answers.iter().zip(&score.found).map(|(answer, found)| format!("{answer} {found:.3}"));
        writeln!(out, "{:.4} {:<12} {}", score.accuracy, question.name, found.collect::<Vec<_>>().join(", "))?;
    }
    let Evaluation { pictures, inception_score, frechet_distance, precision, recall, .. } = trained.ceiling;
    writeln!(out, "{pictures} held-out pictures beside as many it has learnt from:")?;
    writeln!(
        out,
        "inception score {inception_score:.3}, Fréchet distance {frechet_distance:.3}, precision {precision:.3}, recall {recall:.3}"
    )?;
    let file = options.out.clone().unwrap_or_else(|| options.assets.join(subject.judge()));
    fs::write(&file, trained.bytes).with_context(|| format!("cannot write {}", file.display()))
}
