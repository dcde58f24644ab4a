//! The VAE lab: an autoencoder learns pictures, and lays them out in a small space.

mod answer;
mod experiment;
mod latent;
mod map;
mod model;
mod presets;
mod question;
mod smiles;
mod table;

use crate::lab::{Lab, Layer, Player, View};
use crate::protocol::Phase;

pub use experiment::VaeLab;
pub use presets::PRESETS;
pub use question::{About, Direction, MOST_DIMENSIONS, MOST_PICTURES, MOST_STRENGTH, Picked, Question, Way};
pub use smiles::{Smiles, smiles};
pub use table::TABLE;
pub(crate) use table::files;

pub static LAB: Lab = Lab {
    slug: "vae",
    title: "VAE",
    lead: "Watch pictures being squeezed into a few numbers and painted anew from them: an encoder finds each picture a place, \
           a decoder paints what lies there, and a landscape of pictures unfolds.",
    table: &TABLE,
    presets: &PRESETS,
    first: None,
    players: &[Player {
        name: "autoencoder",
        short: "VAE",
        phases: &[Phase::DrawBatch, Phase::Encode, Phase::Sample, Phase::Decode, Phase::Compare, Phase::UpdateBoth],
    }],
    views: &[
        View {
            label: "Pictures",
            help: "Pictures that were never learnt from, each above what comes back; below, pictures of random places.",
            layers: &[
                Layer {
                    label: "Reconstructions",
                    help: "Held-out pictures, each above what the decoder makes of its place",
                    role: "key-reconstruction",
                    shown: true,
                },
                Layer {
                    label: "Samples",
                    help: "What the decoder paints at random places, the same ones all through a run",
                    role: "key-samples",
                    shown: true,
                },
            ],
            is_map: false,
        },
        View {
            label: "Latent map",
            help: "The latent space, or a plane through it: where held-out pictures lie, and what the decoder paints there.",
            layers: &[
                Layer {
                    label: "Manifold",
                    help: "What the decoder paints at each place of the map",
                    role: "key-manifold",
                    shown: true,
                },
                Layer {
                    label: "Pictures",
                    help: "Where held-out pictures lie, coloured by what they are",
                    role: "key-codes",
                    shown: true,
                },
            ],
            is_map: true,
        },
    ],
    uses: table::uses,
};
