//! What the labs' set-ups make.

use crate::error::Result;
use crate::experiment::Experiment;
use crate::lab::Lab;
use crate::library::Files;
use crate::protocol::SetUp;
use crate::settings::Settings;
use crate::{gan2d, image_gan, language, vae};

/// Settings and their values, as text.
pub type Changes = Vec<(String, String)>;

/// How a lab's runs are made.
pub struct Workshop {
    lab: &'static Lab,
    /// Names of the files that a run learns from.
    pub files: fn(&Settings, &SetUp) -> &'static [&'static str],
    /// The file of the model that a run goes on from, of those files, if its settings name one.
    pub start: fn(&Settings) -> Option<&'static str>,
    /// The settings that a set-up decides by itself: by the model that it goes on from.
    pub decided: fn(&SetUp) -> Result<Changes>,
    pub open: fn(&Settings, &SetUp, &Files) -> Result<Box<dyn Experiment>>,
}

/// One for each of [`LABS`](crate::lab::LABS).
static WORKSHOPS: [Workshop; 4] = [
    Workshop { lab: &gan2d::LAB, files: |_, _| &[], start: |_| None, decided: nothing, open: gan2d::Gan2d::open },
    Workshop {
        lab: &vae::LAB,
        files: |settings, _| vae::files(settings),
        start: |_| None,
        decided: nothing,
        open: vae::VaeLab::open,
    },
    Workshop {
        lab: &image_gan::LAB,
        files: |settings, _| image_gan::files(settings),
        start: |_| None,
        decided: nothing,
        open: image_gan::ImageGan::open,
    },
    Workshop {
        lab: &language::LAB,
        files: language::files,
        start: language::start,
        decided: language::decided,
        open: language::LanguageLab::open,
    },
];

fn nothing(_: &SetUp) -> Result<Changes> {
    Ok(Vec::new())
}

impl Workshop {
    pub fn of(lab: &'static Lab) -> &'static Workshop {
        WORKSHOPS.iter().find(|workshop| std::ptr::eq(workshop.lab, lab)).expect("every lab has one; the labs' tests open each")
    }
}
