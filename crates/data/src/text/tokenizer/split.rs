//! What text is cut into before its pieces are merged: pairs of bytes are only counted and merged within a piece.

use std::str::Chars;

use serde::{Deserialize, Serialize};
use unicode_general_category::{GeneralCategory, get_general_category};

/// How text is cut into pieces that no token crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Not at all: tokens may be anything.
    None,
    /// As GPT-2 does it (Radford, Wu, Child, Luan, Amodei, Sutskever 2019), by the expression
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`: a run of letters, of digits or of other
    /// characters, with the space before it, English endings apart, and the rest of the white space.
    Gpt2,
    /// As [`Gpt2`](Split::Gpt2), with each digit a piece of its own, as SmolLM's.
    Gpt2Digits,
    /// Before each run of spaces. Where no token has a space behind another character, as in Llama's vocabulary, this changes
    /// nothing and lets words be looked up.
    Spaces,
    /// Before each single space (SentencePiece's words).
    EachSpace,
}

impl Split {
    /// The pieces of a text, in order and without gaps.
    pub fn pieces(self, text: &str) -> Pieces<'_> {
        Pieces { split: self, rest: text }
    }
}

/// See [`Split::pieces`].
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    split: Split,
    rest: &'a str,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let end = match self.split {
            Split::None => self.rest.len(),
            Split::Gpt2 => gpt2(self.rest),
            Split::Gpt2Digits => match self.rest.find(char::is_numeric) {
                Some(0) => self.rest.chars().next().map_or(0, char::len_utf8),
                Some(digit) => gpt2(&self.rest[..digit]),
                None => gpt2(self.rest),
            },
            Split::Spaces => {
                let spaces = run(self.rest, |c| c == ' ');
                spaces + run(&self.rest[spaces..], |c| c != ' ')
            }
            Split::EachSpace => {
                let space = usize::from(self.rest.starts_with(' '));
                space + run(&self.rest[space..], |c| c != ' ')
            }
        };
        let (piece, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(piece)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Number,
    Space,
    Other,
}

/// The classes of the expression: `\p{L}`, `\p{N}`, `\s` and what is left.
fn class(c: char) -> Class {
    use GeneralCategory::{LowercaseLetter, ModifierLetter, OtherLetter, TitlecaseLetter, UppercaseLetter};
    if c.is_ascii_alphabetic() {
        return Class::Letter;
    }
    if c.is_whitespace() {
        return Class::Space;
    }
    if c.is_numeric() {
        return Class::Number;
    }
    if c.is_ascii() {
        return Class::Other;
    }
    match get_general_category(c) {
        UppercaseLetter | LowercaseLetter | TitlecaseLetter | ModifierLetter | OtherLetter => Class::Letter,
        _ => Class::Other,
    }
}

/// Where GPT-2's first piece of a text that is not empty ends, in bytes.
fn gpt2(text: &str) -> usize {
    const ENDINGS: [&str; 7] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
    if let Some(ending) = ENDINGS.into_iter().find(|ending| text.starts_with(ending)) {
        return ending.len();
    }
    let space = usize::from(text.starts_with(' '));
    match text[space..].chars().next().map(class) {
        Some(first) if first != Class::Space => space + run(&text[space..], |c| class(c) == first),
        _ => white_space(text),
    }
}

/// `\s+(?!\S)|\s+`: the last character of white space is left to what follows, unless nothing follows or it is alone.
fn white_space(text: &str) -> usize {
    let end = run(text, char::is_whitespace);
    let last = text[..end].chars().next_back().map_or(0, char::len_utf8);
    if end == text.len() || end == last { end } else { end - last }
}

/// How many bytes of the beginning consist of such characters.
fn run(text: &str, is_such: impl Fn(char) -> bool) -> usize {
    let mut chars: Chars = text.chars();
    loop {
        let here = text.len() - chars.as_str().len();
        if !chars.next().is_some_and(&is_such) {
            return here;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(split: Split, text: &str) -> Vec<&str> {
        split.pieces(text).collect()
    }

    /// What Hugging Face's `tokenizers` 0.23 (`ByteLevel`) makes of them.
    #[test]
    fn gpt2_splits_as_published() {
        let cases: [(&str, &[&str]); 14] = [
            ("Hello, world!", &["Hello", ",", " world", "!"]),
            ("I'll can't we've he'd", &["I", "'ll", " can", "'t", " we", "'ve", " he", "'d"]),
            ("IT'S 'sup ''tis", &["IT", "'", "S", " '", "sup", " ''", "tis"]),
            ("'tis", &["'t", "is"]),
            ("two  spaces   three", &["two", " ", " spaces", "  ", " three"]),
            ("end   ", &["end", "   "]),
            ("a\n\nb\n c", &["a", "\n", "\n", "b", "\n", " c"]),
            ("tab\t\tx \ty", &["tab", "\t", "\t", "x", " ", "\t", "y"]),
            ("abc123 456x", &["abc", "123", " 456", "x"]),
            ("3.14%+½², x²", &["3", ".", "14", "%+", "½²", ",", " x", "²"]),
            ("naïve 東京へ", &["naïve", " 東京へ"]),
            // A combining accent and a letter in a circle are alphabetic, and no letters to `\p{L}`; a Roman numeral is a number.
            ("e\u{301}a Ⓐ Ⅷ", &["e", "\u{301}", "a", " Ⓐ", " Ⅷ"]),
            ("👍🏽 ok_then", &["👍🏽", " ok", "_", "then"]),
            ("a\u{a0}b\u{3000} c", &["a", "\u{a0}", "b", "\u{3000}", " c"]),
        ];
        for (text, expected) in cases {
            assert_eq!(pieces(Split::Gpt2, text), expected, "{text:?}");
        }
    }

    #[test]
    fn digits_stand_alone_where_they_should() {
        assert_eq!(pieces(Split::Gpt2Digits, "in 1984, x²"), ["in", " ", "1", "9", "8", "4", ",", " x", "²"]);
    }

    #[test]
    fn spaces_lead() {
        assert_eq!(pieces(Split::Spaces, " a  b\nc d "), [" a", "  b\nc", " d", " "]);
        assert_eq!(pieces(Split::EachSpace, "a  b\nc d "), ["a", " ", " b\nc", " d", " "]);
        assert_eq!(pieces(Split::None, "a b"), ["a b"]);
        assert!(pieces(Split::None, "").is_empty());
    }
}
