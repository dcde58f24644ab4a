//! The latent dimensions that say most, each from one end to the other.

use std::collections::BTreeMap;

use leptos::prelude::*;
use terrarium_labs::protocol::{Answer, Figure};
use terrarium_labs::vae::Question;
use wasm_bindgen_futures::spawn_local;

use super::Studio;
use super::ask;
use super::choose::{Shelf, Slot, SlotButton};
use super::keep::{Problem, keep};
use super::parts::{Slider, bars, go_to, panel, signed};
use super::pictures::{Picture, raster};
use crate::lab::value;

/// How far a dimension goes, either way, as the answer has it.
const FARTHEST: f32 = 3.0;

#[component]
pub fn Traverse(studio: Studio) -> impl IntoView {
    let help = "Each row moves one dimension from −3 to 3 and leaves the others, the one that says most first. Move the sliders to \
                make a picture of your own.";
    panel("traverse", "Traversals", help, move |shown| {
        let factors = studio.known().0.iter().any(|thing| thing.name != "class");
        view! {
            <Rows studio shown />
            {factors.then(|| view! { <Disentanglement studio /> })}
        }
    })
}

#[component]
fn Rows(studio: Studio, shown: Signal<bool>) -> impl IntoView {
    let slot = Slot::new("the picture", studio, 0);
    let open = RwSignal::new(None);
    let moves = RwSignal::new(BTreeMap::<u32, f32>::new());
    let latent = move || studio.lab.latent();
    // A picture and a latent space of their own.
    Effect::new(move || {
        slot.picked.track();
        latent();
        moves.set(BTreeMap::new());
    });
    // While dimensions are moved, their rows stay where they are.
    let kept = keep(studio.lab, move || {
        (shown.get() && moves.with(BTreeMap::is_empty)).then(|| Question::Traverse { of: slot.picked.get() })
    });
    let code = keep(studio.lab, move || shown.get().then(|| Question::Reconstruct { picture: slot.picked.get(), about: None }));
    let slid = keep(studio.lab, move || {
        let moves = moves.get().into_iter().collect();
        shown.get().then(|| Question::Slide { of: slot.picked.get(), moves })
    });
    let own = Memo::new(move |_| {
        let numbers = |answer: &Answer| answer.figures.iter().filter_map(|f| Some((dimension(f)?, f.value))).collect();
        code.answered.with(|answered| answered.as_ref().map(|answered| numbers(&answered.1))).unwrap_or_else(BTreeMap::new)
    });
    let dimensions = Memo::new(move |_| {
        kept.answered.with(|a| a.as_ref().map(|a| a.1.figures.iter().filter_map(dimension).collect::<Vec<_>>())).unwrap_or_default()
    });
    let row = move |of: u32| {
        // Which of the rows it is now.
        let place = Memo::new(move |_| dimensions.with(|all| all.iter().position(|d| *d == of)));
        let shown = Signal::derive(move || {
            let place = place.get()?;
            kept.answered.with(|answered| Some(raster(answered.as_ref()?.1.galleries.get(place)?, |_| true)))
        });
        let says = Memo::new(move |_| {
            let place = place.get()?;
            kept.answered.with(|answered| Some(answered.as_ref()?.1.figures.get(place)?.value))
        });
        let at = Signal::derive(move || {
            let moved = moves.with(|moves| moves.get(&of).copied());
            moved.or_else(|| own.with(|own| own.get(&of).copied())).unwrap_or_default()
        });
        let name = format!("z {}", of + 1);
        let label = format!("{name}, from −3 to 3");
        view! {
            <li class="traversal" class:silent=move || says.get().is_some_and(|says| says < 0.05)>
                <p>
                    <strong>{name.clone()}</strong>
                    <span>{move || says.get().map(|says| format!("{says:.2} nats"))}</span>
                    <output>{move || signed(at.get(), 1)}</output>
                </p>
                <Picture shown label />
                <Slider
                    id=format!("traverse-{of}")
                    label=name
                    range=[-FARTHEST, FARTHEST]
                    step=0.1
                    value=at
                    moved=move |to| {
                        moves
                            .update(|moves| {
                                moves.insert(of, to);
                            });
                    }
                    spoken=|at| format!("{at:.1}")
                />
            </li>
        }
    };
    view! {
        <div class="traverse-head">
            <SlotButton studio of=slot open />
            <span aria-hidden="true">"→"</span>
            <div class="result">
                <Picture shown=slid.raster(0, |_| true) label="The picture with its dimensions moved" />
            </div>
            <button
                class="button"
                type="button"
                disabled=move || moves.with(BTreeMap::is_empty)
                on:click=move |_| moves.set(BTreeMap::new())
            >
                "Put back"
            </button>
        </div>
        <Shelf studio open />
        <ul class="traversals">
            <For each=move || dimensions.get() key=|of| *of let(of)>
                {row(of)}
            </For>
        </ul>
        <Problem kept />
    }
}

/// Which dimension a figure is about, from 0: they are called "z 1", "z 2" and so on.
fn dimension(figure: &Figure) -> Option<u32> {
    figure.name.strip_prefix("z ")?.parse::<u32>().ok()?.checked_sub(1)
}

/// Whether each of the things that make a picture has a dimension of its own. Many pictures are encoded for that, so it waits to be
/// asked.
#[component]
fn Disentanglement(studio: Studio) -> impl IntoView {
    let found = RwSignal::new(None::<Result<Answer, String>>);
    let waiting = RwSignal::new(false);
    let measure = move |_| {
        waiting.set(true);
        spawn_local(async move {
            let answer = ask(studio.lab, Question::Disentanglement).await;
            found.try_set(Some(answer));
            waiting.try_set(false);
        });
    };
    let beta = move || studio.lab.settings.with(|settings| value(settings, "beta"));
    let shown = move || match found.get() {
        Some(Ok(answer)) => view! {
            <p class="technique-note">{answer.sentence}</p>
            {bars(answer.figures, [0.0, 1.0])}
        }
        .into_any(),
        Some(Err(why)) => view! { <p class="technique-note">{why}</p> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <div class="disentanglement">
            <div class="buttons">
                <button id="measure-gap" class="button" type="button" disabled=move || waiting.get() on:click=measure>
                    {move || if waiting.get() { "Comparing pictures…" } else { "How well are they parted?" }}
                </button>
                <button class="button quiet" type="button" on:click=move |_| go_to("beta")>
                    {move || format!("β is {}: change it", beta())}
                </button>
            </div>
            <div role="status">{shown}</div>
        </div>
    }
}
