//! Going on from a model: the present one or one from a file, and what became of it since.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, Continued, Likely, Model, Question};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, HtmlInputElement};

use super::ask;
use super::token::Written;
use crate::files;
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::techniques::parts::{go_to, panel};

/// Tokens that each model writes.
const COUNT: u32 = 60;

pub fn start(lab: Lab) -> AnyView {
    let help = "A model that has learnt one text can go on with another: that is fine-tuning. Keep the present model, choose another text \
                above, and watch what it learns quickly and what it forgets.";
    panel("start-from", "Start from a model", help, move |_| view! { <From lab /> })
}

#[component]
fn From(lab: Lab) -> impl IntoView {
    let from = move || match lab.base.with(|base| base.len()) {
        0 => "This run began with random numbers.".to_string(),
        bytes => format!("This run went on from a model of {:.1} MB.", bytes as f64 / 1e6),
    };
    let pick = move |field: &HtmlInputElement| {
        let picked: Vec<File> =
            field.files().map(|files| (0..files.length()).filter_map(|i| files.get(i)).collect()).unwrap_or_default();
        field.set_value("");
        spawn_local(async move {
            let mut read = Vec::new();
            for file in picked {
                match files::read(&file).await {
                    Ok(bytes) => read.push((file.name(), bytes)),
                    Err(_) => {
                        lab.notices.warn(format!("{} could not be read.", file.name()));
                        return;
                    }
                }
            }
            if !read.is_empty() {
                lab.import(read);
            }
        });
    };
    let has_before = Memo::new(move |_| lab.writing.about.with(|about| about.as_ref().is_some_and(|about| about.has_before)));
    view! {
        <p class="said" role="status">{from}</p>
        <div class="buttons">
            <button id="start-from-present" class="button" type="button" on:click=move |_| lab.start_from_present()>
                "Start from the present model"
            </button>
            <label class="button">
                {icon(Icon::Open)} "From files"
                <input
                    id="start-from-file"
                    class="visually-hidden"
                    type="file"
                    multiple
                    accept=".safetensors,.json,.txt,.bin"
                    on:change:target=move |event| pick(&event.target())
                />
            </label>
            <button
                class="button quiet"
                type="button"
                class:hidden=move || lab.base.with(|base| base.is_empty())
                on:click=move |_| lab.use_base([].into())
            >
                "Begin anew instead"
            </button>
            <button class="button quiet" type="button" on:click=move |_| go_to("learns")>
                "What learns: all or LoRA"
            </button>
        </div>
        <p class="technique-note">
            "Files are a checkpoint of this lab, a GPT-2 or Llama of Hugging Face (model.safetensors with config.json and \
             tokenizer.json, chosen together), or a model of llama2.c with its tokenizer.bin. They stay on this machine."
        </p>
        {move || has_before.get().then(|| view! { <Compare lab /> })}
    }
}

/// The same beginning for the model before and the model now.
#[component]
fn Compare(lab: Lab) -> impl IntoView {
    let waiting = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let written = RwSignal::new([Vec::<Likely>::new(), Vec::new()]);
    let prompt = RwSignal::new(String::new());
    let compare = move |_| {
        waiting.set(true);
        spawn_local(async move {
            let (begun, sampling) = (lab.writing.prompt.get_untracked(), lab.writing.sampling.get_untracked());
            for (i, model) in [Model::Before, Model::Now].into_iter().enumerate() {
                let question = Question::Continue { text: begun.clone(), came: 0, count: COUNT, sampling: sampling.clone(), model };
                match ask(lab, question).await {
                    Ok(Answer::Continued(Continued { tokens, .. })) => {
                        written.try_update(|written| written[i] = tokens);
                    }
                    Ok(_) => {}
                    Err(why) => {
                        problem.try_set(Some(why));
                    }
                }
            }
            prompt.try_set(begun);
            waiting.try_set(false);
        });
    };
    let column = move |i: usize, name: &'static str| {
        view! {
            <figure>
                <figcaption>{name}</figcaption>
                <p class="written paper">
                    <b>{move || prompt.get()}</b>
                    {move || view! { <Written tokens=written.with(|written| written[i].clone()) /> }}
                </p>
            </figure>
        }
    };
    view! {
        <div class="walls" class:hidden=move || written.with(|written| written[0].is_empty() && written[1].is_empty())>
            {column(0, "Before")}
            {column(1, "Now")}
        </div>
        <div class="buttons">
            <button class="button" type="button" disabled=move || waiting.get() on:click=compare>
                {move || if waiting.get() { "Writing…" } else { "Let both write" }}
            </button>
        </div>
        <p class="technique-note" role="status">{move || problem.get()}</p>
    }
}
