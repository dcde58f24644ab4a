//! Set-ups worth watching.

use crate::lab::Preset;

pub static PRESETS: [Preset; 6] = [
    Preset {
        slug: "works",
        label: "It works",
        watch: "Within a minute strokes grow out of the noise, and within two each row of the wall is a digit of its own.",
        changes: &[],
    },
    Preset {
        slug: "untold",
        label: "Left to itself",
        watch: "Nobody says which digit it is to be, so the generator has to find out by itself that there are ten: it takes longer.",
        changes: &[("condition", "none")],
    },
    Preset {
        slug: "faces",
        label: "Faces",
        watch: "Each is told what the real face at its place on the other wall is like. First skin and background part, then hair and \
                eyes come, and at last mouths and glasses.",
        changes: &[("data", "faces"), ("batch", "16"), ("cooling", "2000"), ("g_lr", "0.0015")],
    },
    Preset {
        slug: "collapse",
        label: "Mode collapse",
        watch: "Made of two numbers only, and in steps that are too long: the wall becomes the same few patterns over and over.",
        changes: &[
            ("condition", "none"),
            ("z", "2"),
            ("g_norm", "none"),
            ("d_norm", "batch"),
            ("g_lr", "0.005"),
            ("d_lr", "0.002"),
            ("momentum", "0.9"),
            ("cooling", "0"),
            // An average would hide it.
            ("averaging", "0"),
            ("filters", "8"),
            ("batch", "16"),
        ],
    },
    Preset {
        slug: "vanishing",
        label: "Vanishing gradient",
        watch: "The discriminator is sure at once: the generator is told nothing, and the wall stays gray.",
        changes: &[
            ("condition", "none"),
            ("loss", "minimax"),
            ("d_steps", "3"),
            ("g_norm", "none"),
            ("d_norm", "none"),
            ("g_lr", "0.00002"),
            ("d_lr", "0.002"),
            // Verdicts that went on growing would let gradients fade to numbers that processors are slow with.
            ("cooling", "40"),
        ],
    },
    Preset {
        slug: "unstable",
        label: "Unstable",
        watch: "Without norms, and with steps that are too long, the wall turns from one scribble to the next and settles nowhere.",
        changes: &[
            ("condition", "none"),
            ("g_norm", "none"),
            ("d_norm", "none"),
            ("g_lr", "0.003"),
            ("d_lr", "0.003"),
            ("momentum", "0.9"),
            ("cooling", "0"),
            // An average would hide it.
            ("averaging", "0"),
        ],
    },
];
