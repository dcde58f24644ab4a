//! The words of Pocket World in English and French.
//!
//! An English word has one French word and the other way round, so that a translation is right or wrong; and no form belongs to two
//! words, so that texts can be read back into facts. All nouns can be counted, and in English each is one word.

mod adjectives;
mod nouns;

use Gender::{Feminine, Masculine};

pub use adjectives::ADJECTIVES;
pub use nouns::{NOUNS, PLACES};

/// Of a person, and of a noun in French.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gender {
    Masculine,
    Feminine,
}

/// What can be done with what a noun names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// May be carried, given, lost and found, as all sorts but animals and places may; there is no better word for it.
    Thing,
    /// To play with.
    Toy,
    /// To play music on.
    Instrument,
    /// To read or look at.
    Reading,
    /// To wear.
    Clothing,
    /// To put things into; some stand where they are.
    Container,
    /// To bake, cook or buy, and eat.
    Food,
    /// To pick or collect, and eat: fruit, vegetables, nuts, eggs.
    Fruit,
    /// To pick or collect, and look at: flowers, pebbles, feathers.
    Finding,
    /// A tame animal that may be held and carried.
    Pet,
    /// An animal that may be met.
    Animal,
    /// Where somebody may be; only in [`PLACES`].
    Place,
}

/// A noun that can be counted.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Noun {
    pub en: &'static str,
    pub en_plural: &'static str,
    pub fr: &'static str,
    pub fr_plural: &'static str,
    /// In French.
    pub gender: Gender,
    pub sort: Sort,
}

/// A villager, called by the same name in both languages.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Person {
    pub name: &'static str,
    pub gender: Gender,
}

/// A place, and the prepositions that go with it in English and French, without article: “près de” stands for “près du” too.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub noun: Noun,
    /// Of being there.
    pub at: [&'static str; 2],
    /// Of going there.
    pub to: [&'static str; 2],
}

/// What an adjective tells; a noun has at most one adjective of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quality {
    Colour,
    Size,
    Weight,
    Age,
    Look,
    Shape,
    Touch,
    Material,
    Condition,
    Taste,
    Character,
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Adjective {
    pub en: &'static str,
    /// Masculine, feminine, masculine plural, feminine plural.
    pub fr: [&'static str; 4],
    /// Stands before the noun in French; in English all do.
    pub before: bool,
    pub quality: Quality,
    /// It can be said of all nouns of these sorts,
    sorts: &'static [Sort],
    /// and of these: their English singulars, a space between two.
    nouns: &'static str,
}

/// What somebody may be.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Feeling {
    pub en: &'static str,
    /// Masculine, feminine, masculine plural, feminine plural, after “être”.
    pub fr: [&'static str; 4],
    pub good: bool,
}

/// What the weather was and is: whole clauses.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Weather {
    pub en: &'static str,
    pub fr: &'static str,
    pub en_now: &'static str,
    pub fr_now: &'static str,
}

impl Noun {
    pub const fn english(&self, plural: bool) -> &'static str {
        if plural { self.en_plural } else { self.en }
    }

    pub const fn french(&self, plural: bool) -> &'static str {
        if plural { self.fr_plural } else { self.fr }
    }
}

/// The one of masculine, feminine, masculine plural, feminine plural.
pub const fn agreeing(forms: &[&'static str; 4], gender: Gender, plural: bool) -> &'static str {
    forms[2 * plural as usize + gender as usize]
}

/// Whether it makes sense to say the one of the other.
pub fn fits(adjective: &Adjective, noun: &Noun) -> bool {
    adjective.sorts.contains(&noun.sort) || adjective.nouns.split(' ').any(|en| en == noun.en)
}

/// All nouns of a sort; those of [`Sort::Place`] are in [`PLACES`].
pub fn nouns(sort: Sort) -> &'static [Noun] {
    // The table is in the order of the sorts.
    let start = NOUNS.partition_point(|noun| noun.sort < sort);
    let end = NOUNS.partition_point(|noun| noun.sort <= sort);
    &NOUNS[start..end]
}

/// From zero to twenty, in English and French; one agrees in gender in French (“une”).
pub static NUMBERS: [[&str; 2]; 21] = [
    ["zero", "zéro"],
    ["one", "un"],
    ["two", "deux"],
    ["three", "trois"],
    ["four", "quatre"],
    ["five", "cinq"],
    ["six", "six"],
    ["seven", "sept"],
    ["eight", "huit"],
    ["nine", "neuf"],
    ["ten", "dix"],
    ["eleven", "onze"],
    ["twelve", "douze"],
    ["thirteen", "treize"],
    ["fourteen", "quatorze"],
    ["fifteen", "quinze"],
    ["sixteen", "seize"],
    ["seventeen", "dix-sept"],
    ["eighteen", "dix-huit"],
    ["nineteen", "dix-neuf"],
    ["twenty", "vingt"],
];

const fn she(name: &'static str) -> Person {
    Person { name, gender: Feminine }
}

const fn he(name: &'static str) -> Person {
    Person { name, gender: Masculine }
}

#[rustfmt::skip]
pub static PEOPLE: [Person; 80] = [
    she("Alice"), she("Amelia"), she("Anna"), she("Bianca"), she("Camilla"), she("Clara"), she("Diana"), she("Dora"), she("Edith"),
    she("Ella"), she("Elsa"), she("Emma"), she("Eva"), she("Flora"), she("Gina"), she("Greta"), she("Ida"), she("Irma"),
    she("Julia"), she("Laura"), she("Lena"), she("Lisa"), she("Lola"), she("Maria"), she("Mia"), she("Nadia"), she("Nina"),
    she("Nora"), she("Olga"), she("Olivia"), she("Paula"), she("Petra"), she("Rita"), she("Sara"), she("Sofia"), she("Stella"),
    she("Tina"), she("Ursula"), she("Vera"), she("Wanda"),
    he("Adam"), he("Albert"), he("Anton"), he("Arthur"), he("Axel"), he("Bernard"), he("Bruno"), he("Carl"), he("Conrad"),
    he("Daniel"), he("David"), he("Edgar"), he("Eric"), he("Felix"), he("Gabriel"), he("Gustav"), he("Igor"), he("Ivan"),
    he("Jack"), he("Jonas"), he("Kevin"), he("Leo"), he("Louis"), he("Lucas"), he("Martin"), he("Max"), he("Nathan"), he("Oliver"),
    he("Oscar"), he("Otto"), he("Patrick"), he("Paul"), he("Peter"), he("Robert"), he("Samuel"), he("Simon"), he("Thomas"),
    he("Victor"), he("Walter"), he("William"),
];

const fn good(en: &'static str, fr: [&'static str; 4]) -> Feeling {
    Feeling { en, fr, good: true }
}

const fn bad(en: &'static str, fr: [&'static str; 4]) -> Feeling {
    Feeling { en, fr, good: false }
}

pub static FEELINGS: &[Feeling] = &[
    good("happy", ["heureux", "heureuse", "heureux", "heureuses"]),
    good("glad", ["content", "contente", "contents", "contentes"]),
    good("proud", ["fier", "fière", "fiers", "fières"]),
    good("calm", ["calme", "calme", "calmes", "calmes"]),
    good("cheerful", ["joyeux", "joyeuse", "joyeux", "joyeuses"]),
    good("grateful", ["reconnaissant", "reconnaissante", "reconnaissants", "reconnaissantes"]),
    good("relieved", ["soulagé", "soulagée", "soulagés", "soulagées"]),
    good("delighted", ["ravi", "ravie", "ravis", "ravies"]),
    good("hopeful", ["plein d'espoir", "pleine d'espoir", "pleins d'espoir", "pleines d'espoir"]),
    bad("sad", ["triste", "triste", "tristes", "tristes"]),
    bad("angry", ["fâché", "fâchée", "fâchés", "fâchées"]),
    bad("tired", ["fatigué", "fatiguée", "fatigués", "fatiguées"]),
    bad("afraid", ["effrayé", "effrayée", "effrayés", "effrayées"]),
    bad("worried", ["inquiet", "inquiète", "inquiets", "inquiètes"]),
    bad("jealous", ["jaloux", "jalouse", "jaloux", "jalouses"]),
    bad("disappointed", ["déçu", "déçue", "déçus", "déçues"]),
    bad("nervous", ["nerveux", "nerveuse", "nerveux", "nerveuses"]),
    bad("furious", ["furieux", "furieuse", "furieux", "furieuses"]),
];

const fn weather(then: [&'static str; 2], now: [&'static str; 2]) -> Weather {
    Weather { en: then[0], fr: then[1], en_now: now[0], fr_now: now[1] }
}

pub static WEATHERS: &[Weather] = &[
    weather(["it was raining", "il pleuvait"], ["it is raining", "il pleut"]),
    weather(["it was snowing", "il neigeait"], ["it is snowing", "il neige"]),
    weather(["it was hailing", "il grêlait"], ["it is hailing", "il grêle"]),
    weather(["it was freezing", "il gelait"], ["it is freezing", "il gèle"]),
    weather(["it was cold", "il faisait froid"], ["it is cold", "il fait froid"]),
    weather(["it was warm", "il faisait chaud"], ["it is warm", "il fait chaud"]),
    weather(["it was windy", "il y avait du vent"], ["it is windy", "il y a du vent"]),
    weather(["it was foggy", "il y avait du brouillard"], ["it is foggy", "il y a du brouillard"]),
    weather(["it was stormy", "il y avait de l'orage"], ["it is stormy", "il y a de l'orage"]),
    weather(["the sun was shining", "le soleil brillait"], ["the sun is shining", "le soleil brille"]),
    weather(["the sky was cloudy", "le ciel était nuageux"], ["the sky is cloudy", "le ciel est nuageux"]),
    weather(["the sky was clear", "le ciel était clair"], ["the sky is clear", "le ciel est clair"]),
];
