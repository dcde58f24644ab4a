//! What flows between a lab's networks, with the part of a step that slow motion is at.

mod autoencoder;
mod gan;

use autoencoder::AutoencoderDiagram;
use gan::GanDiagram;
use leptos::prelude::*;
use terrarium_labs::protocol::Pace;
use terrarium_labs::{lab, vae};

use crate::lab::Lab;

/// Phases a second at the places of the speed slider; beyond the last it is as fast as can be.
const PACES: [f32; 7] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

#[component]
pub fn Diagram(lab: Lab, which: &'static lab::Lab) -> impl IntoView {
    let phase = Memo::new(move |_| lab.progress.with(|progress| progress.phase));
    let runs = Signal::derive(move || lab.playing.get() && phase.get().is_none());
    let is_vae = std::ptr::eq(which, &vae::LAB);
    let caption = move || match (phase.get(), lab.pace.get()) {
        (Some(phase), _) if is_vae => autoencoder::caption(phase),
        (Some(phase), _) => gan::caption(phase),
        (None, Pace::Full) => "Turn the speed down to watch one step part by part.",
        (None, Pace::PhasesPerSecond(_)) => "Press Play to watch one step part by part.",
    };
    view! {
        <section class="panel diagram" aria-label="What happens in a step">
            {if is_vae {
                view! { <AutoencoderDiagram phase runs /> }.into_any()
            } else {
                view! { <GanDiagram phase runs /> }.into_any()
            }}
            <p class="caption">{caption}</p>
            <Speed lab />
        </section>
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
