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
        watch: "It learns to write letters in reverse: after some 2,000 steps accuracy jumps from nothing to nearly all, and heads look back along a diagonal.",
        changes: &[("data", "reverse"), ("length", "5"), ("context", "16"), ("batch", "64"), ("dropout", "0")],
    },
    Preset {
        slug: "sort",
        label: "Sorting",
        watch: "Letters in, the same letters in order out: attention learns to count what is there, and most new ones are right after 1,000 steps.",
        changes: &[("data", "sort"), ("length", "5"), ("context", "16"), ("batch", "64"), ("dropout", "0")],
    },
    Preset {
        slug: "addition",
        label: "Addition",
        watch: "Sums of two numbers, as text: the digits come soon, carrying late; nine of ten new sums are right after some 2,500 steps.",
        changes: &[("data", "addition"), ("length", "2"), ("context", "16"), ("batch", "64"), ("dropout", "0")],
    },
    Preset {
        slug: "nowhere",
        label: "No positions",
        watch: "Nobody tells it where a letter stands, but that each sees only those before it: writing backwards comes late, and bit by bit.",
        changes: &[
            ("data", "reverse"),
            ("length", "5"),
            ("context", "16"),
            ("batch", "64"),
            ("dropout", "0"),
            ("positions", "none"),
        ],
    },
    Preset {
        slug: "llama",
        label: "Like Llama",
        watch: "Rotary positions, RMSNorm, SwiGLU and shared keys: the parts of newer models, as small as names need them.",
        changes: &[
            ("positions", "rotary"),
            ("norm", "rms"),
            ("feed_forward", "swiglu"),
            ("hidden", "172"),
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
            ("context", "64"),
            ("batch", "12"),
            ("lr", "0.001"),
            ("warm_up", "100"),
            ("decay_steps", "2000"),
            ("biases", "no"),
            ("dropout", "0"),
        ],
    },
    Preset {
        slug: "unstable",
        label: "Too fast",
        watch: "The learning rate is far too high and nothing holds it: the loss jumps, and what was learnt is lost again.",
        changes: &[("lr", "0.1"), ("clip", "100"), ("warm_up", "0"), ("schedule", "constant")],
    },
];
