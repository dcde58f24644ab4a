//! `cargo xtask`: everything that is done to Terrarium from a terminal.
//!
//! Each command first sees to it that the tools it needs are there, and says what it is doing meanwhile.

mod bench;
mod browser;
mod debian;
mod dist;
mod gpu;
mod progress;
mod serve;
mod setup;
mod split;
mod test;
mod tools;
mod wasm_std;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::progress::Progress;
use crate::setup::Need;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Set up, serve, test and measure Terrarium")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what the other commands need, and nothing that is already there
    Setup,
    /// Build the page and serve it on this machine, rebuilding whenever a source file changes
    Serve(serve::Options),
    /// Run every check: formatting, lints, and the tests natively, in a browser and of the page
    Test(test::Options),
    /// Time the fixed workloads, natively or in a headless browser
    Bench(bench::Options),
    /// Build the page into dist/, ready for any static host, and print what it weighs
    Dist,
    /// Cut the page that trunk has just built into its parts; trunk calls it
    #[command(hide = true)]
    Split,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = Workspace::open().and_then(|workspace| match &arguments.command {
        Command::Setup => setup::ensure_all(&workspace, &Need::ALL, &mut Progress::new(Need::ALL.len())),
        Command::Serve(options) => serve::run(&workspace, options),
        Command::Test(options) => test::run(&workspace, options),
        Command::Bench(options) => bench::run(&workspace, options),
        Command::Dist => dist::run(&workspace),
        Command::Split => split::run(&workspace),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
