//! The text that is looked at from the inside: the written one, or another that the visitor chooses.

use leptos::prelude::*;

use crate::lab::Lab;

/// What is looked at while nothing was written.
fn usual(lab: Lab) -> String {
    lab.writing.about.with(|about| about.as_ref().and_then(|about| about.prompts.first().cloned())).unwrap_or_default()
}

/// The text that is looked at. While the model writes it waits, so that writing is quick.
pub fn looked_at(lab: Lab) -> Memo<String> {
    Memo::new(move |before: Option<&String>| {
        let writing = lab.writing;
        match (writing.busy.get(), before) {
            (true, Some(before)) => before.clone(),
            _ => match (writing.looked.get(), writing.text.get()) {
                (Some(chosen), _) => chosen,
                (None, written) if written.is_empty() => usual(lab),
                (None, written) => written,
            },
        }
    })
}

/// Says which text is looked at, and takes another.
#[component]
pub fn LookedAt(lab: Lab) -> impl IntoView {
    let looked = lab.writing.looked;
    let text = looked_at(lab);
    view! {
        <div class="looked-at">
            <label for="looked-at">"The text that is looked at"</label>
            <textarea
                id="looked-at"
                rows="1"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                prop:value=move || text.get()
                on:input:target=move |event| looked.set(Some(event.target().value()))
            ></textarea>
            <button
                class="button quiet"
                type="button"
                disabled=move || looked.with(Option::is_none)
                on:click=move |_| looked.set(None)
            >
                "Back to what is written above"
            </button>
        </div>
    }
}
