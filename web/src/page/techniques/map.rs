//! Walking on the latent map: what the decoder paints under the pointer, and along a way.

use leptos::prelude::*;
use terrarium_labs::protocol::{self, Answer, Gallery};
use terrarium_labs::vae::{self, Question};
use web_sys::{KeyboardEvent, PointerEvent};

use super::keep::keep;
use super::parts::{Menu, signed};
use super::pictures::{Picture, raster};
use crate::lab::Lab;
use crate::pointer::{begins_stroke, share};

/// A way leaves pictures this far apart, as a share of half the map's side, and so many at most.
const STRIDE: f32 = 0.1;
const MOST_STOPS: usize = 16;
/// How far an arrow key goes.
const KEY: f32 = 0.06;

/// A picture on the way, and where it was.
#[derive(Clone, PartialEq)]
struct Stop {
    place: [f32; 2],
    gallery: Gallery,
}

/// What lies over the map while it is shown.
#[component]
pub fn MapWalk(lab: Lab) -> impl IntoView {
    let is_map = Memo::new(move |_| lab.is_in(&vae::LAB) && lab.view().is_map && lab.opened.with(Option::is_some));
    move || is_map.get().then(|| view! { <Overlay lab /> })
}

#[component]
fn Overlay(lab: Lab) -> impl IntoView {
    // From −1 to 1, to the right and up.
    let place = RwSignal::new(None::<[f32; 2]>);
    let walking = RwSignal::new(false);
    let stops = RwSignal::new(Vec::<Stop>::new());
    let kept = keep(lab, move || place.get().map(|[x, y]| Question::At { x, y, axes: lab.show.get().axes }));

    // What was walked is of the run and of the axes it was walked on.
    Effect::new(move || {
        lab.show.with(|show| show.axes);
        lab.opened.track();
        walking.set(false);
        stops.set(Vec::new());
    });
    Effect::new(move || {
        let Some(answered) = kept.answered.get() else { return };
        let (protocol::Question::Vae(Question::At { x, y, .. }), Some(gallery)) = (&answered.0, answered.1.galleries.first())
        else {
            return;
        };
        let is_far = |stops: &Vec<Stop>| stops.last().is_none_or(|Stop { place, .. }| (x - place[0]).hypot(y - place[1]) >= STRIDE);
        if walking.get_untracked() && stops.with_untracked(|stops| stops.len() < MOST_STOPS && is_far(stops)) {
            stops.update(|stops| stops.push(Stop { place: [*x, *y], gallery: gallery.clone() }));
        }
    });

    let down = move |event: PointerEvent| {
        if begins_stroke(&event) {
            stops.set(Vec::new());
            walking.set(true);
            place.set(at(&event));
        }
    };
    let key = move |event: KeyboardEvent| {
        let [right, up] = match event.key().as_str() {
            "ArrowLeft" => [-KEY, 0.0],
            "ArrowRight" => [KEY, 0.0],
            "ArrowUp" => [0.0, KEY],
            "ArrowDown" => [0.0, -KEY],
            "Escape" => {
                stops.set(Vec::new());
                return;
            }
            _ => return,
        };
        event.prevent_default();
        walking.set(true);
        place.update(|place| {
            let [x, y] = place.unwrap_or_default();
            *place = Some([(x + right).clamp(-1.0, 1.0), (y + up).clamp(-1.0, 1.0)]);
        });
    };
    let shown = kept.raster(0, |_| true);
    let words =
        move || kept.answered.with(|answered| answered.as_ref().map(|answered| coordinates(&answered.1))).unwrap_or_default();
    let way = move || {
        let point = |Stop { place: [x, y], .. }: &Stop| format!("{x:.3},{:.3} ", -y);
        stops.with(|stops| stops.iter().map(point).collect::<String>())
    };
    let across = |share: f32| format!("{:.1}%", 100.0 * share);
    let spot = move || place.get().unwrap_or_default();
    view! {
        <div
            class="map-walk"
            tabindex="0"
            role="application"
            aria-label="The latent map. Arrow keys walk, and what the decoder paints on the way stays in a strip below; Escape clears it."
            on:pointerdown=down
            on:pointermove=move |event| {
                if event.is_primary() {
                    // Keys may have walked before.
                    if event.buttons() == 0 {
                        walking.set(false);
                    }
                    place.set(at(&event));
                }
            }
            on:pointerup=move |_| walking.set(false)
            on:pointercancel=move |_| walking.set(false)
            on:pointerleave=move |_| place.set(None)
            on:blur=move |_| {
                walking.set(false);
                place.set(None);
            }
            on:keydown=key
        >
            <svg viewBox="-1 -1 2 2" preserveAspectRatio="none" aria-hidden="true">
                <polyline class="map-way" points=way></polyline>
                <polyline class="map-way inner" points=way></polyline>
            </svg>
            <div
                class="map-card"
                class:hidden=move || place.get().is_none() || shown.with(Option::is_none)
                class=("to-the-left", move || { spot()[0] > 0.2 })
                class=("above", move || spot()[1] < -0.2)
                style=("--x", move || across((spot()[0] + 1.0) / 2.0))
                style=("--y", move || across((1.0 - spot()[1]) / 2.0))
            >
                <Picture shown label="What the decoder paints here" />
                <p aria-live="polite">{words}</p>
            </div>
            <div class="map-strip" class:hidden=move || stops.with(Vec::is_empty)>
                <For each=move || 0..stops.with(Vec::len) key=|i| *i let(i)>
                    <Picture shown=Signal::derive(move || {
                        stops.with(|stops| stops.get(i).map(|stop| raster(&stop.gallery, |_| true)))
                    }) />
                </For>
            </div>
        </div>
    }
}

/// Where a place is in the latent space, in words.
fn coordinates(answer: &Answer) -> String {
    let figures = answer.figures.iter().map(|figure| format!("{} {}", figure.name, signed(figure.value, 2)));
    figures.collect::<Vec<_>>().join(", ")
}

/// Where on the map a pointer is.
fn at(event: &PointerEvent) -> Option<[f32; 2]> {
    let [x, y] = share(event)?.map(|share| share.clamp(0.0, 1.0) as f32);
    Some([2.0 * x - 1.0, 1.0 - 2.0 * y])
}

/// Along which dimensions the map lies, where there are more than two.
#[component]
pub fn MapAxes(lab: Lab) -> impl IntoView {
    let latent = Memo::new(move |_| match lab.is_in(&vae::LAB) && lab.view().is_map {
        true => lab.latent(),
        false => 0,
    });
    // Another run may have fewer dimensions.
    Effect::new(move || {
        let latent = latent.get();
        let beyond = lab.show.with_untracked(|show| show.axes.is_some_and(|axes| axes.iter().any(|axis| *axis >= latent)));
        if latent > 0 && beyond {
            lab.change_view(|show| show.axes = None);
        }
    });
    let menu = move |side: usize, label: &'static str, component: &'static str| {
        let dimensions = (1..=latent.get()).map(|i| format!("z {i}"));
        let options = [component.to_string()].into_iter().chain(dimensions).collect();
        let chosen = Signal::derive(move || lab.show.get().axes.map_or(0, |axes| axes[side] as usize + 1));
        let choose = move |place: usize| {
            lab.change_view(|show| {
                show.axes = (place as u32).checked_sub(1).map(|axis| {
                    let mut axes = show.axes.unwrap_or([0, 1]);
                    // One dimension cannot be both.
                    if axes[1 - side] == axis {
                        axes[1 - side] = u32::from(axis == 0);
                    }
                    axes[side] = axis;
                    axes
                });
            });
        };
        view! { <Menu id=format!("axis-{side}") label=label.to_string() options chosen choose /> }
    };
    move || {
        (latent.get() > 2).then(|| {
            view! {
                <div class="map-axes" role="group" aria-label="Axes of the map">
                    <span aria-hidden="true">"→"</span>
                    {menu(0, "To the right", "First component")}
                    <span aria-hidden="true">"↑"</span>
                    {menu(1, "Up", "Second component")}
                </div>
            }
        })
    }
}
