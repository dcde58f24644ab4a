//! The panels of the image GAN lab: each asks the generator, the discriminator or a judge something else.

mod conditions;
mod diversity;
mod evaluation;
pub mod film;
mod interpolation;
mod memory;
mod once;
mod pick;
mod scores;
mod timeline;
mod truncation;

use leptos::prelude::*;

use crate::lab::Lab;

/// The section that has them.
#[component]
pub fn GanPanels(lab: Lab) -> impl IntoView {
    view! {
        <section id="gan-panels" class="techniques" aria-labelledby="gan-panels-title" class:hidden=move || lab.opened.with(Option::is_none)>
            <h2 id="gan-panels-title">"Ask the networks"</h2>
            <div class="technique-cards">
                {timeline::timeline(lab)}
                {interpolation::interpolation(lab)}
                {truncation::truncation(lab)}
                {conditions::conditions(lab)}
                {memory::memory(lab)}
                {scores::scores(lab)}
                {diversity::diversity(lab)}
                {evaluation::evaluation(lab)}
            </div>
        </section>
    }
}
