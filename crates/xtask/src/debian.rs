//! What Debian's archive has for us: the sources of Rust's standard library, and a browser with its driver.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::workspace::{Workspace, output, run_aside};

/// The suites that hold recent versions of Rust, the likeliest first.
const SUITES_WITH_RUST: [&str; 4] = ["trixie-backports", "testing", "unstable", "stable"];

const ARCHIVE_KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Whether this machine runs Debian itself (Ubuntu's browser packages are of another kind).
pub fn is_here() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|facts| facts.lines().any(|fact| fact == "ID=debian"))
}

/// Installs packages, as root or through a `sudo` that asks for no password.
pub fn install(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let is_root = output(workspace.command("id").arg("-u"))?.trim() == "0";
    let apt_get = |arguments: &[&str]| {
        let mut command = if is_root { workspace.command("apt-get") } else { workspace.command("sudo") };
        if !is_root {
            command.args(["-n", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        command
    };
    run_aside(&mut apt_get(&["update", "-qq"]))?;
    run_aside(apt_get(&["install", "-qq", "--yes", "--no-install-recommends"]).args(packages))
}

/// Downloads the sources of Rust's standard library at exactly this version, and returns their folder in `scratch`.
///
/// It needs no rights and changes nothing in the system: apt works on a source list and folders of its own.
pub fn rust_library(workspace: &Workspace, version: &str, scratch: &Path) -> Result<PathBuf> {
    ensure!(is_here(), "only Debian's archive is known to have one, and this machine does not run Debian");
    let mirror = mirror(workspace)?;
    for suite in SUITES_WITH_RUST {
        let apt = PrivateApt::new(workspace, &mirror, suite, scratch)?;
        eprintln!("  looking for the sources of Rust {version} in Debian's {suite}");
        output(apt.command("apt-get").arg("update"))?;
        let offered = output(apt.command("apt-cache").args(["madison", "rust-src"]))?;
        if let Some(package_version) = version_offered(&offered, version) {
            run_aside(apt.command("apt-get").arg("download").arg(format!("rust-src={package_version}")))?;
            return apt.unpack(version);
        }
    }
    bail!("Debian has no package `rust-src` of version {version} in {}", SUITES_WITH_RUST.join(", "))
}

/// An apt that knows one suite of one mirror and keeps all its files in a folder of its own.
struct PrivateApt<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
}

impl<'a> PrivateApt<'a> {
    fn new(workspace: &'a Workspace, mirror: &str, suite: &str, scratch: &Path) -> Result<Self> {
        let folder = scratch.join(suite);
        for inner in ["state/lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(inner)).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        let keys = if Path::new(ARCHIVE_KEYS).is_file() { format!("[signed-by={ARCHIVE_KEYS}] ") } else { String::new() };
        fs::write(folder.join("sources.list"), format!("deb {keys}{mirror} {suite} main\n"))?;
        Ok(Self { workspace, folder })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.workspace.command(program);
        command.current_dir(&self.folder).arg("-qq");
        for (setting, file) in [("Dir::State", "state"), ("Dir::Cache", "cache"), ("Dir::Etc::SourceList", "sources.list")] {
            command.arg("-o").arg(format!("{setting}={}", self.folder.join(file).display()));
        }
        // The downloading user that root switches to may not write here.
        command.args(["-o", "Dir::Etc::SourceParts=-", "-o", "APT::Sandbox::User=root"]);
        command
    }

    fn unpack(&self, version: &str) -> Result<PathBuf> {
        let package = fs::read_dir(&self.folder)?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|kind| kind == "deb"))
            .context("apt downloaded no package")?;
        run_aside(self.workspace.command("dpkg").arg("-x").args([&package, &self.folder]))?;
        let library = self.folder.join(format!("usr/src/rustc-{version}/library"));
        ensure!(library.is_dir(), "the package rust-src has no folder usr/src/rustc-{version}/library");
        Ok(library)
    }
}

/// The address of the Debian mirror that this machine's own apt uses.
fn mirror(workspace: &Workspace) -> Result<String> {
    let release = fs::read_to_string("/etc/os-release").context("cannot read /etc/os-release")?;
    let codename = release
        .lines()
        .find_map(|fact| fact.strip_prefix("VERSION_CODENAME="))
        .context("/etc/os-release does not name Debian's release")?;
    let index_files = output(workspace.command("apt-get").args(["update", "--print-uris"]))?;
    mirror_of_release(&index_files, codename)
        .map(str::to_owned)
        .with_context(|| format!("this machine's apt knows no mirror of Debian {codename}"))
}

/// Finds the mirror of a release among the lines of `apt-get update --print-uris`.
fn mirror_of_release<'a>(index_files: &'a str, codename: &str) -> Option<&'a str> {
    let release_file = format!("/dists/{codename}/InRelease");
    index_files.lines().find_map(|line| line.split('\'').nth(1)?.strip_suffix(&release_file))
}

/// Finds the package version of a Rust version among the lines of `apt-cache madison`.
fn version_offered<'a>(offered: &'a str, rust_version: &str) -> Option<&'a str> {
    let start = format!("{rust_version}+");
    offered.lines().filter_map(|line| line.split('|').nth(1)).map(str::trim).find(|version| version.starts_with(&start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirror_is_the_one_of_the_release_itself() {
        let index_files = "'http://mirror.test/debian-security/dists/bookworm-security/InRelease' a 0 \n\
                           'http://mirror.test/debian/dists/bookworm-updates/InRelease' b 0 \n\
                           'http://mirror.test/debian/dists/bookworm/InRelease' c 0 \n\
                           'http://mirror.test/debian/dists/bookworm/main/binary-amd64/Packages.xz' d 0 \n";
        assert_eq!(mirror_of_release(index_files, "bookworm"), Some("http://mirror.test/debian"));
        assert_eq!(mirror_of_release(index_files, "trixie"), None);
    }

    #[test]
    fn offered_version_is_of_exactly_the_rust_version() {
        let offered = "  rust-src | 1.96.1+dfsg1-2~bpo13+1 | http://mirror.test/debian trixie-backports/main\n  \
                       rust-src | 1.96.0+dfsg1-2~bpo13+1 | http://mirror.test/debian trixie-backports/main\n";
        assert_eq!(version_offered(offered, "1.96.0"), Some("1.96.0+dfsg1-2~bpo13+1"));
        assert_eq!(version_offered(offered, "1.9"), None);
    }
}
