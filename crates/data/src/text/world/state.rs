//! What is so in the village: who is where, holds what and feels how, and what may happen next.

use std::collections::BTreeMap;

use super::clause::{Clause, Entity, Spot, Verb};
use super::lexicon::{Adjective, Feeling, Noun, Person, Place, Weather};
use super::phrase::{self, Language};

/// Where a thing or an animal is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Whereabouts {
    There(Spot),
    /// Somebody has it.
    With(&'static Person),
    /// Nobody in the story knows.
    Lost,
    /// Somebody ate it, or an animal.
    Eaten(Entity),
}

/// What is known of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Villager {
    pub person: &'static Person,
    pub place: Option<&'static Place>,
    /// Where they were, in order, each as often as they came there.
    pub path: Vec<&'static Place>,
    pub feeling: Option<&'static Feeling>,
}

/// What is known of a thing or an animal.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub noun: &'static Noun,
    pub adjective: Option<&'static Adjective>,
    pub whereabouts: Option<Whereabouts>,
    pub owner: Option<&'static Person>,
    pub broken: bool,
}

/// The village as a story has told it so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    people: BTreeMap<&'static str, Villager>,
    nouns: BTreeMap<&'static str, Known>,
    /// How many of something somebody has, by their names.
    counts: BTreeMap<(&'static str, &'static str), u32>,
    pub weather: Option<&'static Weather>,
    pub rain_began: bool,
    /// What was told, and the reasons that were given.
    pub told: Vec<Clause>,
    pub reasons: Vec<Reason>,
}

/// Why somebody felt as they did, in the words that follow “because”.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub person: &'static Person,
    pub feeling: &'static Feeling,
    pub words: String,
}

/// Whether it rains.
fn is_wet(weather: &Weather) -> bool {
    weather.en.contains("rain")
}

/// Why a clause cannot be so, in words.
pub type Wrong = String;

impl State {
    pub fn person(&self, person: &Person) -> Option<&Villager> {
        self.people.get(person.name)
    }

    pub fn people(&self) -> impl Iterator<Item = &Villager> {
        self.people.values()
    }

    /// Who is told of, in the order of their names.
    pub fn persons(&self) -> impl Iterator<Item = &'static Person> {
        self.people().map(|villager| villager.person)
    }

    pub fn noun(&self, noun: &Noun) -> Option<&Known> {
        self.nouns.get(noun.en)
    }

    pub fn nouns(&self) -> impl Iterator<Item = &Known> {
        self.nouns.values()
    }

    /// How many of something a person has.
    pub fn count(&self, person: &Person, noun: &Noun) -> Option<u32> {
        self.counts.get(&(person.name, noun.en)).copied()
    }

    /// Where a person is, if that was told.
    pub fn place(&self, person: &Person) -> Option<&'static Place> {
        self.person(person).and_then(|villager| villager.place)
    }

    /// The place where a thing or an animal is in the end, be it in a box or in somebody's hands.
    pub fn place_of(&self, noun: &Noun) -> Option<&'static Place> {
        match self.noun(noun)?.whereabouts? {
            Whereabouts::There(Spot::At(place)) => Some(place),
            Whereabouts::There(Spot::In(container)) => self.place_of(container),
            Whereabouts::With(person) => self.place(person),
            Whereabouts::Lost | Whereabouts::Eaten(_) => None,
        }
    }

    /// Who has a thing, be it in a box that they have.
    pub fn holder(&self, noun: &Noun) -> Option<&'static Person> {
        match self.noun(noun)?.whereabouts? {
            Whereabouts::With(person) => Some(person),
            Whereabouts::There(Spot::In(container)) => self.holder(container),
            _ => None,
        }
    }

    /// Notes that there is such a thing, before a clause about it is heard.
    ///
    /// # Errors
    /// Where there is one already.
    pub fn introduce(&mut self, noun: &'static Noun, adjective: Option<&'static Adjective>) -> Result<(), Wrong> {
        if self.nouns.contains_key(noun.en) {
            return Err(format!("there is a {} already", noun.en));
        }
        self.nouns.insert(noun.en, Known { noun, adjective, whereabouts: None, owner: None, broken: false });
        Ok(())
    }

    /// Takes in a clause: what is told becomes so.
    ///
    /// # Errors
    /// Where it contradicts what is so, or speaks of what was not introduced.
    pub fn hear(&mut self, clause: &Clause) -> Result<(), Wrong> {
        for entity in [clause.who, clause.what].into_iter().flatten() {
            if let Entity::Animal(noun) | Entity::Thing(noun) = entity
                && clause.count.is_none()
                && self.noun(noun).is_none()
            {
                return Err(format!("nothing was told of a {}", noun.en));
            }
        }
        if let Some(Spot::In(container)) = clause.spot
            && self.noun(container).is_none()
        {
            return Err(format!("nothing was told of a {}", container.en));
        }
        if clause.denied {
            self.check_denied(clause)?;
        } else {
            match clause.who {
                None => self.hear_weather(clause)?,
                Some(Entity::Person(person)) => self.hear_of_person(person, clause)?,
                Some(Entity::Animal(noun) | Entity::Thing(noun)) => self.hear_of_noun(noun, clause)?,
            }
        }
        self.told.push(clause.clone());
        Ok(())
    }

    /// Takes in why something was so, a reason in these words.
    ///
    /// # Errors
    /// Where the reason was never told.
    pub fn hear_reason(&mut self, clause: &Clause, reason: &Clause, words: &str) -> Result<(), Wrong> {
        if !self.told.iter().any(|told| reason.says_no_more_than(told)) {
            return Err("the reason was never told".to_string());
        }
        if let (Some(Entity::Person(person)), Some(feeling)) = (clause.who, clause.feeling) {
            self.reasons.push(Reason { person, feeling, words: words.to_string() });
        }
        Ok(())
    }

    fn check_denied(&mut self, clause: &Clause) -> Result<(), Wrong> {
        let affirmed = Clause { denied: false, ..clause.clone() };
        let is_so = match (clause.verb, clause.who, clause.spot) {
            (Verb::Be, Some(Entity::Person(person)), Some(Spot::At(place))) => self.place(person) == Some(place),
            (Verb::Be, Some(Entity::Animal(noun) | Entity::Thing(noun)), Some(spot)) => {
                self.noun(noun).and_then(|known| known.whereabouts) == Some(Whereabouts::There(spot))
            }
            _ => self.told.contains(&affirmed),
        };
        if is_so { Err("the opposite was told".to_string()) } else { Ok(()) }
    }

    fn hear_weather(&mut self, clause: &Clause) -> Result<(), Wrong> {
        match (clause.verb, clause.weather) {
            (Verb::Begin, _) if self.rain_began || self.weather.is_some_and(is_wet) => Err("it was raining already".to_string()),
            (Verb::Begin, _) => {
                self.rain_began = true;
                Ok(())
            }
            (_, Some(weather)) => match self.weather.replace(weather) {
                Some(earlier) if earlier != weather => Err(earlier.en.to_string()),
                _ if self.rain_began && !is_wet(weather) => Err("it had begun to rain".to_string()),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn villager(&mut self, person: &'static Person) -> &mut Villager {
        let new = Villager { person, place: None, path: Vec::new(), feeling: None };
        self.people.entry(person.name).or_insert(new)
    }

    fn go(&mut self, person: &'static Person, place: &'static Place) {
        let villager = self.villager(person);
        if villager.place != Some(place) {
            villager.place = Some(place);
            villager.path.push(place);
        }
    }

    fn be(&mut self, person: &'static Person, place: &'static Place) -> Result<(), Wrong> {
        match self.place(person) {
            Some(known) if known != place => Err(format!("{} was {}", person.name, phrase::at(known, Language::English))),
            _ => {
                self.go(person, place);
                Ok(())
            }
        }
    }

    /// Both are at the same place: where one of them was not known, it is now.
    fn join(&mut self, a: &'static Person, b: &'static Person) -> Result<(), Wrong> {
        if a == b {
            return Err(format!("{} cannot be two people", a.name));
        }
        match (self.place(a), self.place(b)) {
            (Some(place), None) => self.be(b, place),
            (None, Some(place)) | (Some(_), Some(place)) => self.be(a, place),
            (None, None) => {
                self.villager(a);
                self.villager(b);
                Ok(())
            }
        }
    }

    /// A thing is where a person is, within reach, and nobody else has it.
    fn reach(&mut self, person: &'static Person, noun: &'static Noun) -> Result<(), Wrong> {
        match self.noun(noun).and_then(|known| known.whereabouts) {
            Some(Whereabouts::Lost) => Err(format!("the {} was lost", noun.en)),
            Some(Whereabouts::Eaten(_)) => Err(format!("the {} was eaten", noun.en)),
            Some(Whereabouts::With(other)) if other != person => Err(format!("{} had the {}", other.name, noun.en)),
            Some(Whereabouts::There(Spot::In(container))) => self.reach(person, container),
            Some(Whereabouts::There(Spot::At(place))) => self
                .be(person, place)
                .map_err(|wrong| format!("the {} was {}, and {wrong}", noun.en, phrase::at(place, Language::English))),
            _ => Ok(()),
        }
    }

    fn hold(&self, person: &'static Person, noun: &'static Noun) -> Result<(), Wrong> {
        match self.holder(noun) {
            Some(holder) if holder == person => Ok(()),
            Some(other) => Err(format!("{} had the {}", other.name, noun.en)),
            None => Err(format!("{} did not have the {}", person.name, noun.en)),
        }
    }

    fn put(&mut self, noun: &'static Noun, whereabouts: Whereabouts) {
        if let Some(known) = self.nouns.get_mut(noun.en) {
            known.whereabouts = Some(whereabouts);
        }
    }

    fn take(&mut self, person: &'static Person, noun: &'static Noun) {
        self.put(noun, Whereabouts::With(person));
    }

    fn own(&mut self, person: &'static Person, noun: &'static Noun) {
        if let Some(known) = self.nouns.get_mut(noun.en) {
            known.owner.get_or_insert(person);
        }
    }

    fn change_count(&mut self, person: &'static Person, noun: &'static Noun, by: i64) -> Result<(), Wrong> {
        let count = self.counts.entry((person.name, noun.en)).or_default();
        let changed = i64::from(*count) + by;
        *count = u32::try_from(changed).map_err(|_| format!("{} had only {count} {}", person.name, noun.en_plural))?;
        Ok(())
    }

    fn hear_of_person(&mut self, person: &'static Person, clause: &Clause) -> Result<(), Wrong> {
        self.villager(person);
        let thing = match clause.what {
            Some(Entity::Thing(noun) | Entity::Animal(noun)) => Some(noun),
            _ => None,
        };
        let place = match clause.spot {
            Some(Spot::At(place)) => Some(place),
            _ => None,
        };
        match (clause.verb, thing, clause.whom, place) {
            (Verb::Be | Verb::Sleep | Verb::Wait | Verb::Stay | Verb::Play | Verb::Work | Verb::Rest, _, _, Some(place)) => {
                self.be(person, place)
            }
            (Verb::Go | Verb::Run, _, _, Some(place)) => {
                if self.place(person) == Some(place) {
                    return Err(format!("{} was {} already", person.name, phrase::at(place, Language::English)));
                }
                self.go(person, place);
                Ok(())
            }
            (Verb::Return, _, _, Some(place)) => {
                let been = self.person(person).is_some_and(|villager| villager.path.contains(&place));
                if !been || self.place(person) == Some(place) {
                    return Err(format!("{} had not left from there", person.name));
                }
                self.go(person, place);
                Ok(())
            }
            (Verb::Carry, Some(noun), _, Some(place)) => {
                self.hold(person, noun)?;
                if self.place(person) == Some(place) {
                    return Err(format!("{} was {} already", person.name, phrase::at(place, Language::English)));
                }
                self.go(person, place);
                Ok(())
            }
            (Verb::Have, Some(noun), ..) => {
                match clause.count {
                    Some(count) => match self.count(person, noun) {
                        Some(known) if known != count => return Err(format!("{} had {known} {}", person.name, noun.en_plural)),
                        _ => drop(self.counts.insert((person.name, noun.en), count)),
                    },
                    None => {
                        match self.noun(noun).and_then(|known| known.whereabouts) {
                            None => {}
                            Some(Whereabouts::With(holder)) if holder == person => {}
                            Some(_) => self.hold(person, noun)?,
                        }
                        self.take(person, noun);
                        self.own(person, noun);
                    }
                }
                Ok(())
            }
            (Verb::Take, Some(noun), ..) => {
                if self.noun(noun).and_then(|known| known.whereabouts) == Some(Whereabouts::With(person)) {
                    return Err(format!("{} had the {} already", person.name, noun.en));
                }
                self.reach(person, noun)?;
                self.take(person, noun);
                Ok(())
            }
            (Verb::Find, Some(noun), ..) => {
                match self.noun(noun).and_then(|known| known.whereabouts) {
                    Some(Whereabouts::Lost) | None => {}
                    Some(Whereabouts::With(holder)) => return Err(format!("{} had the {}", holder.name, noun.en)),
                    Some(_) => self.reach(person, noun)?,
                }
                match clause.spot {
                    Some(Spot::At(place)) => self.be(person, place)?,
                    Some(Spot::In(container)) => self.reach(person, container)?,
                    None => {}
                }
                self.take(person, noun);
                Ok(())
            }
            (Verb::Leave | Verb::Put, Some(noun), ..) => {
                self.hold(person, noun)?;
                match clause.spot {
                    Some(Spot::At(place)) => self.be(person, place)?,
                    Some(Spot::In(container)) if container == noun => return Err(format!("a {} cannot hold itself", noun.en)),
                    Some(Spot::In(container)) => self.reach(person, container)?,
                    None => {}
                }
                if let Some(spot) = clause.spot {
                    self.put(noun, Whereabouts::There(spot));
                }
                Ok(())
            }
            (Verb::Give, Some(noun), Some(whom), _) => {
                self.join(person, whom)?;
                self.hand_over(person, noun, whom, clause.count)
            }
            (Verb::Bring, Some(noun), Some(whom), _) => {
                if let Some(place) = self.place(whom) {
                    self.go(person, place);
                }
                self.join(person, whom)?;
                self.hand_over(person, noun, whom, clause.count)
            }
            (Verb::Show, Some(noun), Some(whom), _) => {
                self.hold(person, noun)?;
                self.join(person, whom)
            }
            (Verb::Buy, Some(noun), _, place) => {
                if let Some(place) = place {
                    self.be(person, place)?;
                }
                if let Some(count) = clause.count {
                    return self.change_count(person, noun, i64::from(count));
                }
                if self.noun(noun).is_some_and(|known| known.whereabouts.is_some()) {
                    return Err(format!("the {} was not for sale", noun.en));
                }
                self.take(person, noun);
                self.own(person, noun);
                Ok(())
            }
            (Verb::Lose, Some(noun), ..) => {
                if self.noun(noun).is_some_and(|known| known.whereabouts.is_some()) {
                    self.hold(person, noun)?;
                }
                self.own(person, noun);
                self.put(noun, Whereabouts::Lost);
                Ok(())
            }
            (Verb::Seek | Verb::Want, Some(noun), ..) => match self.holder(noun) {
                Some(holder) if holder == person => Err(format!("{} had the {}", person.name, noun.en)),
                _ => Ok(()),
            },
            (Verb::See, Some(noun), ..) => {
                if let Some(place) = place {
                    self.be(person, place)?;
                }
                match (self.place_of(noun), self.place(person)) {
                    (Some(there), Some(here)) if there != here => {
                        Err(format!("the {} was {}", noun.en, phrase::at(there, Language::English)))
                    }
                    (None, Some(here)) if self.noun(noun).is_some_and(|known| known.whereabouts.is_none()) => {
                        self.put(noun, Whereabouts::There(Spot::At(here)));
                        Ok(())
                    }
                    _ => Ok(()),
                }
            }
            (Verb::Meet, _, Some(whom), place) => {
                if let Some(place) = place {
                    self.be(person, place)?;
                }
                self.join(person, whom)
            }
            (Verb::Visit, _, Some(whom), _) => {
                if let Some(place) = self.place(whom) {
                    self.go(person, place);
                }
                self.join(person, whom)
            }
            (Verb::Help | Verb::Thank, _, Some(whom), _) => self.join(person, whom),
            (Verb::Follow, _, Some(whom), _) => {
                if let Some(place) = self.place(whom) {
                    self.go(person, place);
                }
                Ok(())
            }
            (Verb::Gather, Some(noun), ..) => self.change_count(person, noun, i64::from(clause.count.unwrap_or(1))),
            (Verb::Eat, Some(noun), ..) => match clause.count {
                Some(count) => self.change_count(person, noun, -i64::from(count)),
                None => {
                    self.reach(person, noun)?;
                    self.put(noun, Whereabouts::Eaten(Entity::Person(person)));
                    Ok(())
                }
            },
            (Verb::Feed | Verb::Wash | Verb::Paint | Verb::Open, Some(noun), ..) => self.reach(person, noun),
            (Verb::Break, Some(noun), ..) => {
                self.reach(person, noun)?;
                match self.nouns.get_mut(noun.en) {
                    Some(known) if known.broken => Err(format!("the {} was broken already", noun.en)),
                    Some(known) => {
                        known.broken = true;
                        Ok(())
                    }
                    None => Ok(()),
                }
            }
            (Verb::Mend, Some(noun), ..) => {
                match (self.place_of(noun), self.place(person)) {
                    (Some(there), Some(here)) if there != here => {
                        return Err(format!("the {} was {}", noun.en, phrase::at(there, Language::English)));
                    }
                    _ => {}
                }
                match self.nouns.get_mut(noun.en) {
                    Some(known) if known.broken => {
                        known.broken = false;
                        Ok(())
                    }
                    _ => Err(format!("the {} was not broken", noun.en)),
                }
            }
            (Verb::Win, ..) => {
                let other = self.told.iter().find(|told| told.verb == Verb::Win && !told.denied);
                other.map_or(Ok(()), |_| Err("the race was over".to_string()))
            }
            (Verb::Feel, ..) => {
                self.villager(person).feeling = clause.feeling;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn hand_over(
        &mut self,
        person: &'static Person,
        noun: &'static Noun,
        whom: &'static Person,
        count: Option<u32>,
    ) -> Result<(), Wrong> {
        match count {
            Some(count) => {
                self.change_count(person, noun, -i64::from(count))?;
                self.change_count(whom, noun, i64::from(count))
            }
            None => {
                self.hold(person, noun)?;
                self.take(whom, noun);
                Ok(())
            }
        }
    }

    /// An animal eats what is within its reach.
    fn feed_on(&mut self, animal: &'static Noun, food: &'static Noun) -> Result<(), Wrong> {
        match (self.noun(food).and_then(|known| known.whereabouts), self.place_of(food), self.place_of(animal)) {
            (Some(Whereabouts::Eaten(_)), ..) => Err(format!("the {} was eaten", food.en)),
            (Some(Whereabouts::Lost), ..) => Err(format!("the {} was lost", food.en)),
            (_, Some(there), Some(here)) if there != here => {
                Err(format!("the {} was {}", food.en, phrase::at(there, Language::English)))
            }
            _ => {
                self.put(food, Whereabouts::Eaten(Entity::Animal(animal)));
                Ok(())
            }
        }
    }

    fn hear_of_noun(&mut self, noun: &'static Noun, clause: &Clause) -> Result<(), Wrong> {
        match (clause.verb, clause.spot, clause.whom) {
            (Verb::Be | Verb::Sleep | Verb::Wait | Verb::Stay | Verb::Rest | Verb::Play, Some(spot), _) => {
                let known = self.noun(noun).and_then(|known| known.whereabouts);
                let there = Whereabouts::There(spot);
                match known {
                    None => {}
                    Some(known) if known == there => {}
                    Some(Whereabouts::There(Spot::At(place))) => {
                        return Err(format!("the {} was {}", noun.en, phrase::at(place, Language::English)));
                    }
                    Some(Whereabouts::There(Spot::In(container))) => {
                        return Err(format!("the {} was in the {}", noun.en, container.en));
                    }
                    Some(Whereabouts::With(person)) => return Err(format!("{} had the {}", person.name, noun.en)),
                    Some(Whereabouts::Lost) => {}
                    Some(Whereabouts::Eaten(_)) => return Err(format!("the {} was eaten", noun.en)),
                }
                self.put(noun, there);
                Ok(())
            }
            (Verb::Go | Verb::Run, Some(spot), _) => {
                if self.noun(noun).and_then(|known| known.whereabouts) == Some(Whereabouts::There(spot)) {
                    return Err(format!("the {} was there already", noun.en));
                }
                self.put(noun, Whereabouts::There(spot));
                Ok(())
            }
            (Verb::Eat, _, _) => match clause.what {
                Some(Entity::Thing(food)) => self.feed_on(noun, food),
                _ => Ok(()),
            },
            (Verb::Follow, _, Some(whom)) => {
                if let Some(place) = self.place(whom) {
                    self.put(noun, Whereabouts::There(Spot::At(place)));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
