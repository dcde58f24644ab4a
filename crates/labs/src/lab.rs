//! The labs there are.

use crate::error::{Error, Result};
use crate::protocol::Phase;
use crate::settings::{Setting, Settings};
use crate::{gan2d, image_gan, language, vae};

/// What a visitor can go into: settings, ways of setting them that are worth watching, and what is seen of them. What they make
/// is in [`workshop`](crate::workshop), so that a page that only shows labs does not carry their models.
pub struct Lab {
    /// Its name in links, flags and checkpoints.
    pub slug: &'static str,
    /// What visitors call it.
    pub title: &'static str,
    /// A sentence or two: what can be seen in it.
    pub lead: &'static str,
    pub table: &'static [Setting],
    pub presets: &'static [Preset],
    /// The one that visitors find who have chosen nothing; the table's defaults where there is none.
    pub first: Option<&'static Preset>,
    /// Those whose turns make a step, in their order.
    pub players: &'static [Player],
    /// What the main view can show, one at a time.
    pub views: &'static [View],
    /// Whether a setting, by its key, matters beside the others' values.
    pub uses: fn(&Settings, &str) -> bool,
}

/// What learns in turn.
pub struct Player {
    /// As of a network: it is what the page's colours go by.
    pub name: &'static str,
    /// A letter or two that stand for it.
    pub short: &'static str,
    /// What happens in a turn, one after the other. In the last it learns.
    pub phases: &'static [Phase],
}

/// A way of looking at a run.
pub struct View {
    pub label: &'static str,
    /// A sentence: what is seen.
    pub help: &'static str,
    pub layers: &'static [Layer],
    /// Whether it is a map of the latent space, whose axes can be chosen.
    pub is_map: bool,
}

/// A part of a view that can be switched off.
pub struct Layer {
    pub label: &'static str,
    pub help: &'static str,
    /// What its colour stands for, as the page's style sheet knows it.
    pub role: &'static str,
    /// Whether it is shown to begin with.
    pub shown: bool,
}

impl View {
    /// The layers that are shown to begin with, as [`Show::layers`](crate::protocol::Show::layers) has them.
    pub fn layers(&self) -> u32 {
        self.layers.iter().enumerate().map(|(i, layer)| u32::from(layer.shown) << i).sum()
    }
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

pub static LABS: [&Lab; 4] = [&gan2d::LAB, &vae::LAB, &image_gan::LAB, &language::LAB];

impl Lab {
    /// The settings of one of its presets.
    pub fn preset(&self, preset: &Preset) -> Settings {
        let mut settings = Settings::new(self.table);
        for (key, value) in preset.changes {
            settings.set(key, value).expect("the labs' tests see to it that presets fit");
        }
        settings
    }

    /// The settings that visitors find who have chosen nothing.
    pub fn first_settings(&self) -> Settings {
        self.first.map_or_else(|| Settings::new(self.table), |preset| self.preset(preset))
    }

    /// Whether settings come to the same: what does not matter beside the others may differ.
    pub fn are_alike(&self, one: &Settings, other: &Settings) -> bool {
        one.differing(other).all(|setting| !(self.uses)(one, setting.key) && !(self.uses)(other, setting.key))
    }

    /// # Errors
    /// Where there is no lab of this name.
    pub fn find(slug: &str) -> Result<&'static Lab> {
        LABS.into_iter().find(|lab| lab.slug == slug).ok_or_else(|| Error(format!("There is no lab “{slug}” here.")))
    }
}
