//! How one prediction comes about: the very model that runs, with its numbers.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, Flow, FlowLayer, Question};
use terrarium_labs::settings::{Kind, Value};

use super::lens::layer_name;
use super::look::looked_at;
use super::token::{Chances, chance};
use super::told;
use crate::lab::Lab;
use crate::number::thousands;
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::panel;

/// A number of the stream that is so many times as large as they are on the whole has the strongest colour.
const STRONGEST: f32 = 2.5;

pub fn flow(lab: Lab) -> AnyView {
    let help = "From the last token to the prediction, through the very model that runs here. The strip is the beginning of the stream of \
                numbers that every part adds to: orange is more than nothing, blue is less.";
    panel("flow", "The way of a prediction", help, move |shown| view! { <Diagram lab shown /> })
}

/// What the chosen option of a setting is called, or its value.
fn chosen(lab: Lab, key: &str) -> String {
    lab.settings
        .with(|settings| {
            let found = settings.iter().find(|(setting, _)| setting.key == key);
            found.map(|(setting, value)| match (&setting.kind, value) {
                (Kind::Choice(options), Value::Choice(i)) => options.get(*i).map_or("", |option| option.label).to_string(),
                _ => setting.format(value),
            })
        })
        .unwrap_or_default()
}

#[component]
fn Diagram(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let text = looked_at(lab);
    let kept = keep(lab, move || shown.get().then(|| Question::Flow { text: text.get() }));
    let flow = told(kept, |answer| match answer {
        Answer::Flow(flow) => Some(flow),
        _ => None,
    });
    let post = Memo::new(move |_| lab.settings.with(|settings| settings.is("order", "post")));
    let positions = move || match lab.settings.with(|settings| settings.is("positions", "none")) {
        true => "Nobody tells it where the token stands.".to_string(),
        false => format!("Positions: {}.", chosen(lab, "positions").to_lowercase()),
    };
    let number = move |key: &str| thousands(chosen(lab, key).parse().unwrap_or_default());
    let block = move |flow: &Flow, i: usize, layer: &FlowLayer| {
        let norm = || view! { <li class="part norm">{chosen(lab, "norm")}</li> };
        let name = |place: u32| flow.tokens.get(place as usize).map(|token| token.text.clone()).unwrap_or_default();
        let head = |(head, (place, weight)): (usize, &(u32, f32))| {
            view! {
                <li>
                    <span>{format!("Head {}", head + 1)}</span>
                    <code>{name(*place)}</code>
                    <output>{chance(*weight)}</output>
                </li>
            }
        };
        let attention = view! {
            <li class="part attention-part">
                "Attention looks most at"
                <ul class="heads">{layer.heads.iter().enumerate().map(head).collect_view()}</ul>
            </li>
        };
        let feed_forward = view! {
            <li class="part">{format!("Feed-forward: {} neurons, {}", number("hidden"), chosen(lab, "feed_forward"))}</li>
        };
        let parts = match post.get() {
            true => (attention.into_any(), norm().into_any(), feed_forward.into_any(), norm().into_any()),
            false => (norm().into_any(), attention.into_any(), norm().into_any(), feed_forward.into_any()),
        };
        view! {
            <li class="stage-box">
                <h4>{layer_name(i)}</h4>
                <ol class="parts">{parts}</ol>
                <Stream layer=layer.clone() />
            </li>
        }
    };
    let diagram = move || {
        let flow = flow.get()?;
        let last = flow.tokens.last().map(|token| token.text.clone()).unwrap_or_default();
        let (first, blocks) = flow.layers.split_first()?;
        let blocks = blocks.iter().enumerate().map(|(i, layer)| block(&flow, i + 1, layer)).collect_view();
        let end = match post.get() {
            true => "Output layer".to_string(),
            false => format!("{}, then the output layer", chosen(lab, "norm")),
        };
        Some(view! {
            <ol class="flow-stages">
                <li class="stage-box">
                    <h4>"Embedding"</h4>
                    <p>
                        "The last token, "
                        <code>{last}</code>
                        {format!(", becomes {} numbers. {}", number("width"), positions())}
                    </p>
                    <Stream layer=first.clone() />
                </li>
                {blocks}
                <li class="stage-box">
                    <h4>"Prediction"</h4>
                    <p>{format!("{end}: a number for every token. Softmax makes chances of them:")}</p>
                    <Chances likely=flow.prediction.clone() />
                </li>
            </ol>
        })
    };
    view! {
        {diagram}
        <Problem kept />
    }
}

/// The stream behind a layer: its numbers as a strip of colours, their size, and what the model would say by them.
#[component]
fn Stream(layer: FlowLayer) -> impl IntoView {
    let FlowLayer { stream, size, guess, .. } = layer;
    let most = STRONGEST * size.max(1e-6);
    let cell = |(i, number): (usize, &f32)| {
        let strength = (number.abs() / most).min(1.0);
        let class = if *number < 0.0 { "less" } else { "more" };
        view! { <rect class=class x=i width="1" height="1" fill-opacity=format!("{strength:.2}")></rect> }
    };
    view! {
        <svg class="strip" viewBox=format!("0 0 {} 1", stream.len().max(1)) preserveAspectRatio="none" aria-hidden="true">
            {stream.iter().enumerate().map(cell).collect_view()}
        </svg>
        <p class="stream-said">
            {format!("Size {size:.2}. Stopped here, it would say ")}
            <code>{guess.token.text}</code>
            {format!(" ({}).", chance(guess.probability))}
        </p>
    }
}
