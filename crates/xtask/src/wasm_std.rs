//! Rust's standard library for the browser's target.
//!
//! `rustup` installs it wherever its server can be reached. Elsewhere it is built once from source and put where rustup
//! would have put it, so that everything after that is plain stable Rust either way.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::debian;
use crate::workspace::{Workspace, output, remove_folder, run_aside};

/// The target that the page is compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Names a `tar` archive of the `library` folder of Rust's sources, or such a folder, of the installed version.
const SOURCE_VARIABLE: &str = "TERRARIUM_RUST_SRC";

/// Whether the installed Rust can compile for [`TARGET`].
pub fn is_present(workspace: &Workspace) -> Result<bool> {
    Ok(holds_std(&installed_libraries(&sysroot(workspace)?)))
}

/// Installs the standard library for [`TARGET`], and proves it by compiling with it.
pub fn install(workspace: &Workspace) -> Result<()> {
    if let Err(error) = add_with_rustup(workspace) {
        eprintln!("  {error:#}; building the standard library from source instead");
        build_from_source(workspace)?;
    }
    compile_something(workspace)
}

fn add_with_rustup(workspace: &Workspace) -> Result<()> {
    ensure!(workspace.find_program("rustup").is_some(), "there is no rustup here");
    run_aside(workspace.command("rustup").args(["target", "add", TARGET]))
}

fn build_from_source(workspace: &Workspace) -> Result<()> {
    let sysroot = sysroot(workspace)?;
    place_source(workspace, &sysroot)?;

    // Cargo builds the standard library as a dependency of something, so it gets an empty crate.
    let scratch = workspace.scratch("wasm-std")?;
    run_aside(workspace.cargo("init --quiet --vcs none --lib --name empty").arg(&scratch))?;
    // `-Zbuild-std` is a nightly option, which RUSTC_BOOTSTRAP permits; link-time optimisation of the page needs the
    // bitcode, and the test harness needs `test`.
    let mut build = workspace.cargo("build --release --lib -Zbuild-std=std,panic_abort,test --target");
    build
        .arg(TARGET)
        .current_dir(&scratch)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    run_aside(&mut build)?;

    let libraries = installed_libraries(&sysroot);
    fs::create_dir_all(&libraries).with_context(|| format!("cannot create {}", libraries.display()))?;
    let built = scratch.join("target").join(TARGET).join("release").join("deps");
    for entry in fs::read_dir(&built).with_context(|| format!("cannot read {}", built.display()))? {
        let library = entry?.path();
        let Some(name) = library.file_name().filter(|_| library.extension().is_some_and(|kind| kind == "rlib")) else {
            continue;
        };
        if !name.to_string_lossy().starts_with("libempty-") {
            let place = libraries.join(name);
            fs::copy(&library, &place).with_context(|| format!("cannot write {}", place.display()))?;
        }
    }
    remove_folder(&scratch)?;
    // What was compiled against another standard library cannot be linked with this one.
    run_aside(workspace.cargo("clean --quiet --target").arg(TARGET))
}

/// Sees to it that the sysroot holds the standard library's sources, where cargo looks for them.
fn place_source(workspace: &Workspace, sysroot: &Path) -> Result<()> {
    let place = sysroot.join("lib/rustlib/src/rust");
    if place.join("library/std/Cargo.toml").is_file() && env::var_os(SOURCE_VARIABLE).is_none() {
        return Ok(());
    }
    fs::create_dir_all(&place).with_context(|| format!("cannot create {}", place.display()))?;
    let scratch = workspace.scratch("rust-src")?;
    let source = match env::var_os(SOURCE_VARIABLE) {
        Some(source) => PathBuf::from(source),
        None => debian::rust_library(workspace, &rust_version(workspace)?, &scratch)
            .with_context(|| format!("no source of Rust's standard library ({SOURCE_VARIABLE} may name one)"))?,
    };
    if source.is_dir() {
        remove_folder(&place.join("library"))?;
        run_aside(workspace.command("cp").arg("-R").arg(&source).arg(place.join("library")))?;
    } else {
        run_aside(workspace.command("tar").arg("-xf").arg(&source).arg("-C").arg(&place))?;
    }
    remove_folder(&scratch)
}

fn compile_something(workspace: &Workspace) -> Result<()> {
    let scratch = workspace.scratch("wasm-std-proof")?;
    let source = scratch.join("proof.rs");
    fs::write(&source, "#[unsafe(no_mangle)] pub extern \"C\" fn proof() -> usize { vec![1; 7].len() }")?;
    let mut compile = workspace.command("rustc");
    compile.args(["--edition=2024", "--crate-type=cdylib", "--target", TARGET, "--out-dir"]).args([&scratch, &source]);
    output(&mut compile).context("the standard library was installed, but does not work")?;
    remove_folder(&scratch)
}

/// The version of the installed Rust, such as `1.95.0`.
fn rust_version(workspace: &Workspace) -> Result<String> {
    let words = output(workspace.command("rustc").arg("--version"))?;
    let version = words.split_whitespace().nth(1).unwrap_or_default();
    if version.contains('-') || version.is_empty() {
        bail!("only stable Rust is supported here, and this is `{}`", words.trim());
    }
    Ok(version.to_owned())
}

fn sysroot(workspace: &Workspace) -> Result<PathBuf> {
    let path = output(workspace.command("rustc").args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(path.trim()))
}

fn installed_libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

fn holds_std(libraries: &Path) -> bool {
    fs::read_dir(libraries)
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
}
