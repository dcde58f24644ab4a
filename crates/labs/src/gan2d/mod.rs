//! The 2-D GAN lab: a generator learns a distribution over the plane.

mod experiment;
mod model;
mod presets;
mod table;
mod trouble;

use crate::game::PLAYERS;
use crate::lab::{Lab, Layer, View};

pub use experiment::Gan2d;
pub use presets::PRESETS;
pub use table::TABLE;

pub static LAB: Lab = Lab {
    slug: "gan2d",
    title: "GAN in the plane",
    lead: "Watch a neural network learn to forge: a generator invents points, a discriminator hunts the fakes, and both get better.",
    table: &TABLE,
    presets: &PRESETS,
    first: None,
    players: &PLAYERS,
    views: &[View {
        label: "Plane",
        help: "Real and generated points, over the discriminator's verdict.",
        layers: &LAYERS,
        is_map: false,
    }],
    uses: table::uses,
};

/// The place of the verdict among the layers.
pub const SURFACE: usize = 3;

/// In the order in which [`Gan2d`] knows them.
static LAYERS: [Layer; 6] = [
    Layer { label: "Real", help: "Points of the data", role: "key-real", shown: true },
    Layer {
        label: "Generated",
        help: "Points that the generator makes, always of the same noise",
        role: "key-generated",
        shown: true,
    },
    Layer { label: "Trails", help: "Where generated points came from", role: "key-trails", shown: true },
    Layer {
        label: "Verdict",
        help: "How the discriminator judges each place: from generated to real",
        role: "key-surface",
        shown: true,
    },
    Layer { label: "Grid", help: "How the generator warps an even grid of noise", role: "key-grid", shown: false },
    Layer { label: "Arrows", help: "Where the discriminator's gradient pulls generated points", role: "key-arrows", shown: false },
];
