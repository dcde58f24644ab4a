//! Pocket World: a village of people, animals, places and things, simulated, so that every fact of every text about it is known.
//!
//! Texts are made up without end, for ten tasks ([`Task`]). A [`document`] is to be learnt from, an [`item`] to be judged by, and [`grade`]
//! judges. Which text is of which is a matter of the text alone, so that nothing that is learnt from is judged by, whatever the seeds.
//!
//! Words (`lexicon`) become phrases (`phrase`), and phrases clauses, each with its sentence in English and in French (`clause`). Plots
//! (`plot`) tell a story clause by clause (`tale`), and what is told becomes so (`state`), unless it cannot be. The `reader` goes the other
//! way, from a text to what is so, and finds what contradicts it.

mod asked_for;
mod clause;
pub mod code;
pub mod grade;
mod lexicon;
pub mod mapping;
mod phrase;
mod plot;
pub mod question;
mod reader;
mod state;
mod tale;
mod translate;
mod truth;

pub use asked_for::asked_for;
use clause::Entity;
use lexicon::{Noun, Person};
use mapping::{FewShot, MAX_EXAMPLES};
use question::{Asks, Question, questions, talk};
use serde::{Deserialize, Serialize};
use tale::Tale;
use translate::pair;
pub use truth::truth;

use super::chance::{Dice, hash};
use super::tasks;

/// What a model is to do, each marked by a word and a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Task {
    /// Go on with a story and stay true to its beginning.
    Story,
    /// Answer a question about a story.
    Answer,
    /// Say a story in a sentence.
    Summarise,
    /// Let two villagers talk about what happened.
    Talk,
    /// Translate a sentence into French.
    ToFrench,
    /// Translate a sentence into English.
    ToEnglish,
    /// Work out line by line what a program prints.
    Run,
    /// Say at once what a program prints.
    RunAtOnce,
    /// Write the program that words describe.
    Write,
    /// Go on with a made-up mapping of words, from examples.
    FewShot,
}

impl Task {
    pub const ALL: [Task; 10] = [
        Task::Story,
        Task::Answer,
        Task::Summarise,
        Task::Talk,
        Task::ToFrench,
        Task::ToEnglish,
        Task::Run,
        Task::RunAtOnce,
        Task::Write,
        Task::FewShot,
    ];

    /// The short name, for flags and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Task::Story => "story",
            Task::Answer => "answer",
            Task::Summarise => "summarise",
            Task::Talk => "talk",
            Task::ToFrench => "to-french",
            Task::ToEnglish => "to-english",
            Task::Run => "run",
            Task::RunAtOnce => "run-at-once",
            Task::Write => "write",
            Task::FewShot => "few-shot",
        }
    }
}

/// What a model reads, and what is right to go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub task: Task,
    pub prompt: String,
    /// For stories and talks, which may go on in many ways, one of them.
    pub answer: String,
    /// Of a question.
    pub asks: Option<Asks>,
    /// How many examples it shows, where it is to be learnt from examples.
    pub shots: Option<u32>,
    /// Whether it has two words together that never are in what is learnt from.
    pub is_new_pair: bool,
}

/// One text in so many is held out, and one pair of words.
const HELD_OUT: u64 = 10;
const NEW_PAIRS: u64 = 20;

/// Streams of dice.
const LEARNT: u32 = 0x706F;
const JUDGED: u32 = 0x7070;

/// How many documents in so many are of each kind. Gatherings are the longest; stories are six times as long as pairs of sentences.
const GATHERINGS: u32 = 2;
const STORIES: u32 = 10;
const PAIRS: u32 = 4;
const PROGRAMS: u32 = 11;
const MAPPINGS: u32 = 4;
const STORIES_END: u32 = GATHERINGS + STORIES;
const PROGRAMS_END: u32 = STORIES_END + PROGRAMS;
const MAPPINGS_END: u32 = PROGRAMS_END + MAPPINGS;
const KINDS: u32 = MAPPINGS_END + PAIRS;

/// Text to learn from: document `index` of a seed.
pub fn document(seed: u64, index: u32) -> String {
    let dice = &mut Dice::new(seed, LEARNT, index);
    match dice.below(KINDS) {
        ..GATHERINGS => gathering_document(dice),
        GATHERINGS..STORIES_END => story_document(dice),
        STORIES_END..PROGRAMS_END => {
            let task = *dice.pick(&[code::Task::Run, code::Task::Run, code::Task::Run, code::Task::RunAtOnce, code::Task::Write]);
            task.item(seed, index, false).line()
        }
        PROGRAMS_END..MAPPINGS_END => FewShot::new(seed, index, false).document(),
        _ => {
            let pair = loop {
                let pair = pair(dice);
                if !is_held_out(&pair.english) && !pair.is_new {
                    break pair;
                }
            };
            let [english, french] = [format!("English: {}\n", pair.english), format!("French: {}\n", pair.french)];
            if pair.is_open || dice.lucky(2, 3) { english + &french } else { french + &english }
        }
    }
}

/// Many people, and questions that only who looks for names can answer.
fn gathering_document(dice: &mut Dice) -> String {
    let tale = learnt(dice, plot::gathering);
    told(&tale) + &question::roll_call(&tale.state, dice).iter().map(Question::line).collect::<String>()
}

fn story_document(dice: &mut Dice) -> String {
    let tale = learnt(dice, plot::story);
    let mut parts = Vec::new();
    if dice.lucky(5, 6) {
        let mut all = questions(&tale.state, dice);
        let mut asked = String::new();
        for _ in 0..4 + dice.below(7) {
            if all.is_empty() {
                break;
            }
            let place = if dice.lucky(1, 2) { draw_hard(dice, &all) } else { draw(dice, &all) };
            let presence = dice.lucky(1, 3).then(|| question::draw_presence(&tale.state, dice));
            asked.extend(presence.into_iter().chain([all.remove(place)]).map(|question| question.line()));
        }
        parts.push(asked);
    }
    if dice.lucky(2, 3) {
        parts.push(format!("Summary: {}\n", tale.summary));
    }
    if dice.lucky(1, 3)
        && let Some(talk) = talk(&tale.state, dice)
    {
        parts.push(format!("Talk:\n{}\n", talk.join("\n")));
    }
    dice.shuffle(&mut parts);
    told(&tale) + &parts.concat()
}

/// The place of a question: what is asked for first, as likely all.
fn draw(dice: &mut Dice, all: &[Question]) -> usize {
    let mut kinds: Vec<Asks> = all.iter().map(|question| question.asks).collect();
    kinds.dedup();
    let kind = *dice.pick(&kinds);
    draw_of(dice, all, kind)
}

/// The place of a question of those that are hard, as a model must find the right one of many places, people and things, or see that
/// somebody is not in the story at all: more practice it needs in these than it is asked them.
fn draw_hard(dice: &mut Dice, all: &[Question]) -> usize {
    let kind = *dice.pick(&[Asks::Where, Asks::YesOrNo, Asks::Feeling]);
    if all.iter().any(|question| question.asks == kind) { draw_of(dice, all, kind) } else { draw(dice, all) }
}

/// The place of a question that asks for this, of which there is one; those with an answer more often.
fn draw_of(dice: &mut Dice, all: &[Question], kind: Asks) -> usize {
    let wants_answer = dice.lucky(3, 4);
    let fit = |question: &Question| question.asks == kind && question.is_answered() == wants_answer;
    let mut places: Vec<usize> = (0..all.len()).filter(|place| fit(&all[*place])).collect();
    if places.is_empty() {
        places = (0..all.len()).filter(|place| all[*place].asks == kind).collect();
    }
    *dice.pick(&places)
}

fn told(tale: &Tale) -> String {
    format!("Story: {}\n{}\n", tale.title, tale.text())
}

fn is_held_out(text: &str) -> bool {
    hash(text).is_multiple_of(HELD_OUT)
}

/// A story that is held out.
fn held_out(dice: &mut Dice) -> Tale {
    drawn(dice, plot::story, |tale| is_held_out(&tale.text()))
}

/// A tale that is not held out and has no new pair of words.
fn learnt(dice: &mut Dice, tell: Teller) -> Tale {
    drawn(dice, tell, |tale| !is_held_out(&tale.text()) && !may_pair_anew(tale))
}

type Teller = fn(&mut Dice) -> Result<Tale, state::Wrong>;

/// The first tale that fits. Tales tell nothing that cannot be, as tests see to.
fn drawn(dice: &mut Dice, tell: Teller, fits: impl Fn(&Tale) -> bool) -> Tale {
    loop {
        if let Ok(tale) = tell(dice)
            && fits(&tale)
        {
            return tale;
        }
    }
}

/// Whether two words, of which the second is a noun, never are together in what is learnt from.
fn is_new_pair(word: &str, noun: &Noun) -> bool {
    hash(&format!("{word} {}", noun.en)).is_multiple_of(NEW_PAIRS)
}

/// Whether somebody has to do with something that they never have to do with in what is learnt from.
fn has_new_pair(tale: &Tale) -> bool {
    tale.state.told.iter().any(|clause| {
        let who = match clause.who {
            Some(Entity::Person(person)) => Some(person),
            _ => None,
        };
        let noun = clause.what.and_then(Entity::noun);
        noun.is_some_and(|noun| [who, clause.whom].into_iter().flatten().any(|person| is_new_pair(person.name, noun)))
    })
}

/// Whether any of its people are in it together with anything that they never are with: somebody might ask about both.
fn may_pair_anew(tale: &Tale) -> bool {
    let nouns = tale.state.told.iter().flat_map(|clause| [clause.who, clause.what]).flatten().filter_map(Entity::noun);
    let people: Vec<&Person> = tale.state.persons().collect();
    nouns.into_iter().any(|noun| people.iter().any(|person| is_new_pair(person.name, noun)))
}

/// All questions about the story of item `index` of [`Task::Answer`], as items.
pub fn questions_of(seed: u64, index: u32) -> Vec<Item> {
    let dice = &mut Dice::new(seed, JUDGED + 1 + Task::Answer as u32, index);
    let tale = held_out(dice);
    let (story, is_new_pair) = (told(&tale), has_new_pair(&tale));
    let all = questions(&tale.state, dice).into_iter();
    all.map(|question| asked(&story, &question, is_new_pair)).collect()
}

fn asked(story: &str, question: &Question, is_new_pair: bool) -> Item {
    Item {
        task: Task::Answer,
        prompt: format!("{story}Question: {}\nAnswer:", question.question),
        answer: format!(" {}\n", question.answer),
        asks: Some(question.asks),
        shots: None,
        is_new_pair,
    }
}

/// Item `index` of a task, held out.
pub fn item(task: Task, seed: u64, index: u32) -> Item {
    let dice = &mut Dice::new(seed, JUDGED + 1 + task as u32, index);
    let item = |prompt: String, answer: String, is_new_pair| Item { task, prompt, answer, asks: None, shots: None, is_new_pair };
    let program = |task: code::Task| {
        let tasks::Item { prompt, answer } = task.item(seed, index, true);
        item(prompt, answer, false)
    };
    match task {
        Task::Story => {
            let tale = held_out(dice);
            let (beginning, rest) = tale.sentences.split_at(tale.sentences.len() / 2);
            let prompt = format!("Story: {}\n{}", tale.title, beginning.join(" "));
            item(prompt, format!(" {}\n", rest.join(" ")), has_new_pair(&tale))
        }
        Task::Answer => {
            let tale = held_out(dice);
            let all = questions(&tale.state, dice);
            asked(&told(&tale), &all[draw(dice, &all)], has_new_pair(&tale))
        }
        Task::Summarise => {
            let tale = held_out(dice);
            item(format!("{}Summary:", told(&tale)), format!(" {}\n", tale.summary), has_new_pair(&tale))
        }
        Task::Talk => loop {
            let tale = held_out(dice);
            if let Some(talk) = talk(&tale.state, dice) {
                break item(format!("{}Talk:\n", told(&tale)), talk.join("\n") + "\n", has_new_pair(&tale));
            }
        },
        Task::ToFrench | Task::ToEnglish => loop {
            let pair = pair(dice);
            if is_held_out(&pair.english) && !(pair.is_open && task == Task::ToEnglish) {
                break match task {
                    Task::ToFrench => {
                        item(format!("English: {}\nFrench:", pair.english), format!(" {}\n", pair.french), pair.is_new)
                    }
                    _ => item(format!("French: {}\nEnglish:", pair.french), format!(" {}\n", pair.english), pair.is_new),
                };
            }
        },
        Task::Run => program(code::Task::Run),
        Task::RunAtOnce => program(code::Task::RunAtOnce),
        Task::Write => program(code::Task::Write),
        Task::FewShot => {
            let shots = index % (MAX_EXAMPLES as u32 + 1);
            let tasks::Item { prompt, answer } = FewShot::new(seed, index, true).item(shots as usize);
            Item { shots: Some(shots), ..item(prompt, answer, false) }
        }
    }
}

#[cfg(test)]
mod tests;
