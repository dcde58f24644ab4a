//! The programs that make a page out of the compiled crates.

use anyhow::Result;

use crate::workspace::{Workspace, output, remove_folder, run_aside};

/// A program that comes as a crate.
pub struct Tool {
    package: &'static str,
    /// What the package installs and we use; all must be there, and of one version.
    programs: &'static [&'static str],
    /// The version to install.
    version: String,
    /// The version, or the beginning of one, that is good enough when it is found installed.
    fits: String,
    /// How to build it, where there is no prebuilt program.
    build_options: &'static [&'static str],
}

/// `wasm-bindgen` and its test runner, which read only what the very same version of the library wrote.
pub fn wasm_bindgen(workspace: &Workspace) -> Result<Tool> {
    let version = workspace.locked_version("wasm-bindgen")?;
    Ok(Tool {
        package: "wasm-bindgen-cli",
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        fits: version.clone(),
        version,
        // Mirrors that lag a few days may lack a dependency that was locked.
        build_options: &[],
    })
}

/// trunk, which builds the page and serves it.
pub fn trunk() -> Tool {
    Tool {
        package: "trunk",
        programs: &["trunk"],
        version: "0.21.14".to_owned(),
        fits: "0.21".to_owned(),
        build_options: &["--locked", "--no-default-features", "--features", "rustls"],
    }
}

impl Tool {
    /// What it is called, with its version.
    pub fn title(&self) -> String {
        format!("{} {}", self.package, self.version)
    }

    /// Whether it is installed, among Terrarium's tools or anywhere on the user's PATH, in a version that fits.
    pub fn is_present(&self, workspace: &Workspace) -> bool {
        self.programs.iter().all(|program| {
            output(workspace.command(program).arg("--version"))
                .is_ok_and(|answer| answer.split_whitespace().any(|word| is_within(word, &self.fits)))
        })
    }

    /// Installs it for Terrarium alone: ready built where cargo-binstall is there to fetch it, else from source.
    pub fn install(&self, workspace: &Workspace) -> Result<()> {
        let package = format!("{}@{}", self.package, self.version);
        if workspace.find_program("cargo-binstall").is_some() {
            let mut fetch = workspace.cargo("binstall --no-confirm --force --disable-strategies compile --root");
            match run_aside(fetch.arg(workspace.tools()).arg(&package)) {
                Ok(()) => return Ok(()),
                Err(error) => eprintln!("  {error:#}; building it from source instead"),
            }
        }
        // These programs have little to do, so what counts is how soon they are there. A target folder of its own lets
        // a broken-off build go on where it was.
        let target = workspace.cache.join("scratch").join(self.package);
        let mut build = workspace.cargo("install --force --debug --root");
        build
            .arg(workspace.tools())
            .args(self.build_options)
            .arg(&package)
            .env("CARGO_TARGET_DIR", &target)
            .env("CARGO_PROFILE_DEV_DEBUG", "none");
        run_aside(&mut build)?;
        remove_folder(&target)
    }
}

/// Whether a version is the wanted one, or a part of the wanted series.
fn is_within(version: &str, wanted: &str) -> bool {
    version.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_fit_by_whole_numbers() {
        assert!(is_within("0.2.10", "0.2.10"));
        assert!(!is_within("0.2.100", "0.2.10"));
        assert!(is_within("0.21.14", "0.21"));
        assert!(!is_within("0.2.1", "0.21"));
    }
}
