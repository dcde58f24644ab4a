//! Pocket World: a village of people, animals, places and things, simulated, so that every fact of every text about it is known.

pub mod lexicon;
pub mod phrase;
