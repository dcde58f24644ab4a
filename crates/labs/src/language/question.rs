//! What can be asked of a language model, and what it answers.

use serde::{Deserialize, Serialize};
use terrarium_data::text::world;

/// The most tokens that one question may ask for.
pub const MOST_TOKENS: u32 = 256;
/// How many alternatives are told of a position.
pub const ALTERNATIVES: usize = 10;
/// How many numbers of a position's stream of activations are told.
pub const STREAM: usize = 64;
/// How many held-out translations are graded by BLEU with each row of measures.
pub const GRADED: usize = 32;
/// How a blank reads.
pub const BLANK: &str = "___";
/// How the token reads that ends a document.
pub const END: &str = "⟨end⟩";

/// Under each, what its answer is. Texts longer than the model can look at are cut at their beginning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// What is read, and by what: [`Answer::About`].
    About,
    /// How a text falls into tokens, where byte pairs are merged only by the first so many merges: [`Answer::Tokens`].
    Tokens { text: String, merges: Option<u32> },
    /// So many tokens that go on from a text: [`Answer::Continued`]. To go on from what came, ask with that at the end of the text:
    /// what was read before stays at hand. So many bytes of the text, `came`, are such: what is to stop it may have begun there.
    Continue { text: String, came: u32, count: u32, sampling: Sampling, model: Model },
    /// What may come next and how one of it is drawn: [`Answer::Next`].
    Next { text: String, sampling: Sampling },
    /// How each token of a text was seen coming: [`Answer::Read`].
    Read { text: String, model: Model },
    /// Who looks at whom: [`Answer::Attention`].
    Attention { text: String },
    /// What each layer would say came next, at every position: [`Answer::Lens`].
    Lens { text: String },
    /// How the prediction after a text comes about, layer by layer: [`Answer::Flow`].
    Flow { text: String },
    /// Held-out items of the task, from one on, with what the model makes of them: [`Answer::Items`].
    Items { from: u32, count: u32 },
    /// A held-out item of a task of Pocket World: [`Answer::Exercises`], which are several where it is one of several questions about a
    /// story.
    Exercises { task: world::Task, seed: u64, index: u32 },
    /// What is right after a prompt that a visitor wrote: [`Answer::Truth`].
    Truth { task: world::Task, prompt: String },
    /// What the model makes of an exercise, which may have been changed: [`Answer::Tried`].
    Try { task: world::Task, exercise: Exercise, sampling: Sampling, model: Model },
    /// Held-out items of a task of Pocket World, from one on, drawn by a seed, with what the model makes of them by
    /// [`Sampling::graded`]: [`Answer::Graded`]. Where they follow those of the task that were graded last, scores are over all of them.
    Grade { task: world::Task, seed: u64, from: u32, count: u32 },
    /// The loss on all of the held-out text, of which charts take a part: [`Answer::HeldOut`].
    HeldOut,
    /// What an encoder puts into the blanks of a text, each written `___` or `<mask>`, and in the place of those of its tokens that are to
    /// be hidden: [`Answer::Filled`].
    Fill { text: String, hidden: Vec<u32> },
    /// What a translator makes of a text: [`Answer::Translated`].
    Translate { text: String },
    /// The model as files that Hugging Face's Transformers reads; numbers of 16 bits if `half`: [`Answer::Files`].
    Export { half: bool },
}

/// Which model is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Model {
    /// The run's, as it stands.
    #[default]
    Now,
    /// The one that the run started from.
    Before,
}

/// How the next token is drawn from what the model says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// Logits are divided by it: below 1 the likely becomes likelier, above 1 the unlikely does. At 0 the likeliest is taken.
    pub temperature: f32,
    /// Only so many of the likeliest are kept; 0 keeps all. (Fan et al. 2018)
    pub top_k: u32,
    /// Only the likeliest that together have this probability are kept. (Holtzman et al. 2020)
    pub top_p: f32,
    /// Only those are kept that have at least this share of the likeliest one's probability. (Nguyen et al. 2024)
    pub min_p: f32,
    /// Logits of what is in the text already are brought down by this factor; 1 leaves them alone. (Keskar et al. 2019)
    pub repetition_penalty: f32,
    pub seed: u32,
    /// Drawing ends where this has come; empty for nothing.
    pub stop: String,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling { temperature: 0.8, top_k: 0, top_p: 1.0, min_p: 0.0, repetition_penalty: 1.0, seed: 1, stop: String::new() }
    }
}

impl Sampling {
    /// Always the likeliest token.
    pub fn likeliest() -> Sampling {
        Sampling { temperature: 0.0, ..Sampling::default() }
    }

    /// The rules by which items of a task of Pocket World are graded, each with a seed of its own: always the likeliest token, as there is
    /// one right answer; but stories are drawn. There the likeliest is often wrong: who comes next may have any of a hundred new names,
    /// and somebody who is in the story already is likelier than each of them, though not than all together. Min-p keeps out the rare
    /// tokens that fit nowhere.
    pub fn graded(task: world::Task, seed: u32) -> Sampling {
        match task {
            world::Task::Story => Sampling { temperature: 1.0, min_p: 0.1, seed, ..Sampling::default() },
            _ => Sampling::likeliest(),
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    About(About),
    Tokens(Vec<Token>),
    Continued(Continued),
    Next(Next),
    Read(Vec<Seen>),
    Attention(Attention),
    Lens(Lens),
    Flow(Flow),
    Items(Vec<Item>),
    Exercises(Vec<Exercise>),
    /// As [`world::truth`] has it.
    Truth(Option<std::result::Result<String, String>>),
    Tried(Graded),
    Graded(Report),
    HeldOut(HeldOut),
    Filled(Filled),
    Translated(Translated),
    Files(Vec<File>),
}

/// A run's text, tokenizer and sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Number of different tokens.
    pub vocabulary: u32,
    /// The most tokens that the model sees at once.
    pub context: u32,
    /// Tokens to learn from, and held out.
    pub tokens: u32,
    pub held_out: u32,
    /// The merges of byte pairs in the order in which they were learnt: left, right, and what they make. None for other tokenizers.
    pub merges: Vec<[String; 3]>,
    /// How the text begins.
    pub excerpt: String,
    /// Texts to begin with, or held-out ones to fill in or to translate.
    pub prompts: Vec<String>,
    /// Whether the text is a list of short documents, names say, that each end by themselves.
    pub documents: bool,
    /// Whether the text is a task with exact answers.
    pub task: bool,
    /// Whether the run started from another model.
    pub has_before: bool,
    /// What bigram counts would cost on the held-out text, in nats a token.
    pub bigram_loss: f32,
    /// Bytes of memory that the model takes to train: weights, their moments and gradients, and activations.
    pub bytes: u64,
    /// Multiplications and additions to read one token, each counted.
    pub flops_per_token: u64,
}

/// A token as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: u32,
    /// What stands there; bytes that are no character by themselves are written as in ⟨E2⟩.
    pub text: String,
}

/// A token with its probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Likely {
    pub token: Token,
    pub probability: f32,
}

/// What went on from a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Continued {
    pub tokens: Vec<Likely>,
    /// The whole text with what came.
    pub text: String,
    pub ended: Option<Ended>,
    /// Tokens at the beginning of the text that the model no longer sees.
    pub unseen: u32,
}

/// Why nothing more comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// The model ended its document.
    Document,
    /// What was to stop it has come.
    Stop,
}

/// How a token is drawn: what may come, the likeliest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Next {
    pub candidates: Vec<Candidate>,
    /// Among how many tokens the draw is, in the end.
    pub kept: u32,
    /// The number drawn uniformly from 0 to 1.
    pub draw: f32,
    /// Which was chosen.
    pub chosen: Token,
    /// What comes with it, where it is but a part of a character, until that is whole.
    pub along: Vec<Likely>,
    /// The whole text with these.
    pub text: String,
}

/// A token that may come, and what becomes of its probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub token: Token,
    /// As the model says it; after repetition penalty and temperature; after top-k; after top-p; after min-p, from which it is drawn.
    pub stages: Vec<f32>,
}

/// A token of a text, and how it was seen coming. The first of a text was not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub token: Token,
    pub probability: Option<f32>,
    /// How unsure the model was of what comes *after* it, in bits.
    pub entropy: f32,
    /// What it took for likeliest to come after it.
    pub alternatives: Vec<Likely>,
}

/// Who looks at whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    pub tokens: Vec<Token>,
    pub layers: u32,
    pub heads: u32,
    /// From 0 to 255: `[layers, heads, looking, looked at]`.
    pub weights: Vec<u8>,
}

/// What each layer would say: what comes out of the embedding first, then out of each block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lens {
    pub tokens: Vec<Token>,
    /// `[layers + 1][positions]`
    pub layers: Vec<Vec<Likely>>,
}

/// How a prediction comes about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    pub tokens: Vec<Token>,
    /// What comes out of the embedding first, then out of each block, at the last position.
    pub layers: Vec<Layer>,
    pub prediction: Vec<Likely>,
}

/// The stream of activations of the last position behind a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// The first [`STREAM`] of its numbers.
    pub stream: Vec<f32>,
    /// Root of the mean square of all of them.
    pub size: f32,
    /// What the model would say if this were the last layer.
    pub guess: Likely,
    /// For each head of the block, the position that it attends to most, and how much; none behind the embedding.
    pub heads: Vec<(u32, f32)>,
}

/// An item of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub prompt: String,
    pub answer: String,
    /// What the model says where it always takes the likeliest token.
    pub said: String,
    pub right: bool,
}

/// What a model is to go on from, and what is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exercise {
    pub prompt: String,
    /// For stories and talks, one of many ways to go on.
    pub truth: String,
    /// How many examples it shows, where it is to be learnt from examples.
    pub shots: Option<u32>,
    /// Whether it has two words together that never were in what is learnt from.
    pub is_new_pair: bool,
}

/// Graded items, and what they come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Those that were asked for.
    pub graded: Vec<Graded>,
    /// Over these and all before them.
    pub scores: Vec<Score>,
    pub calibration: Vec<Bin>,
}

/// How well a model does something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub key: String,
    pub label: String,
    /// From 0 to 100.
    pub value: f32,
    /// Where the true value is with 95 % certainty, if what is counted is right or wrong.
    pub interval: Option<[f32; 2]>,
    /// How many items, or facts, it rests on.
    pub of: u32,
}

/// Answers that the model gave with about the same confidence, and how many of them were right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    pub confidence: f32,
    pub right: f32,
    pub count: u32,
}

/// An item of Pocket World, with what the model made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Graded {
    pub prompt: String,
    /// What is right; for stories and talks, one of many ways to go on.
    pub truth: String,
    /// What the model says where it always takes the likeliest token.
    pub said: String,
    pub right: bool,
    /// What is wrong in it: from and to which byte of what was said, and why.
    pub wrong: Vec<(u32, u32, String)>,
    /// How many facts could be judged, and how many sentences could not be read.
    pub facts: u32,
    pub unread: u32,
    /// How likely the model took all that it said to be: the probabilities of its tokens, multiplied.
    pub confidence: f32,
    /// Whether the text that it was asked about tells the answer.
    pub is_told: bool,
    /// Whether it has two words together that never were in what was learnt from.
    pub is_new_pair: bool,
    /// How many examples it was shown, where it is to be learnt from examples.
    pub shots: Option<u32>,
}

/// How well held-out text is foretold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldOut {
    /// In nats a token.
    pub loss: f32,
    /// Over so many tokens, each after up to a context of others.
    pub tokens: u32,
    /// What bigram counts cost.
    pub bigram_loss: f32,
}

/// A text whose blanks were filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filled {
    /// With the likeliest token in each blank.
    pub text: String,
    /// For each blank the likeliest tokens, up to [`ALTERNATIVES`]. A blank is one token, which may be less than a word.
    pub blanks: Vec<Vec<Likely>>,
    /// The place of each blank among the text's tokens, which are those of `attention`.
    pub places: Vec<u32>,
    pub attention: Attention,
}

/// A text that was made of another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Translated {
    pub text: String,
    /// What is right, where what was translated is one of the held-out texts.
    pub truth: Option<String>,
    /// What it is made of, the likeliest token each time.
    pub tokens: Vec<Likely>,
    /// Why nothing more comes, unless there is no room for more.
    pub ended: Option<Ended>,
    /// What was translated.
    pub source: Vec<Token>,
    pub layers: u32,
    pub heads: u32,
    /// How much each head of the decoder looked at each token of the source as each token was written, from 0 to 255: `[layers, heads,
    /// tokens, source]`.
    pub weights: Vec<u8>,
}

/// A file to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
}
