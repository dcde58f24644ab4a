//! The page as a whole: what stands where, and what belongs to no place.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::charts::Charts;
use crate::controls::Controls;
use crate::credits::AboutData;
use crate::diagram::Diagram;
use crate::dom;
use crate::engine_panel::EnginePanel;
use crate::files;
use crate::header::Header;
use crate::lab::Lab;
use crate::learn::Learn;
use crate::notices::NoticeList;
use crate::number::thousands;
use crate::parts::{Arrival, LabParts};
use crate::presets::Presets;
use crate::run_bar::RunBar;
use crate::theme::Theme;
use crate::view::MainView;

#[component]
pub fn App() -> impl IntoView {
    let theme = Theme::watch();
    let lab = Lab::open();
    let parts = LabParts::watch(lab);
    listen(lab);
    view! {
        <Header lab theme />
        <main>
            <div class="intro">
                <p class="lead">
                    {move || lab.which.get().lead}
                    " "
                    <a href="#learn">"What am I looking at?"</a>
                </p>
                {move || view! { <Presets lab which=lab.which.get() /> }}
            </div>
            <div class="stage-column">
                <div class="stage">
                    <RunBar lab />
                    {move || parts.get().map(|parts| (parts.above_view)(lab))}
                    <MainView lab theme parts />
                </div>
            </div>
            <div class="readouts">
                <Diagram lab parts />
                <Charts lab />
                <EnginePanel lab />
            </div>
            <Arrival parts />
            {move || parts.get().map(|parts| (parts.panels)(lab))}
            {move || view! { <Controls lab which=lab.which.get() parts /> }}
            <Learn parts />
        </main>
        <AboutData />
        // Over the page, so that nothing moves when they come and go.
        <div class="notices">
            <LeftOff lab />
            <NoticeList notices=lab.notices />
        </div>
    }
}

/// The offer to go on with the run that the visitor left.
#[component]
fn LeftOff(lab: Lab) -> impl IntoView {
    move || {
        lab.left_off.get().map(|saved| {
            view! {
                <div id="left-off" class="notice left-off" role="status">
                    <p>{format!("Go on where you left off (step {})?", thousands(saved.step.into()))}</p>
                    <button class="primary" type="button" on:click=move |_| lab.go_on()>
                        "Go on"
                    </button>
                    <button class="button quiet" type="button" on:click=move |_| lab.left_off.set(None)>
                        "No, thanks"
                    </button>
                </div>
            }
        })
    }
}

/// What can be done anywhere on the page: keys, files dropped, points pasted.
fn listen(lab: Lab) {
    window_event_listener(ev::keydown, move |event| {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        let plain = !(event.ctrl_key() || event.alt_key() || event.meta_key() || event.repeat());
        if event.key() == " " && plain && !target.is_some_and(|target| dom::takes_keys(&target)) {
            event.prevent_default();
            if lab.crashed.with_untracked(Option::is_none) {
                lab.play(!lab.playing.get_untracked());
            }
        }
    });
    window_event_listener(ev::popstate, move |_| lab.follow_address());
    window_event_listener(ev::dragover, |event| event.prevent_default());
    window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        if let Some(files) = event.data_transfer().and_then(|dropped| dropped.files()) {
            files::take(lab, &files);
        }
    });
    window_event_listener(ev::paste, move |event| {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        let into_field = target.is_some_and(|target| target.matches("input, textarea").unwrap_or(false));
        let text = event.clipboard_data().and_then(|pasted| pasted.get_data("text").ok()).unwrap_or_default();
        if !into_field && !lab.learns_text() && text.lines().count() > 1 {
            lab.use_csv(&text);
        }
    });
}
