//! A square to draw on, and what the networks make of the drawing while it is drawn.

use leptos::html::Canvas;
use leptos::prelude::*;
use terrarium_labs::vae::{Picked, Question};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{CanvasRenderingContext2d, DragEvent, HtmlCanvasElement, PointerEvent};

use super::Studio;
use super::choose::{Shelf, Slot, SlotButton};
use super::ink::{bitmap, taken};
use super::keep::{Problem, keep};
use super::parts::{bars, panel};
use super::pictures::Captioned;
use crate::icons::{Icon, icon};
use crate::pointer::{begins_stroke, share};

/// Pixels to a side of the sheet, and how wide a stroke and its soft edge are.
const SIDE: usize = 280;
const STROKE: f64 = 22.0;
const SOFT: f64 = 4.0;
/// Numbers of a code that are shown, and how far they may go before their bars are cut.
const MOST_NUMBERS: usize = 8;
const FAR: f32 = 3.0;

#[component]
pub fn Draw(studio: Studio) -> impl IntoView {
    let is_digit = studio.lab.settings.with_untracked(|settings| settings.is("data", "digits"));
    let (title, help) = match is_digit {
        true => {
            ("Draw a digit", "It is encoded and painted anew while you draw. Like the data, it is fitted into the middle first.")
        }
        false => {
            ("Draw a picture", "It is encoded and painted anew while you draw: what the networks never saw, they cannot paint.")
        }
    };
    panel("draw", title, help, move |shown| view! { <Sheet studio shown is_digit /> })
}

#[component]
fn Sheet(studio: Studio, shown: Signal<bool>, is_digit: bool) -> impl IntoView {
    let sheet = NodeRef::<Canvas>::new();
    let pen = StoredValue::new(None::<[f64; 2]>);
    let ink = RwSignal::new("#ffffff".to_string());
    let (is_blank, size) = (RwSignal::new(true), studio.size());
    let slot = Slot::new("a held-out picture instead", studio, 0);
    let open = RwSignal::new(None);

    let look = move || {
        let drawn = sheet.get_untracked().and_then(|sheet| {
            let pixels = context(&sheet)?.get_image_data(0.0, 0.0, SIDE as f64, SIDE as f64).ok()?.data();
            taken(&pixels, SIDE, size, is_digit)
        });
        if let Some(drawn) = drawn {
            is_blank.set(false);
            studio.drawn.set(Some(drawn.clone()));
            slot.picked.set(Picked::Own(drawn));
        }
    };
    let draw = move |event: &PointerEvent| {
        let (Some(sheet), Some(at)) = (sheet.get_untracked(), place(event)) else { return };
        if let Some(context) = context(&sheet) {
            stroke(&context, pen.get_value().unwrap_or(at), at, &ink.get_untracked());
            pen.set_value(Some(at));
            look();
        }
    };
    let clear = move || {
        if let Some(context) = sheet.get_untracked().as_ref().and_then(context) {
            blank(&context);
        }
        is_blank.set(true);
        studio.drawn.set(None);
        if matches!(slot.picked.get_untracked(), Picked::Own(_)) {
            slot.picked.set(Picked::HeldOut(0));
        }
    };
    Effect::new(move || {
        if let Some(context) = sheet.get().as_ref().and_then(context) {
            blank(&context);
        }
    });
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        event.stop_propagation();
        let file = event.data_transfer().and_then(|dropped| dropped.files()).and_then(|files| files.get(0));
        let (Some(file), Some(sheet)) = (file, sheet.get_untracked()) else { return };
        spawn_local(async move {
            let side = SIDE as f64;
            let laid = async {
                let bitmap = bitmap(&file).await?;
                let [width, height] = [bitmap.width(), bitmap.height()].map(f64::from);
                let square = width.min(height);
                let context = context(&sheet).ok_or(JsValue::NULL)?;
                let (left, top) = ((width - square) / 2.0, (height - square) / 2.0);
                context.draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                    &bitmap, left, top, square, square, 0.0, 0.0, side, side,
                )
            };
            match laid.await {
                Ok(()) => look(),
                Err(_) => {
                    studio.lab.notices.warn(format!("“{}” is broken or no picture that this browser can open.", file.name()));
                }
            }
        });
    };

    let question = move || shown.get().then(|| Question::Reconstruct { picture: slot.picked.get(), about: None });
    let kept = keep(studio.lab, question);
    let gallery = kept.gallery();
    let numbers = move || bars(kept.figures().into_iter().take(MOST_NUMBERS), [-FAR, FAR]);
    view! {
        <div class="draw-row">
            <div class="sheet" on:drop=dropped>
                <canvas
                    node_ref=sheet
                    width=SIDE
                    height=SIDE
                    role="img"
                    aria-label="A square to draw on with a mouse or a finger. With a keyboard, choose a held-out picture instead."
                    on:pointerdown=move |event| {
                        if begins_stroke(&event) {
                            event.prevent_default();
                            pen.set_value(None);
                            draw(&event);
                        }
                    }
                    on:pointermove=move |event| {
                        if event.is_primary() && pen.with_value(Option::is_some) {
                            draw(&event);
                        }
                    }
                    on:pointerup=move |_| pen.set_value(None)
                    on:pointercancel=move |_| pen.set_value(None)
                ></canvas>
                <p class:hidden=move || !is_blank.get()>"Draw here"</p>
            </div>
            <div class="drawn">
                <Captioned gallery label="The picture and what comes back of it" />
                {numbers}
            </div>
        </div>
        <div class="buttons">
            <button class="button" type="button" on:click=move |_| clear()>
                {icon(Icon::Close)}
                "Clear"
            </button>
            {(size.channels == 3)
                .then(|| {
                    view! {
                        <label class="button">
                            "Ink "
                            <input type="color" prop:value=move || ink.get() on:input:target=move |event| ink.set(event.target().value()) />
                        </label>
                    }
                })} <span class="or">"or"</span> <SlotButton studio of=slot open />
        </div>
        <Shelf studio open />
        <p class="technique-note" class:hidden=move || !studio.is_told.get()>
            "The networks are told what a picture is. Of yours they are told what is chosen for samples to be."
        </p>
        <Problem kept />
    }
}

/// The context that draws, which is read all the time.
fn context(sheet: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    let options = js_sys::Object::new();
    // It is a new object, that anything can be put on.
    let _ = js_sys::Reflect::set(&options, &"willReadFrequently".into(), &JsValue::TRUE);
    sheet.get_context_with_context_options("2d", &options).ok().flatten()?.dyn_into().ok()
}

fn blank(context: &CanvasRenderingContext2d) {
    context.set_shadow_blur(0.0);
    context.set_fill_style_str("#000");
    context.fill_rect(0.0, 0.0, SIDE as f64, SIDE as f64);
}

fn stroke(context: &CanvasRenderingContext2d, [x, y]: [f64; 2], [to_x, to_y]: [f64; 2], ink: &str) {
    context.set_line_cap("round");
    context.set_line_width(STROKE);
    context.set_stroke_style_str(ink);
    context.set_shadow_color(ink);
    context.set_shadow_blur(SOFT);
    context.begin_path();
    context.move_to(x, y);
    context.line_to(to_x, to_y);
    context.stroke();
}

/// Where on the sheet a pointer is, in its pixels.
fn place(event: &PointerEvent) -> Option<[f64; 2]> {
    Some(share(event)?.map(|share| share * SIDE as f64))
}
