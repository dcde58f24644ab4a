//! How words become phrases: articles, agreement, order, elision and contraction, in English and French.

use super::lexicon::{Adjective, Gender, NUMBERS, Noun, Place, agreeing};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    English,
    French,
}

/// What comes before a noun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Determiner {
    /// a kite, some kites: un cerf-volant, des cerfs-volants
    A,
    /// the kite: le cerf-volant
    The,
    /// his kite, her kite: both are son cerf-volant
    Of(Gender),
    /// my kite: mon cerf-volant
    My,
    /// your kite: ton cerf-volant
    Your,
    /// their kite: leur cerf-volant
    Their,
    /// three kites: trois cerfs-volants. It decides by itself between singular and plural; zero is singular in French.
    Number(u32),
    /// kite: cerf-volant
    None,
}

/// A noun with what belongs to it: a red kite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NounPhrase {
    pub determiner: Determiner,
    pub adjective: Option<&'static Adjective>,
    pub noun: &'static Noun,
    pub plural: bool,
}

impl NounPhrase {
    pub fn in_language(&self, language: Language) -> String {
        match language {
            Language::English => self.in_english(),
            Language::French => self.in_french(),
        }
    }

    fn in_english(&self) -> String {
        let plural = match self.determiner {
            Determiner::Number(number) => number != 1,
            _ => self.plural,
        };
        let noun = self.noun.english(plural);
        let words = match self.adjective {
            Some(adjective) => format!("{} {noun}", adjective.en),
            None => noun.to_owned(),
        };
        let determiner = match self.determiner {
            Determiner::A if plural => "some",
            Determiner::A if takes_an(&words) => "an",
            Determiner::A => "a",
            Determiner::The => "the",
            Determiner::Of(Gender::Masculine) => "his",
            Determiner::Of(Gender::Feminine) => "her",
            Determiner::My => "my",
            Determiner::Your => "your",
            Determiner::Their => "their",
            Determiner::Number(number) => return format!("{} {words}", in_words(number, Language::English)),
            Determiner::None => return words,
        };
        format!("{determiner} {words}")
    }

    fn in_french(&self) -> String {
        let plural = match self.determiner {
            Determiner::Number(number) => number > 1,
            _ => self.plural,
        };
        let gender = self.noun.gender;
        let noun = self.noun.french(plural);
        let words = match self.adjective {
            Some(adjective) => {
                let form = agreeing(&adjective.fr, gender, plural);
                match adjective.before {
                    true if elides(noun) && !plural && gender == Gender::Masculine => format!("{} {noun}", before_vowel(form)),
                    true => format!("{form} {noun}"),
                    false => format!("{noun} {form}"),
                }
            }
            None => noun.to_owned(),
        };
        // “mon, ton, son” stand before feminine nouns too where “ma, ta, sa” would meet a vowel.
        let feminine = gender == Gender::Feminine && !elides(&words);
        let determiner = match self.determiner {
            // “des petites pommes” is said, “de petites pommes” is written.
            Determiner::A if plural && self.adjective.is_some_and(|adjective| adjective.before) => return de(&words),
            Determiner::A if plural => "des",
            Determiner::A => one(gender),
            Determiner::The if plural => "les",
            Determiner::The => return elide(if gender == Gender::Feminine { "la" } else { "le" }, &words),
            Determiner::Of(_) => possessive(["son", "sa", "ses"], feminine, plural),
            Determiner::My => possessive(["mon", "ma", "mes"], feminine, plural),
            Determiner::Your => possessive(["ton", "ta", "tes"], feminine, plural),
            Determiner::Their => possessive(["leur", "leur", "leurs"], feminine, plural),
            Determiner::Number(1) => one(gender),
            Determiner::Number(number) => return format!("{} {words}", in_words(number, Language::French)),
            Determiner::None => return words,
        };
        format!("{determiner} {words}")
    }
}

fn possessive(forms: [&'static str; 3], feminine: bool, plural: bool) -> &'static str {
    match (feminine, plural) {
        (_, true) => forms[2],
        (true, false) => forms[1],
        (false, false) => forms[0],
    }
}

const fn one(gender: Gender) -> &'static str {
    match gender {
        Gender::Masculine => "un",
        Gender::Feminine => "une",
    }
}

/// A masculine adjective before a vowel: un vieil arbre.
fn before_vowel(adjective: &'static str) -> &'static str {
    match adjective {
        "beau" => "bel",
        "nouveau" => "nouvel",
        "vieux" => "vieil",
        other => other,
    }
}

/// A number in words as far as there are any in [`NUMBERS`], and in digits beyond.
pub fn in_words(number: u32, language: Language) -> String {
    match NUMBERS.get(number as usize) {
        Some(words) => words[language as usize].to_owned(),
        None => number.to_string(),
    }
}

/// he, she: il, elle
pub const fn pronoun(gender: Gender, language: Language) -> &'static str {
    match (language, gender) {
        (Language::English, Gender::Masculine) => "he",
        (Language::English, Gender::Feminine) => "she",
        (Language::French, Gender::Masculine) => "il",
        (Language::French, Gender::Feminine) => "elle",
    }
}

/// him, her, as in “saw him”: le, la, which stand before the verb and [`elide`].
pub const fn object_pronoun(gender: Gender, language: Language) -> &'static str {
    match (language, gender) {
        (Language::English, Gender::Masculine) => "him",
        (Language::English, Gender::Feminine) => "her",
        (Language::French, Gender::Masculine) => "le",
        (Language::French, Gender::Feminine) => "la",
    }
}

/// him, her, as in “with him”: lui, elle. (“To him” before a French verb is “lui” for both.)
pub const fn stressed_pronoun(gender: Gender, language: Language) -> &'static str {
    match (language, gender) {
        (Language::English, Gender::Masculine) => "him",
        (Language::English, Gender::Feminine) => "her",
        (Language::French, Gender::Masculine) => "lui",
        (Language::French, Gender::Feminine) => "elle",
    }
}

/// in the garden: dans le jardin
pub fn at(place: &Place, language: Language) -> String {
    preposition(place.at[language as usize], &the(place, language))
}

/// to the garden: au jardin
pub fn to(place: &Place, language: Language) -> String {
    preposition(place.to[language as usize], &the(place, language))
}

/// from the garden: du jardin
pub fn from(place: &Place, language: Language) -> String {
    preposition(["from", "de"][language as usize], &the(place, language))
}

/// the garden: le jardin
fn the(place: &Place, language: Language) -> String {
    let (noun, words) = (&place.noun, [place.noun.en, place.noun.fr]);
    match (language, noun.gender) {
        (Language::English, _) => format!("the {}", words[0]),
        (Language::French, Gender::Masculine) => elide("le", words[1]),
        (Language::French, Gender::Feminine) => elide("la", words[1]),
    }
}

/// A preposition and what follows it, which the French à and de, and those that end in them, melt with: près du lac, au marché.
pub fn preposition(preposition: &str, rest: &str) -> String {
    let (before, last) = match preposition.rsplit_once(' ') {
        Some((before, last)) => (format!("{before} "), last),
        None => (String::new(), preposition),
    };
    let (article, words) = rest.split_once(' ').unwrap_or((rest, ""));
    let melted = match (last, article) {
        ("à", "le") => "au",
        ("à", "les") => "aux",
        ("jusqu'à", "le") => "jusqu'au",
        ("jusqu'à", "les") => "jusqu'aux",
        ("de", "le") => "du",
        ("de", "les") => "des",
        // “some” is not said after “of”: beaucoup de pommes.
        ("de", "des") => return format!("{before}{}", elide("de", words)),
        _ => return format!("{before}{}", elide(last, rest)),
    };
    format!("{before}{melted} {words}")
}

/// of or from: du livre, de l'école, d'Anna, de pommes
pub fn de(rest: &str) -> String {
    preposition("de", rest)
}

/// to or at: au livre, à l'école, à Anna
pub fn a(rest: &str) -> String {
    preposition("à", rest)
}

/// that: qu'il, que Tom
pub fn que(rest: &str) -> String {
    elide("que", rest)
}

/// A French word and what follows, joined by an apostrophe where the word loses its vowel: l'école, j'ai, n'est, s'il.
pub fn elide(word: &str, rest: &str) -> String {
    let short = match word {
        "le" | "la" => "l'",
        "de" => "d'",
        "que" => "qu'",
        "je" => "j'",
        "me" => "m'",
        "te" => "t'",
        "se" => "s'",
        "ne" => "n'",
        "lorsque" => "lorsqu'",
        "puisque" => "puisqu'",
        "jusque" => "jusqu'",
        "parce que" => "parce qu'",
        "si" if ["il", "ils"].contains(&first_word(rest)) => "s'",
        _ => return format!("{word} {rest}"),
    };
    if elides(rest) { format!("{short}{rest}") } else { format!("{word} {rest}") }
}

/// French words with an h that nothing elides before, though it is silent, and others that are spoken like them.
const ASPIRATED: [&str; 20] = [
    "hache",
    "haches",
    "haie",
    "haies",
    "hamac",
    "hamacs",
    "hamster",
    "hamsters",
    "haricot",
    "haricots",
    "harpe",
    "harpes",
    "hérisson",
    "hérissons",
    "héron",
    "hérons",
    "hibou",
    "hiboux",
    "huit",
    "onze",
];

/// Whether a French phrase begins with a vowel or a mute h, so that le, de, que and others elide before it.
pub fn elides(phrase: &str) -> bool {
    let word = first_word(phrase);
    let first = word.chars().flat_map(char::to_lowercase).next();
    // Initial y is a consonant: le yaourt. The pronoun is none: j'y vais.
    first.is_some_and(|first| "aàâeéèêiîoôuhœ".contains(first)) && !ASPIRATED.contains(&word) || word == "y"
}

/// Whether English says an, not a.
fn takes_an(phrase: &str) -> bool {
    // Spoken with a “y”.
    let consonant = first_word(phrase).starts_with("uni");
    !consonant && phrase.starts_with(['a', 'e', 'i', 'o', 'u'])
}

/// Without what is joined to it by a hyphen or an apostrophe.
fn first_word(phrase: &str) -> &str {
    phrase.split(|character: char| !character.is_alphanumeric()).next().unwrap_or_default()
}

/// A capital first letter, and a full stop unless it ends already, maybe within quotation marks.
pub fn sentence(words: &str) -> String {
    let mut sentence = String::with_capacity(words.len() + 1);
    let start = words.find(char::is_alphanumeric).unwrap_or(words.len());
    let (marks, rest) = words.split_at(start);
    sentence.push_str(marks);
    let mut letters = rest.chars();
    sentence.extend(letters.next().into_iter().flat_map(char::to_uppercase));
    sentence.push_str(letters.as_str());
    if !words.trim_end_matches(['"', '”', '»', ' ']).ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}
