//! What the run suffers from, and what to try. Its place is kept, so that nothing moves when it speaks.

use leptos::prelude::*;

use crate::icons::{Icon, icon};
use crate::lab::Lab;

#[component]
pub fn TroubleBanner(lab: Lab) -> impl IntoView {
    let is_troubled = move || lab.trouble.with(Option::is_some);
    let text = move || match lab.trouble.get() {
        Some(trouble) => view! {
            <strong>{trouble.sentence}</strong>
            " "
            {trouble.remedy}
        }
        .into_any(),
        None => "No trouble seen. If the run collapses, stalls or swings, it is said here with what to try.".into_any(),
    };
    view! {
        <div id="trouble" class="trouble" class:troubled=is_troubled role="status" aria-live="polite">
            {move || icon(if is_troubled() { Icon::Warning } else { Icon::Good })}
            <p>{text}</p>
        </div>
    }
}
