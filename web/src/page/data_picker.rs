//! The data sets to choose from, each with a small picture.

use std::fmt::Write;

use leptos::prelude::*;
use terrarium_data::points::{Kind, PointSet, Points};
use terrarium_labs::settings::{Kind as SettingKind, Setting, Value};

use crate::lab::Lab;
use crate::own_points::OwnPoints;

/// Dots in a picture.
const DOTS: usize = 90;

/// What the picture of a word spells.
const WORD: &str = "AB";

#[component]
pub fn DataPicker(lab: Lab, setting: &'static Setting) -> impl IntoView {
    let SettingKind::Choice(options) = &setting.kind else { return ().into_any() };
    let chosen = Memo::new(move |_| lab.settings.with(|settings| settings.get(setting.key).cloned()));
    let option = move |(i, option): (usize, &'static terrarium_labs::settings::Choice)| {
        view! {
            <label class="data-set" title=option.help>
                <input
                    type="radio"
                    name=setting.key
                    value=option.slug
                    prop:checked=move || chosen.get() == Some(Value::Choice(i))
                    on:change=move |_| lab.set(setting.key, option.slug)
                />
                <svg viewBox="-1.15 -1.15 2.3 2.3" aria-hidden="true">
                    <path d=picture(option.slug)></path>
                </svg>
                <span>{option.label}</span>
            </label>
        }
    };
    view! {
        <div class="data-sets" role="radiogroup" aria-labelledby=format!("{}-label", setting.key)>
            {options.iter().enumerate().map(option).collect_view()}
        </div>
        <OwnPoints lab />
    }
    .into_any()
}

/// A data set as dots, each a stroke of no length with a round end.
fn picture(slug: &str) -> String {
    let kind = Kind::from_slug(slug).filter(|kind| *kind != Kind::Custom);
    let Some(set) = kind.and_then(|kind| PointSet::new(kind, WORD, &Points::default()).ok()) else {
        return PENCIL.to_string();
    };
    set.sample(DOTS, 1).xy.iter().fold(String::new(), |mut path, [x, y]| {
        // Writing to a string cannot fail.
        let _ = write!(path, "M{x:.2} {:.2}h0", -y);
        path
    })
}

/// Stands for points that are yet to be drawn.
const PENCIL: &str = "M-.7 .7l.1-.45L.35-.7l.35.35L-.25.6zM.15-.5l.35.35";
