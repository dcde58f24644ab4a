//! The tokens of a text in boxes, of which one is chosen.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::token::{chance, tint};

/// A token in its box.
#[derive(Clone, PartialEq)]
pub struct Boxed {
    pub text: String,
    /// How likely it was to come, where that is known.
    pub probability: Option<f32>,
}

/// Takes the visitor along a row of so many things, named `id-0`, `id-1` and so on, by keys.
pub fn walk(event: &KeyboardEvent, id: &str, at: usize, count: usize, choose: Callback<usize>) {
    let last = count.saturating_sub(1);
    let to = match event.key().as_str() {
        "ArrowLeft" | "ArrowUp" => at.saturating_sub(1),
        "ArrowRight" | "ArrowDown" => (at + 1).min(last),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    event.prevent_default();
    choose.run(to);
    if let Some(there) = document().get_element_by_id(&format!("{id}-{to}")) {
        // Where it cannot take the focus, it is chosen all the same.
        let _ = there.unchecked_into::<HtmlElement>().focus();
    }
}

/// Tokens in boxes coloured by surprise. One is chosen by pointing at it, by a tap, or by arrow keys.
#[component]
pub fn TokenRow(
    id: &'static str,
    label: &'static str,
    #[prop(into)] tokens: Signal<Vec<Boxed>>,
    #[prop(into)] chosen: Signal<usize>,
    #[prop(into)] choose: Callback<usize>,
) -> impl IntoView {
    let go = move |event: KeyboardEvent| walk(&event, id, chosen.get_untracked(), tokens.with_untracked(Vec::len), choose);
    // Boxes stay where they are while their tokens change, so that none loses the focus.
    let token = move |place: usize| {
        let here = Memo::new(move |_| tokens.with(|tokens| tokens.get(place).cloned()));
        let text = move || here.with(|here| here.as_ref().map(|here| here.text.clone()));
        let probability = move || here.with(|here| here.as_ref().and_then(|here| here.probability));
        view! {
            <button
                id=format!("{id}-{place}")
                class="token"
                type="button"
                aria-pressed=move || (chosen.get() == place).to_string()
                aria-label=move || Some(format!("{}, {}", text()?, chance(probability()?)))
                // One stop for the tab key; arrows go on from there.
                tabindex=move || if chosen.get() == place { 0 } else { -1 }
                style=("--surprise", move || probability().map_or_else(|| "0%".to_string(), tint))
                on:click=move |_| choose.run(place)
                on:focus=move |_| choose.run(place)
                on:pointerenter=move |event| {
                    // A finger that scrolls by means nothing.
                    if event.pointer_type() == "mouse" {
                        choose.run(place);
                    }
                }
            >
                {text}
            </button>
        }
    };
    view! {
        <div class="token-row" role="group" aria-label=label on:keydown=go>
            <For each=move || 0..tokens.with(Vec::len) key=|place| *place let(place)>
                {token(place)}
            </For>
        </div>
    }
}
