//! Words, as the tokens that they are made of.

use std::ops::Range;

use terrarium_labs::language::{Attention, BLANK, Token};

use crate::language::attention::pattern;
use crate::language::token::{chance, plain};

/// A word of so many tokens has seldom been read.
const STRANGE: usize = 4;
/// How many words are named that are attended to.
const NAMED: usize = 3;

/// What is hidden and shown as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    pub text: String,
    /// Which of the text's tokens it is.
    pub tokens: Range<usize>,
}

impl Word {
    /// Whether the visitor has written a blank here.
    pub fn is_blank(&self) -> bool {
        self.text == BLANK
    }
}

/// The words of a text: letters and digits that no space or sign parts. Where tokens are single letters each is by itself.
pub fn words(tokens: &[Token], are_letters: bool) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    // Bytes that are no letter by themselves are a part of one.
    let is_inner = |text: &str| text.chars().next().is_some_and(char::is_alphanumeric) || text.starts_with("<0x");
    for (place, token) in tokens.iter().enumerate() {
        let goes_on = !are_letters && is_inner(&token.text) && words.last().is_some_and(|word| is_inner(without_space(&word.text)));
        match words.last_mut().filter(|_| goes_on) {
            Some(word) => {
                word.text.push_str(&token.text);
                word.tokens.end = place + 1;
            }
            None => words.push(Word { text: token.text.clone(), tokens: place..place + 1 }),
        }
    }
    words
}

/// A token as part of a word: the space before it is no news.
pub fn without_space(token: &str) -> &str {
    token.strip_prefix('␣').filter(|rest| !rest.is_empty()).unwrap_or(token)
}

/// Says which words the model has seldom read, if there are such.
pub fn strange(words: &[Word]) -> Option<String> {
    let is_strange = |word: &&Word| word.tokens.len() >= STRANGE || word.text.contains("<unk>");
    let strange: Vec<String> = words.iter().filter(is_strange).map(|word| format!("“{}”", without_space(&word.text))).collect();
    let words = strange.join(", ");
    (!strange.is_empty()).then(|| format!("It reads {words} in many pieces, as words that its texts seldom have."))
}

/// Says what the model attends to at a place, by the average over all layers and heads: what most, and on which side that is.
pub fn attended(attention: &Attention, place: usize) -> String {
    let count = attention.tokens.len();
    let weights = pattern(attention, None, None);
    let row = &weights[place * count..(place + 1) * count];
    let mut others: Vec<usize> = (0..count).filter(|other| *other != place).collect();
    others.sort_by(|a, b| row[*b].total_cmp(&row[*a]));
    let one = |other: &usize| {
        let side = if *other < place { "before" } else { "behind" };
        format!("“{}” {side} it ({})", without_space(&attention.tokens[*other].text), chance(row[*other]))
    };
    others.iter().take(NAMED).map(one).collect::<Vec<_>>().join(", ")
}

/// What was said, word by word, or letter by letter where there is but one word, each with whether it is one of what is right, in the same
/// order. Of all ways to see it that finds most right (the longest common subsequence).
pub fn compared(said: &str, right: &str) -> Vec<(String, bool)> {
    let pieces = |text: &str| -> Vec<String> {
        match right.contains(' ') {
            true => text.split_inclusive(' ').map(str::to_string).collect(),
            false => text.chars().map(String::from).collect(),
        }
    };
    let [said, right] = [pieces(said), pieces(right)];
    let is_same = |i: usize, j: usize| said[i].trim_end() == right[j].trim_end();
    // From each two places on, how many are in both.
    let mut common = vec![vec![0_usize; right.len() + 1]; said.len() + 1];
    for i in (0..said.len()).rev() {
        for j in (0..right.len()).rev() {
            common[i][j] = match is_same(i, j) {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let mut j = 0;
    let mut marked = Vec::new();
    for (i, piece) in said.iter().enumerate() {
        while j < right.len() && !is_same(i, j) && common[i][j + 1] == common[i][j] {
            j += 1;
        }
        let is_right = j < right.len() && is_same(i, j);
        j += usize::from(is_right);
        marked.push((piece.clone(), is_right));
    }
    marked
}

/// Tokens as running text.
pub fn running(tokens: &[Token]) -> String {
    tokens.iter().map(|token| plain(&token.text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(texts: &[&str]) -> Vec<Token> {
        texts.iter().map(|text| Token { id: 0, text: text.to_string() }).collect()
    }

    #[test]
    fn tokens_make_words() {
        let tokens = tokens(&["An", "na", "␣was", "␣in", "␣the", "␣kit", "ch", "<0xC3>", ".", "␣", "___", "␣7", "th"]);
        let words_of = |are_letters| words(&tokens, are_letters);
        let texts: Vec<_> = words_of(false).into_iter().map(|word| (word.text, word.tokens)).collect();
        let expected = [
            ("Anna", 0..2),
            ("␣was", 2..3),
            ("␣in", 3..4),
            ("␣the", 4..5),
            ("␣kitch<0xC3>", 5..8),
            (".", 8..9),
            ("␣", 9..10),
            ("___", 10..11),
            ("␣7th", 11..13),
        ];
        assert_eq!(texts, expected.map(|(text, tokens)| (text.to_string(), tokens)));
        assert_eq!(words_of(true).len(), tokens.len());
        assert!(words_of(false)[7].is_blank());
        assert_eq!(["␣was", "␣", "x"].map(without_space), ["was", "␣", "x"]);
        assert_eq!(running(&tokens[..4]), "Anna was in");
    }

    #[test]
    fn words_in_many_pieces_are_strange() {
        let of = |count: usize, text: &str| Word { text: text.to_string(), tokens: 0..count };
        assert_eq!(strange(&[of(1, "␣cat"), of(3, "␣kitten")]), None);
        let said = strange(&[of(4, "␣Zanzibar"), of(1, "<unk>")]).unwrap();
        assert_eq!(said, "It reads “Zanzibar”, “<unk>” in many pieces, as words that its texts seldom have.");
    }

    #[test]
    fn what_is_attended_to_is_named_with_its_side() {
        let weights = vec![255, 0, 0, 51, 0, 204, 0, 0, 255];
        let attention = Attention { tokens: tokens(&["A", "___", "␣ran"]), layers: 1, heads: 1, weights };
        assert_eq!(attended(&attention, 1).replace('\u{202f}', " "), "“ran” behind it (80 %), “A” before it (20 %)");
    }

    #[test]
    fn wrong_words_are_marked() {
        let marked = |said, right| {
            let pieces = compared(said, right).into_iter();
            pieces.map(|(piece, is_right)| if is_right { piece } else { format!("[{}]", piece.trim_end()) }).collect::<String>()
        };
        assert_eq!(marked("Le chat noir dort.", "Le chat noir dort."), "Le chat noir dort.");
        assert_eq!(marked("La chat dort.", "Le chat noir dort."), "[La]chat dort.");
        assert_eq!(marked("Le petit chat noir", "Le chat noir dort."), "Le [petit]chat noir");
        assert_eq!(marked("", "Le chat"), "");
        assert_eq!(marked("abd", "acbd"), "abd");
        assert_eq!(marked("bxa", "ba"), "b[x]a");
    }
}
