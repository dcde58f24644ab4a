//! The settings of the lab, as a table for people and as values for programs.

use terrarium_models::vae::Body;

use crate::pictures::{self, AUGMENTATION, Augmentation, SOURCE, Source};
use crate::settings::{Choice, Kind, Scale, Setting, Settings, choices, option};

/// [`terrarium_models::vae::Likelihood`] without its parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LikelihoodKind {
    Bernoulli,
    /// With a standard deviation that learns.
    Gaussian,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    Dense,
    Convolutional,
}

/// The lab's settings, as values.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub source: Source,
    pub augmentation: Augmentation,
    /// Whether both networks are told what is known about a picture.
    pub conditional: bool,
    pub body: Body,
    pub latent: usize,
    pub likelihood: LikelihoodKind,
    pub beta: f32,
    /// Steps over which β grows.
    pub warm_up: f32,
    /// Nats of each latent dimension that cost nothing.
    pub free: f32,
    pub batch: usize,
    pub learning_rate: f32,
}

impl Options {
    /// The values of `settings`, which must be of [`TABLE`].
    pub fn of(settings: &Settings) -> Self {
        let whole = |key: &str| settings.whole(key) as usize;
        let number = |key: &str| settings.number(key) as f32;
        Options {
            source: Source::of(settings),
            augmentation: Augmentation { binary: PIXELS[settings.choice("pixels")].0, ..Augmentation::of(settings) },
            conditional: CONDITIONS[settings.choice("condition")].0,
            body: match NETWORKS[settings.choice("network")].0 {
                Network::Dense => Body::Dense { hidden: vec![whole("width"); whole("depth")] },
                Network::Convolutional => Body::Convolutional { width: whole("filters") },
            },
            latent: whole("latent"),
            likelihood: LIKELIHOODS[settings.choice("likelihood")].0,
            beta: number("beta"),
            warm_up: settings.whole("warm_up") as f32,
            free: number("free"),
            batch: whole("batch"),
            learning_rate: number("lr"),
        }
    }
}

const PIXELS: [(bool, Choice); 2] = [
    option(false, "gray", "As they are", "Every shade is kept; the Bernoulli likelihood takes it for a probability."),
    option(true, "binary", "Black and white", "Each channel is drawn 0 or 1, with its shade as the odds, anew in every batch."),
];

const CONDITIONS: [(bool, Choice); 2] = [
    option(false, "none", "Nothing", "The latent space has to say everything."),
    option(
        true,
        "known",
        "All that is known",
        "The class of a digit or a garment, the factors of a shape, the attributes of a face.",
    ),
];

const NETWORKS: [(Network, Choice); 2] = [
    option(Network::Dense, "dense", "Dense", "Every pixel is joined to every neuron: quick on small pictures."),
    option(
        Network::Convolutional,
        "conv",
        "Convolutional",
        "Small windows that look everywhere alike: for pictures that are larger.",
    ),
];

const LIKELIHOODS: [(LikelihoodKind, Choice); 2] = [
    option(LikelihoodKind::Bernoulli, "bernoulli", "Bernoulli", "Each pixel is black or white with the painted probability."),
    option(
        LikelihoodKind::Gaussian,
        "gaussian",
        "Gaussian",
        "Each pixel is normal around the painted shade, with a width that learns.",
    ),
];

/// Names of the files that hold a run's pictures.
pub fn files(settings: &Settings) -> &'static [&'static str] {
    Options::of(settings).source.data.files()
}

/// Whether a setting matters beside the others' values.
pub fn uses(settings: &Settings, key: &str) -> bool {
    match key {
        "depth" | "width" => settings.is("network", "dense"),
        "own_side" | "own_colours" => settings.is("data", "own"),
        "filters" => settings.is("network", "conv"),
        _ => pictures::uses(settings, key),
    }
}

const OWN: [Setting; 13] = [
    Setting {
        key: "pixels",
        group: "Data",
        label: "Pixels",
        help: "What the network is fed of a picture's shades, which go from 0, black, to 1, white, as both likelihoods want it.",
        kind: Kind::Choice(const { &choices(&PIXELS) }),
        live: false,
    },
    Setting {
        key: "condition",
        group: "Data",
        label: "Told",
        help: "What encoder and decoder are told about a picture, so that the latent space need not say it.",
        kind: Kind::Choice(const { &choices(&CONDITIONS) }),
        live: false,
    },
    Setting {
        key: "network",
        group: "Networks",
        label: "Network",
        help: "What encoder and decoder are made of.",
        kind: Kind::Choice(const { &choices(&NETWORKS) }),
        live: false,
    },
    Setting {
        key: "depth",
        group: "Networks",
        label: "Hidden layers",
        help: "Hidden layers of each dense network.",
        kind: Kind::Whole { min: 1, max: 3, default: 1, unit: "" },
        live: false,
    },
    Setting {
        key: "width",
        group: "Networks",
        label: "Width",
        help: "Neurons in each hidden layer of dense networks.",
        kind: Kind::Whole { min: 8, max: 1024, default: 400, unit: "neurons" },
        live: false,
    },
    Setting {
        key: "filters",
        group: "Networks",
        label: "Filters",
        help: "Filters of the first convolution; every halving of the picture doubles them.",
        kind: Kind::Whole { min: 4, max: 64, default: 16, unit: "" },
        live: false,
    },
    Setting {
        key: "latent",
        group: "Networks",
        label: "Latent dimensions",
        help: "How many numbers a picture is squeezed into: 2 make a map, more make better pictures.",
        kind: Kind::Whole { min: 2, max: 128, default: 20, unit: "" },
        live: false,
    },
    Setting {
        key: "likelihood",
        group: "Training",
        label: "Likelihood",
        help: "How pixels are taken to be spread around what the decoder paints.",
        kind: Kind::Choice(const { &choices(&LIKELIHOODS) }),
        live: false,
    },
    Setting {
        key: "beta",
        group: "Training",
        label: "β",
        help: "How dear the latent space is: 1 is the bound itself, more tidies and blurs, less sharpens and lets samples go astray.",
        kind: Kind::Number { min: 0.0, max: 200.0, default: 1.0, scale: Scale::Log, unit: "" },
        live: true,
    },
    Setting {
        key: "warm_up",
        group: "Training",
        label: "KL warm-up",
        help: "Over so many steps β grows from 0 to its value, so that the latent space is used before it is tidied.",
        kind: Kind::Whole { min: 0, max: 20_000, default: 0, unit: "steps" },
        live: true,
    },
    Setting {
        key: "free",
        group: "Training",
        label: "Free bits",
        help: "So much may each latent dimension say at no cost, which keeps all of them in use.",
        kind: Kind::Number { min: 0.0, max: 2.0, default: 0.0, scale: Scale::Linear, unit: "nats" },
        live: true,
    },
    Setting {
        key: "batch",
        group: "Training",
        label: "Batch size",
        help: "Pictures per step: larger batches give steadier steps and take longer.",
        kind: Kind::Whole { min: 8, max: 512, default: 128, unit: "pictures" },
        live: false,
    },
    Setting {
        key: "lr",
        group: "Training",
        label: "Learning rate",
        help: "How far each step of Adam goes: too small is slow, too large makes the networks jump about.",
        kind: Kind::Number { min: 1e-5, max: 1.0, default: 1e-3, scale: Scale::Log, unit: "" },
        live: true,
    },
];

/// All settings, in the order in which they are shown.
pub static TABLE: [Setting; 20] = {
    let [data, own_side, own_colours, held_out] = SOURCE;
    let [shift, flip, noise] = AUGMENTATION;
    let [pixels, condition, network, depth, width, filters, latent, likelihood, beta, warm_up, free, batch, lr] = OWN;
    [
        data,
        own_side,
        own_colours,
        pixels,
        condition,
        held_out,
        shift,
        flip,
        noise,
        network,
        depth,
        width,
        filters,
        latent,
        likelihood,
        beta,
        warm_up,
        free,
        batch,
        lr,
    ]
};
