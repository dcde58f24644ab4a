//! Who looks at whom.

use leptos::ev::PointerEvent;
use leptos::prelude::*;
use terrarium_labs::language::{Answer, Attention, Question};

use super::look::looked_at;
use super::row::{Boxed, TokenRow};
use super::token::chance;
use super::told;
use crate::lab::Lab;
use crate::pointer::share;
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::{Menu, panel};
use crate::techniques::pictures::{Picture, Raster};

/// Longer texts have no names along the sides of their heat map.
const MOST_NAMED: usize = 40;
/// Of an arc diagram, in its own units: from token to token, the height above and below them.
const PITCH: f32 = 22.0;
const BELOW: f32 = 18.0;
/// Weaker arcs are left out.
const FAINT: f32 = 0.03;
/// Red, green and blue of what is looked at, good on light ground and on dark.
const INK: [u8; 3] = [0x3b, 0x82, 0xd6];

pub fn attention(lab: Lab) -> AnyView {
    let help = "In the heat map each row is a token and looks at those before it, its columns: the stronger the colour, the more. \
                The arcs show the same for the token you point at.";
    panel("attention", "Who looks at whom", help, move |shown| view! { <Patterns lab shown /> })
}

/// What lies over the main view: which way layers and heads go.
#[component]
pub fn AttentionAxes() -> impl IntoView {
    view! {
        <p class="verdict-scale" aria-hidden="true">
            "layers ↓ heads →"
        </p>
    }
}

/// How much each token attends to each, averaged over those layers and heads that are wanted: `[looking, looked at]`.
pub fn pattern(attention: &Attention, layer: Option<usize>, head: Option<usize>) -> Vec<f32> {
    let (heads, tokens) = (attention.heads as usize, attention.tokens.len());
    let wanted = |(i, _): &(usize, &[u8])| layer.is_none_or(|l| i / heads == l) && head.is_none_or(|h| i % heads == h);
    let (mut sum, mut count) = (vec![0.0; tokens * tokens], 0.0);
    for (_, weights) in attention.weights.chunks_exact((tokens * tokens).max(1)).enumerate().filter(wanted) {
        sum.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += f32::from(*weight) / 255.0);
        count += 1.0;
    }
    sum.iter_mut().for_each(|sum| *sum /= f32::max(count, 1.0));
    sum
}

fn heat(pattern: &[f32], tokens: usize) -> Raster {
    // The root lets weak looks show.
    let pixel = |weight: &f32| [INK[0], INK[1], INK[2], (255.0 * weight.sqrt()).round() as u8];
    Raster { width: tokens, height: tokens, rgba: pattern.iter().flat_map(pixel).collect() }
}

#[component]
fn Patterns(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let text = looked_at(lab);
    let kept = keep(lab, move || shown.get().then(|| Question::Attention { text: text.get() }));
    let attention = told(kept, |answer| match answer {
        Answer::Attention(attention) => Some(attention),
        _ => None,
    });
    let names = Memo::new(move |_| {
        let attention =
            attention.get().unwrap_or_else(|| Attention { tokens: Vec::new(), layers: 0, heads: 0, weights: Vec::new() });
        attention.tokens.into_iter().map(|token| token.text).collect::<Vec<_>>()
    });
    let sizes = Memo::new(move |_| attention.with(|a| a.as_ref().map_or([0, 0], |a| [a.layers as usize, a.heads as usize])));
    // Places of the menus, whose first is the average.
    let [layer, head] = [RwSignal::new(0_usize), RwSignal::new(0_usize)];
    let weights = Memo::new(move |_| {
        let one = |place: RwSignal<usize>, count: usize| place.get().checked_sub(1).filter(|place| *place < count);
        let [layers, heads] = sizes.get();
        attention.with(|a| a.as_ref().map(|a| pattern(a, one(layer, layers), one(head, heads)))).unwrap_or_default()
    });
    let raster = Signal::derive(move || Some(heat(&weights.get(), names.with(Vec::len))));

    // Who looks, and at whom the pointer asks about.
    let looking = RwSignal::new(usize::MAX);
    let looked = RwSignal::new(None::<usize>);
    let at = Signal::derive(move || looking.get().min(names.with(Vec::len).saturating_sub(1)));
    let point = move |event: PointerEvent| {
        let Some([across, down]) = share(&event) else { return };
        let count = names.with_untracked(Vec::len);
        let place = |share: f64| (share * count as f64).clamp(0.0, count.saturating_sub(1) as f64) as usize;
        looking.set(place(down));
        looked.set(Some(place(across)));
    };
    let said = move || {
        let (names, weights, from) = (names.get(), weights.get(), at.get());
        let row = weights.get(from * names.len()..(from + 1) * names.len())?;
        let most = (0..names.len()).max_by(|a, b| row[*a].total_cmp(&row[*b]))?;
        let to = looked.get().filter(|to| *to < names.len()).unwrap_or(most);
        let rank = if to == most { " most of all" } else { "" };
        Some(format!("“{}” ({}) looks{rank} at “{}” ({}): {}.", names[from], from + 1, names[to], to + 1, chance(row[to])))
    };
    let menu = move |id: &'static str, label: &'static str, count: usize, of: RwSignal<usize>| {
        let options = std::iter::once("all, averaged".to_string()).chain((1..=count).map(|i| i.to_string())).collect();
        view! {
            <span class="attention-menu">
            <label for=id>{label}</label>
            <Menu id=id.to_string() options chosen=of choose=move |place: usize| of.set(place) />
            </span>
        }
    };
    let boxes = Signal::derive(move || names.get().into_iter().map(|text| Boxed { text, probability: None }).collect::<Vec<_>>());
    let sides = Memo::new(move |_| names.with(|names| if names.len() <= MOST_NAMED { names.clone() } else { Vec::new() }));
    let side = move || sides.get().into_iter().map(|name| view! { <span>{name}</span> }).collect_view();
    view! {
        <div class="attention-menus">
            {move || {
                let [layers, heads] = sizes.get();
                (menu("attention-layer", "Layer", layers, layer), menu("attention-head", "Head", heads, head))
            }}
        </div>
        <div class="heat" class:unnamed=move || sides.with(Vec::is_empty)>
            <div class="heat-top" aria-hidden="true">{side}</div>
            <div class="heat-side" aria-hidden="true">{side}</div>
            <div class="heat-map" on:pointermove=point on:pointerdown=point on:pointerleave=move |_| looked.set(None)>
                <Picture shown=raster label="Heat map: a row for each token that looks, a column for each that is looked at" />
            </div>
        </div>
        <p class="said" role="status">{said}</p>
        <TokenRow
            id="attention-token"
            label="The token that looks"
            tokens=boxes
            chosen=at
            choose=move |to| {
                looking.set(to);
                looked.set(None);
            }
        />
        <Arcs names=names weights=weights from=at />
        <Problem kept />
    }
}

/// The looks of one token as arcs, strong ones wide; those of the others faintly.
#[component]
fn Arcs(names: Memo<Vec<String>>, weights: Memo<Vec<f32>>, from: Signal<usize>) -> impl IntoView {
    let center = |i: usize| PITCH * (i as f32 + 0.5);
    let height = move || PITCH * (names.with(Vec::len) as f32).min(12.0) * 0.5 + 6.0;
    let arc = move |looking: usize, to: usize, weight: f32| {
        let (left, right, base) = (center(to), center(looking), height());
        let top = base - (right - left).min(PITCH * 12.0) * 0.5;
        view! {
            <path
                d=format!("M{right:.1} {base:.1}C{right:.1} {top:.1} {left:.1} {top:.1} {left:.1} {base:.1}")
                stroke-width=format!("{:.2}", 0.5 + 4.0 * weight)
                stroke-opacity=format!("{:.2}", 0.15 + 0.85 * weight)
            ></path>
        }
    };
    let arcs = move |is_its: bool| {
        let (from, count) = (from.get(), names.with(Vec::len));
        let rows = weights.get();
        let all = (0..count).filter(|looking| (*looking == from) == is_its).flat_map(|looking| {
            let row: Vec<f32> = rows.get(looking * count..(looking + 1) * count).unwrap_or_default().to_vec();
            let faint = if is_its { FAINT } else { 0.5 };
            row.into_iter()
                .enumerate()
                .filter(move |(to, weight)| *to < looking && *weight > faint)
                .map(move |(to, weight)| (looking, to, weight))
        });
        all.map(|(looking, to, weight)| arc(looking, to, weight)).collect_view()
    };
    let name = move |(i, name): (usize, String)| {
        let shown: String = name.chars().take(3).collect();
        view! {
            <text class:its=move || from.get() == i x=center(i) y=move || height() + 13.0>
                {shown}
            </text>
        }
    };
    let across = move || PITCH * names.with(Vec::len).max(1) as f32;
    view! {
        <div class="arcs" tabindex="0" role="img" aria-label="Arcs from the chosen token to those it looks at">
            <svg
                viewBox=move || format!("0 0 {} {}", across(), height() + BELOW)
                width=across
                height=move || height() + BELOW
            >
                <g class="others">{move || arcs(false)}</g>
                <g class="its">{move || arcs(true)}</g>
                {move || names.get().into_iter().enumerate().map(name).collect_view()}
            </svg>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use terrarium_labs::language::Token;

    use super::*;

    #[test]
    fn patterns_are_averaged_over_what_is_not_chosen() {
        let token = |id: u32| Token { id, text: id.to_string() };
        let weights = vec![255, 0, 255, 0, 255, 0, 0, 255, 255, 0, 51, 204, 255, 0, 0, 255];
        let attention = Attention { tokens: vec![token(0), token(1)], layers: 2, heads: 2, weights };
        assert_eq!(pattern(&attention, Some(0), Some(0)), [1.0, 0.0, 1.0, 0.0]);
        assert_eq!(pattern(&attention, Some(0), None), [1.0, 0.0, 0.5, 0.5]);
        let all = pattern(&attention, None, None);
        assert!((all[2] - 0.3).abs() < 1e-6 && (all[3] - 0.7).abs() < 1e-6, "{all:?}");
        assert_eq!(heat(&[1.0, 0.0, 0.25, 1.0], 2).rgba[11], 128);
    }
}
