//! The visitor's own text: pasted, or from a file.

use leptos::html::Textarea;
use leptos::prelude::*;
use terrarium_data::text::corpus::MIN_CHARACTERS;

use crate::files;
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::number::thousands;
use crate::own_points::take_picked;

/// Letters of the text that are shown of its beginning.
const EXCERPT: usize = 160;

/// What is below the texts while the visitor's own is chosen.
#[component]
pub fn OwnText(lab: Lab) -> impl IntoView {
    let pasted = NodeRef::<Textarea>::new();
    let count = Memo::new(move |_| lab.text.with(|text| text.chars().count()));
    let standing = move || match (count.get(), MIN_CHARACTERS.saturating_sub(count.get())) {
        (0, _) => format!(
            "Paste a text, or pick or drop a file (.txt or .md, up to 20 MB). At least {} characters are needed.",
            thousands(MIN_CHARACTERS as u64)
        ),
        (count, 0) => format!("{} characters.", thousands(count as u64)),
        (count, missing) => {
            format!("{} characters so far; {} more are needed.", thousands(count as u64), thousands(missing as u64))
        }
    };
    let excerpt = move || {
        lab.text.with(|text| {
            let shown: String = text.chars().take(EXCERPT).collect();
            if shown.len() < text.len() { shown + "…" } else { shown }
        })
    };
    let take_pasted = move |_| {
        if let Some(field) = pasted.get_untracked() {
            files::take_text(lab, "Your text", field.value().as_bytes());
            field.set_value("");
        }
    };
    view! {
        <div class="own-points own-text" class:hidden=move || !lab.is_own.get()>
            <p role="status">{standing}</p>
            <p class="written excerpt" class:hidden=move || count.get() == 0>
                {excerpt}
            </p>
            <textarea
                node_ref=pasted
                id="own-text"
                rows="4"
                spellcheck="false"
                aria-label="Your own text"
                placeholder="Paste or type a text here"
            ></textarea>
            <div class="buttons">
                <button class="button" type="button" on:click=take_pasted>
                    "Use this text"
                </button>
                <label class="button">
                    {icon(Icon::Open)} "Open file"
                    <input
                        id="own-text-file"
                        class="visually-hidden"
                        type="file"
                        accept=".txt,.md,text/plain,text/markdown"
                        on:change:target=move |event| take_picked(lab, &event.target())
                    />
                </label>
                <button class="button" type="button" class:hidden=move || count.get() == 0 on:click=move |_| lab.use_text("".into())>
                    {icon(Icon::Close)}
                    "Remove"
                </button>
            </div>
            <p class="promise">
                "It never leaves this machine. This browser keeps it with the run, so that both are there after a reload."
            </p>
        </div>
    }
}
