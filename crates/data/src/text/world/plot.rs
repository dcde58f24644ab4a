//! What stories are about: each plot takes a few villagers through something that begins, goes on and ends.

use super::clause::{Clause, Entity, Verb};
use super::lexicon::{FEELINGS, Feeling, NOUNS, Noun, PEOPLE, PLACES, Person, Place, Sort, WEATHERS, nouns};
use super::phrase::{Language, Determiner, NounPhrase, pronoun};
use super::state::{Wrong, is_wet};
use super::tale::{Tale, at, object, possessive};
use crate::text::chance::Dice;

/// Who and what a story has.
struct Cast {
    hero: &'static Person,
    friend: &'static Person,
    /// Somebody who happens to be around.
    neighbour: &'static Person,
    places: [&'static Place; 5],
    thing: &'static Noun,
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
/// How people feel when something turns out well, and when it does not.
const GLAD: [&str; 5] = ["happy", "glad", "grateful", "delighted", "cheerful"];
const SORRY: [&str; 5] = ["sad", "worried", "angry", "upset", "disappointed"];
/// Where things are bought.
const SHOPS: [&str; 3] = ["market", "shop", "station"];

/// The most sentences that a story has, and the fewest.
pub const LONGEST: u32 = 10;
pub const SHORTEST: u32 = 4;

type Plot = fn(&mut Telling) -> Result<(), Wrong>;

const PLOTS: [Plot; 9] = [lost, gift, hungry_animal, broken, harvest, hidden, errand, rain, visit];

/// A tale while it is told.
struct Telling<'d> {
    tale: Tale,
    dice: &'d mut Dice,
    cast: Cast,
    /// Sentences that may still be put in beside the plot.
    spare: u32,
    done: Vec<u32>,
}

/// A story of chance.
///
/// # Errors
/// Where a plot tells what cannot be, which tests see to.
pub fn story(dice: &mut Dice) -> Result<Tale, Wrong> {
    let cast = cast(dice);
    let tale = Tale::new(dice, &[cast.thing, cast.container, cast.animal, cast.other, cast.other_container, cast.other_animal, cast.food]);
    let plot = *dice.pick(&PLOTS);
    let spare = dice.below(5);
    let mut telling = Telling { tale, dice, cast, spare, done: Vec::new() };
    if telling.dice.lucky(1, 6) {
        let weather = telling.dice.pick(WEATHERS);
        telling.plain(Clause::of_weather(Verb::Weather, Some(weather)))?;
    }
    plot(&mut telling)?;
    while (telling.tale.sentences.len() as u32) < SHORTEST {
        telling.aside();
    }
    Ok(telling.tale)
}

fn several<'a, T>(dice: &mut Dice, list: &'a [T], count: usize) -> Vec<&'a T> {
    let mut places: Vec<usize> = Vec::new();
    while places.len() < count {
        let place = dice.below(list.len() as u32) as usize;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places.into_iter().map(|place| &list[place]).collect()
}

fn cast(dice: &mut Dice) -> Cast {
    let people = several(dice, &PEOPLE, 3);
    let places = several(dice, PLACES, 5);
    let carried: Vec<&'static Noun> = NOUNS.iter().filter(|noun| CARRIED.contains(&noun.sort)).collect();
    let things = several(dice, &carried, 2);
    let animals: Vec<&'static Noun> = NOUNS.iter().filter(|noun| matches!(noun.sort, Sort::Animal | Sort::Pet)).collect();
    let animals = several(dice, &animals, 2);
    let containers = several(dice, nouns(Sort::Container), 2);
    Cast {
        hero: people[0],
        friend: people[1],
        neighbour: people[2],
        places: [places[0], places[1], places[2], places[3], places[4]],
        thing: things[0],
        container: containers[0],
        animal: animals[0],
        other: things[1],
        other_container: containers[1],
        other_animal: animals[1],
        fruit: dice.pick(nouns(Sort::Fruit)),
        food: dice.pick(nouns(Sort::Food)),
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
        self.tale.say(self.dice, clause)
    }

    fn both(&mut self, first: Clause, second: Clause) -> Result<(), Wrong> {
        self.pause();
        if self.dice.lucky(1, 3) {
            self.plain(first)?;
            return self.plain(second);
        }
        self.tale.say_both(self.dice, first, second)
    }

    /// How somebody felt, with the reason at times.
    fn feel(&mut self, person: &'static Person, good: bool, reason: &Clause) -> Result<(), Wrong> {
        let apt = if good { &GLAD } else { &SORRY };
        let feelings: Vec<&'static Feeling> = FEELINGS.iter().filter(|feeling| apt.contains(&feeling.en)).collect();
        let clause = of(person, Verb::Feel).feeling(*self.dice.pick(&feelings));
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
        let Cast { neighbour, places, other, other_container, other_animal, .. } = self.cast;
        let neighbour_at = self.tale.state.place(neighbour);
        let has_other = self.tale.state.holder(other) == Some(neighbour);
        let kind = self.dice.below(8);
        let place = places[3 + self.dice.below(2) as usize];
        let clause = match kind {
            0 | 1 => match neighbour_at {
                None => of(neighbour, Verb::Be).at(place),
                Some(here) => of(neighbour, Verb::Go).at(if here == places[3] { places[4] } else { places[3] }),
            },
            2 if has_other && neighbour_at.is_some() => {
                let Some(here) = neighbour_at else { return };
                of(neighbour, Verb::Leave).what(thing(other)).at(here)
            }
            2 | 3 => of(neighbour, *self.dice.pick(&[Verb::Have, Verb::Take])).what(thing(other)),
            4 => Clause::new(Verb::Sleep, Entity::Animal(other_animal)).at(place),
            5 => of(neighbour, *self.dice.pick(&[Verb::Sing, Verb::Dance, Verb::Laugh])),
            6 => Clause::new(Verb::Be, thing(other_container)).at(place),
            _ => match neighbour_at {
                Some(here) => of(neighbour, *self.dice.pick(&[Verb::Work, Verb::Play, Verb::Wait])).at(here),
                None => of(neighbour, *self.dice.pick(&[Verb::Work, Verb::Play, Verb::Wait])).at(place),
            },
        };
        // The same is not told twice.
        if self.done.contains(&kind) && kind > 1 || self.tale.state.told.contains(&clause) {
            return;
        }
        // An animal that sleeps is spoken of as one that was there.
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
    t.feel(hero, false, &lose)?;
    let own = her_or_his(hero, noun);
    match t.dice.below(3) {
        0 => {
            t.say(of(hero, Verb::Seek).what(thing(noun)))?;
            t.say(of(hero, Verb::Go).at(there))?;
            let find = of(hero, Verb::Find).what(thing(noun));
            t.say(find.clone())?;
            t.feel(hero, true, &find)?;
            t.tale.summary = format!("{} lost {own} but found it {}.", hero.name, at(there));
        }
        1 => {
            t.say(of(friend, Verb::Be).at(there))?;
            t.say(of(friend, Verb::Find).what(thing(noun)))?;
            let give = of(friend, Verb::Give).what(thing(noun)).whom(hero);
            t.both(of(friend, Verb::Go).at(home), give.clone())?;
            t.feel(hero, true, &give)?;
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
    let shops: Vec<&'static Place> = PLACES.iter().filter(|place| SHOPS.contains(&place.noun.en)).collect();
    t.say(of(friend, Verb::Be).at(there))?;
    let bought = t.dice.lucky(1, 2);
    if bought {
        let shop = shops[t.dice.below(shops.len() as u32) as usize];
        if shop == there {
            t.say(of(hero, Verb::Be).at(home))?;
            t.say(of(hero, Verb::Have).what(thing(noun)))?;
            t.say(of(hero, Verb::Go).at(there))?;
        } else {
            t.both(of(hero, Verb::Go).at(shop), of(hero, Verb::Buy).what(thing(noun)))?;
            t.say(of(hero, Verb::Go).at(there))?;
        }
    } else {
        t.say(of(hero, Verb::Be).at(home))?;
        t.say(Clause::new(Verb::Be, thing(noun)).at(home))?;
        t.both(of(hero, Verb::Take).what(thing(noun)), of(hero, Verb::Go).at(there))?;
    }
    let give = of(hero, Verb::Give).what(thing(noun)).whom(friend);
    t.say(give.clone())?;
    t.feel(friend, true, &give)?;
    if t.dice.lucky(1, 2) {
        t.say(of(friend, Verb::Thank).whom(hero))?;
    }
    t.tale.summary = format!("{} made {} happy with {}.", hero.name, friend.name, a(noun));
    Ok(())
}

fn hungry_animal(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, places: [home, there, ..], animal, food, .. } = t.cast;
    t.tale.title = format!("The hungry {}", animal.en);
    let the_animal = Entity::Animal(animal);
    t.say(Clause::new(Verb::Be, the_animal).at(there))?;
    t.say(Clause::new(Verb::Hunger, the_animal))?;
    t.say(of(hero, Verb::Be).at(home))?;
    if t.dice.lucky(1, 2) {
        t.both(of(hero, Verb::Take).what(thing(food)), of(hero, Verb::Go).at(there))?;
    } else {
        t.say(of(hero, Verb::Go).at(there))?;
    }
    t.say(of(hero, Verb::Feed).what(the_animal))?;
    let name = hero.name;
    if t.dice.lucky(1, 2) {
        t.both(of(hero, Verb::Return).at(home), of(hero, Verb::Rest))?;
        t.say(Clause::new(Verb::Follow, the_animal).whom(hero))?;
        t.tale.summary = format!("{name} fed a hungry {}, and it followed {} to the {}.", animal.en, object(hero), home.noun.en);
    } else {
        t.say(Clause::new(Verb::Sleep, the_animal).at(there))?;
        t.tale.summary = format!("{name} fed a hungry {}, and it fell asleep {}.", animal.en, at(there));
    }
    Ok(())
}

fn broken(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, ..], .. } = t.cast;
    let mended: Vec<&'static Noun> = NOUNS.iter().filter(|noun| MENDED.contains(&noun.sort) && *noun != t.cast.other).collect();
    let noun = mended[t.dice.below(mended.len() as u32) as usize];
    t.tale.title = format!("The broken {}", noun.en);
    t.say(of(hero, Verb::Be).at(home))?;
    t.say(of(hero, Verb::Have).what(thing(noun)))?;
    let break_ = of(hero, Verb::Break).what(thing(noun));
    t.say(break_.clone())?;
    t.feel(hero, false, &break_)?;
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
    t.feel(hero, true, &mend)?;
    t.tale.summary = format!("{} broke {}, but {} mended it.", hero.name, her_or_his(hero, noun), friend.name);
    Ok(())
}

fn harvest(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, ..], fruit, .. } = t.cast;
    t.tale.title = format!("{} for {}", capital(fruit.en_plural), friend.name);
    let gathered = 2 + t.dice.below(9);
    let given = 1 + t.dice.below(gathered - 1);
    t.say(of(friend, Verb::Be).at(home))?;
    t.say(of(hero, Verb::Go).at(there))?;
    t.say(of(hero, Verb::Gather).several(fruit, gathered))?;
    let give = of(hero, Verb::Give).several(fruit, given).whom(friend);
    t.both(of(hero, Verb::Go).at(home), give.clone())?;
    t.feel(friend, true, &give)?;
    let given = super::lexicon::NUMBERS[given as usize][0];
    let gathered = super::lexicon::NUMBERS[gathered as usize][0];
    t.tale.summary =
        format!("{} gathered {gathered} {} and gave {given} of them to {}.", hero.name, fruit.en_plural, friend.name);
    Ok(())
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

fn hidden(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, ..], thing: noun, container, .. } = t.cast;
    t.tale.title = format!("The {} in the {}", noun.en, container.en);
    t.say(Clause::new(Verb::Be, thing(container)).at(home))?;
    t.say(of(hero, Verb::Be).at(home))?;
    t.say(of(hero, Verb::Have).what(thing(noun)))?;
    t.both(of(hero, Verb::Put).what(thing(noun)).inside(container), of(hero, Verb::Go).at(there))?;
    t.say(of(friend, Verb::Go).at(home))?;
    let find = of(friend, Verb::Find).what(thing(noun));
    if t.dice.lucky(2, 3) {
        t.both(of(friend, Verb::Open).what(thing(container)), find.clone())?;
        t.feel(friend, true, &find)?;
        t.tale.summary =
            format!("{} found the {} that {} had put in the {}.", friend.name, noun.en, hero.name, container.en);
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
    t.feel(friend, true, &brought)?;
    t.tale.summary = format!("{} brought {} the {} that {} wanted.", hero.name, friend.name, noun.en, pronoun(friend.gender, Language::English));
    Ok(())
}

fn rain(t: &mut Telling) -> Result<(), Wrong> {
    let Cast { hero, friend, places: [home, there, ..], .. } = t.cast;
    t.tale.title = "A rainy day".to_string();
    t.say(of(hero, Verb::Play).at(there))?;
    t.say(of(friend, Verb::Meet).whom(hero).at(there))?;
    let begin = Clause::of_weather(Verb::Begin, None);
    if t.tale.state.weather.is_some_and(|weather| is_wet(weather)) {
        t.say(of(hero, Verb::Laugh))?;
    } else {
        t.say(begin)?;
    }
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
        t.feel(hero, true, &give)?;
        t.tale.summary = format!("{} visited {} and was given {}.", hero.name, friend.name, a(food));
    }
    Ok(())
}
