//! A text, and what the model makes of it in another language.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, GRADED, Likely, Question, Token, Translated};

use super::Unlearnt;
use super::sheet::{Given, Sheet};
use super::words::{compared, strange, without_space, words};
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::language::facts::Facts;
use crate::language::row::{Boxed, TokenRow};
use crate::language::token::{Legend, chance};
use crate::language::{measured, told};
use crate::number::percent;
use crate::techniques::keep::{Problem, keep};

/// How much each token of the source was attended to as a token was written, by the average over layers and heads.
fn attended(translated: &Translated, token: usize) -> Vec<f32> {
    let (tokens, source) = (translated.tokens.len(), translated.source.len());
    let rows = translated.weights.chunks_exact(source.max(1)).enumerate().filter(|(row, _)| row % tokens.max(1) == token);
    let mut sum = vec![0.0; source];
    for (_, row) in rows {
        sum.iter_mut().zip(row).for_each(|(sum, weight)| *sum += f32::from(*weight) / 255.0);
    }
    let heads = (translated.layers * translated.heads).max(1) as f32;
    sum.into_iter().map(|sum| sum / heads).collect()
}

/// What came of it, in a sentence.
fn sentence(translated: &Translated) -> String {
    let Translated { text, truth, ended, .. } = translated;
    let unended = if ended.is_none() { " It found no end." } else { "" };
    let Some(truth) = truth else {
        return format!("What is right is known of held-out texts alone: judge this one for yourself.{unended}");
    };
    if text == truth {
        return "Right, to the last sign.".to_string();
    }
    let marked = compared(text, truth);
    let what = if truth.contains(' ') { "words" } else { "letters" };
    let verdict = match marked.iter().filter(|(_, is_right)| !is_right).count() {
        0 => "Something is missing.".to_string(),
        wrong => format!("{wrong} of {} {what} are wrong, or out of place.", marked.len()),
    };
    verdict + unended
}

#[component]
pub fn Translation(lab: Lab) -> impl IntoView {
    let sheet = Sheet::new(lab);
    let is_french = Memo::new(move |_| lab.settings.with(|settings| settings.is("data", "world")));
    let either =
        move |french: &'static str, other: &'static str| Signal::derive(move || if is_french.get() { french } else { other });
    let kept = keep(lab, move || (!sheet.is_empty()).then(|| Question::Translate { text: sheet.text.get() }));
    let answered = told(kept, |answer| match answer {
        Answer::Translated(translated) => Some(translated),
        _ => None,
    });
    let translated = Memo::new(move |_| answered.get().filter(|_| !sheet.is_empty()));
    let are_letters =
        Memo::new(move |_| lab.writing.about.with(|about| about.as_ref().is_some_and(|about| about.merges.is_empty())));
    let unknown = move || translated.with(|translated| strange(&words(&translated.as_ref()?.source, are_letters.get())));
    let scores = move || {
        let whole = measured(lab, "right")?;
        let bleu =
            measured(lab, "bleu").map(|bleu| format!(", and BLEU, of the first {GRADED}, is {bleu:.0} of 100")).unwrap_or_default();
        Some(format!("Of all held-out texts it writes {} without a mistake{bleu}.", percent(whole)))
    };
    view! {
        <section id="translation" class="panel write sister" aria-labelledby="translation-title">
            <h2 id="translation-title">{either("Translate into French", "One text from another")}</h2>
            <p class="technique-help">
                "One half of the model reads the whole text. The other looks at what that has read, and writes, one token after the other, \
                 always the likeliest. It is asked anew as it learns."
            </p>
            <Given sheet id="translation-text" label=either("English. Change it as you like", "What it is given. Change it as you like") />
            <p class="technique-note">{unknown}</p>
            <Unlearnt lab />
            <div class="answered" aria-live=move || if lab.playing.get() { "off" } else { "polite" }>
                {move || translated.get().map(|translated| view! { <Beside translated /> })}
                <Problem kept />
            </div>
            <div class:hidden=move || translated.with(|translated| translated.as_ref().is_none_or(|t| t.tokens.is_empty()))>
                <Alignment translated />
            </div>
            <p class="said measured">{scores}</p>
            <p class="lesson">
                "The first Transformer was built so, to translate (Vaswani et al. 2017), and T5 made every task a text to be turned into another \
                 (Raffel et al. 2020). Most large models have since dropped the half that only reads: they translate by going on from a prompt. "
                {either(
                    "Here a grammar of some hundred words makes every sentence, so that what is right is known, word for word. Of what people write \
                     there are many right translations; BLEU only counts how much is as in one of them, and says nothing of sense.",
                    "Here the task has one right answer, as few texts have that people write.",
                )}
            </p>
            <Facts lab />
        </section>
    }
}

/// What the model writes beside what is right.
#[component]
fn Beside(translated: Translated) -> impl IntoView {
    let verdict = sentence(&translated);
    let Translated { text, truth, tokens, .. } = translated;
    let is_right = truth.as_ref().map(|truth| text == *truth);
    let piece = |(piece, is_right): (String, bool)| match is_right {
        true => view! { <span>{piece}</span> }.into_any(),
        false => view! { <mark>{piece}</mark> }.into_any(),
    };
    let said = match &truth {
        Some(truth) => compared(&text, truth),
        None => vec![(text.clone(), true)],
    };
    let sure: f32 = tokens.iter().map(|likely| likely.probability).product();
    view! {
        <div class="beside">
            <figure>
                <figcaption>"The model writes"</figcaption>
                <p id="translated" class="written paper">
                    {said.into_iter().map(piece).collect_view()} {text.is_empty().then_some("(nothing)")}
                </p>
            </figure>
            {truth
                .map(|truth| {
                    view! {
                        <figure>
                            <figcaption>"Right is"</figcaption>
                            <p id="right" class="written paper">{truth}</p>
                        </figure>
                    }
                })}
        </div>
        <p class="verdict" class:right=is_right == Some(true) class:wrong=is_right == Some(false)>
            {is_right.map(|is_right| icon(if is_right { Icon::Good } else { Icon::Close }))}
            {verdict}
        </p>
        <p class="sure" title="The probabilities of all tokens that it wrote, multiplied">
            <span>"How sure it is: " <output>{chance(sure)}</output></span>
            <span class="share" aria-hidden="true" style=("--share", format!("{:.1}%", 100.0 * sure))></span>
        </p>
    }
}

/// How sure the model was of each token, and what it attended to as it wrote it.
#[component]
fn Alignment(translated: Memo<Option<Translated>>) -> impl IntoView {
    let chosen = RwSignal::new(0_usize);
    let boxes = Signal::derive(move || {
        let boxed = |Likely { token, probability }: &Likely| Boxed { text: token.text.clone(), probability: Some(*probability) };
        translated
            .with(|translated| translated.as_ref().map(|t| t.tokens.iter().map(boxed).collect::<Vec<_>>()))
            .unwrap_or_default()
    });
    let at = Signal::derive(move || chosen.get().min(boxes.with(Vec::len).saturating_sub(1)));
    let weights =
        Memo::new(move |_| translated.with(|translated| translated.as_ref().map(|t| attended(t, at.get()))).unwrap_or_default());
    let source = move || {
        let tokens = translated.with(|translated| translated.as_ref().map(|t| t.source.clone())).unwrap_or_default();
        let most = weights.with(|weights| weights.iter().copied().fold(f32::EPSILON, f32::max));
        let one = |(token, weight): (Token, f32)| {
            let strength = format!("{:.0}%", 100.0 * weight / most);
            view! { <span class="token" style=("--looked", strength) title=chance(weight)>{token.text}</span> }
        };
        tokens.into_iter().zip(weights.get()).map(one).collect_view()
    };
    let said = move || {
        translated.with(|translated| {
            let translated = translated.as_ref()?;
            let Likely { token, probability } = translated.tokens.get(at.get())?;
            let weights = weights.get();
            let most = (0..weights.len()).max_by(|a, b| weights[*a].total_cmp(&weights[*b]))?;
            let of = without_space(&translated.source.get(most)?.text).to_string();
            let written = without_space(&token.text);
            Some(format!(
                "“{written}” had a chance of {}; it attended most to “{of}” ({}).",
                chance(*probability),
                chance(weights[most])
            ))
        })
    };
    view! {
        <div class="alignment">
            <div class="write-foot">
                <p class="technique-note">
                    "Point at a token that it wrote. What it read is below, the greener the more it attended to that as it wrote."
                </p>
                <Legend />
            </div>
            <TokenRow id="translated-token" label="Tokens that it wrote" tokens=boxes chosen=at choose=move |to| chosen.set(to) />
            <p class="token-row looked-at-source">{source}</p>
            <p class="said">{said}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use terrarium_labs::language::Ended;

    use super::*;

    fn translated(text: &str, truth: Option<&str>, ended: Option<Ended>) -> Translated {
        let token = |text: &str| Token { id: 0, text: text.to_string() };
        let likely = Likely { token: token("␣x"), probability: 0.5 };
        Translated {
            text: text.to_string(),
            truth: truth.map(str::to_string),
            tokens: vec![likely.clone(), likely],
            ended,
            source: vec![token("a"), token("␣b"), token("␣c")],
            layers: 1,
            heads: 2,
            weights: vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 0],
        }
    }

    #[test]
    fn attention_is_averaged_over_layers_and_heads() {
        let translated = translated("", None, None);
        assert_eq!(attended(&translated, 0), [0.5, 0.0, 0.5]);
        assert_eq!(attended(&translated, 1), [0.0, 1.0, 0.0]);
    }

    #[test]
    fn verdicts_say_what_is_wrong() {
        let said = |text, truth| sentence(&translated(text, truth, Some(Ended::Document)));
        assert_eq!(said("Le chat.", Some("Le chat.")), "Right, to the last sign.");
        assert_eq!(said("La chat.", Some("Le chat.")), "1 of 2 words are wrong, or out of place.");
        assert_eq!(said("Le", Some("Le chat.")), "Something is missing.");
        assert_eq!(said("cab", Some("cba")), "1 of 3 letters are wrong, or out of place.");
        assert!(said("Le", None).contains("judge this one for yourself"));
        assert!(sentence(&translated("le le", Some("Le chat."), None)).ends_with("It found no end."));
    }
}
