use super::error::TokenizerError;
use super::split::Split;
use super::vocabulary::{Token, Unit, Vocabulary};
use super::{Tokenizer, UNKNOWN};

const BEGIN: &str = "<s>";
const END: &str = "</s>";
/// After the unknown token, the beginning and the end come the bytes.
const FIRST_BYTE: usize = 3;
const FIRST_TEXT: usize = FIRST_BYTE + 256;

impl Tokenizer {
    /// Reads the `tokenizer.bin` of Karpathy's llama2.c: the length of the longest token, then for each token its score, its length
    /// and its bytes, numbers in four bytes, the lowest first. Spaces are spaces; the first three tokens are special, and the next 256
    /// are bytes.
    ///
    /// There, of all neighbours that together are a token, those with the highest score are merged first. So the merges are all ways
    /// to make a token of two, by falling scores.
    ///
    /// # Errors
    /// [`TokenizerError::BadBinary`].
    pub fn from_llama2c(file: &[u8]) -> Result<Self, TokenizerError> {
        let bad = |reason| TokenizerError::BadBinary { reason };
        let (longest, mut rest) = number(file).ok_or(bad("it is empty"))?;
        let longest = u32::from_le_bytes(longest) as usize;
        let (mut tokens, mut scores) = (Vec::new(), Vec::new());
        while !rest.is_empty() {
            let (score, after) = number(rest).ok_or(bad("it ends within a token"))?;
            let (len, after) = number(after).ok_or(bad("it ends within a token"))?;
            let len = u32::from_le_bytes(len) as usize;
            if len > longest {
                return Err(bad("a token is longer than the longest should be"));
            }
            let (text, after) = after.split_at_checked(len).ok_or(bad("it ends within a token"))?;
            if str::from_utf8(text).is_err() {
                return Err(bad("a token is not text"));
            }
            let score = f32::from_le_bytes(score);
            if score.is_nan() {
                return Err(bad("a score is not a number"));
            }
            scores.push(score);
            tokens.push(match tokens.len() {
                0 => Token::Special(UNKNOWN.to_owned()),
                1 => Token::Special(BEGIN.to_owned()),
                2 => Token::Special(END.to_owned()),
                id if id < FIRST_TEXT => Token::Byte((id - FIRST_BYTE) as u8),
                _ => Token::Text(text.to_vec()),
            });
            rest = after;
        }
        if tokens.len() <= FIRST_TEXT {
            return Err(bad("it has no tokens beyond the bytes"));
        }
        let mut vocabulary = Vocabulary {
            unit: Unit::Character,
            split: Split::None,
            leading_space: true,
            tokens,
            merges: Vec::new(),
            begin_of_text: Some(1),
            end_of_text: Some(2),
            unknown: Some(0),
        };
        vocabulary.merges = by_score(&vocabulary, &scores);
        if vocabulary.has_only_leading_spaces() {
            vocabulary.split = Split::Spaces;
        }
        vocabulary.try_into()
    }
}

/// All pairs of tokens that make a token, that of the highest score first.
fn by_score(vocabulary: &Vocabulary, scores: &[f32]) -> Vec<(u32, u32)> {
    let ids = vocabulary.ids();
    let mut merges = Vec::new();
    for (text, &token) in &ids {
        for cut in 1..text.len() {
            let (left, right) = text.split_at(cut);
            if let (Some(left), Some(right)) = (ids.get(left), ids.get(right)) {
                merges.push((token, (*left, *right)));
            }
        }
    }
    merges.sort_unstable_by(|(a, pair), (b, other)| {
        scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b)).then(pair.cmp(other))
    });
    merges.into_iter().map(|(_, pair)| pair).collect()
}

fn number(bytes: &[u8]) -> Option<([u8; 4], &[u8])> {
    bytes.split_first_chunk().map(|(number, rest)| (*number, rest))
}
