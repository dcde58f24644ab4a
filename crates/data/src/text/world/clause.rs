//! What can be told of the village, clause by clause: each verb with its sentences in English and in French, side by side.
//!
//! The same rows serve to tell a clause in both languages and to read it back from English (see [`super::reader`]).

use super::lexicon::{Feeling, Gender, Noun, Person, Place, Weather, agreeing};
use super::phrase::{self, Determiner, Language, NounPhrase};

/// Who or what a clause is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entity {
    Person(&'static Person),
    Animal(&'static Noun),
    Thing(&'static Noun),
}

impl Entity {
    /// Of an animal or a thing.
    pub fn noun(self) -> Option<&'static Noun> {
        match self {
            Entity::Person(_) => None,
            Entity::Animal(noun) | Entity::Thing(noun) => Some(noun),
        }
    }
}

/// Where something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spot {
    At(&'static Place),
    /// Inside of something that holds things.
    In(&'static Noun),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    Be,
    Have,
    Go,
    Run,
    Return,
    Carry,
    Take,
    Leave,
    Put,
    Give,
    Bring,
    Show,
    Buy,
    Find,
    Lose,
    Seek,
    See,
    Meet,
    Visit,
    Call,
    Help,
    Thank,
    Follow,
    Gather,
    Eat,
    Feed,
    Break,
    Mend,
    Wash,
    Paint,
    Open,
    Want,
    Like,
    Feel,
    Hunger,
    Sleep,
    Wait,
    Stay,
    Play,
    Work,
    Rest,
    Sing,
    Dance,
    Laugh,
    Cry,
    Win,
    Weather,
    Begin,
}

/// How a clause is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// In the past, as stories are told.
    Told,
    /// The same, denied.
    Denied,
    /// In the present.
    Now,
    /// The same, denied.
    NotNow,
    /// As a question, in the present.
    Asked,
    /// What will be or must be.
    ToCome,
}

/// A way to say something, in both languages.
///
/// Places in braces are filled: `who` (the subject), `what`, `whom` (a name), `him` (a pronoun for that), `at`, `to` and `jusque` (a place),
/// `feeling` and `weather`; in French `e` is what a participle takes on for a feminine subject, and `a` and `est` are the auxiliaries,
/// which change for what was even earlier.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Row {
    pub verb: Verb,
    pub form: Form,
    pub english: &'static str,
    pub french: &'static str,
}

const fn told(verb: Verb, english: &'static str, french: &'static str) -> Row {
    Row { verb, form: Form::Told, english, french }
}

const fn row(verb: Verb, form: Form, english: &'static str, french: &'static str) -> Row {
    Row { verb, form, english, french }
}

/// Everything that can be said. What is told has one French sentence for each English one, and the other way round.
pub static ROWS: [Row; 111] = [
    told(Verb::Be, "{who} was {at}", "{who} était {at}"),
    told(Verb::Be, "there was {who} {at}", "il y avait {who} {at}"),
    told(Verb::Have, "{who} had {what}", "{who} avait {what}"),
    told(Verb::Go, "{who} went {to}", "{who} {est} allé{e} {to}"),
    told(Verb::Go, "{who} came {to}", "{who} {est} venu{e} {to}"),
    told(Verb::Go, "{who} walked {to}", "{who} {a} marché {jusque}"),
    told(Verb::Run, "{who} ran {to}", "{who} {a} couru {jusque}"),
    told(Verb::Return, "{who} went back {to}", "{who} {est} retourné{e} {to}"),
    told(Verb::Carry, "{who} carried {what} {to}", "{who} {a} porté {what} {jusque}"),
    told(Verb::Take, "{who} took {what}", "{who} {a} pris {what}"),
    told(Verb::Take, "{who} picked up {what}", "{who} {a} ramassé {what}"),
    told(Verb::Leave, "{who} left {what} {at}", "{who} {a} laissé {what} {at}"),
    told(Verb::Put, "{who} put {what} {at}", "{who} {a} mis {what} {at}"),
    told(Verb::Put, "{who} hid {what} {at}", "{who} {a} caché {what} {at}"),
    told(Verb::Give, "{who} gave {what} to {whom}", "{who} {a} donné {what} à {whom}"),
    told(Verb::Give, "{who} handed {what} to {whom}", "{who} {a} remis {what} à {whom}"),
    told(Verb::Give, "{who} gave {him} {what}", "{who} lui {a} donné {what}"),
    told(Verb::Bring, "{who} brought {what} to {whom}", "{who} {a} apporté {what} à {whom}"),
    told(Verb::Bring, "{who} brought {him} {what}", "{who} lui {a} apporté {what}"),
    told(Verb::Show, "{who} showed {what} to {whom}", "{who} {a} montré {what} à {whom}"),
    told(Verb::Buy, "{who} bought {what}", "{who} {a} acheté {what}"),
    told(Verb::Buy, "{who} bought {what} {at}", "{who} {a} acheté {what} {at}"),
    told(Verb::Find, "{who} found {what}", "{who} {a} trouvé {what}"),
    told(Verb::Find, "{who} found {what} {at}", "{who} {a} trouvé {what} {at}"),
    told(Verb::Lose, "{who} lost {what}", "{who} {a} perdu {what}"),
    told(Verb::Seek, "{who} looked for {what}", "{who} {a} cherché {what}"),
    told(Verb::See, "{who} saw {what}", "{who} {a} vu {what}"),
    told(Verb::See, "{who} saw {what} {at}", "{who} {a} vu {what} {at}"),
    told(Verb::Meet, "{who} met {whom}", "{who} {a} rencontré {whom}"),
    told(Verb::Meet, "{who} met {whom} {at}", "{who} {a} rencontré {whom} {at}"),
    told(Verb::Visit, "{who} visited {whom}", "{who} {a} rendu visite à {whom}"),
    told(Verb::Call, "{who} called {whom}", "{who} {a} appelé {whom}"),
    told(Verb::Help, "{who} helped {whom}", "{who} {a} aidé {whom}"),
    told(Verb::Help, "{who} helped {him}", "{who} {l_a} aidé{whom_e}"),
    told(Verb::Thank, "{who} thanked {whom}", "{who} {a} remercié {whom}"),
    told(Verb::Follow, "{who} followed {whom}", "{who} {a} suivi {whom}"),
    told(Verb::Gather, "{who} gathered {what}", "{who} {a} récolté {what}"),
    told(Verb::Eat, "{who} ate {what}", "{who} {a} mangé {what}"),
    told(Verb::Feed, "{who} fed {what}", "{who} {a} nourri {what}"),
    told(Verb::Break, "{who} broke {what}", "{who} {a} cassé {what}"),
    told(Verb::Mend, "{who} mended {what}", "{who} {a} réparé {what}"),
    told(Verb::Wash, "{who} washed {what}", "{who} {a} lavé {what}"),
    told(Verb::Paint, "{who} painted {what}", "{who} {a} peint {what}"),
    told(Verb::Open, "{who} opened {what}", "{who} {a} ouvert {what}"),
    told(Verb::Want, "{who} wanted {what}", "{who} voulait {what}"),
    told(Verb::Like, "{who} liked {what}", "{who} aimait {what}"),
    told(Verb::Feel, "{who} was {feeling}", "{who} était {feeling}"),
    told(Verb::Hunger, "{who} was hungry", "{who} avait faim"),
    told(Verb::Sleep, "{who} slept {at}", "{who} {a} dormi {at}"),
    told(Verb::Wait, "{who} waited {at}", "{who} {a} attendu {at}"),
    told(Verb::Stay, "{who} stayed {at}", "{who} {est} resté{e} {at}"),
    told(Verb::Play, "{who} played {at}", "{who} {a} joué {at}"),
    told(Verb::Work, "{who} worked {at}", "{who} {a} travaillé {at}"),
    told(Verb::Rest, "{who} rested", "{who} s'{est} reposé{e}"),
    told(Verb::Rest, "{who} rested {at}", "{who} s'{est} reposé{e} {at}"),
    told(Verb::Sing, "{who} sang", "{who} {a} chanté"),
    told(Verb::Dance, "{who} danced", "{who} {a} dansé"),
    told(Verb::Laugh, "{who} laughed", "{who} {a} ri"),
    told(Verb::Cry, "{who} cried", "{who} {a} pleuré"),
    told(Verb::Win, "{who} won the race", "{who} {a} gagné la course"),
    told(Verb::Weather, "{weather}", "{weather}"),
    told(Verb::Begin, "it began to rain", "il {a} commencé à pleuvoir"),
    row(Verb::Be, Form::Denied, "{who} was not {at}", "{who} n'était pas {at}"),
    row(Verb::Go, Form::Denied, "{who} did not go {to}", "{who} n'{est} pas allé{e} {to}"),
    row(Verb::Take, Form::Denied, "{who} did not take {what}", "{who} n'{a} pas pris {what}"),
    row(Verb::Give, Form::Denied, "{who} did not give {what} to {whom}", "{who} n'{a} pas donné {what} à {whom}"),
    row(Verb::Show, Form::Denied, "{who} did not show {what} to {whom}", "{who} n'{a} pas montré {what} à {whom}"),
    row(Verb::Find, Form::Denied, "{who} did not find {what}", "{who} n'{a} pas trouvé {what}"),
    row(Verb::Lose, Form::Denied, "{who} did not lose {what}", "{who} n'{a} pas perdu {what}"),
    row(Verb::See, Form::Denied, "{who} did not see {what}", "{who} n'{a} pas vu {what}"),
    row(Verb::Meet, Form::Denied, "{who} did not meet {whom}", "{who} n'{a} pas rencontré {whom}"),
    row(Verb::Call, Form::Denied, "{who} did not call {whom}", "{who} n'{a} pas appelé {whom}"),
    row(Verb::Help, Form::Denied, "{who} did not help {whom}", "{who} n'{a} pas aidé {whom}"),
    row(Verb::Feed, Form::Denied, "{who} did not feed {what}", "{who} n'{a} pas nourri {what}"),
    row(Verb::Break, Form::Denied, "{who} did not break {what}", "{who} n'{a} pas cassé {what}"),
    row(Verb::Mend, Form::Denied, "{who} did not mend {what}", "{who} n'{a} pas réparé {what}"),
    row(Verb::Open, Form::Denied, "{who} did not open {what}", "{who} n'{a} pas ouvert {what}"),
    row(Verb::Want, Form::Denied, "{who} did not want {what}", "{who} ne voulait pas {what}"),
    row(Verb::Like, Form::Denied, "{who} did not like {what}", "{who} n'aimait pas {what}"),
    row(Verb::Feel, Form::Denied, "{who} was not {feeling}", "{who} n'était pas {feeling}"),
    row(Verb::Stay, Form::Denied, "{who} did not stay {at}", "{who} n'{est} pas resté{e} {at}"),
    row(Verb::Sing, Form::Denied, "{who} did not sing", "{who} n'{a} pas chanté"),
    row(Verb::Be, Form::Now, "{who} is {at}", "{who} est {at}"),
    row(Verb::Be, Form::Now, "there is {who} {at}", "il y a {who} {at}"),
    row(Verb::Have, Form::Now, "{who} has {what}", "{who} a {what}"),
    row(Verb::Go, Form::Now, "{who} is going {to}", "{who} va {to}"),
    row(Verb::Seek, Form::Now, "{who} is looking for {what}", "{who} cherche {what}"),
    row(Verb::Want, Form::Now, "{who} wants {what}", "{who} veut {what}"),
    row(Verb::Like, Form::Now, "{who} likes {what}", "{who} aime {what}"),
    row(Verb::See, Form::Now, "{who} sees {what}", "{who} voit {what}"),
    row(Verb::Feel, Form::Now, "{who} is {feeling}", "{who} est {feeling}"),
    row(Verb::Hunger, Form::Now, "{who} is hungry", "{who} a faim"),
    row(Verb::Sleep, Form::Now, "{who} is sleeping {at}", "{who} dort {at}"),
    row(Verb::Wait, Form::Now, "{who} is waiting {at}", "{who} attend {at}"),
    row(Verb::Be, Form::NotNow, "{who} is not {at}", "{who} n'est pas {at}"),
    row(Verb::Have, Form::NotNow, "{who} does not have {what}", "{who} n'a pas {what}"),
    row(Verb::Want, Form::NotNow, "{who} does not want {what}", "{who} ne veut pas {what}"),
    row(Verb::Like, Form::NotNow, "{who} does not like {what}", "{who} n'aime pas {what}"),
    row(Verb::See, Form::NotNow, "{who} does not see {what}", "{who} ne voit pas {what}"),
    row(Verb::Feel, Form::NotNow, "{who} is not {feeling}", "{who} n'est pas {feeling}"),
    row(Verb::Be, Form::Asked, "is {who} {at}?", "est-ce que {who} est {at} ?"),
    row(Verb::Be, Form::Asked, "where is {who}?", "où est {who} ?"),
    row(Verb::Have, Form::Asked, "does {who} have {what}?", "est-ce que {who} a {what} ?"),
    row(Verb::Want, Form::Asked, "does {who} want {what}?", "est-ce que {who} veut {what} ?"),
    row(Verb::Like, Form::Asked, "does {who} like {what}?", "est-ce que {who} aime {what} ?"),
    row(Verb::Feel, Form::Asked, "is {who} {feeling}?", "est-ce que {who} est {feeling} ?"),
    row(Verb::Hunger, Form::Asked, "why is {who} hungry?", "pourquoi est-ce que {who} a faim ?"),
    row(Verb::Feel, Form::Asked, "why is {who} {feeling}?", "pourquoi est-ce que {who} est {feeling} ?"),
    row(Verb::Go, Form::ToCome, "{who} will go {to}", "{who} ira {to}"),
    row(Verb::Give, Form::ToCome, "{who} will give {what} to {whom}", "{who} donnera {what} à {whom}"),
    row(Verb::Find, Form::ToCome, "{who} must find {what}", "{who} doit trouver {what}"),
];

/// How an entity is spoken of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mention {
    Name(&'static Person),
    Pronoun(Gender),
    Phrase(NounPhrase),
}

/// A clause as it is put into words.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub row: &'static Row,
    pub who: Option<Mention>,
    pub what: Option<Mention>,
    pub whom: Option<Mention>,
    pub spot: Option<Spot>,
    pub feeling: Option<&'static Feeling>,
    pub weather: Option<&'static Weather>,
}

/// A clause: what is so, or what happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    pub verb: Verb,
    pub denied: bool,
    pub who: Option<Entity>,
    pub what: Option<Entity>,
    /// How many of `what`, where it is several.
    pub count: Option<u32>,
    pub whom: Option<&'static Person>,
    pub spot: Option<Spot>,
    pub feeling: Option<&'static Feeling>,
    pub weather: Option<&'static Weather>,
}

impl Clause {
    pub fn new(verb: Verb, who: Entity) -> Self {
        Clause { who: Some(who), ..Clause::of_weather(verb, None) }
    }

    /// A clause about nobody.
    pub fn of_weather(verb: Verb, weather: Option<&'static Weather>) -> Self {
        Clause { verb, denied: false, who: None, what: None, count: None, whom: None, spot: None, feeling: None, weather }
    }

    pub fn what(self, what: Entity) -> Self {
        Clause { what: Some(what), ..self }
    }

    pub fn several(self, what: &'static Noun, count: u32) -> Self {
        Clause { what: Some(Entity::Thing(what)), count: Some(count), ..self }
    }

    pub fn whom(self, whom: &'static Person) -> Self {
        Clause { whom: Some(whom), ..self }
    }

    pub fn at(self, place: &'static Place) -> Self {
        Clause { spot: Some(Spot::At(place)), ..self }
    }

    pub fn inside(self, container: &'static Noun) -> Self {
        Clause { spot: Some(Spot::In(container)), ..self }
    }

    pub fn feeling(self, feeling: &'static Feeling) -> Self {
        Clause { feeling: Some(feeling), ..self }
    }

    pub fn denied(self) -> Self {
        Clause { denied: true, ..self }
    }

    /// Whether another clause tells all that this one does, and maybe more.
    pub fn says_no_more_than(&self, other: &Clause) -> bool {
        fn agrees<T: PartialEq>(this: Option<T>, other: Option<T>) -> bool {
            this.is_none() || this == other
        }
        self.verb == other.verb
            && self.denied == other.denied
            && self.who == other.who
            && agrees(self.what, other.what)
            && agrees(self.count, other.count)
            && agrees(self.whom, other.whom)
            && agrees(self.spot, other.spot)
            && agrees(self.feeling, other.feeling)
            && agrees(self.weather, other.weather)
    }
}

impl Mention {
    /// Of what is spoken of, as French counts it.
    pub fn gender(&self) -> Gender {
        match self {
            Mention::Name(person) => person.gender,
            Mention::Pronoun(gender) => *gender,
            Mention::Phrase(phrase) => phrase.noun.gender,
        }
    }

    fn subject(&self, language: Language) -> String {
        match self {
            Mention::Name(person) => person.name.to_string(),
            Mention::Pronoun(gender) => phrase::pronoun(*gender, language).to_string(),
            Mention::Phrase(phrase) => phrase.in_language(language),
        }
    }

    fn object(&self, language: Language) -> String {
        match self {
            Mention::Pronoun(gender) => phrase::object_pronoun(*gender, language).to_string(),
            _ => self.subject(language),
        }
    }
}

/// When a clause happened, seen from the sentence that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    Then,
    /// Before what the sentence tells: French has a tense for it.
    Earlier,
}

impl Said {
    /// The clause in words, without a capital and a full stop.
    pub fn words(&self, language: Language, tense: Tense) -> String {
        let template = match language {
            Language::English => self.row.english,
            Language::French => self.row.french,
        };
        let mut words = String::new();
        for part in template.split('{') {
            match part.split_once('}') {
                Some((slot, rest)) => {
                    words.push_str(&self.fill(slot, language, tense));
                    words.push_str(rest);
                }
                None => words.push_str(part),
            }
        }
        match language {
            Language::English => words,
            Language::French => elide_que(&words),
        }
    }

    /// The same without its subject, for what follows “and”; none where the subject does not come first.
    pub fn words_without_subject(&self, language: Language) -> Option<String> {
        let subject = self.who?.subject(language) + " ";
        self.words(language, Tense::Then).strip_prefix(&subject).map(str::to_string)
    }

    fn fill(&self, slot: &str, language: Language, tense: Tense) -> String {
        let gender = self.who.map_or(Gender::Masculine, |who| who.gender());
        let feminine = |gender: Gender, ending: &str| match gender {
            Gender::Feminine => ending.to_string(),
            Gender::Masculine => String::new(),
        };
        let earlier = tense == Tense::Earlier;
        let filled = match slot {
            "who" => self.who.map(|who| who.subject(language)),
            "what" => self.what.map(|what| what.object(language)),
            "whom" | "him" => self.whom.map(|whom| whom.object(language)),
            "whom_e" => self.whom.map(|whom| feminine(whom.gender(), "e")),
            "at" => self.spot.map(|spot| spot.at(language)),
            "to" => self.spot.map(|spot| spot.to(language)),
            "jusque" => self.spot.map(|spot| jusque(&spot.to(language))),
            "feeling" => self.feeling.map(|feeling| match language {
                Language::English => feeling.en.to_string(),
                Language::French => agreeing(&feeling.fr, gender, false).to_string(),
            }),
            "weather" => self.weather.map(|weather| match language {
                Language::English => weather.en.to_string(),
                Language::French => weather.fr.to_string(),
            }),
            "e" => Some(feminine(gender, "e")),
            "a" => Some(if earlier { "avait" } else { "a" }.to_string()),
            "l_a" => Some(if earlier { "l'avait" } else { "l'a" }.to_string()),
            "est" => Some(if earlier { "était" } else { "est" }.to_string()),
            _ => None,
        };
        filled.unwrap_or_default()
    }
}

impl Spot {
    pub fn at(self, language: Language) -> String {
        match self {
            Spot::At(place) => phrase::at(place, language),
            Spot::In(container) => inside(container, language),
        }
    }

    fn to(self, language: Language) -> String {
        match self {
            Spot::At(place) => phrase::to(place, language),
            Spot::In(container) => inside(container, language),
        }
    }
}

fn inside(container: &'static Noun, language: Language) -> String {
    let phrase = NounPhrase { determiner: Determiner::The, adjective: None, noun: container, plural: false };
    let preposition = match language {
        Language::English => "in",
        Language::French => "dans",
    };
    format!("{preposition} {}", phrase.in_language(language))
}

/// As far as there: jusqu'au jardin, jusque dans la forêt.
fn jusque(to: &str) -> String {
    phrase::elide("jusque", to)
}

/// French words, with “que” melted into vowels that follow.
pub fn elide_que(words: &str) -> String {
    let mut melted = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(place) = rest.find("que ") {
        let (before, from) = rest.split_at(place);
        melted.push_str(before);
        let after = &from["que ".len()..];
        let is_word = before.is_empty() || before.ends_with([' ', '-']);
        melted.push_str(if is_word && phrase::elides(after) { "qu'" } else { "que " });
        rest = after;
    }
    melted + rest
}
