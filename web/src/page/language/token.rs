//! Tokens as they are shown.

use leptos::prelude::*;
use terrarium_labs::language::Likely;

/// A token that is so surprising, in bits, has the strongest colour.
const MOST_BITS: f32 = 7.0;

/// How surprising what has this probability is, in bits (Shannon 1948).
pub fn bits(probability: f32) -> f32 {
    -probability.max(1e-9).log2()
}

/// How strong a token's colour is: from 0, for what was certain, to 1.
pub fn strength(probability: f32) -> f32 {
    (bits(probability) / MOST_BITS).clamp(0.0, 1.0)
}

/// The same for style sheets.
pub fn tint(probability: f32) -> String {
    format!("{:.0}%", 100.0 * strength(probability))
}

/// A token as text, which is shown with a sign for each space.
pub fn plain(token: &str) -> String {
    token.replace('␣', " ").replace('↵', "\n").replace('⇥', "\t")
}

/// A probability as people read it: "93 %", "0.4 %".
pub fn chance(probability: f32) -> String {
    match 100.0 * probability {
        0.0 => "0\u{202f}%".to_string(),
        percent if percent < 0.1 => "under 0.1\u{202f}%".to_string(),
        percent if percent < 9.95 => format!("{percent:.1}\u{202f}%"),
        percent => format!("{percent:.0}\u{202f}%"),
    }
}

/// What was written, each token in the colour of its surprise.
#[component]
pub fn Written(tokens: Vec<Likely>) -> impl IntoView {
    let one = |Likely { token, probability }: Likely| {
        let text = plain(&token.text);
        // A line break alone would have no place to show a colour.
        let text = if text == "\n" { "↵\n".to_string() } else { text };
        view! {
            <span class="drawn" style=("--surprise", tint(probability)) title=format!("{}: {}", token.text, chance(probability))>
                {text}
            </span>
        }
    };
    tokens.into_iter().map(one).collect_view()
}

/// What the colours of tokens mean.
#[component]
pub fn Legend() -> impl IntoView {
    view! {
        <p class="surprise-legend">
            "expected "
            <span class="surprise-scale" aria-hidden="true"></span>
            " surprising"
        </p>
    }
}

/// What is likely, as bars.
#[component]
pub fn Chances(likely: Vec<Likely>) -> impl IntoView {
    let row = |Likely { token, probability }: Likely| {
        let filled = format!("{:.1}%", 100.0 * probability);
        view! {
            <li>
                <code>{token.text}</code>
                <span class="share" aria-hidden="true" style=("--share", filled)></span>
                <output>{chance(probability)}</output>
            </li>
        }
    };
    view! { <ol class="chances">{likely.into_iter().map(row).collect_view()}</ol> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surprise_grows_as_chances_fall() {
        assert_eq!([bits(1.0), bits(0.5), bits(0.125)], [0.0, 1.0, 3.0]);
        assert_eq!([strength(1.0), strength(0.0)], [0.0, 1.0]);
        assert_eq!(tint(0.5), "14%");
        assert_eq!(
            [0.0, 0.0004, 0.004, 0.934].map(chance).map(|s| s.replace('\u{202f}', " ")),
            ["0 %", "under 0.1 %", "0.4 %", "93 %"]
        );
    }

    #[test]
    fn signs_for_spaces_become_spaces() {
        assert_eq!(plain("␣the↵"), " the\n");
    }
}
