//! What makes a run go, and how it goes.

use leptos::prelude::*;
use terrarium_labs::lab::Player;
use terrarium_labs::protocol::Command;

use crate::dom;
use crate::icons::{Icon, icon};
use crate::lab::{Lab, Progress};
use crate::number::{short, thousands};

#[component]
pub fn RunBar(lab: Lab) -> impl IntoView {
    let blocked = move || lab.lacks.with(Option::is_some) || lab.crashed.with(Option::is_some);
    let step_button = move |(number, player): (usize, &'static Player)| {
        let alone = lab.which.get_untracked().players.len() == 1;
        let text = if alone { "One step".to_string() } else { format!("Step {}", player.short) };
        view! {
            <button
                class=format!("button of-{}", player.name)
                type="button"
                title=format!("One step of the {} alone", player.name)
                disabled=blocked
                on:click=move |_| lab.step(Command::Step(number as u32))
            >
                {text}
            </button>
        }
    };
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
                {move || lab.which.get().players.iter().enumerate().map(step_button).collect_view()}
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
                <p class="lacks" role="status" class:hidden=move || lab.lacks.with(Option::is_none)>
                    {move || lab.lacks.get()}
                </p>
        </section>
    }
}

fn counters(lab: Lab) -> impl IntoView {
    let progress = lab.progress;
    let counter = |name: String, id: String, title: String, text: Signal<String>| {
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
    // Those who learn before the last, whose turns are the run's steps.
    let before = move || {
        let Some((_, before)) = lab.which.get().players.split_last() else { return Vec::new() };
        let turns =
            move |i: usize| Signal::derive(move || thousands(progress.with(|p| p.turns.get(i).copied().unwrap_or(0)).into()));
        let each = before.iter().enumerate().map(|(i, player)| {
            let title = format!("Steps the {} has made", player.name);
            counter(format!("{} steps", player.short), format!("{}-steps", player.name), title, turns(i))
        });
        each.collect()
    };
    let plain = move |name: &str, id: &str, title: &str, text| counter(name.to_string(), id.to_string(), title.to_string(), text);
    (
        plain("Step", "steps", "Steps made", Signal::derive(move || thousands(progress.with(Progress::steps).into()))),
        before,
        plain("Steps/s", "steps-per-second", "Whole steps in the last second", measured(|p| p.steps_per_second)),
        plain("ms/step", "ms-per-step", "The engine's time for a whole step", measured(|p| p.ms_per_step)),
    )
}
