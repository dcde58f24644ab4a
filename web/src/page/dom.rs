//! Small helpers over the browser's own interface.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The address's query with its `?`, or nothing.
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// The address's fragment with its `#`, or nothing.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Removes what the document shows while the page's code loads.
pub fn loaded() {
    if let Some(loading) = document().get_element_by_id("loading") {
        loading.remove();
    }
}

/// The document's root element, where the theme is set.
pub fn root() -> Option<HtmlElement> {
    document().document_element()?.dyn_into().ok()
}

/// Whether a key pressed in this element has a meaning there already, such as a space in a button or a text field.
pub fn takes_keys(element: &Element) -> bool {
    element.closest("button, input, select, textarea, summary, a, [tabindex], [role=slider]").ok().flatten().is_some()
}

/// Whether a media query holds now.
pub fn matches(media: &str) -> bool {
    window().match_media(media).ok().flatten().is_some_and(|query| query.matches())
}

/// A number that is not to be guessed from the last, small enough to be read out.
pub fn random_seed() -> u64 {
    (js_sys::Math::random() * 1e6) as u64
}
