//! Answers that take too long to be kept up to date: they are given when they are asked for.

use std::sync::Arc;

use leptos::prelude::*;
use terrarium_labs::image_gan::Question;
use terrarium_labs::protocol::{Answer, Figure};
use wasm_bindgen_futures::spawn_local;

use crate::lab::{Lab, Progress};
use crate::number::thousands;

/// An answer of some moment of the run.
#[derive(Clone, Copy)]
pub struct Once {
    lab: Lab,
    pub answer: RwSignal<Option<Arc<Answer>>>,
    /// Why there is none, in words.
    problem: RwSignal<Option<String>>,
    pub waiting: RwSignal<bool>,
    /// The step that the answer is of.
    step: RwSignal<u32>,
    /// What was asked while another answer was awaited; the last counts.
    next: StoredValue<Option<Question>>,
}

impl Once {
    pub fn new(lab: Lab) -> Once {
        let once = Once {
            lab,
            answer: RwSignal::new(None),
            problem: RwSignal::new(None),
            waiting: RwSignal::new(false),
            step: RwSignal::new(0),
            next: StoredValue::new(None),
        };
        // What was said of another run is of no interest.
        Effect::new(move || {
            lab.opened.track();
            once.answer.set(None);
            once.problem.set(None);
        });
        once
    }

    pub fn ask(self, question: Question) {
        if self.waiting.get_untracked() {
            self.next.set_value(Some(question));
            return;
        }
        self.waiting.set(true);
        spawn_local(async move {
            let mut question = Some(question);
            while let Some(asked) = question {
                let answer = self.lab.ask(asked.into()).await;
                // Whoever asked may be gone by now, and then nothing is left to be told.
                if self.waiting.is_disposed() {
                    return;
                }
                self.step.set(self.lab.progress.with_untracked(Progress::steps));
                match answer {
                    Ok(answer) => {
                        self.problem.set(None);
                        self.answer.set(Some(Arc::new(answer)));
                    }
                    Err(why) => self.problem.set(Some(why)),
                }
                question = self.next.try_update_value(Option::take).flatten();
            }
            self.waiting.set(false);
        });
    }

    pub fn sentence(self) -> String {
        self.answer.with(|answer| answer.as_ref().map(|answer| answer.sentence.clone())).unwrap_or_default()
    }

    pub fn figures(self) -> Vec<Figure> {
        self.answer.with(|answer| answer.as_ref().map(|answer| answer.figures.clone())).unwrap_or_default()
    }
}

/// A button that asks, or asks again, where there is something to ask; and of which step the answer is, or why there is none.
#[component]
pub fn AskOnce(once: Once, name: &'static str, #[prop(into)] question: Signal<Option<Question>>) -> impl IntoView {
    let is_answered = move || once.answer.with(Option::is_some);
    let is_present = move || is_answered() && once.step.get() == once.lab.progress.with(Progress::steps);
    let note = move || match once.problem.get() {
        Some(why) => why,
        None if is_answered() => format!("As of step {}.", thousands(once.step.get().into())),
        None => String::new(),
    };
    let ask = move |_| {
        if let Some(question) = question.get_untracked() {
            once.ask(question);
        }
    };
    view! {
        <div class="ask">
            <button class="button" type="button" disabled=move || once.waiting.get() || question.with(Option::is_none) || is_present() on:click=ask>
                {move || match (once.waiting.get(), is_answered()) {
                    (true, _) => "Looking …",
                    (false, true) => "Look again",
                    (false, false) => name,
                }}
            </button>
            <p class="technique-note" role="status">
                {note}
            </p>
        </div>
    }
}
