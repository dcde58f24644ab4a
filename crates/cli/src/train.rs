//! Training without a page.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use terrarium_data::points::parse_csv;
use terrarium_data::text::corpus::read_text;
use terrarium_labs::checkpoint;
use terrarium_labs::lab::{LABS, Lab, Preset};
use terrarium_labs::library::Folder;
use terrarium_labs::protocol::{ChartLine, EngineKind, Question, Row, SetUp, Show};
use terrarium_labs::{Engines, Finding, Session, image_gan, language};

use crate::sheet;

#[derive(clap::Args)]
pub struct Options {
    /// A lab, or a preset that one lab alone has: short for --lab and --preset
    #[arg(conflicts_with_all = ["lab", "preset"])]
    what: Option<String>,
    /// The lab
    #[arg(long, default_value = "gan2d")]
    lab: String,
    /// Begin with a preset's settings
    #[arg(long)]
    preset: Option<String>,
    /// Change a setting, as in links: --set g_width=128
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// What all random numbers are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Steps to make
    #[arg(long, default_value_t = 5_000)]
    steps: u32,
    /// Steps between two rows of measures
    #[arg(long, default_value_t = 250)]
    every: u32,
    /// cpu, webgpu or dfdx
    #[arg(long, default_value = "cpu")]
    engine: String,
    /// How many threads the cpu engine computes on [default: one for each core]
    #[arg(long, value_name = "COUNT")]
    threads: Option<usize>,
    /// Learn the points of a CSV file, with --set data=custom
    #[arg(long, value_name = "FILE")]
    points: Option<PathBuf>,
    /// Learn from a text file: `terrarium train gpt --text FILE`
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// The folder of the pictures that labs learn from
    #[arg(long, value_name = "FOLDER", default_value = "web/assets")]
    assets: PathBuf,
    /// Go on with a checkpoint, with its settings and seed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["what", "lab", "preset", "settings", "seed", "points", "text"])]
    load: Option<PathBuf>,
    /// Write a checkpoint at each row of measures and at the end
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Write the walls of pictures that the run shows as a PNG at the end
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
    /// Let a judge evaluate so many samples at the end
    #[arg(long, value_name = "SAMPLES")]
    evaluate: Option<u32>,
}

pub async fn run(options: &Options, out: &mut impl Write) -> Result<()> {
    let engine = EngineKind::from_slug(&options.engine).with_context(|| format!("there is no engine “{}”", options.engine))?;
    let engines = if engine == EngineKind::WebGpu { Engines::find().await } else { Engines::without_gpu() };
    let engines = match options.threads {
        Some(threads) => engines.on_threads(threads),
        None => engines,
    };
    let library = Folder(options.assets.clone());
    let mut session = match &options.load {
        Some(file) => checkpoint::open(&fs::read(file).with_context(|| cannot("read", file))?, &library, &engines, engine).await?,
        None => Session::new(&set_up(options)?, &library, &engines, engine).await?,
    };
    let charts = session.opened().charts;
    let lines: Vec<&ChartLine> = charts.iter().flat_map(|chart| &chart.lines).collect();
    let names: String = lines.iter().map(|line| format!("{:>width$}", line.key, width = width(line))).collect();
    writeln!(out, "{:>7}{names}", "step")?;
    let (start, mut steps, mut trouble) = (Instant::now(), 0, None);
    while steps < options.steps {
        let every = options.every.max(1);
        let next = (steps + every - steps % every).min(options.steps);
        let unread = (next - steps - 1).min(session.most_steps());
        if unread > 0 {
            session.advance_steps(unread)?;
            steps += unread;
            continue;
        }
        session.step()?;
        steps = next;
        session.begin_measuring()?;
        let finding = session.measured().await?;
        if let Some(Finding::Measures(row)) = &finding {
            writeln!(out, "{}", show(row, &lines))?;
        }
        if trouble != session.trouble() {
            trouble = session.trouble();
            let said = trouble.as_ref().map_or("All is well again.".to_string(), |t| format!("{} {}", t.sentence, t.remedy));
            writeln!(out, "        {said}")?;
        }
        if finding == Some(Finding::NotANumber) {
            break;
        }
        save(options, &mut session).await?;
    }
    writeln!(out, "{:.2} ms a step", start.elapsed().as_secs_f64() * 1e3 / f64::from(steps.max(1)))?;
    save(options, &mut session).await?;
    if let Some(file) = &options.sheet {
        let show = Show { layers: session.lab().views[0].layers(), ..Show::default() };
        let sheet = sheet::png(&session.scene(show, false).await?)?;
        fs::write(file, sheet).with_context(|| cannot("write", file))?;
    }
    if session.lab().slug == language::LAB.slug {
        tell_language(&mut session, out).await?;
    }
    if let Some(count) = options.evaluate {
        let answer = session.ask(Question::ImageGan(image_gan::Question::Evaluate { count }), &|_| ()).await?;
        writeln!(out, "{}", answer.sentence)?;
        for figure in answer.figures {
            writeln!(out, "{:>8.4} {}", figure.value, figure.name)?;
        }
    }
    Ok(())
}

/// Writes the checkpoint, if one is wanted, beside the one before and then in its place: one of them is always whole.
async fn save(options: &Options, session: &mut Session) -> Result<()> {
    let Some(file) = &options.save else { return Ok(()) };
    let new = file.with_extension("new");
    fs::write(&new, checkpoint::save(session).await?).with_context(|| cannot("write", &new))?;
    fs::rename(&new, file).with_context(|| cannot("write", file))
}

/// The loss on all of the held-out text, and something that the model writes.
async fn tell_language(session: &mut Session, out: &mut impl Write) -> Result<()> {
    let ask = async |session: &mut Session, question: language::Question| session.ask(question.into(), &|_| ()).await;
    if let Some(language::Answer::HeldOut(held_out)) = ask(session, language::Question::HeldOut).await?.language {
        let language::HeldOut { loss, tokens, bigram_loss } = held_out;
        writeln!(out, "held-out loss {loss:.4} nats a token over {tokens} tokens; counting bigrams would cost {bigram_loss:.4}")?;
    }
    // Its sisters do not go on from a text.
    if !session.settings().is("kind", "decoder") {
        return Ok(());
    }
    let sampling = language::Sampling::default();
    let question = language::Question::Continue {
        text: String::new(),
        came: 0,
        count: language::MOST_TOKENS,
        sampling,
        model: language::Model::Now,
    };
    if let Some(language::Answer::Continued(continued)) = ask(session, question).await?.language {
        writeln!(out, "{}", continued.text)?;
    }
    Ok(())
}

fn cannot(what: &str, file: &Path) -> String {
    format!("cannot {what} {}", file.display())
}

fn set_up(options: &Options) -> Result<SetUp> {
    let mut changes: Vec<(String, String)> = Vec::new();
    let (lab, preset) = match &options.what {
        Some(what) => named(what)?,
        None => {
            let lab = Lab::find(&options.lab)?;
            let preset = |slug| {
                let found = lab.presets.iter().find(|preset| preset.slug == slug);
                found.with_context(|| format!("there is no preset “{slug}”"))
            };
            (lab, options.preset.as_ref().map(preset).transpose()?)
        }
    };
    if let Some(preset) = preset {
        changes.extend(preset.changes.iter().map(|(key, value)| (key.to_string(), value.to_string())));
    }
    for setting in &options.settings {
        let (key, value) = setting.split_once('=').ok_or_else(|| anyhow!("“{setting}” is not KEY=VALUE"))?;
        changes.push((key.to_string(), value.to_string()));
    }
    let mut points = Vec::new();
    if let Some(file) = &options.points {
        let report = parse_csv(&fs::read_to_string(file).with_context(|| cannot("read", file))?)?;
        report.notes().iter().for_each(|note| eprintln!("{note}"));
        points = report.points.xy;
    }
    let mut text = "".into();
    if let Some(file) = &options.text {
        let (read, encoding) = read_text(&fs::read(file).with_context(|| cannot("read", file))?)?;
        eprintln!("{} characters of {encoding}", read.chars().count());
        text = read.into();
        if !changes.iter().any(|(key, _)| key == "data") {
            changes.push(("data".to_string(), "own".to_string()));
        }
    }
    Ok(SetUp { lab: lab.slug.to_string(), changes, seed: options.seed, points, text, ..SetUp::default() })
}

/// A lab by its name, or one of its presets by a name that no other lab has a preset of.
fn named(what: &str) -> Result<(&'static Lab, Option<&'static Preset>)> {
    if let Ok(lab) = Lab::find(what) {
        return Ok((lab, None));
    }
    let presets = LABS.iter().flat_map(|lab| lab.presets.iter().map(move |preset| (*lab, preset)));
    match presets.filter(|(_, preset)| preset.slug == what).collect::<Vec<_>>()[..] {
        [(lab, preset)] => Ok((lab, Some(preset))),
        [] => Err(anyhow!("there is no lab “{what}”, nor a preset")),
        _ => Err(anyhow!("several labs have a preset “{what}”: say which with --lab and --preset")),
    }
}

/// A row under the names of its measures.
fn show(row: &Row, lines: &[&ChartLine]) -> String {
    let value = |line: &&ChartLine| {
        let value = row.values[line.column as usize].map_or(String::new(), |value| format!("{value:.4}"));
        format!("{value:>width$}", width = width(line))
    };
    format!("{:>7}{}", row.step, lines.iter().map(value).collect::<String>())
}

/// Of a measure's column: its name's, or that of a number in the thousands.
fn width(line: &ChartLine) -> usize {
    line.key.len().max(10) + 2
}
