//! Sentences in English and French, side by side.

use super::clause::{Clause, Form, Mention, ROWS, Row, Said, Spot, Tense, Verb, elide_que};
use super::is_new_pair;
use super::lexicon::{Adjective, FEELINGS, NOUNS, Noun, PEOPLE, PLACES, Person, Sort, WEATHERS, nouns};
use super::phrase::{Determiner, Language, NounPhrase, sentence};
use super::plot::{FURNITURE, among};
use super::tale::{FIRST, Mentions, OPENERS, PASSING, is_event, is_sudden, look};
use crate::text::chance::Dice;

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub english: String,
    pub french: String,
    /// Whether it has two words together that never are in what is learnt from.
    pub is_new: bool,
    /// Whether the French leaves open who is meant: “lui” is him and her.
    pub is_open: bool,
}

/// A sentence of chance: one clause, or two that belong together.
pub fn pair(dice: &mut Dice) -> Pair {
    let row = dice.pick(&ROWS);
    let said = fill(dice, row, None, None);
    let words = |said: &Said, tense| [Language::English, Language::French].map(|language| said.words(language, tense));
    let [english, french] = words(&said, Tense::Then);
    let alone = [english.clone(), french.clone()];
    let is_about_somebody = matches!(said.who, Some(Mention::Name(_) | Mention::Pronoun(_)));
    let (second, [english, french]) = match dice.below(5) {
        // She went to the barn and took the kite.
        0 if is_about_somebody && row.form == Form::Told && is_event(row.verb) => {
            let also = any(dice, |other| {
                let moves = moves(row.verb) && moves(other.verb);
                other.form == Form::Told
                    && is_event(other.verb)
                    && other.verb != row.verb
                    && !moves
                    && other.english.starts_with("{who}")
            });
            let second = fill(dice, also, said.who, None);
            match [Language::English, Language::French].map(|language| second.words_without_subject(language)) {
                [Some(and), Some(et)] => (Some(second), [format!("{english} and {and}"), format!("{french} et {et}")]),
                _ => (None, alone),
            }
        }
        // She was happy because Tom found the kite.
        1 if is_about_somebody && is_told(row) && is_effect(&said) => {
            let reasons: &[Verb] = if is_good(&said) { &GOOD_REASONS } else { &BAD_REASONS };
            let reason = any(dice, |other| {
                let is_for_them = other.english.contains("{him}");
                other.form == Form::Told && reasons.contains(&other.verb) && (is_for_them || !other.english.contains("{whom}"))
            });
            let them = said.who.map(|who| Mention::Pronoun(who.gender()));
            let who = if reason.english.contains("{him}") { Some(another(dice, &said)) } else { them };
            let reason = fill(dice, reason, who, them);
            let [because, parce_que] = words(&reason, Tense::Earlier);
            (Some(reason), [format!("{english} because {because}"), elide_que(&format!("{french} parce que {parce_que}"))])
        }
        // She did not find the kite, but Tom found the ball.
        2 if is_about_somebody && is_told(row) && ROWS.iter().any(|other| is_opposite(row, other)) => {
            let opposite = any(dice, |other| is_opposite(row, other));
            let them = said.who.map(|who| Mention::Pronoun(who.gender()));
            let is_all = opposite.english.matches('{').count() == 1;
            let who = if is_all || dice.lucky(1, 2) { Some(another(dice, &said)) } else { them };
            let second = loop {
                let second = fill(dice, opposite, who, None);
                if is_about_else(&second, &said) {
                    break second;
                }
            };
            let [but, mais] = words(&second, Tense::Then);
            (Some(second), [format!("{english}, but {but}"), format!("{french}, mais {mais}")])
        }
        _ => (None, alone),
    };
    let [opening, ouverture] = opener(dice, row);
    let [english, french] = [sentence(&format!("{opening}{english}")), sentence(&format!("{ouverture}{french}"))];
    let is_open = french.contains(" lui ");
    let is_new = pair_anew(&[Some(&said), second.as_ref()].into_iter().flatten().collect::<Vec<_>>());
    Pair { english, french, is_new, is_open }
}

fn is_told(row: &Row) -> bool {
    matches!(row.form, Form::Told | Form::Denied)
}

fn is_opposite(row: &Row, other: &Row) -> bool {
    is_told(other) && other.verb == row.verb && other.form != row.form && !other.english.starts_with("there ")
}

/// Whether two clauses, but for whom they are about, share nothing that would make them contradict each other.
fn is_about_else(second: &Said, first: &Said) -> bool {
    let noun = |said: &Said| match said.what {
        Some(Mention::Phrase(phrase)) => Some(phrase.noun),
        _ => None,
    };
    let differ = |same: bool, is_there: bool| !same || !is_there;
    differ(noun(second) == noun(first), second.what.is_some())
        && differ(second.spot == first.spot, second.spot.is_some())
        && differ(second.feeling == first.feeling, second.feeling.is_some())
        && differ(second.whom == first.whom || second.whom == first.who, second.whom.is_some())
}

fn moves(verb: Verb) -> bool {
    matches!(verb, Verb::Go | Verb::Run | Verb::Return | Verb::Carry)
}

/// What may have one of the reasons below.
fn is_effect(said: &Said) -> bool {
    let may_be = said.feeling.is_none_or(|feeling| !["tired", "jealous", "hopeful"].contains(&feeling.en));
    let verbs = [Verb::Feel, Verb::Laugh, Verb::Cry, Verb::Sing, Verb::Dance];
    may_be && said.row.form == Form::Told && verbs.contains(&said.row.verb)
}

fn is_good(said: &Said) -> bool {
    said.row.verb != Verb::Cry && said.feeling.is_none_or(|feeling| feeling.good)
}

/// Words that the sentence may begin with, in both languages: mostly none.
fn opener(dice: &mut Dice, row: &Row) -> [&'static str; 2] {
    if row.form != Form::Told || !dice.lucky(1, 4) {
        return ["", ""];
    }
    let fit: Vec<[&'static str; 2]> = OPENERS
        .into_iter()
        .enumerate()
        .filter(|(place, opener)| match row.verb {
            verb if opener[0] == "suddenly " => is_sudden(verb),
            Verb::Be | Verb::Weather | Verb::Hunger | Verb::Feel => FIRST.contains(place),
            verb => is_event(verb),
        })
        .map(|(_, opener)| opener)
        .collect();
    if fit.is_empty() { ["", ""] } else { *dice.pick(&fit) }
}

/// Whether clauses have somebody beside something, or an adjective beside a noun, that never are together in what is learnt from.
fn pair_anew(said: &[&Said]) -> bool {
    let (mut names, mut nouns) = (Vec::new(), Vec::new());
    for said in said {
        for mention in [said.who, said.what, said.whom].into_iter().flatten() {
            match mention {
                Mention::Name(person) => names.push(person.name),
                Mention::Phrase(phrase) => nouns.push((phrase.noun, phrase.adjective)),
                Mention::Pronoun(_) => {}
            }
        }
        if let Some(Spot::In(container)) = said.spot {
            nouns.push((container, None));
        }
    }
    let beside = |(noun, adjective): (&Noun, Option<&Adjective>)| {
        names.iter().any(|name| is_new_pair(name, noun)) || adjective.is_some_and(|adjective| is_new_pair(adjective.en, noun))
    };
    nouns.into_iter().any(beside)
}

/// What makes people glad, and what does not.
const GOOD_REASONS: [Verb; 8] = [Verb::Give, Verb::Bring, Verb::Buy, Verb::Find, Verb::See, Verb::Help, Verb::Mend, Verb::Win];
const BAD_REASONS: [Verb; 2] = [Verb::Lose, Verb::Break];

/// Where things are bought.
const SELLING: &str = "market shop bakery station pharmacy museum farm harbour theatre circus zoo";

/// Whether what it tells of is in somebody's hands.
fn is_carried(verb: Verb) -> bool {
    !matches!(
        verb,
        Verb::Be
            | Verb::Have
            | Verb::Buy
            | Verb::Want
            | Verb::Like
            | Verb::See
            | Verb::Open
            | Verb::Paint
            | Verb::Break
            | Verb::Mend
    )
}

/// One of the rows that fit, of which there are some.
fn any(dice: &mut Dice, is_fit: impl Fn(&Row) -> bool) -> &'static Row {
    let rows: Vec<&'static Row> = ROWS.iter().filter(|row| is_fit(row)).collect();
    dice.pick::<&Row>(&rows)
}

/// Somebody else than a clause is about.
fn another(dice: &mut Dice, said: &Said) -> Mention {
    loop {
        let person = Mention::Name(dice.pick(&PEOPLE));
        if said.who != Some(person) && said.whom != Some(person) {
            return person;
        }
    }
}

/// Fills a row with whatever makes sense, and with whom it is about and for, where they are given.
fn fill(dice: &mut Dice, row: &'static Row, who: Option<Mention>, him: Option<Mention>) -> Said {
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
            Verb::Feed => &[Sort::Pet],
            Verb::Gather => &[Sort::Fruit, Sort::Finding],
            Verb::Eat => &[Sort::Food, Sort::Fruit],
            Verb::Open => &[Sort::Container],
            Verb::Wash => &[Sort::Thing, Sort::Toy, Sort::Clothing, Sort::Container, Sort::Fruit, Sort::Pet],
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
        let noun = loop {
            let noun = dice.pick(nouns(sort));
            if !is_carried(row.verb) || !among(noun.en, FURNITURE) {
                break noun;
            }
        };
        let may_count = (row.form == Form::Told
            && !matches!(row.verb, Verb::Break | Verb::Mend | Verb::Paint | Verb::Open | Verb::Lose | Verb::Like | Verb::Feed))
            || row.verb == Verb::Have;
        if (row.verb == Verb::Gather || may_count && dice.lucky(1, 8)) && row.form != Form::NotNow {
            let count = 2 + dice.below(11);
            return Mention::Phrase(NounPhrase { determiner: Determiner::Number(count), adjective: None, noun, plural: true });
        }
        let may_be_new = matches!(row.form, Form::Told | Form::Now | Form::ToCome) && !matches!(row.verb, Verb::Like | Verb::Feed);
        let new = may_be_new && dice.lucky(1, 2);
        match subject {
            // Wild animals are nobody's.
            Some(who @ (Mention::Name(_) | Mention::Pronoun(_))) if !new && noun.sort != Sort::Animal && dice.lucky(1, 3) => {
                let determiner = Determiner::Of(who.gender());
                Mention::Phrase(NounPhrase { determiner, adjective: None, noun, plural: false })
            }
            _ => loop {
                let phrase = phrase(dice, noun, new);
                let changes = matches!(row.verb, Verb::Lose | Verb::Find | Verb::Break | Verb::Mend | Verb::Put);
                let is_passing = |phrase: NounPhrase| phrase.adjective.is_some_and(|adjective| PASSING.contains(&adjective.en));
                if !(changes && matches!(phrase, Mention::Phrase(phrase) if is_passing(phrase))) {
                    break phrase;
                }
            },
        }
    });
    let whom = match (has("{whom}"), has("{him}")) {
        (true, _) => loop {
            let whom = person(dice);
            if subject != Some(Mention::Name(whom)) {
                break Some(Mention::Name(whom));
            }
        },
        (_, true) => him.or_else(|| Some(Mention::Pronoun(person(dice).gender))),
        _ => None,
    };
    let placed = has("{at}") || has("{to}");
    let mut clause = Clause::of_weather(row.verb, has("{weather}").then(|| dice.pick(WEATHERS)));
    clause.feeling = has("{feeling}").then(|| dice.pick(FEELINGS));
    let spot = placed.then(|| match row.verb {
        Verb::Put => loop {
            let container = dice.pick(nouns(Sort::Container));
            if !matches!(what, Some(Mention::Phrase(phrase)) if phrase.noun == container) {
                break Spot::In(container);
            }
        },
        Verb::Buy => loop {
            let place = dice.pick(PLACES);
            if among(place.noun.en, SELLING) {
                break Spot::At(place);
            }
        },
        _ => Spot::At(dice.pick(PLACES)),
    });
    Mentions { who: subject, what, whom, spot, comes: true }.with_row(row, &clause)
}

fn phrase(dice: &mut Dice, noun: &'static Noun, new: bool) -> Mention {
    let adjective = if dice.lucky(2, 5) { look(dice, noun) } else { None };
    let determiner = if new { Determiner::A } else { Determiner::The };
    Mention::Phrase(NounPhrase { determiner, adjective, noun, plural: false })
}
