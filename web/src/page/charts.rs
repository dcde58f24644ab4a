//! The charts of a run.

use leptos::prelude::*;
use terrarium_labs::protocol::Measures;

use crate::chart::{Axis, Chart, Line, Look};
use crate::lab::Lab;
use crate::number::{percent, short, tick};

const EMPTY: &str = "Press Play to fill this chart.";

const LOSSES: Look = Look {
    title: "Losses",
    help: "What each network tries to make small. Neither going to 0 is good: the two should balance.",
    axis: Axis::Around,
    format: short,
    tick,
    x: "step",
    empty: EMPTY,
};

const DIVERGENCE: Look = Look {
    title: "Jensen–Shannon divergence, in bits",
    help: "How far generated points are from real ones: 0 is alike, 1 is entirely apart.",
    axis: Axis::Fixed(0.0, 1.0),
    format: short,
    tick,
    x: "step",
    empty: EMPTY,
};

const MODES: Look = Look {
    title: "Modes and quality",
    help: "The share of the data's clusters that the generator covers, and of its points that lie near one.",
    axis: Axis::Fixed(0.0, 1.0),
    format: percent,
    tick: |share| percent(share as f32),
    x: "step",
    empty: "For data made of clusters, whose modes can be counted.",
};

const GRADIENTS: Look = Look {
    title: "Gradient norms, layer by layer",
    help: "How strongly each layer is told to change. Falling to nothing is vanishing, shooting up is exploding.",
    axis: Axis::Log,
    format: short,
    tick,
    x: "step",
    empty: EMPTY,
};

#[component]
pub fn Charts(lab: Lab) -> impl IntoView {
    let cursor = RwSignal::new(None);
    let line = move |name: &str, class: &str, pick: &dyn Fn(&Measures) -> Option<f32>| {
        let points = |rows: &[Measures]| rows.iter().filter_map(|row| Some((f64::from(row.step), pick(row)?))).collect();
        Line {
            name: name.to_string(),
            class: class.to_string(),
            points: lab.history.with(|history| points(history.rows())),
            now: lab.latest.with(|latest| latest.as_ref().and_then(pick)),
            of: None,
        }
    };
    let losses = move || {
        vec![
            line("Discriminator", "of-discriminator", &|row| Some(row.discriminator_loss)),
            line("Generator", "of-generator", &|row| Some(row.generator_loss)),
        ]
    };
    let divergence = move || vec![line("Divergence", "of-divergence", &|row| Some(row.divergence))];
    let modes = move || {
        let of = lab.latest.with(|latest| latest.as_ref().and_then(|row| row.modes)).map(|(_, of)| of);
        let covered = line("Modes covered", "of-modes", &|row| row.modes.map(|(covered, of)| covered as f32 / of.max(1) as f32));
        vec![Line { of, ..covered }, line("Near a mode", "of-quality", &|row| row.quality)]
    };
    let gradients = move || {
        let names = lab.opened.with(|opened| opened.as_ref().map(|o| o.layers.clone())).unwrap_or_default();
        let lines = names.iter().enumerate().map(|(i, name)| {
            // "G 1" is in the first of the generator's shades.
            let class = format!("of-layer of-{}", name.to_lowercase().replace(' ', "-"));
            line(name, &class, &|row| row.gradient_norms.get(i).copied())
        });
        lines.collect()
    };
    view! {
        <section class="charts" aria-label="Charts">
            <Chart look=LOSSES lines=Signal::derive(losses) cursor />
            <Chart look=DIVERGENCE lines=Signal::derive(divergence) cursor />
            <Chart look=MODES lines=Signal::derive(modes) cursor />
            <Chart look=GRADIENTS lines=Signal::derive(gradients) cursor />
        </section>
    }
}
