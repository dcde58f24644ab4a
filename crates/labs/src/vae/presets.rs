//! Set-ups worth watching.

use crate::lab::Preset;

pub static PRESETS: [Preset; 5] = [
    Preset {
        slug: "works",
        label: "It works",
        watch: "Within seconds digits come back recognisable from 20 numbers each, and the held-out bound climbs beside the training one.",
        changes: &[],
    },
    Preset {
        slug: "map",
        label: "2-D map",
        watch: "Two numbers for a digit make a map: watch the classes part and settle side by side.",
        changes: &[("latent", "2"), ("depth", "2"), ("batch", "64")],
    },
    Preset {
        slug: "collapse",
        label: "Posterior collapse",
        watch: "The latent space is too dear to use: within seconds every dimension falls silent, and all pictures come back as one blur.",
        changes: &[("beta", "100")],
    },
    Preset {
        slug: "beta",
        label: "β 4",
        watch: "Pressed for room, each dimension tends to take up one thing only, such as place, size or colour.",
        changes: &[("data", "shapes"), ("network", "conv"), ("latent", "10"), ("beta", "4"), ("batch", "32")],
    },
    Preset {
        slug: "faces",
        label: "Faces",
        watch: "First a blur, then skin and background, then hair, and at last eyes, mouths and glasses.",
        changes: &[("data", "faces"), ("network", "conv"), ("latent", "64"), ("likelihood", "gaussian"), ("batch", "32")],
    },
];
