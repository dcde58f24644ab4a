//! Choosing pictures: held-out ones from a shelf, one that was drawn, one from a file.

use leptos::prelude::*;
use terrarium_labs::protocol::Gallery;
use terrarium_labs::vae::Picked;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, FileList};

use super::ink;
use super::pictures::{Picture, raster};
use super::{PAGE, Studio};

/// A picture that a panel works with.
#[derive(Clone, Copy, PartialEq)]
pub struct Slot {
    /// What it is to the panel, within a sentence.
    pub name: &'static str,
    pub picked: RwSignal<Picked>,
}

impl Slot {
    /// A slot with a picture of its own kind to begin with.
    pub fn new(name: &'static str, studio: Studio, nth: usize) -> Slot {
        Slot { name, picked: RwSignal::new(Picked::HeldOut(studio.first_of(nth))) }
    }

    fn take(self, studio: Studio, files: Option<FileList>) {
        let Some(file) = files.and_then(|files| files.get(0)) else { return };
        spawn_local(async move {
            match ink::opened(&file, studio.size()).await {
                Ok(pixels) => {
                    self.picked.try_set(Picked::Own(pixels));
                }
                Err(why) => {
                    studio.lab.notices.warn(why);
                }
            }
        });
    }
}

/// The picture that is picked, on a button that opens and closes the shelf; a picture's file can be dropped on it.
#[component]
pub fn SlotButton(studio: Studio, of: Slot, open: RwSignal<Option<Slot>>) -> impl IntoView {
    let is_open = move || open.get() == Some(of);
    let chosen = Signal::derive(move || studio.shown(&of.picked.get()));
    let caption = move || match (of.picked.get(), chosen.get()) {
        (Picked::Own(_), _) => "yours".to_string(),
        (_, Some(gallery)) => gallery.captions.into_iter().next().unwrap_or_default(),
        (_, None) => String::new(),
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        // Elsewhere on the page files are taken for something else.
        event.stop_propagation();
        of.take(studio, event.data_transfer().and_then(|dropped| dropped.files()));
    };
    view! {
        <button
            class="slot"
            type="button"
            title="Choose a picture, or drop a file here"
            aria-label=move || format!("Choose {}, now {}", of.name, caption())
            aria-expanded=move || is_open().to_string()
            on:click=move |_| open.set(if is_open() { None } else { Some(of) })
            on:drop=dropped
        >
            <Picture shown=Signal::derive(move || chosen.get().map(|gallery| raster(&gallery, |_| true))) />
            <span>{caption}</span>
        </button>
    }
}

/// Pictures for the slot that is open.
#[component]
pub fn Shelf(studio: Studio, open: RwSignal<Option<Slot>>) -> impl IntoView {
    move || open.get().map(|slot| view! { <Pictures studio of=slot /> })
}

#[component]
fn Pictures(studio: Studio, of: Slot) -> impl IntoView {
    let from = RwSignal::new(0);
    let held_out = studio.held_out();
    let turn = move |to: u32| {
        from.set(to);
        studio.fetch(to);
    };
    let tile = move |number: u32| {
        let shown = Signal::derive(move || studio.shown(&Picked::HeldOut(number)));
        let caption = move || shown.get().and_then(|gallery: Gallery| gallery.captions.into_iter().next()).unwrap_or_default();
        view! {
            <button
                class="tile"
                type="button"
                title=caption
                aria-label=move || format!("Picture {}: {}", number + 1, caption())
                aria-pressed=move || (of.picked.get() == Picked::HeldOut(number)).to_string()
                on:click=move |_| of.picked.set(Picked::HeldOut(number))
            >
                <Picture shown=Signal::derive(move || shown.get().map(|gallery| raster(&gallery, |_| true))) />
            </button>
        }
    };
    let use_drawing = move |_| {
        if let Some(pixels) = studio.drawn.get_untracked() {
            of.picked.set(Picked::Own(pixels));
        }
    };
    view! {
        <div class="shelf" role="group" aria-label=format!("Pictures to choose {} from", of.name)>
            <div class="tiles">
                <For each=move || from.get()..held_out.min(from.get() + PAGE) key=|number| *number let(number)>
                    {tile(number)}
                </For>
            </div>
            <div class="buttons">
                <button
                    class="button"
                    type="button"
                    aria-label="Earlier pictures"
                    disabled=move || from.get() == 0
                    on:click=move |_| turn(from.get_untracked().saturating_sub(PAGE))
                >
                    "‹"
                </button>
                <button
                    class="button"
                    type="button"
                    aria-label="Later pictures"
                    disabled=move || held_out <= from.get() + PAGE
                    on:click=move |_| turn(from.get_untracked() + PAGE)
                >
                    "›"
                </button>
                <button class="button" type="button" disabled=move || studio.drawn.with(Option::is_none) on:click=use_drawing>
                    "My drawing"
                </button>
                <FileButton studio of />
            </div>
        </div>
    }
}

/// Takes a picture's file.
#[component]
pub fn FileButton(studio: Studio, of: Slot) -> impl IntoView {
    view! {
        <label class="button">
            "Open a picture"
            <input
                class="visually-hidden"
                type="file"
                accept="image/*"
                on:change:target=move |event| {
                    of.take(studio, event.target().files());
                    event.target().set_value("");
                }
            />
        </label>
    }
}
