//! Samples of what is asked for, where the networks are told what pictures are.

use leptos::prelude::*;
use terrarium_labs::pictures::Thing;
use terrarium_labs::vae::Question;

use super::Studio;
use super::asked::Asked;
use super::keep::{Problem, keep};
use super::parts::panel;
use super::pictures::Picture;

/// Samples shown.
const SAMPLES: u32 = 16;

#[component]
pub fn Condition(studio: Studio) -> impl IntoView {
    let help = "Where the networks are told what a picture is, the decoder can be asked for a picture that is so.";
    panel("condition", "Conditional generation", help, move |shown| {
        move || {
            if studio.known().0.is_empty() {
                view! { <p class="technique-note">"Nothing is known about your own pictures that could be asked for."</p> }
                    .into_any()
            } else if studio.is_told.get() {
                view! { <Samples studio shown /> }.into_any()
            } else {
                view! {
                    <p class="technique-note">"These networks are told nothing about pictures, so nothing can be asked for."</p>
                    <button class="button" type="button" on:click=move |_| studio.lab.set("condition", "known")>
                        "Tell them, and start anew"
                    </button>
                }
                .into_any()
            }
        }
    })
}

#[component]
fn Samples(studio: Studio, shown: Signal<bool>) -> impl IntoView {
    let kept = keep(studio.lab, move || shown.get().then(|| Question::Conditional { about: studio.about.get(), count: SAMPLES }));
    let asked = |(place, thing): (usize, Thing)| {
        let (id, help) = (format!("about-{place}"), format!("What the decoder is told of “{}”.", thing.name));
        view! { <Asked id help about=studio.about place thing /> }
    };
    let things = studio.known().0.into_iter().enumerate().map(asked).collect_view();
    view! {
        <Picture shown=kept.raster(0, |_| true) label="Samples of what is asked for" />
        <div class="fields">{things}</div>
        <Problem kept />
    }
}
