//! Words as vectors, the smallest latent space: near words mean alike, and directions have meanings, too.

mod filter;

use std::fmt;

use crate::pca::Plane;

/// Words, most frequent first, and the direction of each (GloVe: Pennington, Socher, Manning 2014).
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    words: Vec<String>,
    dim: usize,
    /// `[n, dim]`, each row of length 1.
    vectors: Vec<f32>,
}

/// A word that was found, and how near it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour<'a> {
    pub word: &'a str,
    /// The cosine of the angle between the two directions, −1 to 1.
    pub cosine: f32,
}

/// What is wrong with words or with a question about them.
#[derive(Clone, Debug, PartialEq)]
pub enum WordsError {
    /// There are no words.
    Empty,
    /// The bytes are not as many for each word.
    Uneven { words: usize, bytes: usize },
    /// Nothing was typed.
    NoWord,
    /// A word that has no vector.
    Unknown { word: String, words: usize },
}

impl fmt::Display for WordsError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            WordsError::Empty => write!(f, "The list of words is empty."),
            WordsError::Uneven { words, bytes } => {
                write!(f, "{bytes} bytes cannot be shared out evenly among {words} words.")
            }
            WordsError::NoWord => write!(f, "Type a word."),
            WordsError::Unknown { word, words } => write!(f, "“{word}” is not among the {words} words that are known here."),
        }
    }
}

impl std::error::Error for WordsError {}

impl Words {
    /// Reads `words.txt`, a word a line, and `words.vectors.i8`, as many signed bytes for each word, in the same order. Only the
    /// direction of a vector counts.
    ///
    /// # Errors
    /// [`WordsError::Empty`] and [`WordsError::Uneven`].
    pub fn parse(text: &str, vectors: &[u8]) -> Result<Self, WordsError> {
        let words: Vec<String> = text.lines().map(str::to_owned).collect();
        if words.is_empty() {
            return Err(WordsError::Empty);
        }
        if vectors.is_empty() || !vectors.len().is_multiple_of(words.len()) {
            return Err(WordsError::Uneven { words: words.len(), bytes: vectors.len() });
        }
        let dim = vectors.len() / words.len();
        let mut vectors: Vec<f32> = vectors.iter().map(|byte| f32::from(byte.cast_signed())).collect();
        vectors.chunks_exact_mut(dim).for_each(normalise);
        Ok(Words { words, dim, vectors })
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How many numbers a vector has.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The direction of a word, of length 1. Capitals and space around it make no difference.
    ///
    /// # Errors
    /// [`WordsError::NoWord`] and [`WordsError::Unknown`].
    pub fn vector(&self, word: &str) -> Result<&[f32], WordsError> {
        Ok(self.row(self.find(word)?))
    }

    /// The `k` words nearest to a word, nearest first, without itself.
    ///
    /// # Errors
    /// Those of [`vector`](Self::vector).
    pub fn neighbours(&self, word: &str, k: usize) -> Result<Vec<Neighbour<'_>>, WordsError> {
        let word = self.find(word)?;
        Ok(self.nearest(self.row(word), &[word], k))
    }

    /// The `k` words nearest to a − b + c, nearest first, without the three themselves: king − man + woman is queen (Mikolov, Yih,
    /// Zweig 2013).
    ///
    /// # Errors
    /// Those of [`vector`](Self::vector).
    pub fn analogy(&self, [a, b, c]: [&str; 3], k: usize) -> Result<Vec<Neighbour<'_>>, WordsError> {
        let asked = [self.find(a)?, self.find(b)?, self.find(c)?];
        let [a, b, c] = asked.map(|word| self.row(word));
        let mut target: Vec<f32> = (0..self.dim).map(|i| a[i] - b[i] + c[i]).collect();
        normalise(&mut target);
        Ok(self.nearest(&target, &asked, k))
    }

    /// The `k` most frequent words that begin with `beginning`, most frequent first.
    pub fn suggestions(&self, beginning: &str, k: usize) -> Vec<&str> {
        let beginning = typed(beginning);
        let fitting = self.words.iter().filter(|word| word.starts_with(&beginning) && !filter::hurts(word));
        fitting.take(k).map(String::as_str).collect()
    }

    /// The `k` words that somebody may have meant who typed one that is not known: those that fewest letters part from it, two at
    /// most; where these are as many, those with the same first letter, and of them the most frequent.
    pub fn meant_by(&self, unknown: &str, k: usize) -> Vec<&str> {
        let unknown: Vec<char> = typed(unknown).chars().collect();
        let furthest = (unknown.len() / 2).min(2);
        let mut near: Vec<(usize, bool, &str)> = (self.words.iter())
            .filter(|word| !filter::hurts(word))
            .map(|word| (distance(&unknown, word), word.chars().next() != unknown.first().copied(), word.as_str()))
            .filter(|(distance, ..)| *distance <= furthest)
            .collect();
        // Stable, so that frequency decides among equals.
        near.sort_by_key(|(distance, begins_otherwise, _)| (*distance, *begins_otherwise));
        near.into_iter().take(k).map(|(.., word)| word).collect()
    }

    /// The plane that shows most of some words, and where each lies on it.
    ///
    /// # Errors
    /// Those of [`vector`](Self::vector).
    pub fn project(&self, words: &[&str]) -> Result<(Plane, Vec<[f32; 2]>), WordsError> {
        let rows = words.iter().map(|word| self.vector(word)).collect::<Result<Vec<_>, _>>()?;
        let plane = Plane::of(&rows.concat(), self.dim);
        let places = rows.iter().map(|row| plane.project(row)).collect();
        Ok((plane, places))
    }

    /// Whoever asks for a word gets it, but none that hurts is offered.
    fn nearest(&self, target: &[f32], without: &[usize], k: usize) -> Vec<Neighbour<'_>> {
        let mut cosines: Vec<(usize, f32)> = (0..self.len())
            .filter(|word| !without.contains(word))
            .map(|word| (word, self.row(word).iter().zip(target).map(|(a, b)| a * b).sum()))
            .collect();
        cosines.sort_by(|a, b| b.1.total_cmp(&a.1));
        let neighbours = cosines.into_iter().map(|(word, cosine)| Neighbour { word: &self.words[word], cosine });
        neighbours.filter(|neighbour| !filter::hurts(neighbour.word)).take(k).collect()
    }

    fn find(&self, word: &str) -> Result<usize, WordsError> {
        let word = typed(word);
        if word.is_empty() {
            return Err(WordsError::NoWord);
        }
        let found = self.words.iter().position(|known| *known == word);
        found.ok_or(WordsError::Unknown { word, words: self.len() })
    }

    fn row(&self, word: usize) -> &[f32] {
        &self.vectors[word * self.dim..][..self.dim]
    }
}

fn typed(word: &str) -> String {
    word.trim().to_lowercase()
}

/// How many letters must be put in, left out or replaced to make one word of the other (Levenshtein 1966).
fn distance(a: &[char], b: &str) -> usize {
    // From every beginning of `a` to the beginning of `b` so far.
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for letter in b.chars() {
        let mut before = row[0];
        row[0] += 1;
        for i in 1..row.len() {
            let replaced = before + usize::from(a[i - 1] != letter);
            before = row[i];
            row[i] = replaced.min(row[i] + 1).min(row[i - 1] + 1);
        }
    }
    row[a.len()]
}

/// To length 1; zeros stay zeros.
fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|v| *v /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glove() -> Words {
        let asset = |name: &str| std::fs::read(format!("{}/../../web/assets/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        Words::parse(&String::from_utf8(asset("words.txt")).unwrap(), &asset("words.vectors.i8")).unwrap()
    }

    #[test]
    fn directions_have_meanings() {
        let words = glove();
        let answer = |question| words.analogy(question, 3).unwrap()[0].word;
        assert_eq!(answer(["king", "man", "woman"]), "queen");
        assert_eq!(answer(["paris", "france", "germany"]), "berlin");
        assert_eq!(answer([" Rome ", "ITALY", "japan"]), "tokyo");
    }

    #[test]
    fn neighbours_mean_alike_and_come_in_order() {
        let words = glove();
        let neighbours = words.neighbours("cat", 10).unwrap();
        assert_eq!(neighbours[0].word, "dog");
        assert!(neighbours.iter().all(|n| n.word != "cat") && neighbours.len() == 10);
        assert!(neighbours.is_sorted_by(|a, b| a.cosine >= b.cosine) && neighbours[0].cosine < 1.0);
        let length = |word| words.vector(word).unwrap().iter().map(|v| v * v).sum::<f32>();
        assert!((length("cat") - 1.0).abs() < 1e-5 && words.dim() == 50 && words.len() == 10_000);
    }

    #[test]
    fn a_projection_parts_what_differs_most() {
        let words = glove();
        let (countries, pets) = (["france", "germany", "italy", "spain"], ["dog", "cat", "horse", "bird"]);
        let (plane, places) = words.project(&[countries, pets].concat()).unwrap();
        let sides: Vec<bool> = places.iter().map(|place| place[0] > 0.0).collect();
        assert!(sides[..4].iter().all(|side| *side == sides[0]) && sides[4..].iter().all(|side| *side != sides[0]), "{places:?}");
        assert!(plane.explained[0] > 0.5);
    }

    #[test]
    fn words_that_hurt_are_known_but_not_offered() {
        let words = glove();
        let hidden: Vec<&String> = words.words.iter().filter(|word| filter::hurts(word)).collect();
        assert_eq!(hidden.len(), filter::HURTING.len(), "a hash that stands for no word or for two");
        for word in &hidden {
            assert!(words.vector(word).is_ok());
            assert!(!words.suggestions(word, 10).contains(&word.as_str()));
            assert!(!words.meant_by(word, 10).contains(&word.as_str()));
        }
        let around = words.neighbours(hidden[0], 200).unwrap();
        assert!(around.iter().all(|neighbour| !filter::hurts(neighbour.word)));
    }

    #[test]
    fn suggestions_begin_as_typed() {
        let words = glove();
        assert_eq!(words.suggestions("Quee", 3), ["queen", "queensland", "queens"]);
        assert_eq!(words.suggestions("", 2), ["the", "of"]);
        assert!(words.suggestions("xyzzy", 2).is_empty());
    }

    #[test]
    fn slips_are_understood() {
        let words = glove();
        assert_eq!(words.meant_by("Qeen", 2), ["queen", "been"]);
        assert_eq!(words.meant_by("germny", 1), ["germany"]);
        assert!(words.meant_by("xyzzyplugh", 3).is_empty() && words.meant_by("", 3).is_empty());
        let far = |a: &str, b| distance(&a.chars().collect::<Vec<_>>(), b);
        assert_eq!([far("kitten", "sitting"), far("", "abc"), far("abc", ""), far("same", "same")], [3, 3, 3, 0]);
    }

    #[test]
    fn mistakes_are_named() {
        let say = |result: Result<Words, WordsError>| result.unwrap_err().to_string();
        assert_eq!(say(Words::parse("", &[])), "The list of words is empty.");
        assert_eq!(say(Words::parse("a\nb", &[1, 2, 3])), "3 bytes cannot be shared out evenly among 2 words.");
        assert_eq!(say(Words::parse("a\nb", &[])), "0 bytes cannot be shared out evenly among 2 words.");
        let words = Words::parse("a\nb", &[3, 4, 0, 0]).unwrap();
        assert_eq!((words.vector("a").unwrap(), words.vector("b").unwrap()), (&[0.6, 0.8][..], &[0.0, 0.0][..]));
        assert_eq!(words.vector(" ").unwrap_err().to_string(), "Type a word.");
        let unknown = words.analogy(["a", "B", "Qat"], 1).unwrap_err().to_string();
        assert_eq!(unknown, "“qat” is not among the 2 words that are known here.");
        assert_eq!(words.analogy(["a", "b", "a"], 5).unwrap(), []);
    }
}
