//! The controls of the settings, made from the lab's table.

use leptos::prelude::*;
use terrarium_labs::lab;
use terrarium_labs::protocol::Opened;
use terrarium_labs::settings::{Choice, Kind, Scale, Setting, Value};

use crate::data_picker::DataPicker;
use crate::lab::Lab;
use crate::number::thousands;
use crate::parts::LabParts;

/// Places of a slider.
const PLACES: f64 = 1000.0;

/// Where a range starts at 0, orders of magnitude begin this far below its end.
const SPAN: f64 = 1e-6;

/// Up to so many options stand side by side, if their names together have so few letters, beside their label or below it;
/// others make a menu.
const SIDE_BY_SIDE: usize = 3;
const SHORT_BESIDE: usize = 12;
const SHORT_BELOW: usize = 24;

/// A menu with longer names stands below its label.
const NARROW: usize = 12;

#[component]
pub fn Controls(lab: Lab, which: &'static lab::Lab, parts: LabParts) -> impl IntoView {
    let mut groups: Vec<&'static str> = which.table.iter().map(|setting| setting.group).collect();
    groups.dedup();
    let group = move |name: &'static str| {
        let settings = which.table.iter().filter(move |setting| setting.group == name);
        let kind = name.to_lowercase();
        view! {
            <details class=format!("panel group {kind}") open>
                <summary>
                    <h2>{name}</h2>
                    {network(lab, name)}
                </summary>
                {settings.map(|setting| view! { <Control lab which parts setting /> }).collect_view()}
            </details>
        }
    };
    view! {
        <section class="controls" aria-label="Settings">
            <p class="controls-note">
                <span class="anew" aria-hidden="true">
                    "↻"
                </span>
                " starts the run anew; all else changes as it runs."
            </p>
            {groups.into_iter().map(group).collect_view()}
        </section>
    }
}

/// How large the network is that a group of settings is about, beside the group's heading; nothing beside others.
fn network(lab: Lab, group: &'static str) -> impl IntoView {
    let parameters = move || {
        let of = |opened: &Opened| opened.networks.iter().find(|n| n.name.eq_ignore_ascii_case(group)).map(|n| n.parameters);
        lab.opened.with(|opened| opened.as_ref().and_then(of))
    };
    move || parameters().map(|count| view! { <span class="parameters">{format!("{} parameters", thousands(count.into()))}</span> })
}

#[component]
fn Control(lab: Lab, which: &'static lab::Lab, parts: LabParts, setting: &'static Setting) -> impl IntoView {
    let value = Memo::new(move |_| lab.settings.with(|settings| settings.get(setting.key).cloned()));
    let explained = RwSignal::new(false);
    let help_id = format!("{}-help", setting.key);
    let input_id = format!("{}-input", setting.key);
    // What a set-up does not use is dimmed, and still there.
    let used = Memo::new(move |_| lab.settings.with(|settings| (which.uses)(settings, setting.key)));
    let chosen_help = move || match (&setting.kind, value.get()) {
        (Kind::Choice(options), Some(Value::Choice(i))) => options.get(i).map(|o| format!(" {}: {}", o.label, o.help)),
        _ => None,
    };
    let (place, widget) = match &setting.kind {
        Kind::Choice(_) if setting.key == "data" => ("below", view! { <DataPicker lab parts setting /> }.into_any()),
        Kind::Choice(options) if is_wide(options) => ("below", choice(lab, setting, options, value, &input_id).into_any()),
        Kind::Choice(options) => ("beside", choice(lab, setting, options, value, &input_id).into_any()),
        Kind::Text { max_chars, .. } => ("beside", text(lab, setting, *max_chars, value, &input_id).into_any()),
        Kind::Whole { .. } | Kind::Number { .. } => ("below", slider(lab, setting, value, &input_id).into_any()),
    };
    view! {
        <div class=format!("control {place}") class:unused=move || !used.get()>
            <div class="control-head">
                <label for=input_id id=format!("{}-label", setting.key)>
                    {setting.label}
                </label>
                {(!setting.live)
                    .then(|| {
                        view! {
                            <span class="anew" title="A change starts the run anew" aria-hidden="true">
                                "↻"
                            </span>
                        }
                    })}
                <button
                    class="help-button"
                    type="button"
                    aria-label=format!("What is {}?", setting.label)
                    aria-expanded=move || explained.get().to_string()
                    aria-controls=help_id.clone()
                    title=setting.help
                    on:click=move |_| explained.update(|explained| *explained = !*explained)
                >
                    "?"
                </button>
                <span class="spacer"></span>
                {number_field(lab, setting, value)}
            </div>
            {widget}
            <p class="help" id=help_id class:hidden=move || !explained.get()>
                {setting.help}
                {chosen_help}
                {(!setting.live).then_some(" A change starts the run anew.")}
            </p>
        </div>
    }
}

/// Whether options stand below their label.
fn is_wide(options: &[Choice]) -> bool {
    options.iter().any(|option| option.label.len() > NARROW)
}

fn choice(
    lab: Lab,
    setting: &'static Setting,
    options: &'static [Choice],
    value: Memo<Option<Value>>,
    id: &str,
) -> impl IntoView + use<> {
    let chosen = move |i: usize| value.get() == Some(Value::Choice(i));
    let short = if is_wide(options) { SHORT_BELOW } else { SHORT_BESIDE };
    if options.len() <= SIDE_BY_SIDE && options.iter().map(|option| option.label.chars().count()).sum::<usize>() <= short {
        let option = move |(i, option): (usize, &'static Choice)| {
            view! {
                <label class="segment" title=option.help>
                    <input
                        type="radio"
                        name=setting.key
                        value=option.slug
                        prop:checked=move || chosen(i)
                        on:change=move |_| lab.set(setting.key, option.slug)
                    />
                    <span>{option.label}</span>
                </label>
            }
        };
        view! {
            <div class="segments" role="radiogroup" aria-labelledby=format!("{}-label", setting.key)>
                {options.iter().enumerate().map(option).collect_view()}
            </div>
        }
        .into_any()
    } else {
        let option = move |(i, option): (usize, &'static Choice)| {
            view! {
                <option value=option.slug prop:selected=move || chosen(i)>
                    {option.label}
                </option>
            }
        };
        view! {
            <select id=id.to_string() on:change:target=move |event| lab.set(setting.key, &event.target().value())>
                {options.iter().enumerate().map(option).collect_view()}
            </select>
        }
        .into_any()
    }
}

fn text(lab: Lab, setting: &'static Setting, max_chars: usize, value: Memo<Option<Value>>, id: &str) -> impl IntoView + use<> {
    let shown = move || match value.get() {
        Some(Value::Text(text)) => text,
        _ => String::new(),
    };
    view! {
        <input
            id=id.to_string()
            type="text"
            maxlength=max_chars
            autocomplete="off"
            spellcheck="false"
            prop:value=shown
            on:input:target=move |event| lab.set(setting.key, &event.target().value())
        />
    }
}

fn number(value: Option<Value>) -> f64 {
    match value {
        Some(Value::Whole(whole)) => whole as f64,
        Some(Value::Number(number)) => number,
        _ => 0.0,
    }
}

/// The slider that moves a number.
fn slider(lab: Lab, setting: &'static Setting, value: Memo<Option<Value>>, id: &str) -> impl IntoView + use<> {
    let place = move || place(&setting.kind, number(value.get()));
    let unit = unit(&setting.kind);
    let spoken = move || format!("{} {unit}", number(value.get()));
    view! {
        <input
            id=id.to_string()
            class="slider"
            type="range"
            min="0"
            max=PLACES
            // Whole numbers have few places; keys then go from one to the next.
            step=slider_step(&setting.kind)
            aria-valuetext=spoken
            prop:value=move || place().to_string()
            style=("--filled", move || format!("{:.2}%", place() / PLACES * 100.0))
            on:input:target=move |event| {
                let moved = event.target().value_as_number();
                lab.set(setting.key, &at(&setting.kind, moved).to_string());
            }
        />
    }
}

/// The number itself, to be read and to be typed.
fn number_field(lab: Lab, setting: &'static Setting, value: Memo<Option<Value>>) -> Option<impl IntoView + use<>> {
    if !matches!(setting.kind, Kind::Whole { .. } | Kind::Number { .. }) {
        return None;
    }
    let unit = unit(&setting.kind);
    let shown = move || value.get().map(|value| setting.format(&value)).unwrap_or_default();
    Some(view! {
        <input
            class="number"
            type="text"
            inputmode="decimal"
            autocomplete="off"
            aria-label=format!("{}, typed", setting.label)
            prop:value=shown
            on:change:target=move |event| {
                lab.set(setting.key, event.target().value().trim());
                // What was refused gives way to what holds.
                event.target().set_value(&shown());
            }
        />
        {(!unit.is_empty()).then(|| view! { <span class="unit">{unit}</span> })}
    })
}

fn unit(kind: &Kind) -> &'static str {
    match kind {
        Kind::Whole { unit, .. } | Kind::Number { unit, .. } => unit,
        Kind::Choice(_) | Kind::Text { .. } => "",
    }
}

/// How many places of a slider a step is.
fn slider_step(kind: &Kind) -> f64 {
    match kind {
        Kind::Whole { min, max, .. } if max - min <= 30 => PLACES / (max - min) as f64,
        Kind::Number { scale: Scale::Log, .. } => PLACES / 100.0,
        _ => PLACES / 200.0,
    }
}

/// The slider's place for a value.
fn place(kind: &Kind, value: f64) -> f64 {
    let share = match kind {
        Kind::Number { min, max, scale: Scale::Log, .. } => {
            let low = if *min > 0.0 { *min } else { max * SPAN };
            if value < low { 0.0 } else { (value / low).ln() / (max / low).ln() }
        }
        Kind::Number { min, max, .. } => (value - min) / (max - min),
        // Sizes grow by factors: from 2 to 4 matters as much as from 128 to 256.
        Kind::Whole { min, max, .. } if is_size(*min, *max) => (value / *min as f64).ln() / (*max as f64 / *min as f64).ln(),
        Kind::Whole { min, max, .. } => (value - *min as f64) / (max - min) as f64,
        Kind::Choice(_) | Kind::Text { .. } => 0.0,
    };
    share.clamp(0.0, 1.0) * PLACES
}

/// The value at a slider's place, rounded to what a person would type.
fn at(kind: &Kind, place: f64) -> f64 {
    let share = (place / PLACES).clamp(0.0, 1.0);
    match kind {
        Kind::Number { min, max, scale: Scale::Log, .. } => {
            if share == 0.0 {
                return *min;
            }
            let low = if *min > 0.0 { *min } else { max * SPAN };
            two_digits(low * (max / low).powf(share)).clamp(*min, *max)
        }
        Kind::Number { min, max, .. } => two_digits(min + share * (max - min)).clamp(*min, *max),
        Kind::Whole { min, max, .. } if is_size(*min, *max) => {
            (*min as f64 * (*max as f64 / *min as f64).powf(share)).round().clamp(*min as f64, *max as f64)
        }
        Kind::Whole { min, max, .. } => (*min as f64 + share * (max - min) as f64).round(),
        Kind::Choice(_) | Kind::Text { .. } => 0.0,
    }
}

fn is_size(min: i64, max: i64) -> bool {
    min > 1 && max / min >= 16
}

/// Rounded to two digits: 0.0012, 0.35, 12.
fn two_digits(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { format!("{value:.1e}").parse().unwrap_or(value) }
}

#[cfg(test)]
mod tests {
    use terrarium_labs::lab::LABS;

    use super::*;

    #[test]
    fn sliders_reach_both_ends_and_every_default() {
        for setting in LABS.into_iter().flat_map(|lab| lab.table) {
            let (min, max, default) = match &setting.kind {
                Kind::Whole { min, max, default, .. } => (*min as f64, *max as f64, *default as f64),
                Kind::Number { min, max, default, .. } => (*min, *max, *default),
                Kind::Choice(_) | Kind::Text { .. } => continue,
            };
            assert_eq!(at(&setting.kind, 0.0), min, "{}", setting.key);
            assert_eq!(at(&setting.kind, PLACES), max, "{}", setting.key);
            assert_eq!(at(&setting.kind, place(&setting.kind, default)), default, "{}", setting.key);
        }
    }

    #[test]
    fn every_place_is_a_value_that_fits() {
        for setting in
            LABS.into_iter().flat_map(|lab| lab.table).filter(|s| matches!(s.kind, Kind::Whole { .. } | Kind::Number { .. }))
        {
            for i in 0..=100 {
                let value = at(&setting.kind, f64::from(i) * PLACES / 100.0);
                setting.parse(&value.to_string()).unwrap();
            }
        }
    }
}
