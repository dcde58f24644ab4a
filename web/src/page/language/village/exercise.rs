//! A task for the model, as the visitor sets it: a ready prompt, changed at will, and what the model makes of it.

use leptos::prelude::*;
use terrarium_data::text::world::Task;
use terrarium_data::text::world::mapping::MAX_EXAMPLES;
use terrarium_data::text::world::question::NOT_SAID;
use terrarium_labs::language::{Answer, Exercise, Model, Question, Sampling};
use wasm_bindgen_futures::spawn_local;

use super::task::{About, TASKS, about, is_open};
use super::verdict::{Tried, Verdict};
use super::{SEED, knows_the_village};
use crate::lab::{Lab, Loading, Progress};
use crate::language::{ask, told};
use crate::number::thousands;
use crate::techniques::keep::keep;

/// Of what a visitor has written, where only people can tell what is true.
const UNKNOWN: &str = "You have changed what is asked, so what is true is not known: judge for yourself.";

/// A task that a visitor sets.
#[derive(Clone, Copy)]
struct Desk {
    lab: Lab,
    task: RwSignal<Task>,
    /// Which of the held-out items.
    number: RwSignal<u32>,
    /// The exercises of that item: all questions where it is a story to be asked about.
    exercises: Memo<Option<Vec<Exercise>>>,
    /// Which of them.
    chosen: RwSignal<usize>,
    prompt: RwSignal<String>,
    /// Whether the visitor has changed the prompt.
    edited: RwSignal<bool>,
    /// Which of the examples of a made-up mapping are in the prompt.
    examples: RwSignal<[bool; MAX_EXAMPLES]>,
    /// Whether tokens are drawn by the visitor's rules; else the likeliest is taken.
    is_drawn: RwSignal<bool>,
    busy: RwSignal<bool>,
    tried: RwSignal<Option<Tried>>,
    problem: RwSignal<Option<String>>,
}

impl Desk {
    fn new(lab: Lab, is_here: Memo<bool>) -> Desk {
        let (task, number) = (RwSignal::new(Task::Story), RwSignal::new(0));
        let kept = keep(lab, move || {
            is_here.get().then(|| Question::Exercises { task: task.get(), seed: SEED, index: item(task.get(), number.get()) })
        });
        let exercises = told(kept, |answer| match answer {
            Answer::Exercises(exercises) => Some(exercises),
            _ => None,
        });
        let desk = Desk {
            lab,
            task,
            number,
            exercises,
            chosen: RwSignal::new(0),
            prompt: RwSignal::default(),
            edited: RwSignal::new(false),
            examples: RwSignal::new([true; MAX_EXAMPLES]),
            is_drawn: RwSignal::new(false),
            busy: RwSignal::new(false),
            tried: RwSignal::new(None),
            problem: RwSignal::new(None),
        };
        Effect::new(move || {
            if exercises.with(Option::is_some) {
                desk.choose(0);
            }
        });
        let run = Memo::new(move |_| lab.opened.with(|opened| opened.as_ref().map(|opened| opened.set_up.clone())));
        Effect::new(move |before: Option<_>| {
            let now = run.get();
            // What another run's model said says nothing of this one's.
            if before.is_some_and(|before| before != now) {
                desk.tried.set(None);
            }
            now
        });
        desk
    }

    fn set_task(self, task: Task) {
        self.number.set(0);
        self.task.set(task);
    }

    fn exercise(self) -> Option<Exercise> {
        self.exercises.with_untracked(|exercises| exercises.as_ref()?.get(self.chosen.get_untracked()).cloned())
    }

    /// Takes one of the exercises as it is.
    fn choose(self, place: usize) {
        self.chosen.set(place);
        self.examples.set([true; MAX_EXAMPLES]);
        self.edited.set(false);
        self.tried.set(None);
        self.problem.set(None);
        self.prompt.set(self.exercise().map(|exercise| exercise.prompt).unwrap_or_default());
    }

    fn edit(self, prompt: String) {
        self.edited.set(true);
        self.tried.set(None);
        self.prompt.set(prompt);
    }

    /// Takes an example into the prompt, or out of it; a model that has answered answers anew.
    fn switch_example(self, place: usize) {
        self.examples.update(|examples| examples[place] = !examples[place]);
        let Some(exercise) = self.exercise() else { return };
        self.edited.set(false);
        self.prompt.set(with_examples(&exercise.prompt, &self.examples.get_untracked()));
        if self.tried.with_untracked(Option::is_some) {
            self.answer();
        }
    }

    /// Lets the model answer.
    fn answer(self) {
        let Some(exercise) = self.exercise().filter(|_| !self.busy.get_untracked()) else { return };
        let (task, prompt) = (self.task.get_untracked(), self.prompt.get_untracked());
        let sampling = if self.is_drawn.get_untracked() {
            let drawn = self.lab.writing.sampling.get_untracked();
            // Another time it says something else.
            self.lab.writing.sampling.update(|sampling| sampling.seed = drawn.seed.wrapping_add(1));
            drawn
        } else {
            Sampling::graded(task, item(task, self.number.get_untracked()))
        };
        let is_changed = self.edited.get_untracked();
        let steps = self.lab.progress.with_untracked(Progress::steps);
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let mut exercise = Exercise { prompt: prompt.clone(), ..exercise };
            let mut unjudged = None;
            if is_changed {
                (exercise.is_new_pair, exercise.truth) = (false, String::new());
            }
            if is_changed && !is_open(task) {
                match ask(self.lab, Question::Truth { task, prompt: prompt.clone() }).await {
                    Ok(Answer::Truth(Some(Ok(truth)))) => exercise.truth = truth,
                    Ok(Answer::Truth(Some(Err(why)))) => unjudged = Some(format!("Nothing is right here. {why}")),
                    _ => unjudged = Some(UNKNOWN.to_string()),
                }
            }
            let answer = ask(self.lab, Question::Try { task, exercise, sampling, model: Model::Now }).await;
            // The visitor may have gone on to something else meanwhile, or away.
            if self.prompt.try_get_untracked() == Some(prompt) {
                match answer {
                    Ok(Answer::Tried(graded)) => self.tried.set(Some(Tried { task, graded, unjudged, steps })),
                    Ok(_) => {}
                    Err(why) => self.problem.set(Some(why)),
                }
            }
            self.busy.try_set(false);
        });
    }
}

/// The item that is the so-manieth of a task to be shown. Of made-up mappings it is one with all examples.
fn item(task: Task, number: u32) -> u32 {
    const EACH: u32 = MAX_EXAMPLES as u32 + 1;
    if task == Task::FewShot { number * EACH + EACH - 1 } else { number }
}

/// A prompt that has all examples, with only some of them.
fn with_examples(prompt: &str, examples: &[bool]) -> String {
    let lines: Vec<&str> = prompt.lines().collect();
    let is_in = |place: &usize| place.checked_sub(1).and_then(|example| examples.get(example)).copied().unwrap_or(true);
    lines.iter().enumerate().filter(|(place, _)| is_in(place)).map(|(_, line)| *line).collect::<Vec<_>>().join("\n")
}

/// The examples of a prompt that has all of them.
fn examples_of(prompt: &str) -> Vec<String> {
    prompt.lines().skip(1).take(MAX_EXAMPLES).filter(|line| !line.ends_with("->")).map(str::to_string).collect()
}

/// The question in a prompt that ends with one.
fn question_of(prompt: &str) -> String {
    let line = prompt.lines().rev().find_map(|line| line.strip_prefix("Question: "));
    line.unwrap_or(prompt).to_string()
}

#[component]
pub fn Village(lab: Lab) -> impl IntoView {
    let is_here = knows_the_village(lab);
    move || is_here.get().then(|| view! { <Tasks lab is_here /> })
}

#[component]
fn Tasks(lab: Lab, is_here: Memo<bool>) -> impl IntoView {
    let desk = Desk::new(lab, is_here);
    let task_button = move |About { task, label, help, .. }: &'static About| {
        view! {
            <button
                class="chip"
                type="button"
                title=*help
                aria-pressed=move || (desk.task.get() == *task).to_string()
                on:click=move |_| desk.set_task(*task)
            >
                {*label}
            </button>
        }
    };
    let is_ready = move || lab.opened.with(Option::is_some) && desk.exercises.with(Option::is_some);
    let go = move |to: u32| desk.number.set(to);
    let text_of_draw = move || {
        let drawn = lab.writing.sampling.with(|sampling| sampling.temperature);
        match Sampling::graded(desk.task.get(), 0) {
            Sampling { temperature: 0.0, .. } => format!("Draw at temperature {drawn} instead of taking the likeliest"),
            Sampling { temperature, min_p, .. } => {
                let min_p = 100.0 * min_p;
                format!("Draw at temperature {drawn} instead of as it is graded: at {temperature}, with min-p {min_p:.0}\u{202f}%")
            }
        }
    };
    // After how many steps the answer on view was given, if the model has changed since.
    let outdated = Memo::new(move |_| {
        let steps = desk.tried.with(|tried| tried.as_ref().map(|tried| tried.steps))?;
        (lab.progress.with(Progress::steps) != steps).then_some(steps)
    });
    let outdated = move || {
        let steps = thousands(outdated.get()?.into());
        Some(format!("The model said this after {steps} steps, and has changed since. Let it answer again."))
    };
    view! {
        <section id="village" class="panel write village" aria-labelledby="village-title">
            <h2 id="village-title">"Give it a task, and see what is true"</h2>
            <div class="chips" role="group" aria-label="Task">{TASKS.iter().map(task_button).collect_view()}</div>
            <p class="technique-help">{move || about(desk.task.get()).help}</p>
            <Waiting lab />
            {move || (desk.task.get() == Task::Answer).then(|| view! { <Questions desk /> })}
            {move || (desk.task.get() == Task::FewShot).then(|| view! { <Examples desk /> })}
            <div class="prompt">
                <label for="village-prompt">"What it is given. Change it as you like"</label>
                <textarea
                    id="village-prompt"
                    rows="5"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-keyshortcuts="Control+Enter"
                    prop:value=move || desk.prompt.get()
                    on:input:target=move |event| desk.edit(event.target().value())
                    on:keydown=move |event| {
                        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                            event.prevent_default();
                            desk.answer();
                        }
                    }
                ></textarea>
            </div>
            <div class="buttons">
                <button
                    id="let-it-answer"
                    class="primary"
                    type="button"
                    title="Ctrl + Enter in the text"
                    disabled=move || !is_ready() || desk.busy.get()
                    on:click=move |_| desk.answer()
                >
                    {move || if desk.busy.get() { "It writes…" } else { "Let it answer" }}
                </button>
                <button
                    id="exercise-before"
                    class="button"
                    type="button"
                    disabled=move || desk.number.get() == 0
                    on:click=move |_| go(desk.number.get_untracked().saturating_sub(1))
                >
                    "Previous"
                </button>
                <button id="exercise-next" class="button" type="button" on:click=move |_| go(desk.number.get_untracked() + 1)>
                    "Next"
                </button>
                <button
                    class="button quiet"
                    type="button"
                    class:hidden=move || !desk.edited.get()
                    on:click=move |_| desk.choose(desk.chosen.get_untracked())
                >
                    "As it was"
                </button>
                <span class="or">{move || format!("Held-out exercise {}", thousands(u64::from(desk.number.get()) + 1))}</span>
            </div>
            <label class="layer drawn-by" title="By the rules that are set below: each time it says something else">
                <input
                    type="checkbox"
                    prop:checked=move || desk.is_drawn.get()
                    on:change:target=move |event| desk.is_drawn.set(event.target().checked())
                />
                {text_of_draw}
            </label>
            <div class="answered" aria-live="polite">
                {move || desk.tried.get().map(|tried| view! { <Verdict tried /> })}
                <p class="technique-note outdated">{outdated}</p>
                <p class="technique-note">{move || desk.problem.get()}</p>
            </div>
            <p class="lesson">{move || about(desk.task.get()).lesson}</p>
        </section>
    }
}

/// How far the model is that is being loaded.
#[component]
fn Waiting(lab: Lab) -> impl IntoView {
    let waits = move || lab.opened.with(Option::is_none);
    let what = move || lab.loading.with(|loading| loading.as_ref().map(|loading| loading.what.clone()));
    view! {
        <p class="coming" class:hidden=move || !waits() role="status">
            {move || what().unwrap_or_else(|| "Preparing the run".to_string())}
            " "
            <progress
                aria-label="How much of it is there"
                value=move || lab.loading.with(|loading| loading.as_ref().and_then(|Loading { share, .. }| *share))
            ></progress>
        </p>
    }
}

/// All questions about the story, to choose one.
#[component]
fn Questions(desk: Desk) -> impl IntoView {
    let question = move |(place, exercise): (usize, Exercise)| {
        let is_told = exercise.truth.trim() != NOT_SAID;
        view! {
            <label class="question">
                <input
                    type="radio"
                    name="village-question"
                    prop:checked=move || desk.chosen.get() == place
                    on:change=move |_| desk.choose(place)
                />
                <span>{question_of(&exercise.prompt)}</span>
                {(!is_told).then(|| view! { <small class="untold">"not told"</small> })}
            </label>
        }
    };
    view! {
        <fieldset class="questions">
            <legend>"Questions about this story"</legend>
            {move || desk.exercises.get().unwrap_or_default().into_iter().enumerate().map(question).collect_view()}
        </fieldset>
    }
}

/// The examples of a made-up mapping, each to be taken in or out.
#[component]
fn Examples(desk: Desk) -> impl IntoView {
    let example = move |(place, line): (usize, String)| {
        view! {
            <button
                class="chip"
                type="button"
                aria-pressed=move || desk.examples.with(|examples| examples[place]).to_string()
                on:click=move |_| desk.switch_example(place)
            >
                {line}
            </button>
        }
    };
    let lines =
        move || desk.exercises.with(|exercises| Some(examples_of(&exercises.as_ref()?.first()?.prompt))).unwrap_or_default();
    let count = move || desk.examples.with(|examples| examples.iter().filter(|is_in| **is_in).count());
    view! {
        <div class="chips examples" role="group" aria-label="Examples, in or out">
            {move || lines().into_iter().enumerate().map(example).collect_view()}
        </div>
        <p class="technique-note">{move || format!("{} of {MAX_EXAMPLES} examples are in the prompt.", count())}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str = "Pairs:\ncat -> dax\nhat -> wug\ndog ->";

    #[test]
    fn examples_go_in_and_out() {
        assert_eq!(examples_of(PROMPT), ["cat -> dax", "hat -> wug"]);
        assert_eq!(with_examples(PROMPT, &[true, true]), PROMPT);
        assert_eq!(with_examples(PROMPT, &[false, true]), "Pairs:\nhat -> wug\ndog ->");
        assert_eq!(with_examples(PROMPT, &[false, false]), "Pairs:\ndog ->");
    }

    #[test]
    fn questions_are_found_in_prompts() {
        assert_eq!(question_of("Story: A\nB.\nQuestion: Where is C?\nAnswer:"), "Where is C?");
    }

    #[test]
    fn mappings_are_shown_with_all_examples() {
        assert_eq!([item(Task::FewShot, 0), item(Task::FewShot, 1), item(Task::Story, 1)], [8, 17, 1]);
    }
}
