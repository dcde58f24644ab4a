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
    /// three kites: trois cerfs-volants. It decides by itself between singular and plural; zero is singular in French.
    Number(u32),
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
            Determiner::Number(number) => return format!("{} {words}", in_words(number, Language::English)),
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
        // “son” stands before feminine nouns too where “sa” would meet a vowel.
        let feminine = gender == Gender::Feminine && !elides(&words);
        let determiner = match self.determiner {
            // “des petites pommes” is said, “de petites pommes” is written.
            Determiner::A if plural && self.adjective.is_some_and(|adjective| adjective.before) => return de(&words),
            Determiner::A if plural => "des",
            Determiner::A => one(gender),
            Determiner::The if plural => "les",
            Determiner::The => return elide(the(gender), &words),
            Determiner::Of(_) => possessive(["son", "sa", "ses"], feminine, plural),
            Determiner::Number(1) => one(gender),
            Determiner::Number(number) => return format!("{} {words}", in_words(number, Language::French)),
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

const fn the(gender: Gender) -> &'static str {
    match gender {
        Gender::Masculine => "le",
        Gender::Feminine => "la",
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

/// in the garden: dans le jardin
pub fn at(place: &Place, language: Language) -> String {
    preposition(place.at[language as usize], &definite(place, language))
}

/// to the garden: au jardin
pub fn to(place: &Place, language: Language) -> String {
    preposition(place.to[language as usize], &definite(place, language))
}

/// the garden: le jardin
fn definite(place: &Place, language: Language) -> String {
    match language {
        Language::English => format!("the {}", place.noun.en),
        Language::French => elide(the(place.noun.gender), place.noun.fr),
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
    // The first ones are spoken with a “y”, the last without its h.
    let consonant = ["uni", "use", "ewe"].iter().any(|start| phrase.starts_with(start));
    let mute = phrase.starts_with("hour");
    mute || !consonant && phrase.starts_with(['a', 'e', 'i', 'o', 'u'])
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

#[cfg(test)]
mod tests {
    // The table reads better with both.
    use Determiner::A as An;
    use Determiner::{A, Number, Of, The};
    use Gender::{Feminine, Masculine};
    use Language::{English, French};

    use super::super::lexicon::{ADJECTIVES, FEELINGS, NOUNS, PEOPLE, PLACES, adjectives_of};
    use super::*;

    /// A noun phrase by its English words, an adjective and a singular.
    fn phrase(determiner: Determiner, words: &str, plural: bool) -> NounPhrase {
        let (adjective, noun) = words.split_once(' ').map_or((None, words), |(adjective, noun)| (Some(adjective), noun));
        let adjective = adjective.map(|en| ADJECTIVES.iter().find(|adjective| adjective.en == en).unwrap());
        let noun = NOUNS.iter().chain(PLACES.iter().map(|place| &place.noun)).find(|other| other.en == noun).unwrap();
        NounPhrase { determiner, adjective, noun, plural }
    }

    #[test]
    fn noun_phrases() {
        let (one, many) = (false, true);
        #[rustfmt::skip]
        let expected = [
            (A, "kite", one, "a kite", "un cerf-volant"),
            (A, "red kite", one, "a red kite", "un cerf-volant rouge"),
            (A, "white shirt", many, "some white shirts", "des chemises blanches"),
            (The, "old book", one, "the old book", "le vieux livre"),
            (The, "old clock", one, "the old clock", "la vieille horloge"),
            (An, "old fan", one, "an old fan", "un vieil éventail"),
            (The, "old fan", many, "the old fans", "les vieux éventails"),
            (A, "new album", one, "a new album", "un nouvel album"),
            (A, "new album", many, "some new albums", "de nouveaux albums"),
            (Of(Feminine), "beautiful bird", one, "her beautiful bird", "son bel oiseau"),
            (Of(Masculine), "beautiful bird", many, "his beautiful birds", "ses beaux oiseaux"),
            (The, "old hedgehog", one, "the old hedgehog", "le vieux hérisson"),
            (The, "hedgehog", one, "the hedgehog", "le hérisson"),
            (The, "swallow", one, "the swallow", "l'hirondelle"),
            (The, "hospital", one, "the hospital", "l'hôpital"),
            (The, "hospital", many, "the hospitals", "les hôpitaux"),
            (The, "owl", one, "the owl", "le hibou"),
            (An, "owl", many, "some owls", "des hiboux"),
            (The, "axe", one, "the axe", "la hache"),
            (Of(Feminine), "axe", one, "her axe", "sa hache"),
            (The, "yogurt", one, "the yogurt", "le yaourt"),
            (The, "egg", one, "the egg", "l'œuf"),
            (An, "uniform", one, "a uniform", "un uniforme"),
            (An, "hourglass", one, "an hourglass", "un sablier"),
            (An, "umbrella", one, "an umbrella", "un parapluie"),
            (Of(Feminine), "apple", one, "her apple", "sa pomme"),
            (Of(Masculine), "plate", one, "his plate", "son assiette"),
            (Of(Masculine), "small plate", one, "his small plate", "sa petite assiette"),
            (Of(Masculine), "white plate", one, "his white plate", "son assiette blanche"),
            (The, "huge cave", one, "the huge cave", "l'énorme grotte"),
            (Of(Feminine), "huge potato", one, "her huge potato", "son énorme pomme de terre"),
            (A, "huge egg", many, "some huge eggs", "d'énormes œufs"),
            (A, "small shell", many, "some small shells", "de petits coquillages"),
            (A, "cauliflower", many, "some cauliflowers", "des choux-fleurs"),
            (A, "horseshoe", many, "some horseshoes", "des fers à cheval"),
            (Number(0), "apple", one, "zero apples", "zéro pomme"),
            (Number(1), "apple", many, "one apple", "une pomme"),
            (Number(1), "key", one, "one key", "une clé"),
            (Number(1), "old horse", one, "one old horse", "un vieux cheval"),
            (Number(2), "old owl", one, "two old owls", "deux vieux hiboux"),
            (Number(3), "apple", one, "three apples", "trois pommes"),
            (Number(8), "walnut", one, "eight walnuts", "huit noix"),
            (Number(11), "mouse", one, "eleven mice", "onze souris"),
            (Number(21), "jewel", many, "21 jewels", "21 bijoux"),
            (The, "long scarf", many, "the long scarves", "les longues écharpes"),
            (The, "soft brush", many, "the soft brushes", "les brosses douces"),
            (A, "wooden spoon", many, "some wooden spoons", "des cuillères en bois"),
            (A, "good cake", many, "some good cakes", "de bons gâteaux"),
            (A, "fresh fig", many, "some fresh figs", "des figues fraîches"),
            (A, "playful otter", one, "a playful otter", "une loutre joueuse"),
            (A, "fat bee", one, "a fat bee", "une grosse abeille"),
            (The, "dry branch", one, "the dry branch", "la branche sèche"),
            (A, "ugly hat", one, "an ugly hat", "un chapeau laid"),
            (The, "new inn", one, "the new inn", "la nouvelle auberge"),
        ];
        for (determiner, words, plural, english, french) in expected {
            let phrase = phrase(determiner, words, plural);
            assert_eq!((phrase.in_language(English).as_str(), phrase.in_language(French).as_str()), (english, french));
        }
    }
    /// What must never stand in any phrase, whatever words it is made of, and the article that a noun's gender asks for.
    #[test]
    fn every_phrase_keeps_the_rules() {
        for noun in NOUNS.iter().chain(PLACES.iter().map(|place| &place.noun)) {
            let adjectives = adjectives_of(noun).iter().copied().map(Some);
            for adjective in adjectives.chain([None]) {
                for determiner in [A, The, Of(Feminine), Of(Masculine), Number(0), Number(1), Number(2)] {
                    for plural in [false, true] {
                        let phrase = NounPhrase { determiner, adjective, noun, plural };
                        keeps_the_rules_of_english(&phrase.in_language(English));
                        keeps_the_rules_of_french(&phrase, &phrase.in_language(French));
                    }
                }
            }
        }
    }

    fn keeps_the_rules_of_english(text: &str) {
        let (determiner, rest) = text.split_once(' ').unwrap();
        let like_you = ["uniform", "useful", "ewe"].iter().any(|word| rest.starts_with(word));
        let vowel = rest.starts_with(['a', 'e', 'i', 'o', 'u']) && !like_you || rest == "hourglass";
        assert!(determiner != "a" || !vowel, "{text}");
        assert!(determiner != "an" || vowel, "{text}");
        let singular = ["a", "an", "one"].contains(&determiner);
        assert!(
            !singular
                || !text.ends_with('s')
                || ["glass", "compass", "hourglass", "circus", "dress", "atlas", "iris"].iter().any(|end| text.ends_with(end))
        );
    }

    fn keeps_the_rules_of_french(phrase: &NounPhrase, text: &str) {
        let (determiner, rest) = text.split_once(['\'', ' ']).unwrap();
        let feminine = phrase.noun.gender == Feminine;
        let vowel = sounds_as_vowel(rest);
        match determiner {
            "un" | "le" => assert!(!feminine && (determiner == "un" || !vowel), "{text}"),
            "une" | "la" => assert!(feminine && (determiner == "une" || !vowel), "{text}"),
            "sa" => assert!(feminine && !vowel, "{text}"),
            "son" => assert!(!feminine || vowel, "{text}"),
            "l" | "d" => assert!(vowel, "{text}"),
            "de" => assert!(!vowel, "{text}"),
            _ => assert!(["des", "les", "ses", "zéro", "deux"].contains(&determiner), "{text}"),
        }
        assert_eq!(text.contains('\''), ["l", "d"].contains(&determiner), "{text}");
        let plural = ["des", "de", "d", "les", "ses", "deux"].contains(&determiner);
        assert!(!plural || rest.split(' ').next().unwrap().ends_with(['s', 'x']), "{text}");
        for adjective in ["beau ", "nouveau ", "vieux "] {
            let follower = rest.strip_prefix(adjective);
            assert!(plural || !follower.is_some_and(sounds_as_vowel), "{text}");
        }
    }

    /// By spelling, with all the aspirated ones taken out.
    fn sounds_as_vowel(words: &str) -> bool {
        let aspirated = ["hac", "hai", "ham", "har", "hér", "hib"];
        words.starts_with(|first| "aàâeéèêiîoôuhœ".contains(first)) && !aspirated.iter().any(|start| words.starts_with(start))
    }

    #[test]
    fn places() {
        #[rustfmt::skip]
        let expected = [
            ("garden", "in the garden", "dans le jardin", "to the garden", "au jardin"),
            ("market", "at the market", "au marché", "to the market", "au marché"),
            ("school", "at the school", "à l'école", "to the school", "à l'école"),
            ("river", "by the river", "près de la rivière", "to the river", "à la rivière"),
            ("lake", "by the lake", "près du lac", "to the lake", "au lac"),
            ("pond", "by the pond", "près de l'étang", "to the pond", "à l'étang"),
            ("hedge", "by the hedge", "près de la haie", "to the hedge", "jusqu'à la haie"),
            ("gate", "by the gate", "près du portail", "to the gate", "jusqu'au portail"),
            ("forest", "in the forest", "dans la forêt", "to the forest", "dans la forêt"),
            ("hill", "on the hill", "sur la colline", "to the hill", "sur la colline"),
            ("hospital", "in the hospital", "à l'hôpital", "to the hospital", "à l'hôpital"),
            ("island", "on the island", "sur l'île", "to the island", "sur l'île"),
        ];
        for (en, at_en, at_fr, to_en, to_fr) in expected {
            let place = PLACES.iter().find(|place| place.noun.en == en).unwrap();
            assert_eq!([English, French].map(|language| at(place, language)), [at_en, at_fr]);
            assert_eq!([English, French].map(|language| to(place, language)), [to_en, to_fr]);
        }
        for place in PLACES {
            for words in [at(place, French), to(place, French)] {
                for wrong in ["à le ", "à les ", "de le ", "de les ", "de de", "le a", "la a", "le é", "la é", "la î", "le h"]
                {
                    assert!(!words.contains(wrong), "{words}");
                }
            }
        }
    }

    #[test]
    fn french_words_melt_and_elide() {
        #[rustfmt::skip]
        let expected = [
            (de("le livre"), "du livre"), (de("les pommes"), "des pommes"), (de("l'école"), "de l'école"), (de("la clé"), "de la clé"),
            (de("Anna"), "d'Anna"), (de("Tom"), "de Tom"), (de("un ami"), "d'un ami"), (de("des pommes"), "de pommes"),
            (de("des œufs"), "d'œufs"), (de("haricots"), "de haricots"), (de("onze souris"), "de onze souris"), (de("huit"), "de huit"),
            (elide("je", "ai"), "j'ai"), (elide("ne", "est pas"), "n'est pas"), (elide("se", "habille"), "s'habille"),
            (elide("le", "a vu"), "l'a vu"), (elide("la", "voit"), "la voit"), (elide("si", "il pleut"), "s'il pleut"),
            (elide("si", "elle dort"), "si elle dort"), (elide("parce que", "il"), "parce qu'il"), (elide("me", "y"), "m'y"),
            (preposition("près de", "le lac"), "près du lac"), (preposition("jusqu'à", "le pont"), "jusqu'au pont"),
            (preposition("dans", "le vieux moulin"), "dans le vieux moulin"), (preposition("in", "the mill"), "in the mill"),
        ];
        for (made, expected) in expected {
            assert_eq!(made, expected);
        }
    }

    /// So that no word with an h is forgotten in the list of those that do not elide.
    #[test]
    fn every_h_is_known() {
        let mute = ["herbe", "heureuse", "heureux", "hirondelle", "horloge", "hôpital"];
        let nouns = NOUNS.iter().chain(PLACES.iter().map(|place| &place.noun)).map(|noun| noun.fr);
        let others = ADJECTIVES.iter().flat_map(|adjective| adjective.fr).chain(FEELINGS.iter().flat_map(|feeling| feeling.fr));
        for word in nouns.chain(others).filter(|word| word.starts_with('h')) {
            assert_ne!(elides(word), ASPIRATED.contains(&word));
            assert_eq!(elides(word), mute.contains(&word.trim_end_matches('s')), "{word}");
        }
        for name in PEOPLE.iter().map(|person| person.name) {
            assert_eq!(elides(name), name.starts_with(['A', 'E', 'I', 'O', 'U']), "{name}");
        }
    }

    #[test]
    fn pronouns() {
        assert_eq!(
            [Masculine, Feminine].map(|gender| [English, French].map(|to| pronoun(gender, to))),
            [["he", "il"], ["she", "elle"]]
        );
        assert_eq!(
            [Masculine, Feminine].map(|gender| [English, French].map(|to| object_pronoun(gender, to))),
            [["him", "le"], ["her", "la"]]
        );
    }

    #[test]
    fn sentences() {
        let expected = [
            ("anna slept", "Anna slept."),
            ("école et église", "École et église."),
            ("à qui est-ce ?", "À qui est-ce ?"),
            ("where is it?", "Where is it?"),
            ("look!", "Look!"),
            ("\"i see,\" said Tom", "\"I see,\" said Tom."),
            ("Tom said: \"no.\"", "Tom said: \"no.\""),
            ("« je vois ! »", "« Je vois ! »"),
            ("œuf", "Œuf."),
        ];
        for (words, expected) in expected {
            assert_eq!(sentence(words), expected);
        }
    }
}
