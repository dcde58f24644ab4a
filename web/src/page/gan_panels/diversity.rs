//! How diverse samples of each kind are.

use leptos::prelude::*;
use terrarium_labs::image_gan::Question;
use terrarium_labs::protocol::Figure;

use super::once::{AskOnce, Once};
use crate::lab::Lab;
use crate::number::percent;
use crate::techniques::parts::panel;

pub fn diversity(lab: Lab) -> impl IntoView {
    let help = "How far samples of each kind are apart, beside real ones. Where a bar is short, one picture comes again and again: the \
                generator has collapsed there.";
    panel("diversity", "Diversity", help, move |_| {
        let once = Once::new(lab);
        view! {
            <p class="said">{move || once.sentence()}</p>
            <Shares figures=Signal::derive(move || once.figures()) />
            <AskOnce once name="Measure" question=Some(Question::Diversity) />
        }
    })
}

/// Shares as bars, each of which is full at 1.
#[component]
pub fn Shares(figures: Signal<Vec<Figure>>) -> impl IntoView {
    let share = |Figure { name, value, help }: Figure| {
        let filled = format!("{:.1}%", 100.0 * value.clamp(0.0, 1.0));
        view! {
            <li title=help>
                <span>{name}</span>
                <span class="share" aria-hidden="true" style=("--share", filled)></span>
                <output>{percent(value)}</output>
            </li>
        }
    };
    view! { <ul class="shares">{move || figures.get().into_iter().map(share).collect_view()}</ul> }
}
