//! The name of the page, and what is done with a whole run.

use leptos::html::Details;
use leptos::prelude::*;
use terrarium_labs::lab::{self, LABS};
use terrarium_labs::settings::Settings;
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, Node};

use crate::files;
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::link;
use crate::own_points::take_picked;
use crate::theme::Theme;

#[component]
pub fn Header(lab: Lab, theme: Theme) -> impl IntoView {
    view! {
        <header class="header">
            <h1>
                <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
                    <path class="jar" d="M11 3.5h10M12.5 3.5v5C8 10.5 5 14.5 5 19a9 9 0 0 0 9 9h4a9 9 0 0 0 9-9c0-4.5-3-8.5-7.5-10.5v-5"></path>
                    <path class="leaf" d="M16 26v-8M16 20c0-4 2.5-6.5 6.5-6.5 0 4-2.5 6.5-6.5 6.5zM16 23c0-3-2-5-5.5-5 0 3 2 5 5.5 5z"></path>
                </svg>
                "Terrarium"
            </h1>
            <nav class="labs" aria-label="Labs">
                {LABS.map(|which| view! { <LabLink lab which /> }).collect_view()}
            </nav>
            <div class="actions">
                <button
                    class="button quiet"
                    type="button"
                    title="Copy a link that reproduces this set-up and seed"
                    aria-label="Copy link"
                    on:click=move |_| copy_link(lab)
                >
                    {icon(Icon::Link)}
                    <span class="wide-only">"Copy link"</span>
                </button>
                <SaveMenu lab />
                <label class="button quiet" title="Open a checkpoint; it can be dropped on the page, too">
                    {icon(Icon::Open)}
                    <span class="wide-only">"Open"</span>
                    <input
                        id="open-checkpoint"
                        class="visually-hidden"
                        type="file"
                        accept=files::CHECKPOINT
                        aria-label="Open a checkpoint"
                        on:change:target=move |event| take_picked(lab, &event.target())
                    />
                </label>
                <button
                    id="theme"
                    class="button quiet"
                    type="button"
                    title="System, light or dark"
                    aria-label=move || theme.choice.get().label()
                    on:click=move |_| theme.choice.update(|choice| *choice = choice.next())
                >
                    {icon(Icon::Theme)}
                    <span class="wide-only theme-name">{move || theme.choice.get().label()}</span>
                </button>
            </div>
        </header>
    }
}

/// The way into a lab.
#[component]
fn LabLink(lab: Lab, which: &'static lab::Lab) -> impl IntoView {
    let is_here = move || std::ptr::eq(lab.which.get(), which);
    view! {
        <a
            href=link::query(which, &Settings::new(which.table), link::SEED)
            aria-current=move || is_here().then_some("page")
            on:click=move |event| {
                // With a key held down, links open elsewhere.
                if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                    event.prevent_default();
                    if !is_here() {
                        lab.enter(which);
                    }
                }
            }
        >
            {which.title}
        </a>
    }
}

/// What can be saved of a run. The menu closes when something is chosen, on Escape, and when the focus leaves it.
#[component]
fn SaveMenu(lab: Lab) -> impl IntoView {
    let menu = NodeRef::<Details>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let leave = move |event: FocusEvent| {
        let to: Option<Node> = event.related_target().and_then(|to| to.dyn_into().ok());
        if to.is_some() && !menu.get_untracked().is_some_and(|menu| menu.contains(to.as_ref())) {
            close();
        }
    };
    let item = move |shape: Icon, name: &'static str, help: &'static str, save: fn(Lab)| {
        view! {
            <button
                type="button"
                on:click=move |_| {
                    save(lab);
                    close();
                }
            >
                {icon(shape)}
                <span>
                    {name}
                    <small>{help}</small>
                </span>
            </button>
        }
    };
    view! {
        <details
            class="menu"
            node_ref=menu
            on:focusout=leave
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    close();
                }
            }
        >
            <summary class="button quiet" aria-label="Save">
                {icon(Icon::Save)}
                <span class="wide-only">"Save"</span>
            </summary>
            <div class="menu-items panel">
                {item(Icon::Save, "Checkpoint", "The whole run, as safetensors; Python reads it, too", Lab::save)}
                {item(Icon::Picture, "Picture", "The view, as a PNG", Lab::save_picture)}
                {item(Icon::Table, "Charts", "All that was measured, as a CSV", Lab::save_charts)}
            </div>
        </details>
    }
}

fn copy_link(lab: Lab) {
    files::copy(
        lab,
        window().location().href().unwrap_or_default(),
        "The link is copied. It brings back this set-up and seed.",
        "The browser does not let the page copy. The link is in the address bar.",
    );
}
