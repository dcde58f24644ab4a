//! From text to the numbers a model reads and back: characters, bytes, and pairs of bytes merged into longer and longer tokens.
//!
//! - Byte-pair encoding over text: Sennrich, Haddow, Birch 2016, "Neural machine translation of rare words with subword units".
//! - Over bytes, so that nothing is unknown, and within pieces of text: Radford and others 2019, "Language models are unsupervised
//!   multitask learners" (GPT-2).
//! - Over characters with bytes for those that are not in the vocabulary, as Llama's: Kudo, Richardson 2018, "SentencePiece".
//!
//! One [`Tokenizer`] does them all: a text is cut into pieces, a piece into units, and units are merged. Ordinary text never gives a
//! special token, whatever it spells.

mod alphabet;
mod error;
mod hugging_face;
mod llama2c;
mod merging;
mod split;
mod training;
mod vocabulary;

use std::borrow::Cow;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

pub use error::TokenizerError;
pub use training::{BpeTrainer, Merge, WordCounts};
pub use vocabulary::Token;

use merging::{Merger, Rule};
use split::Split;
use vocabulary::{Unit, Vocabulary};

/// The name of the token between two texts, as GPT-2 has it.
pub const END_OF_TEXT: &str = "<|endoftext|>";

/// The name of the token for characters that have none.
const UNKNOWN: &str = "<unk>";

/// What becomes of characters that a vocabulary of characters does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// All of them are one token, which is read back as �: the vocabulary is small, and only texts of its characters come back.
    Token,
    /// They are spelled by their bytes, for which there are 256 more tokens: any text comes back.
    Bytes,
}

/// Text to tokens and back.
///
/// In JSON it is its vocabulary and its merges, compactly; [`to_hugging_face`](Tokenizer::to_hugging_face) is what others read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Vocabulary", into = "Vocabulary")]
pub struct Tokenizer {
    vocabulary: Vocabulary,
    /// The token of a character, where a unit is a character.
    characters: FxHashMap<char, u32>,
    /// The token of a byte.
    bytes: Vec<Option<u32>>,
    rules: FxHashMap<(u32, u32), Rule>,
}

impl PartialEq for Tokenizer {
    fn eq(&self, other: &Self) -> bool {
        self.vocabulary == other.vocabulary
    }
}

impl From<Tokenizer> for Vocabulary {
    fn from(tokenizer: Tokenizer) -> Self {
        tokenizer.vocabulary
    }
}

impl TryFrom<Vocabulary> for Tokenizer {
    type Error = TokenizerError;

    /// Checks that what is named is there, and finds what encoding needs.
    fn try_from(vocabulary: Vocabulary) -> Result<Self, TokenizerError> {
        if vocabulary.tokens.is_empty() {
            return Err(TokenizerError::Empty);
        }
        for id in [vocabulary.begin_of_text, vocabulary.end_of_text, vocabulary.unknown].into_iter().flatten() {
            if !matches!(vocabulary.tokens.get(id as usize), Some(Token::Special(_))) {
                return Err(TokenizerError::NotSpecial { id });
            }
        }
        let (mut characters, mut bytes) = (FxHashMap::default(), vec![None; 256]);
        for (token, id) in vocabulary.tokens.iter().zip(0..) {
            match (token, vocabulary.unit) {
                (Token::Text(text), Unit::Byte) if text.len() == 1 => bytes[usize::from(text[0])] = Some(id),
                (Token::Byte(byte), Unit::Character) => bytes[usize::from(*byte)] = Some(id),
                (Token::Text(text), Unit::Character) => {
                    let text = str::from_utf8(text).unwrap_or_default();
                    if let Some(character) = text.chars().next().filter(|first| first.len_utf8() == text.len()) {
                        characters.insert(character, id);
                    }
                }
                _ => {}
            }
        }
        let rules = rules(&vocabulary)?;
        Ok(Tokenizer { vocabulary, characters, bytes, rules })
    }
}

/// Which token two neighbours make.
fn rules(vocabulary: &Vocabulary) -> Result<FxHashMap<(u32, u32), Rule>, TokenizerError> {
    let ids = vocabulary.ids();
    let mut rules = FxHashMap::with_capacity_and_hasher(vocabulary.merges.len(), Default::default());
    let mut joined = Vec::new();
    for (merge, &(left, right)) in vocabulary.merges.iter().enumerate() {
        joined.clear();
        for id in [left, right] {
            match vocabulary.tokens.get(id as usize) {
                Some(Token::Text(bytes)) => joined.extend_from_slice(bytes),
                _ => return Err(TokenizerError::BadMerge { merge, what: format!("token {id}") }),
            }
        }
        let Some(&token) = ids.get(&joined[..]) else {
            return Err(TokenizerError::BadMerge { merge, what: format!("“{}”", show(&joined)) });
        };
        // Of the same merge twice the first counts.
        rules.entry((left, right)).or_insert(Rule { rank: merge as u32, token });
    }
    Ok(rules)
}

impl Tokenizer {
    /// Each byte of UTF-8 is a token, whose id is its value.
    pub fn bytes() -> Self {
        Self::of_units(Unit::Byte, (0..=u8::MAX).map(|byte| Token::Text(vec![byte])).collect())
    }

    /// Each character that a text has is a token, in the order of Unicode; then come those for all other characters.
    pub fn characters(text: &str, unknown: Unknown) -> Self {
        let characters: BTreeSet<char> = text.chars().collect();
        let mut tokens: Vec<Token> = characters.iter().map(|c| Token::Text(c.to_string().into_bytes())).collect();
        match unknown {
            Unknown::Token => tokens.push(Token::Special(UNKNOWN.to_owned())),
            Unknown::Bytes => tokens.extend((0..=u8::MAX).map(Token::Byte)),
        }
        Self::of_units(Unit::Character, tokens)
    }

    fn of_units(unit: Unit, tokens: Vec<Token>) -> Self {
        let mut vocabulary = Vocabulary {
            unit,
            split: Split::None,
            leading_space: false,
            tokens,
            merges: Vec::new(),
            begin_of_text: None,
            end_of_text: None,
            unknown: None,
        };
        vocabulary.unknown = vocabulary.special(&[UNKNOWN]);
        Self::of_complete(vocabulary)
    }

    /// For vocabularies made here, which have tokens, and whose merges make tokens.
    fn of_complete(vocabulary: Vocabulary) -> Self {
        Tokenizer::try_from(vocabulary).unwrap_or_else(|error| unreachable!("a vocabulary made here: {error}"))
    }

    /// The same with one more token, [`END_OF_TEXT`], for what ends a text and stands between two; unchanged where there is one.
    pub fn with_end_of_text(mut self) -> Self {
        if self.vocabulary.end_of_text.is_none() {
            self.vocabulary.end_of_text = Some(self.len() as u32);
            self.vocabulary.tokens.push(Token::Special(END_OF_TEXT.to_owned()));
        }
        self
    }

    /// How many tokens there are: ids run from 0 to one less.
    pub fn len(&self) -> usize {
        self.vocabulary.tokens.len()
    }

    /// Never: a tokenizer without tokens is refused.
    pub fn is_empty(&self) -> bool {
        self.vocabulary.tokens.is_empty()
    }

    /// By id.
    pub fn tokens(&self) -> &[Token] {
        &self.vocabulary.tokens
    }

    /// Which two tokens become one, in the order in which they are merged.
    pub fn merges(&self) -> &[(u32, u32)] {
        &self.vocabulary.merges
    }

    /// The token after a text and between two of them.
    pub fn end_of_text(&self) -> Option<u32> {
        self.vocabulary.end_of_text
    }

    /// The token that a model wants before a text, as Llama does.
    pub fn begin_of_text(&self) -> Option<u32> {
        self.vocabulary.begin_of_text
    }

    /// The token of characters that have none, where they are not spelled by their bytes.
    pub fn unknown(&self) -> Option<u32> {
        self.vocabulary.unknown
    }

    /// Whether every text comes back from its tokens as it was: there is a token for every byte that UTF-8 has.
    pub fn is_exact(&self) -> bool {
        let mut bytes = (0..=0xF4).filter(|byte| !matches!(byte, 0xC0 | 0xC1));
        bytes.all(|byte: usize| self.bytes[byte].is_some())
    }

    /// The characters of a text that have no token, each once, in order of appearance. They become the unknown token or, in some
    /// vocabularies from elsewhere, nothing.
    pub fn unknown_in(&self, text: &str) -> Vec<char> {
        let mut unknown = Vec::new();
        if !self.is_exact() {
            for character in text.chars().filter(|character| !self.can_write(*character)) {
                if !unknown.contains(&character) {
                    unknown.push(character);
                }
            }
        }
        unknown
    }

    fn can_write(&self, character: char) -> bool {
        let mut utf8 = [0; 4];
        let mut bytes = character.encode_utf8(&mut utf8).bytes();
        self.characters.contains_key(&character) || bytes.all(|byte| self.bytes[usize::from(byte)].is_some())
    }

    /// The tokens of a text. It never gives a special token other than the unknown one.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let text = match self.vocabulary.leading_space && !text.is_empty() {
            true => Cow::Owned(format!(" {text}")),
            false => Cow::Borrowed(text),
        };
        let mut tokens = Vec::with_capacity(text.len() / if self.rules.is_empty() { 1 } else { 3 });
        if self.rules.is_empty() {
            self.units(&text, &mut tokens);
            return tokens;
        }
        /// Words that are looked up when they come again: those of any language, and bounded memory.
        const KNOWN: usize = 1 << 18;
        let mut known: FxHashMap<&str, (u32, u32)> = FxHashMap::default();
        let (mut merger, mut piece_tokens) = (Merger::default(), Vec::new());
        for piece in self.vocabulary.split.pieces(&text) {
            if let Some(&(from, to)) = known.get(piece) {
                tokens.extend_from_within(from as usize..to as usize);
                continue;
            }
            piece_tokens.clear();
            self.units(piece, &mut piece_tokens);
            merger.merge(&mut piece_tokens, |left, right| self.rules.get(&(left, right)).copied());
            let from = tokens.len() as u32;
            tokens.extend_from_slice(&piece_tokens);
            if known.len() < KNOWN {
                known.insert(piece, (from, tokens.len() as u32));
            }
        }
        tokens
    }

    /// The same where only the first so many merges have been learnt: to see how words come together. It is not for models.
    pub fn after_merges(&self, merges: usize) -> Tokenizer {
        let mut early = self.clone();
        early.rules.retain(|_, rule| (rule.rank as usize) < merges);
        early
    }

    /// What a piece of text is made of before merging.
    fn units(&self, text: &str, tokens: &mut Vec<u32>) {
        let token_of = |byte: u8| self.bytes[usize::from(byte)];
        if self.vocabulary.unit == Unit::Byte {
            return tokens.extend(text.bytes().filter_map(|byte| token_of(byte).or(self.unknown())));
        }
        for character in text.chars() {
            match self.characters.get(&character) {
                Some(token) => tokens.push(*token),
                None if self.can_write(character) => {
                    tokens.extend(character.encode_utf8(&mut [0; 4]).bytes().filter_map(token_of));
                }
                None => tokens.extend(self.unknown()),
            }
        }
    }

    /// The text of tokens. Special tokens are written by their names, except the unknown one, which is �; so are ids that are no
    /// tokens and bytes that make no character. Where encoding puts a space in front, one is taken away again.
    pub fn decode(&self, tokens: &[u32]) -> String {
        let tokens = match tokens {
            [first, rest @ ..] if self.begin_of_text() == Some(*first) => rest,
            _ => tokens,
        };
        let text = self.decode_on(tokens);
        match text.strip_prefix(' ') {
            Some(rest) if self.vocabulary.leading_space => rest.to_string(),
            _ => text,
        }
    }

    /// The same of tokens that go on from a text.
    pub fn decode_on(&self, tokens: &[u32]) -> String {
        String::from_utf8_lossy(&self.bytes_of(tokens)).into_owned()
    }

    /// Whether tokens end within a character, whose other bytes are still to come.
    pub fn ends_within_character(&self, tokens: &[u32]) -> bool {
        let bytes = self.bytes_of(tokens);
        let rest = bytes.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
        std::str::from_utf8(rest).is_err_and(|error| error.error_len().is_none())
    }

    fn bytes_of(&self, tokens: &[u32]) -> Vec<u8> {
        tokens.iter().flat_map(|token| self.token_bytes(*token)).copied().collect()
    }

    /// The bytes of one token, which may be a part of a character. What [`decode`](Self::decode) says of special ones holds here.
    pub fn token_bytes(&self, token: u32) -> &[u8] {
        const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();
        match self.vocabulary.tokens.get(token as usize) {
            Some(known) if Some(token) != self.unknown() => known.bytes(),
            _ => REPLACEMENT,
        }
    }

    /// Whether a token is no text but a mark.
    pub fn is_special(&self, token: u32) -> bool {
        matches!(self.vocabulary.tokens.get(token as usize), Some(Token::Special(_)))
    }

    /// A token as a person can see it, as [`show`], a special one by its name.
    pub fn show(&self, token: u32) -> String {
        match self.vocabulary.tokens.get(token as usize) {
            Some(Token::Special(name)) => name.clone(),
            Some(token) => show(token.bytes()),
            None => format!("<{token}?>"),
        }
    }
}

/// The bytes of a token as a person can see them: a space is ␣, a line break ↵, a tab ⇥, and bytes that make no visible character
/// are written as `<0xE2>`.
pub fn show(bytes: &[u8]) -> String {
    let mut shown = String::new();
    let hex = |shown: &mut String, bytes: &[u8]| bytes.iter().for_each(|byte| shown.push_str(&format!("<0x{byte:02X}>")));
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                ' ' => shown.push('␣'),
                '\n' => shown.push('↵'),
                '\t' => shown.push('⇥'),
                control if control.is_control() => hex(&mut shown, control.encode_utf8(&mut [0; 4]).as_bytes()),
                visible => shown.push(visible),
            }
        }
        hex(&mut shown, chunk.invalid());
    }
    shown
}

#[cfg(test)]
mod tests;
