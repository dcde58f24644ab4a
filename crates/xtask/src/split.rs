//! Cutting the page's wasm into what is loaded first and what comes when a lab is opened.
//!
//! The page marks functions with `#[wasm_split(NAME)]`. What only the functions of one name reach becomes a wasm of its own, what
//! several names need another, and the rest stays the page's. They share its memory and its table of functions, so that to the code
//! nothing changes but that these functions are awaited.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use wasm_split_cli_support::{Options, transform};

use crate::wasm_std::TARGET;
use crate::workspace::{Workspace, output, run_aside};

/// Puts the page in its parts into the folder where trunk, which calls this after each build (`Trunk.toml`), has laid it out whole.
pub fn run(workspace: &Workspace) -> Result<()> {
    let named = |variable| env::var_os(variable).with_context(|| format!("{variable} is not set; trunk sets it for its hooks"));
    let staged = PathBuf::from(named("TRUNK_STAGING_DIR")?);
    // As the links in index.html say.
    let is_release = named("TRUNK_PROFILE")? == "release";
    let profile = if is_release { "page" } else { "debug" };
    let compiled = target_folder(workspace)?.join(TARGET).join(profile).join("page.wasm");

    let name = name_of_page(&staged)?;
    let parts = split(&compiled, &staged, &name)?;

    // The names of functions are for the console of those who work on it.
    let size_options: &[&str] = if is_release { &["--remove-name-section", "--remove-producers-section"] } else { &[] };
    let mut bindgen = workspace.command("wasm-bindgen");
    bindgen
        .args(["--target", "web", "--no-typescript", "--no-demangle", "--keep-lld-exports"])
        .args(size_options)
        .args(["--out-name", &name, "--out-dir"])
        .arg(&staged)
        .arg(main_of(&compiled));
    run_aside(&mut bindgen)?;
    if is_release {
        for part in parts {
            let wasm = fs::read(&part).with_context(|| format!("cannot read {}", part.display()))?;
            let bare = without_custom_sections(&wasm).with_context(|| format!("{} breaks off", part.display()))?;
            fs::write(&part, bare).with_context(|| format!("cannot write {}", part.display()))?;
        }
    }
    Ok(())
}

/// Cuts a compiled page up: what is loaded first comes beside it, for wasm-bindgen, and the parts, whose paths are returned, into a
/// folder of the page's name, so that no browser's cache gives a page the parts of another build.
fn split(compiled: &Path, staged: &Path, name: &str) -> Result<Vec<PathBuf>> {
    let wasm = fs::read(compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
    let folder = staged.join(name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let main = main_of(compiled);
    let page = format!("../{name}.js");
    let loader = format!("./{name}/parts.js");
    let mut options = Options::new(&wasm);
    options.main_out_path = &main;
    options.output_dir = staged;
    options.link_name = &loader;
    options.main_module = &page;
    let parts = transform(options).map_err(|error| anyhow!("cannot split {}: {error:#}", compiled.display()))?.split_modules;
    // The loader looks for them where it lies itself.
    let moved = parts.iter().map(|part| {
        let place = folder.join(part.file_name().context("a part has no name")?);
        fs::rename(part, &place).with_context(|| format!("cannot move {}", part.display()))?;
        Ok(place)
    });
    moved.collect()
}

/// Where what is loaded first is kept between the two tools.
fn main_of(compiled: &Path) -> PathBuf {
    compiled.with_file_name("page-main.wasm")
}

fn target_folder(workspace: &Workspace) -> Result<PathBuf> {
    let metadata = output(&mut workspace.cargo("metadata --format-version 1 --no-deps"))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo's metadata")?;
    metadata["target_directory"].as_str().map(PathBuf::from).context("cargo's metadata name no target folder")
}

/// What trunk has called the page: `page-` and a hash of it.
pub fn name_of_page(staged: &Path) -> Result<String> {
    let files = fs::read_dir(staged).with_context(|| format!("cannot read {}", staged.display()))?;
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names
        .filter_map(|name| name.strip_suffix("_bg.wasm").map(str::to_owned))
        .find(|name| name.starts_with("page"))
        .with_context(|| format!("trunk has put no page into {}", staged.display()))
}

/// A wasm without its custom sections, which hold names and what tools tell each other; nothing if it breaks off within a section.
///
/// The binary format is <https://webassembly.github.io/spec/core/binary/modules.html>: eight bytes, then sections, each a byte for
/// its kind, of which 0 is a custom one, and its size in LEB128.
fn without_custom_sections(wasm: &[u8]) -> Option<Vec<u8>> {
    let (head, mut rest) = wasm.split_at_checked(8)?;
    let mut bare = head.to_vec();
    while let Some((kind, after)) = rest.split_first() {
        let digits = after.iter().position(|byte| byte & 0x80 == 0)? + 1;
        let size = after[..digits].iter().rev().fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f));
        let (section, next) = rest.split_at_checked(1 + digits + size)?;
        if *kind != 0 {
            bare.extend(section);
        }
        rest = next;
    }
    Some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_are_left_out_and_the_others_kept() {
        let head = b"\0asm\x01\0\0\0";
        let types = [1, 4, 1, 0x60, 0, 0];
        // 130 bytes take two digits.
        let names = [[0, 0x82, 1].as_slice(), &[7; 130]].concat();
        let wasm = [head, types.as_slice(), &names, &types].concat();
        assert_eq!(without_custom_sections(&wasm), Some([head, types.as_slice(), &types].concat()));
        assert_eq!(without_custom_sections(&wasm[..wasm.len() - 1]), None);
    }
}
