//! Set-ups worth watching.

use crate::lab::Preset;

pub static PRESETS: [Preset; 5] = [
    Preset {
        slug: "works",
        label: "It works",
        watch: "Within seconds the generator finds all eight clusters and shares its points out among them.",
        changes: &[],
    },
    Preset {
        slug: "collapse",
        label: "Mode collapse",
        watch: "All points crowd onto one cluster; when the discriminator catches on, they jump to another and leave the first.",
        changes: &[
            ("loss", "minimax"),
            ("d_steps", "2"),
            ("g_activation", "relu"),
            ("g_start", "small"),
            ("d_lr", "0.01"),
            ("cooling", "0"),
        ],
    },
    Preset {
        slug: "vanishing",
        label: "Vanishing gradient",
        watch: "The discriminator is sure at once, so its verdict is flat where the points lie: no arrows, and nothing moves.",
        changes: &[
            ("loss", "minimax"),
            ("d_steps", "2"),
            ("g_start", "small"),
            ("g_optimiser", "sgd"),
            ("g_lr", "0.001"),
            ("d_lr", "0.005"),
            // Without it the verdicts grow without bound, and the gradients fade to numbers that processors are slow with.
            ("d_decay", "0.0001"),
            ("cooling", "0"),
        ],
    },
    Preset {
        slug: "unstable",
        label: "Unstable",
        watch: "The steps are far too long for both networks: the points chase around the ring and settle nowhere.",
        changes: &[("momentum", "0.9"), ("g_lr", "0.03"), ("d_lr", "0.03"), ("cooling", "0")],
    },
    Preset {
        slug: "wgan-gp",
        label: "WGAN-GP mends it",
        watch: "The networks that collapsed, judged by a critic with a gradient penalty instead, find all eight clusters.",
        changes: &[("loss", "wgan-gp"), ("d_steps", "3"), ("g_activation", "relu"), ("g_start", "small"), ("d_lr", "0.01")],
    },
];
