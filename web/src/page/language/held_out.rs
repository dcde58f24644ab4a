//! How well all of the held-out text is foretold.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, HeldOut, Question};
use wasm_bindgen_futures::spawn_local;

use super::ask;
use crate::lab::{Lab, Progress};
use crate::number::{short, thousands};
use crate::techniques::parts::panel;

pub fn held_out(lab: Lab) -> AnyView {
    let help = "The charts look at a part of the held-out text, several times a second. This looks at all of it, once: the figure to compare \
                models by.";
    panel("held-out", "How good is it?", help, move |_| view! { <Measure lab /> })
}

/// What was measured, in words.
fn sentence(HeldOut { loss, tokens, bigram_loss }: HeldOut, step: u32) -> String {
    let verdict = match loss < bigram_loss {
        true => "it knows more than which token follows which",
        false => "as yet it knows less than which token follows which",
    };
    format!(
        "At step {}: {loss:.3} nats a token over {} tokens, as if it chose blindly among {}. Counting pairs of tokens costs \
         {bigram_loss:.3}: {verdict}.",
        thousands(step.into()),
        thousands(tokens.into()),
        short(loss.exp())
    )
}

#[component]
fn Measure(lab: Lab) -> impl IntoView {
    let waiting = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    // What was said of another run is of no interest.
    Effect::new(move || {
        lab.opened.track();
        said.set(String::new());
    });
    let measure = move |_| {
        waiting.set(true);
        spawn_local(async move {
            let step = lab.progress.with_untracked(Progress::steps);
            let told = match ask(lab, Question::HeldOut).await {
                Ok(Answer::HeldOut(measured)) => sentence(measured, step),
                Ok(_) => String::new(),
                Err(why) => why,
            };
            said.try_set(told);
            waiting.try_set(false);
        });
    };
    view! {
        <p class="said" role="status">{said}</p>
        <div class="buttons">
            <button id="measure-held-out" class="button" type="button" disabled=move || waiting.get() on:click=measure>
                {move || if waiting.get() { "Reading…" } else { "Measure on all held-out text" }}
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_is_said_beside_bigrams() {
        let said = |loss| sentence(HeldOut { loss, tokens: 5990, bigram_loss: 2.44 }, 1200);
        assert!(said(2.0).starts_with("At step 1,200: 2.000 nats a token over 5,990 tokens, as if it chose blindly among 7.39."));
        assert!(said(2.0).contains("knows more") && said(3.0).contains("knows less"));
    }
}
