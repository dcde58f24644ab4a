//! The wall as it was, beside what it is.

use leptos::prelude::*;
use terrarium_labs::image_gan::Question;

use super::film::Film;
use crate::lab::Lab;
use crate::number::thousands;
use crate::techniques::keep::{Kept, Problem, keep};
use crate::techniques::parts::panel;
use crate::techniques::pictures::Picture;

/// Whatever wall was kept last is of a step before this.
const NOW: u32 = u32::MAX;

pub fn timeline(lab: Lab) -> impl IntoView {
    let help = "Walls are kept as the run goes on, always of the same noise. Drag back to see how the drawing came to be.";
    panel("timeline", "Timeline", help, move |shown| view! { <Walls lab shown /> })
}

#[component]
fn Walls(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    // The beginning, so that there is something to compare with.
    let step = RwSignal::new(0);
    let then = keep(lab, move || shown.get().then(|| Question::Past { step: step.get() }));
    let now = keep(lab, move || shown.get().then_some(Question::Past { step: NOW }));
    // Of which steps walls are kept.
    let steps = Memo::new(move |_| {
        let steps = |kept: &Kept| {
            kept.answered.with(|a| a.as_ref().map(|a| a.1.figures.iter().map(|figure| figure.value as u32).collect()))
        };
        steps(&now).unwrap_or_else(Vec::new)
    });
    let step_at = move |place: usize| steps.with(|steps| steps.get(place).copied().unwrap_or_default());
    let last = move || steps.with(Vec::len).saturating_sub(1);
    // The wall of a step is the last that was kept until then.
    let place = move || steps.with(|steps| steps.partition_point(|kept| *kept <= step.get())).saturating_sub(1);
    let go = move |place: usize| step.set(if place == last() { NOW } else { step_at(place) });
    let playing = RwSignal::new(false);
    let advance = move |()| match place() {
        // It plays from the beginning, and halts at the end.
        at if at >= last() => playing.set(false),
        at => go(at + 1),
    };
    Effect::new(move || {
        if playing.get() && untrack(|| place() == last()) {
            go(0);
        }
    });
    let name = move |place: usize| format!("Step {}", thousands(step_at(place).into()));
    view! {
        <div class:hidden=move || steps.with(Vec::is_empty)>
            <div class="walls">
                <Wall kept=then caption=Signal::derive(move || name(place())) />
                <Wall kept=now caption=Signal::derive(move || format!("{}: now", name(last()))) />
            </div>
            <div class="film-and-now">
                <Film
                    id="timeline-slider"
                    label="The run from its beginning"
                    playing
                    range=Signal::derive(move || [0.0, last() as f32])
                    place=Signal::derive(move || place() as f32)
                    go
                    advance
                    spoken=move |place| name(place as usize)
                />
                <button class="button" type="button" title="Back to the last wall that was kept" on:click=move |_| step.set(NOW)>
                    "Now"
                </button>
            </div>
        </div>
        <Problem kept=now />
    }
}

#[component]
fn Wall(kept: Kept, caption: Signal<String>) -> impl IntoView {
    view! {
        <figure>
            <Picture shown=kept.raster(0, |_| true) label=Signal::derive(move || format!("The wall: {}", caption.get())) />
            <figcaption>{caption}</figcaption>
        </figure>
    }
}
