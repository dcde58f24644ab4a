//! How each token of a text was seen coming.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, Model, Question, Seen};

use super::look::looked_at;
use super::row::{Boxed, TokenRow};
use super::token::{Chances, Legend, bits, chance};
use super::told;
use crate::lab::Lab;
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::panel;

pub fn read(lab: Lab) -> AnyView {
    let help =
        "The text token by token, each in the colour of its surprise. Point at one to see what the model expected in its place.";
    panel("read", "What surprises it", help, move |shown| view! { <Tokens lab shown /> })
}

#[component]
fn Tokens(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let text = looked_at(lab);
    let kept = keep(lab, move || shown.get().then(|| Question::Read { text: text.get(), model: Model::Now }));
    let seen = told(kept, |answer| match answer {
        Answer::Read(seen) => Some(seen),
        _ => None,
    });
    let chosen = RwSignal::new(usize::MAX);
    // What comes next has a box as well.
    let boxes = Signal::derive(move || {
        let boxed = |seen: Seen| Boxed { text: seen.token.text, probability: seen.probability };
        let seen = seen.get().unwrap_or_default();
        seen.into_iter().map(boxed).chain([Boxed { text: "?".to_string(), probability: None }]).collect::<Vec<_>>()
    });
    let at = Signal::derive(move || chosen.get().min(seen.with(|seen| seen.as_ref().map_or(0, Vec::len))));
    let about = move || {
        let (seen, at) = (seen.get()?, at.get());
        let here = seen.get(at);
        let before = at.checked_sub(1).and_then(|before| seen.get(before));
        let said = match (here, here.and_then(|here| here.probability), before) {
            (Some(here), Some(p), _) => {
                format!("“{}” had a chance of {}: {:.1} bits of surprise.", here.token.text, chance(p), bits(p))
            }
            (Some(here), None, _) => format!("“{}” is where the text begins; nothing could tell.", here.token.text),
            (None, ..) => "What comes next, nobody has said yet.".to_string(),
        };
        let expected = before.map(|before| {
            let unsure = format!("Expected here, with {:.1} bits of doubt (entropy):", before.entropy);
            view! {
                <p class="technique-note">{unsure}</p>
                <Chances likely=before.alternatives.clone() />
            }
        });
        Some(view! {
            <p class="said">{said}</p>
            {expected}
        })
    };
    let mean = move || {
        let all: Vec<f32> = seen.get()?.iter().filter_map(|seen| seen.probability).map(bits).collect();
        (!all.is_empty()).then(|| format!("{:.2} bits a token on average.", all.iter().sum::<f32>() / all.len() as f32))
    };
    view! {
        <TokenRow id="read-token" label="Tokens of the text" tokens=boxes chosen=at choose=move |to| chosen.set(to) />
        <div class="write-foot">
            <Legend />
            <span class="technique-note">{mean}</span>
        </div>
        <div class="about-token">{about}</div>
        <Problem kept />
    }
}
