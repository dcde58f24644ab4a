//! How often the model is right: held-out items graded, task by task, as long as the run stands where it is.

use std::collections::BTreeMap;

use leptos::prelude::*;
use terrarium_data::text::world::Task;
use terrarium_labs::language::{Answer, Bin, Question, Report, Score};
use wasm_bindgen_futures::spawn_local;

use super::SEED;
use crate::lab::{Lab, Progress};
use crate::language::ask;

/// Items that are graded with one click, and how many are asked for at a time, so that it can be seen going on, and be stopped.
pub const MORE: u32 = 100;
const LOT: u32 = 5;

/// What a task's graded items come to.
#[derive(Clone, PartialEq)]
pub struct Grade {
    pub count: u32,
    pub scores: Vec<Score>,
    pub calibration: Vec<Bin>,
}

impl Grade {
    pub fn score(&self, key: &str) -> Option<&Score> {
        self.scores.iter().find(|score| score.key == key)
    }
}

/// A grading under way.
#[derive(Clone, Copy, PartialEq)]
pub struct Under {
    pub task: Task,
    pub done: u32,
    pub of: u32,
}

#[derive(Clone, Copy)]
pub struct Grades {
    lab: Lab,
    of: RwSignal<BTreeMap<Task, Grade>>,
    pub under: RwSignal<Option<Under>>,
    /// Whether the visitor wants no more.
    stopped: StoredValue<bool>,
    /// How many models there were before this one.
    models: StoredValue<u32>,
    pub problem: RwSignal<Option<String>>,
}

impl Grades {
    pub fn new(lab: Lab) -> Grades {
        let grades = Grades {
            lab,
            of: RwSignal::default(),
            under: RwSignal::new(None),
            stopped: StoredValue::new(false),
            models: StoredValue::new(0),
            problem: RwSignal::new(None),
        };
        let run = Memo::new(move |_| lab.opened.with(|opened| opened.as_ref().map(|opened| opened.set_up.clone())));
        let model = Memo::new(move |_| (run.get(), lab.progress.with(Progress::steps)));
        Effect::new(move |before: Option<_>| {
            let now = model.get();
            // What another model was worth says nothing of this one.
            if before.is_some_and(|before| before != now) {
                grades.models.update_value(|models| *models += 1);
                grades.stop();
                grades.of.set(BTreeMap::new());
            }
            now
        });
        grades
    }

    /// What is known of a task so far.
    pub fn of(self, task: Task) -> Option<Grade> {
        self.of.with(|all| all.get(&task).cloned())
    }

    /// Whether grading can begin.
    pub fn is_ready(self) -> bool {
        self.lab.opened.with(Option::is_some) && !self.lab.playing.get() && self.under.get().is_none()
    }

    pub fn stop(self) {
        self.stopped.set_value(true);
    }

    /// Grades more items of each of these tasks.
    pub fn more(self, tasks: &'static [Task]) {
        if self.under.get_untracked().is_some() {
            return;
        }
        self.stopped.set_value(false);
        self.problem.set(None);
        let (of, model) = (MORE * tasks.len() as u32, self.models.get_value());
        spawn_local(async move {
            let mut done = 0;
            'all: for &task in tasks {
                for _ in 0..MORE / LOT {
                    // So it is once the visitor has left the lab.
                    if self.stopped.try_get_value().unwrap_or(true) {
                        break 'all;
                    }
                    self.under.set(Some(Under { task, done, of }));
                    let from = self.of.with_untracked(|all| all.get(&task).map_or(0, |grade| grade.count));
                    match ask(self.lab, Question::Grade { task, seed: SEED, from, count: LOT }).await {
                        // Of a model that is no longer there nothing is kept, nor where the visitor has left.
                        _ if self.models.try_get_value() != Some(model) => break 'all,
                        Ok(Answer::Graded(Report { scores, calibration, .. })) => {
                            self.of.update(|all| {
                                all.insert(task, Grade { count: from + LOT, scores, calibration });
                            });
                        }
                        Ok(_) => break 'all,
                        Err(why) => {
                            self.problem.try_set(Some(why));
                            break 'all;
                        }
                    }
                    done += LOT;
                }
            }
            self.under.try_set(None);
        });
    }
}

/// What grades more of some tasks, or stops it.
#[component]
pub fn More(grades: Grades, id: &'static str, tasks: &'static [Task], label: &'static str) -> impl IntoView {
    let here = move || grades.under.get().filter(|under| tasks.contains(&under.task));
    view! {
        <button
            id=id
            class="button"
            type="button"
            title="Training must rest meanwhile: scores are those of one model"
            disabled=move || !grades.is_ready() && here().is_none()
            on:click=move |_| if here().is_some() { grades.stop() } else { grades.more(tasks) }
        >
            {move || if here().is_some() { "Stop" } else { label }}
        </button>
    }
}

/// How far grading is, or why it went no further.
#[component]
pub fn State(grades: Grades) -> impl IntoView {
    let under = move || {
        grades.under.get().map(|Under { task, done, of }| {
            view! {
                {format!("Grading “{}”: {done} of {of} ", super::task::about(task).label)}
                <progress max=of value=done aria-label="Items graded"></progress>
            }
        })
    };
    view! {
        <p class="technique-note grading" role="status">{under} {move || grades.problem.get()}</p>
    }
}
