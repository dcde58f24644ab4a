//! Where the visitor begins a text and the model goes on.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, Continued, Ended, Likely, Model, Question, Sampling};
use wasm_bindgen_futures::spawn_local;

use super::ask;
use super::facts::Facts;
use super::samples::Samples;
use super::sampling::Rules;
use super::token::{Legend, Written};
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::number::thousands;
use crate::writing::Writing;

/// Tokens asked for at a time, so that text comes in a stream and can be stopped.
const CHUNK: u32 = 16;
/// Short documents drawn at a time, and how long one may be in tokens.
const LOT: u32 = 10;
const LOT_LENGTH: u32 = 60;

/// A writing that goes on.
#[derive(Clone, Copy)]
struct Writer {
    lab: Lab,
    /// Whether the visitor wants no more.
    stopped: StoredValue<bool>,
    /// Short documents drawn at once.
    lot: RwSignal<Vec<Vec<Likely>>>,
    /// How many such have been drawn before.
    drawn_before: StoredValue<u32>,
    problem: RwSignal<Option<String>>,
}

impl Writer {
    fn writing(self) -> Writing {
        self.lab.writing
    }

    /// Has the model go on from what is there.
    fn go_on(self) {
        let writing = self.writing();
        if writing.busy.get_untracked() || self.lab.opened.with_untracked(Option::is_none) {
            return;
        }
        self.begin();
        spawn_local(async move {
            let mut left = writing.length.get_untracked();
            let begun = writing.text.with_untracked(String::len);
            while left > 0 && !self.is_stopped() {
                let sampling = writing.sampling.get_untracked();
                let count = left.min(CHUNK);
                let text = writing.text.get_untracked();
                let came = text.len().saturating_sub(begun) as u32;
                let question = Question::Continue { text: text.clone(), came, count, sampling, model: Model::Now };
                match ask(self.lab, question).await {
                    // The visitor may have begun another text meanwhile.
                    Ok(_) if writing.text.get_untracked() != text => break,
                    Ok(Answer::Continued(Continued { tokens, text, ended, unseen })) => {
                        left = left.saturating_sub(count);
                        writing.tokens.update(|written| written.extend(tokens));
                        writing.text.set(text);
                        writing.unseen.set(unseen);
                        writing.ended.set(ended);
                        if ended.is_some() {
                            break;
                        }
                    }
                    Ok(_) => break,
                    Err(why) => {
                        self.problem.try_set(Some(why));
                        break;
                    }
                }
            }
            writing.busy.set(false);
        });
    }

    /// Draws several short documents.
    fn draw_lot(self) {
        let writing = self.writing();
        if writing.busy.get_untracked() {
            return;
        }
        self.begin();
        self.lot.set(Vec::new());
        let from = self.drawn_before.try_update_value(|before| std::mem::replace(before, *before + LOT)).unwrap_or_default();
        spawn_local(async move {
            for i in 0..LOT {
                let rules = writing.sampling.get_untracked();
                let sampling = Sampling { seed: rules.seed.wrapping_add(1 + from + i), ..rules };
                let prompt = writing.prompt.get_untracked();
                let question = Question::Continue { text: prompt, came: 0, count: LOT_LENGTH, sampling, model: Model::Now };
                match ask(self.lab, question).await {
                    _ if self.is_stopped() => break,
                    Ok(Answer::Continued(Continued { tokens, .. })) => {
                        self.lot.try_update(|lot| lot.push(tokens));
                    }
                    Ok(_) => break,
                    Err(why) => {
                        self.problem.try_set(Some(why));
                        break;
                    }
                }
            }
            writing.busy.set(false);
        });
    }

    fn begin(self) {
        self.stopped.set_value(false);
        self.problem.set(None);
        self.writing().ended.set(None);
        self.writing().busy.set(true);
    }

    /// Whether there is no more to be written; so it is once the visitor has left the lab.
    fn is_stopped(self) -> bool {
        self.stopped.try_get_value().unwrap_or(true)
    }

    fn clear(self, prompt: String) {
        self.stopped.set_value(true);
        self.problem.set(None);
        self.lot.set(Vec::new());
        self.writing().begin(prompt);
    }

    /// Writes anew, with other draws.
    fn again(self) {
        let writing = self.writing();
        writing.sampling.update(|rules| rules.seed = rules.seed.wrapping_add(1));
        self.clear(writing.prompt.get_untracked());
        self.go_on();
    }

    fn status(self) -> String {
        let writing = self.writing();
        if let Some(why) = self.problem.get() {
            return why;
        }
        let unseen = match writing.unseen.get() {
            0 => String::new(),
            unseen => {
                let context = writing.about.with(|about| about.as_ref().map_or(0, |about| about.context));
                format!(
                    " The text is longer than the model can see, {} tokens: it has forgotten the first {}.",
                    thousands(context.into()),
                    thousands(unseen.into())
                )
            }
        };
        let said = match (writing.busy.get(), writing.ended.get()) {
            (true, _) => "Writing…",
            (false, Some(Ended::Document)) => "The model ended its text here.",
            (false, Some(Ended::Stop)) => "What was to stop it has come.",
            (false, None) => "",
        };
        format!("{said}{unseen}")
    }
}

#[component]
pub fn Write(lab: Lab) -> impl IntoView {
    let writing = lab.writing;
    let writer = Writer {
        lab,
        stopped: StoredValue::new(false),
        lot: RwSignal::default(),
        drawn_before: StoredValue::new(0),
        problem: RwSignal::new(None),
    };
    let coloured = RwSignal::new(true);
    let is_open = move || lab.opened.with(Option::is_some);
    let is_empty = move || writing.tokens.with(Vec::is_empty);
    let about = move |pick: fn(&terrarium_labs::language::About) -> bool| {
        Memo::new(move |_| writing.about.with(|about| about.as_ref().is_some_and(pick)))
    };
    let [are_short, is_task] = [about(|about| about.documents && !about.task), about(|about| about.task)];
    let lot_name = move || {
        let names = lab.settings.with(|settings| settings.is("data", "names"));
        if names { "Ten names" } else { "Ten texts" }
    };
    let prompts = move || writing.about.with(|about| about.as_ref().map(|about| about.prompts.clone())).unwrap_or_default();
    let ready = move |prompt: String| {
        let shown = if prompt.is_empty() { "(nothing)".to_string() } else { prompt.clone() };
        view! {
            <button
                class="chip"
                type="button"
                title=format!("Begin with “{shown}”")
                on:click=move |_| {
                    writer.clear(prompt.clone());
                    writer.go_on();
                }
            >
                {shown.clone()}
            </button>
        }
    };
    let placeholder = move || {
        if are_short.get() {
            "The first letters, or nothing at all"
        } else if is_task.get() {
            "A question such as those below"
        } else {
            "A few words to begin with"
        }
    };
    let go_or_stop = move |_| {
        if writing.busy.get_untracked() {
            writer.stopped.set_value(true);
        } else {
            writer.go_on();
        }
    };
    view! {
        <section id="write" class="panel write" aria-labelledby="write-title">
            <h2 id="write-title">"Write with the model"</h2>
            <div class="prompt">
                <label for="prompt">"You begin"</label>
                <textarea
                    id="prompt"
                    rows="2"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-keyshortcuts="Control+Enter"
                    placeholder=placeholder
                    prop:value=move || writing.prompt.get()
                    on:input:target=move |event| writer.clear(event.target().value())
                    on:keydown=move |event| {
                        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                            event.prevent_default();
                            writer.go_on();
                        }
                    }
                ></textarea>
            </div>
            <div class="chips prompts" role="group" aria-label="Ready beginnings">
                {move || prompts().into_iter().map(ready).collect_view()}
            </div>
            <div class="buttons">
                <button id="go-on" class="primary" type="button" title="Ctrl + Enter in the text" disabled=move || !is_open() on:click=go_or_stop>
                    {move || if writing.busy.get() { "Stop" } else { "Go on" }}
                </button>
                <button
                    id="write-lot"
                    class="button"
                    type="button"
                    class:hidden=move || !are_short.get()
                    disabled=move || !is_open() || writing.busy.get()
                    on:click=move |_| writer.draw_lot()
                >
                    {lot_name}
                </button>
                <button
                    id="write-again"
                    class="button"
                    type="button"
                    title="The same beginning, other draws"
                    disabled=move || !is_open() || writing.busy.get() || is_empty()
                    on:click=move |_| writer.again()
                >
                    "Another"
                </button>
                <button class="button quiet" type="button" on:click=move |_| writer.clear(String::new())>
                    {icon(Icon::Close)}
                    "Clear"
                </button>
            </div>
            <div class="paper" class:plain=move || !coloured.get() class:hidden=move || is_empty() && writer.lot.with(Vec::is_empty)>
                <p id="written" class="written" class:hidden=is_empty>
                    <b>{move || writing.prompt.get()}</b>
                    <For
                        each=move || writing.tokens.get().into_iter().enumerate()
                        key=|(place, likely)| (*place, likely.token.id, likely.probability.to_bits())
                        let((_, likely))
                    >
                        <Written tokens=vec![likely] />
                    </For>
                    <span class="caret" class:hidden=move || !writing.busy.get() aria-hidden="true"></span>
                </p>
                <ul id="lot" class="lot" class:hidden=move || writer.lot.with(Vec::is_empty)>
                    {move || {
                        let one = |tokens: Vec<Likely>| {
                            view! {
                                <li class="written">
                                    <b>{writing.prompt.get_untracked()}</b>
                                    <Written tokens />
                                </li>
                            }
                        };
                        writer.lot.get().into_iter().map(one).collect_view()
                    }}
                </ul>
            </div>
            <div class="write-foot">
                <p class="technique-note" role="status">
                    {move || writer.status()}
                </p>
                <label class="layer" class:hidden=move || is_empty() && writer.lot.with(Vec::is_empty)>
                    <input type="checkbox" prop:checked=move || coloured.get() on:change:target=move |event| coloured.set(event.target().checked()) />
                    <Legend />
                </label>
            </div>
            <Samples lab />
            <Facts lab />
            <details class="draw-rules">
                <summary>"How tokens are drawn"</summary>
                <Rules writing />
            </details>
        </section>
    }
}

/// Keeps what is known of the run up to date.
pub fn learn_about(lab: Lab) {
    let writing = lab.writing;
    let run = Memo::new(move |_| lab.opened.with(|opened| opened.as_ref().map(|opened| opened.set_up.clone())));
    Effect::new(move || {
        if run.get().is_none_or(|set_up| set_up.lab != terrarium_labs::language::LAB.slug) {
            writing.about.set(None);
            return;
        }
        spawn_local(async move {
            // A run that cannot tell has nothing to be shown of it.
            if let Ok(Answer::About(about)) = ask(lab, Question::About).await {
                // What begins one text makes no sense in another.
                let is_new = writing.about.with_untracked(|old| old.as_ref().is_none_or(|old| old.excerpt != about.excerpt));
                if is_new && !writing.busy.get_untracked() && writing.tokens.with_untracked(Vec::is_empty) {
                    writing.begin(if about.documents && !about.task {
                        String::new()
                    } else {
                        about.prompts.first().cloned().unwrap_or_default()
                    });
                }
                writing.about.set(Some(about));
            }
        });
    });
}
