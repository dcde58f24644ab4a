//! False texts, made by changing true ones so that they must contradict themselves.

use std::collections::BTreeMap;

use super::super::clause::{Clause, Spot, Verb};
use super::super::lexicon::{Gender, NUMBERS, PLACES, Place, WEATHERS};
use super::super::phrase::{Determiner, Language, NounPhrase, object_pronoun, pronoun, sentence, to};
use super::super::state::{State, Whereabouts};
use super::super::tale::at;
use super::*;

/// What is false, by its kind.
type Falsehood = (&'static str, String);

/// Somebody else than these.
fn stranger(dice: &mut Dice, people: &[&Person]) -> &'static Person {
    loop {
        let person = dice.pick(&PEOPLE);
        if !people.contains(&person) {
            return person;
        }
    }
}

fn elsewhere(dice: &mut Dice, places: &[&Place]) -> &'static Place {
    loop {
        let place = dice.pick(PLACES);
        if !places.contains(&place) {
            return place;
        }
    }
}

fn a(noun: &'static Noun) -> String {
    NounPhrase { determiner: Determiner::A, adjective: None, noun, plural: false }.in_language(Language::English)
}

/// Sentences that cannot follow what was told.
fn falsehoods(state: &State, dice: &mut Dice) -> Vec<Falsehood> {
    let mut all: Vec<Falsehood> = Vec::new();
    let people: Vec<&'static Person> = state.persons().collect();
    let Some(somebody) = people.first().map(|person| person.name) else { return all };
    for villager in state.people() {
        let (name, other) = (villager.person.name, stranger(dice, &people).name);
        if let Some(place) = villager.place {
            let there = elsewhere(dice, &villager.path);
            all.push(("is elsewhere", format!("{name} was {}", at(there))));
            all.push(("sleeps elsewhere", format!("{name} slept {}", at(there))));
            all.push(("is not where they are", format!("{name} was not {}", at(place))));
            all.push(("goes where they are", format!("{name} went {}", to(place, Language::English))));
            all.push(("goes back to where they never were", format!("{name} went back {}", to(there, Language::English))));
            all.push(("is met elsewhere", format!("{other} met {name} {}", at(there))));
        }
        let unheard = NOUNS.iter().filter(|noun| state.noun(noun).is_none()).nth(dice.below(300) as usize).unwrap();
        all.push(("takes what nobody told of", format!("{name} took the {}", unheard.en)));
        all.push((
            "is glad of what never was",
            format!(
                "{name} was happy because {other} gave {} a {}",
                object_pronoun(villager.person.gender, Language::English),
                unheard.en
            ),
        ));
        let them = pronoun(villager.person.gender, Language::English);
        all.push(("is glad of what they never did", format!("{name} was happy because {them} cried")));
    }
    for known in state.nouns() {
        let noun = known.noun;
        let (en, other) = (noun.en, stranger(dice, &people).name);
        all.push(("is there a second time", format!("there was {} {}", a(noun), at(elsewhere(dice, &[])))));
        let looks: Vec<_> = ADJECTIVES.iter().filter(|adjective| Some(*adjective) != known.adjective).collect();
        all.push(("looks otherwise", format!("{other} saw the {} {en}", dice.pick(&looks).en)));
        match known.whereabouts {
            Some(Whereabouts::With(holder)) => {
                let name = holder.name;
                for verb in ["had", "took", "lost", "broke", "found"] {
                    all.push(("has what another has", format!("{other} {verb} the {en}")));
                }
                all.push(("gives what another has", format!("{other} gave the {en} to {name}")));
                all.push(("seeks what they have", format!("{name} looked for the {en}")));
                all.push(("takes what they have", format!("{name} took the {en}")));
                all.push(("lies about, but is held", format!("the {en} was {}", at(elsewhere(dice, &[])))));
                match known.broken {
                    true => all.push(("breaks again", format!("{name} broke the {en}"))),
                    false => all.push(("is mended, but is whole", format!("{name} mended the {en}"))),
                }
            }
            Some(Whereabouts::There(Spot::At(place))) => {
                all.push(("is elsewhere itself", format!("the {en} was {}", at(elsewhere(dice, &[place])))));
                all.push(("is given by nobody who has it", format!("{} gave the {en} to {other}", somebody)));
            }
            Some(Whereabouts::Eaten(_)) => {
                all.push(("is eaten twice", format!("{other} ate the {en}")));
                all.push(("is taken after it was eaten", format!("{other} took the {en}")));
            }
            Some(Whereabouts::Lost) => {
                all.push(("is taken, but is lost", format!("{other} took the {en}")));
                all.push(("is given, but is lost", format!("{} gave the {en} to {other}", somebody)));
            }
            _ => {}
        }
        if let Some(owner) = known.owner {
            let other = people.iter().find(|person| **person != owner);
            let their = |person: &Person| if person.gender == Gender::Feminine { "her" } else { "his" };
            all.extend(other.map(|other| ("has what is another's", format!("{} had {} {en}", other.name, their(other)))));
        }
    }
    for clause in &state.told {
        let (Some(Entity::Person(person)), Some(noun), Some(_)) = (clause.who, clause.what.and_then(Entity::noun), clause.count)
        else {
            continue;
        };
        let Some(count) = state.count(person, noun) else { continue };
        let more = NUMBERS[count as usize + 1 + dice.below(5) as usize][0];
        let nouns = if more == "one" { noun.en } else { noun.en_plural };
        all.push(("has another number", format!("{} had {more} {nouns}", person.name)));
        all.push((
            "gives more than they have",
            format!("{} gave {more} {nouns} to {}", person.name, stranger(dice, &[person]).name),
        ));
        all.push(("eats more than they have", format!("{} ate {more} {nouns}", person.name)));
    }
    if let Some(weather) = state.weather {
        let other = WEATHERS.iter().filter(|other| *other != weather).nth(dice.below(10) as usize);
        all.extend(other.map(|other| ("is other weather", other.en.to_string())));
    }
    if state.rain_began {
        all.push(("begins to rain again", "it began to rain".to_string()));
    }
    if state.told.iter().any(|clause| clause.verb == Verb::Win) {
        all.push(("is won twice", format!("{} won the race", somebody)));
    }
    for clause in state.told.iter().filter(|clause| !clause.denied) {
        let (Some(Entity::Person(person)), Some(noun), None) = (clause.who, clause.what.and_then(Entity::noun), clause.count)
        else {
            continue;
        };
        let denied = match (clause.verb, clause.spot) {
            (Verb::Find, None) => "find",
            (Verb::Lose, None) => "lose",
            (Verb::Break, None) => "break",
            (Verb::Mend, None) => "mend",
            (Verb::Open, None) => "open",
            (Verb::Take, None) => "take",
            _ => continue,
        };
        all.push(("did not do what they did", format!("{} did not {denied} the {}", person.name, noun.en)));
    }
    all
}

/// How many falsehoods of each kind there were, and how many were found.
#[derive(Default)]
struct Found(BTreeMap<&'static str, [u32; 2]>);

impl Found {
    fn add(&mut self, kind: &'static str, is_found: bool, text: &str) {
        let [all, found] = self.0.entry(kind).or_default();
        *all += 1;
        *found += u32::from(is_found);
        if !is_found {
            eprintln!("missed, {kind}: {text}");
        }
    }

    /// All are found, and of each kind there were enough to tell.
    fn check(&self, kinds: usize, total: u32) {
        let all: u32 = self.0.values().map(|[all, _]| all).sum();
        let found: u32 = self.0.values().map(|[_, found]| found).sum();
        eprintln!("{found} of {all} found: {:?}", self.0);
        assert_eq!(self.0.len(), kinds, "{:?}", self.0.keys());
        assert!(all >= total && found * 100 >= all * 99);
        for (kind, [all, found]) in &self.0 {
            assert!(*all >= 10 && found * 100 >= all * 95, "{kind}: {found} of {all}");
        }
    }
}

/// Whether it was read and found to be false.
fn is_wrong(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Wrong(_))
}

/// Whether a sentence that comes after another may be about whom that was about.
fn leans(sentence: &str) -> bool {
    sentence.split(' ').any(|word| ["He", "he", "She", "she"].contains(&word))
}

#[test]
fn a_false_sentence_is_found_and_no_true_one_is_blamed() {
    let mut found = Found::default();
    for (tale, mut dice) in tales(20, 1000) {
        let sentences = &tale.sentences;
        let after = 1 + dice.below(sentences.len() as u32) as usize;
        if sentences.get(after).is_some_and(|next| leans(next)) {
            continue;
        }
        let (_, state) = read(&sentences[..after].join(" "));
        for (kind, words) in falsehoods(&state, &mut dice) {
            let mut told = sentences.clone();
            told.insert(after, sentence(&words));
            let text = told.join(" ");
            let (read, _) = read(&text);
            for (i, (sentence, told)) in read.iter().zip(&told).enumerate() {
                if i == after {
                    found.add(kind, is_wrong(&sentence.verdict), &text);
                } else {
                    assert_eq!(sentence.verdict, Verdict::Fits, "{told} in {text}");
                }
            }
        }
    }
    found.check(32, 15_000);
}

/// The verdict on a changed sentence.
fn changed(sentences: &[String], place: usize, by: String) -> (bool, String) {
    let mut told = sentences.to_vec();
    told[place] = by;
    let text = told.join(" ");
    (is_wrong(&read(&text).0[place].verdict), text)
}

/// Verbs that tell of what somebody has in their hands.
const HOLDING: [Verb; 5] = [Verb::Give, Verb::Show, Verb::Put, Verb::Break, Verb::Leave];

#[test]
fn a_changed_word_is_found() {
    let mut found = Found::default();
    for (tale, mut dice) in tales(21, 1500) {
        let sentences = &tale.sentences;
        let people: Vec<&'static Person> = tale.state.persons().collect();
        for (i, told) in sentences.iter().enumerate().skip(1) {
            let (_, before) = read(&sentences[..i].join(" "));
            let (_, after) = read(&sentences[..=i].join(" "));
            let clause: &Clause = &after.told[before.told.len()];
            let holds = |person: &Person| {
                let noun = clause.what.and_then(Entity::noun);
                noun.is_some_and(|noun| match clause.count {
                    Some(_) => before.count(person, noun).is_some(),
                    None => before.holder(noun) == Some(person),
                })
            };
            if let Some(Entity::Person(person)) = clause.who
                && HOLDING.contains(&clause.verb)
                && holds(person)
                && told.starts_with(person.name)
            {
                let other = stranger(&mut dice, &people);
                let (is_found, text) = changed(sentences, i, told.replacen(person.name, other.name, 1));
                found.add("another name", is_found, &text);
            }
            if let Some(noun) = clause.what.and_then(Entity::noun).filter(|noun| told.contains(&format!("the {}", noun.en))) {
                let unheard = NOUNS.iter().filter(|other| before.noun(other).is_none()).nth(dice.below(300) as usize).unwrap();
                if clause.count.is_none() {
                    let by = told.replacen(&format!("the {}", noun.en), &format!("the {}", unheard.en), 1);
                    let (is_found, text) = changed(sentences, i, by);
                    found.add("another thing", is_found, &text);
                }
            }
            if let (Some(count), Verb::Give, Some(Entity::Person(giver)), Some(noun)) =
                (clause.count, clause.verb, clause.who, clause.what.and_then(Entity::noun))
            {
                let more = before.count(giver, noun).unwrap() + 1 + dice.below(3);
                let words = |count: u32| format!("{} {}", NUMBERS[count as usize][0], noun.english(count != 1));
                let (is_found, text) = changed(sentences, i, told.replacen(&words(count), &words(more), 1));
                found.add("another number", is_found, &text);
            }
            if let (Some(Entity::Person(_)), Some(Spot::At(place)), Verb::Meet, Some(whom)) =
                (clause.who, clause.spot, clause.verb, clause.whom)
                && before.place(whom).is_some()
            {
                let by = told.replacen(&at(place), &at(elsewhere(&mut dice, &[place])), 1);
                let (is_found, text) = changed(sentences, i, by);
                found.add("another place", is_found, &text);
            }
            if let (Verb::Be, Some(Entity::Person(_)), Some(Spot::At(place))) = (clause.verb, clause.who, clause.spot) {
                // The same once more, and then elsewhere.
                let by = format!("{told} {}", told.replacen(&at(place), &at(elsewhere(&mut dice, &[place])), 1));
                let mut all = sentences.clone();
                all[i] = by;
                let text = all.join(" ");
                found.add("at two places", is_wrong(&read(&text).0[i + 1].verdict), &text);
            }
            if told.starts_with("She ") || told.starts_with("He ") {
                let by =
                    if let Some(rest) = told.strip_prefix("She ") { format!("He {rest}") } else { format!("She {}", &told[3..]) };
                let (is_found, text) = changed(sentences, i, by);
                found.add("another pronoun", is_found, &text);
            }
            if let Some((felt, because)) = told.split_once(" because ") {
                let verbs = ["found", "lost", "broke", "mended", "gave", "brought", "won", "worked"];
                let verb = verbs.into_iter().find(|verb| because.contains(verb)).unwrap();
                for other in ["painted", "washed", "fed"].iter().filter(|_| ["found", "lost", "broke", "mended"].contains(&verb)) {
                    let (is_found, text) = changed(sentences, i, format!("{felt} because {}", because.replacen(verb, other, 1)));
                    found.add("another reason", is_found, &text);
                }
            }
            if told.contains(" a ") && told.contains(" had ") || told.starts_with("There was ") {
                let mut all = sentences.clone();
                all[i] = format!("{told} {told}");
                let text = all.join(" ");
                found.add("told of twice", is_wrong(&read(&text).0[i + 1].verdict), &text);
            }
        }
    }
    found.check(8, 6_000);
}

/// Where a thing comes in is left out, and the next sentence about it says “the”.
#[test]
fn a_missing_sentence_is_found() {
    let mut found = Found::default();
    for (tale, _) in tales(22, 2500) {
        let sentences = &tale.sentences;
        for (i, told) in sentences.iter().enumerate() {
            let (_, before) = read(&sentences[..i].join(" "));
            let (_, after) = read(&sentences[..=i].join(" "));
            for known in after.nouns().filter(|known| before.noun(known.noun).is_none()) {
                let mentions = |sentence: &&String| sentence.contains(&format!(" {}", known.noun.en));
                let Some(next) = sentences[i + 1..].iter().position(|sentence| mentions(&sentence)) else { continue };
                let place = i + 1 + next;
                let [the, capital] = [format!("the {}", known.noun.en), format!("The {}", known.noun.en)];
                let first = sentences[place].find(&the).or(sentences[place].find(&capital));
                let is_first = first.is_some_and(|first| sentences[place].find(known.noun.en) == Some(first + 4));
                let is_word = first.is_some_and(|first| !sentences[place][first + the.len()..].starts_with(char::is_alphabetic));
                if !is_first || !is_word || told.contains(" and ") {
                    continue;
                }
                let mut left = sentences.clone();
                left.remove(i);
                let text = left.join(" ");
                found.add("what was never told of", is_wrong(&read(&text).0[place - 1].verdict), &text);
            }
            let broke = after.told.last().is_some_and(|clause| clause.verb == Verb::Break);
            if let Some(place) =
                sentences.iter().position(|sentence| sentence.contains(" mended the ") && !sentence.contains("because"))
                && broke
            {
                let mut left = sentences.clone();
                left.remove(i);
                let text = left.join(" ");
                found.add("what was never broken", is_wrong(&read(&text).0[place - 1].verdict), &text);
            }
        }
    }
    found.check(2, 1_000);
}
