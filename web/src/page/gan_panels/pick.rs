//! Samples to pick from.

use leptos::prelude::*;
use terrarium_labs::image_gan::{Question, Sample};

use crate::lab::Lab;
use crate::techniques::keep::{Kept, keep};
use crate::techniques::pictures::{Picture, raster};

/// Samples shown at a time: a row of the lab's wall.
const SHOWN: u32 = 8;

/// Which sample is picked, by its number.
#[derive(Clone, Copy)]
pub struct Pick {
    picked: RwSignal<Option<u32>>,
    /// The first that is shown.
    first: RwSignal<u32>,
    row: Kept,
}

impl Pick {
    /// Shows a row of samples while `shown`; the first of it is picked if any is.
    pub fn new(lab: Lab, shown: Signal<bool>, row: u32, is_picked: bool) -> Pick {
        let first = RwSignal::new(row * SHOWN);
        let question = move || Question::Samples { from: sample(first.get()), count: SHOWN };
        Pick { picked: RwSignal::new(is_picked.then_some(row * SHOWN)), first, row: keep(lab, move || shown.get().then(question)) }
    }

    /// The picked sample.
    pub fn sample(self) -> Option<Sample> {
        self.picked.get().map(sample)
    }
}

fn sample(number: u32) -> Sample {
    Sample { number, ..Sample::default() }
}

/// Small pictures, one of which can be picked; a button brings others.
#[component]
pub fn Picker(pick: Pick, legend: &'static str) -> impl IntoView {
    let tile = move |place: u32| {
        let number = move || pick.first.get() + place;
        let shown = Signal::derive(move || {
            pick.row.answered.with(|answered| Some(raster(answered.as_ref()?.1.galleries.first()?, |i| i == place as usize)))
        });
        view! {
            <button
                class="tile"
                type="button"
                aria-label=move || format!("{legend}: sample {}", number() + 1)
                aria-pressed=move || (pick.picked.get() == Some(number())).to_string()
                on:click=move |_| pick.picked.set(Some(number()))
            >
                <Picture shown=shown />
            </button>
        }
    };
    view! {
        <div class="picks" role="group" aria-label=legend>
            <span class="picks-name" aria-hidden="true">{legend}</span>
            <div class="tiles">{(0..SHOWN).map(tile).collect_view()}</div>
            <button
                class="icon-button"
                type="button"
                title="Others to pick from"
                aria-label=format!("{legend}: others to pick from")
                on:click=move |_| pick.first.update(|first| *first += SHOWN)
            >
                "›"
            </button>
        </div>
    }
}
