//! Building the page, and weighing it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::progress::Progress;
use crate::setup::{self, Need};
use crate::split;
use crate::workspace::{Workspace, run_aside};

/// Builds the page in release into `dist/`, and prints the sizes of what a visitor's browser loads.
pub fn run(workspace: &Workspace) -> Result<()> {
    let mut progress = Progress::new(Need::FOR_PAGE.len() + 1);
    setup::ensure_all(workspace, &Need::FOR_PAGE, &mut progress)?;
    progress.step(PAGE_STEP, || build_page(workspace))?;
    print_sizes(&workspace.root.join("dist"))
}

/// What the step that calls [`build_page`] is called, and what to do when it failed.
pub const PAGE_STEP: (&str, &str) = ("page: a release build", "the first error above is the cause");

/// What the page's wasm may weigh before any lab's parts, gzipped, in thousands of bytes: 60 more than with its first lab alone.
const FIRST_LOAD: usize = 332;

/// Builds the page in release into `dist/`.
///
/// # Errors
/// If it cannot be built, or if what a visitor has to load before the page is there has become too much.
pub fn build_page(workspace: &Workspace) -> Result<()> {
    run_aside(workspace.trunk().args(["build", "--release"]))?;
    let first_load = first_load(&workspace.root.join("dist"))?;
    ensure!(
        first_load <= 1000 * FIRST_LOAD,
        "the page's wasm weighs {:.1} kB gzipped, and may weigh {FIRST_LOAD}; what only one lab needs belongs to that lab's parts \
         (web/src/page/parts.rs)",
        first_load as f64 / 1000.0
    );
    Ok(())
}

/// What the page's wasm weighs, gzipped.
fn first_load(dist: &Path) -> Result<usize> {
    let page = dist.join(split::name_of_page(dist)? + "_bg.wasm");
    let wasm = fs::read(&page).with_context(|| format!("cannot read {}", page.display()))?;
    Ok(gzipped_size(&wasm)?)
}

fn print_sizes(dist: &Path) -> Result<()> {
    println!("{:>10} {:>10}  file", "bytes", "gzipped");
    let mut totals = (0, 0);
    for path in loaded_files(dist)? {
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let (size, gzipped) = (content.len(), gzipped_size(&content)?);
        totals = (totals.0 + size, totals.1 + gzipped);
        println!("{size:>10} {gzipped:>10}  {}", path.strip_prefix(dist).unwrap_or(&path).display());
    }
    println!("{:>10} {:>10}  in all", totals.0, totals.1);
    Ok(())
}

/// The scripts, styles and compiled code below a folder, in the order of their names.
fn loaded_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "wasm" || kind == "js" || kind == "css") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn gzipped_size(content: &[u8]) -> io::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}
