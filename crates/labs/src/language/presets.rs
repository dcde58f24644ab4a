//! Set-ups worth watching.

use crate::lab::Preset;

pub static PRESETS: [Preset; 8] = [
    Preset {
        slug: "names",
        label: "Names",
        watch: "Press Play and read the samples: noise, then letters that like each other, then names nobody has given yet.",
        changes: &[],
    },
    Preset {
        slug: "reverse",
        label: "Backwards",
        watch: "It learns to write letters in reverse: watch accuracy jump from nothing to all, and a head that looks back one letter at a time.",
        changes: &[("data", "reverse"), ("length", "6"), ("context", "32")],
    },
    Preset {
        slug: "sort",
        label: "Sorting",
        watch: "Letters in, the same letters in order out: attention learns to count what is there.",
        changes: &[("data", "sort"), ("length", "6"), ("context", "32")],
    },
    Preset {
        slug: "addition",
        label: "Addition",
        watch: "Sums of two numbers, as text: carrying is the hard part, and comes late, all of a sudden.",
        changes: &[("data", "addition"), ("length", "2"), ("context", "32")],
    },
    Preset {
        slug: "nowhere",
        label: "No positions",
        watch: "Nobody tells it where a letter stands: names come out as letters shaken in a bag, and backwards is hopeless.",
        changes: &[("data", "reverse"), ("length", "6"), ("context", "32"), ("positions", "none")],
    },
    Preset {
        slug: "llama",
        label: "Like Llama",
        watch: "Rotary positions, RMSNorm, SwiGLU and shared keys: the parts of newer models, as small as names need them.",
        changes: &[
            ("positions", "rotary"),
            ("norm", "rms"),
            ("feed_forward", "swiglu"),
            ("hidden", "256"),
            ("sharing", "2"),
            ("biases", "no"),
            ("tied", "no"),
        ],
    },
    Preset {
        slug: "gpt",
        label: "A small GPT",
        watch: "The small configuration that nanoGPT publishes for text letter by letter: give it a million letters of your own text.",
        changes: &[
            ("layers", "4"),
            ("width", "128"),
            ("hidden", "512"),
            ("batch", "12"),
            ("lr", "0.001"),
            ("warm_up", "100"),
            ("decay_steps", "2000"),
            ("biases", "no"),
        ],
    },
    Preset {
        slug: "unstable",
        label: "Too fast",
        watch: "The learning rate is far too high and nothing holds it: the loss jumps, and what was learnt is lost again.",
        changes: &[("lr", "0.1"), ("clip", "100"), ("warm_up", "0"), ("schedule", "constant")],
    },
];
