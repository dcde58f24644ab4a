//! Sentences in English and French, side by side.

use super::clause::{Clause, Form, Mention, ROWS, Row, Said, Tense, Verb, elide_que};
use super::lexicon::{FEELINGS, NOUNS, Noun, PEOPLE, PLACES, Person, Sort, WEATHERS, nouns};
use super::phrase::{Determiner, Language, NounPhrase, sentence};
use super::tale::{Mentions, OPENERS, look};
use super::NEW_PAIRS;
use crate::text::chance::{Dice, hash};

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub english: String,
    pub french: String,
    /// Whether it has an adjective beside a noun that it never stands beside in what is learnt from.
    pub is_new: bool,
    /// Whether the French leaves open who is meant: “lui” is him and her.
    pub is_open: bool,
}

/// A sentence of chance: one clause, or two that belong together.
pub fn pair(dice: &mut Dice) -> Pair {
    let row = dice.pick(&ROWS);
    let said = fill(dice, row, None);
    let is_told = matches!(row.form, Form::Told | Form::Denied);
    let opener = (row.form == Form::Told && dice.lucky(1, 5)).then(|| dice.pick(&OPENERS));
    let follows = is_told.then(|| dice.below(5));
    let is_new = is_new_pair(&said);
    let told = |english: String, french: String, is_new: bool| {
        let [opening, ouverture] = opener.copied().unwrap_or_default();
        let [english, french] = [sentence(&format!("{opening}{english}")), sentence(&format!("{ouverture}{french}"))];
        let is_open = french.contains(" lui ");
        Pair { english, french, is_new, is_open }
    };
    let words = |said: &Said, tense| [Language::English, Language::French].map(|language| said.words(language, tense));
    let [english, french] = words(&said, Tense::Then);
    match (follows, said.who) {
        // She went to the barn and took the kite.
        (Some(0), Some(who @ (Mention::Name(_) | Mention::Pronoun(_)))) if row.form == Form::Told => {
            let second = second(dice, |row| row.form == Form::Told && row.english.starts_with("{who}"));
            let second = fill(dice, second, Some(who));
            let both = [Language::English, Language::French].map(|language| second.words_without_subject(language));
            match both {
                [Some(and), Some(et)] => told(format!("{english} and {and}"), format!("{french} et {et}"), is_new || is_new_pair(&second)),
                _ => told(english, french, is_new),
            }
        }
        // She was happy because Tom found the kite.
        (Some(1), Some(_)) if matches!(row.verb, Verb::Feel | Verb::Laugh | Verb::Cry | Verb::Sing | Verb::Dance | Verb::Stay) => {
            let reason = second(dice, |row| row.form == Form::Told && REASONS.contains(&row.verb));
            let reason = fill(dice, reason, None);
            let [because, parce_que] = words(&reason, Tense::Earlier);
            told(format!("{english} because {because}"), elide_que(&format!("{french} parce que {parce_que}")), is_new || is_new_pair(&reason))
        }
        // Tom was in the barn, but Mia was by the river.
        (Some(2), Some(_)) => {
            let second = second(dice, |row| matches!(row.form, Form::Told | Form::Denied));
            let second = fill(dice, second, None);
            let [but, mais] = words(&second, Tense::Then);
            told(format!("{english}, but {but}"), format!("{french}, mais {mais}"), is_new || is_new_pair(&second))
        }
        _ => told(english, french, is_new),
    }
}

fn is_new_pair(said: &Said) -> bool {
    [said.who, said.what].into_iter().flatten().any(|mention| match mention {
        Mention::Phrase(NounPhrase { adjective: Some(adjective), noun, .. }) => {
            hash(&format!("{} {}", adjective.en, noun.en)).is_multiple_of(NEW_PAIRS)
        }
        _ => false,
    })
}

/// What may be a reason for something.
const REASONS: [Verb; 14] = [
    Verb::Give,
    Verb::Bring,
    Verb::Show,
    Verb::Buy,
    Verb::Find,
    Verb::Lose,
    Verb::See,
    Verb::Meet,
    Verb::Visit,
    Verb::Help,
    Verb::Thank,
    Verb::Break,
    Verb::Mend,
    Verb::Have,
];

fn second(dice: &mut Dice, is_fit: fn(&Row) -> bool) -> &'static Row {
    let rows: Vec<&'static Row> = ROWS.iter().filter(|row| is_fit(row)).collect();
    *dice.pick(&rows)
}

/// Fills a row with whatever makes sense.
fn fill(dice: &mut Dice, row: &'static Row, who: Option<Mention>) -> Said {
    let has = |slot: &str| row.english.contains(slot);
    let person = |dice: &mut Dice| -> &'static Person { dice.pick(&PEOPLE) };
    let subject = has("{who}").then(|| {
        who.unwrap_or_else(|| match (row.verb, dice.below(6)) {
            _ if row.english.starts_with("there ") => {
                let noun = dice.pick(NOUNS);
                phrase(dice, noun, true)
            }
            (Verb::Be | Verb::Sleep | Verb::Follow | Verb::Hunger | Verb::Stay | Verb::Rest, 0 | 1) => {
                let animals = if dice.lucky(1, 4) { nouns(Sort::Pet) } else { nouns(Sort::Animal) };
                let noun = dice.pick(animals);
                phrase(dice, noun, false)
            }
            (Verb::Be, 2) => {
                let noun = dice.pick(NOUNS);
                phrase(dice, noun, false)
            }
            (_, 3 | 4) if row.form != Form::Asked => Mention::Pronoun(person(dice).gender),
            _ => Mention::Name(person(dice)),
        })
    });
    let what = has("{what}").then(|| {
        let sorts: &[Sort] = match row.verb {
            Verb::Feed => &[Sort::Animal, Sort::Pet],
            Verb::Gather => &[Sort::Fruit, Sort::Finding],
            Verb::Eat => &[Sort::Food, Sort::Fruit],
            Verb::Open => &[Sort::Container],
            Verb::See | Verb::Like => {
                &[Sort::Animal, Sort::Pet, Sort::Thing, Sort::Toy, Sort::Clothing, Sort::Reading, Sort::Instrument]
            }
            Verb::Break | Verb::Mend | Verb::Paint => &[Sort::Toy, Sort::Instrument, Sort::Container],
            _ => &[
                Sort::Thing,
                Sort::Toy,
                Sort::Instrument,
                Sort::Reading,
                Sort::Clothing,
                Sort::Container,
                Sort::Food,
                Sort::Fruit,
                Sort::Finding,
                Sort::Pet,
            ],
        };
        let sort = *dice.pick(sorts);
        let noun = dice.pick(nouns(sort));
        let may_count = (row.form == Form::Told && !matches!(row.verb, Verb::Break | Verb::Mend | Verb::Paint | Verb::Open | Verb::Lose))
            || row.verb == Verb::Have;
        if (row.verb == Verb::Gather || may_count && dice.lucky(1, 8)) && row.form != Form::NotNow {
            let count = 2 + dice.below(11);
            return Mention::Phrase(NounPhrase { determiner: Determiner::Number(count), adjective: None, noun, plural: true });
        }
        let may_be_new = matches!(row.form, Form::Told | Form::Now | Form::ToCome) && !matches!(row.verb, Verb::Like | Verb::Feed);
        let new = may_be_new && dice.lucky(1, 2);
        match subject {
            Some(who @ (Mention::Name(_) | Mention::Pronoun(_))) if !new && dice.lucky(1, 3) => {
                let determiner = Determiner::Of(who.gender());
                Mention::Phrase(NounPhrase { determiner, adjective: None, noun, plural: false })
            }
            _ => phrase(dice, noun, new),
        }
    });
    let whom = match (has("{whom}"), has("{him}")) {
        (true, _) => loop {
            let whom = person(dice);
            if subject != Some(Mention::Name(whom)) {
                break Some(Mention::Name(whom));
            }
        },
        (_, true) => Some(Mention::Pronoun(person(dice).gender)),
        _ => None,
    };
    let placed = has("{at}") || has("{to}");
    let mut clause = Clause::of_weather(row.verb, has("{weather}").then(|| dice.pick(WEATHERS)));
    clause.feeling = has("{feeling}").then(|| dice.pick(FEELINGS));
    let spot = placed.then(|| match row.verb {
        Verb::Put => super::clause::Spot::In(dice.pick(nouns(Sort::Container))),
        _ => super::clause::Spot::At(dice.pick(PLACES)),
    });
    Mentions { who: subject, what, whom, spot }.with_row(row, &clause)
}

fn phrase(dice: &mut Dice, noun: &'static Noun, new: bool) -> Mention {
    let adjective = if dice.lucky(2, 5) { look(dice, noun) } else { None };
    let determiner = if new { Determiner::A } else { Determiner::The };
    Mention::Phrase(NounPhrase { determiner, adjective, noun, plural: false })
}

