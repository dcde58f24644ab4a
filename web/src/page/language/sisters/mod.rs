//! The model's sisters: one that fills in blanks, and one that translates.

mod blanks;
mod sheet;
mod translation;
mod words;

pub use blanks::Blanks;
pub use translation::Translation;

use leptos::prelude::*;

use crate::lab::{Lab, Progress};

/// Says so where a model has learnt nothing yet.
#[component]
fn Unlearnt(lab: Lab) -> impl IntoView {
    let is_unlearnt = move || lab.progress.with(Progress::steps) == 0;
    view! {
        <p class="unlearnt" class:hidden=move || !is_unlearnt()>
            "It has learnt nothing yet, so that what it says is chance. Press Play and watch."
        </p>
    }
}
