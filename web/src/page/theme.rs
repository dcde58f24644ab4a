//! Light or dark: as the system has it, or as the visitor chose.

use leptos::prelude::*;
use terrarium_web::palette::{Palette, Rgb, css};
use wasm_bindgen::prelude::*;
use web_sys::MediaQueryListEvent;

use crate::dom;

const STORED: &str = "terrarium-theme";
const SYSTEM_IS_DARK: &str = "(prefers-color-scheme: dark)";

#[derive(Clone, Copy, PartialEq)]
pub enum Choice {
    System,
    Light,
    Dark,
}

impl Choice {
    pub const ALL: [Choice; 3] = [Choice::System, Choice::Light, Choice::Dark];

    pub fn slug(self) -> &'static str {
        match self {
            Choice::System => "system",
            Choice::Light => "light",
            Choice::Dark => "dark",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Choice::System => "Theme: system",
            Choice::Light => "Theme: light",
            Choice::Dark => "Theme: dark",
        }
    }

    pub fn next(self) -> Choice {
        match self {
            Choice::System => Choice::Light,
            Choice::Light => Choice::Dark,
            Choice::Dark => Choice::System,
        }
    }

    pub fn from_slug(slug: &str) -> Choice {
        Choice::ALL.into_iter().find(|choice| choice.slug() == slug).unwrap_or(Choice::System)
    }
}

#[derive(Clone, Copy)]
pub struct Theme {
    pub choice: RwSignal<Choice>,
    /// What the choice comes to now.
    pub dark: Memo<bool>,
}

impl Theme {
    /// The theme that was chosen last, kept up to date with the system's and shown by the document.
    pub fn watch() -> Self {
        let storage = || window().local_storage().ok().flatten();
        let stored = storage().and_then(|storage| storage.get_item(STORED).ok().flatten()).unwrap_or_default();
        let choice = RwSignal::new(Choice::from_slug(&stored));
        let system_is_dark = RwSignal::new(dom::matches(SYSTEM_IS_DARK));
        if let Ok(Some(query)) = window().match_media(SYSTEM_IS_DARK) {
            let changed = Closure::<dyn FnMut(_)>::new(move |event: MediaQueryListEvent| system_is_dark.set(event.matches()));
            // For as long as the page lives.
            query.set_onchange(Some(changed.into_js_value().unchecked_ref()));
        }
        let dark = Memo::new(move |_| match choice.get() {
            Choice::System => system_is_dark.get(),
            Choice::Light => false,
            Choice::Dark => true,
        });
        Effect::new(move || show(dark.get()));
        Effect::new(move || {
            let slug = choice.get().slug();
            if let Some(storage) = storage() {
                // A browser that keeps nothing shows the theme all the same.
                let _ = storage.set_item(STORED, slug);
            }
        });
        Self { choice, dark }
    }
}

/// Puts the theme and the colours that the page shares with the painter on the document.
fn show(dark: bool) {
    let Some(root) = dom::root() else { return };
    let palette = Palette::of(dark);
    let set = |name: &str, colour: Rgb| root.style().set_property(name, &css(colour, 1.0));
    let shown = root
        .set_attribute("data-theme", if dark { "dark" } else { "light" })
        .and_then(|()| set("--real", palette.real))
        .and_then(|()| set("--generated", palette.generated))
        .and_then(|()| set("--discriminator", palette.discriminator))
        .and_then(|()| set("--view-ground", palette.ground))
        .and_then(|()| set("--verdict-real", palette.surface[0]))
        .and_then(|()| set("--verdict-undecided", palette.surface[1]))
        .and_then(|()| set("--verdict-generated", palette.surface[2]))
        .and_then(|()| set("--warped-grid", palette.grid))
        .and_then(|()| palette.kinds.iter().enumerate().try_for_each(|(i, kind)| set(&format!("--kind-{i}"), *kind)));
    if shown.is_err() {
        leptos::logging::error!("the theme could not be set");
    }
}
