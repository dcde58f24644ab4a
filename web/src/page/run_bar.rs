//! What makes a run go, and how it goes.

use leptos::prelude::*;
use terrarium_labs::protocol::{Command, Pace};

use crate::dom;
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::number::{short, thousands};

/// Phases a second at the places of the speed slider; beyond the last it is as fast as can be.
const PACES: [f32; 7] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

#[component]
pub fn RunBar(lab: Lab) -> impl IntoView {
    let blocked = move || lab.lacks_points() || lab.crashed.with(Option::is_some);
    let place = move || match lab.pace.get() {
        Pace::Full => PACES.len(),
        Pace::PhasesPerSecond(pace) => PACES.iter().position(|p| *p >= pace).unwrap_or(PACES.len() - 1),
    };
    let pace_text = move || match lab.pace.get() {
        Pace::Full => "full speed".to_string(),
        Pace::PhasesPerSecond(pace) => format!("slow motion, {pace} phases/s"),
    };
    view! {
        <section class="run-bar panel" aria-label="Run">
            <div class="run-buttons">
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
                    on:click=move |_| lab.step(Command::StepDiscriminator)
                >
                    "Step D"
                </button>
                <button
                    class="button of-generator"
                    type="button"
                    title="One step of the generator alone"
                    disabled=blocked
                    on:click=move |_| lab.step(Command::StepGenerator)
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
                    {icon(Icon::Dice)}
                    "New seed"
                </button>
                <label class="seed">
                    "Seed"
                    <input
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
                </label>
            </div>
            <div class="run-state">
                <label class="pace">
                    "Speed"
                    <input
                        class="slider"
                        type="range"
                        min="0"
                        max=PACES.len()
                        step="1"
                        aria-valuetext=pace_text
                        prop:value=move || place().to_string()
                        style=("--filled", move || format!("{:.1}%", 100.0 * place() as f64 / PACES.len() as f64))
                        on:input:target=move |event| {
                            let place = event.target().value_as_number() as usize;
                            lab.set_pace(PACES.get(place).map_or(Pace::Full, |pace| Pace::PhasesPerSecond(*pace)));
                        }
                    />
                    <span class="pace-text">{pace_text}</span>
                </label>
                <dl class="counters">{counters(lab)}</dl>
            </div>
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
    let measured = move |pick: fn(crate::lab::Progress) -> f32| {
        Signal::derive(move || match pick(progress.get()) {
            value if value > 0.0 => short(value),
            _ => "–".to_string(),
        })
    };
    (
        counter(
            "Step",
            "steps",
            "Steps the generator has made",
            Signal::derive(move || thousands(progress.get().generator_steps.into())),
        ),
        counter(
            "D steps",
            "discriminator-steps",
            "Steps the discriminator has made",
            Signal::derive(move || thousands(progress.get().discriminator_steps.into())),
        ),
        counter("Steps/s", "steps-per-second", "Whole steps in the last second", measured(|p| p.steps_per_second)),
        counter("ms/step", "ms-per-step", "The engine's time for a whole step", measured(|p| p.ms_per_step)),
    )
}
