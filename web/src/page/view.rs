//! The main view: the canvas that the worker paints on, what lies over it, and which layers it shows.

use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use terrarium_labs::protocol::{Command, Layers};
use wasm_bindgen::prelude::*;
use web_sys::ResizeObserver;

use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::own_points::DrawingSheet;
use crate::theme::Theme;
use crate::trouble::TroubleBanner;

#[component]
pub fn MainView(lab: Lab, theme: Theme) -> impl IntoView {
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
                <p class="verdict-scale" class:hidden=move || !lab.layers.get().surface>
                    "judged generated "
                    <span class="verdict-bar" aria-hidden="true"></span>
                    " real"
                </p>
                <Loading lab />
                <DrawingSheet lab />
                <CrashSheet lab />
            </div>
            <LayerSwitches lab />
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
            aria-label="Real points in blue, generated points in orange, over the discriminator's verdict"
        ></canvas>
    }
}

/// How far a run is that is being opened, where that takes a while.
#[component]
fn Loading(lab: Lab) -> impl IntoView {
    view! {
        <p class="loading-kernels" class:hidden=move || lab.loading.with(Option::is_none) role="status">
            {move || lab.loading.get().map(|(done, of)| format!("Preparing the graphics processor: {done} of {of} kernels"))}
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

/// The layers, each switched by its place in the legend.
#[component]
fn LayerSwitches(lab: Lab) -> impl IntoView {
    let switch = move |name: &'static str, class: &'static str, help: &'static str, layer: fn(&mut Layers) -> &mut bool| {
        view! {
            <label class="layer" title=help>
                <input
                    type="checkbox"
                    prop:checked=move || *layer(&mut lab.layers.get())
                    on:change:target=move |event| lab.change_layers(|layers| *layer(layers) = event.target().checked())
                />
                <span class=format!("key {class}") aria-hidden="true"></span>
                {name}
            </label>
        }
    };
    view! {
        <fieldset class="layers">
            <legend class="visually-hidden">"Layers of the view"</legend>
            {switch("Real", "key-real", "Points of the data", |layers| &mut layers.real)}
            {switch("Generated", "key-generated", "Points that the generator makes, always of the same noise", |layers| &mut layers.generated)}
            {switch("Trails", "key-trails", "Where generated points came from", |layers| &mut layers.trails)}
            {switch("Verdict", "key-surface", "How the discriminator judges each place: from generated to real", |layers| &mut layers.surface)}
            {switch("Grid", "key-grid", "How the generator warps an even grid of noise", |layers| &mut layers.grid)}
            {switch("Arrows", "key-arrows", "Where the discriminator's gradient pulls generated points", |layers| &mut layers.arrows)}
        </fieldset>
    }
}
