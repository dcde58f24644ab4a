//! The model as files for other programs.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, File, Question};
use wasm_bindgen_futures::spawn_local;

use super::ask;
use crate::files;
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::techniques::parts::panel;

pub fn export(lab: Lab) -> AnyView {
    let help = "The model as Python's Transformers library reads it: weights, sizes and tokenizer, a file each. Put them into one folder. \
                What this page itself opens again is saved above, as a checkpoint.";
    panel("export", "Take it along", help, move |_| view! { <Files lab /> })
}

#[component]
fn Files(lab: Lab) -> impl IntoView {
    let half = RwSignal::new(false);
    let waiting = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    let export = move |_| {
        waiting.set(true);
        spawn_local(async move {
            let told = match ask(lab, Question::Export { half: half.get_untracked() }).await {
                Ok(Answer::Files(files)) => {
                    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
                    files.iter().for_each(|File { name, bytes }| files::download(name, "application/octet-stream", bytes));
                    format!("Saved: {}.", names.join(", "))
                }
                Ok(_) => String::new(),
                Err(why) => why,
            };
            said.try_set(told);
            waiting.try_set(false);
        });
    };
    view! {
        <label class="layer">
            <input type="checkbox" prop:checked=move || half.get() on:change:target=move |event| half.set(event.target().checked()) />
            "Numbers of 16 bits: half as large, a little less exact"
        </label>
        <div class="buttons">
            <button id="export-files" class="button" type="button" disabled=move || waiting.get() on:click=export>
                {icon(Icon::Save)}
                "Save files"
            </button>
        </div>
        <p class="technique-note" role="status">{move || said.get()}</p>
    }
}
