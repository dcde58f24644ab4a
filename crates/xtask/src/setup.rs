//! Seeing to it that what a command needs is there.

use anyhow::{Result, ensure};

use crate::progress::Progress;
use crate::workspace::Workspace;
use crate::{browser, gpu, tools, wasm_std};

/// Something that must be on the machine before work can begin.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    WasmStd,
    WasmBindgen,
    Trunk,
    Browser,
    Gpu,
}

impl Need {
    /// All that any command needs.
    pub const ALL: [Self; 5] = [Self::WasmStd, Self::WasmBindgen, Self::Trunk, Self::Browser, Self::Gpu];

    /// What it takes to build the page.
    pub const FOR_PAGE: [Self; 3] = [Self::WasmStd, Self::WasmBindgen, Self::Trunk];

    /// Looks whether this is there, and installs it if not, as one step of `progress`.
    pub fn ensure(self, workspace: &Workspace, progress: &mut Progress) -> Result<()> {
        progress.step((&self.title(workspace)?, self.remedy()), || {
            if !self.is_present(workspace)? {
                self.install(workspace)?;
                ensure!(self.is_present(workspace)?, "it was installed, and yet is not found");
            }
            Ok(())
        })
    }

    /// What it is called.
    pub fn title(self, workspace: &Workspace) -> Result<String> {
        Ok(match self {
            Self::WasmStd => format!("Rust's standard library for {}", wasm_std::TARGET),
            Self::WasmBindgen => tools::wasm_bindgen(workspace)?.title(),
            Self::Trunk => tools::trunk().title(),
            Self::Browser => "Chromium and chromedriver".to_owned(),
            Self::Gpu => "a driver for the native tests of the WebGPU engine".to_owned(),
        })
    }

    /// What to do when it could not be installed.
    fn remedy(self) -> &'static str {
        match self {
            Self::WasmStd => "install Rust through rustup, or name the library folder of its sources in TERRARIUM_RUST_SRC",
            Self::WasmBindgen | Self::Trunk => {
                "the first error above is the cause; a program of this version anywhere on the PATH will do as well"
            }
            Self::Browser => {
                "install Chrome or Chromium and the chromedriver of the same version, on the PATH or named by the \
                 variables CHROME and CHROMEDRIVER"
            }
            Self::Gpu => "install a Vulkan driver; Mesa's (mesa-vulkan-drivers) computes on the processor and will do",
        }
    }

    fn is_present(self, workspace: &Workspace) -> Result<bool> {
        Ok(match self {
            Self::WasmStd => wasm_std::is_present(workspace)?,
            Self::WasmBindgen => tools::wasm_bindgen(workspace)?.is_present(workspace),
            Self::Trunk => tools::trunk().is_present(workspace),
            Self::Browser => browser::Browser::find(workspace).is_some(),
            Self::Gpu => gpu::is_present(),
        })
    }

    fn install(self, workspace: &Workspace) -> Result<()> {
        match self {
            Self::WasmStd => wasm_std::install(workspace),
            Self::WasmBindgen => tools::wasm_bindgen(workspace)?.install(workspace),
            Self::Trunk => tools::trunk().install(workspace),
            Self::Browser => browser::install(workspace),
            Self::Gpu => gpu::install(workspace),
        }
    }
}

/// Meets all of these needs, one step of `progress` each.
pub fn ensure_all(workspace: &Workspace, needs: &[Need], progress: &mut Progress) -> Result<()> {
    needs.iter().try_for_each(|need| need.ensure(workspace, progress))
}
