//! The labs there are.

use crate::error::{Error, Result};
use crate::experiment::Experiment;
use crate::gan2d;
use crate::library::Files;
use crate::protocol::SetUp;
use crate::settings::{Setting, Settings};
use crate::vae;

/// What a visitor can go into: settings, ways of setting them that are worth watching, and what they make.
pub struct Lab {
    /// Its name in links, flags and checkpoints.
    pub slug: &'static str,
    pub table: &'static [Setting],
    pub presets: &'static [Preset],
    /// Names of the files that it learns from.
    pub files: fn(&Settings) -> &'static [&'static str],
    pub open: fn(&Settings, &SetUp, &Files) -> Result<Box<dyn Experiment>>,
}

/// A set-up with a name, and what it shows.
#[derive(Debug)]
pub struct Preset {
    /// Its name in links and flags.
    pub slug: &'static str,
    pub label: &'static str,
    /// A sentence: what to watch.
    pub watch: &'static str,
    /// What differs from the defaults: key and value.
    pub changes: &'static [(&'static str, &'static str)],
}

pub static LABS: [Lab; 2] = [
    Lab { slug: gan2d::LAB, table: &gan2d::TABLE, presets: &gan2d::PRESETS, files: |_| &[], open: gan2d::Gan2d::open },
    Lab { slug: vae::LAB, table: &vae::TABLE, presets: &vae::PRESETS, files: vae::files, open: vae::VaeLab::open },
];

impl Lab {
    /// # Errors
    /// Where there is no lab of this name.
    pub fn find(slug: &str) -> Result<&'static Lab> {
        LABS.iter().find(|lab| lab.slug == slug).ok_or_else(|| Error(format!("There is no lab “{slug}” here.")))
    }
}
