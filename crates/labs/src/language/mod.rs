//! The language lab: a small Transformer learns to go on from a text.

mod answer;
mod experiment;
mod grading;
mod learning;
mod model;
pub mod model_file;
mod presets;
mod question;
mod sisters;
mod table;
mod text;
mod trouble;
mod writing;

use crate::lab::{Lab, Layer, Player, View};
use crate::protocol::Phase;
use crate::settings::{Setting, Settings};

pub use experiment::LanguageLab;
pub use presets::PRESETS;
pub use question::{
    ALTERNATIVES, About, Answer, Attention, BLANK, Bin, Candidate, Continued, END, Ended, Exercise, File, Filled, Flow, GRADED,
    Graded, HeldOut, Item, Layer as FlowLayer, Lens, Likely, MOST_TOKENS, Model, Next, Question, Report, STREAM, Sampling, Score,
    Seen, Token, Translated,
};
pub use table::TABLE;
pub(crate) use text::{decided, files, start};

/// Whether a setting matters: a model that is gone on from brings its sizes and its tokens with it.
fn uses(settings: &Settings, key: &str) -> bool {
    let comes_along = |setting: &Setting| setting.group == "Model" || ["tokens", "vocabulary"].contains(&setting.key);
    let is_given = start(settings).is_some() && TABLE.iter().any(|setting| setting.key == key && comes_along(setting));
    !is_given && table::uses(settings, key)
}

pub static LAB: Lab = Lab {
    slug: "language",
    title: "Language model",
    lead: "Give a small Transformer tasks, and see what of its answers is true. Then watch another grow from gibberish to words: it \
           reads text, learns what tends to come next, and goes on from whatever you type. Look inside while it does.",
    table: &TABLE,
    presets: &PRESETS,
    first: Some(&PRESETS[0]),
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
    uses,
};
