//! The driver that the WebGPU engine's native tests run on.

use std::fs;

use anyhow::{Result, ensure};

use crate::debian;
use crate::workspace::Workspace;

/// Where Vulkan drivers announce themselves.
const DRIVER_FOLDERS: [&str; 3] = ["/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/// Whether there is a driver. Windows and macOS bring their own.
pub fn is_present() -> bool {
    let announced = |folder: &str| fs::read_dir(folder).is_ok_and(|mut drivers| drivers.next().is_some());
    cfg!(any(windows, target_os = "macos")) || DRIVER_FOLDERS.into_iter().any(announced)
}

/// Installs Mesa's driver where that is known to work, on Debian.
pub fn install(workspace: &Workspace) -> Result<()> {
    ensure!(debian::is_here(), "it can be installed for you on Debian only");
    debian::install(workspace, &["mesa-vulkan-drivers"])
}
