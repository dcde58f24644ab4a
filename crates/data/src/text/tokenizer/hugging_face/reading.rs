use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use serde::Deserialize;
use serde_json::Value;

use super::super::error::TokenizerError;
use super::super::split::Split;
use super::super::vocabulary::{Token, Unit, Vocabulary};
use super::super::{END_OF_TEXT, Tokenizer, alphabet};

/// How SentencePiece writes a space.
const SPACE: &str = "▁";

/// Names of special tokens, the likelier ones first.
const ENDS: [&str; 4] = [END_OF_TEXT, "</s>", "<|end_of_text|>", "<eos>"];
const BEGINNINGS: [&str; 3] = ["<s>", "<|begin_of_text|>", "<bos>"];

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    added_tokens: Vec<Added>,
    #[serde(default)]
    normalizer: Value,
    #[serde(default)]
    pre_tokenizer: Value,
    model: Model,
}

#[derive(Deserialize)]
struct Added {
    id: u32,
    content: String,
}

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "type", default = "bpe")]
    kind: String,
    #[serde(default)]
    unk_token: Option<String>,
    #[serde(default)]
    continuing_subword_prefix: Option<String>,
    #[serde(default)]
    end_of_word_suffix: Option<String>,
    #[serde(default)]
    byte_fallback: bool,
    #[serde(default)]
    ignore_merges: bool,
    /// Read when the type is known: other types have lists here.
    #[serde(default)]
    vocab: Value,
    #[serde(default)]
    merges: Vec<Pair>,
}

fn bpe() -> String {
    "BPE".to_owned()
}

/// Older files have the two tokens of a merge in one string.
#[derive(Deserialize)]
#[serde(untagged)]
enum Pair {
    Apart(String, String),
    Joined(String),
}

impl Pair {
    fn parts(&self) -> Option<(&str, &str)> {
        match self {
            Pair::Apart(left, right) => Some((left, right)),
            Pair::Joined(both) => both.split_once(' '),
        }
    }
}

/// What the parts of a `tokenizer.json` before the model say.
struct Preparation {
    unit: Unit,
    split: Split,
    leading_space: bool,
    /// Whether spaces are written ▁.
    is_space_marked: bool,
}

impl Tokenizer {
    /// Reads a `tokenizer.json`: byte-level BPE as GPT-2's and SmolLM's, or BPE over characters as TinyLlama's. What comes after the
    /// model (a post-processor that adds tokens, a decoder) follows from the kind and is not read.
    ///
    /// # Errors
    /// [`TokenizerError::NotJson`], [`TokenizerError::Unsupported`] for other kinds, and whatever is wrong with the vocabulary.
    pub fn from_hugging_face(json: &str) -> Result<Self, TokenizerError> {
        let file: File = parse("tokenizer.json", json)?;
        let model = &file.model;
        if model.kind != "BPE" {
            return Err(unsupported(format!("a model of the type {}", model.kind)));
        }
        if model.ignore_merges {
            return Err(unsupported("words that are looked up whole (ignore_merges)"));
        }
        if [&model.continuing_subword_prefix, &model.end_of_word_suffix]
            .iter()
            .any(|mark| mark.as_ref().is_some_and(|m| !m.is_empty()))
        {
            return Err(unsupported("marks at the parts of words"));
        }
        let how = preparation(&file.normalizer, &file.pre_tokenizer)?;
        let vocab: BTreeMap<String, u32> = parse_value(&model.vocab)?;
        let specials: BTreeMap<u32, &str> = (file.added_tokens.iter().map(|added| (added.id, added.content.as_str())))
            .chain(model.unk_token.iter().filter_map(|name| Some((*vocab.get(name)?, name.as_str()))))
            .collect();
        let texts = vocab.iter().filter(|(_, id)| !specials.contains_key(id)).map(|(text, id)| Ok((*id, how.token(text, model)?)));
        let special_tokens = specials.iter().map(|(id, name)| Ok((*id, Token::Special((*name).to_owned()))));
        let tokens = by_id(texts.chain(special_tokens).collect::<Result<_, TokenizerError>>()?)?;
        let merges = merges(&vocab, model.merges.iter().map(Pair::parts))?;
        let mut vocabulary = complete(how.unit, how.split, tokens, merges);
        vocabulary.leading_space = how.leading_space;
        vocabulary.unknown = model.unk_token.as_deref().and_then(|name| vocabulary.special(&[name]));
        if vocabulary.unknown == vocabulary.end_of_text {
            // GPT-2's configuration names one for both; its bytes leave nothing unknown.
            vocabulary.unknown = None;
        }
        let is_whole = vocabulary.unit == Unit::Character && vocabulary.split == Split::None;
        if is_whole && !vocabulary.merges.is_empty() && vocabulary.has_only_leading_spaces() {
            vocabulary.split = Split::Spaces;
        }
        vocabulary.try_into()
    }

    /// Reads GPT-2's `vocab.json` and `merges.txt`. Tokens that are neither a byte nor merged are special.
    ///
    /// # Errors
    /// [`TokenizerError::NotJson`], [`TokenizerError::BadMergeLine`], and whatever is wrong with the vocabulary.
    pub fn from_gpt2(vocab_json: &str, merges_txt: &str) -> Result<Self, TokenizerError> {
        let vocab: BTreeMap<String, u32> = parse("vocab.json", vocab_json)?;
        let mut pairs = Vec::new();
        for (line, text) in merges_txt.lines().enumerate().filter(|(_, text)| !text.starts_with("#version") && !text.is_empty()) {
            let pair = text.split_once(' ').filter(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains(' '));
            pairs.push(pair.ok_or(TokenizerError::BadMergeLine { line: line + 1 })?);
        }
        let merged: FxHashSet<String> = pairs.iter().map(|(left, right)| format!("{left}{right}")).collect();
        let token = |text: &String| match alphabet::read(text) {
            Some(bytes) if bytes.len() == 1 || merged.contains(text) => Token::Text(bytes),
            _ => Token::Special(text.clone()),
        };
        let tokens = by_id(vocab.iter().map(|(text, id)| (*id, token(text))).collect())?;
        let merges = merges(&vocab, pairs.into_iter().map(Some))?;
        complete(Unit::Byte, Split::Gpt2, tokens, merges).try_into()
    }
}

impl Preparation {
    fn token(&self, text: &str, model: &Model) -> Result<Token, TokenizerError> {
        if self.unit == Unit::Byte {
            let bytes = alphabet::read(text);
            return bytes.map(Token::Text).ok_or_else(|| TokenizerError::NotBytes { token: text.to_owned() });
        }
        let hex = text.strip_prefix("<0x").and_then(|rest| rest.strip_suffix('>')).filter(|_| model.byte_fallback);
        Ok(match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => Token::Byte(byte),
            None if self.is_space_marked => Token::Text(text.replace(SPACE, " ").into_bytes()),
            None => Token::Text(text.as_bytes().to_vec()),
        })
    }
}

/// What is done to text before the model, if it is something that can be done here.
fn preparation(normalizer: &Value, pre_tokenizer: &Value) -> Result<Preparation, TokenizerError> {
    let normalizers = sequence(normalizer, "normalizers");
    let pre_tokenizers = sequence(pre_tokenizer, "pretokenizers");
    if pre_tokenizers.iter().any(|part| kind(part) == "ByteLevel") {
        if let Some(other) = normalizers.first() {
            return Err(unsupported(format!("the normalizer {}", kind(other))));
        }
        return byte_level(&pre_tokenizers);
    }
    let mut how = Preparation { unit: Unit::Character, split: Split::None, leading_space: false, is_space_marked: false };
    for part in normalizers {
        match kind(part) {
            "Prepend" if part["prepend"] == SPACE || part["prepend"] == " " => how.leading_space = true,
            "Replace" if part["pattern"]["String"] == " " && part["content"] == SPACE => how.is_space_marked = true,
            other => return Err(unsupported(format!("the normalizer {other}"))),
        }
    }
    for part in pre_tokenizers {
        match kind(part) {
            "Metaspace" if part["replacement"] == SPACE => {
                how.is_space_marked = true;
                // Before there was a scheme there was a flag.
                how.leading_space |= match part["prepend_scheme"].as_str() {
                    Some(scheme) => scheme != "never",
                    None => part["add_prefix_space"] != false,
                };
                if part["split"] != false {
                    how.split = Split::EachSpace;
                }
            }
            "Split" if part["pattern"]["String"] == " " && part["behavior"] == "MergedWithNext" && part["invert"] != true => {
                how.split = Split::EachSpace;
            }
            other => return Err(unsupported(format!("the pre-tokenizer {other}"))),
        }
    }
    Ok(how)
}

fn byte_level(pre_tokenizers: &[&Value]) -> Result<Preparation, TokenizerError> {
    let (mut has_regex, mut has_digits) = (false, false);
    for part in pre_tokenizers {
        match kind(part) {
            "ByteLevel" if part["add_prefix_space"] == true => {
                return Err(unsupported("a space before each text (add_prefix_space)"));
            }
            "ByteLevel" => has_regex = part["use_regex"] != false,
            "Digits" if part["individual_digits"] == true => has_digits = true,
            other => return Err(unsupported(format!("the pre-tokenizer {other}"))),
        }
    }
    let split = match (has_regex, has_digits) {
        (true, false) => Split::Gpt2,
        (true, true) => Split::Gpt2Digits,
        (false, false) => Split::None,
        (false, true) => return Err(unsupported("digits that stand alone among words that do not")),
    };
    Ok(Preparation { unit: Unit::Byte, split, leading_space: false, is_space_marked: false })
}

/// The parts of a sequence, in order; the thing itself where it is none.
fn sequence<'a>(value: &'a Value, parts: &str) -> Vec<&'a Value> {
    match value {
        Value::Null => Vec::new(),
        _ if kind(value) == "Sequence" => {
            value[parts].as_array().into_iter().flatten().flat_map(|part| sequence(part, parts)).collect()
        }
        _ => vec![value],
    }
}

fn kind(value: &Value) -> &str {
    value["type"].as_str().unwrap_or("without a type")
}

fn unsupported(what: impl Into<String>) -> TokenizerError {
    TokenizerError::Unsupported { what: what.into() }
}

/// A vocabulary whose special tokens are known by their names.
fn complete(unit: Unit, split: Split, tokens: Vec<Token>, merges: Vec<(u32, u32)>) -> Vocabulary {
    let mut vocabulary =
        Vocabulary { unit, split, leading_space: false, tokens, merges, begin_of_text: None, end_of_text: None, unknown: None };
    vocabulary.begin_of_text = vocabulary.special(&BEGINNINGS);
    vocabulary.end_of_text = vocabulary.special(&ENDS);
    vocabulary
}

fn by_id(tokens: Vec<(u32, Token)>) -> Result<Vec<Token>, TokenizerError> {
    let mut by_id: Vec<Option<Token>> = vec![None; tokens.len()];
    let count = tokens.len();
    for (id, token) in tokens {
        // An id beyond the end leaves a gap below it, which is found next.
        if let Some(place) = by_id.get_mut(id as usize)
            && place.replace(token).is_some()
        {
            return Err(TokenizerError::SameId { id });
        }
    }
    let found = by_id.into_iter().zip(0..).map(|(token, id)| token.ok_or(TokenizerError::Gap { id, tokens: count }));
    found.collect()
}

fn merges<'a>(
    vocab: &BTreeMap<String, u32>,
    pairs: impl Iterator<Item = Option<(&'a str, &'a str)>>,
) -> Result<Vec<(u32, u32)>, TokenizerError> {
    let find = |merge: usize, text: &str| {
        vocab.get(text).copied().ok_or_else(|| TokenizerError::BadMerge { merge, what: format!("“{text}”") })
    };
    let ids = pairs.enumerate().map(|(merge, pair)| {
        let (left, right) = pair.ok_or_else(|| TokenizerError::BadMerge { merge, what: "the second of its two".to_owned() })?;
        Ok((find(merge, left)?, find(merge, right)?))
    });
    ids.collect()
}

fn parse<'a, T: Deserialize<'a>>(file: &'static str, json: &'a str) -> Result<T, TokenizerError> {
    serde_json::from_str(json).map_err(|error| TokenizerError::NotJson { file, reason: error.to_string() })
}

fn parse_value(vocab: &Value) -> Result<BTreeMap<String, u32>, TokenizerError> {
    BTreeMap::deserialize(vocab).map_err(|error| TokenizerError::NotJson { file: "tokenizer.json", reason: error.to_string() })
}
