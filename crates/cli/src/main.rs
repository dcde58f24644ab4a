//! `terrarium`: the labs without a page.

mod bench;
mod curve;
mod evaluate;
mod judge;
mod model;
mod settings;
mod sheet;
mod smiles;
mod train;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "terrarium", about = "Grow small generative models", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train a model and print how it goes
    Train(Box<train::Options>),
    /// Train a judge of generated pictures
    TrainJudge(judge::Options),
    /// Make the faces of a checkpoint smile, and ask a judge
    Smiles(smiles::Options),
    /// Read language models from elsewhere, and write them for elsewhere
    #[command(subcommand)]
    Model(model::Options),
    /// Let a checkpoint of a language model do the tasks of Pocket World, and grade it
    Evaluate(evaluate::Options),
    /// Draw how a training went
    Curve(curve::Options),
    /// List the settings and presets that training takes
    Settings,
    /// Time engines by fixed workloads
    Bench(bench::Options),
}

fn main() -> anyhow::Result<()> {
    // A closed pipe is an error to end by, where `println!` would panic.
    let out = &mut std::io::stdout().lock();
    match Cli::parse().command {
        Command::Train(options) => pollster::block_on(train::run(&options, out)),
        Command::TrainJudge(options) => pollster::block_on(judge::run(&options, out)),
        Command::Smiles(options) => pollster::block_on(smiles::run(&options, out)),
        Command::Model(options) => model::run(&options, out),
        Command::Evaluate(options) => pollster::block_on(evaluate::run(&options, out)),
        Command::Curve(options) => curve::run(&options),
        Command::Settings => settings::run(out),
        Command::Bench(options) => pollster::block_on(bench::run(&options, out)),
    }
}
