//! How good samples are, in numbers.

use leptos::prelude::*;
use terrarium_labs::image_gan::Question;
use terrarium_labs::protocol::Figure;

use super::once::{AskOnce, Once};
use crate::lab::Lab;
use crate::number::short;
use crate::techniques::parts::panel;

/// Samples judged, where so many pictures are held out to stand beside them.
const COUNT: u32 = 1000;

pub fn evaluation(lab: Lab) -> impl IntoView {
    let help = "A small network that was taught to name such pictures looks at samples and at real ones that nothing was learnt from. \
                What those reach is the ceiling: no generator does better than the truth.";
    panel("evaluation", "Evaluation", help, move |_| {
        let once = Once::new(lab);
        let share = move || lab.answering.get().unwrap_or_default();
        view! {
            <progress max="1" aria-label="How far the evaluation is" class:hidden=move || !once.waiting.get() prop:value=share></progress>
            {move || once.answer.with(Option::is_some).then(|| view! { <Table figures=once.figures() /> })}
            <p class="said">{move || once.sentence()}</p>
            <AskOnce once name="Evaluate" question=Some(Question::Evaluate { count: COUNT }) />
        }
    })
}

/// Figures of samples, each followed by that of real pictures.
#[component]
fn Table(figures: Vec<Figure>) -> impl IntoView {
    let mut explained = String::new();
    let row = |pair: &[Figure]| {
        let [samples, real] = pair else { return None };
        // Rows of one kind are explained once.
        let help = (samples.help != explained).then(|| samples.help.clone());
        explained.clone_from(&samples.help);
        Some(view! {
            <tr>
                <th scope="row">
                    {samples.name.clone()}
                    {help.map(|help| view! { <small>{help}</small> })}
                </th>
                <td>{short(samples.value)}</td>
                <td>{short(real.value)}</td>
            </tr>
        })
    };
    view! {
        <table class="evaluation-table">
            <thead>
                <tr>
                    <th scope="col">"Measure"</th>
                    <th scope="col">"Samples"</th>
                    <th scope="col">"Real"</th>
                </tr>
            </thead>
            <tbody>{figures.chunks(2).map(row).collect_view()}</tbody>
        </table>
    }
}
