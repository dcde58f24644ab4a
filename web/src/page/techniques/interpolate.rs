//! The way from one picture to another, through the latent space.

use std::time::Duration;

use leptos::leptos_dom::helpers::{IntervalHandle, set_interval_with_handle};
use leptos::prelude::*;
use terrarium_labs::vae::{Question, Way};

use super::Studio;
use super::choose::{Shelf, Slot, SlotButton};
use super::keep::{Problem, keep};
use super::parts::{Slider, panel};
use super::pictures::Picture;
use crate::dom;
use crate::icons::{Icon, icon};

/// Pictures on the way, of which the filmstrip has every third, and how long each is seen.
const FRAMES: usize = 25;
const STRIP: usize = 3;
const FRAME_TIME: Duration = Duration::from_millis(90);

const WAYS: [(Way, &str, &str); 2] = [
    (Way::Straight, "Straight", "The shortest way. It leads nearer to the middle of the space than most pictures lie."),
    (Way::Spherical, "Around", "A way around the middle, as far from it as the two pictures are."),
];

#[component]
pub fn Interpolate(studio: Studio) -> impl IntoView {
    let help = "Every picture has a place in the latent space. On the way from one to another, each stop is a picture, too.";
    panel("interpolate", "Interpolation", help, move |shown| view! { <Walk studio shown /> })
}

#[component]
fn Walk(studio: Studio, shown: Signal<bool>) -> impl IntoView {
    let (from, to) = (Slot::new("where to start", studio, 0), Slot::new("where to go", studio, 1));
    let open = RwSignal::new(None);
    let way = RwSignal::new(Way::Straight);
    let question =
        move || Question::Between { from: from.picked.get(), to: to.picked.get(), way: way.get(), frames: FRAMES as u32 };
    let kept = keep(studio.lab, move || shown.get().then(question));

    // There and back again.
    let tick = RwSignal::new(0);
    let frame = move || {
        let at = tick.get() % (2 * FRAMES - 2);
        at.min(2 * FRAMES - 2 - at)
    };
    let playing = RwSignal::new(!dom::matches("(prefers-reduced-motion: reduce)"));
    let timer = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    Effect::new(move || {
        stop();
        if playing.get() && shown.get() {
            timer.set_value(set_interval_with_handle(move || tick.update(|tick| *tick += 1), FRAME_TIME).ok());
        }
    });
    on_cleanup(stop);

    let current = Signal::derive(move || {
        let frame = frame();
        kept.answered.with(|answered| Some(super::pictures::raster(answered.as_ref()?.1.galleries.first()?, |i| i == frame)))
    });
    let ways = move |(this, name, help): (Way, &'static str, &'static str)| {
        view! {
            <label class="segment" title=help>
                <input type="radio" name="way" prop:checked=move || way.get() == this on:change=move |_| way.set(this) />
                <span>{name}</span>
            </label>
        }
    };
    view! {
        <div class="slots">
            <SlotButton studio of=from open />
            <div class="result">
                <Picture shown=current label="The picture on the way" />
            </div>
            <SlotButton studio of=to open />
        </div>
        <Shelf studio open />
        <div class="film-row">
            <button
                class="icon-button"
                type="button"
                aria-label=move || if playing.get() { "Stop the film" } else { "Play the film" }
                on:click=move |_| playing.update(|playing| *playing = !*playing)
            >
                {move || icon(if playing.get() { Icon::Pause } else { Icon::Play })}
            </button>
            <Slider
                id="way-slider".to_string()
                label="How far on the way".to_string()
                range=[0.0, (FRAMES - 1) as f32]
                step=1.0
                value=Signal::derive(move || frame() as f32)
                moved=move |at| {
                    playing.set(false);
                    tick.set(at as usize);
                }
                spoken=|at| format!("{:.0} percent", 100.0 * at / (FRAMES - 1) as f32)
            />
        </div>
        <Picture shown=kept.raster(0, |i| i % STRIP == 0) label="Stops on the way, as a filmstrip" />
        <div class="segments ways" role="radiogroup" aria-label="Way">
            {WAYS.map(ways).collect_view()}
        </div>
        <Problem kept />
    }
}
