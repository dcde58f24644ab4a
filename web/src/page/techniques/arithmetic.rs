//! Reckoning with places in the latent space: with what pictures have in common, and with any three of them.

use leptos::prelude::*;
use terrarium_labs::pictures::Range;
use terrarium_labs::vae::{Direction, MOST_STRENGTH, Question};

use super::Studio;
use super::choose::{Shelf, Slot, SlotButton};
use super::keep::{Kept, Problem, keep};
use super::parts::{Field, Menu, Slider, panel, signed};
use super::pictures::{Captioned, Picture};

/// What to begin with, where pictures have it.
const TELLING: [&str; 2] = ["mouth", "glasses"];

#[component]
pub fn Attributes(studio: Studio) -> impl IntoView {
    let help = "Pictures with something and pictures without lie apart by much the same way. Any picture can be taken along it.";
    panel("attributes", "Add and take away", help, move |shown| {
        if studio.known().0.is_empty() {
            let none = "Nothing is known about your own pictures, so there is nothing to tell them apart by.";
            view! { <p class="technique-note">{none}</p> }.into_any()
        } else {
            view! { <Along studio shown /> }.into_any()
        }
    })
}

#[component]
fn Along(studio: Studio, shown: Signal<bool>) -> impl IntoView {
    let known = studio.known();
    let names: Vec<String> = known.0.iter().map(|thing| thing.name.clone()).collect();
    let first = TELLING.into_iter().find_map(|telling| names.iter().position(|name| name == telling)).unwrap_or(0);
    let ends = StoredValue::new(known);
    let ends_of = move |thing: usize| ends.with_value(|known| known.0.get(thing).map(|t| t.names().to_vec()).unwrap_or_default());
    // From options one comes from all others alike, from a number's end from the other one.
    let origin = move |thing: usize| ends.with_value(|known| matches!(known.0[thing].range, Range::Between { .. }).then_some(0));

    let slot = Slot::new("the picture", studio, 0);
    let open = RwSignal::new(None);
    let thing = RwSignal::new(first);
    let (from, to) = (RwSignal::new(origin(first)), RwSignal::new(1));
    let strength = RwSignal::new(1.0);
    let choose = move |chosen: usize| {
        from.set(origin(chosen));
        to.set(1);
        thing.set(chosen);
    };
    let kept = keep(studio.lab, move || {
        let direction = Direction { thing: thing.get() as u32, from: from.get(), to: to.get() };
        shown.get().then(|| Question::Attribute { of: slot.picked.get(), direction, strength: strength.get() })
    });
    let gallery = kept.gallery();
    let way = move || {
        let names = ends_of(thing.get());
        let others: Vec<String> = ["all others".to_string()].into_iter().chain(names.iter().cloned()).collect();
        view! {
            <Field id="from".to_string() label="From" help="What is taken away: the mean of pictures that are so.">
                <Menu
                    id="from".to_string()
                    options=others
                    chosen=Signal::derive(move || from.get().map_or(0, |from| from as usize + 1))
                    choose=move |place| from.set((place as u32).checked_sub(1))
                />
            </Field>
            <Field id="to".to_string() label="To" help="What is added: the mean of pictures that are so.">
                <Menu
                    id="to".to_string()
                    options=names
                    chosen=Signal::derive(move || to.get() as usize)
                    choose=move |place| to.set(place as u32)
                />
            </Field>
        }
    };
    view! {
        <div class="along">
            <SlotButton studio of=slot open />
            <Captioned gallery label="What comes back, before and after" />
        </div>
        <Shelf studio open />
        <div class="fields">
            <Field id="thing".to_string() label="What" help="Something that is known about every picture.">
                <Menu
                    id="thing".to_string()
                    options=names
                    chosen=thing
                    choose=choose
                />
            </Field>
            {way}
        </div>
        <Strength id="attribute-strength" strength />
        <p class="technique-note">{move || kept.sentence()}</p>
        <Waiting studio kept />
        <Problem kept />
    }
}

/// How far an answer is that many pictures have to be looked at for.
#[component]
pub fn Waiting(studio: Studio, kept: Kept) -> impl IntoView {
    let share = move || studio.lab.answering.get().filter(|share| kept.waiting.get() && *share < 1.0);
    view! {
        <p class="technique-note waiting" class:unseen=move || share().is_none()>
            {move || format!("Comparing pictures: {:.0} %", 100.0 * share().unwrap_or_default())}
        </p>
    }
}

#[component]
fn Strength(id: &'static str, strength: RwSignal<f32>) -> impl IntoView {
    view! {
        <Field id=id.to_string() label="Strength" help="How far along the way: 1 is as far as such pictures lie apart, less than 0 the other way.">
            <div class="film-row">
                <Slider
                    id=id.to_string()
                    range=[-MOST_STRENGTH, MOST_STRENGTH]
                    step=0.1
                    value=strength
                    moved=move |to| strength.set(to)
                    spoken=|strength| format!("{strength:.1}")
                />
                <output>{move || signed(strength.get(), 1)}</output>
            </div>
        </Field>
    }
}

#[component]
pub fn Analogy(studio: Studio) -> impl IntoView {
    let help = "What is to a as c is to b? As with words, king − man + woman: any three pictures will do.";
    panel("analogy", "a − b + c", help, move |shown| {
        let [a, b, c] = [("a", 0), ("b", 1), ("c", 2)].map(|(name, first)| Slot::new(name, studio, first));
        let open = RwSignal::new(None);
        let strength = RwSignal::new(1.0);
        let question =
            move || Question::Analogy { a: a.picked.get(), b: b.picked.get(), c: c.picked.get(), strength: strength.get() };
        let kept = keep(studio.lab, move || shown.get().then(question));
        view! {
            <div class="slots sum">
                <SlotButton studio of=a open />
                <span>"−"</span>
                <SlotButton studio of=b open />
                <span>"+"</span>
                <SlotButton studio of=c open />
                <span>"="</span>
                <div class="result">
                    <Picture shown=kept.raster(0, |i| i == 3) label="a − b + c" />
                </div>
            </div>
            <Shelf studio open />
            <Strength id="analogy-strength" strength />
            <Problem kept />
        }
    })
}
