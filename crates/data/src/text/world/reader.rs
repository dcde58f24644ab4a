//! Reads what was written about the village back into clauses, and finds what cannot be so.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::clause::{Clause, Entity, Form, Mention, ROWS, Row, Said, Spot};
use super::lexicon::{ADJECTIVES, Adjective, FEELINGS, Gender, NOUNS, NUMBERS, Noun, PEOPLE, PLACES, Person, Sort, WEATHERS};
use super::phrase::{Determiner, Language, NounPhrase, at, to};
use super::question::exchanges;
use super::state::{State, Wrong};
use super::tale::OPENERS;

/// A sentence of a story, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Where it stands, in bytes of the text.
    pub place: Range<usize>,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be so.
    Fits,
    /// It contradicts what was told before, or speaks of what never was; in words.
    Wrong(String),
    /// It is none of the sentences that are told here.
    Unread,
}

/// Reads a story, from its first sentence on: what is told becomes so, and what cannot be is left out.
pub fn read(text: &str) -> (Vec<Sentence>, State) {
    let (mut state, mut subject) = (State::default(), None);
    let mut sentences = Vec::new();
    for place in places(text) {
        let verdict = match parse(&text[place.clone()]) {
            None => Verdict::Unread,
            Some(parsed) => match hear(&mut state, &mut subject, &parsed) {
                Ok(()) => Verdict::Fits,
                Err(wrong) => Verdict::Wrong(wrong),
            },
        };
        sentences.push(Sentence { place, verdict });
    }
    (sentences, state)
}

/// Where the sentences of a text stand, without the space between them.
fn places(text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut start = 0;
    for (end, _) in text.match_indices(['.', '?', '!']) {
        let sentence = &text[start..=end];
        let space = sentence.len() - sentence.trim_start().len();
        places.push(start + space..end + 1);
        start = end + 1;
    }
    let rest = text[start..].trim();
    if !rest.is_empty() {
        let space = text[start..].len() - text[start..].trim_start().len();
        places.push(start + space..start + space + rest.len());
    }
    places
}

/// A sentence as it was said.
struct Parsed {
    said: Said,
    /// What the same one did besides.
    and: Option<Said>,
    /// Why, and in which words.
    because: Option<(Said, String)>,
}

/// What words name, by their English forms.
struct Words {
    people: HashMap<&'static str, &'static Person>,
    nouns: HashMap<&'static str, (&'static Noun, bool)>,
    adjectives: HashMap<&'static str, &'static Adjective>,
    numbers: HashMap<&'static str, u32>,
    /// Places with their prepositions, of being there and of going there.
    spots: Vec<(String, Spot)>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let places = PLACES
            .iter()
            .flat_map(|place| [at(place, Language::English), to(place, Language::English)].map(|words| (words, Spot::At(place))));
        let containers = NOUNS.iter().filter(|noun| noun.sort == Sort::Container);
        let inside = containers.map(|noun| (Spot::In(noun).at(Language::English), Spot::In(noun)));
        Words {
            people: PEOPLE.iter().map(|person| (person.name, person)).collect(),
            nouns: NOUNS.iter().flat_map(|noun| [(noun.en_plural, (noun, true)), (noun.en, (noun, false))]).collect(),
            adjectives: ADJECTIVES.iter().map(|adjective| (adjective.en, adjective)).collect(),
            numbers: NUMBERS.iter().enumerate().map(|(number, words)| (words[0], number as u32)).collect(),
            spots: places.chain(inside).collect(),
        }
    })
}

fn parse(sentence: &str) -> Option<Parsed> {
    let bare = sentence.strip_suffix('.')?;
    let first = bare.split(' ').next()?;
    let lowered = if words().people.contains_key(first.trim_end_matches(',')) {
        bare.to_string()
    } else {
        let mut letters = bare.chars();
        letters.next()?.to_lowercase().collect::<String>() + letters.as_str()
    };
    let opened = OPENERS.iter().find_map(|opener| lowered.strip_prefix(opener[0])).unwrap_or(&lowered);
    let parts: Vec<&str> = opened.split(' ').collect();
    for (said, used) in clauses(&parts, None) {
        match parts.get(used) {
            None => return Some(Parsed { said, and: None, because: None }),
            Some(&"because") => {
                let because = clauses(&parts[used + 1..], None).into_iter().find(|(_, length)| used + 1 + length == parts.len());
                if let Some((because, _)) = because {
                    let words = parts[used + 1..].join(" ");
                    return Some(Parsed { said, and: None, because: Some((because, words)) });
                }
            }
            Some(&"and") => {
                let and = clauses(&parts[used + 1..], said.who).into_iter().find(|(_, length)| used + 1 + length == parts.len());
                if let Some((and, _)) = and {
                    return Some(Parsed { said, and: Some(and), because: None });
                }
            }
            Some(_) => {}
        }
    }
    None
}

/// Every way in which the first of these words make a clause, and how many of them do. Where a subject is given, it is left out in them.
fn clauses(parts: &[&str], subject: Option<Mention>) -> Vec<(Said, usize)> {
    let rows = ROWS.iter().filter(|row| matches!(row.form, Form::Told | Form::Denied));
    rows.filter_map(|row| clause(row, parts, subject)).collect()
}

fn clause(row: &'static Row, parts: &[&str], subject: Option<Mention>) -> Option<(Said, usize)> {
    let mut said = Said { row, who: subject, what: None, whom: None, spot: None, feeling: None, weather: None };
    let template = match subject {
        Some(_) => row.english.strip_prefix("{who} ")?,
        None => row.english,
    };
    let mut used = 0;
    for word in template.split(' ') {
        let rest = &parts[used.min(parts.len())..];
        used += match word {
            "{who}" => take(subject_of(rest), &mut said.who)?,
            "{what}" => take(phrase(rest).map(|(phrase, length)| (Mention::Phrase(phrase), length)), &mut said.what)?,
            "{whom}" => take(name(rest), &mut said.whom)?,
            "{him}" => take(object_pronoun(rest), &mut said.whom)?,
            "{at}" | "{to}" => take(spot(rest, word == "{at}"), &mut said.spot)?,
            "{feeling}" => {
                let feeling = FEELINGS.iter().find(|feeling| rest.first() == Some(&feeling.en))?;
                said.feeling = Some(feeling);
                1
            }
            "{weather}" => {
                let weather = WEATHERS.iter().find(|weather| begins(rest, weather.en).is_some())?;
                said.weather = Some(weather);
                begins(rest, weather.en)?
            }
            word => {
                if rest.first() != Some(&word) {
                    return None;
                }
                1
            }
        };
    }
    Some((said, used))
}

fn take<T>(found: Option<(T, usize)>, place: &mut Option<T>) -> Option<usize> {
    let (found, length) = found?;
    *place = Some(found);
    Some(length)
}

/// How many words there are, if these begin with them.
fn begins(parts: &[&str], words: &str) -> Option<usize> {
    let count = words.split(' ').count();
    (parts.len() >= count && words.split(' ').zip(parts).all(|(a, b)| a == *b)).then_some(count)
}

fn subject_of(parts: &[&str]) -> Option<(Mention, usize)> {
    match *parts.first()? {
        "he" => Some((Mention::Pronoun(Gender::Masculine), 1)),
        "she" => Some((Mention::Pronoun(Gender::Feminine), 1)),
        _ => name(parts).or_else(|| phrase(parts).map(|(phrase, length)| (Mention::Phrase(phrase), length))),
    }
}

fn name(parts: &[&str]) -> Option<(Mention, usize)> {
    words().people.get(parts.first()?).map(|person| (Mention::Name(person), 1))
}

fn object_pronoun(parts: &[&str]) -> Option<(Mention, usize)> {
    match *parts.first()? {
        "him" => Some((Mention::Pronoun(Gender::Masculine), 1)),
        "her" => Some((Mention::Pronoun(Gender::Feminine), 1)),
        _ => None,
    }
}

fn spot(parts: &[&str], being: bool) -> Option<(Spot, usize)> {
    let spots = &words().spots;
    let matches = spots.iter().filter_map(|(words, spot)| begins(parts, words).map(|length| (*spot, length)));
    // “In the garden” is where somebody is, “to the garden” where they go.
    matches.into_iter().find(|_| being != (parts.first() == Some(&"to")))
}

fn phrase(parts: &[&str]) -> Option<(NounPhrase, usize)> {
    let determiner = match *parts.first()? {
        "a" | "an" => Determiner::A,
        "the" => Determiner::The,
        "his" => Determiner::Of(Gender::Masculine),
        "her" => Determiner::Of(Gender::Feminine),
        number => Determiner::Number(*words().numbers.get(number)?),
    };
    let (adjective, length) = match words().adjectives.get(parts.get(1)?) {
        Some(adjective) if parts.get(2).is_some_and(|word| words().nouns.contains_key(word)) => (Some(*adjective), 3),
        _ => (None, 2),
    };
    let (noun, plural) = *words().nouns.get(parts[length - 1])?;
    let wants_plural = matches!(determiner, Determiner::Number(number) if number != 1);
    let same = noun.en == noun.en_plural;
    (same || plural == wants_plural).then_some((NounPhrase { determiner, adjective, noun, plural: wants_plural }, length))
}

/// Takes in a sentence: all of it or, where something cannot be so, nothing but whom it was about.
fn hear(state: &mut State, subject: &mut Option<&'static Person>, parsed: &Parsed) -> Result<(), Wrong> {
    let mut next = state.clone();
    hear_all(&mut next, subject, parsed)?;
    *state = next;
    Ok(())
}

fn hear_all(state: &mut State, subject: &mut Option<&'static Person>, parsed: &Parsed) -> Result<(), Wrong> {
    let main = resolve(state, &parsed.said, *subject, *subject)?;
    *subject = match main.who {
        Some(Entity::Person(person)) => Some(person),
        _ => None,
    };
    state.hear(&main)?;
    if let Some(and) = &parsed.and {
        // Its subject is the other's.
        let and = Said { who: subject.map(Mention::Name), ..and.clone() };
        let clause = resolve(state, &and, None, None)?;
        state.hear(&clause)?;
    }
    if let Some((because, words)) = &parsed.because {
        let reason = resolve(state, because, *subject, *subject)?;
        state.hear_reason(&main, &reason, words)?;
    }
    Ok(())
}

/// What a clause means, and what it brings in.
fn resolve(
    state: &mut State,
    said: &Said,
    subject: Option<&'static Person>,
    object: Option<&'static Person>,
) -> Result<Clause, Wrong> {
    let mut clause = Clause { denied: said.row.form == Form::Denied, ..Clause::of_weather(said.row.verb, said.weather) };
    clause.spot = said.spot;
    clause.feeling = said.feeling;
    let pronoun = |gender: Gender, person: Option<&'static Person>| match person {
        Some(person) if person.gender == gender => Ok(person),
        _ => Err("it is not clear who is meant".to_string()),
    };
    clause.whom = match said.whom {
        Some(Mention::Name(person)) => Some(person),
        Some(Mention::Pronoun(gender)) => Some(pronoun(gender, object)?),
        _ => None,
    };
    clause.who = match said.who {
        None => None,
        Some(Mention::Name(person)) => Some(Entity::Person(person)),
        Some(Mention::Pronoun(gender)) => Some(Entity::Person(pronoun(gender, subject)?)),
        Some(Mention::Phrase(phrase)) => Some(bring_in(state, &phrase, None)?.0),
    };
    if let Some(Mention::Phrase(phrase)) = said.what {
        let by = match clause.who {
            Some(Entity::Person(person)) => Some(person),
            _ => None,
        };
        let (entity, count) = bring_in(state, &phrase, by)?;
        (clause.what, clause.count) = (Some(entity), count);
    }
    Ok(clause)
}

/// What a phrase speaks of: it is introduced by “a”, or by “her” where she had none.
fn bring_in(state: &mut State, phrase: &NounPhrase, by: Option<&'static Person>) -> Result<(Entity, Option<u32>), Wrong> {
    let NounPhrase { determiner, adjective, noun, .. } = *phrase;
    let entity = if matches!(noun.sort, Sort::Animal | Sort::Pet) { Entity::Animal(noun) } else { Entity::Thing(noun) };
    let known = state.noun(noun);
    match (determiner, known) {
        (Determiner::Number(count), _) => return Ok((entity, Some(count))),
        (Determiner::Of(gender), _) if by.is_none_or(|person| person.gender != gender) => {
            return Err(format!("it is not clear whose {} is meant", noun.en));
        }
        (Determiner::Of(_), Some(known)) if known.owner.is_some() && known.owner != by => {
            return Err(format!("the {} was {}'s", noun.en, known.owner.map_or("nobody", |owner| owner.name)));
        }
        (Determiner::A | Determiner::Of(_), None) => state.introduce(noun, adjective)?,
        (Determiner::A, Some(_)) => return Err(format!("there was a {} already", noun.en)),
        (_, Some(known)) if adjective.is_some() && known.adjective != adjective => {
            return Err(format!("nobody said that the {} was {}", noun.en, adjective.map_or("", |adjective| adjective.en)));
        }
        _ => {}
    }
    Ok((entity, None))
}

/// A line that somebody says in a talk, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub verdict: Verdict,
}

/// Reads a talk about what was told: replies must be what is so.
pub fn read_talk(state: &State, talk: &str) -> Vec<Line> {
    let speaker = |line: &str| {
        let (name, said) = line.split_once(": ")?;
        Some((*words().people.get(name)?, said.to_string()))
    };
    let lines: Vec<&str> = talk.lines().filter(|line| !line.trim().is_empty()).collect();
    let mut read = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let verdict = match (i.checked_sub(1).and_then(|before| speaker(lines[before])), speaker(line)) {
            (_, None) => Verdict::Unread,
            // Who is asked replies.
            (Some((asker, question)), Some((replier, reply))) if question.ends_with('?') => {
                if asker == replier || [asker, replier].iter().any(|person| state.person(person).is_none()) {
                    Verdict::Wrong("nobody of that name is there to reply".to_string())
                } else {
                    let exchanges = exchanges(state, asker, replier);
                    match exchanges.iter().find(|exchange| exchange[0] == question) {
                        Some(exchange) if exchange[1] == reply => Verdict::Fits,
                        Some(exchange) => Verdict::Wrong(format!("true would be: {}", exchange[1])),
                        None => Verdict::Wrong("the question is about what never was".to_string()),
                    }
                }
            }
            (_, Some((_, said))) if said.ends_with('?') || said.starts_with("Thank you, ") => Verdict::Fits,
            _ => Verdict::Unread,
        };
        read.push(Line { text: line.to_string(), verdict });
    }
    read
}
