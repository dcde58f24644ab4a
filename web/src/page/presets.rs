//! Set-ups worth watching.

use leptos::prelude::*;
use terrarium_labs::gan2d::{PRESETS, TABLE};
use terrarium_labs::lab::Preset;
use terrarium_labs::settings::Settings;

use crate::lab::Lab;

fn settings(preset: &Preset) -> Settings {
    let mut settings = Settings::new(&TABLE);
    for (key, value) in preset.changes {
        settings.set(key, value).expect("the lab's tests see to it that presets fit");
    }
    settings
}

#[component]
pub fn Presets(lab: Lab) -> impl IntoView {
    let chosen = Memo::new(move |_| lab.settings.with(|now| PRESETS.iter().position(|preset| settings(preset) == *now)));
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
        Some(i) => format!("Watch: {}", PRESETS[i].watch),
        None => "Your own set-up. The link in the address bar brings it back.".to_string(),
    };
    view! {
        <section class="presets" aria-label="Set-ups worth watching">
            <div class="chips">{PRESETS.iter().enumerate().map(card).collect_view()}</div>
            <p class="watch" aria-live="polite">
                {watch}
            </p>
        </section>
    }
}
