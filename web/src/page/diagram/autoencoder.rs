//! The two networks of an autoencoder and what flows between them.

use leptos::prelude::*;
use terrarium_labs::protocol::Phase;

use super::{Drawing, Step};
use crate::lab::Lab;

/// A part of the diagram.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Picture,
    PictureToEncoder,
    Encoder,
    EncoderToPlace,
    Place,
    PlaceToDecoder,
    Decoder,
    DecoderToCopy,
    Copy,
    Comparison,
    Divergence,
    Gradient,
}

use Part::*;

/// What is lit in a phase, and what happens in it.
fn scene(phase: Phase) -> (&'static [Part], &'static str) {
    match phase {
        Phase::DrawBatch => (&[Picture], "Draw a batch of pictures."),
        Phase::Encode => (
            &[PictureToEncoder, Encoder, EncoderToPlace],
            "The encoder finds each picture a place in the latent space: a mean μ and a spread σ for every dimension.",
        ),
        Phase::Sample => (&[Place], "A point is drawn there: z = μ + σ · noise, so that neighbours have to look alike."),
        Phase::Decode => (&[PlaceToDecoder, Decoder, DecoderToCopy, Copy], "The decoder paints a picture from that point alone."),
        Phase::Compare => (
            &[Comparison, Divergence],
            "Two costs: how far the copy is from the picture, and how far the places are from a plain heap of noise.",
        ),
        Phase::UpdateBoth => (&[Gradient, Encoder, Decoder], "Both costs flow back as gradients, and both networks learn."),
        _ => (&[], ""),
    }
}

#[component]
pub fn AutoencoderDiagram(lab: Lab) -> impl IntoView {
    let step = Step::of(lab);
    let lit = move |part: Part| step.lights(scene, part);
    view! {
        <Drawing
            lab
            step
            label="A picture goes into the encoder, which gives it a place in the latent space. The decoder paints a copy from that place. Both learn from how far the copy is from the picture, and the places from noise."
            tell=|phase| scene(phase).1
        >
            <g class="flows">
                <path class:lit=lit(PictureToEncoder) d="M62 72H84"></path>
                <path class:lit=lit(EncoderToPlace) d="M154 72H180"></path>
                <path class:lit=lit(PlaceToDecoder) d="M258 72H284"></path>
                <path class:lit=lit(DecoderToCopy) d="M354 72H374"></path>
            </g>
            <g class="gradients">
                <path class="of-reconstruction" class:lit=lit(Comparison) d="M40 118C70 146 370 146 400 118"></path>
                <path class="of-kl" class:lit=lit(Divergence) d="M219 46V24"></path>
                <path class="of-autoencoder" class:lit=lit(Gradient) d="M396 46C380 8 140 -6 120 46"></path>
            </g>
            <g class="picture" class:lit=lit(Picture)>
                <rect x="20" y="52" width="40" height="40" rx="4"></rect>
                <path d="M33 82c10 2 16-4 14-9s-9-3-9-3 8-2 7-7-9-4-12 0"></path>
                <text x="40" y="112">"Picture"</text>
            </g>
            <g class="network of-encoder" class:lit=lit(Encoder)>
                <path d="M90 40L150 56V88L90 104z"></path>
                <text x="119" y="76">"E"</text>
                <text class="below" x="119" y="120">"Encoder"</text>
            </g>
            <g class="place of-kl" class:lit=lit(Place)>
                <circle cx="219" cy="72" r="26"></circle>
                <circle class="spread" cx="225" cy="68" r="9"></circle>
                <path d="M225 68h0"></path>
                <text x="219" y="112">"μ, σ → z"</text>
            </g>
            <g class="network of-decoder" class:lit=lit(Decoder)>
                <path d="M288 56L348 40V104L288 88z"></path>
                <text x="319" y="76">"D"</text>
                <text class="below" x="319" y="120">"Decoder"</text>
            </g>
            <g class="picture copy" class:lit=lit(Copy)>
                <rect x="380" y="52" width="40" height="40" rx="4"></rect>
                <path d="M393 82c10 2 16-4 14-9s-9-3-9-3 8-2 7-7-9-4-12 0"></path>
                <text x="400" y="112">"Copy"</text>
            </g>
            <text class="note" x="264" y="34">"near noise?"</text>
            <text class="note" x="219" y="152">"alike?"</text>
        </Drawing>
    }
}
