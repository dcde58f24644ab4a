//! What the networks are really fed.

use leptos::prelude::*;
use terrarium_labs::vae::Question;

use super::Studio;
use super::keep::{Problem, keep};
use super::parts::panel;
use super::pictures::Picture;

/// Pictures shown.
const COUNT: u32 = 8;

#[component]
pub fn Fed(studio: Studio) -> impl IntoView {
    let help = "Pictures of the next step, and below what becomes of them before the networks see them: shifted, mirrored, with \
                noise, or in black and white, as the settings of the data have it.";
    panel("fed", "What the networks are fed", help, move |shown| {
        let kept = keep(studio.lab, move || shown.get().then_some(Question::Fed { count: COUNT }));
        view! {
            <div class="fed-rows">
                <span>"Pictures"</span>
                <Picture shown=kept.raster(0, |_| true) label="Pictures of the next step" />
                <span>"Fed"</span>
                <Picture shown=kept.raster(1, |_| true) label="What the networks are fed of them" />
            </div>
            <p class="technique-note">{move || kept.sentence()}</p>
            <Problem kept />
        }
    })
}
