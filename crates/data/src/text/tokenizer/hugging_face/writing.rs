use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::super::error::TokenizerError;
use super::super::split::Split;
use super::super::vocabulary::{Token, Unit};
use super::super::{Tokenizer, alphabet};

impl Tokenizer {
    /// A `tokenizer.json` from which Python's `tokenizers` and `transformers` give the same tokens.
    pub fn to_hugging_face(&self) -> String {
        let vocabulary = &self.vocabulary;
        let has = |is: fn(&Token) -> bool| vocabulary.tokens.iter().any(is);
        let specials = vocabulary.tokens.iter().zip(0_u32..).filter(|(token, _)| matches!(token, Token::Special(_)));
        let added = |(token, id): (&Token, u32)| {
            json!({
                "id": id, "content": String::from_utf8_lossy(token.bytes()), "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true
            })
        };
        let byte_level = json!({
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
            "use_regex": matches!(vocabulary.split, Split::Gpt2 | Split::Gpt2Digits)
        });
        let (normalizer, pre_tokenizer, decoder) = match vocabulary.unit {
            Unit::Byte => {
                let pre_tokenizer = match vocabulary.split {
                    Split::Gpt2Digits => json!({
                        "type": "Sequence", "pretokenizers": [{ "type": "Digits", "individual_digits": true }, byte_level]
                    }),
                    _ => byte_level.clone(),
                };
                (Value::Null, pre_tokenizer, byte_level)
            }
            Unit::Character => {
                let mut decoders = vec![json!({ "type": "ByteFallback" }), json!({ "type": "Fuse" })];
                let mut normalizer = Value::Null;
                if vocabulary.leading_space {
                    normalizer = json!({ "type": "Prepend", "prepend": " " });
                    decoders.push(json!({ "type": "Strip", "content": " ", "start": 1, "stop": 0 }));
                }
                let pre_tokenizer = match vocabulary.split {
                    Split::EachSpace => json!({
                        "type": "Split", "pattern": { "String": " " }, "behavior": "MergedWithNext", "invert": false
                    }),
                    _ => Value::Null,
                };
                (normalizer, pre_tokenizer, json!({ "type": "Sequence", "decoders": decoders }))
            }
        };
        let file = Output {
            version: "1.0",
            truncation: Value::Null,
            padding: Value::Null,
            added_tokens: specials.map(added).collect(),
            normalizer,
            pre_tokenizer,
            post_processor: Value::Null,
            decoder,
            model: OutputModel {
                kind: "BPE",
                dropout: Value::Null,
                unk_token: self.unknown().map(|id| self.written(id)),
                continuing_subword_prefix: Value::Null,
                end_of_word_suffix: Value::Null,
                fuse_unk: false,
                byte_fallback: has(|token| matches!(token, Token::Byte(_))),
                vocab: OutputVocab(self),
                merges: vocabulary.merges.iter().map(|(left, right)| [self.written(*left), self.written(*right)]).collect(),
            },
        };
        text(&file)
    }

    /// GPT-2's `vocab.json` and `merges.txt`.
    ///
    /// # Errors
    /// [`TokenizerError::CannotWrite`] unless it is byte-level BPE split as GPT-2's, which is what these files are read as.
    pub fn to_gpt2(&self) -> Result<(String, String), TokenizerError> {
        if (self.vocabulary.unit, self.vocabulary.split) != (Unit::Byte, Split::Gpt2) {
            return Err(TokenizerError::CannotWrite { format: "vocab.json with merges.txt" });
        }
        let lines =
            self.vocabulary.merges.iter().map(|(left, right)| format!("{} {}\n", self.written(*left), self.written(*right)));
        Ok((text(&OutputVocab(self)), std::iter::once("#version: 0.2\n".to_owned()).chain(lines).collect()))
    }

    /// A token as these files write it.
    fn written(&self, token: u32) -> String {
        match (&self.vocabulary.tokens[token as usize], self.vocabulary.unit) {
            (Token::Byte(byte), _) => format!("<0x{byte:02X}>"),
            (Token::Text(bytes), Unit::Byte) => alphabet::write(bytes),
            (text, _) => String::from_utf8_lossy(text.bytes()).into_owned(),
        }
    }
}

fn text(file: &impl Serialize) -> String {
    // Strings, numbers and maps whose keys are strings are always JSON.
    serde_json::to_string(file).unwrap_or_else(|error| unreachable!("{error}"))
}

#[derive(Serialize)]
struct Output<'a> {
    version: &'static str,
    truncation: Value,
    padding: Value,
    added_tokens: Vec<Value>,
    normalizer: Value,
    pre_tokenizer: Value,
    post_processor: Value,
    decoder: Value,
    model: OutputModel<'a>,
}

#[derive(Serialize)]
struct OutputModel<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    dropout: Value,
    unk_token: Option<String>,
    continuing_subword_prefix: Value,
    end_of_word_suffix: Value,
    fuse_unk: bool,
    byte_fallback: bool,
    vocab: OutputVocab<'a>,
    merges: Vec<[String; 2]>,
}

/// Tokens and their ids, in the order of the ids.
struct OutputVocab<'a>(&'a Tokenizer);

impl Serialize for OutputVocab<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((0..self.0.len() as u32).map(|id| (self.0.written(id), id)))
    }
}
