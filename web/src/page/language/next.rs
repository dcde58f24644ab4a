//! How the next token is drawn, step by step.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, Candidate, END, Likely, Next, Question, Sampling};

use super::token::chance;
use super::told;
use crate::lab::Lab;
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::panel;

/// Candidates shown one by one.
const SHOWN: usize = 10;

/// What happens to the chances, with what it is called.
const STAGES: [(&str, &str); 5] = [
    ("Model", "What the model says."),
    ("Temperature", "After the repetition penalty and the temperature."),
    ("Top-k", "Only the k likeliest are left, and share all of the chance."),
    ("Top-p", "Only the likeliest that together have the share p are left."),
    ("Min-p", "Only those are left that are likely enough beside the likeliest. From these one is drawn."),
];

pub fn next(lab: Lab) -> AnyView {
    let help = "What may come next after the text above, what the rules of drawing make of it, and which token the dice choose.";
    panel("next", "One token, step by step", help, move |shown| view! { <Drawing lab shown /> })
}

#[component]
fn Drawing(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let writing = lab.writing;
    let thrown = RwSignal::new(0_u32);
    let kept = keep(lab, move || {
        let rules = writing.sampling.get();
        let sampling = Sampling { seed: rules.seed.wrapping_add(thrown.get()), ..rules };
        (shown.get() && !writing.busy.get()).then(|| Question::Next { text: writing.text.get(), sampling })
    });
    let next = told(kept, |answer| match answer {
        Answer::Next(next) => Some(next),
        _ => None,
    });
    let stage = RwSignal::new(STAGES.len() - 1);
    let stages = move |(i, (name, help)): (usize, (&'static str, &'static str))| {
        view! {
            <label class="segment" title=help>
                <input type="radio" name="draw-stage" prop:checked=move || stage.get() == i on:change=move |_| stage.set(i) />
                <span>{name}</span>
            </label>
        }
    };
    let row = move |Candidate { token, stages }: Candidate| {
        let at = move |i: usize| stages.get(i).copied().unwrap_or_default();
        let (said, at) = (at(0), Signal::derive(move || at(stage.get())));
        view! {
            <li class:out=move || at.get() == 0.0>
                <code>{token.text}</code>
                <span
                    class="before-after"
                    aria-hidden="true"
                    style=("--before", format!("{:.1}%", 100.0 * said))
                    style=("--after", move || format!("{:.1}%", 100.0 * at.get()))
                ></span>
                <output>{move || if at.get() == 0.0 { "out".to_string() } else { chance(at.get()) }}</output>
            </li>
        }
    };
    let rows = move || next.get().map(|next| next.candidates.into_iter().take(SHOWN).map(row).collect_view());
    let take = move |_| {
        let Some(Next { candidates, chosen, along, text, .. }) = next.get_untracked() else { return };
        let probability = candidates.iter().find(|candidate| candidate.token == chosen).and_then(|c| c.stages.first().copied());
        // Another answer is on its way to who clicks twice.
        if writing.text.with_untracked(|before| !text.starts_with(before.as_str()) || *before == text) {
            return;
        }
        writing.text.set(text);
        writing.tokens.update(|tokens| {
            tokens.push(Likely { token: chosen, probability: probability.unwrap_or_default() });
            tokens.extend(along);
        });
    };
    let after = move || {
        let text = writing.text.get();
        let end: String = text.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
        match (text.is_empty(), end.len() < text.len()) {
            (true, _) => "At the beginning of a text:".to_string(),
            (false, true) => format!("After “…{end}”:"),
            (false, false) => format!("After “{end}”:"),
        }
    };
    // The end of a text is no token that could be written down.
    let is_end = move || next.with(|next| next.as_ref().is_some_and(|next| next.chosen.text == END));
    view! {
        <p class="said">{after}</p>
        <div class="segments stages" role="radiogroup" aria-label="How far the chances have come">
            {STAGES.into_iter().enumerate().map(stages).collect_view()}
        </div>
        <p class="technique-note">{move || STAGES[stage.get()].1}</p>
        <ol class="chances candidates">{rows}</ol>
        {move || next.get().map(|next| view! { <Dice next /> })}
        <div class="buttons">
            <button id="take" class="primary" type="button" disabled=move || next.with(Option::is_none) || is_end() on:click=take>
                "Take it"
            </button>
            <button class="button" type="button" on:click=move |_| thrown.update(|thrown| *thrown += 1)>
                "Throw again"
            </button>
        </div>
        <Problem kept />
    }
}

/// The draw: all that is left, side by side, and where the dice fell.
#[component]
fn Dice(next: Next) -> impl IntoView {
    let Next { candidates, kept, draw, chosen, .. } = next;
    let mut left: Vec<Candidate> = candidates.into_iter().filter(|candidate| last(candidate) > 0.0).collect();
    left.sort_by(|a, b| last(b).total_cmp(&last(a)));
    let mut start = 0.0;
    let segment = |candidate: &Candidate| {
        let (from, share) = (start, last(candidate));
        start += share;
        let is_chosen = candidate.token == chosen;
        view! {
            <g class:chosen=is_chosen>
                <rect x=format!("{:.2}", 100.0 * from) width=format!("{:.2}", 100.0 * share) y="2" height="8"></rect>
                {(share > 0.05)
                    .then(|| view! { <text x=format!("{:.2}", 100.0 * (from + share / 2.0)) y="7.4">{candidate.token.text.clone()}</text> })}
            </g>
        }
    };
    let segments = left.iter().map(segment).collect_view();
    let among = if kept == 1 { "1 token".to_string() } else { format!("{kept} tokens") };
    view! {
        <svg class="dice" viewBox="0 0 100 12" role="img" aria-label="All that is left side by side, with a mark where the draw fell">
            {segments}
            <path d=format!("M{0:.2} 0V12", 100.0 * draw)></path>
        </svg>
        <p class="said" role="status">
            {format!("Drawn among {among}: {draw:.3} falls on ")}
            <code>{chosen.text}</code>
        </p>
    }
}

/// The chance that a candidate is drawn with.
fn last(candidate: &Candidate) -> f32 {
    candidate.stages.last().copied().unwrap_or_default()
}
