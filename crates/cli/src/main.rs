//! `terrarium`: the labs without a page.

mod bench;
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
    Train(train::Options),
    /// Time engines by fixed workloads
    Bench(bench::Options),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Train(options) => train::run(&options),
        Command::Bench(options) => bench::run(&options),
    }
}
