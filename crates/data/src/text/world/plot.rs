//! What stories are about: each plot takes a few villagers through something that begins, goes on and ends.

use super::clause::{Clause, Entity, Verb};
use super::lexicon::{
    FEELINGS, Feeling, NOUNS, NUMBERS, Noun, PEOPLE, PLACES, Person, Place, Sort, WEATHERS, Weather, adjectives_of, nouns,
};
use super::phrase::{Determiner, Language, NounPhrase, object_pronoun, pronoun};
use super::state::Wrong;
use super::tale::{Tale, at, possessive};
use crate::text::chance::Dice;

/// Who and what a story has.
struct Cast {
    hero: &'static Person,
    friend: &'static Person,
    /// Somebody who happens to be around.
    neighbour: &'static Person,
    places: [&'static Place; 5],
    /// Where it rains, where animals are and where things grow: other places than those above.
    outside: [&'static Place; 2],
    thing: &'static Noun,
    /// Another, to be swapped for the first.
    second: &'static Noun,
    container: &'static Noun,
    animal: &'static Noun,
    /// A thing, something that holds things, and an animal that play no part in the plot.
    other: &'static Noun,
    other_container: &'static Noun,
    other_animal: &'static Noun,
    fruit: &'static Noun,
    food: &'static Noun,
}

/// Sorts of things that can be lost, given, broken and mended.
const CARRIED: [Sort; 5] = [Sort::Thing, Sort::Toy, Sort::Instrument, Sort::Reading, Sort::Clothing];
/// What is mended when it breaks.
const MENDED: [Sort; 3] = [Sort::Thing, Sort::Toy, Sort::Instrument];
/// What fits into whatever holds things.
const SMALL: &str = "key spoon fork cup glass bell candle comb brush button ribbon ring necklace bracelet brooch coin medal pen \
    pencil ruler eraser stamp envelope compass magnet jewel pearl diamond ticket wallet string cork bandage needle nail marble \
    whistle flute letter map notebook picture photograph poem message drawing glove mitten sock scarf tie belt fan padlock toy doll \
    puppet mask gift hook tool lock sponge candy";
/// Nobody carries these.
pub(super) const FURNITURE: &str = "drawer cupboard wardrobe";
/// Under the sky.
const OUTSIDE: &str = "garden river forest hill bridge pond farm square orchard beach lake field meadow park harbour island courtyard \
    mountain valley street road waterfall terrace gate hedge vineyard swamp cliff zoo fountain roof balcony stadium";
/// Where things grow.
const GROWING: &str = "garden forest farm orchard field meadow valley hill island greenhouse";
/// Where people sleep.
const BEDS: &str = "house cottage hut bedroom inn castle attic barn";
/// Where people rest.
const SEATS: &str = "garden park beach pond lake river orchard meadow courtyard terrace island fountain square";
/// Too small to be fed by hand or to follow somebody.
const TINY: &str = "butterfly dragonfly bee wasp ant spider beetle cricket worm snail ladybird mole bat crab fly mosquito caterpillar \
    grasshopper firefly slug bumblebee";
/// When it may begin to rain, and when people work outside.
const FAIR: &str = "warm windy shining cloudy clear";
/// Where things are bought.
const SHOPS: &str = "market shop";

/// How people feel, by what happened to them.
const GIVEN: &str = "happy glad grateful delighted cheerful";
const FOUND: &str = "happy glad relieved delighted cheerful";
const LOST: &str = "sad worried angry";
const BROKEN: &str = "sad angry disappointed";
const WON: &str = "happy proud delighted";
const WEARY: &str = "tired";

/// How many sentences a story has.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=10;

/// What happens, and whether only fair weather goes with it.
type Plot = (fn(&mut Telling) -> Result<(), Wrong>, bool);

const PLOTS: [Plot; 14] = [
    (lost, false),
    (gift, false),
    (hungry_animal, false),
    (broken, false),
    (harvest, true),
    (hidden, false),
    (errand, false),
    (rain, true),
    (visit, false),
    (swap, false),
    (shared, false),
    (lost_pet, false),
    (long_day, false),
    (race, true),
];

/// A tale while it is told.
struct Telling<'d> {
    tale: Tale,
    dice: &'d mut Dice,
    cast: Cast,
    /// Sentences that may still be put in beside the plot.
    spare: u32,
    /// What was told beside it, by kind.
    done: Vec<u32>,
}

/// A story of chance.
///
/// # Errors
/// Where a plot tells what cannot be, which tests see to.
pub fn story(dice: &mut Dice) -> Result<Tale, Wrong> {
    loop {
        let tale = told(dice)?;
        if LENGTH.contains(&tale.sentences.len()) {
            return Ok(tale);
        }
    }
}

/// Many people, each of them somewhere, and some with something or in some mood; nothing ties one to another. To answer what is asked of
/// one of them, or of a thing, one must look for its name: stories have so few that models get by without, and here they learn to.
///
/// # Errors
/// As [`story`].
pub fn gathering(dice: &mut Dice) -> Result<Tale, Wrong> {
    let count = 4 + dice.below(4) as usize;
    let people = several(dice, &PEOPLE.iter().collect::<Vec<_>>(), count);
    let places = several(dice, &PLACES.iter().collect::<Vec<_>>(), 2 * count);
    let things = several(dice, &of_sorts(&CARRIED), 3);
    let mut tale = Tale::new(dice, &things);
    tale.title = "Many people".to_string();
    let mut so: Vec<Clause> = people.iter().zip(&places).map(|(person, place)| of(person, Verb::Be).at(place)).collect();
    so.extend(people.iter().zip(things).map(|(person, noun)| of(person, Verb::Have).what(thing(noun))));
    for person in &people {
        if dice.lucky(1, 3) {
            so.push(of(person, Verb::Feel).feeling(dice.pick(FEELINGS)));
        }
    }
    dice.shuffle(&mut so);
    for (person, place) in people.iter().zip(&places[count..]) {
        if dice.lucky(1, 4) {
            so.push(of(person, Verb::Go).at(place));
        }
    }
    for clause in so {
        tale.say(dice, clause)?;
    }
    Ok(tale)
}

fn told(dice: &mut Dice) -> Result<Tale, Wrong> {
    let cast = cast(dice);
    let Cast { thing, second, container, animal, other, other_container, other_animal, food, .. } = cast;
    let tale = Tale::new(dice, &[thing, second, container, animal, other, other_container, other_animal, food]);
    let (plot, needs_fair) = *dice.pick(&PLOTS);
    let spare = dice.below(5);
    let mut telling = Telling { tale, dice, cast, spare, done: Vec::new() };
    if telling.dice.lucky(1, 6) {
        let weather = telling.dice.pick(WEATHERS);
        if is_fair(weather) || !needs_fair {
            telling.plain(Clause::of_weather(Verb::Weather, Some(weather)))?;
        }
    }
    plot(&mut telling)?;
    Ok(telling.tale)
}

/// Whether a word is one of several.
pub(super) fn among(word: &str, words: &str) -> bool {
    words.split(' ').any(|other| other == word)
}

fn is_fair(weather: &Weather) -> bool {
    weather.en.split(' ').any(|word| among(word, FAIR))
}

/// So many of a list, all different.
fn several<'a, T>(dice: &mut Dice, list: &[&'a T], count: usize) -> Vec<&'a T> {
    let mut left = list.to_vec();
    (0..count).map(|_| left.swap_remove(dice.below(left.len() as u32) as usize)).collect()
}

fn of_sorts(sorts: &[Sort]) -> Vec<&'static Noun> {
    NOUNS.iter().filter(|noun| sorts.contains(&noun.sort)).collect()
}

fn cast(dice: &mut Dice) -> Cast {
    let people = several(dice, &PEOPLE.iter().collect::<Vec<_>>(), 3);
    let (open, any): (Vec<&'static Place>, Vec<&'static Place>) = PLACES.iter().partition(|place| among(place.noun.en, OUTSIDE));
    let outside = several(dice, &open, 2);
    // Half of the other places are under the sky too.
    let any: Vec<&'static Place> = any.into_iter().chain(open.into_iter().filter(|place| !outside.contains(place))).collect();
    let places = several(dice, &any, 5);
    let things = several(dice, &of_sorts(&CARRIED), 3);
    let animals = several(dice, &of_sorts(&[Sort::Animal, Sort::Pet]), 2);
    let portable: Vec<&'static Noun> = nouns(Sort::Container).iter().filter(|noun| !among(noun.en, FURNITURE)).collect();
    let containers = several(dice, &portable, 2);
    // Nobody eats these by themselves.
    let eaten: Vec<&'static Noun> = nouns(Sort::Food).iter().filter(|noun| !among(noun.en, "loaf baguette cheese")).collect();
    Cast {
        hero: people[0],
        friend: people[1],
        neighbour: people[2],
        places: [places[0], places[1], places[2], places[3], places[4]],
        outside: [outside[0], outside[1]],
        thing: things[0],
        second: things[1],
        container: containers[0],
        animal: animals[0],
        other: things[2],
        other_container: containers[1],
        other_animal: animals[1],
        fruit: dice.pick(nouns(Sort::Fruit)),
        food: dice.pick::<&Noun>(&eaten),
    }
}

fn of(person: &'static Person, verb: Verb) -> Clause {
    Clause::new(verb, Entity::Person(person))
}

fn thing(noun: &'static Noun) -> Entity {
    Entity::Thing(noun)
}

impl Telling<'_> {
    /// A sentence of the plot, with something beside it before it at times.
    fn say(&mut self, clause: Clause) -> Result<(), Wrong> {
        self.pause();
        self.plain(clause)
    }

    fn plain(&mut self, clause: Clause) -> Result<(), Wrong> {
        let clause = self.hurried(clause);
        self.tale.say(self.dice, clause)
    }

    /// Some run where others go.
    fn hurried(&mut self, clause: Clause) -> Clause {
        if clause.verb == Verb::Go && self.dice.lucky(1, 4) { Clause { verb: Verb::Run, ..clause } } else { clause }
    }

    fn both(&mut self, first: Clause, second: Clause) -> Result<(), Wrong> {
        self.pause();
        if self.dice.lucky(1, 3) {
            self.plain(first)?;
            return self.plain(second);
        }
        let [first, second] = [first, second].map(|clause| self.hurried(clause));
        self.tale.say_both(self.dice, first, second)
    }

    /// How somebody felt, with the reason at times.
    fn feel(&mut self, person: &'static Person, apt: &str, reason: &Clause) -> Result<(), Wrong> {
        let feelings: Vec<&'static Feeling> = FEELINGS.iter().filter(|feeling| among(feeling.en, apt)).collect();
        let clause = of(person, Verb::Feel).feeling(self.dice.pick::<&Feeling>(&feelings));
        match self.dice.below(4) {
            0 => self.plain(clause),
            _ => self.tale.say_because(self.dice, clause, reason),
        }
    }

    fn pause(&mut self) {
        if self.spare > 0 && self.dice.lucky(1, 2) {
            self.spare -= 1;
            self.aside();
        }
    }

    /// Something that happens beside the plot, if it can.
    fn aside(&mut self) {
        let Cast { neighbour, places: [.., here, there], outside: [_, wild], other, other_container, other_animal, .. } = self.cast;
        let neighbour_at = self.tale.state.place(neighbour);
        let kind = self.dice.below(8);
        let place = *self.dice.pick(&[here, there]);
        let clause = match kind {
            0 | 1 => match neighbour_at {
                None => of(neighbour, Verb::Be).at(place),
                Some(now) => of(neighbour, Verb::Go).at(if now == here { there } else { here }),
            },
            2 | 3 => match (self.tale.state.holder(other), neighbour_at) {
                (Some(_), Some(now)) => of(neighbour, Verb::Leave).what(thing(other)).at(now),
                (Some(_), None) => return,
                _ => of(neighbour, *self.dice.pick(&[Verb::Have, Verb::Find, Verb::Buy])).what(thing(other)),
            },
            4 => Clause::new(Verb::Sleep, Entity::Animal(other_animal)).at(wild),
            5 => of(neighbour, *self.dice.pick(&[Verb::Sing, Verb::Dance, Verb::Laugh])),
            6 => Clause::new(Verb::Be, thing(other_container)).at(place),
            _ => of(neighbour, *self.dice.pick(&[Verb::Work, Verb::Play, Verb::Wait])).at(neighbour_at.unwrap_or(place)),
        };
        // The same is not told twice.
        if self.done.contains(&kind) && kind > 1 || self.tale.state.told.contains(&clause) {
            return;
        }
        if self.plain(clause).is_ok() {
            self.done.push(kind);
        }
    }
}

fn her_or_his(person: &Person, noun: &Noun) -> String {
    format!("{} {}", possessive(person), noun.en)
}

fn a(noun: &'static Noun) -> String {
    NounPhrase { determiner: Determiner::A, adjective: None, noun, plural: false }.in_language(Language::English)
}

fn lost(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, elsewhere, ..], thing: noun, .. } = t.cast;
    t.tale.title = format!("The lost {}", noun.en);
    let lose = of(hero, Verb::Lose).what(thing(noun));
    t.say(of(hero, Verb::Be).at(home))?;
    if t.dice.lucky(1, 3) {
        t.say(of(hero, Verb::Have).what(thing(noun)))?;
    }
    t.say(lose.clone())?;
    t.feel(hero, LOST, &lose)?;
    let own = her_or_his(hero, noun);
    match t.dice.below(3) {
        0 => {
            t.say(of(hero, Verb::Seek).what(thing(noun)))?;
            t.say(of(hero, Verb::Go).at(there))?;
            let find = of(hero, Verb::Find).what(thing(noun));
            t.say(find.clone())?;
            t.feel(hero, FOUND, &find)?;
            t.tale.summary = format!("{} lost {own} but found it {}.", hero.name, at(there));
        }
        1 => {
            t.say(of(friend, Verb::Be).at(there))?;
            t.say(of(friend, Verb::Find).what(thing(noun)))?;
            let give = of(friend, Verb::Give).what(thing(noun)).whom(hero);
            t.both(of(friend, Verb::Go).at(home), give.clone())?;
            t.feel(hero, GIVEN, &give)?;
            t.tale.summary = format!("{} lost {own}, but {} found it and brought it back.", hero.name, friend.name);
        }
        _ => {
            t.both(of(hero, Verb::Go).at(elsewhere), of(hero, Verb::Seek).what(thing(noun)))?;
            t.say(of(hero, Verb::Find).what(thing(noun)).denied())?;
            t.say(of(hero, Verb::Return).at(home))?;
            t.tale.summary = format!("{} lost {own} and could not find it.", hero.name);
        }
    }
    Ok(())
}

fn gift(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, ..], thing: noun, .. } = t.cast;
    t.tale.title = format!("A gift for {}", friend.name);
    let shops: Vec<&'static Place> = PLACES.iter().filter(|place| among(place.noun.en, SHOPS) && *place != there).collect();
    t.say(of(friend, Verb::Be).at(there))?;
    if t.dice.lucky(1, 2) {
        let shop = *t.dice.pick(&shops);
        t.both(of(hero, Verb::Go).at(shop), of(hero, Verb::Buy).what(thing(noun)))?;
        t.say(of(hero, Verb::Go).at(there))?;
    } else {
        t.say(of(hero, Verb::Be).at(home))?;
        t.say(Clause::new(Verb::Be, thing(noun)).at(home))?;
        t.both(of(hero, Verb::Take).what(thing(noun)), of(hero, Verb::Go).at(there))?;
    }
    let give = of(hero, Verb::Give).what(thing(noun)).whom(friend);
    t.say(give.clone())?;
    t.feel(friend, GIVEN, &give)?;
    if t.dice.lucky(1, 2) {
        t.say(of(friend, Verb::Thank).whom(hero))?;
    }
    t.tale.summary = format!("{} made {} happy with {}.", hero.name, friend.name, a(noun));
    Ok(())
}

fn hungry_animal(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, places: [home, ..], outside: [there, _], food, .. } = t.cast;
    let animals: Vec<&'static Noun> = NOUNS.iter().filter(|noun| matches!(noun.sort, Sort::Animal | Sort::Pet)).collect();
    let fed: Vec<&'static Noun> =
        animals.into_iter().filter(|noun| !among(noun.en, TINY) && *noun != t.cast.other_animal).collect();
    let animal = *t.dice.pick(&fed);
    t.tale.title = format!("The hungry {}", animal.en);
    let the_animal = Entity::Animal(animal);
    t.say(Clause::new(Verb::Be, the_animal).at(there))?;
    t.plain(Clause::new(Verb::Hunger, the_animal))?;
    t.say(of(hero, Verb::Be).at(home))?;
    if t.dice.lucky(1, 2) {
        t.say(of(hero, Verb::Have).what(thing(food)))?;
        t.both(of(hero, Verb::Go).at(there), of(hero, Verb::Feed).what(the_animal))?;
        t.plain(Clause::new(Verb::Eat, the_animal).what(thing(food)))?;
    } else {
        t.both(of(hero, Verb::Go).at(there), of(hero, Verb::Feed).what(the_animal))?;
    }
    let name = hero.name;
    if t.dice.lucky(1, 2) {
        t.say(of(hero, Verb::Return).at(home))?;
        t.say(Clause::new(Verb::Follow, the_animal).whom(hero))?;
        t.tale.summary = format!(
            "{name} fed a hungry {}, and it followed {} to the {}.",
            animal.en,
            object_pronoun(hero.gender, Language::English),
            home.noun.en
        );
    } else {
        t.say(Clause::new(Verb::Sleep, the_animal).at(there))?;
        t.tale.summary = format!("{name} fed a hungry {}, and it fell asleep {}.", animal.en, at(there));
    }
    Ok(())
}

fn broken(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, ..], .. } = t.cast;
    let breaks = |noun: &Noun| adjectives_of(noun).iter().any(|adjective| adjective.en == "broken");
    let may_be = |noun: &&Noun| MENDED.contains(&noun.sort) && breaks(noun) && *noun != t.cast.other;
    let mended: Vec<&'static Noun> = NOUNS.iter().filter(may_be).collect();
    let noun = mended[t.dice.below(mended.len() as u32) as usize];
    t.tale.title = format!("The broken {}", noun.en);
    t.say(of(hero, Verb::Be).at(home))?;
    t.say(of(hero, Verb::Have).what(thing(noun)))?;
    let break_ = of(hero, Verb::Break).what(thing(noun));
    t.say(break_.clone())?;
    t.feel(hero, BROKEN, &break_)?;
    t.say(of(friend, Verb::Be).at(there))?;
    if t.dice.lucky(1, 4) {
        t.both(of(hero, Verb::Go).at(there), of(hero, Verb::Show).what(thing(noun)).whom(friend))?;
        t.say(of(friend, Verb::Mend).what(thing(noun)).denied())?;
        t.tale.summary = format!("{} broke {}, and {} did not mend it.", hero.name, her_or_his(hero, noun), friend.name);
        return Ok(());
    }
    t.both(of(hero, Verb::Go).at(there), of(hero, Verb::Show).what(thing(noun)).whom(friend))?;
    let mend = of(friend, Verb::Mend).what(thing(noun));
    t.say(mend.clone())?;
    t.feel(hero, GIVEN, &mend)?;
    t.tale.summary = format!("{} broke {}, but {} mended it.", hero.name, her_or_his(hero, noun), friend.name);
    Ok(())
}

fn harvest(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, ..], fruit, .. } = t.cast;
    let growing: Vec<&'static Place> = PLACES.iter().filter(|place| among(place.noun.en, GROWING) && *place != home).collect();
    let there = *t.dice.pick(&growing);
    t.tale.title = format!("{} for {}", capital(fruit.en_plural), friend.name);
    let gathered = 2 + t.dice.below(9);
    let given = 1 + t.dice.below(gathered - 1);
    t.say(of(friend, Verb::Be).at(home))?;
    t.say(of(hero, Verb::Go).at(there))?;
    t.say(of(hero, Verb::Gather).several(fruit, gathered))?;
    let give = of(hero, Verb::Give).several(fruit, given).whom(friend);
    t.both(of(hero, Verb::Go).at(home), give.clone())?;
    t.feel(friend, GIVEN, &give)?;
    let given = NUMBERS[given as usize][0];
    let gathered = NUMBERS[gathered as usize][0];
    t.tale.summary = format!("{} gathered {gathered} {} and gave {given} of them to {}.", hero.name, fruit.en_plural, friend.name);
    Ok(())
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

fn hidden(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, ..], container, .. } = t.cast;
    let small: Vec<&'static Noun> = NOUNS.iter().filter(|noun| among(noun.en, SMALL) && *noun != t.cast.other).collect();
    let noun = *t.dice.pick(&small);
    t.tale.title = format!("The {} in the {}", noun.en, container.en);
    t.say(Clause::new(Verb::Be, thing(container)).at(home))?;
    t.say(of(hero, Verb::Be).at(home))?;
    t.say(of(hero, Verb::Have).what(thing(noun)))?;
    t.both(of(hero, Verb::Put).what(thing(noun)).inside(container), of(hero, Verb::Go).at(there))?;
    t.say(of(friend, Verb::Go).at(home))?;
    let find = of(friend, Verb::Find).what(thing(noun));
    if t.dice.lucky(2, 3) {
        t.both(of(friend, Verb::Open).what(thing(container)), find.clone())?;
        t.feel(friend, "happy glad delighted", &find)?;
        t.tale.summary = format!("{} found the {} that {} had put in the {}.", friend.name, noun.en, hero.name, container.en);
    } else {
        t.say(find.denied())?;
        t.tale.summary =
            format!("{} did not find the {} that {} had put in the {}.", friend.name, noun.en, hero.name, container.en);
    }
    Ok(())
}

fn errand(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, ..], thing: noun, .. } = t.cast;
    t.tale.title = format!("What {} wanted", friend.name);
    t.say(of(friend, Verb::Be).at(home))?;
    let want = of(friend, Verb::Want).what(thing(noun));
    t.say(want.clone())?;
    t.say(Clause::new(Verb::Be, thing(noun)).at(there))?;
    t.both(of(hero, Verb::Go).at(there), of(hero, Verb::Take).what(thing(noun)))?;
    let brought = if t.dice.lucky(1, 2) {
        let bring = of(hero, Verb::Bring).what(thing(noun)).whom(friend);
        t.say(bring.clone())?;
        bring
    } else {
        let give = of(hero, Verb::Give).what(thing(noun)).whom(friend);
        t.both(of(hero, Verb::Go).at(home), give.clone())?;
        give
    };
    t.feel(friend, GIVEN, &brought)?;
    t.tale.summary =
        format!("{} brought {} the {} that {} wanted.", hero.name, friend.name, noun.en, pronoun(friend.gender, Language::English));
    Ok(())
}

fn rain(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, outside: [there, _], .. } = t.cast;
    let roofed: Vec<&'static Place> = PLACES.iter().filter(|place| !among(place.noun.en, OUTSIDE)).collect();
    let home = *t.dice.pick(&roofed);
    t.tale.title = "A rainy day".to_string();
    let verb = *t.dice.pick(&[Verb::Play, Verb::Work]);
    t.say(of(hero, verb).at(there))?;
    t.say(of(friend, Verb::Meet).whom(hero).at(there))?;
    t.say(Clause::of_weather(Verb::Begin, None))?;
    t.say(of(hero, Verb::Go).at(home))?;
    if t.dice.lucky(1, 2) {
        t.say(of(friend, Verb::Follow).whom(hero))?;
        t.tale.summary = format!("{} and {} left the {} because of the rain.", hero.name, friend.name, there.noun.en);
    } else {
        t.say(of(friend, Verb::Stay).at(there))?;
        t.tale.summary = format!("{} left the {} because of the rain, but {} stayed.", hero.name, there.noun.en, friend.name);
    }
    Ok(())
}

fn visit(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, ..], food, .. } = t.cast;
    t.tale.title = format!("A visit to {}", friend.name);
    t.say(of(friend, Verb::Be).at(there))?;
    t.say(of(friend, Verb::Have).what(thing(food)))?;
    t.say(of(hero, Verb::Be).at(home))?;
    t.say(of(hero, Verb::Visit).whom(friend))?;
    let give = of(friend, Verb::Give).what(thing(food)).whom(hero);
    t.say(give.clone())?;
    if t.dice.lucky(1, 2) {
        t.both(of(hero, Verb::Thank).whom(friend), of(hero, Verb::Eat).what(thing(food)))?;
        t.tale.summary = format!("{} visited {} and ate {} there.", hero.name, friend.name, a(food));
    } else {
        t.feel(hero, GIVEN, &give)?;
        t.tale.summary = format!("{} visited {} and was given {}.", hero.name, friend.name, a(food));
    }
    Ok(())
}

fn swap(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, ..], thing: noun, second, .. } = t.cast;
    t.tale.title = format!("{} and {}", capital(&a(noun)), a(second));
    t.say(of(hero, Verb::Be).at(home))?;
    t.say(of(hero, Verb::Have).what(thing(noun)))?;
    t.say(of(friend, Verb::Be).at(there))?;
    t.say(of(friend, Verb::Have).what(thing(second)))?;
    t.say(of(hero, Verb::Go).at(there))?;
    t.say(of(hero, Verb::Give).what(thing(noun)).whom(friend))?;
    let give = of(friend, Verb::Give).what(thing(second)).whom(hero);
    t.plain(give.clone())?;
    t.feel(hero, GIVEN, &give)?;
    t.tale.summary = format!("{} gave {} {} and got {} for it.", hero.name, friend.name, a(noun), a(second));
    Ok(())
}

fn shared(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, ..], food, .. } = t.cast;
    t.tale.title = format!("{} and the {}", hero.name, food.en_plural);
    let shops: Vec<&'static Place> = PLACES.iter().filter(|place| among(place.noun.en, SHOPS) && *place != home).collect();
    let shop = *t.dice.pick(&shops);
    let bought = 3 + t.dice.below(8);
    let given = 1 + t.dice.below(bought - 2);
    t.say(of(hero, Verb::Be).at(home))?;
    t.say(of(friend, Verb::Meet).whom(hero).at(home))?;
    t.both(of(hero, Verb::Go).at(shop), of(hero, Verb::Buy).several(food, bought))?;
    t.plain(of(hero, Verb::Eat).several(food, 1))?;
    t.both(of(hero, Verb::Return).at(home), of(hero, Verb::Give).several(food, given).whom(friend))?;
    if t.dice.lucky(1, 2) {
        t.say(of(friend, Verb::Thank).whom(hero))?;
    } else {
        t.say(of(friend, Verb::Eat).several(food, 1))?;
    }
    let [bought, given] = [bought, given].map(|count| NUMBERS[count as usize][0]);
    t.tale.summary = format!("{} bought {bought} {} and gave {given} of them to {}.", hero.name, food.en_plural, friend.name);
    Ok(())
}

fn lost_pet(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, ..], outside: [there, _], .. } = t.cast;
    let pets: Vec<&'static Noun> =
        nouns(Sort::Pet).iter().filter(|noun| !among(noun.en, TINY) && *noun != t.cast.other_animal).collect();
    let pet = *t.dice.pick(&pets);
    let the_pet = Entity::Animal(pet);
    t.tale.title = format!("The lost {}", pet.en);
    t.say(of(hero, Verb::Be).at(home))?;
    t.say(of(hero, Verb::Have).what(the_pet))?;
    let lose = of(hero, Verb::Lose).what(the_pet);
    t.say(lose.clone())?;
    t.feel(hero, LOST, &lose)?;
    if t.dice.lucky(1, 2) {
        t.say(of(friend, Verb::Be).at(there))?;
        t.say(of(friend, Verb::Find).what(the_pet))?;
        let bring = of(friend, Verb::Bring).what(the_pet).whom(hero);
        t.plain(bring.clone())?;
        t.feel(hero, FOUND, &bring)?;
        t.tale.summary = format!("{} found {}'s {} and brought it back.", friend.name, hero.name, pet.en);
    } else {
        t.say(of(hero, Verb::Go).at(there))?;
        t.say(of(hero, Verb::Call).whom(friend))?;
        t.say(of(friend, Verb::Seek).what(the_pet))?;
        let find = of(hero, Verb::Find).what(the_pet);
        t.say(find.clone())?;
        t.feel(hero, FOUND, &find)?;
        t.tale.summary = format!("{} lost {} but found it {}.", hero.name, her_or_his(hero, pet), at(there));
    }
    Ok(())
}

fn long_day(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [there, ..], food, .. } = t.cast;
    t.tale.title = "A long day".to_string();
    let (verb, then, places) =
        *t.dice.pick(&[(Verb::Sleep, "slept", BEDS), (Verb::Rest, "rested", BEDS), (Verb::Rest, "rested", SEATS)]);
    let fit: Vec<&'static Place> = PLACES.iter().filter(|place| among(place.noun.en, places) && *place != there).collect();
    let home = *t.dice.pick(&fit);
    let work = of(hero, Verb::Work).at(there);
    t.say(work.clone())?;
    if t.dice.lucky(1, 2) {
        t.say(of(friend, Verb::Help).whom(hero))?;
    }
    t.feel(hero, WEARY, &work)?;
    t.say(of(hero, Verb::Go).at(home))?;
    if t.dice.lucky(1, 2) {
        t.say(of(hero, Verb::Have).what(thing(food)))?;
        t.say(of(hero, Verb::Eat).what(thing(food)))?;
    }
    t.say(of(hero, verb).at(home))?;
    t.tale.summary = format!("{} worked {} and then {then} {}.", hero.name, at(there), at(home));
    Ok(())
}

fn race(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, outside: [home, there], .. } = t.cast;
    t.tale.title = format!("A race to the {}", there.noun.en);
    t.say(of(hero, Verb::Be).at(home))?;
    t.say(of(friend, Verb::Meet).whom(hero).at(home))?;
    t.plain(of(hero, Verb::Run).at(there))?;
    t.plain(of(friend, Verb::Run).at(there))?;
    let (winner, loser) = if t.dice.lucky(1, 2) { (hero, friend) } else { (friend, hero) };
    let win = of(winner, Verb::Win);
    t.say(win.clone())?;
    t.feel(winner, WON, &win)?;
    t.tale.summary = format!("{} and {} ran to the {}, and {} won.", winner.name, loser.name, there.noun.en, winner.name);
    Ok(())
}
