//! The image GAN lab: a generator learns to draw.

mod evaluation;
mod experiment;
mod model;
mod presets;
mod question;
mod table;
mod timeline;
mod trouble;

use crate::game::PLAYERS;
use crate::lab::{Lab, Layer, View};

pub use experiment::ImageGan;
pub use presets::PRESETS;
pub use question::{Path, Question, Sample};
pub use table::TABLE;
pub(crate) use table::files;

pub static LAB: Lab = Lab {
    slug: "images",
    title: "GAN of pictures",
    lead: "Watch a neural network learn to draw: a generator turns noise into pictures, a discriminator tells them from real ones, and \
           a wall of scribbles sharpens into digits, clothes or faces.",
    table: &TABLE,
    presets: &PRESETS,
    first: None,
    players: &PLAYERS,
    views: &[View {
        label: "Walls",
        help: "Pictures that the generator makes, always of the same noise, beside real ones.",
        layers: &LAYERS,
        is_map: false,
    }],
    uses: table::uses,
};

/// In the order in which [`ImageGan`] knows them.
static LAYERS: [Layer; 3] = [
    Layer {
        label: "Samples",
        help: "What the generator makes of the same noise all through a run",
        role: "key-generated",
        shown: true,
    },
    Layer { label: "Real", help: "Pictures of the data, as the discriminator is fed them", role: "key-real", shown: true },
    Layer {
        label: "Scores",
        help: "Under each picture, how real the discriminator thinks it is: the longer the bar, the surer",
        role: "key-surface",
        shown: false,
    },
];
