//! Set-ups worth watching.

use crate::lab::Preset;

pub static PRESETS: [Preset; 5] = [
    Preset {
        slug: "works",
        label: "It works",
        watch: "Within a minute strokes grow out of the noise, and within two they are digits of every kind.",
        changes: &[],
    },
    Preset {
        slug: "told",
        label: "Digits on demand",
        watch: "Both networks are told which digit it is to be: each row of the wall becomes one of them.",
        changes: &[("condition", "known")],
    },
    Preset {
        slug: "faces",
        label: "Faces",
        watch: "First skin and background part, then hair and eyes come, and at last mouths and glasses.",
        changes: &[("data", "faces"), ("flip", "yes"), ("batch", "16"), ("g_lr", "0.0007"), ("d_lr", "0.0007")],
    },
    Preset {
        slug: "collapse",
        label: "Mode collapse",
        watch: "The whole wall becomes one and the same scribble; when the discriminator catches on, it becomes another.",
        changes: &[
            ("loss", "minimax"),
            ("g_norm", "none"),
            ("d_lr", "0.005"),
            ("g_lr", "0.005"),
            ("momentum", "0.9"),
            ("cooling", "0"),
        ],
    },
    Preset {
        slug: "vanishing",
        label: "Vanishing gradient",
        watch: "The discriminator is sure at once: the generator is told nothing, and the wall stays gray.",
        changes: &[
            ("loss", "minimax"),
            ("d_steps", "3"),
            ("g_norm", "none"),
            ("g_lr", "0.00002"),
            ("d_lr", "0.002"),
            ("cooling", "0"),
        ],
    },
];
