//! Made-up mappings of words, which a model can only know from the examples in its prompt: learning without training ("in-context
//! learning": Brown et al. 2020, *Language Models are Few-Shot Learners*).
//!
//! ```text
//! Pairs:
//! cat -> dax
//! coat -> wug
//! dog -> dax
//! ```
//!
//! A mapping either gives each of a few categories a label, or changes words by a rule. Both have words in them that mean nothing and are
//! drawn anew for each mapping, so that nobody can know an answer without an example. Which mappings are held out is a matter of the
//! mapping alone, whatever the seed, so that training text shows none of them. What is asked for is never among the examples.

use std::fmt;

use crate::text::chance::{Dice, hash};
use crate::text::tasks::Item;

/// The most examples that a prompt has. Text to train on shows the answer after them as well, so each line of it is a lesson for one
/// number of examples.
pub const MAX_EXAMPLES: usize = 8;

/// One mapping in so many is held out.
const HELD_OUT: u64 = 10;

/// A group of words that belong together. No word is in two.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Category {
    pub name: &'static str,
    words: &'static str,
}

impl Category {
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.words.split(' ')
    }

    pub fn contains(&self, word: &str) -> bool {
        self.words().any(|own| own == word)
    }
}

/// Singulars, colours and names that the village's stories have, too.
pub static CATEGORIES: [Category; 10] = [
    Category { name: "animals", words: "cat dog cow horse pig goat duck rabbit fox bear frog bird owl hen" },
    Category { name: "food", words: "apple pear plum carrot onion cake pie egg bun lemon sandwich biscuit banana pancake" },
    Category { name: "clothes", words: "coat hat sock shoe boot shirt skirt jacket glove cap belt apron sweater dress" },
    Category { name: "places", words: "barn garden kitchen river market school forest bridge mill pond farm park shop church" },
    Category { name: "tools", words: "hammer axe rake shovel broom needle brush hook ladder rope nail" },
    Category { name: "dishes", words: "cup plate bowl spoon fork pan pot jug kettle teapot bottle tray" },
    Category { name: "instruments", words: "drum flute guitar violin trumpet harp whistle banjo cello accordion" },
    Category { name: "furniture", words: "chair stool lamp clock mirror cupboard curtain rug drawer wardrobe" },
    Category { name: "colours", words: "red blue green yellow white black brown pink grey purple golden silver" },
    Category { name: "people", words: "Anna Emma Mia Lisa Nina Clara Julia Olivia Adam Leo Max Peter Paul Oscar Jack" },
];

/// Whose words are things that may have a colour, and have a plural.
const THINGS: [usize; 7] = [0, 1, 2, 4, 5, 6, 7];
const COLOURS: usize = 8;

/// Each means the contrary of the other, and of no other word here.
const OPPOSITES: [(&str, &str); 16] = [
    ("big", "small"),
    ("old", "new"),
    ("wet", "dry"),
    ("fast", "slow"),
    ("clean", "dirty"),
    ("heavy", "light"),
    ("quiet", "noisy"),
    ("beautiful", "ugly"),
    ("warm", "cold"),
    ("full", "empty"),
    ("thick", "thin"),
    ("happy", "sad"),
    ("good", "bad"),
    ("long", "short"),
    ("soft", "hard"),
    ("open", "closed"),
];

/// Words without a meaning.
const NONSENSE: &str = "\
    baf bak bax bem bev bex bik bil bix bok bov boz buf bul bux dax daz dek dep dif diz dok dov dox duf dul duv duz fal feb \
    fel fep fik fim fom fup fuz gav gep gex gir gom gox goz gub guf gux hav heb hel hez hil hof hok hov hoz hur hux jad jax \
    jek jep jev jez jik jir jol jop jox joz jub juf jum jup kab kar kel kem kez kib kig kiv kof kom koz kuf kut kuv kux lix \
    lom lov loz lub luk luv mav maz meb mef mep mik miv miz mub mup muz naf nal nax neg nem nir nol nop nuf nug nuv pab paf \
    paz peb pel piv piz pok pux rek rem ril riv rol rov roz rul rup ruv saz seb sev sif sox suf taf tak taz teb tex tif tir \
    tiv tud tuf tul tuv vad vam vaz vef vek vem vib vig vix vob vok vom vuf vur vuz wav waz wek wel wev wib wik wix wof wov \
    woz wub wug wuk zab zam zav zeg zek zet zib ziv zix zod zor zot zuf zun zup zur";

/// What is made of each word.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// Each of a few categories has a label.
    Labels(Vec<(&'static Category, &'static str)>),
    /// The word is changed, and `marker`, which means nothing, stands before or behind it.
    Rule { change: Change, before: bool, marker: &'static str },
}

/// How a rule changes a word, or two of which the first is a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Not at all.
    Same,
    /// cat: cat cat
    Twice,
    /// cat: c
    Initial,
    /// cat: cats
    Plural,
    /// big: small
    Opposite,
    /// red hat: hat red
    Swap,
    /// red hat: red
    Colour,
    /// red hat: hat
    Thing,
}

impl Change {
    pub const ALL: [Change; 8] = [
        Change::Same,
        Change::Twice,
        Change::Initial,
        Change::Plural,
        Change::Opposite,
        Change::Swap,
        Change::Colour,
        Change::Thing,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Change::Same => "same",
            Change::Twice => "twice",
            Change::Initial => "initial",
            Change::Plural => "plural",
            Change::Opposite => "opposite",
            Change::Swap => "swap",
            Change::Colour => "colour",
            Change::Thing => "thing",
        }
    }

    /// None where it says nothing about such words.
    fn apply(self, words: &str) -> Option<String> {
        let two = words.split_once(' ').filter(|(colour, thing)| CATEGORIES[COLOURS].contains(colour) && is_thing(thing));
        match (self, two) {
            (Change::Swap, Some((colour, thing))) => Some(format!("{thing} {colour}")),
            (Change::Colour, Some((colour, _))) => Some(colour.to_owned()),
            (Change::Thing, Some((_, thing))) => Some(thing.to_owned()),
            (_, Some(_)) => None,
            (Change::Same, None) => Some(words.to_owned()),
            (Change::Twice, None) => Some(format!("{words} {words}")),
            (Change::Initial, None) => words.chars().next().map(String::from),
            (Change::Plural, None) => is_thing(words).then(|| plural(words)),
            (Change::Opposite, None) => opposite(words).map(str::to_owned),
            (Change::Swap | Change::Colour | Change::Thing, None) => None,
        }
    }

    /// A word or two that it can change.
    fn query(self, dice: &mut Dice) -> String {
        let adjective = |dice: &mut Dice| {
            let (one, other) = *dice.pick(&OPPOSITES);
            if dice.lucky(1, 2) { one } else { other }
        };
        match self {
            Change::Plural => thing(dice).to_owned(),
            Change::Opposite => adjective(dice).to_owned(),
            Change::Same | Change::Twice | Change::Initial => {
                if dice.lucky(1, 2) {
                    thing(dice).to_owned()
                } else {
                    adjective(dice).to_owned()
                }
            }
            Change::Swap | Change::Colour | Change::Thing => format!("{} {}", word(&CATEGORIES[COLOURS], dice), thing(dice)),
        }
    }
}

fn is_thing(word: &str) -> bool {
    THINGS.iter().any(|category| CATEGORIES[*category].contains(word))
}

fn thing(dice: &mut Dice) -> &'static str {
    word(&CATEGORIES[*dice.pick(&THINGS)], dice)
}

fn word(category: &Category, dice: &mut Dice) -> &'static str {
    let words: Vec<&'static str> = category.words().collect();
    dice.pick::<&'static str>(&words)
}

fn opposite(word: &str) -> Option<&'static str> {
    OPPOSITES.iter().find_map(|(one, other)| match word {
        _ if word == *one => Some(*other),
        _ if word == *other => Some(*one),
        _ => None,
    })
}

/// Of a thing; none of them is irregular.
fn plural(thing: &str) -> String {
    let hisses = ["s", "x", "ch", "sh"].iter().any(|end| thing.ends_with(end));
    format!("{thing}{}", if hisses { "es" } else { "s" })
}

impl Mapping {
    /// Three to five labels, or a rule, one as likely as the other.
    pub fn random(dice: &mut Dice) -> Mapping {
        let mut nonsense: Vec<&'static str> = NONSENSE.split_whitespace().collect();
        if dice.lucky(1, 2) {
            return Mapping::Rule {
                change: *dice.pick(&Change::ALL),
                before: dice.lucky(1, 2),
                marker: dice.pick::<&'static str>(&nonsense),
            };
        }
        let mut categories: Vec<&'static Category> = CATEGORIES.iter().collect();
        dice.shuffle(&mut categories);
        dice.shuffle(&mut nonsense);
        categories.truncate(3 + dice.below(3) as usize);
        Mapping::Labels(categories.into_iter().zip(nonsense).collect())
    }

    /// What it makes of a word, or two; none where it says nothing about such words.
    pub fn apply(&self, words: &str) -> Option<String> {
        match self {
            Mapping::Labels(labels) => {
                labels.iter().find(|(category, _)| category.contains(words)).map(|(_, label)| (*label).to_owned())
            }
            Mapping::Rule { change, before: true, marker } => Some(format!("{marker} {}", change.apply(words)?)),
            Mapping::Rule { change, before: false, marker } => Some(format!("{} {marker}", change.apply(words)?)),
        }
    }

    /// Whether it is kept out of training.
    pub fn is_held_out(&self) -> bool {
        hash(&self.to_string()).is_multiple_of(HELD_OUT)
    }

    /// A word or two to ask it for.
    fn query(&self, dice: &mut Dice) -> String {
        match self {
            Mapping::Labels(labels) => word(dice.pick(labels).0, dice).to_owned(),
            Mapping::Rule { change, .. } => change.query(dice),
        }
    }
}

/// Says the same of equal mappings only, whatever the order of labels.
impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Mapping::Labels(labels) => {
                let mut named: Vec<String> = labels.iter().map(|(category, label)| format!("{}: {label}", category.name)).collect();
                named.sort_unstable();
                f.write_str(&named.join(", "))
            }
            Mapping::Rule { change, before: true, marker } => write!(f, "{marker} + {}", change.name()),
            Mapping::Rule { change, before: false, marker } => write!(f, "{} + {marker}", change.name()),
        }
    }
}

/// A word, or two, and what a mapping makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    pub words: String,
    pub answer: String,
}

/// A mapping, examples of it, and what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FewShot {
    pub mapping: Mapping,
    /// [`MAX_EXAMPLES`] of them.
    pub examples: Vec<Pair>,
    /// Not among the examples.
    pub query: Pair,
}

impl FewShot {
    /// Item `index` of those of a seed. Training items and held-out ones share no mapping, whatever their seeds.
    pub fn new(seed: u64, index: u32, held_out: bool) -> FewShot {
        let mut dice = Dice::new(seed, 0xFE35, index);
        let mapping = loop {
            let mapping = Mapping::random(&mut dice);
            if mapping.is_held_out() == held_out {
                break mapping;
            }
        };
        let mut pairs: Vec<Pair> = Vec::new();
        while pairs.len() <= MAX_EXAMPLES {
            let words = mapping.query(&mut dice);
            let is_new = pairs.iter().all(|pair| pair.words != words);
            if let Some(answer) = mapping.apply(&words).filter(|_| is_new) {
                pairs.push(Pair { words, answer });
            }
        }
        let query = pairs.swap_remove(MAX_EXAMPLES);
        FewShot { mapping, examples: pairs, query }
    }

    /// The question after the first `k` examples, or after all where there are fewer. The prompt ends right before the answer, with `->`;
    /// the answer begins with a space and ends with the line.
    pub fn item(&self, k: usize) -> Item {
        Item { prompt: self.prompt(self.examples.iter().take(k)), answer: format!(" {}\n", self.query.answer) }
    }

    /// The prompt with these examples.
    pub fn prompt<'a>(&self, examples: impl IntoIterator<Item = &'a Pair>) -> String {
        let lines = examples.into_iter().map(|pair| format!("{} -> {}\n", pair.words, pair.answer));
        format!("Pairs:\n{}{} ->", lines.collect::<String>(), self.query.words)
    }

    /// Text to train on: all examples, and the question with its answer.
    pub fn document(&self) -> String {
        self.item(MAX_EXAMPLES).line()
    }

    /// Whether the first `k` examples tell the answer. A learner who knows all kinds of mappings, and not more than the examples of this
    /// one, is right where they do, and elsewhere can only guess a word without a meaning: this share is the bound for any model.
    pub fn is_told(&self, k: usize) -> bool {
        let mut examples = self.examples.iter().take(k);
        match &self.mapping {
            Mapping::Labels(_) => examples.any(|example| example.answer == self.query.answer),
            Mapping::Rule { .. } => examples.next().is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn items(seed: u64, held_out: bool) -> impl Iterator<Item = FewShot> {
        (0..2000).map(move |index| FewShot::new(seed, index, held_out))
    }

    fn nonsense() -> Vec<&'static str> {
        NONSENSE.split_whitespace().collect()
    }

    #[test]
    fn words_are_in_one_list_only() {
        let opposites = OPPOSITES.iter().flat_map(|(one, other)| [*one, *other]);
        let all: Vec<&str> = CATEGORIES.iter().flat_map(Category::words).chain(opposites).chain(nonsense()).collect();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        assert_eq!(nonsense().len(), 200);
        // All nine lines may ask for one category.
        assert!(CATEGORIES.iter().all(|category| category.words().count() > MAX_EXAMPLES));
        assert_eq!(CATEGORIES[COLOURS].name, "colours");
    }

    #[test]
    fn rules_do_what_they_are_called() {
        let cases = [
            (Change::Same, "cat", Some("cat")),
            (Change::Twice, "big", Some("big big")),
            (Change::Initial, "horse", Some("h")),
            (Change::Plural, "brush", Some("brushes")),
            (Change::Plural, "spoon", Some("spoons")),
            (Change::Plural, "big", None),
            (Change::Opposite, "noisy", Some("quiet")),
            (Change::Opposite, "cat", None),
            (Change::Swap, "red hat", Some("hat red")),
            (Change::Colour, "red hat", Some("red")),
            (Change::Thing, "red hat", Some("hat")),
            (Change::Thing, "hat red", None),
            (Change::Same, "red hat", None),
        ];
        for (change, words, expected) in cases {
            assert_eq!(change.apply(words).as_deref(), expected, "{change:?} {words}");
            let marked = |before| Mapping::Rule { change, before, marker: "dax" }.apply(words);
            assert_eq!(marked(true), expected.map(|expected| format!("dax {expected}")));
            assert_eq!(marked(false), expected.map(|expected| format!("{expected} dax")));
        }
        let labels = Mapping::Labels(vec![(&CATEGORIES[0], "dax"), (&CATEGORIES[2], "wug")]);
        let answers = ["cow", "hat", "apple"].map(|words| labels.apply(words));
        assert_eq!(answers, [Some("dax".to_owned()), Some("wug".to_owned()), None]);
        assert_eq!(labels.to_string(), "animals: dax, clothes: wug");
    }

    #[test]
    fn items_are_as_they_are_shown() {
        let item = FewShot::new(1, 3, false);
        assert_eq!(item.item(0), Item { prompt: "Pairs:\nEmma ->".to_owned(), answer: " nir\n".to_owned() });
        let two = item.item(2).line();
        assert_eq!(two, "Pairs:\nAdam -> nir\nchair -> duv\nEmma -> nir\n");
        assert_eq!(item.prompt(&item.examples[1..2]), "Pairs:\nchair -> duv\nEmma ->");
        let document = item.document();
        assert!(document.starts_with(&two[..two.len() - 12]) && document.ends_with("Olivia -> nir\nEmma -> nir\n"));
    }

    #[test]
    fn all_answers_are_what_the_mapping_makes_and_all_questions_differ() {
        for item in items(1, false).chain(items(1, true)) {
            let mut pairs = item.examples.clone();
            pairs.push(item.query.clone());
            assert_eq!(pairs.len(), MAX_EXAMPLES + 1);
            for pair in &pairs {
                assert_eq!(item.mapping.apply(&pair.words).as_ref(), Some(&pair.answer));
            }
            assert_eq!(pairs.iter().map(|pair| &pair.words).collect::<HashSet<_>>().len(), pairs.len());
            for k in 0..=MAX_EXAMPLES {
                let Item { prompt, answer } = item.item(k);
                assert_eq!(prompt.lines().count(), k + 2);
                assert!(prompt.ends_with(" ->") && !answer.trim().is_empty());
            }
        }
    }

    #[test]
    fn training_has_no_mapping_that_is_held_out() {
        let mappings = |seed, held_out| items(seed, held_out).map(|item| item.mapping.to_string()).collect::<HashSet<String>>();
        assert!(mappings(1, false).is_disjoint(&mappings(2, true)));
        assert_eq!(FewShot::new(1, 7, true), FewShot::new(1, 7, true));
        assert_ne!(FewShot::new(1, 7, true), FewShot::new(2, 7, true));
        let mut dice = Dice::new(1, 0, 0);
        let share = (0..5000).filter(|_| Mapping::random(&mut dice).is_held_out()).count() as f64 / 5000.0;
        assert!((share - 0.1).abs() < 0.02, "{share}");
    }

    /// All answers that a mapping could have which agrees with the examples; none where any word could be it.
    fn possible_answers(examples: &[Pair], words: &str) -> Option<HashSet<String>> {
        let mut answers = HashSet::new();
        for change in Change::ALL {
            for (before, marker) in
                [false, true].into_iter().flat_map(|before| nonsense().into_iter().map(move |word| (before, word)))
            {
                let rule = Mapping::Rule { change, before, marker };
                if examples.iter().all(|example| rule.apply(&example.words).as_ref() == Some(&example.answer)) {
                    answers.extend(rule.apply(words));
                }
            }
        }
        let category = |words: &str| CATEGORIES.iter().position(|category| category.contains(words));
        let are_labels = examples.iter().all(|example| {
            let same = |other: &Pair| (category(&other.words) == category(&example.words)) == (other.answer == example.answer);
            category(&example.words).is_some() && nonsense().contains(&example.answer.as_str()) && examples.iter().all(same)
        });
        if are_labels && category(words).is_some() {
            let told = examples.iter().find(|example| category(&example.words) == category(words));
            answers.insert(told?.answer.clone());
        }
        Some(answers)
    }

    /// An ideal learner, who tries all mappings that there are.
    #[test]
    fn examples_tell_what_they_are_said_to_tell() {
        for item in (0..80).map(|index| FewShot::new(5, index, true)) {
            for k in 0..=MAX_EXAMPLES {
                let possible = possible_answers(&item.examples[..k], &item.query.words);
                if item.is_told(k) {
                    assert_eq!(possible, Some(HashSet::from([item.query.answer.clone()])), "{}", item.item(k).prompt);
                } else {
                    assert!(possible.is_none_or(|answers| answers.len() >= 200), "{}", item.item(k).prompt);
                }
            }
        }
    }

    #[test]
    fn an_ideal_learner_gains_more_than_90_points() {
        let share = |k| items(3, true).filter(|item| item.is_told(k)).count() as f64 / 2000.0;
        let shares: Vec<f64> = (0..=MAX_EXAMPLES).map(share).collect();
        assert!(shares.is_sorted() && shares[0] == 0.0, "{shares:?}");
        assert!((shares[1] - 0.63).abs() < 0.03 && shares[8] > 0.92, "{shares:?}");
    }
}
