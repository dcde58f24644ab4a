//! A language model and what flows through it in a step of training.

use leptos::prelude::*;
use terrarium_labs::protocol::Phase;

use super::{Drawing, Step};
use crate::lab::Lab;

/// A part of the diagram.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Text,
    TextToEmbedding,
    Embedding,
    EmbeddingToBlocks,
    Blocks,
    BlocksToPrediction,
    Prediction,
    Comparison,
    Gradient,
}

use Part::*;

/// What is lit in a phase, and what happens in it.
fn scene(phase: Phase) -> (&'static [Part], &'static str) {
    match phase {
        Phase::DrawText => (&[Text], "Cut pieces out of the text, each as long as the context."),
        Phase::Embed => (&[TextToEmbedding, Embedding], "Each token becomes a row of numbers, and learns where it stands."),
        Phase::Attend => (
            &[EmbeddingToBlocks, Blocks],
            "Block by block, every token looks back at those before it, takes what it needs, and thinks it over.",
        ),
        Phase::Predict => {
            (&[BlocksToPrediction, Prediction], "At every place the model says how likely each token is to come next.")
        }
        Phase::CompareText => (
            &[Comparison, Prediction, Text],
            "The text itself tells what really came: the less it was expected, the higher the loss.",
        ),
        Phase::UpdateWeights => (
            &[Gradient, Blocks, Embedding],
            "The loss flows back as gradients, and every weight moves a little, to expect this text more.",
        ),
        _ => (&[], ""),
    }
}

#[component]
pub fn TransformerDiagram(lab: Lab) -> impl IntoView {
    let step = Step::of(lab);
    let lit = move |part: Part| step.lights(scene, part);
    view! {
        <Drawing
            lab
            step
            label="Tokens of a text become rows of numbers, go through blocks of attention and feed-forward, and come out as a prediction of the next token. The model learns from how far that is from what the text really says."
            tell=|phase| scene(phase).1
        >
            <g class="flows">
                <path class:lit=lit(TextToEmbedding) d="M86 72H108"></path>
                <path class:lit=lit(EmbeddingToBlocks) d="M170 72H194"></path>
                <path class:lit=lit(BlocksToPrediction) d="M302 72H326"></path>
            </g>
            <g class="gradients">
                <path class="of-held-out" class:lit=lit(Comparison) d="M48 120C70 140 320 140 366 128"></path>
                <path class="of-transformer" class:lit=lit(Gradient) d="M372 34C350 0 270 0 246 30"></path>
            </g>
            <g class="verdict" class:lit=lit(Text)>
                <rect x="14" y="50" width="68" height="44" rx="6"></rect>
                <text class="letters" x="48" y="77">"to be o…"</text>
                <text x="48" y="112">"Text"</text>
            </g>
            <g class="network of-training" class:lit=lit(Embedding)>
                <rect x="112" y="46" width="54" height="52" rx="8"></rect>
                <path d="M122 60h34M122 72h34M122 84h34"></path>
                <text class="below" x="139" y="112">"Embedding"</text>
            </g>
            <g class="network of-transformer" class:lit=lit(Blocks)>
                <rect x="212" y="34" width="86" height="64" rx="10"></rect>
                <rect x="205" y="39" width="86" height="64" rx="10"></rect>
                <rect x="198" y="44" width="86" height="64" rx="10"></rect>
                <text class="inner" x="241" y="71">"attention"</text>
                <text class="inner" x="241" y="91">"feed-forward"</text>
                <text class="below" x="246" y="124">"Blocks"</text>
            </g>
            <g class="bars of-held-out" class:lit=lit(Prediction)>
                <rect x="332" y="40" width="80" height="66" rx="8"></rect>
                <path d="M342 54h54M342 67h26M342 80h14M342 93h7"></path>
                <text x="372" y="122">"What comes next?"</text>
            </g>
            <text class="note" x="206" y="152">"was that what came?"</text>
        </Drawing>
    }
}
