//! Every check that a change must pass.

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::browser::Browser;
use crate::dist;
use crate::progress::Progress;
use crate::setup::Need;
use crate::wasm_std::TARGET;
use crate::workspace::{self, Workspace};

#[derive(clap::Args)]
pub struct Options {
    /// Run one check alone
    #[arg(long, value_name = "CHECK")]
    only: Option<Check>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Check {
    Format,
    Lint,
    Native,
    Wasm,
    Page,
    PageTests,
}

/// The packages whose tests run in the browser, too.
const PACKAGES_WITH_WASM_TESTS: [&str; 3] = ["terrarium-parity", "terrarium-webgpu", "terrarium-painter"];

impl Check {
    const ALL: [Self; 6] = [Self::Format, Self::Lint, Self::Native, Self::Wasm, Self::Page, Self::PageTests];

    /// What the step is called, and what to do when it failed.
    fn step(self) -> (&'static str, &'static str) {
        match self {
            Self::Format => ("format: the code is formatted", "run `cargo fmt`"),
            Self::Lint => (
                "lint: clippy finds nothing, natively and for wasm",
                "mend what clippy names above; `cargo clippy --fix` mends some of it",
            ),
            Self::Native => {
                ("native: the crates' tests", "the failed tests are named above; `cargo test -p CRATE NAME` runs one again")
            }
            Self::Wasm => (
                "wasm: the crates' tests in a headless browser",
                "the failed tests are named above; `cargo xtask test --only wasm` runs these again",
            ),
            Self::Page => dist::PAGE_STEP,
            Self::PageTests => (
                "page-tests: the page in a headless browser",
                "the failed tests are named above; `cargo xtask test --only page-tests` runs these again, on the page \
                 as it was last built",
            ),
        }
    }

    fn needs(self) -> &'static [Need] {
        match self {
            Self::Format => &[],
            Self::Native => &[Need::Gpu],
            Self::Lint => &[Need::WasmStd],
            Self::Wasm => &[Need::WasmStd, Need::WasmBindgen, Need::Browser],
            Self::Page => &Need::FOR_PAGE,
            Self::PageTests => &[Need::Browser],
        }
    }

    fn run(self, workspace: &Workspace) -> Result<()> {
        match self {
            Self::Format => workspace::run(&mut workspace.cargo("fmt --check -- --files-with-diff")),
            Self::Lint => {
                workspace::run(&mut workspace.cargo("clippy --workspace --all-targets -- -D warnings"))?;
                workspace::run(&mut workspace.cargo(&format!("clippy -p terrarium-web --target {TARGET} -- -D warnings")))
            }
            Self::Native => workspace::run(&mut workspace.cargo("test --workspace --exclude terrarium-tests")),
            Self::Wasm => {
                let mut tests = workspace.cargo(&format!("test --target {TARGET} --lib --tests"));
                tests.args(PACKAGES_WITH_WASM_TESTS.iter().flat_map(|package| ["--package", package]));
                Browser::require(workspace)?.lend_to_wasm_bindgen(workspace, &mut tests)?;
                workspace::run(&mut tests)
            }
            Self::Page => dist::build_page(workspace),
            Self::PageTests => {
                let mut tests = workspace.cargo("test -p terrarium-tests");
                Browser::require(workspace)?.lend(&mut tests);
                workspace::run(&mut tests)
            }
        }
    }
}

/// Runs all checks, or the one asked for, whether or not those before it passed.
///
/// # Errors
/// If any check failed; what to do about each was said when it did.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let checks = options.only.map_or(Check::ALL.to_vec(), |check| vec![check]);
    let mut needs: Vec<Need> = checks.iter().flat_map(|check| check.needs()).copied().collect();
    needs.sort();
    needs.dedup();

    let mut progress = Progress::new(needs.len() + checks.len());
    let mut unmet = Vec::new();
    let mut failed = Vec::new();
    for need in needs {
        if let Err(error) = need.ensure(workspace, &mut progress) {
            eprintln!("      {error:#}");
            failed.push(need.title(workspace)?);
            unmet.push(need);
        }
    }
    for check in checks {
        let (title, _) = check.step();
        if check.needs().iter().any(|need| unmet.contains(need)) {
            progress.skip(title, "what it needs could not be installed");
            failed.push(format!("{title} (not run)"));
        } else if let Err(error) = progress.step(check.step(), || check.run(workspace)) {
            eprintln!("      {error:#}");
            failed.push(title.to_owned());
        }
    }
    if failed.is_empty() {
        eprintln!("\nAll checks passed.");
        return Ok(());
    }
    bail!("{} of the steps failed:\n  {}", failed.len(), failed.join("\n  "))
}
