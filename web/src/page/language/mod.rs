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
mod sisters;
mod start;
mod token;
mod tokens;
mod village;
mod write;

use leptos::prelude::*;
use terrarium_labs::language::{Answer, Question};
use terrarium_labs::protocol::{self, Row};

use crate::lab::{Lab, value};
use crate::techniques::keep::Kept;

pub use attention::AttentionAxes;
pub use own_text::OwnText;

/// Asks the run's model.
async fn ask(lab: Lab, question: Question) -> Result<Answer, String> {
    let protocol::Answer { language, .. } = lab.ask(question.into()).await?;
    language.ok_or_else(|| "The model has no answer to that.".to_string())
}

/// What a kept question was answered, where that is of the wanted kind.
fn told<T: Clone + PartialEq + Send + Sync + 'static>(kept: Kept, pick: fn(&Answer) -> Option<&T>) -> Memo<Option<T>> {
    Memo::new(move |_| kept.answered.with(|answered| pick(answered.as_ref()?.1.language.as_ref()?).cloned()))
}

/// What a run's last row of measures has under this key.
fn measured(lab: Lab, key: &str) -> Option<f32> {
    let column = lab.opened.with(|opened| {
        let mut lines = opened.as_ref()?.charts.iter().flat_map(|chart| &chart.lines);
        lines.find(|line| line.key == key).map(|line| line.column as usize)
    })?;
    let value = |row: &Row| row.values.get(column).copied().flatten();
    lab.latest.with(|latest| latest.as_ref().and_then(value))
}

/// What the run's model does.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    GoesOn,
    Fills,
    Translates,
}

/// That of the run that is open, or else of the one that is set.
fn kind(lab: Lab) -> Memo<Kind> {
    Memo::new(move |_| {
        let opened = lab.opened.with(|opened| {
            let changes = &opened.as_ref()?.set_up.changes;
            Some(changes.iter().find(|(key, _)| key == "kind").map_or_else(String::new, |(_, value)| value.clone()))
        });
        match opened.unwrap_or_else(|| lab.settings.with(|settings| value(settings, "kind"))).as_str() {
            "encoder" => Kind::Fills,
            "translator" => Kind::Translates,
            _ => Kind::GoesOn,
        }
    })
}

/// What a visitor does with the run's model first.
#[component]
pub fn Desk(lab: Lab) -> impl IntoView {
    write::learn_about(lab);
    let kind = kind(lab);
    move || match kind.get() {
        Kind::GoesOn => view! {
            <village::Village lab />
            <write::Write lab />
        }
        .into_any(),
        Kind::Fills => view! { <sisters::Blanks lab /> }.into_any(),
        Kind::Translates => view! { <sisters::Translation lab /> }.into_any(),
    }
}

/// The section that has the panels below the view.
#[component]
pub fn LanguagePanels(lab: Lab) -> impl IntoView {
    let kind = kind(lab);
    let panels = move || match kind.get() {
        Kind::GoesOn => view! {
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
        }
        .into_any(),
        // What goes on from a text alone has the others.
        Kind::Fills | Kind::Translates => view! {
            {tokens::tokens(lab)}
            {items::items(lab)}
            {held_out::held_out(lab)}
        }
        .into_any(),
    };
    view! {
        <section id="language-panels" class="techniques" aria-labelledby="language-title" class:hidden=move || lab.opened.with(Option::is_none)>
            <h2 id="language-title">"Look inside, and go further"</h2>
            <look::LookedAt lab />
            <div class="technique-cards">{panels}</div>
        </section>
    }
}
