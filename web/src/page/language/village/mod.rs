//! Pocket World in the page: tasks for a model that has read it, the truth beside what it says, and how often it is right.

mod exercise;
mod grades;
mod made_up;
mod marks;
mod scores;
mod shots;
mod task;
mod verdict;

use leptos::prelude::*;

use crate::lab::Lab;

pub use exercise::Village;

/// Which items are asked for: the same ones for all visitors, and as `terrarium evaluate` has them.
const SEED: u64 = 1;

/// Whether the model of the run has to do with Pocket World: it reads it, or it began with the model that had.
fn knows_the_village(lab: Lab) -> Memo<bool> {
    Memo::new(move |_| lab.settings.with(|settings| settings.is("data", "world") || settings.is("start", "village")))
}

/// What can be asked of such a model beside its tasks: how often it is right, how often it makes things up, what examples do for it.
pub fn panels(lab: Lab) -> impl IntoView {
    let shown = knows_the_village(lab);
    let grades = grades::Grades::new(lab);
    move || {
        shown.get().then(|| {
            view! {
                {scores::scores(lab, grades)}
                {made_up::made_up(lab, grades)}
                {shots::shots(lab, grades)}
            }
        })
    }
}
