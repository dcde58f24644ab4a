//! Set-ups worth watching.

use leptos::prelude::*;
use terrarium_labs::lab::{self, Preset};

use crate::lab::Lab;

#[component]
pub fn Presets(lab: Lab, which: &'static lab::Lab) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        lab.settings.with(|now| which.presets.iter().position(|preset| which.are_alike(&which.preset(preset), now)))
    });
    let card = move |(i, preset): (usize, &'static Preset)| {
        view! {
            <button
                class="chip"
                type="button"
                aria-pressed=move || (chosen.get() == Some(i)).to_string()
                on:click=move |_| lab.apply(preset)
            >
                {preset.label}
            </button>
        }
    };
    let watch = move || match chosen.get() {
        Some(i) => format!("Watch: {}", which.presets[i].watch),
        None => "Your own set-up. The link in the address bar brings it back.".to_string(),
    };
    view! {
        <section class="presets" aria-label="Set-ups worth watching">
            <div class="chips">{which.presets.iter().enumerate().map(card).collect_view()}</div>
            <p class="watch" aria-live="polite">
                {watch}
            </p>
        </section>
    }
}
