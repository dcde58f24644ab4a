//! Telling: a story sentence by sentence, with what becomes so in the village kept beside it.

use super::clause::{Clause, Entity, Form, Mention, ROWS, Row, Said, Spot, Tense, Verb};
use super::is_new_pair;
use super::lexicon::{Adjective, Gender, Noun, Person, Place, adjectives_of};
use super::phrase::{Determiner, Language, NounPhrase, sentence};
use super::state::{State, Wrong};
use crate::text::chance::Dice;

/// Words that a sentence may begin with, in both languages.
pub const OPENERS: [[&str; 2]; 11] = [
    ["then ", "puis "],
    ["after that, ", "après cela, "],
    ["later, ", "plus tard, "],
    ["soon ", "bientôt "],
    AT_LAST,
    ["one day, ", "un jour, "],
    ["in the morning, ", "le matin, "],
    ["in the evening, ", "le soir, "],
    ["at noon, ", "à midi, "],
    ["the next day, ", "le lendemain, "],
    SUDDENLY,
];

const AT_LAST: [&str; 2] = ["at last, ", "enfin, "];
const SUDDENLY: [&str; 2] = ["suddenly ", "soudain "];

/// Openers for a first sentence, and for those that follow.
pub const FIRST: std::ops::Range<usize> = 5..9;
const NEXT: std::ops::Range<usize> = 0..4;

/// A story that is being told.
pub struct Tale {
    pub title: String,
    pub sentences: Vec<String>,
    pub state: State,
    /// The whole story in a sentence.
    pub summary: String,
    /// What things look like, where that is to be told.
    looks: Vec<(&'static Noun, &'static Adjective)>,
    /// Who the last sentence was about.
    subject: Option<&'static Person>,
}

/// How nouns are put when they are first spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    /// A kite.
    Some,
    /// Her kite.
    Own,
}

impl Tale {
    pub fn new(dice: &mut Dice, nouns: &[&'static Noun]) -> Self {
        let looks =
            nouns.iter().filter_map(|noun| dice.lucky(1, 2).then(|| Some((*noun, lasting_look(dice, noun)?))).flatten()).collect();
        Tale { title: String::new(), sentences: Vec::new(), state: State::default(), summary: String::new(), looks, subject: None }
    }

    /// The sentences, as a story has them.
    pub fn text(&self) -> String {
        self.sentences.join(" ")
    }

    /// A clause as a sentence of its own.
    ///
    /// # Errors
    /// Where it cannot be so; nothing is told then.
    pub fn say(&mut self, dice: &mut Dice, clause: Clause) -> Result<(), Wrong> {
        let (said, state) = self.clause(dice, &clause, self.subject)?;
        let words = self.opener(dice, &clause) + &said.words(Language::English, Tense::Then);
        self.tell(words, state, &clause);
        Ok(())
    }

    /// Two things that somebody did, as one sentence.
    ///
    /// # Errors
    /// As [`Tale::say`].
    pub fn say_both(&mut self, dice: &mut Dice, first: Clause, second: Clause) -> Result<(), Wrong> {
        let (said, state) = self.clause(dice, &first, self.subject)?;
        let before = std::mem::replace(&mut self.state, state);
        let second = self.clause(dice, &second, None).map(|(said, state)| (said.words_without_subject(Language::English), state));
        self.state = before;
        match second {
            Ok((Some(and), state)) => {
                let words = self.opener(dice, &first) + &said.words(Language::English, Tense::Then) + " and " + &and;
                self.tell(words, state, &first);
                Ok(())
            }
            Ok((None, _)) => Err("the second clause has no subject that could be left out".to_string()),
            Err(wrong) => Err(wrong),
        }
    }

    /// How somebody felt, and why: because of what was told before.
    ///
    /// # Errors
    /// As [`Tale::say`].
    pub fn say_because(&mut self, dice: &mut Dice, clause: Clause, reason: &Clause) -> Result<(), Wrong> {
        let (said, mut state) = self.clause(dice, &clause, self.subject)?;
        let because = self.reason(dice, &clause, reason)?;
        state.hear_reason(&clause, reason, &because)?;
        let words = self.opener(dice, &clause) + &said.words(Language::English, Tense::Then) + " because " + &because;
        self.tell(words, state, &clause);
        Ok(())
    }

    /// A reason in words, as it follows “because” behind a clause.
    fn reason(&self, dice: &mut Dice, clause: &Clause, reason: &Clause) -> Result<String, Wrong> {
        let subject = match clause.who {
            Some(Entity::Person(person)) => Some(person),
            _ => None,
        };
        let mut mentions = self.mentions(dice, reason, None);
        // Nobody says that she gave her her knife.
        if reason.who != clause.who
            && let Some(Mention::Phrase(phrase)) = &mut mentions.what
            && matches!(phrase.determiner, Determiner::Of(_))
        {
            phrase.determiner = Determiner::The;
        }
        if reason.who == clause.who
            && let Some(person) = subject
        {
            mentions.who = Some(Mention::Pronoun(person.gender));
        }
        if let (Some(whom), Some(person)) = (reason.whom, subject)
            && whom == person
        {
            mentions.whom = Some(Mention::Pronoun(person.gender));
        }
        // The place was told already.
        mentions.spot = mentions.spot.filter(|_| needs_spot(reason.verb));
        let said = mentions.said(dice, reason)?;
        Ok(said.words(Language::English, Tense::Then))
    }

    fn opener(&self, dice: &mut Dice, clause: &Clause) -> String {
        let told = &self.state.told;
        let range = if told.is_empty() {
            FIRST
        } else if told.iter().any(|clause| is_event(clause.verb)) {
            NEXT
        } else {
            // Nothing has happened yet that this could be later than.
            return String::new();
        };
        // Two in a row would be too many, and what many do they do at once.
        let was_opened =
            self.sentences.last().is_some_and(|last| OPENERS.iter().any(|opener| last.to_lowercase().starts_with(opener[0])));
        let goes_on = told.last().is_some_and(|last| last.verb == clause.verb);
        let may =
            !was_opened && !goes_on && !clause.denied && (is_event(clause.verb) || told.is_empty() && clause.verb == Verb::Be);
        if !may || !dice.lucky(1, 4) {
            return String::new();
        }
        let was_sought = clause.verb == Verb::Find && told.iter().any(|told| told.verb == Verb::Seek);
        let opener = match clause.verb {
            _ if was_sought && dice.lucky(1, 2) => &AT_LAST,
            verb if !told.is_empty() && is_sudden(verb) && dice.lucky(1, 2) => &SUDDENLY,
            _ => &OPENERS[range.start + dice.below(range.len() as u32) as usize],
        };
        opener[0].to_string()
    }

    fn tell(&mut self, words: String, state: State, clause: &Clause) {
        self.state = state;
        self.sentences.push(sentence(&words));
        self.subject = match clause.who {
            Some(Entity::Person(person)) => Some(person),
            _ => None,
        };
    }

    /// A clause put into words, and the state once it is so. `subject` may be spoken of by a pronoun.
    fn clause(&self, dice: &mut Dice, clause: &Clause, subject: Option<&'static Person>) -> Result<(Said, State), Wrong> {
        let mentions = self.mentions(dice, clause, subject);
        let mut state = self.state.clone();
        for mention in [mentions.who, mentions.what].into_iter().flatten() {
            if let Mention::Phrase(phrase) = mention
                && !matches!(phrase.determiner, Determiner::Number(_))
                && state.noun(phrase.noun).is_none()
            {
                state.introduce(phrase.noun, phrase.adjective)?;
            }
        }
        state.hear(clause)?;
        Ok((mentions.said(dice, clause)?, state))
    }

    fn mentions(&self, dice: &mut Dice, clause: &Clause, subject: Option<&'static Person>) -> Mentions {
        let who = clause.who.map(|who| match who {
            Entity::Person(person) if subject == Some(person) && dice.lucky(2, 3) => Mention::Pronoun(person.gender),
            Entity::Person(person) => Mention::Name(person),
            Entity::Animal(noun) | Entity::Thing(noun) => self.noun(dice, noun, None, First::Some),
        });
        let owner = match clause.who {
            Some(Entity::Person(person)) => Some(person),
            _ => None,
        };
        let first = if clause.verb == Verb::Lose { First::Own } else { First::Some };
        let what = clause.what.map(|what| match (what, clause.count) {
            (Entity::Thing(noun), Some(count)) => {
                Mention::Phrase(NounPhrase { determiner: Determiner::Number(count), adjective: None, noun, plural: count != 1 })
            }
            (Entity::Person(person), _) => Mention::Name(person),
            (Entity::Animal(noun) | Entity::Thing(noun), _) => self.noun(dice, noun, owner, first),
        });
        let comes = self.state.people().any(|other| clause.spot == other.place.map(Spot::At));
        Mentions { who, what, whom: clause.whom.map(Mention::Name), spot: clause.spot, comes }
    }

    fn noun(&self, dice: &mut Dice, noun: &'static Noun, by: Option<&'static Person>, first: First) -> Mention {
        let known = self.state.noun(noun);
        let own = by.filter(|person| match known {
            Some(known) => known.owner == Some(*person) && dice.lucky(1, 2),
            None => first == First::Own,
        });
        let adjective = self.looks.iter().find(|(of, _)| *of == noun).map(|(_, adjective)| *adjective);
        let (determiner, adjective) = match (own, known) {
            (Some(person), None) => (Determiner::Of(person.gender), adjective),
            (Some(person), Some(_)) => (Determiner::Of(person.gender), None),
            (None, None) => (Determiner::A, adjective),
            (None, Some(_)) => (Determiner::The, None),
        };
        Mention::Phrase(NounPhrase { determiner, adjective, noun, plural: false })
    }
}

/// Whether a verb tells what happens, not what is so: only that comes then or later.
pub fn is_event(verb: Verb) -> bool {
    !matches!(verb, Verb::Be | Verb::Have | Verb::Want | Verb::Like | Verb::Hunger | Verb::Feel | Verb::Weather)
}

/// Whether it may happen all of a sudden.
pub fn is_sudden(verb: Verb) -> bool {
    matches!(verb, Verb::Begin | Verb::Break | Verb::Laugh | Verb::Cry)
}

/// Verbs that make no sense without a place.
pub fn needs_spot(verb: Verb) -> bool {
    !matches!(verb, Verb::Find | Verb::See | Verb::Meet)
}

/// What would change in a story, or say beforehand what it tells.
pub const PASSING: [&str; 9] = ["broken", "torn", "lost", "hidden", "empty", "rotten", "wet", "dry", "delicious"];

/// An adjective that fits a noun and stays true of it.
fn lasting_look(dice: &mut Dice, noun: &Noun) -> Option<&'static Adjective> {
    look(dice, noun).filter(|adjective| !PASSING.contains(&adjective.en) && !is_new_pair(adjective.en, noun))
}

/// An adjective that fits a noun.
pub fn look(dice: &mut Dice, noun: &Noun) -> Option<&'static Adjective> {
    let fitting = adjectives_of(noun);
    (!fitting.is_empty()).then(|| *dice.pick(fitting))
}

/// How the entities of a clause are spoken of.
pub struct Mentions {
    pub who: Option<Mention>,
    pub what: Option<Mention>,
    pub whom: Option<Mention>,
    pub spot: Option<Spot>,
    /// Whether somebody is there already, to whom one comes.
    pub comes: bool,
}

impl Mentions {
    /// One of the rows that say the clause, filled.
    ///
    /// # Errors
    /// Where no row says it so.
    pub fn said(&self, dice: &mut Dice, clause: &Clause) -> Result<Said, Wrong> {
        let form = if clause.denied { Form::Denied } else { Form::Told };
        let rows: Vec<&'static Row> =
            ROWS.iter().filter(|row| row.form == form && row.verb == clause.verb && self.fill(row, clause)).collect();
        let rows: Vec<&'static Row> = rows.into_iter().filter(|row| self.comes || !row.english.contains(" came ")).collect();
        if rows.is_empty() {
            return Err(format!("there are no words for {:?}", clause.verb));
        }
        Ok(self.with_row(dice.pick::<&Row>(&rows), clause))
    }

    pub fn with_row(&self, row: &'static Row, clause: &Clause) -> Said {
        let Mentions { who, what, whom, spot, .. } = *self;
        Said { row, who, what, whom, spot, feeling: clause.feeling, weather: clause.weather }
    }

    /// Whether a row has a place for each of these, and no other.
    pub fn fill(&self, row: &Row, clause: &Clause) -> bool {
        let has = |slot: &str| row.english.contains(slot);
        let is_pronoun = matches!(self.whom, Some(Mention::Pronoun(_)));
        let is_new = matches!(self.who, Some(Mention::Phrase(NounPhrase { determiner: Determiner::A, .. })));
        has("{who}") == self.who.is_some()
            && has("{what}") == self.what.is_some()
            && has("{whom}") == (self.whom.is_some() && !is_pronoun)
            && has("{him}") == is_pronoun
            && (has("{at}") || has("{to}")) == self.spot.is_some()
            && has("{feeling}") == clause.feeling.is_some()
            && has("{weather}") == clause.weather.is_some()
            && (!row.english.starts_with("there ") || is_new)
            && !(row.verb == Verb::Be && row.english.starts_with("{who}") && is_new)
    }
}

/// Places and pronouns that stories need.
pub fn possessive(person: &Person) -> &'static str {
    match person.gender {
        Gender::Feminine => "her",
        Gender::Masculine => "his",
    }
}

/// A place with its preposition, in English.
pub fn at(place: &'static Place) -> String {
    super::phrase::at(place, Language::English)
}
