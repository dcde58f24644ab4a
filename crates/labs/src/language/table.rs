//! The settings of the lab, as a table for people and as values for programs.

use terrarium_models::transformer::{self, Adapters, FeedForward, NormKind, Order, Positions};

use super::text::{Data, START_CHOICES, Tokens};
use crate::settings::{Choice, Kind, Scale, Setting, Settings, choices, option};

/// How the learning rate goes on after its warm-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    Constant,
    /// Falls as half a cosine wave to a tenth (Loshchilov and Hutter 2017, eq. 5).
    Cosine,
    /// Falls evenly to a tenth.
    Linear,
}

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelKind {
    /// Goes on from a text.
    Decoder,
    /// Fills in blanks.
    Encoder,
    /// Makes another text of one.
    Translator,
}

/// What learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Learns {
    Everything,
    Attention,
    Products,
}

/// The lab's settings, as values.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub data: Data,
    /// Letters or digits of a task's items at most.
    pub length: usize,
    /// Documents of Pocket World.
    pub documents: u32,
    pub tokens: Tokens,
    /// Share of the text that is not learnt from.
    pub held_out: f64,
    pub kind: ModelKind,
    /// All but the number of tokens, which comes with the text.
    pub model: transformer::Settings,
    pub dropout: f32,
    /// How much tokens count that are given, beside those that are asked for.
    pub given: f32,
    pub batch: usize,
    /// Batches that make a step.
    pub accumulate: usize,
    pub learning_rate: f32,
    pub schedule: Schedule,
    /// Steps over which the learning rate grows, and those after which it has fallen.
    pub warm_up: f32,
    pub decay_steps: f32,
    pub weight_decay: f32,
    pub beta2: f32,
    /// The longest that all gradients of a step may be.
    pub clip: f32,
}

impl Options {
    /// The values of `settings`, which must be of [`TABLE`].
    pub fn of(settings: &Settings) -> Self {
        let whole = |key: &str| settings.whole(key) as usize;
        let number = |key: &str| settings.number(key) as f32;
        let heads = whole("heads");
        let learns = LEARNS[settings.choice("learns")].0;
        Options {
            data: Data::of(settings),
            length: whole("length"),
            documents: whole("documents") as u32,
            tokens: Tokens::of(settings),
            held_out: settings.number("held_out"),
            kind: ModelKind::of(settings),
            model: transformer::Settings {
                vocabulary: 0,
                context: whole("context"),
                layers: whole("layers"),
                width: whole("width"),
                heads,
                kv_heads: heads / whole("sharing"),
                hidden: whole("hidden"),
                positions: POSITIONS[settings.choice("positions")].0,
                order: ORDERS[settings.choice("order")].0,
                norm: NORMS[settings.choice("norm")].0,
                norm_epsilon: number("norm_epsilon"),
                feed_forward: FEED_FORWARDS[settings.choice("feed_forward")].0,
                biases: YES_OR_NO[settings.choice("biases")].0,
                tied: YES_OR_NO[settings.choice("tied")].0,
                rotary_base: number("rotary_base"),
                adapters: (learns != Learns::Everything).then(|| Adapters {
                    rank: whole("rank"),
                    attention: true,
                    feed_forward: learns == Learns::Products,
                }),
            },
            dropout: number("dropout"),
            given: number("given"),
            batch: whole("batch"),
            accumulate: whole("accumulate"),
            learning_rate: number("lr"),
            schedule: SCHEDULES[settings.choice("schedule")].0,
            warm_up: settings.whole("warm_up") as f32,
            decay_steps: settings.whole("decay_steps") as f32,
            weight_decay: number("weight_decay"),
            beta2: number("beta2"),
            clip: number("clip"),
        }
    }
}

impl ModelKind {
    pub fn of(settings: &Settings) -> ModelKind {
        KINDS[settings.choice("kind")].0
    }
}

const KINDS: [(ModelKind, Choice); 3] = [
    option(ModelKind::Decoder, "decoder", "Decoder", "Goes on from a text: each token sees those before it, as in GPT."),
    option(
        ModelKind::Encoder,
        "encoder",
        "Encoder",
        "Fills in blanks: every token sees all others, those behind it too, as in BERT.",
    ),
    option(
        ModelKind::Translator,
        "translator",
        "Encoder and decoder",
        "Makes another text of one: an encoder reads, and a decoder looks at what it read and writes, as in T5.",
    ),
];

const POSITIONS: [(Positions, Choice); 4] = [
    option(Positions::Learned, "learned", "Learned", "A vector for each position, learnt like those of the tokens, as in GPT-2."),
    option(Positions::Sinusoidal, "sinusoidal", "Sinusoidal", "Sines and cosines of the position, as in the first Transformer."),
    option(
        Positions::Rotary,
        "rotary",
        "Rotary",
        "Queries and keys are turned by their position, so that distances count, as in Llama.",
    ),
    option(Positions::None, "none", "None", "The model is not told where a token stands."),
];

const ORDERS: [(Order, Choice); 2] = [
    option(Order::Pre, "pre", "Before each part", "Steady even in deep models, as in GPT-2 and since."),
    option(Order::Post, "post", "After each part", "As in the first Transformer: deep models need a slow warm-up."),
];

const NORMS: [(NormKind, Choice); 2] = [
    option(NormKind::Layer, "layer", "LayerNorm", "Brings mean and spread of each position's numbers to 0 and 1."),
    option(NormKind::Rms, "rms", "RMSNorm", "Brings their size to 1 and leaves the mean alone, which is cheaper."),
];

const FEED_FORWARDS: [(FeedForward, Choice); 3] = [
    option(FeedForward::Gelu, "gelu", "GELU", "A smooth step, as in GPT-2."),
    option(FeedForward::Relu, "relu", "ReLU", "Negative numbers become 0, as in the first Transformer."),
    option(FeedForward::SwiGlu, "swiglu", "SwiGLU", "One product opens and shuts another, as in Llama."),
];

const YES_OR_NO: [(bool, Choice); 2] = [option(true, "yes", "Yes", "It has."), option(false, "no", "No", "It has not.")];

const SCHEDULES: [(Schedule, Choice); 3] = [
    option(Schedule::Cosine, "cosine", "Cosine", "Falls slowly, then fast, then slowly to a tenth."),
    option(Schedule::Linear, "linear", "Linear", "Falls evenly to a tenth."),
    option(Schedule::Constant, "constant", "Constant", "Stays as it is."),
];

const LEARNS: [(Learns, Choice); 3] = [
    option(Learns::Everything, "all", "All weights", "Every weight may change."),
    option(
        Learns::Attention,
        "lora_attention",
        "LoRA on attention",
        "Small matrices beside those of attention learn, and nothing else.",
    ),
    option(
        Learns::Products,
        "lora",
        "LoRA everywhere",
        "Small matrices beside those of attention and feed-forward learn, and nothing else.",
    ),
];

/// Whether a setting matters beside the others' values.
pub fn uses(settings: &Settings, key: &str) -> bool {
    let is_decoder = settings.is("kind", "decoder");
    match key {
        "start" | "learns" | "accumulate" => is_decoder,
        // Pairs to measure by are made up apart.
        "held_out" => !settings.is("kind", "translator"),
        "length" => Data::of(settings).is_task(),
        "documents" => settings.is("data", "world"),
        "given" => is_decoder && settings.is("data", "world"),
        "vocabulary" => settings.is("tokens", "bpe"),
        "rotary_base" => settings.is("positions", "rotary"),
        "decay_steps" => !settings.is("schedule", "constant"),
        "rank" => is_decoder && !settings.is("learns", "all"),
        _ => true,
    }
}

const fn choice(
    key: &'static str,
    group: &'static str,
    label: &'static str,
    help: &'static str,
    options: &'static [Choice],
) -> Setting {
    Setting { key, group, label, help, kind: Kind::Choice(options), live: false }
}

const fn whole(
    key: &'static str,
    group: &'static str,
    label: &'static str,
    help: &'static str,
    range: [i64; 3],
    unit: &'static str,
) -> Setting {
    let [min, max, default] = range;
    Setting { key, group, label, help, kind: Kind::Whole { min, max, default, unit }, live: false }
}

const fn number(
    key: &'static str,
    group: &'static str,
    label: &'static str,
    help: &'static str,
    range: [f64; 3],
    scale: Scale,
) -> Setting {
    let [min, max, default] = range;
    Setting { key, group, label, help, kind: Kind::Number { min, max, default, scale, unit: "" }, live: false }
}

const fn live(setting: Setting) -> Setting {
    let Setting { key, group, label, help, kind, .. } = setting;
    Setting { key, group, label, help, kind, live: true }
}

/// All settings, in the order in which they are shown.
pub static TABLE: [Setting; 35] = [
    choice("data", "Text", "Text", "What the model reads and learns to go on from.", Data::CHOICES),
    whole("length", "Text", "Length", "Letters or digits of the task's items, at most.", [1, 12, 4], ""),
    whole(
        "documents",
        "Text",
        "Documents",
        "Stories with questions, and pairs of sentences, that are made up to learn from.",
        [1_000, 1_000_000, 20_000],
        "",
    ),
    choice("start", "Text", "Start", "What the model knows before the first step.", START_CHOICES),
    choice("tokens", "Text", "Tokens", "What text is cut into before the model sees it.", Tokens::CHOICES),
    whole("vocabulary", "Text", "Vocabulary", "How many different tokens merging pairs may make.", [257, 8192, 512], "tokens"),
    number(
        "held_out",
        "Text",
        "Held out",
        "The share of the text that is kept back to measure by.",
        [0.05, 0.5, 0.1],
        Scale::Linear,
    ),
    choice("kind", "Model", "Kind of model", "What the model learns to do with text.", const { &choices(&KINDS) }),
    whole("layers", "Model", "Layers", "Blocks of attention and feed-forward, one after the other.", [1, 24, 2], ""),
    whole("width", "Model", "Width", "Numbers that stand for each position.", [8, 1024, 64], ""),
    whole(
        "heads",
        "Model",
        "Heads",
        "Attention looks at the text in so many ways at once; the width is shared out among them.",
        [1, 16, 4],
        "",
    ),
    whole(
        "sharing",
        "Model",
        "Heads to share keys",
        "So many heads share their keys and values, which saves memory.",
        [1, 8, 1],
        "",
    ),
    whole(
        "hidden",
        "Model",
        "Feed-forward neurons",
        "Neurons of the part that works on each position by itself.",
        [8, 4096, 256],
        "",
    ),
    whole("context", "Model", "Context", "How many tokens the model sees at once.", [4, 1024, 32], "tokens"),
    choice("positions", "Model", "Positions", "How the model knows where a token stands.", const { &choices(&POSITIONS) }),
    number("rotary_base", "Model", "Rotary base", "Larger turns slower, for longer texts.", [100.0, 1e6, 1e4], Scale::Log),
    choice("order", "Model", "Norms", "Where numbers are brought to size.", const { &choices(&ORDERS) }),
    choice("norm", "Model", "Kind of norm", "How numbers are brought to size.", const { &choices(&NORMS) }),
    number(
        "norm_epsilon",
        "Model",
        "Norm's ε",
        "Added before the root, so that nothing is divided by 0.",
        [1e-8, 1e-2, 1e-5],
        Scale::Log,
    ),
    choice("feed_forward", "Model", "Feed-forward", "What happens between its two products.", const { &choices(&FEED_FORWARDS) }),
    choice("biases", "Model", "Biases", "Whether products add a learnt number.", const { &choices(&YES_OR_NO) }),
    choice(
        "tied",
        "Model",
        "Tied output",
        "Whether tokens are written by the same vectors as they are read.",
        const { &choices(&YES_OR_NO) },
    ),
    choice(
        "learns",
        "Training",
        "What learns",
        "All of the model, or small additions to it: for going on from a trained one.",
        const { &choices(&LEARNS) },
    ),
    whole("rank", "Training", "LoRA rank", "Columns of the small matrices.", [1, 64, 8], ""),
    whole("batch", "Training", "Batch size", "Pieces of text in a batch, each as long as the context.", [1, 128, 32], "pieces"),
    whole(
        "accumulate",
        "Training",
        "Batches a step",
        "Gradients of so many batches are added up before a step: large batches in little memory.",
        [1, 8, 1],
        "",
    ),
    live(number("lr", "Training", "Learning rate", "How far a step goes at most.", [1e-5, 1.0, 5e-3], Scale::Log)),
    choice("schedule", "Training", "Schedule", "How the learning rate goes on after the warm-up.", const { &choices(&SCHEDULES) }),
    live(whole(
        "warm_up",
        "Training",
        "Warm-up",
        "Steps over which the learning rate grows to its value.",
        [0, 10_000, 50],
        "steps",
    )),
    live(whole(
        "decay_steps",
        "Training",
        "Falls until",
        "The step at which the learning rate has fallen to a tenth.",
        [10, 200_000, 4_000],
        "steps",
    )),
    live(number(
        "weight_decay",
        "Training",
        "Weight decay",
        "How strongly matrices are drawn towards 0; gains and biases are left alone.",
        [0.0, 1.0, 0.1],
        Scale::Linear,
    )),
    live(number(
        "clip",
        "Training",
        "Longest gradient",
        "All gradients together are cut to this length.",
        [0.01, 100.0, 1.0],
        Scale::Log,
    )),
    live(number(
        "given",
        "Training",
        "Weight of what is given",
        "How much it counts to foretell stories and questions, beside answers, which count in full.",
        [0.0, 1.0, 1.0],
        Scale::Linear,
    )),
    live(number(
        "dropout",
        "Training",
        "Dropout",
        "The share of numbers left out at random, so that nothing is learnt by heart.",
        [0.0, 0.9, 0.1],
        Scale::Linear,
    )),
    number("beta2", "Training", "β₂", "How long Adam remembers how large gradients were.", [0.8, 0.9999, 0.99], Scale::Linear),
];
