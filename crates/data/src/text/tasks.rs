//! Small tasks with one right answer each, made up without end, so that what a model has understood can be counted.
//!
//! An item is a line of text, such as `12+30=42`: all up to the sign = is the prompt, and the rest the answer. Which items are held out
//! of training is a matter of the item alone, whatever the seed: so training text never has one.

use std::collections::HashSet;

use super::chance::{Dice, hash};
use super::corpus::Corpus;
use super::tokenizer::END_OF_TEXT;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    Copy,
    Reverse,
    Sort,
    Addition,
    Brackets,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// Of a [`Task`], it ends in =.
    pub prompt: String,
    pub answer: String,
}

impl Item {
    /// As training text has it.
    pub fn line(&self) -> String {
        format!("{}{}", self.prompt, self.answer)
    }
}

/// The longest that items can be: numbers of so many digits can be added exactly.
pub const MAX_LENGTH: usize = 18;

/// One item in so many is held out.
const HELD_OUT: u64 = 10;

const BRACKETS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];

impl Task {
    pub const ALL: [Task; 5] = [Task::Copy, Task::Reverse, Task::Sort, Task::Addition, Task::Brackets];

    /// The short name, for settings and links.
    pub const fn name(self) -> &'static str {
        match self {
            Task::Copy => "copy",
            Task::Reverse => "reverse",
            Task::Sort => "sort",
            Task::Addition => "addition",
            Task::Brackets => "brackets",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Task::Copy => "Copy",
            Task::Reverse => "Reverse",
            Task::Sort => "Sort",
            Task::Addition => "Addition",
            Task::Brackets => "Balanced brackets",
        }
    }

    /// What a model must learn for it, with an example.
    pub const fn help(self) -> &'static str {
        match self {
            Task::Copy => "Say the letters again: dog=dog. One attention head that looks back by a fixed distance is enough.",
            Task::Reverse => "Say the letters backwards: dog=god. Attention must move left as the answer moves right.",
            Task::Sort => "Put the letters in order: dog=dgo. Each must be found, and counted if it comes twice.",
            Task::Addition => "Add two numbers: 12+30=42. The first digit of the answer depends on carries from all others.",
            Task::Brackets => "Close what is open, the last first: ([]{=}). The model must keep a stack in its attention.",
        }
    }

    /// How many characters a line has at most.
    pub fn longest_line(self, length: usize) -> usize {
        match self {
            Task::Addition => 3 * length + 3,
            _ => 2 * length + 1,
        }
    }

    /// The answer to a prompt; none where it is no prompt of this task.
    pub fn answer(self, prompt: &str) -> Option<String> {
        let question = prompt.strip_suffix('=')?;
        match self {
            Task::Copy => Some(question.to_owned()),
            Task::Reverse => Some(question.chars().rev().collect()),
            Task::Sort => {
                let mut letters: Vec<char> = question.chars().collect();
                letters.sort_unstable();
                Some(letters.into_iter().collect())
            }
            Task::Addition => {
                let (a, b) = question.split_once('+')?;
                Some(a.parse::<u64>().ok()?.checked_add(b.parse().ok()?)?.to_string())
            }
            Task::Brackets => Some(still_open(question)?.into_iter().rev().collect()),
        }
    }

    /// Whether a model that was given a prompt went on with the answer, the whole answer, and then ended the line or the text (or was
    /// stopped there).
    pub fn check(self, prompt: &str, output: &str) -> bool {
        let said = output.split('\n').next().unwrap_or_default();
        let said = said.split(END_OF_TEXT).next().unwrap_or_default();
        self.answer(prompt).is_some_and(|answer| answer == said)
    }

    /// `count` lines to train on, each a document. Questions have one to `length` letters, digits (in each number) or brackets, any number
    /// as often.
    pub fn training(self, length: usize, seed: u64, count: usize) -> Corpus {
        self.items(length, seed).filter(|item| !self.is_held_out(item)).take(count).map(|item| item.line()).collect()
    }

    /// Up to `count` different items that no training text has; fewer where the length does not allow as many.
    pub fn held_out(self, length: usize, seed: u64, count: usize) -> Vec<Item> {
        let mut seen = HashSet::new();
        // Short questions soon come again: enough tries that all are found, and an end.
        let tries = self.items(length, seed).take(1000 + 100 * HELD_OUT as usize * count);
        tries.filter(|item| self.is_held_out(item) && seen.insert(item.clone())).take(count).collect()
    }

    /// Whether an item is kept out of training.
    pub fn is_held_out(self, item: &Item) -> bool {
        let question = item.prompt.trim_end_matches('=');
        match (self, question.split_once('+')) {
            // Whoever has seen 30+12 has seen 12+30.
            (Task::Addition, Some((a, b))) if b < a => hash(&format!("{b}+{a}")).is_multiple_of(HELD_OUT),
            _ => hash(question).is_multiple_of(HELD_OUT),
        }
    }

    /// Items without end, of training and held out.
    fn items(self, length: usize, seed: u64) -> impl Iterator<Item = Item> {
        let length = length.clamp(1, MAX_LENGTH) as u32;
        (0..=u32::MAX).map(move |index| {
            let mut dice = Dice::new(seed, 0x7A50 + self as u32, index);
            let prompt = self.question(length, &mut dice) + "=";
            // Every question that is made up has an answer.
            let answer = self.answer(&prompt).unwrap_or_default();
            Item { prompt, answer }
        })
    }

    fn question(self, length: u32, dice: &mut Dice) -> String {
        let letter = |dice: &mut Dice| char::from(b'a' + dice.below(26) as u8);
        let number = |dice: &mut Dice| {
            let digits = 1 + dice.below(length);
            (0..digits).fold(0, |number, _| 10 * number + u64::from(dice.below(10)))
        };
        match self {
            Task::Copy | Task::Reverse | Task::Sort => (0..=dice.below(length)).map(|_| letter(dice)).collect(),
            Task::Addition => format!("{}+{}", number(dice), number(dice)),
            Task::Brackets => {
                let (mut question, mut open) = (String::new(), Vec::new());
                let places = 1 + dice.below(length);
                for place in 1..=places {
                    // The last one opens where nothing else would be left to close.
                    let may_close = open.len() > usize::from(place == places);
                    if may_close && dice.below(2) == 0 {
                        question.extend(open.pop());
                    } else {
                        let (opening, closing) = BRACKETS[dice.below(3) as usize];
                        question.push(opening);
                        open.push(closing);
                    }
                }
                question
            }
        }
    }
}

/// What closes the brackets that are open, the outermost first; none where there are other characters or the wrong bracket closes.
fn still_open(question: &str) -> Option<Vec<char>> {
    let mut open = Vec::new();
    for character in question.chars() {
        match BRACKETS.iter().find(|(opening, closing)| character == *opening || character == *closing)? {
            (opening, closing) if character == *opening => open.push(*closing),
            _ if open.pop() == Some(character) => {}
            _ => return None,
        }
    }
    Some(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_exact() {
        let cases = [
            (Task::Copy, "abca=", "abca"),
            (Task::Reverse, "dog=", "god"),
            (Task::Sort, "banana=", "aaabnn"),
            (Task::Addition, "12+30=", "42"),
            (Task::Addition, "999999999999999999+1=", "1000000000000000000"),
            (Task::Addition, "0+0=", "0"),
            (Task::Brackets, "([]{=", "})"),
            (Task::Brackets, "(()[=", "])"),
        ];
        for (task, prompt, answer) in cases {
            assert_eq!(task.answer(prompt).as_deref(), Some(answer), "{task:?} {prompt}");
            assert!(task.check(prompt, answer) && task.check(prompt, &format!("{answer}\nnext")));
            assert!(task.check(prompt, &format!("{answer}<|endoftext|>x")));
            assert!(!task.check(prompt, &format!("{answer}0")) && !task.check(prompt, &answer[1..]) && !task.check(prompt, ""));
        }
        let no_prompts = [
            (Task::Copy, "abc"),
            (Task::Addition, "12="),
            (Task::Addition, "1+x="),
            (Task::Brackets, "(]="),
            (Task::Brackets, "a="),
            (Task::Brackets, ")="),
        ];
        for (task, prompt) in no_prompts {
            assert_eq!(task.answer(prompt), None, "{task:?} {prompt}");
            assert!(!task.check(prompt, ""));
        }
    }

    #[test]
    fn training_never_has_what_is_held_out() {
        for task in Task::ALL {
            for length in [1, 2, 5, MAX_LENGTH] {
                let training = task.training(length, 3, 2000);
                let lines: HashSet<&str> = training.documents().iter().map(String::as_str).collect();
                assert_eq!(training.documents().len(), 2000);
                for item in task.held_out(length, 4, 200) {
                    assert!(!lines.contains(item.line().as_str()), "{}", item.line());
                    assert!(task.check(&item.prompt, &item.answer) && item.line().chars().count() <= task.longest_line(length));
                }
                assert!(lines.iter().all(|line| line.len() <= task.longest_line(length)));
            }
        }
    }

    #[test]
    fn sums_are_held_out_both_ways() {
        let held_out = Task::Addition.held_out(2, 1, 300);
        assert_eq!(held_out.len(), 300);
        for item in held_out {
            let (a, b) = item.prompt.trim_end_matches('=').split_once('+').unwrap();
            assert!(Task::Addition.is_held_out(&Item { prompt: format!("{b}+{a}="), answer: item.answer.clone() }));
        }
    }

    #[test]
    fn a_tenth_is_held_out_and_all_is_decided_by_the_seed() {
        for task in Task::ALL {
            let items: HashSet<Item> = task.items(8, 5).take(5000).collect();
            let share = items.iter().filter(|item| task.is_held_out(item)).count() as f64 / items.len() as f64;
            assert!((share - 0.1).abs() < 0.02, "{task:?} {share}");
            assert_eq!(task.training(4, 1, 50), task.training(4, 1, 50));
            assert_ne!(task.training(4, 1, 50), task.training(4, 2, 50));
            assert_eq!(task.held_out(5, 1, 100).len(), task.held_out(5, 1, 100).iter().collect::<HashSet<_>>().len());
        }
    }

    #[test]
    fn all_lengths_come_up() {
        for (task, length) in [(Task::Sort, 6), (Task::Brackets, 6)] {
            let lengths: HashSet<usize> = task.items(length, 1).take(500).map(|item| item.prompt.len() - 1).collect();
            assert_eq!(lengths, (1..=length).collect());
        }
        let items: Vec<Item> = Task::Brackets.items(6, 1).take(500).collect();
        assert!(items.iter().all(|item| !item.answer.is_empty() && item.prompt.len() <= 7));
        assert!(items.iter().any(|item| item.prompt.contains(')')));
        let sums: Vec<Item> = Task::Addition.items(3, 1).take(500).collect();
        assert!(sums.iter().any(|item| item.answer.len() == 4) && sums.iter().any(|item| item.prompt.len() == 4));
    }
}
