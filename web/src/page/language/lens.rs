//! What each layer would say came next.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, Lens, Likely, Question};

use super::look::looked_at;
use super::token::chance;
use super::told;
use crate::lab::Lab;
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::panel;

pub fn lens(lab: Lab) -> AnyView {
    let help = "If the model stopped after a layer, what would it say came next? Under each token stand the guesses, layer by layer; \
                the surer, the stronger the colour. A frame marks those that are right. (Logit lens: nostalgebraist 2020)";
    panel("lens", "How a guess comes about", help, move |shown| view! { <Table lab shown /> })
}

/// What a layer is called, from 0.
pub fn layer_name(layer: usize) -> String {
    if layer == 0 { "Embedding".to_string() } else { format!("Block {layer}") }
}

#[component]
fn Table(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let text = looked_at(lab);
    let kept = keep(lab, move || shown.get().then(|| Question::Lens { text: text.get() }));
    let lens = told(kept, |answer| match answer {
        Answer::Lens(lens) => Some(lens),
        _ => None,
    });
    let table = move || {
        let Lens { tokens, layers } = lens.get()?;
        let next: Vec<Option<u32>> = (1..=tokens.len()).map(|i| tokens.get(i).map(|token| token.id)).collect();
        let cell = |(i, Likely { token, probability }): (usize, Likely)| {
            let right = next.get(i).copied().flatten() == Some(token.id);
            view! {
                <td class:right=right style=("--sure", format!("{:.0}%", 100.0 * probability)) title=chance(probability)>
                    {token.text}
                </td>
            }
        };
        let row = |(layer, guesses): (usize, Vec<Likely>)| {
            view! {
                <tr>
                    <th scope="row">{layer_name(layer)}</th>
                    {guesses.into_iter().enumerate().map(cell).collect_view()}
                </tr>
            }
        };
        let head = tokens.iter().map(|token| view! { <th scope="col">{token.text.clone()}</th> }).collect_view();
        Some(view! {
            <table class="lens-table">
                <thead>
                    <tr>
                        <th scope="row">"Token"</th>
                        {head}
                    </tr>
                </thead>
                <tbody>{layers.into_iter().enumerate().map(row).collect_view()}</tbody>
            </table>
        })
    };
    view! {
        <div class="sideways" tabindex="0" role="region" aria-label="Guesses of each layer">
            {table}
        </div>
        <Problem kept />
    }
}
