//! The text that a visitor gives to a sister.

use leptos::prelude::*;

use crate::lab::Lab;
use crate::number::thousands;

/// The longest text that may be typed.
const MOST_LETTERS: usize = 600;

/// A held-out text, or what the visitor makes of it.
#[derive(Clone, Copy)]
pub struct Sheet {
    ready: Memo<Vec<String>>,
    /// Which of the held-out texts.
    pub number: RwSignal<usize>,
    pub edited: RwSignal<Option<String>>,
    pub text: Memo<String>,
}

impl Sheet {
    pub fn new(lab: Lab) -> Sheet {
        let about = lab.writing.about;
        let ready = Memo::new(move |_| about.with(|about| about.as_ref().map(|about| about.prompts.clone())).unwrap_or_default());
        let (number, edited) = (RwSignal::new(0), RwSignal::new(None::<String>));
        let held_out = move || ready.with(|ready| ready.get(number.get()).cloned()).unwrap_or_default();
        let text = Memo::new(move |_| edited.get().unwrap_or_else(held_out));
        // Other held-out texts are of another run.
        Effect::new(move |before: Option<()>| {
            ready.track();
            if before.is_some() {
                number.set(0);
                edited.set(None);
            }
        });
        // This is what panels look at.
        Effect::new(move || lab.writing.begin(text.get()));
        Sheet { ready, number, edited, text }
    }

    pub fn is_empty(self) -> bool {
        self.text.with(|text| text.trim().is_empty())
    }

    fn go(self, to: usize) {
        self.number.set(to);
        self.edited.set(None);
    }
}

/// The field of the text, and the way to others.
#[component]
pub fn Given(sheet: Sheet, id: &'static str, #[prop(into)] label: Signal<&'static str>) -> impl IntoView {
    let count = move || sheet.ready.with(Vec::len);
    let is_last = move || sheet.number.get() + 1 >= count();
    let place = move || format!("Held-out text {} of {}", thousands(sheet.number.get() as u64 + 1), thousands(count() as u64));
    let said = move || match (sheet.is_empty(), sheet.edited.with(Option::is_some)) {
        (true, true) => "Write something, or go back to a ready text.".to_string(),
        (false, true) => "Your own text".to_string(),
        _ if count() == 0 => String::new(),
        _ => place(),
    };
    view! {
        <div class="prompt">
            <label for=id>{label}</label>
            <textarea
                id=id
                rows="2"
                maxlength=MOST_LETTERS
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                prop:value=move || sheet.text.get()
                on:input:target=move |event| sheet.edited.set(Some(event.target().value()))
            ></textarea>
        </div>
        <div class="buttons">
            <button
                id="ready-before"
                class="button"
                type="button"
                title="The held-out text before this one"
                disabled=move || sheet.number.get() == 0
                on:click=move |_| sheet.go(sheet.number.get_untracked().saturating_sub(1))
            >
                "Previous"
            </button>
            <button
                id="ready-next"
                class="button"
                type="button"
                title="Another held-out text, from which nothing was learnt"
                disabled=is_last
                on:click=move |_| sheet.go(sheet.number.get_untracked() + 1)
            >
                "Next"
            </button>
            <button
                class="button quiet"
                type="button"
                title="Back to the held-out text"
                class:hidden=move || sheet.edited.with(Option::is_none)
                on:click=move |_| sheet.edited.set(None)
            >
                "As it was"
            </button>
            <span class="or" role="status">{said}</span>
        </div>
    }
}
