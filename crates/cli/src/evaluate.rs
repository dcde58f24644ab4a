//! What a language model can do, measured exactly.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde::Serialize;
use terrarium_data::text::world::Task;
use terrarium_labs::language::{Answer, LAB, Question, Report, Score};
use terrarium_labs::library::Folder;
use terrarium_labs::protocol::{EngineKind, SetUp};
use terrarium_labs::{Engines, Session};

#[derive(clap::Args)]
pub struct Options {
    /// The checkpoint, or several to be told side by side
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The tasks; all where none is named
    #[arg(long = "task", value_name = "TASK")]
    tasks: Vec<String>,
    /// Held-out items of each task
    #[arg(long, default_value_t = 1_000)]
    items: u32,
    /// What the items are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print a JSON object for each task and checkpoint
    #[arg(long)]
    json: bool,
    /// Print so many items of each task with what was said
    #[arg(long)]
    show: Option<u32>,
    /// The folder of the files that labs learn from
    #[arg(long, value_name = "FOLDER", default_value = "web/assets")]
    assets: PathBuf,
}

/// What is printed of a task and a checkpoint.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a Path,
    task: &'static str,
    items: u32,
    seed: u64,
    scores: &'a [Score],
}

pub async fn run(options: &Options, out: &mut impl Write) -> Result<()> {
    let mut sessions = Vec::new();
    for file in &options.files {
        sessions.push(open(file, &options.assets).await?);
    }
    let named = |name: &String| {
        let found = Task::ALL.into_iter().find(|task| task.name() == name);
        found.ok_or_else(|| anyhow!("there is no task “{name}”"))
    };
    let tasks = match &options.tasks[..] {
        [] => Task::ALL.to_vec(),
        names => names.iter().map(named).collect::<Result<_>>()?,
    };
    for task in tasks {
        let question = Question::Grade { task, seed: options.seed, from: 0, count: options.items };
        let mut reports = Vec::new();
        for session in &mut sessions {
            match session.ask(question.clone().into(), &|_| ()).await?.language {
                Some(Answer::Graded(report)) => reports.push(report),
                _ => bail!("the lab has no grades of the task “{}”", task.name()),
            }
        }
        if options.json {
            for (file, Report { scores, .. }) in options.files.iter().zip(&reports) {
                let line = Line { file, task: task.name(), items: options.items, seed: options.seed, scores };
                serde_json::to_writer(&mut *out, &line)?;
                writeln!(out)?;
            }
        } else {
            writeln!(out, "{}", task.name())?;
            side_by_side(&reports, out)?;
        }
        let shown = options.show.unwrap_or(0) as usize;
        for graded in reports.iter().flat_map(|report| report.graded.iter().take(shown)) {
            writeln!(
                out,
                "--\n{}[{}]\ntruth:{}\n{:?} {:.3}",
                graded.prompt, graded.said, graded.truth, graded.wrong, graded.confidence
            )?;
        }
    }
    Ok(())
}

/// A run that begins with a checkpoint, to be asked and not to learn.
async fn open(file: &Path, assets: &Path) -> Result<Session> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    // Nothing is learnt: the least text will do.
    let changes = [("data", "world"), ("documents", "1000")].map(|(key, value)| (key.to_string(), value.to_string()));
    let set_up = SetUp { lab: LAB.slug.to_string(), changes: changes.into(), base: bytes.into(), ..SetUp::default() };
    Ok(Session::new(&set_up, &Folder(assets.to_path_buf()), &Engines::without_gpu(), EngineKind::Cpu).await?)
}

/// A line for each score that the first has, with what all have.
fn side_by_side(reports: &[Report], out: &mut impl Write) -> Result<()> {
    for Score { key, label, .. } in reports.iter().take(1).flat_map(|report| &report.scores) {
        for report in reports {
            let told = report.scores.iter().find(|score| score.key == *key).map_or(String::new(), |score| {
                let interval = score.interval.map_or(String::new(), |[low, high]| format!(" ({low:.1} to {high:.1})"));
                format!("{:5.1}{interval} of {}", score.value, score.of)
            });
            write!(out, "  {told:31}")?;
        }
        writeln!(out, "  {label}")?;
    }
    Ok(())
}
