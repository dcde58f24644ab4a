//! Questions about a story, with their answers.

use super::clause::{Clause, Entity, Spot, Verb};
use super::lexicon::{NUMBERS, PEOPLE, Person, Quality, Sort};
use super::phrase::{Language, pronoun, sentence};
use super::state::{Known, State, Whereabouts};
use super::tale::at;
use crate::text::chance::Dice;

/// What is answered where a story leaves it open.
pub const NOT_SAID: &str = "The story does not say.";

/// What a question asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asks {
    Where,
    /// Where somebody was before.
    WhereBefore,
    Who,
    What,
    HowMany,
    Why,
    YesOrNo,
    Feeling,
    Colour,
    Weather,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub asks: Asks,
    pub question: String,
    pub answer: String,
}

impl Question {
    /// As documents have it.
    pub fn line(&self) -> String {
        format!("Question: {}\nAnswer: {}\n", self.question, self.answer)
    }

    /// Whether the story tells the answer.
    pub fn is_answered(&self) -> bool {
        self.answer != NOT_SAID
    }
}

/// Every question that what was told answers, and such that it leaves open.
pub(super) fn questions(state: &State, dice: &mut Dice) -> Vec<Question> {
    let mut all = Vec::new();
    let mut ask = |asks, words: String, answer: Option<String>| all.push(question(asks, words, answer));
    let stranger = stranger(state, dice);
    for villager in state.people() {
        let (person, name) = (villager.person, villager.person.name);
        if let [.., before, last] = &villager.path[..] {
            // Who was there twice came from two places.
            if villager.path.iter().filter(|place| *place == last).count() == 1 || villager.path.len() == 3 {
                ask(Asks::WhereBefore, format!("Where was {name} before the {}?", last.noun.en), Some(at(before)));
            }
        }
        if let Some(place) = villager.place {
            let other = villager.path[dice.below(villager.path.len() as u32) as usize];
            for asked in [place, other] {
                let answer = if asked == place { "yes" } else { "no" };
                ask(Asks::YesOrNo, format!("Is {name} {}?", at(asked)), Some(answer.to_string()));
            }
        }
        if let Some(feeling) = villager.feeling {
            let reason = state.reasons.iter().rev().find(|reason| reason.person == person && reason.feeling == feeling);
            ask(Asks::Why, format!("Why is {name} {}?", feeling.en), reason.map(|reason| format!("because {}", reason.words)));
        }
    }
    for known in state.nouns() {
        ask_about(known, state, dice, &mut ask);
    }
    for clause in &state.told {
        let Some(Entity::Person(person)) = clause.who else { continue };
        let (Some(Entity::Thing(noun) | Entity::Animal(noun)), None) = (clause.what, clause.count) else {
            if let (Some(Entity::Thing(noun)), Some(_)) = (clause.what, clause.count) {
                for person in [Some(person), clause.whom].into_iter().flatten() {
                    let count = state.count(person, noun).and_then(|count| NUMBERS.get(count as usize));
                    let words = count.map(|words| if words[0] == "zero" { "none" } else { words[0] });
                    ask(
                        Asks::HowMany,
                        format!("How many {} does {} have?", noun.en_plural, person.name),
                        words.map(str::to_string),
                    );
                }
            }
            continue;
        };
        let Some((past, base)) = asked_verb(clause.verb) else { continue };
        if clause.denied {
            if !state.told.contains(&Clause { denied: false, ..clause.clone() }) {
                ask(Asks::YesOrNo, format!("Did {} {base} the {}?", person.name, noun.en), Some("no".to_string()));
            }
            continue;
        }
        let same = |other: &&Clause| other.verb == clause.verb && !other.denied;
        let who_else = state.told.iter().filter(same).any(|other| other.what == clause.what && other.who != clause.who);
        let what_else = state.told.iter().filter(same).any(|other| other.who == clause.who && other.what != clause.what);
        let whom = clause.whom.map_or(String::new(), |whom| format!(" to {}", whom.name));
        if !who_else {
            ask(Asks::Who, format!("Who {past} the {}{whom}?", noun.en), Some(person.name.to_string()));
        }
        if !state.told.contains(&Clause { denied: true, ..clause.clone() }) {
            ask(Asks::YesOrNo, format!("Did {} {base} the {}{whom}?", person.name, noun.en), Some("yes".to_string()));
        }
        if !what_else {
            ask(Asks::What, format!("What did {} {base}{whom}?", person.name), Some(format!("the {}", noun.en)));
        }
    }
    // Of two there is no one answer.
    if !(state.rain_began && state.weather.is_some()) {
        let rain = state.rain_began.then(|| "it began to rain".to_string());
        let weather = rain.or_else(|| state.weather.map(|weather| weather.en.to_string()));
        ask(Asks::Weather, "What was the weather like?".to_string(), weather);
    }
    if let Some(Clause { who: Some(Entity::Person(winner)), .. }) = state.told.iter().find(|clause| clause.verb == Verb::Win) {
        ask(Asks::Who, "Who won the race?".to_string(), Some(winner.name.to_string()));
    }
    let people = state.persons().chain([stranger]);
    all.extend(people.flat_map(|person| questions_of(state, person)));
    all.sort_by(|a, b| (a.asks, &a.question).cmp(&(b.asks, &b.question)));
    all.dedup();
    all
}

/// Somebody of whom a story does not tell.
fn stranger(state: &State, dice: &mut Dice) -> &'static Person {
    loop {
        let person = dice.pick(&PEOPLE);
        if state.person(person).is_none() {
            break person;
        }
    }
}

/// Whether somebody is in the story, as often somebody who is as somebody who is not. Nothing is graded by it, but who sees that will
/// not tell where strangers are.
pub(super) fn draw_presence(state: &State, dice: &mut Dice) -> Question {
    let people: Vec<&'static Person> = state.persons().collect();
    let person = if people.is_empty() || dice.lucky(1, 2) { stranger(state, dice) } else { *dice.pick(&people) };
    presence(state, person)
}

pub(super) fn presence(state: &State, person: &Person) -> Question {
    let answer = if state.person(person).is_some() { "yes" } else { "no" };
    question(Asks::YesOrNo, format!("Is {} in the story?", person.name), Some(answer.to_string()))
}

/// What may be asked of anybody, whether the story tells of them or not: where they are, and how they feel.
pub(super) fn questions_of(state: &State, person: &Person) -> [Question; 2] {
    let villager = state.person(person);
    let place = villager.and_then(|villager| villager.place).map(at);
    let feeling = villager.and_then(|villager| villager.feeling).map(|feeling| feeling.en.to_string());
    [
        question(Asks::Where, format!("Where is {}?", person.name), place),
        question(Asks::Feeling, format!("How does {} feel?", person.name), feeling),
    ]
}

fn question(asks: Asks, question: String, answer: Option<String>) -> Question {
    Question { asks, question, answer: answer.map_or(NOT_SAID.to_string(), |answer| sentence(&answer)) }
}

/// One question about everybody and everything in a story and about a third as many strangers: where people are, how they feel, or
/// whether they are in the story at all.
pub(super) fn roll_call(state: &State, dice: &mut Dice) -> Vec<Question> {
    let mut people: Vec<&'static Person> = state.persons().collect();
    let strangers = people.len().div_ceil(3);
    people.extend((0..strangers).map(|_| stranger(state, dice)));
    let mut asked = Vec::new();
    for person in people {
        let [place, feeling] = questions_of(state, person);
        asked.push(match dice.below(4) {
            0 => presence(state, person),
            1 => feeling,
            _ => place,
        });
    }
    for known in state.nouns() {
        let mut of_it = Vec::new();
        ask_about(known, state, dice, &mut |asks, words, answer| of_it.push(question(asks, words, answer)));
        asked.push(of_it.swap_remove(dice.below(of_it.len() as u32) as usize));
    }
    dice.shuffle(&mut asked);
    asked
}

fn ask_about(known: &Known, state: &State, dice: &mut Dice, ask: &mut impl FnMut(Asks, String, Option<String>)) {
    let noun = known.noun;
    let is_animal = noun.sort == Sort::Animal;
    let place = match known.whereabouts {
        Some(Whereabouts::There(Spot::At(place))) => Some(at(place)),
        Some(Whereabouts::There(Spot::In(container))) => Some(format!("in the {}", container.en)),
        Some(Whereabouts::With(person)) => Some(format!("{} has it", person.name)),
        Some(Whereabouts::Eaten(eater)) => Some(format!("{} ate it", name(eater))),
        Some(Whereabouts::Lost) | None => None,
    };
    ask(Asks::Where, format!("Where is the {}?", noun.en), place);
    if known.adjective.is_none_or(|adjective| adjective.quality == Quality::Colour) {
        let colour = known.adjective.map(|adjective| adjective.en.to_string());
        ask(Asks::Colour, format!("What colour is the {}?", noun.en), colour);
    }
    if is_animal {
        return;
    }
    let holder = state.holder(noun);
    let is_put = matches!(known.whereabouts, Some(Whereabouts::There(_)));
    if holder.is_some() || is_put && !matches!(noun.sort, Sort::Container | Sort::Pet) {
        ask(Asks::Who, format!("Who has the {}?", noun.en), Some(holder.map_or("nobody", |person| person.name).to_string()));
    }
    if let Some(holder) = holder {
        let people: Vec<&'static Person> = state.persons().collect();
        for person in [holder, *dice.pick(&people)] {
            let answer = if person == holder { "yes" } else { "no" };
            ask(Asks::YesOrNo, format!("Does {} have the {}?", person.name, noun.en), Some(answer.to_string()));
        }
    }
}

/// An eater in words.
fn name(who: Entity) -> String {
    match who {
        Entity::Person(person) => person.name.to_string(),
        Entity::Animal(noun) | Entity::Thing(noun) => format!("the {}", noun.en),
    }
}

/// The past and the bare form of a verb that is asked about.
fn asked_verb(verb: Verb) -> Option<(&'static str, &'static str)> {
    Some(match verb {
        Verb::Find => ("found", "find"),
        Verb::Lose => ("lost", "lose"),
        Verb::Break => ("broke", "break"),
        Verb::Mend => ("mended", "mend"),
        Verb::Give => ("gave", "give"),
        Verb::Bring => ("brought", "bring"),
        Verb::Buy => ("bought", "buy"),
        Verb::Feed => ("fed", "feed"),
        Verb::Eat => ("ate", "eat"),
        Verb::Want => ("wanted", "want"),
        Verb::Take => ("took", "take"),
        _ => return None,
    })
}

/// What two people of a story may say to each other about it: a question and its one right reply.
pub(super) fn exchanges(state: &State, asker: &'static Person, replier: &'static Person) -> Vec<[String; 2]> {
    let mut all = Vec::new();
    let do_not_know = || "I do not know.".to_string();
    for villager in state.people() {
        let person = villager.person;
        if person == asker {
            continue;
        }
        if person == replier {
            if let Some(place) = villager.place {
                all.push(["Where are you?".to_string(), sentence(&format!("I am {}", at(place)))]);
            }
            if let Some(feeling) = villager.feeling {
                all.push(["How do you feel?".to_string(), format!("I am {}.", feeling.en)]);
            }
            continue;
        }
        let he = pronoun(person.gender, Language::English);
        let reply = villager.place.map_or_else(do_not_know, |place| sentence(&format!("{he} is {}", at(place))));
        all.push([format!("Where is {}?", person.name), reply]);
    }
    for known in state.nouns() {
        let Known { noun, whereabouts, .. } = known;
        // Nobody asks for what they have, or had.
        let theirs = [Whereabouts::With(asker), Whereabouts::Eaten(Entity::Person(asker))];
        if whereabouts.is_some_and(|whereabouts| theirs.contains(&whereabouts)) {
            continue;
        }
        let reply = match whereabouts {
            Some(Whereabouts::There(Spot::At(place))) => sentence(&format!("it is {}", at(place))),
            Some(Whereabouts::There(Spot::In(container))) => format!("It is in the {}.", container.en),
            Some(Whereabouts::With(person)) if *person == replier => "I have it.".to_string(),
            Some(Whereabouts::With(person)) => format!("{} has it.", person.name),
            Some(Whereabouts::Eaten(Entity::Person(person))) if *person == replier => "I ate it.".to_string(),
            Some(Whereabouts::Eaten(eater)) => sentence(&format!("{} ate it", name(*eater))),
            Some(Whereabouts::Lost) | None => do_not_know(),
        };
        all.push([format!("Where is the {}?", noun.en), reply]);
        if let Some(Whereabouts::With(person)) = whereabouts {
            let reply = match *person {
                person if person == replier => "Yes, I have it.".to_string(),
                person => format!("No, {} has it.", person.name),
            };
            all.push([format!("Do you have the {}?", noun.en), reply]);
        }
    }
    for clause in &state.told {
        let (Some(Entity::Person(_)), Some(Entity::Thing(noun)), Some(_)) = (clause.who, clause.what, clause.count) else {
            continue;
        };
        if let Some(words) = state.count(replier, noun).and_then(|count| NUMBERS.get(count as usize)) {
            let words = if words[0] == "zero" { "none" } else { words[0] };
            all.push([format!("How many {} do you have?", noun.en_plural), format!("I have {words}.")]);
        }
    }
    all.sort();
    all.dedup();
    all
}

/// What follows “Talk:”: two people of a story and some of their exchanges, a line each; none where there are too few of either.
pub(super) fn talk(state: &State, dice: &mut Dice) -> Option<Vec<String>> {
    let people: Vec<&'static Person> = state.persons().collect();
    if people.len() < 2 {
        return None;
    }
    let first = dice.below(people.len() as u32) as usize;
    let second = (first + 1 + dice.below(people.len() as u32 - 1) as usize) % people.len();
    let (asker, replier) = (people[first], people[second]);
    // Nobody asks for what is under their eyes, or twice for the same.
    let here = state.place(asker);
    let is_here = |question: &str| {
        let person = state.people().find(|villager| question == format!("Where is {}?", villager.person.name));
        let noun = state.nouns().find(|known| question == format!("Where is the {}?", known.noun.en));
        let there = match (person, noun, question) {
            (Some(villager), ..) => villager.place,
            (_, Some(known), _) => state.place_of(known.noun),
            (.., "Where are you?") => state.place(replier),
            _ => return false,
        };
        there.is_some() && there == here
    };
    let topic = |question: &str| question.rsplit(' ').next().map(str::to_string);
    let mut exchanges = exchanges(state, asker, replier);
    exchanges.retain(|[question, _]| !is_here(question));
    dice.shuffle(&mut exchanges);
    let first = exchanges.pop()?;
    let second = exchanges.into_iter().find(|[question, _]| topic(question) != topic(&first[0]))?;
    let exchanges = [first, second];
    let mut lines: Vec<String> = Vec::new();
    for [question, reply] in &exchanges {
        lines.push(format!("{}: {question}", asker.name));
        lines.push(format!("{}: {reply}", replier.name));
    }
    lines.push(format!("{}: Thank you, {}.", asker.name, replier.name));
    Some(lines)
}
