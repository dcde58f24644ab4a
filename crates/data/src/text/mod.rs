//! Text to learn language from, and the tokens a model reads it as.

pub mod tokenizer;
