//! Pictures of what is asked for.

use leptos::prelude::*;
use terrarium_labs::image_gan::{Question, Sample};
use terrarium_labs::pictures::{Known, Range, Thing};

use crate::lab::Lab;
use crate::techniques::asked::{Asked, usual};
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::panel;
use crate::techniques::pictures::Picture;

/// Samples shown.
const COUNT: u32 = 16;

const UNKNOWN: &str = "Nothing is known about your own pictures that could be asked for.";
const UNTOLD: &str = "This generator is told nothing about what it draws, so it cannot be asked for anything.";

pub fn conditions(lab: Lab) -> impl IntoView {
    let help = "A generator that is told what to draw can be asked for it. The noise stays the same whatever is asked for.";
    panel("on-demand", "On demand", help, move |shown| {
        // Whether the pictures are the visitor's own, and whether the networks are told what is known about them.
        let data =
            Memo::new(move |_| lab.settings.with(|settings| [settings.is("data", "own"), settings.is("condition", "known")]));
        move || match data.get() {
            [true, _] => view! { <p class="technique-note">{UNKNOWN}</p> }.into_any(),
            [false, true] => view! { <Asking lab shown /> }.into_any(),
            [false, false] => view! {
                <p class="technique-note">{UNTOLD}</p>
                <button class="button" type="button" on:click=move |_| lab.set("condition", "known")>
                    "Tell it, and start anew"
                </button>
            }
            .into_any(),
        }
    })
}

#[component]
fn Asking(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let choices = keep(lab, move || shown.get().then_some(Question::Known));
    let known = Memo::new(move |_| {
        choices.answered.with(|answered| answered.as_ref().map(|answered| answered.1.known.clone())).unwrap_or_default()
    });
    // What is asked for, a number for each thing known.
    let about = RwSignal::new(Vec::new());
    Effect::new(move || about.set(known.with(|known| known.0.iter().map(usual).collect())));
    let kept = keep(lab, move || {
        let about = about.get();
        // What was asked of the run before may make no sense to this one.
        let fits = !choices.waiting.get() && !about.is_empty() && known.with(|known| known.0.len() == about.len());
        (shown.get() && fits).then(|| Question::Samples { from: Sample { about, ..Sample::default() }, count: COUNT })
    });
    let controls = move || {
        let Known(things) = known.get();
        let asked = |(place, thing): (usize, Thing)| {
            let (id, help) = (format!("asked-{place}"), format!("What the generator is told of “{}”.", thing.name));
            view! { <Asked id help about place thing /> }
        };
        things.into_iter().enumerate().map(asked).collect_view()
    };
    view! {
        <Picture shown=kept.raster(0, |_| true) label="Samples of what is asked for" />
        <div class="fields">{controls}</div>
        <button class="button" type="button" on:click=move |_| about.set(known.with_untracked(|known| known.0.iter().map(any).collect()))>
            "Surprise me"
        </button>
        <Problem kept />
    }
}

/// Anything that can be asked for, by chance.
fn any(thing: &Thing) -> f32 {
    let chance = js_sys::Math::random() as f32;
    match &thing.range {
        Range::Options(names) => (chance * names.len() as f32).floor().min(names.len() as f32 - 1.0),
        Range::Between { low, high, .. } => low + chance * (high - low),
    }
}
