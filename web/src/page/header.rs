//! The name of the page, and what is done with a whole run.

use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::files;
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::own_points::take_picked;
use crate::theme::{Choice, Theme};

#[component]
pub fn Header(lab: Lab, theme: Theme) -> impl IntoView {
    let action = |shape: Icon, name: &'static str, title: &'static str, act: fn(Lab)| {
        view! {
            <button class="button quiet" type="button" title=title aria-label=name on:click=move |_| act(lab)>
                {icon(shape)}
                <span class="wide-only">{name}</span>
            </button>
        }
    };
    view! {
        <header class="header">
            <h1>
                <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
                    <path class="jar" d="M11 3.5h10M12.5 3.5v5C8 10.5 5 14.5 5 19a9 9 0 0 0 9 9h4a9 9 0 0 0 9-9c0-4.5-3-8.5-7.5-10.5v-5"></path>
                    <path class="leaf" d="M16 26v-8M16 20c0-4 2.5-6.5 6.5-6.5 0 4-2.5 6.5-6.5 6.5zM16 23c0-3-2-5-5.5-5 0 3 2 5 5.5 5z"></path>
                </svg>
                "Terrarium"
                <span class="lab-name">"GAN lab"</span>
            </h1>
            <div class="actions">
                {action(Icon::Link, "Copy link", "Copy a link that reproduces this set-up and seed", copy_link)}
                {action(Icon::Save, "Save", "Save the run as a checkpoint (safetensors)", Lab::save)}
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
                {action(Icon::Picture, "Picture", "Save the view as a PNG", Lab::save_picture)}
                {action(Icon::Table, "Charts", "Save the charts as a CSV", Lab::save_charts)}
                <label class="theme" title="Light or dark">
                    {icon(Icon::Theme)}
                    <select
                        aria-label="Theme"
                        on:change:target=move |event| theme.choice.set(Choice::from_slug(&event.target().value()))
                    >
                        {Choice::ALL
                            .map(|choice| {
                                view! {
                                    <option value=choice.slug() prop:selected=move || theme.choice.get() == choice>
                                        {choice.label()}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                </label>
            </div>
        </header>
    }
}

fn copy_link(lab: Lab) {
    spawn_local(async move {
        let link = window().location().href().unwrap_or_default();
        match JsFuture::from(window().navigator().clipboard().write_text(&link)).await {
            Ok(_) => lab.notices.tell("The link is copied. It brings back this set-up and seed."),
            Err(_) => lab.notices.warn("The browser does not let the page copy. The link is in the address bar."),
        }
    });
}
