//! Which engine trains, and how far two of them drift apart.

use leptos::prelude::*;
use terrarium_labs::protocol::{Comparison, EngineKind};

use crate::chart::{Axis, Chart, Line, Look};
use crate::lab::Lab;
use crate::number::{short, tick};

const DRIFT: Look = Look {
    title: "Drift between the engines",
    help: "The largest relative difference of any parameter after each step.",
    axis: Axis::Log,
    format: short,
    tick,
    x: "step",
    empty: "Compare the engines to fill this chart.",
};

fn name(engine: EngineKind) -> &'static str {
    match engine {
        EngineKind::Cpu => "CPU (SIMD)",
        EngineKind::Dfdx => "Reference (dfdx)",
    }
}

/// The outcome in words.
fn sentence(comparison: &Comparison) -> String {
    let [a, b] = comparison.engines.map(name);
    let [ms_a, ms_b] = comparison.ms_per_step.map(short);
    let furthest = comparison.drift.iter().copied().fold(0.0, f32::max);
    let verdict = if furthest.is_nan() || comparison.drift.iter().any(|drift| !drift.is_finite()) {
        "the numbers broke down, so they cannot be compared".to_string()
    } else if furthest <= 1e-3 {
        format!("they differ by {} at most: rounding, and no more", short(furthest))
    } else {
        format!("they differ by {}: rounding that this set-up magnifies", short(furthest))
    };
    format!("After {} steps {verdict}. {a} took {ms_a} ms a step, {b} {ms_b} ms.", comparison.steps)
}

#[component]
pub fn Compare(lab: Lab) -> impl IntoView {
    let cursor = RwSignal::new(None);
    let is_comparing = move || lab.comparing.with(Option::is_some);
    let option = move |engine: EngineKind| {
        view! {
            <option value=engine.slug() prop:selected=move || lab.engine.get() == engine>
                {name(engine)}
            </option>
        }
    };
    let choose = move |chosen: String| {
        if let Some(engine) = EngineKind::from_slug(&chosen) {
            lab.choose_engine(engine);
        }
    };
    let progress = move || lab.comparing.get().map_or(0.0, |(done, of)| f64::from(done) / f64::from(of.max(1)));
    let outcome = move || match (lab.comparing.get(), lab.compared.get()) {
        (Some((done, of)), _) => format!("Step {done} of {of} on both engines…"),
        (None, Some(comparison)) => sentence(&comparison),
        (None, None) => "Runs the next 50 steps on both engines from the same state. The run itself stays as it is.".to_string(),
    };
    let drift = move || {
        let Some(comparison) = lab.compared.get() else { return Vec::new() };
        let points: Vec<_> = comparison.drift.iter().enumerate().map(|(i, drift)| ((i + 1) as f64, *drift)).collect();
        vec![Line {
            name: "Drift".to_string(),
            class: "of-divergence".to_string(),
            now: comparison.drift.last().copied(),
            of: None,
            points,
        }]
    };
    view! {
        <section class="panel compare" aria-label="Engine">
            <div class="compare-head">
                <label for="engine">"Engine"</label>
                <select id="engine" disabled=is_comparing on:change:target=move |event| choose(event.target().value())>
                    {EngineKind::ALL.map(option).collect_view()}
                </select>
                <button id="compare" class="button" type="button" disabled=is_comparing on:click=move |_| lab.compare()>
                    "Compare engines"
                </button>
            </div>
            <progress class:idle=move || !is_comparing() max="1" prop:value=progress aria-label="Steps compared"></progress>
            <p id="compared" role="status">
                {outcome}
            </p>
            <Chart look=DRIFT lines=Signal::derive(drift) cursor />
        </section>
    }
}
