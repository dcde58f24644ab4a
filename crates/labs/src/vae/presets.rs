//! Set-ups worth watching.

use crate::lab::Preset;

pub static PRESETS: [Preset; 7] = [
    Preset {
        slug: "works",
        label: "It works",
        watch: "Within seconds digits come back recognisable from 20 numbers each, and the held-out bound climbs beside the training one.",
        changes: &[],
    },
    Preset {
        slug: "map",
        label: "2-D map",
        watch: "Two numbers for a digit make a map: choose the view “Latent map”, and watch the classes part and settle side by side.",
        changes: &[("latent", "2"), ("depth", "2"), ("batch", "64")],
    },
    Preset {
        slug: "collapse",
        label: "Posterior collapse",
        watch: "The latent space is too dear to use: within seconds every dimension falls silent, and all pictures come back as one blur.",
        changes: &[("beta", "100")],
    },
    Preset {
        slug: "told",
        label: "Told the class",
        watch: "Both networks are told which digit it is, so two numbers are left for the hand: ask for a digit, and walk the map of how it is written.",
        changes: &[("condition", "known"), ("latent", "2"), ("depth", "2"), ("batch", "64")],
    },
    Preset {
        slug: "garments",
        label: "Clothes, mirrored",
        watch: "Every garment is learnt both ways round, and what is fed shows it; shirts lie beside coats, and shoes far off.",
        changes: &[("data", "fashion"), ("flip", "yes"), ("latent", "10")],
    },
    Preset {
        slug: "beta",
        label: "β 4",
        watch: "Pressed for room, each dimension tends to take up one thing only, such as place, size or colour: the mutual information gap tells how far it got.",
        changes: &[("data", "shapes"), ("network", "conv"), ("latent", "10"), ("beta", "4"), ("batch", "32")],
    },
    Preset {
        slug: "faces",
        label: "Faces",
        watch: "First a blur, then skin and background, then hair, and at last eyes, mouths and glasses, which can then be put on and taken off by arithmetic.",
        changes: &[("data", "faces"), ("network", "conv"), ("latent", "64"), ("likelihood", "gaussian"), ("batch", "32")],
    },
];
