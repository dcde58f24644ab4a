//! Samples to pick from.

use leptos::prelude::*;
use terrarium_labs::image_gan::{Question, Sample};

use super::asked;
use crate::keep::{Kept, keep};
use crate::lab::Lab;
use crate::pictures::{Picture, picture, raster};

/// Samples shown at a time: a row of the lab's wall.
const SHOWN: u32 = 8;

/// Which sample is picked, by its number.
#[derive(Clone, Copy)]
pub struct Pick {
    pub picked: RwSignal<Option<u32>>,
    /// The first that is shown.
    first: RwSignal<u32>,
    kept: Kept,
}

impl Pick {
    /// None picked yet. The first row is shown, or that of the sample picked.
    pub fn new(lab: Lab, sight: RwSignal<bool>, picked: Option<u32>) -> Pick {
        let first = RwSignal::new(picked.unwrap_or(0) / SHOWN * SHOWN);
        let row = move || Question::Samples { from: Sample { number: first.get(), ..Sample::default() }, count: SHOWN };
        Pick { picked: RwSignal::new(picked), first, kept: keep(lab, move || asked(sight, row())) }
    }

    /// The picked sample.
    pub fn sample(self) -> Option<Sample> {
        self.picked.get().map(|number| Sample { number, ..Sample::default() })
    }
}

/// Small pictures, one of which can be picked; a button brings others.
#[component]
pub fn Picker(pick: Pick, legend: &'static str) -> impl IntoView {
    let small = move |place: u32| {
        let number = move || pick.first.get() + place;
        let shown = pick.kept.get(move |answer| {
            let one = answer.galleries.first().and_then(|gallery| picture(gallery, place as usize));
            raster(&one.unwrap_or_default(), |_| true)
        });
        view! {
            <label class="pick">
                <input
                    type="radio"
                    class="visually-hidden"
                    name=legend
                    aria-label=move || format!("Sample {}", number() + 1)
                    prop:checked=move || pick.picked.get() == Some(number())
                    on:change=move |_| pick.picked.set(Some(number()))
                />
                <Picture shown />
            </label>
        }
    };
    view! {
        <fieldset class="picker">
            <legend>{legend}</legend>
            <div class="picks">{(0..SHOWN).map(small).collect_view()}</div>
            <button
                class="button quiet"
                type="button"
                aria-label=format!("{legend}: others to pick from")
                on:click=move |_| pick.first.update(|first| *first += SHOWN)
            >
                "Others"
            </button>
        </fieldset>
    }
}
