//! The visitor's own points: drawn on the view, or taken from a file or the clipboard.

use leptos::prelude::*;
use terrarium_data::points::MIN_POINTS;
use terrarium_labs::scene::HALF_SIDE;
use web_sys::{HtmlInputElement, PointerEvent};

use crate::files;
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::number::thousands;
use crate::pointer::{begins_stroke, share};

/// A stroke leaves points this far apart, and scatters them this far, in units of the plane.
const SPACING: f32 = 0.035;
const SCATTER: f32 = 0.05;

/// What is below the data sets while the visitor's own points are chosen.
#[component]
pub fn OwnPoints(lab: Lab) -> impl IntoView {
    let pasted = NodeRef::<leptos::html::Textarea>::new();
    let count = move || {
        let count = lab.points.with(|points| points.len());
        let missing = MIN_POINTS.saturating_sub(count);
        match (count, missing) {
            (0, _) => format!("Draw on the square, or bring a file. At least {MIN_POINTS} points are needed."),
            (_, 0) => format!("{} points.", thousands(count as u64)),
            (_, missing) => format!("{count} points so far; {missing} more are needed."),
        }
    };
    let take_pasted = move |_| {
        if let Some(field) = pasted.get_untracked() {
            lab.use_csv(&field.value());
        }
    };
    view! {
        <div class="own-points" class:hidden=move || !lab.is_custom.get()>
            <p role="status">{count}</p>
            <div class="buttons">
                <label class="button">
                    {icon(Icon::Open)} "Open CSV"
                    <input
                        class="visually-hidden"
                        type="file"
                        accept=".csv,.tsv,.txt,text/csv,text/plain"
                        on:change:target=move |event| take_picked(lab, &event.target())
                    />
                </label>
                <button class="button" type="button" on:click=move |_| lab.use_points(Vec::new())>
                    {icon(Icon::Close)}
                    "Clear"
                </button>
            </div>
            <details>
                <summary>"Paste or type points"</summary>
                <textarea
                    node_ref=pasted
                    rows="4"
                    spellcheck="false"
                    aria-label="Points as text: x and y on each line"
                    placeholder="0.1, 0.9\n0.2, 0.8"
                ></textarea>
                <button class="button" type="button" on:click=take_pasted>
                    "Use these points"
                </button>
            </details>
        </div>
    }
}

/// Takes in what a file field has picked, and empties it so that the same file can be picked again.
pub fn take_picked(lab: Lab, field: &HtmlInputElement) {
    if let Some(picked) = field.files() {
        files::take(lab, &picked);
    }
    field.set_value("");
}

/// The sheet over the view on which the visitor draws. It shows what is drawn before a run takes it up.
#[component]
pub fn DrawingSheet(lab: Lab) -> impl IntoView {
    // Points of the strokes so far, and of the one that is being drawn.
    let stroke = RwSignal::new(Vec::<[f32; 2]>::new());
    let pen = StoredValue::new(None::<[f32; 2]>);
    let draw = move |event: &PointerEvent| {
        let Some(at) = place(event) else { return };
        let from = pen.get_value();
        let (near, steps) = match from {
            Some([x, y]) => {
                let steps = ((at[0] - x).hypot(at[1] - y) / SPACING) as usize;
                ([x, y], steps)
            }
            None => (at, 1),
        };
        if steps == 0 {
            return;
        }
        pen.set_value(Some(at));
        stroke.update(|stroke| {
            for i in 1..=steps {
                let share = i as f32 / steps as f32;
                let [x, y] = [0, 1].map(|k| near[k] + share * (at[k] - near[k]) + scatter());
                stroke.push([x, y]);
            }
        });
    };
    let finish = move || {
        pen.set_value(None);
        let drawn = stroke.try_update(std::mem::take).unwrap_or_default();
        if !drawn.is_empty() {
            let mut points = lab.points.get_untracked().to_vec();
            points.extend(drawn);
            lab.use_points(points);
        }
    };
    let dots = move || {
        // Points that a run has taken up are painted with it.
        let waiting = if lab.is_custom.get() && lab.lacks.with(Option::is_some) { lab.points.get().to_vec() } else { Vec::new() };
        let dot = |[x, y]: &[f32; 2]| format!("M{x:.3} {:.3}h0", -y);
        stroke.with(|stroke| waiting.iter().chain(stroke).map(dot).collect::<String>())
    };
    view! {
        <div
            class="drawing-sheet"
            class:hidden=move || !lab.is_custom.get()
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
            on:pointerup=move |_| finish()
            on:pointercancel=move |_| finish()
        >
            <svg viewBox=format!("{0} {0} {1} {1}", -HALF_SIDE, 2.0 * HALF_SIDE) aria-hidden="true">
                <path d=dots></path>
            </svg>
            <p class:hidden=move || lab.lacks.with(Option::is_none) || stroke.with(|stroke| !stroke.is_empty())>
                "Draw here: hold and move"
            </p>
        </div>
    }
}

/// Where in the plane a pointer is.
fn place(event: &PointerEvent) -> Option<[f32; 2]> {
    let [x, y] = share(event)?.map(|share| share as f32);
    Some([(2.0 * x - 1.0) * HALF_SIDE, (1.0 - 2.0 * y) * HALF_SIDE])
}

/// About normal, from −[`SCATTER`] to [`SCATTER`].
fn scatter() -> f32 {
    let uniform = || js_sys::Math::random() as f32 - 0.5;
    (uniform() + uniform()) * SCATTER
}
