//! Set-ups worth watching.

/// A set-up with a name, and what it shows.
#[derive(Debug)]
pub struct Preset {
    /// Its name in links and flags.
    pub slug: &'static str,
    pub label: &'static str,
    /// A sentence: what to watch.
    pub watch: &'static str,
    /// What differs from the defaults: key and value.
    pub changes: &'static [(&'static str, &'static str)],
}

pub static PRESETS: [Preset; 5] = [
    Preset {
        slug: "works",
        label: "It works",
        watch: "Within half a minute the generator finds all eight clusters and shares its points out among them.",
        changes: &[],
    },
    Preset {
        slug: "collapse",
        label: "Mode collapse",
        watch: "The generator crowds all its points where the discriminator was fooled last, and forgets the other clusters.",
        changes: &[("loss", "minimax"), ("g_lr", "0.003"), ("d_lr", "0.0003")],
    },
    Preset {
        slug: "vanishing",
        label: "Vanishing gradient",
        watch: "The discriminator soon tells every point apart; with the minimax loss the generator is then told nothing.",
        changes: &[("loss", "minimax"), ("d_steps", "10"), ("d_lr", "0.003")],
    },
    Preset {
        slug: "unstable",
        label: "Unstable",
        watch: "Steps too large for either network: the points chase around the ring and never settle.",
        changes: &[("g_lr", "0.02"), ("d_lr", "0.02"), ("momentum", "0.9")],
    },
    Preset {
        slug: "wgan-gp",
        label: "WGAN-GP mends it",
        watch: "The same networks, judged by a critic with a gradient penalty, settle on the whole ring.",
        changes: &[("loss", "wgan-gp"), ("d_steps", "3"), ("momentum", "0")],
    },
];
