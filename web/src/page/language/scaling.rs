//! What size does for a model: three of them, trained on the same budget, and much larger ones beside them.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, LAB, Question};
use terrarium_labs::settings::Settings;
use wasm_bindgen_futures::spawn_local;

use super::ask;
use super::plot::{Axis, Dot, Plot};
use crate::lab::{Lab, Progress};
use crate::number::{short, thousands};
use crate::techniques::parts::panel;

/// Widths of the models, each with four times as many neurons, and the steps that each is trained for, on the same names.
const WIDTHS: [u32; 3] = [8, 24, 72];
const STEPS: u32 = 300;

/// Parameters, and nats a token on held-out web text, of the four GPT-2 (Radford et al. 2019), as nanoGPT's README measures them.
const PUBLISHED: [(&str, f32, f32); 4] =
    [("GPT-2", 124e6, 3.12), ("GPT-2 medium", 350e6, 2.84), ("GPT-2 large", 774e6, 2.67), ("GPT-2 XL", 1558e6, 2.54)];

/// The ends of both axes, in orders of magnitude of parameters, and in nats.
const PARAMETERS: [f32; 2] = [3.0, 10.0];
const LOSS: [f32; 2] = [1.5, 4.0];

pub fn scaling(lab: Lab) -> AnyView {
    let help = "Three models of the same kind, small, middling and large, read the same names for the same number of steps. The present run makes \
                room for them and begins anew afterwards.";
    panel("scaling", "Does size matter?", help, move |_| view! { <Scaling lab /> })
}

/// Where the comparison is: which model, and what happens to it.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Opening(usize),
    Training(usize),
    Measuring(usize),
}

/// A model that was trained: parameters, and nats a token on held-out names.
type Trained = (u64, f32);

/// The settings of one of the models.
fn settings(width: u32) -> Settings {
    let mut settings = Settings::new(LAB.table);
    for (key, value) in [("width", width), ("hidden", 4 * width), ("decay_steps", STEPS)] {
        settings.set(key, &value.to_string()).expect("a test sees to it that they fit");
    }
    settings
}

/// A place between the ends of a logarithmic axis, from 0 to 1.
fn place(value: f32, [low, high]: [f32; 2]) -> f32 {
    ((value / low).ln() / (high / low).ln()).clamp(0.0, 1.0)
}

fn dot(name: &str, parameters: f32, loss: f32, is_other: bool) -> Dot {
    let parameters_said = thousands(parameters as u64);
    Dot {
        x: place(parameters, PARAMETERS.map(|power| 10_f32.powf(power))),
        y: place(loss, LOSS),
        interval: None,
        size: 0.5,
        said: format!("{name}, {parameters_said} parameters: {loss:.2} nats a token"),
        is_other,
    }
}

fn dots(trained: &[Trained]) -> Vec<Dot> {
    let ours = trained.iter().map(|(parameters, loss)| dot("Trained here", *parameters as f32, *loss, false));
    ours.chain(PUBLISHED.into_iter().map(|(name, parameters, loss)| dot(name, parameters, loss, true))).collect()
}

#[derive(Clone, Copy)]
struct Race {
    lab: Lab,
    stage: RwSignal<Option<Stage>>,
    trained: RwSignal<Vec<Trained>>,
    /// What was set before.
    before: StoredValue<Option<Settings>>,
    problem: RwSignal<Option<String>>,
}

impl Race {
    fn begin(self) {
        self.before.set_value(Some(self.lab.settings.get_untracked()));
        self.trained.set(Vec::new());
        self.problem.set(None);
        self.open(0);
    }

    fn open(self, model: usize) {
        self.lab.play(false);
        self.lab.opened.set(None);
        self.stage.set(Some(Stage::Opening(model)));
        self.lab.settings.set(settings(WIDTHS[model]));
        self.lab.restart_now();
    }

    /// Gives the visitor's run its place back.
    fn end(self) {
        self.stage.set(None);
        self.lab.play(false);
        if let Some(before) = self.before.try_update_value(Option::take).flatten() {
            self.lab.settings.set(before);
            self.lab.restart_now();
        }
    }

    fn measure(self, model: usize) {
        self.lab.play(false);
        self.stage.set(Some(Stage::Measuring(model)));
        spawn_local(async move {
            let answer = ask(self.lab, Question::HeldOut).await;
            // The visitor may have had enough meanwhile, or have left.
            if self.stage.try_get_untracked() != Some(Some(Stage::Measuring(model))) {
                return;
            }
            match answer {
                Ok(Answer::HeldOut(measured)) => {
                    self.trained.update(|trained| trained.push((parameters(self.lab), measured.loss)));
                    if model + 1 < WIDTHS.len() { self.open(model + 1) } else { self.end() }
                }
                Ok(_) => self.end(),
                Err(why) => {
                    self.problem.set(Some(why));
                    self.end();
                }
            }
        });
    }

    fn said(self) -> String {
        if let Some(why) = self.problem.get() {
            return why;
        }
        match self.stage.get() {
            None => String::new(),
            Some(Stage::Opening(model) | Stage::Training(model) | Stage::Measuring(model)) => {
                let steps = self.lab.progress.with(Progress::steps).min(STEPS);
                format!("Model {} of {}: step {steps} of {STEPS}", model + 1, WIDTHS.len())
            }
        }
    }
}

fn parameters(lab: Lab) -> u64 {
    lab.opened.with_untracked(|opened| opened.as_ref().map_or(0, |o| o.networks.iter().map(|n| u64::from(n.parameters)).sum()))
}

#[component]
fn Scaling(lab: Lab) -> impl IntoView {
    let race = Race {
        lab,
        stage: RwSignal::new(None),
        trained: RwSignal::default(),
        before: StoredValue::new(None),
        problem: RwSignal::new(None),
    };
    Effect::new(move || match race.stage.get() {
        Some(Stage::Opening(model)) if lab.opened.with(Option::is_some) => {
            race.stage.set(Some(Stage::Training(model)));
            lab.play(true);
        }
        Some(Stage::Training(model)) if lab.progress.with(Progress::steps) >= STEPS => race.measure(model),
        _ => {}
    });
    let is_on = move || race.stage.get().is_some();
    let dots = Memo::new(move |_| race.trained.with(|trained| dots(trained)));
    let row = |(parameters, loss): Trained| format!("{} parameters: {} nats. ", thousands(parameters), short(loss));
    view! {
        <div class="buttons">
            <button
                id="scale"
                class="button"
                type="button"
                disabled=move || lab.opened.with(Option::is_none) && !is_on()
                on:click=move |_| if is_on() { race.end() } else { race.begin() }
            >
                {move || if is_on() { "Stop" } else { "Train three sizes" }}
            </button>
        </div>
        <p class="technique-note" role="status">{move || race.said()}</p>
        <p class="said">{move || race.trained.get().into_iter().map(row).collect::<String>()}</p>
        <Plot
            id="scaling-plot"
            title="Loss beside parameters"
            help="Both axes are logarithmic: to the right how many numbers a model has, upwards what a token of held-out text costs it, in nats. \
                  Dots are trained here, on letters of names; rings are GPT-2, on pieces of words of the web. The two are measured on different \
                  texts: compare slopes, not heights."
            x=Axis { name: "parameters", ticks: &["1k", "10k", "100k", "1M", "10M", "100M", "1G", "10G"] }
            y=Axis { name: "nats", ticks: &["4", "", "1.5"] }
            empty=""
            dots=dots
            joined=true
            diagonal=false
        />
        <p class="lesson">
            "Larger models learn more from the same text, evenly over many orders of magnitude (Kaplan et al. 2020), and each step down costs \
             many times as much machine, power and text. What falls is the surprise at the next token: nothing here says which \
             abilities that brings, or that it goes on for ever."
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_models_fit_the_table_and_the_plot() {
        for width in WIDTHS {
            assert!(settings(width).is("width", &width.to_string()));
        }
        let dots = dots(&[(3_000, 2.6), (100_000, 2.1)]);
        assert_eq!(dots.len(), 6);
        assert!(dots.iter().all(|dot| dot.x > 0.0 && dot.x < 1.0 && dot.y > 0.0 && dot.y < 1.0));
        assert_eq!(dots[1].said, "Trained here, 100,000 parameters: 2.10 nats a token");
        assert_eq!(place(100.0, [10.0, 1000.0]), 0.5);
    }
}
