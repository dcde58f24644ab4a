//! The browser that the tests run in, and the driver that steers it.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::debian;
use crate::workspace::Workspace;

const CHROME_NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Chromium's own software device, for machines without another. It can draw on canvases only if what puts the page together
/// is in Vulkan, too; else the first such canvas ends the device.
const WEBGPU_FLAGS: [&str; 5] = [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--use-angle=swiftshader",
    "--use-vulkan=swiftshader",
    "--enable-features=Vulkan",
];

/// Chromium or Chrome, and the chromedriver of the same version.
pub struct Browser {
    /// Left to chromedriver to find where it lies in no folder of the PATH, as on Windows and macOS.
    chrome: Option<PathBuf>,
    chromedriver: PathBuf,
}

impl Browser {
    /// Finds what the variables CHROME and CHROMEDRIVER name, else what is on the PATH.
    pub fn find(workspace: &Workspace) -> Option<Self> {
        let named = |variable| env::var_os(variable).map(PathBuf::from);
        let chrome = named("CHROME").or_else(|| CHROME_NAMES.iter().find_map(|name| workspace.find_program(name)));
        let chromedriver = named("CHROMEDRIVER").or_else(|| workspace.find_program("chromedriver"))?;
        let chromedriver_finds_chrome = cfg!(any(windows, target_os = "macos"));
        (chrome.is_some() || chromedriver_finds_chrome).then_some(Self { chrome, chromedriver })
    }

    /// As [`find`](Self::find), where it has been seen to that there is one.
    pub fn require(workspace: &Workspace) -> Result<Self> {
        Self::find(workspace).context("there is no browser to run this in")
    }

    /// Tells a program which browser to use.
    pub fn lend(&self, command: &mut Command) {
        command.env("CHROMEDRIVER", &self.chromedriver);
        if let Some(chrome) = &self.chrome {
            command.env("CHROME", chrome);
        }
    }

    /// Tells the test runner of wasm-bindgen which browser to use, and how.
    pub fn lend_to_wasm_bindgen(&self, workspace: &Workspace, command: &mut Command) -> Result<()> {
        self.lend(command);
        let flags = fs::read_to_string(workspace.root.join("tests/webdriver.json")).context("tests/webdriver.json")?;
        let mut capabilities: Value = serde_json::from_str(&flags).context("tests/webdriver.json")?;
        if let Some(flags) = capabilities["goog:chromeOptions"]["args"].as_array_mut() {
            flags.extend(WEBGPU_FLAGS.map(Value::from));
        }
        if let Some(chrome) = &self.chrome {
            capabilities["goog:chromeOptions"]["binary"] = chrome.display().to_string().into();
        }
        let path = workspace.scratch("webdriver")?.join("webdriver.json");
        fs::write(&path, capabilities.to_string()).with_context(|| format!("cannot write {}", path.display()))?;
        command
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", path)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "600");
        Ok(())
    }
}

/// Installs Chromium and its driver where that is known to work, on Debian.
pub fn install(workspace: &Workspace) -> Result<()> {
    ensure!(debian::is_here(), "they can be installed for you on Debian only");
    debian::install(workspace, &["chromium", "chromium-driver", "fonts-liberation"])
}
