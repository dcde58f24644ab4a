//! What makes a run go, and how it goes.

use leptos::prelude::*;
use terrarium_labs::protocol::Command;

use crate::dom;
use crate::icons::{Icon, icon};
use crate::lab::{Lab, Progress};
use crate::number::{short, thousands};

#[component]
pub fn RunBar(lab: Lab) -> impl IntoView {
    let blocked = move || lab.lacks_points.get() || lab.crashed.with(Option::is_some);
    view! {
        <section class="run-bar panel" aria-label="Run">
                <button
                    id="play"
                    class="primary"
                    type="button"
                    title="Space"
                    aria-keyshortcuts="Space"
                    disabled=blocked
                    on:click=move |_| lab.play(!lab.playing.get_untracked())
                >
                    {move || icon(if lab.playing.get() { Icon::Pause } else { Icon::Play })}
                    {move || if lab.playing.get() { "Pause" } else { "Play" }}
                </button>
                <button
                    class="button of-discriminator"
                    type="button"
                    title="One step of the discriminator alone"
                    disabled=blocked
                    on:click=move |_| lab.step(Command::Step(0))
                >
                    "Step D"
                </button>
                <button
                    class="button of-generator"
                    type="button"
                    title="One step of the generator alone"
                    disabled=blocked
                    on:click=move |_| lab.step(Command::Step(1))
                >
                    "Step G"
                </button>
                <button
                    class="button"
                    type="button"
                    title="Begin again with the same seed: the very same run"
                    disabled=blocked
                    on:click=move |_| lab.restart_now()
                >
                    {icon(Icon::Again)}
                    "Reset"
                </button>
                <button
                    class="button"
                    type="button"
                    title="Begin again with another seed: other weights, other noise"
                    disabled=blocked
                    on:click=move |_| lab.set_seed(dom::random_seed())
                >
                    "New seed"
                </button>
                <div class="seed">
                    <label for="seed">"Seed"</label>
                    <input
                        id="seed"
                        class="number"
                        type="text"
                        inputmode="numeric"
                        autocomplete="off"
                        prop:value=move || lab.seed.get().to_string()
                        on:change:target=move |event| {
                            match event.target().value().trim().parse() {
                                Ok(seed) => lab.set_seed(seed),
                                Err(_) => {
                                    lab.notices.warn("A seed is a whole number.");
                                    event.target().set_value(&lab.seed.get_untracked().to_string());
                                }
                            }
                        }
                    />
                </div>
                <dl class="counters">{counters(lab)}</dl>
        </section>
    }
}

fn counters(lab: Lab) -> impl IntoView {
    let progress = lab.progress;
    let counter = |name: &'static str, id: &'static str, title: &'static str, text: Signal<String>| {
        view! {
            <div title=title>
                <dt>{name}</dt>
                <dd id=id>{text}</dd>
            </div>
        }
    };
    let measured = move |pick: fn(&Progress) -> f32| {
        Signal::derive(move || match progress.with(pick) {
            value if value > 0.0 => short(value),
            _ => "–".to_string(),
        })
    };
    (
        counter(
            "Step",
            "steps",
            "Steps the generator has made",
            Signal::derive(move || thousands(progress.with(Progress::steps).into())),
        ),
        counter(
            "D steps",
            "discriminator-steps",
            "Steps the discriminator has made",
            Signal::derive(move || thousands(progress.with(|p| p.turns.first().copied().unwrap_or(0)).into())),
        ),
        counter("Steps/s", "steps-per-second", "Whole steps in the last second", measured(|p| p.steps_per_second)),
        counter("ms/step", "ms-per-step", "The engine's time for a whole step", measured(|p| p.ms_per_step)),
    )
}
