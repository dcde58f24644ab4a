//! How large the model is, before it is trained.

use leptos::prelude::*;

use crate::lab::Lab;
use crate::number::{short, thousands};

#[component]
pub fn Facts(lab: Lab) -> impl IntoView {
    let parameters =
        move || lab.opened.with(|opened| opened.as_ref().map(|o| o.networks.iter().map(|n| u64::from(n.parameters)).sum::<u64>()));
    let facts = move || {
        let (about, parameters) = (lab.writing.about.get()?, parameters()?);
        let rows = [
            ("Parameters", thousands(parameters), "Numbers that are learnt"),
            (
                "Memory",
                format!("{} MB", short(about.bytes as f32 * 1e-6)),
                "To train: weights, moments, gradients, activations and text",
            ),
            (
                "Work a token",
                format!("{} MFLOP", short(about.flops_per_token as f32 * 1e-6)),
                "Multiplications and additions of matrix products to read one token",
            ),
            ("Text", format!("{} tokens", thousands(about.tokens.into())), "To learn from"),
            ("Held out", format!("{} tokens", thousands(about.held_out.into())), "To measure by; nothing is learnt from them"),
            ("Different tokens", thousands(about.vocabulary.into()), "The vocabulary"),
        ];
        let fact = |(name, value, help): (&'static str, String, &'static str)| {
            view! {
                <div title=help>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        };
        Some(rows.map(fact).collect_view())
    };
    view! { <dl id="facts" class="figures facts">{facts}</dl> }
}
