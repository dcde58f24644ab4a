//! `terrarium`: the labs without a page.

mod bench;
mod settings;
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
    /// List the settings and presets that training takes
    Settings,
    /// Time engines by fixed workloads
    Bench(bench::Options),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Train(options) => train::run(&options),
        Command::Settings => {
            settings::run();
            Ok(())
        }
        Command::Bench(options) => bench::run(&options),
    }
}
