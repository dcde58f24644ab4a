//! The data sets to choose from, each with a small picture.

use std::fmt::Write;

use leptos::prelude::*;
use terrarium_data::points::{Kind, PointSet, Points};
use terrarium_labs::settings::{Choice, Kind as SettingKind, Setting, Value};

use crate::credits::CreditLine;
use crate::lab::{self, Lab};
use crate::parts::LabParts;

/// Dots in a picture.
const DOTS: usize = 90;

/// What the picture of a word spells.
const WORD: &str = "AB";

#[component]
pub fn DataPicker(lab: Lab, parts: LabParts, setting: &'static Setting) -> impl IntoView {
    let SettingKind::Choice(options) = &setting.kind else { return ().into_any() };
    let chosen = Memo::new(move |_| lab.settings.with(|settings| settings.get(setting.key).cloned()));
    let slug = Signal::derive(move || match chosen.get() {
        Some(Value::Choice(i)) => options.get(i).map_or("", |option| option.slug),
        _ => "",
    });
    let option = move |(i, option): (usize, &'static Choice)| {
        view! {
            <label class="data-set" title=option.help>
                <input
                    type="radio"
                    name=setting.key
                    value=option.slug
                    prop:checked=move || chosen.get() == Some(Value::Choice(i))
                    on:change=move |_| lab.set(setting.key, option.slug)
                />
                {picture(lab, option.slug)}
                <span>{option.label}</span>
            </label>
        }
    };
    view! {
        <div class="data-sets" role="radiogroup" aria-labelledby=format!("{}-label", setting.key)>
            {options.iter().enumerate().map(option).collect_view()}
        </div>
        <CreditLine slug />
        {move || parts.get().map(|parts| (parts.own_data)(lab))}
    }
    .into_any()
}

/// A picture that says nothing to screen readers; the name beside it does.
fn picture(lab: Lab, slug: &'static str) -> AnyView {
    if let Some((_, written)) = WRITTEN.iter().find(|(of, _)| *of == slug) {
        return view! {
            <svg class="written-thumb" viewBox="-1.15 -1.15 2.3 2.3" aria-hidden="true">
                <text y="0.2">{*written}</text>
            </svg>
        }
        .into_any();
    }
    let path = match (slug, Kind::from_slug(slug)) {
        (lab::OWN_POINTS, _) => PENCIL.to_string(),
        (lab::OWN_TEXT, _) if lab.learns_text() => LINES.to_string(),
        (lab::OWN_PICTURES, _) => FRAME.to_string(),
        (_, Some(kind)) => dots(kind),
        (_, None) => {
            return view! { <img src=format!("./assets/thumbs/{slug}.png") alt="" width="44" height="44" /> }.into_any();
        }
    };
    view! {
        <svg viewBox="-1.15 -1.15 2.3 2.3" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
    .into_any()
}

/// A data set as dots, each a stroke of no length with a round end.
fn dots(kind: Kind) -> String {
    let Ok(set) = PointSet::new(kind, WORD, &Points::default()) else { return PENCIL.to_string() };
    set.sample(DOTS, 1).xy.iter().fold(String::new(), |mut path, [x, y]| {
        // Writing to a string cannot fail.
        let _ = write!(path, "M{x:.2} {:.2}h0", -y);
        path
    })
}

/// What stands for texts.
const WRITTEN: [(&str, &str); 7] = [
    ("names", "Ada"),
    ("copy", "ab ab"),
    ("reverse", "ab ba"),
    ("sort", "cab"),
    ("addition", "1+2"),
    ("brackets", "( [ ] )"),
    ("world", "She…"),
];

/// Stands for points that are yet to be drawn.
const PENCIL: &str = "M-.7 .7l.1-.45L.35-.7l.35.35L-.25.6zM.15-.5l.35.35";

/// Stands for a text that is yet to come.
const LINES: &str = "M-.7-.6h1.4M-.7-.2h1.4M-.7 .2h1.4M-.7 .6h.7";

/// Stands for pictures that are yet to come.
const FRAME: &str = "M-.85-.65h1.7v1.3h-1.7zM-.85.35l.5-.5.4.4.25-.25.55.55M.4-.25h0";
