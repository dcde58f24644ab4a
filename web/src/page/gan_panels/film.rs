//! Pictures in motion.

use std::time::Duration;

use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;

use crate::dom;
use crate::icons::{Icon, icon};
use crate::techniques::parts::Slider;

/// How long a picture is seen; and by those who want little motion.
const FRAME: Duration = Duration::from_millis(120);
const CALM_FRAME: Duration = Duration::from_secs(1);

/// A slider through pictures, and a button that plays them: then `advance` goes on by one, again and again.
#[component]
pub fn Film(
    id: &'static str,
    /// What is gone through.
    label: &'static str,
    playing: RwSignal<bool>,
    /// The places of the first and the last picture, and of the one that is seen.
    #[prop(into)]
    range: Signal<[f32; 2]>,
    #[prop(into)] place: Signal<f32>,
    #[prop(into)] go: Callback<usize>,
    #[prop(into)] advance: Callback<()>,
    /// What a place is called.
    #[prop(into)]
    spoken: Callback<f32, String>,
) -> impl IntoView {
    Effect::new(move || {
        if playing.get() {
            let frame = if dom::matches("(prefers-reduced-motion: reduce)") { CALM_FRAME } else { FRAME };
            if let Ok(timer) = set_interval_with_handle(move || advance.run(()), frame) {
                on_cleanup(move || timer.clear());
            }
        }
    });
    let moved = move |place: f32| {
        playing.set(false);
        go.run(place as usize);
    };
    view! {
        <div class="film-row">
            <button
                class="icon-button"
                type="button"
                aria-label=move || format!("{}: {label}", if playing.get() { "Stop" } else { "Play" })
                on:click=move |_| playing.update(|playing| *playing = !*playing)
            >
                {move || icon(if playing.get() { Icon::Pause } else { Icon::Play })}
            </button>
            <Slider id=id.to_string() label=label.to_string() range step=1.0 value=place moved spoken />
        </div>
    }
}
