//! The settings of the lab, as a table for people and as values for programs.

use terrarium_models::conv::Norm;

use crate::game::{self, LOSSES, LossKind};
use crate::pictures::{self, AUGMENTATION, Augmentation, Data, SOURCE, Source};
use crate::settings::{Choice, Kind, Scale, Setting, Settings, choices, option};

/// The lab's settings, as values.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub source: Source,
    pub augmentation: Augmentation,
    /// Whether both networks are told what is known about a picture.
    pub conditional: bool,
    /// Numbers that a picture is made of.
    pub noise: usize,
    /// Of both networks, at the picture's side.
    pub filters: usize,
    pub loss: LossKind,
    /// λ of the gradient penalty.
    pub penalty: f32,
    /// γ of the penalty R1; with 0 there is none.
    pub r1: f32,
    /// How far below 1 "real" is taken.
    pub smoothing: f32,
    pub batch: usize,
    /// Discriminator steps before each generator step.
    pub discriminator_steps: u32,
    /// β₁ of Adam.
    pub momentum: f32,
    /// Steps after which the learning rates have halved; 0 if they stay.
    pub cooling: f32,
    /// Half-life, in steps, of the average of the generator's weights that makes what is shown; 0 if its weights themselves do.
    pub averaging: f32,
    pub generator: NetworkOptions,
    pub discriminator: NetworkOptions,
}

/// One network's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkOptions {
    pub norm: Norm,
    pub learning_rate: f32,
}

impl Options {
    /// The values of `settings`, which must be of [`TABLE`].
    pub fn of(settings: &Settings) -> Self {
        let whole = |key: &str| settings.whole(key) as usize;
        let number = |key: &str| settings.number(key) as f32;
        Options {
            source: Source::of(settings),
            augmentation: Augmentation::of(settings),
            conditional: CONDITIONS[settings.choice("condition")].0,
            noise: whole("z"),
            filters: whole("filters"),
            loss: LOSSES[settings.choice("loss")].0,
            penalty: number("penalty"),
            r1: number("r1"),
            smoothing: number("smoothing"),
            batch: whole("batch"),
            discriminator_steps: settings.whole("d_steps") as u32,
            momentum: number("momentum"),
            cooling: settings.whole("cooling") as f32,
            averaging: settings.whole("averaging") as f32,
            generator: NetworkOptions { norm: GENERATOR_NORMS[settings.choice("g_norm")].0, learning_rate: number("g_lr") },
            discriminator: NetworkOptions { norm: DISCRIMINATOR_NORMS[settings.choice("d_norm")].0, learning_rate: number("d_lr") },
        }
    }
}

const CONDITIONS: [(bool, Choice); 2] = [
    option(
        true,
        "known",
        "All that is known",
        "The class of a digit or a garment, the factors of a shape, the attributes of a face: they can be asked for.",
    ),
    option(false, "none", "Nothing", "The generator draws what it likes."),
];

const NONE: (Norm, Choice) = option(Norm::None, "none", "None", "Signals may grow and fade as they like.");
const BATCH: (Norm, Choice) =
    option(Norm::Batch, "batch", "Batch", "Each filter is brought to one scale over the pictures of a batch.");
const LAYER: (Norm, Choice) =
    option(Norm::Layer, "layer", "Layer", "Each picture is brought to one scale by itself, whatever else is in its batch.");
const SPECTRAL: (Norm, Choice) = option(
    Norm::Spectral,
    "spectral",
    "Spectral",
    "The weights are kept from stretching any signal, so that verdicts change gently from picture to picture.",
);
const GENERATOR_NORMS: [(Norm, Choice); 3] = [BATCH, LAYER, NONE];
const DISCRIMINATOR_NORMS: [(Norm, Choice); 4] = [SPECTRAL, NONE, BATCH, LAYER];

/// Names of the files that hold a run's pictures and their judge.
pub fn files(settings: &Settings) -> &'static [&'static str] {
    match Source::of(settings).data {
        Data::Digits => &["digits.png", "digits.labels.u8", "judge-digits.safetensors"],
        Data::Fashion => &["fashion.png", "fashion.labels.u8", "judge-fashion.safetensors"],
        Data::Faces => &["judge-faces.safetensors"],
        Data::Shapes | Data::Own => &[],
    }
}

/// Whether a setting matters beside the others' values.
pub fn uses(settings: &Settings, key: &str) -> bool {
    match key {
        "penalty" => settings.is("loss", "wgan-gp"),
        "smoothing" => settings.is("loss", "non-saturating") || settings.is("loss", "minimax"),
        _ => pictures::uses(settings, key),
    }
}

const CONDITION: Setting = Setting {
    key: "condition",
    group: "Data",
    label: "Told",
    help: "What both networks are told about a picture, so that it can be asked for.",
    kind: Kind::Choice(const { &choices(&CONDITIONS) }),
    live: false,
};

const GAME: [Setting; 11] = [
    Setting {
        key: "z",
        group: "Training",
        label: "Noise dimensions",
        help: "How many random numbers the generator makes each picture of.",
        kind: Kind::Whole { min: 2, max: 256, default: 100, unit: "" },
        live: false,
    },
    Setting {
        key: "filters",
        group: "Training",
        label: "Filters",
        help: "Filters of the convolutions at the picture's side; each halving of it doubles them. More draw better and take longer.",
        kind: Kind::Whole { min: 4, max: 64, default: 16, unit: "" },
        live: false,
    },
    game::LOSS,
    game::penalty(10.0),
    Setting {
        key: "r1",
        group: "Training",
        label: "R1",
        help: "How strictly the discriminator is kept level where real pictures lie, which calms the game; steps with it take longer.",
        kind: Kind::Number { min: 0.0, max: 100.0, default: 0.0, scale: Scale::Log, unit: "" },
        live: false,
    },
    Setting {
        key: "smoothing",
        group: "Training",
        label: "Label smoothing",
        help: "How far from certain the discriminator is to be that a real picture is real, so that it does not grow too sure.",
        kind: Kind::Number { min: 0.0, max: 0.5, default: 0.0, scale: Scale::Linear, unit: "" },
        live: true,
    },
    Setting {
        key: "batch",
        group: "Training",
        label: "Batch size",
        help: "Pictures per step: larger batches give steadier steps and take longer.",
        kind: Kind::Whole { min: 4, max: 256, default: 32, unit: "pictures" },
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
        help: "How much of the last steps' direction is kept: β₁ of Adam. GANs like less than other networks.",
        kind: Kind::Number { min: 0.0, max: 0.99, default: 0.5, scale: Scale::Linear, unit: "" },
        live: false,
    },
    Setting {
        key: "cooling",
        group: "Training",
        label: "Cooling",
        help: "After so many steps both learning rates have halved, and they go on falling, so that the game calms down; at 0 they stay.",
        kind: Kind::Whole { min: 0, max: 100_000, default: 4_000, unit: "steps" },
        live: true,
    },
    Setting {
        key: "averaging",
        group: "Training",
        label: "Averaged weights",
        help: "What is shown is made by an average of the generator's weights, which is steadier than they are: after so many steps a \
               step counts half. At 0 the weights themselves make it.",
        kind: Kind::Whole { min: 0, max: 10_000, default: 200, unit: "steps" },
        live: false,
    },
];

const fn network(keys: [&'static str; 2], group: &'static str, norms: &'static [Choice], learning_rate: f64) -> [Setting; 2] {
    let [norm, lr] = keys;
    [
        Setting {
            key: norm,
            group,
            label: "Norm",
            help: "What keeps signals in bounds on their way through the layers.",
            kind: Kind::Choice(norms),
            live: false,
        },
        Setting {
            key: lr,
            group,
            label: "Learning rate",
            help: "How far each step of Adam goes: too small is slow, too large makes the networks jump about.",
            kind: Kind::Number { min: 1e-5, max: 0.1, default: learning_rate, scale: Scale::Log, unit: "" },
            live: true,
        },
    ]
}

/// All settings, in the order in which they are shown.
pub static TABLE: [Setting; 23] = {
    let [data, own_side, own_colours, held_out] = SOURCE;
    let [shift, flip, pixel_noise] = AUGMENTATION;
    let [z, filters, loss, penalty, r1, smoothing, batch, d_steps, momentum, cooling, averaging] = GAME;
    let [g0, g1] = network(["g_norm", "g_lr"], "Generator", const { &choices(&GENERATOR_NORMS) }, 1e-3);
    let [d0, d1] = network(["d_norm", "d_lr"], "Discriminator", const { &choices(&DISCRIMINATOR_NORMS) }, 1e-3);
    [
        data,
        own_side,
        own_colours,
        CONDITION,
        held_out,
        shift,
        flip,
        pixel_noise, //
        z,
        filters,
        loss,
        penalty,
        r1,
        smoothing,
        batch,
        d_steps,
        momentum,
        cooling,
        averaging, //
        g0,
        g1,
        d0,
        d1,
    ]
};
