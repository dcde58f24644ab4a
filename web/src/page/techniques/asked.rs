//! What pictures are asked to be.

use leptos::prelude::*;
use terrarium_labs::pictures::{Range, Thing};

use super::parts::{Field, Menu, Slider};

/// The control of one thing that is known about pictures, whose value is the one at `place` in `about`.
#[component]
pub fn Asked(id: String, help: String, about: RwSignal<Vec<f32>>, place: usize, thing: Thing) -> impl IntoView {
    let value = move || about.with(|about| about.get(place).copied().unwrap_or_default());
    let set = move |to: f32| {
        about.update(|about| {
            if let Some(value) = about.get_mut(place) {
                *value = to;
            }
        });
    };
    let control = match thing.range {
        Range::Options(options) => {
            let chosen = Signal::derive(move || value() as usize);
            view! { <Menu id=id.clone() options chosen choose=move |place: usize| set(place as f32) /> }.into_any()
        }
        Range::Between { low, high, ends: [least, most] } => {
            let between = format!("from {least} to {most}");
            view! {
                <Slider
                    id=id.clone()
                    range=[low, high]
                    step=(high - low) / 20.0
                    value=Signal::derive(value)
                    // The last of 20 steps may miss the end by a rounding.
                    moved=move |to: f32| set(to.clamp(low, high))
                    spoken=move |at: f32| format!("{:.0} percent {between}", 100.0 * (at - low) / (high - low))
                />
                <div class="ends" aria-hidden="true">
                    <span>{least}</span>
                    <span>{most}</span>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <Field id label=thing.name help>
            {control}
        </Field>
    }
}

/// What is asked for to begin with.
pub fn usual(thing: &Thing) -> f32 {
    match thing.range {
        Range::Options(_) => 0.0,
        Range::Between { low, high, .. } => (low + high) / 2.0,
    }
}
