//! The two networks of a GAN and what flows between them.

use leptos::prelude::*;
use terrarium_labs::protocol::Phase;

use super::{Drawing, Step};
use crate::lab::Lab;

/// A part of the diagram.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Real,
    Generator,
    Generated,
    Discriminator,
    RealToDiscriminator,
    NoiseToGenerator,
    GeneratorToGenerated,
    GeneratedToDiscriminator,
    DiscriminatorToVerdict,
    GradientToDiscriminator,
    GradientToGenerator,
}

use Part::*;

/// What is lit in a phase, and what happens in it.
fn scene(phase: Phase) -> (&'static [Part], &'static str) {
    match phase {
        Phase::DrawReal => (&[Real, RealToDiscriminator], "Draw a batch of real data."),
        Phase::Generate => {
            (&[NoiseToGenerator, Generator, GeneratorToGenerated, Generated], "The generator turns random noise into samples.")
        }
        Phase::Judge => (
            &[RealToDiscriminator, GeneratedToDiscriminator, Discriminator, DiscriminatorToVerdict],
            "The discriminator judges both: real or generated?",
        ),
        Phase::UpdateDiscriminator => {
            (&[GradientToDiscriminator, Discriminator], "Its mistakes flow back as gradients: the discriminator learns.")
        }
        Phase::GenerateAgain => {
            (&[NoiseToGenerator, Generator, GeneratorToGenerated, Generated], "The generator makes new samples.")
        }
        Phase::JudgeAgain => {
            (&[GeneratedToDiscriminator, Discriminator, DiscriminatorToVerdict], "The discriminator, now fixed, judges them.")
        }
        Phase::UpdateGenerator => (
            &[GradientToGenerator, Generator],
            "Gradients flow through the discriminator to the generator, which learns to fool it.",
        ),
        _ => (&[], ""),
    }
}

#[component]
pub fn GanDiagram(lab: Lab) -> impl IntoView {
    let step = Step::of(lab);
    let lit = move |part: Part| step.lights(scene, part);
    view! {
        <Drawing
            lab
            step
            label="Noise goes into the generator, which makes samples. The discriminator judges them and real data, and both networks learn from its verdict by gradients."
            tell=|phase| scene(phase).1
        >
            <g class="flows">
                <path class:lit=lit(NoiseToGenerator) d="M58 56H92"></path>
                <path class:lit=lit(GeneratorToGenerated) d="M170 56H198"></path>
                <path class:lit=lit(GeneratedToDiscriminator) d="M242 60L276 74"></path>
                <path class:lit=lit(RealToDiscriminator) d="M242 116L276 100"></path>
                <path class:lit=lit(DiscriminatorToVerdict) d="M356 87H380"></path>
            </g>
            <g class="gradients">
                <path class="of-discriminator" class:lit=lit(GradientToDiscriminator) d="M408 108C404 146 326 148 318 118"></path>
                <path class="of-generator" class:lit=lit(GradientToGenerator) d="M408 66C400 0 140 -8 133 26"></path>
            </g>
            <g class="noise">
                <rect x="18" y="38" width="36" height="36" rx="7"></rect>
                <path d="M26 48h0M36 45h0M45 51h0M29 58h0M39 56h0M46 64h0M25 67h0M34 67h0"></path>
                <text x="36" y="90">"Noise"</text>
            </g>
            <g class="network of-generator" class:lit=lit(Generator)>
                <rect x="98" y="32" width="70" height="48" rx="10"></rect>
                <text x="133" y="61">"G"</text>
                <text class="below" x="133" y="96">"Generator"</text>
            </g>
            <g class="points of-generator" class:lit=lit(Generated)>
                <path d="M210 48h0M222 44h0M231 53h0M214 60h0M225 64h0M205 57h0"></path>
                <text x="219" y="84">"Generated"</text>
            </g>
            <g class="points of-real" class:lit=lit(Real)>
                <path d="M208 113h0M219 107h0M230 114h0M212 124h0M224 125h0M233 123h0"></path>
                <text x="219" y="147">"Real"</text>
            </g>
            <g class="network of-discriminator" class:lit=lit(Discriminator)>
                <rect x="282" y="63" width="70" height="48" rx="10"></rect>
                <text x="317" y="92">"D"</text>
                <text class="below" x="317" y="56">"Discriminator"</text>
            </g>
            <g class="verdict" class:lit=lit(DiscriminatorToVerdict)>
                <circle cx="408" cy="87" r="20"></circle>
                <text x="408" y="91.5">"real?"</text>
            </g>
        </Drawing>
    }
}
