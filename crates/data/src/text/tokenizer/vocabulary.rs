use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::alphabet;
use super::error::TokenizerError;
use super::split::Split;

/// All that a tokenizer is, as it is kept in a checkpoint: the rest is found from it.
///
/// In JSON a token of text is a string in GPT-2's alphabet, the token of a byte its number, and a special token `{"special": name}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vocabulary {
    pub unit: Unit,
    pub split: Split,
    /// Whether text gets a space in front, as SentencePiece gives it, so that the first word is like the others.
    pub leading_space: bool,
    /// By id.
    pub tokens: Vec<Token>,
    /// Which two tokens become one, whose text is that of both, in the order in which they are merged.
    pub merges: Vec<(u32, u32)>,
    /// The token before a text, where a model wants one.
    pub begin_of_text: Option<u32>,
    /// The token after a text and between two of them.
    pub end_of_text: Option<u32>,
    /// What stands for a character that the vocabulary cannot write.
    pub unknown: Option<u32>,
}

/// What a piece of text is made of before anything is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Bytes of UTF-8, each a token of text.
    Byte,
    /// Characters, or, where one is no token, its bytes, or the unknown token where these are none.
    Character,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// The bytes it stands for: not always whole characters where the unit is a byte.
    Text(Vec<u8>),
    /// A byte of a character that has no token (SentencePiece's byte fallback).
    Byte(u8),
    /// No text, but a mark of that name.
    Special(String),
}

impl Token {
    pub fn bytes(&self) -> &[u8] {
        match self {
            Token::Text(bytes) => bytes,
            Token::Byte(byte) => std::slice::from_ref(byte),
            Token::Special(name) => name.as_bytes(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Byte(u8),
    Special { special: String },
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self {
            Token::Text(bytes) => Written::Text(alphabet::write(bytes)),
            Token::Byte(byte) => Written::Byte(*byte),
            Token::Special(name) => Written::Special { special: name.clone() },
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(token) => match alphabet::read(&token) {
                Some(bytes) => Token::Text(bytes),
                None => return Err(de::Error::custom(TokenizerError::NotBytes { token })),
            },
            Written::Byte(byte) => Token::Byte(byte),
            Written::Special { special } => Token::Special(special),
        })
    }
}

impl Vocabulary {
    /// The ids of tokens of text.
    pub fn ids(&self) -> FxHashMap<&[u8], u32> {
        let texts = self.tokens.iter().zip(0..);
        texts.filter_map(|(token, id)| if let Token::Text(bytes) = token { Some((&bytes[..], id)) } else { None }).collect()
    }

    /// The special token of one of these names, the first that there is.
    pub fn special(&self, names: &[&str]) -> Option<u32> {
        let find = |name: &&str| self.tokens.iter().position(|token| matches!(token, Token::Special(special) if special == name));
        names.iter().find_map(find).map(|id| id as u32)
    }

    /// Whether no token has a space behind another character, so that text can be cut before spaces without changing its tokens.
    pub fn has_only_leading_spaces(&self) -> bool {
        let has_inner = |bytes: &[u8]| bytes.iter().skip_while(|byte| **byte == b' ').any(|byte| *byte == b' ');
        !self.tokens.iter().any(|token| matches!(token, Token::Text(bytes) if has_inner(bytes)))
    }
}
