//! The settings by which labs choose pictures and what is done to them.

use super::{Augmentation, DATA, OWN_COLOURS, OWN_SIDES, Source};
use crate::settings::{Choice, Kind, Scale, Setting, Settings, choices, option};

const FLIPS: [(bool, Choice); 2] = [
    option(false, "no", "As they are", "Left stays left, as writing wants it."),
    option(
        true,
        "yes",
        "Left and right",
        "Every other picture is mirrored, by the fall of a coin: for faces, clothes, and whatever has no writing.",
    ),
];

impl Source {
    /// The values of `settings`, which must have [`SOURCE`].
    pub(crate) fn of(settings: &Settings) -> Source {
        Source {
            data: DATA[settings.choice("data")].0,
            own: (OWN_SIDES[settings.choice("own_side")].0, OWN_COLOURS[settings.choice("own_colours")].0),
            held_out: settings.number("held_out"),
        }
    }
}

impl Augmentation {
    /// The values of `settings`, which must have [`AUGMENTATION`]; black and white is not among them.
    pub(crate) fn of(settings: &Settings) -> Augmentation {
        Augmentation {
            shift: settings.whole("shift") as usize,
            flip: FLIPS[settings.choice("flip")].0,
            noise: settings.number("noise") as f32,
            binary: false,
        }
    }
}

/// Where pictures come from.
pub(crate) const SOURCE: [Setting; 4] = [
    Setting {
        key: "data",
        group: "Data",
        label: "Data",
        help: "The pictures to learn.",
        kind: Kind::Choice(const { &choices(&DATA) }),
        live: false,
    },
    Setting {
        key: "own_side",
        group: "Data",
        label: "Size of your own",
        help: "Your own pictures are cropped to the square in their middle, and resized to this.",
        kind: Kind::Choice(const { &choices(&OWN_SIDES) }),
        live: false,
    },
    Setting {
        key: "own_colours",
        group: "Data",
        label: "Colours of your own",
        help: "Whether your own pictures keep their colours.",
        kind: Kind::Choice(const { &choices(&OWN_COLOURS) }),
        live: false,
    },
    Setting {
        key: "held_out",
        group: "Data",
        label: "Held out",
        help: "The share of the pictures that is never learnt from, so that learning can be told from learning by heart.",
        kind: Kind::Number { min: 0.05, max: 0.5, default: 0.1, scale: Scale::Linear, unit: "" },
        live: false,
    },
];

/// What is done to them.
pub(crate) const AUGMENTATION: [Setting; 3] = [
    Setting {
        key: "shift",
        group: "Data",
        label: "Shift",
        help: "Each picture is moved by up to so many pixels each way before it is learnt; what comes in at the border is black.",
        kind: Kind::Whole { min: 0, max: 4, default: 0, unit: "pixels" },
        live: false,
    },
    Setting {
        key: "flip",
        group: "Data",
        label: "Mirror",
        help: "Whether pictures are mirrored at random before they are learnt, which makes two of each.",
        kind: Kind::Choice(const { &choices(&FLIPS) }),
        live: false,
    },
    Setting {
        key: "noise",
        group: "Data",
        label: "Noise",
        help: "Normal noise on each pixel of what is learnt, with this standard deviation where black to white is 1.",
        kind: Kind::Number { min: 0.0, max: 0.5, default: 0.0, scale: Scale::Linear, unit: "" },
        live: false,
    },
];

/// Whether such a setting matters beside the others' values.
pub(crate) fn uses(settings: &Settings, key: &str) -> bool {
    match key {
        "own_side" | "own_colours" => settings.is("data", "own"),
        _ => true,
    }
}
