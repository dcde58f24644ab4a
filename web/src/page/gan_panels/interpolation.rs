//! The way from one noise to another.

use leptos::prelude::*;
use terrarium_labs::image_gan::{Path, Question};

use super::film::Film;
use super::pick::{Pick, Picker};
use crate::dom;
use crate::lab::Lab;
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::panel;
use crate::techniques::pictures::{Picture, raster};

/// Pictures on the way, both ends included, of which the filmstrip has every second.
const FRAMES: usize = 17;
const STRIP: usize = 2;

const PATHS: [(Path, &str, &str); 2] = [
    (Path::Straight, "Straight", "Mixes the two noises: halfway there is less noise than the generator is used to."),
    (Path::Spherical, "Spherical", "Along an arc, on which noise keeps the length that the generator is used to."),
];

pub fn interpolation(lab: Lab) -> impl IntoView {
    let help = "From one noise to another. A generator that has understood draws something sensible all the way; one that has only \
                learnt by heart jumps.";
    panel("interpolation", "Interpolation", help, move |shown| view! { <Way lab shown /> })
}

#[component]
fn Way(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let [from, to] = [0, 1].map(|row| Pick::new(lab, shown, row, true));
    let path = RwSignal::new(Path::Spherical);
    let question =
        move || Some(Question::Between { from: from.sample()?, to: to.sample()?, path: path.get(), count: FRAMES as u32 });
    let kept = keep(lab, move || shown.get().then(question).flatten());

    // There and back again.
    let tick = RwSignal::new(0);
    let frame = Memo::new(move |_| {
        let at = tick.get() % (2 * FRAMES - 2);
        at.min(2 * FRAMES - 2 - at)
    });
    let playing = RwSignal::new(!dom::matches("(prefers-reduced-motion: reduce)"));
    let advance = move |()| {
        if shown.get_untracked() {
            tick.update(|tick| *tick += 1);
        }
    };
    let current = Signal::derive(move || {
        let frame = frame.get();
        kept.answered.with(|answered| Some(raster(answered.as_ref()?.1.galleries.first()?, |i| i == frame)))
    });
    let paths = move |(this, name, help): (Path, &'static str, &'static str)| {
        view! {
            <label class="segment" title=help>
                <input type="radio" name="noise-path" prop:checked=move || path.get() == this on:change=move |_| path.set(this) />
                <span>{name}</span>
            </label>
        }
    };
    view! {
        <Picker pick=from legend="From" />
        <Picker pick=to legend="To" />
        <div class="on-the-way">
            <Picture shown=current label="The picture on the way" />
        </div>
        <Film
            id="noise-way"
            label="The way from noise to noise"
            playing
            range=[0.0, (FRAMES - 1) as f32]
            place=Signal::derive(move || frame.get() as f32)
            go=move |place: usize| tick.set(place)
            advance
            spoken=|place: f32| format!("{:.0} percent", 100.0 * place / (FRAMES - 1) as f32)
        />
        <Picture shown=kept.raster(0, |i| i % STRIP == 0) label="Stops on the way, as a filmstrip" />
        <div class="segments ways" role="radiogroup" aria-label="Way">
            {PATHS.map(paths).collect_view()}
        </div>
        <Problem kept />
    }
}
