//! By what rules tokens are drawn.

use leptos::prelude::*;
use terrarium_labs::language::Sampling;

use crate::techniques::parts::{Field, Slider};
use crate::writing::Writing;

/// A number of the rules that a slider sets.
struct Rule {
    id: &'static str,
    label: &'static str,
    help: &'static str,
    range: [f32; 2],
    step: f32,
    get: fn(&Sampling) -> f32,
    set: fn(&mut Sampling, f32),
    /// A value with its unit.
    say: fn(f32) -> String,
}

static RULES: [Rule; 5] = [
    Rule {
        id: "temperature",
        label: "Temperature",
        help: "Below 1 the model plays it safe and repeats itself; above 1 it takes risks and makes mistakes. At 0 it always takes the \
               likeliest token.",
        range: [0.0, 2.0],
        step: 0.05,
        get: |rules| rules.temperature,
        set: |rules, to| rules.temperature = to,
        say: |value| format!("{value:.2}"),
    },
    Rule {
        id: "top-k",
        label: "Top-k",
        help: "Only so many of the likeliest tokens may be drawn, so that nothing absurd slips in.",
        range: [0.0, 100.0],
        step: 1.0,
        get: |rules| rules.top_k as f32,
        set: |rules, to| rules.top_k = to as u32,
        say: |value| if value == 0.0 { "all tokens".to_string() } else { format!("{value:.0} tokens") },
    },
    Rule {
        id: "top-p",
        label: "Top-p",
        help: "Only the likeliest tokens that together have this much of the probability may be drawn: few where the model is sure, \
               many where it is not.",
        range: [0.05, 1.0],
        step: 0.05,
        get: |rules| rules.top_p,
        set: |rules, to| rules.top_p = to,
        say: |value| format!("{:.0}\u{202f}%", 100.0 * value),
    },
    Rule {
        id: "min-p",
        label: "Min-p",
        help: "Only tokens may be drawn that are at least this likely beside the likeliest one.",
        range: [0.0, 0.5],
        step: 0.01,
        get: |rules| rules.min_p,
        set: |rules, to| rules.min_p = to,
        say: |value| if value == 0.0 { "off".to_string() } else { format!("{:.0}\u{202f}% of it", 100.0 * value) },
    },
    Rule {
        id: "repetition-penalty",
        label: "Repetition penalty",
        help: "Makes what was written already less likely to come again. At 1 it changes nothing.",
        range: [1.0, 2.0],
        step: 0.05,
        get: |rules| rules.repetition_penalty,
        set: |rules, to| rules.repetition_penalty = to,
        say: |value| if value == 1.0 { "off".to_string() } else { format!("÷ {value:.2}") },
    },
];

/// Fewest and most tokens that are written at a time.
const LENGTHS: [f32; 2] = [10.0, 1000.0];

#[component]
pub fn Rules(writing: Writing) -> impl IntoView {
    let rule = move |rule: &'static Rule| {
        let value = Signal::derive(move || writing.sampling.with(rule.get));
        view! {
            <Field id=rule.id.to_string() label=rule.label help=rule.help>
                <div class="film-row">
                    <Slider
                        id=rule.id.to_string()
                        range=rule.range
                        step=rule.step
                        value
                        moved=move |to: f32| writing.sampling.update(|rules| (rule.set)(rules, to))
                        spoken=move |value| (rule.say)(value)
                    />
                    <output>{move || (rule.say)(value.get())}</output>
                </div>
            </Field>
        }
    };
    let set_seed = move |typed: String| {
        if let Ok(seed) = typed.trim().parse() {
            writing.sampling.update(|rules| rules.seed = seed);
        }
    };
    view! {
        <div class="fields rules">
            {RULES.iter().map(rule).collect_view()}
            <Field id="write-length".to_string() label="Length" help="So many tokens are written at most before the model pauses.">
                <div class="film-row">
                    <Slider
                        id="write-length".to_string()
                        range=LENGTHS
                        step=10.0
                        value=Signal::derive(move || writing.length.get() as f32)
                        moved=move |to: f32| writing.length.set(to as u32)
                        spoken=|value| format!("{value} tokens")
                    />
                    <output>{move || format!("{} tokens", writing.length.get())}</output>
                </div>
            </Field>
            <Field id="stop-text".to_string() label="Stop at" help="Writing ends once this text has come. Leave it empty to go on.">
                <input
                    id="stop-text"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="nothing"
                    prop:value=move || writing.sampling.with(|rules| rules.stop.clone())
                    on:input:target=move |event| {
                        let stop = event.target().value();
                        writing.sampling.update(|rules| rules.stop = stop);
                    }
                />
            </Field>
            <Field
                id="draw-seed".to_string()
                label="Seed of the draws"
                help="The same seed draws the same tokens again, as long as the model stays the same."
            >
                <input
                    id="draw-seed"
                    class="number"
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    prop:value=move || writing.sampling.with(|rules| rules.seed.to_string())
                    on:change:target=move |event| {
                        set_seed(event.target().value());
                        // What was no number gives way to what holds.
                        event.target().set_value(&writing.sampling.with_untracked(|rules| rules.seed.to_string()));
                    }
                />
            </Field>
        </div>
        <button class="button quiet" type="button" on:click=move |_| writing.sampling.set(Sampling::default())>
            "Back to the usual"
        </button>
    }
}
