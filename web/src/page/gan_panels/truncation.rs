//! Variety given up for quality.

use leptos::prelude::*;
use terrarium_labs::image_gan::{Question, Sample};

use crate::lab::Lab;
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::{Field, Slider, panel};
use crate::techniques::pictures::Picture;

/// Samples shown.
const COUNT: u32 = 16;
/// How far noise may go, in standard deviations; at the far end of the slider, anywhere.
const RANGE: [f32; 2] = [0.1, 3.0];

pub fn truncation(lab: Lab) -> impl IntoView {
    let help =
        "Odd pictures come of rare noise. Drawn anew until it is not rare, noise makes better pictures, and less different ones.";
    panel("truncation", "Truncation", help, move |shown| view! { <Samples lab shown /> })
}

#[component]
fn Samples(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let most = RwSignal::new(1.0);
    let truncation = move || (most.get() < RANGE[1]).then(|| most.get());
    let kept = keep(lab, move || {
        let from = Sample { truncation: truncation(), ..Sample::default() };
        shown.get().then_some(Question::Samples { from, count: COUNT })
    });
    let spoken =
        |most: f32| if most < RANGE[1] { format!("up to {most:.1} standard deviations") } else { "as far as it likes".to_string() };
    view! {
        <Field
            id="truncation-slider".to_string()
            label="How far noise may go"
            help="Whatever of a noise goes further is drawn anew until it does not: the truncation trick of BigGAN (Brock et al. 2019)."
        >
            <Slider id="truncation-slider".to_string() range=RANGE step=0.1 value=most moved=move |to: f32| most.set(to) spoken />
        </Field>
        <p class="technique-note">{move || format!("Noise goes {}.", spoken(most.get()))}</p>
        <Picture shown=kept.raster(0, |_| true) label="Samples of such noise" />
        <Problem kept />
    }
}
