//! Whether a sample is a training picture learnt by heart.

use leptos::prelude::*;
use terrarium_labs::image_gan::Question;

use super::once::{AskOnce, Once};
use super::pick::{Pick, Picker};
use crate::lab::Lab;
use crate::techniques::parts::panel;
use crate::techniques::pictures::Captioned;

/// Training pictures shown.
const NEAREST: u32 = 4;

pub fn memory(lab: Lab) -> impl IntoView {
    let help = "Pick a sample: beside it come the pictures it may have been copied from, those of the training data that are nearest to it.";
    panel("memory", "Is it memory?", help, move |shown| view! { <Nearest lab shown /> })
}

#[component]
fn Nearest(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let pick = Pick::new(lab, shown, 0, false);
    let once = Once::new(lab);
    let question = Signal::derive(move || Some(Question::Nearest { sample: pick.sample()?, count: NEAREST }));
    Effect::new(move || {
        if let Some(question) = question.get() {
            once.ask(question);
        }
    });
    let gallery = Signal::derive(move || once.answer.with(|answer| answer.as_ref()?.galleries.first().cloned()));
    view! {
        <Picker pick legend="Sample" />
        <div class:hidden=move || gallery.with(Option::is_none)>
            <Captioned gallery label="The sample and the training pictures nearest to it" />
        </div>
        <p class="said">{move || once.sentence()}</p>
        <AskOnce once name="Find the nearest" question />
    }
}
