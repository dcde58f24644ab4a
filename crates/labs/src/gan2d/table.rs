//! The settings of the lab, as a table for people and as values for programs.

use terrarium_data::points::{Kind as Data, MAX_LETTERS};
use terrarium_graph::Rule;
use terrarium_models::mlp::{Activation, Start};

use crate::game::{self, LOSSES, LossKind};
use crate::settings::{Choice, Kind, Scale, Setting, Settings, choices, option};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoiseKind {
    /// Standard normal.
    Normal,
    /// Uniform in [−1, 1).
    Uniform,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Optimiser {
    Adam,
    AdamW,
    RmsProp,
    Sgd,
}

impl Optimiser {
    fn rule(self, momentum: f32) -> Rule {
        match self {
            Optimiser::Adam => Rule::Adam { beta1: momentum, beta2: 0.999, epsilon: 1e-8 },
            Optimiser::AdamW => Rule::AdamW { beta1: momentum, beta2: 0.999, epsilon: 1e-8 },
            Optimiser::RmsProp => Rule::RmsProp { alpha: 0.99, epsilon: 1e-8 },
            Optimiser::Sgd => Rule::Sgd { momentum },
        }
    }
}

/// One network's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkOptions {
    /// Hidden layers.
    pub depth: usize,
    /// Neurons in each.
    pub width: usize,
    pub activation: Activation,
    pub start: Start,
    pub rule: Rule,
    pub learning_rate: f32,
    pub weight_decay: f32,
}

impl NetworkOptions {
    /// `prefix` is that of the network's keys.
    fn of(settings: &Settings, prefix: &str, menus: &Menus) -> Self {
        let key = |name: &str| format!("{prefix}_{name}");
        let optimiser = OPTIMISERS[settings.choice(&key("optimiser"))].0;
        NetworkOptions {
            depth: settings.whole(&key("depth")) as usize,
            width: settings.whole(&key("width")) as usize,
            activation: menus.activations[settings.choice(&key("activation"))].0,
            start: menus.starts[settings.choice(&key("start"))].0,
            rule: optimiser.rule(settings.number("momentum") as f32),
            learning_rate: settings.number(&key("lr")) as f32,
            weight_decay: settings.number(&key("decay")) as f32,
        }
    }
}

/// The lab's settings, as values.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub data: Data,
    pub word: String,
    pub noise_dimension: usize,
    pub noise: NoiseKind,
    pub loss: LossKind,
    /// λ of the gradient penalty.
    pub penalty: f32,
    /// Steps after which the learning rates have halved; 0 if they stay.
    pub cooling: f32,
    pub batch: usize,
    /// Discriminator steps before each generator step.
    pub discriminator_steps: u32,
    pub generator: NetworkOptions,
    pub discriminator: NetworkOptions,
}

impl Options {
    /// The values of `settings`, which must be of [`TABLE`].
    pub fn of(settings: &Settings) -> Self {
        Options {
            data: DATA[settings.choice("data")].0,
            word: settings.text("word").to_string(),
            noise_dimension: settings.whole("noise") as usize,
            noise: NOISES[settings.choice("noise_kind")].0,
            loss: LOSSES[settings.choice("loss")].0,
            penalty: settings.number("penalty") as f32,
            cooling: settings.whole("cooling") as f32,
            batch: settings.whole("batch") as usize,
            discriminator_steps: settings.whole("d_steps") as u32,
            generator: NetworkOptions::of(settings, "g", &GENERATOR_MENUS),
            discriminator: NetworkOptions::of(settings, "d", &DISCRIMINATOR_MENUS),
        }
    }
}

const fn data(kind: Data) -> (Data, Choice) {
    let described = kind.describe();
    (kind, Choice { slug: described.slug, label: described.label, help: described.help })
}

const DATA: [(Data, Choice); 9] = [
    data(Data::Ring),
    data(Data::Grid),
    data(Data::Gaussian),
    data(Data::Moons),
    data(Data::Spiral),
    data(Data::SwissRoll),
    data(Data::Checkerboard),
    data(Data::Word),
    data(Data::Custom),
];

const NOISES: [(NoiseKind, Choice); 2] = [
    option(NoiseKind::Normal, "normal", "Normal", "Numbers around 0, large ones ever rarer: a round cloud."),
    option(NoiseKind::Uniform, "uniform", "Uniform", "Numbers between −1 and 1, all alike: a filled square."),
];

const ACTIVATIONS: [(Activation, Choice); 7] = [
    option(Activation::LeakyRelu, "leaky-relu", "Leaky ReLU", "ReLU that lets a fifth of what is below 0 through."),
    option(Activation::Relu, "relu", "ReLU", "Cuts off what is below 0: straight pieces with folds between."),
    option(Activation::Tanh, "tanh", "tanh", "Squeezes smoothly between −1 and 1."),
    option(Activation::Sigmoid, "sigmoid", "Sigmoid", "Squeezes smoothly between 0 and 1; deep stacks of it learn slowly."),
    option(Activation::Elu, "elu", "ELU", "Like ReLU, with a soft bend below 0."),
    option(Activation::Silu, "silu", "SiLU", "A smooth ReLU with a small dip, also called swish."),
    option(Activation::Gelu, "gelu", "GELU", "A smooth ReLU with a small dip, as language models use it."),
];

const STARTS: [(Start, Choice); 4] = [
    option(Start::He, "he", "He", "Normal, scaled for ReLU layers so that signals keep their size."),
    option(Start::Glorot, "glorot", "Glorot", "Uniform, scaled for tanh layers so that signals keep their size."),
    option(Start::Small, "small", "Small", "Normal with a standard deviation of 0.02: signals fade in deep networks."),
    option(Start::Large, "large", "Large", "Normal with a standard deviation of 1: signals grow from layer to layer."),
];

const OPTIMISERS: [(Optimiser, Choice); 4] = [
    option(Optimiser::Adam, "adam", "Adam", "Every weight gets its own step size from its recent gradients."),
    option(Optimiser::AdamW, "adamw", "AdamW", "Adam with weight decay kept apart from the gradients."),
    option(Optimiser::RmsProp, "rmsprop", "RMSProp", "Steps divided by the recent size of the gradients."),
    option(Optimiser::Sgd, "sgd", "SGD", "Plain descent with momentum; it needs larger learning rates than Adam."),
];

/// The options of a network whose defaults, which come first, depend on the network.
struct Menus {
    activations: [(Activation, Choice); 7],
    starts: [(Start, Choice); 4],
}

/// Smooth layers make a generator whose points move together rather than jump.
const GENERATOR_MENUS: Menus = Menus { activations: led_by(2, ACTIVATIONS), starts: led_by(1, STARTS) };
const DISCRIMINATOR_MENUS: Menus = Menus { activations: ACTIVATIONS, starts: STARTS };

/// The options with one of them moved to the front.
const fn led_by<T: Copy, const N: usize>(first: usize, options: [(T, Choice); N]) -> [(T, Choice); N] {
    let mut led = options;
    let mut i = first;
    while i > 0 {
        led[i] = options[i - 1];
        i -= 1;
    }
    led[0] = options[first];
    led
}

const fn network(
    keys: [&'static str; 7],
    group: &'static str,
    activations: &'static [Choice],
    starts: &'static [Choice],
    learning_rate: f64,
) -> [Setting; 7] {
    let [depth, width, activation, start, optimiser, lr, decay] = keys;
    [
        Setting {
            key: depth,
            group,
            label: "Hidden layers",
            help: "More layers can bend space more sharply, and are harder to train; with none the network is linear.",
            kind: Kind::Whole { min: 0, max: 6, default: 2, unit: "" },
            live: false,
        },
        Setting {
            key: width,
            group,
            label: "Width",
            help: "Neurons in each hidden layer: more of them draw finer shapes and take longer.",
            kind: Kind::Whole { min: 2, max: 256, default: 64, unit: "neurons" },
            live: false,
        },
        Setting {
            key: activation,
            group,
            label: "Activation",
            help: "The function each hidden neuron applies to its sum.",
            kind: Kind::Choice(activations),
            live: false,
        },
        Setting {
            key: start,
            group,
            label: "Initial weights",
            help: "How large the random weights are at the start.",
            kind: Kind::Choice(starts),
            live: false,
        },
        Setting {
            key: optimiser,
            group,
            label: "Optimiser",
            help: "The rule that turns gradients into steps.",
            kind: Kind::Choice(const { &choices(&OPTIMISERS) }),
            live: false,
        },
        Setting {
            key: lr,
            group,
            label: "Learning rate",
            help: "How far each step goes: too small is slow, too large makes the network jump about.",
            kind: Kind::Number { min: 1e-5, max: 1.0, default: learning_rate, scale: Scale::Log, unit: "" },
            live: true,
        },
        Setting {
            key: decay,
            group,
            label: "Weight decay",
            help: "Pulls the weights towards 0 a little at every step, which keeps the network smooth.",
            kind: Kind::Number { min: 0.0, max: 1.0, default: 0.0, scale: Scale::Log, unit: "" },
            live: true,
        },
    ]
}

const GENERATOR: [Setting; 7] = network(
    ["g_depth", "g_width", "g_activation", "g_start", "g_optimiser", "g_lr", "g_decay"],
    "Generator",
    const { &choices(&GENERATOR_MENUS.activations) },
    const { &choices(&GENERATOR_MENUS.starts) },
    1e-3,
);

const DISCRIMINATOR: [Setting; 7] = network(
    ["d_depth", "d_width", "d_activation", "d_start", "d_optimiser", "d_lr", "d_decay"],
    "Discriminator",
    const { &choices(&DISCRIMINATOR_MENUS.activations) },
    const { &choices(&DISCRIMINATOR_MENUS.starts) },
    2e-3,
);

const GAME: [Setting; 10] = [
    Setting {
        key: "data",
        group: "Data",
        label: "Data",
        help: "The distribution that the generator is to learn.",
        kind: Kind::Choice(const { &choices(&DATA) }),
        live: false,
    },
    Setting {
        key: "word",
        group: "Data",
        label: "Word",
        help: "Its letters become the data, if the data are a word.",
        kind: Kind::Text { max_chars: MAX_LETTERS, default: "GAN" },
        live: false,
    },
    Setting {
        key: "noise",
        group: "Data",
        label: "Noise dimensions",
        help: "How many random numbers the generator makes each point of: with 1 it can only draw a line.",
        kind: Kind::Whole { min: 1, max: 16, default: 2, unit: "" },
        live: false,
    },
    Setting {
        key: "noise_kind",
        group: "Data",
        label: "Noise",
        help: "What these random numbers are drawn from.",
        kind: Kind::Choice(const { &choices(&NOISES) }),
        live: false,
    },
    game::LOSS,
    game::penalty(0.1),
    Setting {
        key: "batch",
        group: "Training",
        label: "Batch size",
        help: "Points per step: larger batches give steadier steps and take longer.",
        kind: Kind::Whole { min: 16, max: 1024, default: 256, unit: "points" },
        live: false,
    },
    Setting {
        key: "d_steps",
        group: "Training",
        label: "Discriminator steps",
        help: "How often the discriminator learns before each step of the generator.",
        kind: Kind::Whole { min: 1, max: 10, default: 1, unit: "" },
        live: true,
    },
    Setting {
        key: "momentum",
        group: "Training",
        label: "Momentum",
        help: "How much of the last steps' direction is kept: β₁ of Adam, μ of SGD. GANs like less than other networks.",
        kind: Kind::Number { min: 0.0, max: 0.99, default: 0.5, scale: Scale::Linear, unit: "" },
        live: false,
    },
    Setting {
        key: "cooling",
        group: "Training",
        label: "Cooling",
        help: "After so many steps both learning rates have halved, and they go on falling, so that the game calms down; at 0 they stay.",
        kind: Kind::Whole { min: 0, max: 20_000, default: 3_000, unit: "steps" },
        live: true,
    },
];

/// Whether a setting matters beside the others' values.
pub fn uses(settings: &Settings, key: &str) -> bool {
    match key {
        "word" => settings.is("data", "word"),
        "penalty" => settings.is("loss", "wgan-gp"),
        _ => true,
    }
}

/// All settings, in the order in which they are shown.
pub static TABLE: [Setting; 24] = {
    let [data, word, noise, noise_kind, loss, penalty, batch, d_steps, momentum, cooling] = GAME;
    let [g0, g1, g2, g3, g4, g5, g6] = GENERATOR;
    let [d0, d1, d2, d3, d4, d5, d6] = DISCRIMINATOR;
    [
        data, word, noise, noise_kind, loss, penalty, batch, d_steps, momentum, cooling, //
        g0, g1, g2, g3, g4, g5, g6, //
        d0, d1, d2, d3, d4, d5, d6,
    ]
};
