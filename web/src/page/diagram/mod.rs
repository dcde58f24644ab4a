//! What flows between a lab's networks, with the part of a step that slow motion is at.

mod autoencoder;
mod gan;
mod transformer;

use leptos::prelude::*;
use terrarium_labs::protocol::{Pace, Phase};

use crate::lab::Lab;
use crate::parts::LabParts;

pub use autoencoder::AutoencoderDiagram;
pub use gan::GanDiagram;
pub use transformer::TransformerDiagram;

/// Phases a second at the places of the speed slider; beyond the last it is as fast as can be.
const PACES: [f32; 7] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

#[component]
pub fn Diagram(lab: Lab, parts: LabParts) -> impl IntoView {
    view! {
        <section class="panel diagram" aria-label="What happens in a step">
            {move || parts.get().map(|parts| (parts.diagram)(lab))}
            <Speed lab />
        </section>
    }
}

/// Where a run is in its steps.
#[derive(Clone, Copy)]
struct Step {
    /// The part of a step, in slow motion.
    phase: Memo<Option<Phase>>,
    /// Whether it runs too fast for that.
    runs: Signal<bool>,
}

impl Step {
    fn of(lab: Lab) -> Step {
        let phase = Memo::new(move |_| lab.progress.with(|progress| progress.phase));
        Step { phase, runs: Signal::derive(move || lab.playing.get() && phase.get().is_none()) }
    }

    /// Whether a part of the drawing is lit.
    fn lights<Part: Copy + PartialEq>(self, scene: Scene<Part>, part: Part) -> impl Fn() -> bool + Copy {
        move || self.phase.get().is_some_and(|phase| scene(phase).0.contains(&part))
    }
}

/// What is lit in a phase, and what happens in it.
type Scene<Part> = fn(Phase) -> (&'static [Part], &'static str);

/// A drawing of 440 × 158, described by `label`, above what happens in the part of a step that is shown, told by `tell`, or how to come
/// to see one.
#[component]
fn Drawing(lab: Lab, step: Step, label: &'static str, tell: fn(Phase) -> &'static str, children: Children) -> impl IntoView {
    let words = move || match (step.phase.get(), lab.pace.get()) {
        (Some(phase), _) => tell(phase),
        (None, Pace::Full) => "Turn the speed down to watch one step part by part.",
        (None, Pace::PhasesPerSecond(_)) => "Press Play to watch one step part by part.",
    };
    view! {
        <svg viewBox="0 0 440 158" class:runs=step.runs role="img" aria-label=label>
            <defs>
                <marker id="tip" viewBox="0 0 8 8" refX="6.5" refY="4" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">
                    <path d="M0 0l8 4-8 4z"></path>
                </marker>
            </defs>
            {children()}
        </svg>
        <p class="caption">{words}</p>
    }
}

/// From slow motion to full speed.
#[component]
fn Speed(lab: Lab) -> impl IntoView {
    let place = move || match lab.pace.get() {
        Pace::Full => PACES.len(),
        Pace::PhasesPerSecond(pace) => PACES.iter().position(|p| *p >= pace).unwrap_or(PACES.len() - 1),
    };
    let text = move || match lab.pace.get() {
        Pace::Full => "full speed".to_string(),
        Pace::PhasesPerSecond(pace) => format!("{pace} parts/s"),
    };
    view! {
        <label class="speed">
            "Speed"
            <input
                id="speed"
                class="slider"
                type="range"
                min="0"
                max=PACES.len()
                step="1"
                aria-valuetext=text
                prop:value=move || place().to_string()
                style=("--filled", move || format!("{:.1}%", 100.0 * place() as f64 / PACES.len() as f64))
                on:input:target=move |event| {
                    let place = event.target().value_as_number() as usize;
                    lab.set_pace(PACES.get(place).map_or(Pace::Full, |pace| Pace::PhasesPerSecond(*pace)));
                }
            />
            <span class="speed-text">{text}</span>
        </label>
    }
}
