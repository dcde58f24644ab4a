//! The language lab: a small Transformer learns to go on from a text.

mod answer;
mod experiment;
mod grading;
mod model;
pub mod model_file;
mod presets;
mod question;
mod table;
mod text;
mod writing;

use crate::lab::{Lab, Layer, Player, View};
use crate::protocol::Phase;

pub use experiment::LanguageLab;
pub use presets::PRESETS;
pub use question::{
    ALTERNATIVES, About, Answer, Attention, Bin, Candidate, Continued, END, Ended, Exercise, File, Flow, Graded, HeldOut, Item,
    Layer as FlowLayer, Lens, Likely, MOST_TOKENS, Model, Next, Question, Report, STREAM, Sampling, Score, Seen, Token,
};
pub use table::TABLE;
pub(crate) use text::{decided, files, start};

pub static LAB: Lab = Lab {
    slug: "language",
    title: "Language model",
    lead: "Watch gibberish turn into words: a small Transformer reads text, learns what tends to come next, and goes on from whatever \
           you type. Then look inside while it does.",
    table: &TABLE,
    presets: &PRESETS,
    players: &[Player {
        name: "transformer",
        short: "LM",
        phases: &[Phase::DrawText, Phase::Embed, Phase::Attend, Phase::Predict, Phase::CompareText, Phase::UpdateWeights],
    }],
    views: &[View {
        label: "Attention",
        help: "Held-out text through every head: a row for each layer, a square for each head. Each row of a square is a token, and \
               bright where it looks.",
        layers: &[Layer {
            label: "Attention",
            help: "How much each token looks at each before it",
            role: "key-attention",
            shown: true,
        }],
        is_map: false,
    }],
    uses: table::uses,
};
