//! The words of Pocket World in English and French.
//!
//! An English word has one French word and the other way round, so that a translation is right or wrong; and no form belongs to two
//! words, so that texts can be read back into facts. All nouns can be counted, and in English each is one word.

mod adjectives;
mod nouns;

use std::collections::HashMap;
use std::sync::LazyLock;

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
fn fits(adjective: &Adjective, noun: &Noun) -> bool {
    adjective.sorts.contains(&noun.sort) || adjective.nouns.split(' ').any(|en| en == noun.en)
}

/// All that can be said of a noun, in the order of [`ADJECTIVES`].
pub fn adjectives_of(noun: &Noun) -> &'static [&'static Adjective] {
    // Texts ask for it at almost every noun, and each answer goes through all adjectives.
    static FITTING: LazyLock<HashMap<&'static str, Vec<&'static Adjective>>> = LazyLock::new(|| {
        let nouns = NOUNS.iter().chain(PLACES.iter().map(|place| &place.noun));
        nouns.map(|noun| (noun.en, ADJECTIVES.iter().filter(|adjective| fits(adjective, noun)).collect())).collect()
    });
    FITTING.get(noun.en).map_or(&[], Vec::as_slice)
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
pub static PEOPLE: [Person; 100] = [
    she("Alice"), she("Amelia"), she("Anna"), she("Bianca"), she("Camilla"), she("Clara"), she("Diana"), she("Dora"), she("Edith"),
    she("Ella"), she("Elsa"), she("Emma"), she("Eva"), she("Flora"), she("Gina"), she("Greta"), she("Ida"), she("Irma"),
    she("Julia"), she("Laura"), she("Lena"), she("Lisa"), she("Lola"), she("Maria"), she("Mia"), she("Nadia"), she("Nina"),
    she("Nora"), she("Olga"), she("Olivia"), she("Paula"), she("Petra"), she("Rita"), she("Sara"), she("Sofia"), she("Stella"),
    she("Tina"), she("Ursula"), she("Vera"), she("Wanda"), she("Agnes"), she("Astrid"), she("Carla"), she("Celia"), she("Elena"),
    she("Fiona"), she("Ingrid"), she("Linda"), she("Monica"), she("Sonia"),
    he("Adam"), he("Albert"), he("Anton"), he("Arthur"), he("Axel"), he("Bernard"), he("Bruno"), he("Carl"), he("Conrad"),
    he("Daniel"), he("David"), he("Edgar"), he("Eric"), he("Felix"), he("Gabriel"), he("Gustav"), he("Igor"), he("Ivan"),
    he("Jack"), he("Jonas"), he("Kevin"), he("Leo"), he("Louis"), he("Lucas"), he("Martin"), he("Max"), he("Nathan"), he("Oliver"),
    he("Oscar"), he("Otto"), he("Patrick"), he("Paul"), he("Peter"), he("Robert"), he("Samuel"), he("Simon"), he("Thomas"),
    he("Victor"), he("Walter"), he("William"), he("Alan"), he("Anthony"), he("Boris"), he("Denis"), he("Frank"), he("Ludwig"), he("Jacob"), he("Kurt"), he("Marcus"), he("Tobias"),
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn all_nouns() -> impl Iterator<Item = &'static Noun> {
        NOUNS.iter().chain(PLACES.iter().map(|place| &place.noun))
    }

    /// The forms of every noun, adjective and feeling in English, and in French.
    fn entries() -> Vec<(Vec<&'static str>, Vec<&'static str>)> {
        let nouns = all_nouns().map(|noun| (vec![noun.en, noun.en_plural], vec![noun.fr, noun.fr_plural]));
        let adjectives = ADJECTIVES.iter().map(|adjective| (vec![adjective.en], adjective.fr.to_vec()));
        let feelings = FEELINGS.iter().map(|feeling| (vec![feeling.en], feeling.fr.to_vec()));
        nouns.chain(adjectives).chain(feelings).collect()
    }

    /// Otherwise translation would not be one to one, and a text could be read in two ways.
    #[test]
    fn no_form_belongs_to_two_words() {
        let (mut english, mut french) = (HashMap::new(), HashMap::new());
        for (in_english, in_french) in entries() {
            for (forms, seen) in [(&in_english, &mut english), (&in_french, &mut french)] {
                for &form in forms {
                    let first = *seen.entry(form).or_insert(forms[0]);
                    assert_eq!(first, forms[0], "“{form}” is a form of both");
                }
            }
        }
        let numbers: HashSet<&str> = NUMBERS.iter().flatten().copied().collect();
        for number in &numbers {
            assert!(!english.contains_key(number) && !french.contains_key(number), "{number}");
        }
    }

    #[test]
    fn every_form_is_written_as_its_language_writes() {
        for (in_english, in_french) in entries() {
            assert!(in_english.iter().all(|form| form.bytes().all(|byte| byte.is_ascii_lowercase())), "{in_english:?}");
            let french = |letter: char| letter.is_ascii_lowercase() || "àâçéèêëîïôûœ -'".contains(letter);
            assert!(in_french.iter().all(|form| !form.is_empty() && form.chars().all(french)), "{in_french:?}");
        }
    }

    /// The plurals by the school rules, written down apart from the table, with all exceptions that occur.
    #[test]
    fn plurals_follow_their_rules() {
        let irregular = [
            "knives",
            "loaves",
            "scarves",
            "calves",
            "wolves",
            "mice",
            "geese",
            "tomatoes",
            "potatoes",
            "mangoes",
            "leaves",
            "mosquitoes",
        ];
        for noun in all_nouns() {
            let en = noun.en;
            let rule = match en.strip_suffix('y') {
                Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
                _ if ["s", "x", "ch", "sh"].iter().any(|end| en.ends_with(end)) => format!("{en}es"),
                _ => format!("{en}s"),
            };
            assert!(noun.en_plural == rule || irregular.contains(&noun.en_plural), "{noun:?}");
            assert_ne!(en, noun.en_plural);

            let plural_of = |word: &str| match word {
                "bijou" | "caillou" | "chou" | "hibou" => format!("{word}x"),
                _ if word.ends_with(['s', 'x']) => word.to_owned(),
                _ if word.ends_with("au") => format!("{word}x"),
                _ if word.ends_with("al") => format!("{}aux", &word[..word.len() - 2]),
                _ => format!("{word}s"),
            };
            // Only the noun before “de” or “à” takes the plural, and both halves of cerf-volant, chou-fleur, chauve-souris, rouge-gorge.
            let first = noun.fr.split(' ').next().unwrap();
            let rule = first.split('-').map(plural_of).collect::<Vec<_>>().join("-") + &noun.fr[first.len()..];
            assert_eq!(noun.fr_plural, rule);
        }
    }

    /// Agreement, as far as it goes by rules.
    #[test]
    fn adjectives_agree() {
        for forms in ADJECTIVES.iter().map(|adjective| &adjective.fr).chain(FEELINGS.iter().map(|feeling| &feeling.fr)) {
            // Of “plein d'espoir” the first word agrees; “en bois” does not agree.
            if forms[0].starts_with("en ") {
                assert!(forms.iter().all(|form| *form == forms[0]));
                continue;
            }
            let [m, f, ms, fs] = forms.map(|form| form.split(' ').next().unwrap());
            assert!(f.ends_with('e') && fs == format!("{f}s"), "{forms:?}");
            let plural = if m.ends_with(['s', 'x']) {
                m.to_owned()
            } else if m.ends_with("eau") {
                format!("{m}x")
            } else {
                format!("{m}s")
            };
            assert_eq!(ms, plural);
            let rules = [("", ""), ("", "e"), ("x", "se"), ("er", "ère"), ("c", "che"), ("et", "ète"), ("s", "sse"), ("n", "nne")];
            let regular =
                rules.iter().any(|(end, feminine)| m.strip_suffix(end).is_some_and(|stem| format!("{stem}{feminine}") == f));
            let known = ["longue", "vieille", "nouvelle", "belle", "violette", "douce", "gentille", "fraîche", "joueuse", "sèche"];
            assert!(regular || known.contains(&f), "{forms:?}");
        }
    }

    #[test]
    fn adjectives_name_nouns_that_are_there() {
        for adjective in ADJECTIVES {
            for en in adjective.nouns.split_whitespace() {
                let noun = all_nouns().find(|noun| noun.en == en);
                let noun = noun.unwrap_or_else(|| panic!("{} is said of {en}, which is no noun", adjective.en));
                assert!(!adjective.sorts.contains(&noun.sort), "{} is said of {en} twice", adjective.en);
            }
            assert_eq!(adjective.nouns, adjective.nouns.split_whitespace().collect::<Vec<_>>().join(" "));
            assert!(all_nouns().filter(|noun| fits(adjective, noun)).count() >= 8, "{} is said of few", adjective.en);
        }
        for noun in NOUNS {
            assert!(ADJECTIVES.iter().any(|adjective| fits(adjective, noun)), "nothing is said of {}", noun.en);
        }
    }

    #[test]
    fn nouns_are_found_by_sort() {
        assert!(NOUNS.is_sorted_by_key(|noun| noun.sort));
        assert!(PLACES.iter().all(|place| place.noun.sort == Sort::Place));
        assert_eq!(nouns(Sort::Thing)[0].en, "key");
        assert!(nouns(Sort::Pet).iter().any(|noun| noun.en == "cat"));
        assert!(nouns(Sort::Place).is_empty());
    }

    #[test]
    fn names_are_names_only() {
        let words: HashSet<String> =
            entries().iter().flat_map(|(en, fr)| en.iter().chain(fr)).map(|form| (*form).to_owned()).collect();
        let names: HashSet<&str> = PEOPLE.iter().map(|person| person.name).collect();
        assert_eq!(names.len(), PEOPLE.len());
        assert_eq!(PEOPLE.iter().filter(|person| person.gender == Feminine).count(), PEOPLE.len() / 2);
        for name in names {
            assert!(name.starts_with(|letter: char| letter.is_ascii_uppercase()) && name.is_ascii());
            // Whether h and y elide in names is a matter of taste.
            assert!(!name.starts_with(['H', 'Y']), "{name}");
            assert!(!words.contains(&name.to_lowercase()), "{name} is a word");
        }
    }

    #[test]
    fn places_have_their_prepositions() {
        for place in PLACES {
            assert!(["in", "at", "on", "by"].contains(&place.at[0]) && place.to[0] == "to", "{place:?}");
            assert!(
                ["dans", "à", "sur", "près de"].contains(&place.at[1]) && ["dans", "à", "sur", "jusqu'à"].contains(&place.to[1]),
                "{place:?}"
            );
        }
    }
}
