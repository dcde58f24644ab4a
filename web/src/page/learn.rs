//! What it is all about, for those who see it for the first time.

use leptos::prelude::*;

use crate::parts::LabParts;

/// A lab's explanation.
pub struct Lesson {
    idea: &'static str,
    concepts: &'static [Concept],
}

struct Concept {
    /// What its colour stands for; nothing for what has none.
    role: &'static str,
    title: &'static str,
    text: &'static str,
}

const fn concept(role: &'static str, title: &'static str, text: &'static str) -> Concept {
    Concept { role, title, text }
}

pub static GAN2D: Lesson = Lesson {
    idea: "Two small neural networks play against each other, right here in this tab. \
           The generator gets random numbers and turns each handful into a point, hoping that it looks real. \
           The discriminator gets real points and generated ones, and learns to tell which is which. \
           Whatever gives a forgery away, the generator then learns to avoid, so both get better together. \
           If all goes well, the generated points end up where the real ones are, \
           although the generator has never seen a single one of them.",
    concepts: &[
        concept(
            "of-generator",
            "Generator",
            "A function from noise to points. At first it maps all noise to one small heap; training bends and \
             stretches that heap over the data. Switch on the grid to see how it folds the plane of noise.",
        ),
        concept(
            "of-discriminator",
            "Discriminator",
            "A function from points to a verdict. The colours behind the points are that verdict: blue where it \
             takes points for real, orange where it takes them for generated. The arrows show where it pulls.",
        ),
        concept(
            "",
            "Losses",
            "Each network's own account of how badly it plays. In a game neither can win for good: \
             a balance is what you want, and a loss that runs to zero means that one side has stopped learning.",
        ),
        concept(
            "",
            "Mode collapse",
            "The generator finds one spot that fools the discriminator and puts everything there. \
             The discriminator catches on, the heap moves elsewhere, and the rest of the data is forgotten. \
             Try the set-up “Mode collapse”, then mend it.",
        ),
    ],
};

pub static VAE: Lesson = Lesson {
    idea: "One network squeezes every picture into a few numbers, its place in a latent space; another paints a picture from \
           such a place. They learn together: what comes out should look like what went in, and all the places together \
           should look like plain random noise. So the space fills up without gaps, pictures that are alike settle side by \
           side, and any random place in it can be painted: the network has learnt to invent.",
    concepts: &[
        concept(
            "of-encoder",
            "Encoder",
            "A function from a picture to a place, and to how sure that place is: a mean and a spread in every latent \
             dimension. A dimension whose spread is all noise says nothing.",
        ),
        concept(
            "of-decoder",
            "Decoder",
            "A function from a place to a picture. It never sees the original, so whatever the place does not say comes back \
             as an average: that is why copies are a little blurred.",
        ),
        concept(
            "of-kl",
            "The bound",
            "The evidence lower bound, or ELBO, adds up two costs: what the copy misses, and what the place says (the KL \
             divergence from noise). β sets the price of the second. Too dear, and the latent space falls silent.",
        ),
        concept(
            "",
            "Latent space",
            "Directions in it mean something. Walk in a straight line and one digit turns into another; add the difference \
             between smiling and frowning faces, and a face begins to smile.",
        ),
    ],
};

pub static IMAGES: Lesson = Lesson {
    idea: "The same game as in the plane, with pictures for points. The generator turns a hundred random numbers into a picture; \
           the discriminator is shown pictures of the data and pictures that were made, and learns to tell which is which. \
           Nobody tells the generator what a digit or a face is: all it ever hears is what gave its forgeries away. \
           The wall is always made of the same noise, so you see the same pictures become better.",
    concepts: &[
        concept(
            "of-generator",
            "Generator",
            "A function from noise to a picture: it begins with a few rough pixels, and each layer of transposed convolutions \
             doubles them and adds detail (DCGAN: Radford et al. 2015). Noise nearby makes pictures that are alike.",
        ),
        concept(
            "of-discriminator",
            "Discriminator",
            "The same the other way: convolutions that look for strokes, then for parts made of strokes, and at last one number, \
             how real it all looks. It is the only teacher that the generator has.",
        ),
        concept(
            "",
            "Mode collapse",
            "A few pictures that fool the discriminator are enough for the generator to stop inventing. Watch the diversity: where \
             it falls, the wall fills with copies of one picture.",
        ),
        concept(
            "",
            "How good is it?",
            "No loss tells. So another network, a judge that was taught to name such pictures, looks at samples: are they like \
             something, are there all kinds of them, and do they lie where real pictures lie?",
        ),
    ],
};

pub static LANGUAGE: Lesson = Lesson {
    idea: "The model reads a text one token at a time, a letter or a piece of a word, and learns a single thing: to tell what comes \
           next. Nobody explains grammar to it, or what a name is; it is shown text, guesses, is told what really came, and adjusts \
           its numbers a little. First it learns which letters are common, then which follow each other, then words. To write, it \
           draws a next token from its own guess, appends it, and guesses again. The large models that answer questions work in \
           the same way, with a million times as many numbers.",
    concepts: &[
        concept(
            "of-training",
            "Tokens and embedding",
            "Text is cut into tokens, and each stands for a row of numbers that is learnt: tokens used alike end up with numbers alike.",
        ),
        concept(
            "of-transformer",
            "Self-attention",
            "Every token asks a question (its query), and every token before it has a label (its key). Where they fit, it takes over \
             what that one has to say (its value). So a closing bracket finds its opening one, and a letter the ones before it. \
             (Vaswani et al. 2017)",
        ),
        concept(
            "of-transformer",
            "Heads",
            "Attention happens several times side by side, each with questions of its own: one head looks one letter back, another \
             at the beginning of the word.",
        ),
        concept(
            "",
            "Positions",
            "Attention alone does not know the order of things. So each token is told where it stands. Try the set-up “No positions”.",
        ),
        concept(
            "of-held-out",
            "Feed-forward",
            "Between two rounds of looking around, each position thinks by itself, through a layer of neurons. Most of what a model \
             knows lies there.",
        ),
        concept(
            "",
            "Norms and the stream",
            "Each part adds to a stream of numbers that runs from the embedding to the end. Norms keep those numbers at the same size, \
             without which deep models would not learn.",
        ),
        concept(
            "",
            "Pre-training and fine-tuning",
            "A model that learnt much text can go on with a little of another kind, and keeps a good part of what it knew. Change the \
             text and start from the present model: what is new is soon learnt, and what is old begins to fade.",
        ),
        concept(
            "",
            "Few-shot",
            "A model can pick up a pattern from a few examples in its prompt, without any weight changing: it only goes on as the text has \
             begun. Large ones do it with what they have hardly met. A small one can, too, with puzzles of a kind that it has practised, as \
             the one that ships shows.",
        ),
        concept(
            "",
            "Hallucination",
            "The model writes what is likely, not what is true. The names it writes look like names, and nobody bears them. For a \
             model, there is no difference between remembering and inventing.",
        ),
    ],
};

#[component]
pub fn Learn(parts: LabParts) -> impl IntoView {
    let concept = |Concept { role, title, text }: &'static Concept| {
        view! {
            <article class=*role>
                <h3>{*title}</h3>
                <p>{*text}</p>
            </article>
        }
    };
    let concepts = move || parts.get().map(|parts| parts.lesson.concepts.iter().map(concept).collect_view());
    view! {
        <section class="learn panel" id="learn" aria-labelledby="learn-title">
            <div class="idea">
                <h2 id="learn-title">"What am I looking at?"</h2>
                <p>{move || parts.get().map(|parts| parts.lesson.idea)}</p>
            </div>
            <div class="concepts">{concepts}</div>
            <footer>"Everything is computed on your own device, and nothing you do here leaves it."</footer>
        </section>
    }
}
