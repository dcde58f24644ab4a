//! Text to learn language from, and the tokens a model reads it as.
//!
//! - [`tokenizer`]: characters, bytes and byte pairs, and the files they come in.
//! - [`corpus`]: documents, the visitor's own text, and what is held out of training.
//! - [`names`]: a list of first names, the smallest language.
//! - [`tasks`]: lines with exact answers, such as `12+30=42`.
//! - [`world`]: Pocket World, a village whose every fact is known, told in English and French.
//! - [`bigram`]: what can be foretold from one token alone, for comparison.

pub mod bigram;
pub mod chance;
pub mod corpus;
pub mod names;
pub mod tasks;
pub mod tokenizer;
pub mod world;
