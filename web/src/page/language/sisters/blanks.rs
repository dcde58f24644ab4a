//! Words are hidden, and the model says what they were.

use std::collections::BTreeSet;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use terrarium_labs::language::{Answer, Filled, Likely, Question, Token};
use terrarium_labs::protocol;

use super::Unlearnt;
use super::sheet::{Given, Sheet};
use super::words::{Word, attended, running, strange, without_space, words};
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::language::facts::Facts;
use crate::language::measured;
use crate::language::row::walk;
use crate::language::token::Chances;
use crate::number::percent;
use crate::techniques::keep::{Kept, Problem, keep};

/// How many guesses are shown of each blank.
const SHOWN: usize = 5;
/// A word of so many letters is worth being guessed.
const LONG: usize = 4;

/// A text as the model reads it.
#[derive(Clone, PartialEq)]
struct Sentence {
    text: String,
    tokens: Vec<Token>,
    words: Vec<Word>,
}

impl Sentence {
    fn new(text: String, tokens: Vec<Token>, are_letters: bool) -> Sentence {
        let words = words(&tokens, are_letters);
        Sentence { text, tokens, words }
    }

    /// The word that is hidden before the visitor has chosen one: a long one, as near to the middle as there is.
    fn first(&self) -> Option<usize> {
        let middle = self.words.len() / 2;
        let is_long = |place: &usize| self.words[*place].text.chars().filter(|c| c.is_alphanumeric()).count() >= LONG;
        let nearest = |places: &mut dyn Iterator<Item = usize>| places.min_by_key(|place| place.abs_diff(middle));
        nearest(&mut (0..self.words.len()).filter(is_long)).or_else(|| nearest(&mut (0..self.words.len())))
    }

    /// The tokens of these words.
    fn places(&self, words: &BTreeSet<usize>) -> Vec<u32> {
        words.iter().flat_map(|word| self.words[*word].tokens.clone()).map(|place| place as u32).collect()
    }

    fn has_blanks(&self) -> bool {
        self.words.iter().any(Word::is_blank)
    }
}

/// What the model says of a blank.
#[derive(Clone, PartialEq)]
struct Guess {
    /// Which of the text's tokens it is.
    place: usize,
    likely: Vec<Likely>,
    /// What stood there, where that is known.
    truth: Option<Token>,
    /// What it attended to.
    attended: String,
}

impl Guess {
    fn best(&self) -> String {
        self.likely.first().map(|likely| without_space(&likely.token.text).to_string()).unwrap_or_default()
    }

    fn is_right(&self) -> Option<bool> {
        self.truth.as_ref().map(|truth| self.likely.first().is_some_and(|likely| likely.token == *truth))
    }

    /// What came of it, in a sentence.
    fn sentence(&self) -> String {
        let best = self.best();
        let Some(truth) = &self.truth else { return format!("“{best}”, it says; what is right, only you know.") };
        let rank = self.likely.iter().position(|likely| likely.token == *truth);
        let truth = without_space(&truth.text);
        match rank {
            Some(0) => format!("Right: “{truth}”."),
            Some(rank) => format!("It says “{best}”; here it was “{truth}”, its guess number {}.", rank + 1),
            None => format!("It says “{best}”; here it was “{truth}”, which is not among its first {}.", self.likely.len()),
        }
    }
}

/// What was answered to the question about a sentence, blank by blank.
fn guesses(sentence: &Sentence, filled: Filled) -> Vec<Guess> {
    let Filled { blanks, places, attention, .. } = filled;
    let guess = |(place, likely): (u32, Vec<Likely>)| {
        let place = place as usize;
        let is_known = sentence.words.iter().any(|word| word.tokens.contains(&place) && !word.is_blank());
        let truth = sentence.tokens.get(place).filter(|_| is_known).cloned();
        Guess { place, likely, truth, attended: attended(&attention, place) }
    };
    places.into_iter().zip(blanks).map(guess).collect()
}

/// The text of a kept question about tokens, with its answer.
fn sentence(kept: Kept, are_letters: bool) -> Option<Sentence> {
    kept.answered.with(|answered| {
        let (protocol::Question::Language(Question::Tokens { text, .. }), answer) = &**answered.as_ref()? else { return None };
        let Some(Answer::Tokens(tokens)) = &answer.language else { return None };
        Some(Sentence::new(text.clone(), tokens.clone(), are_letters))
    })
}

#[component]
pub fn Blanks(lab: Lab) -> impl IntoView {
    let sheet = Sheet::new(lab);
    let are_letters =
        Memo::new(move |_| lab.writing.about.with(|about| about.as_ref().is_some_and(|about| about.merges.is_empty())));
    let read = keep(lab, move || (!sheet.is_empty()).then(|| Question::Tokens { text: sheet.text.get(), merges: None }));
    let sentence = Memo::new(move |_| sentence(read, are_letters.get()).filter(|_| !sheet.is_empty()));

    // Words that the visitor has hidden or shown; none before that.
    let chosen = RwSignal::new(None::<BTreeSet<usize>>);
    Effect::new(move || {
        sheet.number.track();
        chosen.set(None);
    });
    let hidden = Memo::new(move |_| {
        sentence.with(|sentence| {
            let Some(sentence) = sentence else { return BTreeSet::new() };
            match chosen.get() {
                Some(places) => places.into_iter().filter(|place| *place < sentence.words.len()).collect(),
                None if sentence.has_blanks() => BTreeSet::new(),
                None => sentence.first().into_iter().collect(),
            }
        })
    });
    let switch = move |place: usize| {
        let mut places = hidden.get_untracked();
        if !places.remove(&place) {
            places.insert(place);
        }
        chosen.set(Some(places));
    };
    let is_asked =
        move || sentence.with(|sentence| sentence.as_ref().is_some_and(|s| s.has_blanks() || !hidden.with(BTreeSet::is_empty)));
    let kept = keep(lab, move || {
        let sentence = sentence.get().filter(|_| is_asked())?;
        Some(Question::Fill { hidden: sentence.places(&hidden.get()), text: sentence.text })
    });
    let guesses = Memo::new(move |_| {
        kept.answered.with(|answered| {
            let (protocol::Question::Language(Question::Fill { text, .. }), answer) = &**answered.as_ref()? else { return None };
            let sentence = sentence.get().filter(|sentence| sentence.text == *text && is_asked())?;
            let Some(Answer::Filled(filled)) = &answer.language else { return None };
            Some((guesses(&sentence, filled.clone()), sentence.tokens))
        })
    });
    let share = move || {
        measured(lab, "accuracy")
            .map(|share| format!("Of the blanks in held-out text it fills {} right at the first guess.", percent(share)))
    };
    view! {
        <section id="blanks" class="panel write sister" aria-labelledby="blanks-title">
            <h2 id="blanks-title">"Fill in the blank"</h2>
            <p class="technique-help">
                "Click on words to hide them and to show them again. The model sees all that is left, on both sides, and says what stood \
                 there. It is asked anew as it learns."
            </p>
            <Given sheet id="blanks-text" label="A sentence. Change it as you like" />
            <WordRow sentence hidden switch />
            <p class="technique-note" class:hidden=move || is_asked() || sentence.with(Option::is_none)>
                "Nothing is hidden: click on a word."
            </p>
            <p class="technique-note">{move || sentence.with(|sentence| strange(&sentence.as_ref()?.words))}</p>
            <Unlearnt lab />
            <div class="answered" aria-live=move || if lab.playing.get() { "off" } else { "polite" }>
                {move || guesses.get().map(|(guesses, tokens)| view! { <Guesses guesses tokens /> })}
                <Problem kept />
            </div>
            <p class="said measured">{share}</p>
            <p class="lesson">
                "A model that reads both ways is good at understanding: BERT learnt like this (Devlin et al. 2019), and its kind sorts mail, finds \
                 names, and turns texts into numbers by which search engines compare them, with far less work than a chatbot needs. It cannot go on \
                 from a text. And a likely word need not be the true one: often nothing in the text tells which it was."
            </p>
            <Facts lab />
        </section>
    }
}

/// The words, each to be hidden or shown.
#[component]
fn WordRow(
    sentence: Memo<Option<Sentence>>,
    hidden: Memo<BTreeSet<usize>>,
    #[prop(into)] switch: Callback<usize>,
) -> impl IntoView {
    let at = RwSignal::new(0_usize);
    let count = Memo::new(move |_| sentence.with(|sentence| sentence.as_ref().map_or(0, |sentence| sentence.words.len())));
    let stop = move || at.get().min(count.get().saturating_sub(1));
    let go =
        move |event: KeyboardEvent| walk(&event, "word", untrack(stop), count.get_untracked(), Callback::new(move |to| at.set(to)));
    // Boxes stay where they are while words change, so that none loses the focus.
    let word = move |place: usize| {
        let here = Memo::new(move |_| sentence.with(|sentence| sentence.as_ref()?.words.get(place).cloned()));
        let is_hidden =
            move || hidden.with(|hidden| hidden.contains(&place)) || here.with(|here| here.as_ref().is_some_and(Word::is_blank));
        let text = move || here.with(|here| here.as_ref().map(|here| without_space(&here.text).to_string())).unwrap_or_default();
        view! {
            <button
                id=format!("word-{place}")
                class="token"
                type="button"
                aria-pressed=move || is_hidden().to_string()
                title=move || if is_hidden() { "Show it again" } else { "Hide it" }
                // One stop for the tab key; arrows go on from there.
                tabindex=move || if stop() == place { 0 } else { -1 }
                on:focus=move |_| at.set(place)
                on:click=move |_| {
                    // Not every browser gives what is clicked the focus.
                    at.set(place);
                    switch.run(place);
                }
            >
                {text}
            </button>
        }
    };
    view! {
        <div class="token-row hideable" role="group" aria-label="Words of the sentence: press one to hide it" on:keydown=go>
            <For each=move || 0..count.get() key=|place| *place let(place)>
                {word(place)}
            </For>
        </div>
    }
}

/// The text as the model has filled it in, then each blank by itself.
#[component]
fn Guesses(guesses: Vec<Guess>, tokens: Vec<Token>) -> impl IntoView {
    let mut pieces = Vec::new();
    let mut from = 0;
    for guess in &guesses {
        let shown = guess.likely.first().map(|likely| running(std::slice::from_ref(&likely.token))).unwrap_or_default();
        pieces.push(view! { <span>{running(&tokens[from..guess.place])}</span> }.into_any());
        pieces.push(match guess.is_right() {
            Some(false) => view! { <mark>{shown}</mark> }.into_any(),
            _ => view! { <b>{shown}</b> }.into_any(),
        });
        from = guess.place + 1;
    }
    pieces.push(view! { <span>{running(&tokens[from..])}</span> }.into_any());
    let card = |guess: Guess| {
        let is_right = guess.is_right();
        let likely = guess.likely.iter().take(SHOWN).map(|likely| Likely {
            token: Token { text: without_space(&likely.token.text).to_string(), ..likely.token.clone() },
            ..likely.clone()
        });
        view! {
            <li class="guess">
                <p class="verdict" class:right=is_right == Some(true) class:wrong=is_right == Some(false)>
                    {is_right.map(|is_right| icon(if is_right { Icon::Good } else { Icon::Close }))}
                    {guess.sentence()}
                </p>
                <Chances likely=likely.collect() />
                <p class="technique-note">{(!guess.attended.is_empty()).then(|| format!("It attends most to {}.", guess.attended))}</p>
            </li>
        }
    };
    view! {
        <p id="filled" class="written paper">{pieces}</p>
        <ol class="guesses" aria-label="What it takes for likely in each blank">{guesses.into_iter().map(card).collect_view()}</ol>
    }
}

#[cfg(test)]
mod tests {
    use terrarium_labs::language::Attention;

    use super::*;

    fn token(id: u32, text: &str) -> Token {
        Token { id, text: text.to_string() }
    }

    fn sentence() -> Sentence {
        let texts = ["An", "na", "␣was", "␣in", "␣the", "␣garden", "."];
        let tokens = texts.into_iter().zip(0..).map(|(text, id)| token(id, text)).collect();
        Sentence::new("Anna was in the garden.".to_string(), tokens, false)
    }

    #[test]
    fn a_long_word_in_the_middle_is_hidden_first() {
        let sentence = sentence();
        assert_eq!(sentence.first(), Some(4));
        assert_eq!(sentence.places(&BTreeSet::from([0, 4])), [0, 1, 5]);
        let short = Sentence::new("a b".to_string(), vec![token(0, "a"), token(1, "␣b")], false);
        assert_eq!(short.first(), Some(1));
        assert_eq!(Sentence::new(String::new(), Vec::new(), false).first(), None);
        let typed = Sentence::new("a ___".to_string(), vec![token(0, "a"), token(9, "___")], false);
        assert!(typed.has_blanks() && !sentence.has_blanks());
    }

    #[test]
    fn guesses_are_held_against_what_stood_there() {
        let likely = |id, text: &str| Likely { token: token(id, text), probability: 0.4 };
        let weights = vec![36; 49];
        let filled = |tokens: Vec<Token>, first: Likely| Filled {
            text: String::new(),
            blanks: vec![vec![first, likely(5, "␣garden")]],
            places: vec![5],
            attention: Attention { tokens, layers: 1, heads: 1, weights: weights.clone() },
        };
        let sentence = sentence();
        let said = |first: Likely| guesses(&sentence, filled(sentence.tokens.clone(), first)).swap_remove(0);
        let right = said(likely(5, "␣garden"));
        assert_eq!((right.is_right(), right.sentence().as_str()), (Some(true), "Right: “garden”."));
        let wrong = said(likely(8, "␣kitchen"));
        assert_eq!(wrong.is_right(), Some(false));
        assert_eq!(wrong.sentence(), "It says “kitchen”; here it was “garden”, its guess number 2.");
        let unknown = Guess { truth: None, ..wrong.clone() };
        assert_eq!((unknown.is_right(), unknown.sentence().as_str()), (None, "“kitchen”, it says; what is right, only you know."));
        let missed = Guess { truth: Some(token(3, "␣in")), ..wrong };
        assert!(missed.sentence().ends_with("which is not among its first 2."), "{}", missed.sentence());
    }
}
