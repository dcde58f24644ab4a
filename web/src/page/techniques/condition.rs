//! Samples of what is asked for, where the networks are told what pictures are.

use leptos::prelude::*;
use terrarium_labs::pictures::{Range, Thing};
use terrarium_labs::vae::Question;

use super::Studio;
use super::keep::{Problem, keep};
use super::parts::{Field, Menu, Slider, panel};
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
    let things = studio.known().0.into_iter().enumerate();
    view! {
        <Picture shown=kept.raster(0, |_| true) label="Samples of what is asked for" />
        <div class="fields">{things.map(|(place, thing)| view! { <Asked studio place thing /> }).collect_view()}</div>
        <Problem kept />
    }
}

/// What the samples are to be, of one thing.
#[component]
fn Asked(studio: Studio, place: usize, thing: Thing) -> impl IntoView {
    let id = format!("about-{place}");
    let value = move || studio.about.with(|about| about.get(place).copied().unwrap_or_default());
    let set = move |to: f32| studio.about.update(|about| about[place] = to);
    let help = format!("What the decoder is told of “{}”.", thing.name);
    let control = match thing.range.clone() {
        Range::Options(options) => {
            let chosen = Signal::derive(move || value() as usize);
            view! { <Menu id=id.clone() options chosen choose=move |place| set(place as f32) /> }.into_any()
        }
        Range::Between { low, high, ends } => {
            let [least, most] = ends.clone();
            let spoken = move |at: f32| match (at - low) / (high - low) {
                ..0.25 => ends[0].clone(),
                0.75.. => ends[1].clone(),
                _ => "between".to_string(),
            };
            view! {
                <Slider
                    id=id.clone()
                    range=[low, high]
                    step=(high - low) / 20.0
                    value=Signal::derive(value)
                    // The last of 20 steps may miss the end by a rounding.
                    moved=move |to: f32| set(to.clamp(low, high))
                    spoken
                />
                <div class="ends" aria-hidden="true">
                    <span>{least}</span>
                    <span>{most}</span>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <Field id label=thing.name help>
            {control}
        </Field>
    }
}
