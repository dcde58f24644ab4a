//! Questions that are kept answered while a model learns.

use std::sync::Arc;

use leptos::prelude::*;
use terrarium_labs::protocol::{Answer, Figure, Gallery, Question, SetUp};
use wasm_bindgen_futures::spawn_local;

use super::pictures::{Raster, raster};
use crate::lab::{Lab, Progress};

/// While a model learns its answers are asked for anew after so many milliseconds, or after so many times as long as the last one
/// took, whichever is more: looking on is not to slow down learning.
const REST: f64 = 1000.0;
const SHARE: f64 = 9.0;

/// The answer to a question, or why there is none.
#[derive(Clone, Copy)]
pub struct Kept {
    pub answered: RwSignal<Option<Arc<(Question, Answer)>>>,
    pub problem: RwSignal<Option<String>>,
    pub waiting: RwSignal<bool>,
}

/// What was asked, and of what.
#[derive(Clone, PartialEq)]
struct Asked {
    question: Question,
    run: SetUp,
    steps: u32,
}

/// When, and how long the answer took, in milliseconds.
struct Last {
    asked: Asked,
    at: f64,
    took: f64,
}

/// Keeps what is wanted answered, as long as something is: asks again when the question changes or another run begins, and now and
/// then while the run learns. It never asks before the last answer has come.
pub fn keep<Q: Into<Question>>(lab: Lab, wanted: impl Fn() -> Option<Q> + Send + Sync + 'static) -> Kept {
    keep_answered(lab, Signal::derive(move || wanted().map(Into::into)))
}

fn keep_answered(lab: Lab, wanted: Signal<Option<Question>>) -> Kept {
    let question = Memo::new(move |_| wanted.get());
    let kept = Kept { answered: RwSignal::new(None), problem: RwSignal::new(None), waiting: RwSignal::new(false) };
    let run = Memo::new(move |_| lab.opened.with(|opened| opened.as_ref().map(|opened| opened.set_up.clone())));
    let last = StoredValue::new(None::<Last>);
    Effect::new(move || {
        let (Some(question), Some(run)) = (question.get(), run.get()) else { return };
        let asked = Asked { question, run, steps: lab.progress.with(Progress::steps) };
        let learns = lab.playing.get();
        if kept.waiting.get() || !last.with_value(|last| is_due(last.as_ref(), &asked, learns, js_sys::Date::now())) {
            return;
        }
        kept.waiting.set(true);
        spawn_local(async move {
            let began = js_sys::Date::now();
            let answer = lab.ask(asked.question.clone()).await;
            let at = js_sys::Date::now();
            let (answered, problem) = match answer {
                Ok(answer) => (Some(Arc::new((asked.question.clone(), answer))), None),
                Err(why) => (None, Some(why)),
            };
            // Whoever asked may be gone by now, and then nothing is left to be told.
            last.try_set_value(Some(Last { asked, at, took: at - began }));
            kept.problem.try_set(problem);
            kept.answered.try_set(answered);
            kept.waiting.try_set(false);
        });
    });
    kept
}

fn is_due(last: Option<&Last>, asked: &Asked, learns: bool, now: f64) -> bool {
    let Some(last) = last else { return true };
    if last.asked.question != asked.question || last.asked.run != asked.run {
        return true;
    }
    last.asked.steps != asked.steps && (!learns || now - last.at >= REST.max(SHARE * last.took))
}

impl Kept {
    /// The first gallery of the answer.
    pub fn gallery(self) -> Signal<Option<Gallery>> {
        Signal::derive(move || self.answered.with(|answered| answered.as_ref()?.1.galleries.first().cloned()))
    }

    /// Pictures of a gallery of the answer, all or some.
    pub fn raster(self, gallery: usize, which: fn(usize) -> bool) -> Signal<Option<Raster>> {
        Signal::derive(move || self.answered.with(|answered| Some(raster(answered.as_ref()?.1.galleries.get(gallery)?, which))))
    }

    pub fn sentence(self) -> String {
        self.answered.with(|answered| answered.as_ref().map(|answered| answered.1.sentence.clone())).unwrap_or_default()
    }

    pub fn figures(self) -> Vec<Figure> {
        self.answered.with(|answered| answered.as_ref().map(|answered| answered.1.figures.clone())).unwrap_or_default()
    }
}

/// Why there is no answer, in words, if there is none.
#[component]
pub fn Problem(kept: Kept) -> impl IntoView {
    view! {
        <p class="technique-note" role="status" class:hidden=move || kept.problem.with(Option::is_none)>
            {move || kept.problem.get()}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_on_takes_a_tenth_of_the_time_at_most() {
        let run = |seed| SetUp { lab: "vae".into(), seed, ..SetUp::default() };
        let asked = |count, seed, steps| Asked {
            question: Question::Vae(terrarium_labs::vae::Question::Fed { count }),
            run: run(seed),
            steps,
        };
        let last = Last { asked: asked(8, 1, 100), at: 5_000.0, took: 300.0 };
        let due = |next: &Asked, learns, now| is_due(Some(&last), next, learns, now);
        assert!(is_due(None, &asked(8, 1, 100), true, 0.0));
        assert!(due(&asked(9, 1, 100), true, 5_000.0) && due(&asked(8, 2, 100), true, 5_000.0));
        assert!(!due(&asked(8, 1, 100), false, 9_000.0));
        assert!(!due(&asked(8, 1, 101), true, 7_699.0) && due(&asked(8, 1, 101), true, 7_700.0));
        assert!(due(&asked(8, 1, 101), false, 5_000.0));
    }
}
