//! What a language model can do, measured exactly.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use serde::Serialize;
use terrarium_data::text::world::Task;
use terrarium_labs::language::{Answer, LAB, Question, Report, Score};
use terrarium_labs::library::Folder;
use terrarium_labs::protocol::{EngineKind, SetUp};
use terrarium_labs::{Engines, Session};

#[derive(clap::Args)]
pub struct Options {
    /// The checkpoint
    file: PathBuf,
    /// The tasks; all where none is named
    #[arg(long = "task", value_name = "TASK")]
    tasks: Vec<String>,
    /// Held-out items of each task
    #[arg(long, default_value_t = 1_000)]
    items: u32,
    /// What the items are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print a JSON object for each task
    #[arg(long)]
    json: bool,
    /// Print so many items of each task with what was said
    #[arg(long)]
    show: Option<u32>,
    /// The folder of the files that labs learn from
    #[arg(long, value_name = "FOLDER", default_value = "web/assets")]
    assets: PathBuf,
}

/// What is printed of a task.
#[derive(Serialize)]
struct Line<'a> {
    task: &'static str,
    items: u32,
    seed: u64,
    scores: &'a [Score],
}

pub async fn run(options: &Options, out: &mut impl Write) -> Result<()> {
    let file = fs::read(&options.file).with_context(|| format!("cannot read {}", options.file.display()))?;
    let (engines, library) = (Engines::without_gpu(), Folder(options.assets.clone()));
    // Nothing is learnt: the least text will do.
    let changes = [("data", "world"), ("documents", "1000")].map(|(key, value)| (key.to_string(), value.to_string()));
    let set_up = SetUp { lab: LAB.slug.to_string(), changes: changes.into(), base: file.into(), ..SetUp::default() };
    let mut session = Session::new(&set_up, &library, &engines, EngineKind::Cpu).await?;
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
        let answer = session.ask(question.into(), &|_| ()).await?.language;
        let Some(Answer::Graded(Report { graded, scores, .. })) = answer else { continue };
        if options.json {
            serde_json::to_writer(
                &mut *out,
                &Line { task: task.name(), items: options.items, seed: options.seed, scores: &scores },
            )?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", task.name())?;
            for Score { label, value, interval, of, .. } in &scores {
                let interval = interval.map_or(String::new(), |[low, high]| format!(" ({low:.1} to {high:.1})"));
                writeln!(out, "  {value:5.1}{interval:17} {label}, of {of}")?;
            }
        }
        for graded in graded.iter().take(options.show.unwrap_or(0) as usize) {
            writeln!(
                out,
                "--\n{}[{}]\ntruth:{}\n{:?} {:.3}",
                graded.prompt, graded.said, graded.truth, graded.wrong, graded.confidence
            )?;
        }
    }
    Ok(())
}
