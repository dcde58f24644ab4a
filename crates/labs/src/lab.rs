//! The labs there are.

use crate::error::{Error, Result};
use crate::experiment::Experiment;
use crate::gan2d;
use crate::protocol::SetUp;
use crate::settings::{Setting, Settings};

/// What a visitor can go into: settings, ways of setting them that are worth watching, and what they make.
pub struct Lab {
    /// Its name in links, flags and checkpoints.
    pub slug: &'static str,
    pub table: &'static [Setting],
    pub presets: &'static [Preset],
    pub open: fn(&Settings, &SetUp) -> Result<Box<dyn Experiment>>,
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

pub static LABS: [Lab; 1] = [Lab { slug: gan2d::LAB, table: &gan2d::TABLE, presets: &gan2d::PRESETS, open: gan2d::Gan2d::open }];

impl Lab {
    /// # Errors
    /// Where there is no lab of this name.
    pub fn find(slug: &str) -> Result<&'static Lab> {
        LABS.iter().find(|lab| lab.slug == slug).ok_or_else(|| Error(format!("There is no lab “{slug}” here.")))
    }
}
