//! The main view: the canvas that the worker paints on, what lies over it, and which layers it shows.

use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use terrarium_labs::gan2d;
use terrarium_labs::lab::{Layer, View};
use terrarium_labs::protocol::{Command, Show};
use wasm_bindgen::prelude::*;
use web_sys::ResizeObserver;

use crate::icons::{Icon, icon};
use crate::lab::{Lab, Loading};
use crate::own_points::DrawingSheet;
use crate::parts::LabParts;
use crate::theme::Theme;
use crate::trouble::TroubleBanner;

/// Colours of kinds before they come again.
const KINDS: usize = 10;

#[component]
pub fn MainView(lab: Lab, theme: Theme, parts: LabParts) -> impl IntoView {
    let frame = NodeRef::<Div>::new();
    let tell_size = move || {
        let Some(frame) = frame.get_untracked() else { return };
        let scale = window().device_pixel_ratio();
        let pixels = |css: i32| (f64::from(css) * scale).round() as u32;
        lab.send(Command::View {
            width: pixels(frame.client_width()),
            height: pixels(frame.client_height()),
            scale: scale as f32,
            dark: theme.dark.get_untracked(),
        });
    };
    // A new canvas, a new theme and a new size each need telling.
    Effect::new(move || {
        lab.canvas_number.track();
        theme.dark.track();
        tell_size();
    });
    Effect::new(move || {
        if let Some(frame) = frame.get() {
            let observer = Closure::<dyn FnMut()>::new(tell_size);
            if let Ok(observer) = ResizeObserver::new(observer.into_js_value().unchecked_ref()) {
                // Both live as long as the page.
                observer.observe(&frame);
            }
        }
    });
    window_event_listener(leptos::ev::resize, move |_| tell_size());

    view! {
        <section class="view" aria-label="View">
            <div class="view-frame" node_ref=frame>
                // A canvas is bound to its worker and to its way of painting, so another of either gets a new one.
                <For each=move || [lab.canvas_number.get()] key=|number| *number let(_number)>
                    <Painting lab />
                </For>
                <p class="verdict-scale" class:hidden=move || !(lab.is_in(&gan2d::LAB) && lab.show.get().has(gan2d::SURFACE))>
                    "judged generated "
                    <span class="verdict-bar" aria-hidden="true"></span>
                    " real"
                </p>
                <Opening lab />
                <DrawingSheet lab />
                {move || parts.get().map(|parts| (parts.over_view)(lab))}
                <CrashSheet lab />
            </div>
            <LayerSwitches lab parts />
            <TroubleBanner lab />
        </section>
    }
}

#[component]
fn Painting(lab: Lab) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move || {
        if let Some(canvas) = canvas.get() {
            match canvas.transfer_control_to_offscreen() {
                Ok(offscreen) => lab.give_canvas(&offscreen),
                Err(_) => lab.notices.warn("This browser does not let a worker draw, so the view stays empty."),
            }
        }
    });
    view! {
        <canvas
            node_ref=canvas
            id="view"
            role="img"
            aria-label=move || lab.view().help
        ></canvas>
    }
}

/// What a run still needs that is being opened, where that takes a while.
#[component]
fn Opening(lab: Lab) -> impl IntoView {
    view! {
        <p class="opening" class:hidden=move || lab.loading.with(Option::is_none) role="status">
            {move || {
                lab.loading.get().map(|Loading { what, share }| {
                    view! {
                        {what}
                        " "
                        <progress aria-label="How much of it is there" value=share></progress>
                    }
                })
            }}
        </p>
    }
}

/// What is said where the worker broke.
#[component]
fn CrashSheet(lab: Lab) -> impl IntoView {
    move || {
        lab.crashed.get().map(|why| {
            let (run, restart) = if lab.has_autosave() {
                ("the run was kept a moment ago", "Restart from the last autosave")
            } else {
                ("the run begins anew with them", "Restart")
            };
            view! {
                <div class="crash" role="alert">
                    {icon(Icon::Warning)}
                    <h2>"The engine stopped"</h2>
                    <p>{format!("Your settings are still here, and {run}. Nothing else is affected.")}</p>
                    <button id="recover" class="primary" type="button" on:click=move |_| lab.recover()>
                        {restart}
                    </button>
                    <details>
                        <summary>"What the browser says"</summary>
                        <p>{why}</p>
                    </details>
                </div>
            }
        })
    }
}

/// The lab's views, where it has more than one, and the layers of the one that is shown, each switched by its place in the
/// legend.
#[component]
fn LayerSwitches(lab: Lab, parts: LabParts) -> impl IntoView {
    let view_switch = move |(number, shown): (usize, &'static View)| {
        view! {
            <label class="segment" title=shown.help>
                <input
                    type="radio"
                    name="view"
                    value=number
                    prop:checked=move || lab.show.get().view as usize == number
                    on:change=move |_| {
                        lab.change_view(|show| *show = Show { view: number as u32, layers: shown.layers(), ..*show });
                    }
                />
                <span>{shown.label}</span>
            </label>
        }
    };
    let views = move || {
        let views = lab.which.get().views;
        (views.len() > 1).then(|| {
            view! {
                <div class="segments views" role="radiogroup" aria-label="View">
                    {views.iter().enumerate().map(view_switch).collect_view()}
                </div>
            }
        })
    };
    let layer_switch = move |(number, layer): (usize, &'static Layer)| {
        view! {
            <label class="layer" title=layer.help>
                <input
                    type="checkbox"
                    prop:checked=move || lab.show.get().has(number)
                    on:change:target=move |event| {
                        let shown = u32::from(event.target().checked());
                        lab.change_view(|show| show.layers = show.layers & !(1 << number) | shown << number);
                    }
                />
                <span class=format!("key {}", layer.role) aria-hidden="true"></span>
                {layer.label}
            </label>
        }
    };
    let shown = Memo::new(move |_| ByAddress(lab.view()));
    view! {
        <div class="view-bar">
            {views}
            {move || parts.get().map(|parts| (parts.view_bar)(lab))}
            <fieldset class="layers">
                <legend class="visually-hidden">"Layers of the view"</legend>
                {move || shown.get().0.layers.iter().enumerate().map(layer_switch).collect_view()}
            </fieldset>
        </div>
        <p class="view-help">{move || shown.get().0.help}</p>
        <Kinds lab />
    }
}

/// What the colours of a map's dots stand for.
#[component]
fn Kinds(lab: Lab) -> impl IntoView {
    let kinds = Memo::new(move |_| {
        let of_run = || lab.opened.with(|opened| opened.as_ref().map(|o| o.kinds.clone())).unwrap_or_default();
        if lab.view().is_map { of_run() } else { Vec::new() }
    });
    let kind = |(i, name): (usize, String)| {
        view! {
            <li>
                <span class="key kind" style=("--kind", format!("var(--kind-{})", i % KINDS)) aria-hidden="true"></span>
                {name}
            </li>
        }
    };
    move || {
        let kinds = kinds.get();
        (!kinds.is_empty())
            .then(|| view! { <ul class="kinds" aria-label="Colours">{kinds.into_iter().enumerate().map(kind).collect_view()}</ul> })
    }
}

/// A view of a lab, which is the same only where it is the very one.
#[derive(Clone, Copy)]
struct ByAddress(&'static View);

impl PartialEq for ByAddress {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
