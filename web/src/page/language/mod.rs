//! The language lab's panels: write with the model, watch it learn, look inside, and bring one's own text.

mod attention;
mod export;
mod facts;
mod flow;
mod held_out;
mod items;
mod lens;
mod look;
mod next;
mod own_text;
mod plot;
mod read;
mod row;
mod samples;
mod sampling;
mod scaling;
mod start;
mod token;
mod tokens;
mod village;
mod write;

use leptos::prelude::*;
use terrarium_labs::language::{Answer, Question};
use terrarium_labs::protocol;

use crate::lab::Lab;
use crate::techniques::keep::Kept;

pub use attention::AttentionAxes;
pub use own_text::OwnText;
pub use village::Village;
pub use write::Write;

/// Asks the run's model.
async fn ask(lab: Lab, question: Question) -> Result<Answer, String> {
    let protocol::Answer { language, .. } = lab.ask(question.into()).await?;
    language.ok_or_else(|| "The model has no answer to that.".to_string())
}

/// What a kept question was answered, where that is of the wanted kind.
fn told<T: Clone + PartialEq + Send + Sync + 'static>(kept: Kept, pick: fn(&Answer) -> Option<&T>) -> Memo<Option<T>> {
    Memo::new(move |_| kept.answered.with(|answered| pick(answered.as_ref()?.1.language.as_ref()?).cloned()))
}

/// The section that has the panels below the view.
#[component]
pub fn LanguagePanels(lab: Lab) -> impl IntoView {
    view! {
        <section id="language-panels" class="techniques" aria-labelledby="language-title" class:hidden=move || lab.opened.with(Option::is_none)>
            <h2 id="language-title">"Look inside, and go further"</h2>
            <look::LookedAt lab />
            <div class="technique-cards">
                {village::panels(lab)}
                {next::next(lab)}
                {read::read(lab)}
                {attention::attention(lab)}
                {lens::lens(lab)}
                {flow::flow(lab)}
                {tokens::tokens(lab)}
                {items::items(lab)}
                {held_out::held_out(lab)}
                {start::start(lab)}
                {scaling::scaling(lab)}
                {export::export(lab)}
            </div>
        </section>
    }
}
