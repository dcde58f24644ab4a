//! How a text falls into tokens, and where byte pairs come from.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, Question, Token};

use super::look::looked_at;
use super::told;
use crate::gan_panels::film::Film;
use crate::lab::Lab;
use crate::number::thousands;
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::panel;

/// Merges that are listed up to the one that is looked at.
const LISTED: usize = 8;

pub fn tokens(lab: Lab) -> AnyView {
    let help = "The model never sees letters, only the numbers of tokens. This is how the text falls into them.";
    panel("tokens", "What it reads: tokens", help, move |shown| view! { <Cut lab shown /> })
}

#[component]
fn Cut(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let text = looked_at(lab);
    let merges =
        Memo::new(move |_| lab.writing.about.with(|about| about.as_ref().map(|about| about.merges.clone())).unwrap_or_default());
    let all = move || merges.with(Vec::len);
    // By how many merges text is cut; all of them until the visitor moves there.
    let wanted = RwSignal::new(None::<usize>);
    let count = Memo::new(move |_| wanted.get().unwrap_or(usize::MAX).min(all()));
    let kept = keep(lab, move || {
        shown.get().then(|| Question::Tokens { text: text.get(), merges: wanted.get().map(|_| count.get() as u32) })
    });
    let tokens = told(kept, |answer| match answer {
        Answer::Tokens(tokens) => Some(tokens),
        _ => None,
    });
    let token = |Token { id, text }: Token| view! { <span class="token" title=format!("Number {id}")>{text}</span> };
    let summary = move || {
        let tokens = tokens.with(|tokens| tokens.as_ref().map_or(0, Vec::len));
        let characters = text.with(|text| text.chars().count());
        let vocabulary = lab.writing.about.with(|about| about.as_ref().map_or(0, |about| about.vocabulary));
        (tokens > 0).then(|| {
            format!(
                "{} characters, {} tokens, {:.2} characters in each. There are {} different tokens.",
                thousands(characters as u64),
                thousands(tokens as u64),
                characters as f32 / tokens as f32,
                thousands(vocabulary.into())
            )
        })
    };
    let merge = |(i, [left, right, joined]): (usize, [String; 3])| {
        view! {
            <li>
                <span>{thousands(i as u64 + 1)}</span>
                <code>{left}</code>
                " + "
                <code>{right}</code>
                " → "
                <code>{joined}</code>
            </li>
        }
    };
    let listed = move || {
        let count = count.get();
        let start = count.saturating_sub(LISTED);
        merges.with(|merges| {
            merges[start..count].iter().cloned().enumerate().map(|(i, of)| merge((start + i, of))).rev().collect_view()
        })
    };
    let playing = RwSignal::new(false);
    let go = move |to: usize| wanted.set((to < all()).then_some(to));
    // A hundred pictures show it all.
    let advance = move |()| match count.get_untracked() {
        at if at >= all() => playing.set(false),
        at => go(at + (all() / 100).max(1)),
    };
    Effect::new(move || {
        if playing.get() && untrack(|| count.get() == all()) {
            wanted.set(Some(0));
        }
    });
    let said = move |place: f32| format!("{} of {} merges", thousands(place as u64), thousands(all() as u64));
    view! {
        <p class="token-row cut">{move || tokens.get().unwrap_or_default().into_iter().map(token).collect_view()}</p>
        <p class="technique-note">{summary}</p>
        <div class="merges" class:hidden=move || all() == 0>
            <p class="technique-note">
                "Byte pairs begin with single bytes. Again and again the pair that is seen most often becomes a token of its own. Go back \
                 to see how."
            </p>
            <Film
                id="merges-slider"
                label="The merges, one after the other"
                playing
                range=Signal::derive(move || [0.0, all() as f32])
                place=Signal::derive(move || count.get() as f32)
                go
                advance
                spoken=said
            />
            <p class="said">{move || said(count.get() as f32)}</p>
            <ol class="merge-list" aria-label="The last merges">{listed}</ol>
        </div>
        <Problem kept />
    }
}
