//! First names: the smallest language that one can see being learnt.

use super::corpus::{Corpus, CorpusError};

/// Reads `names.txt`, a name a line, each of which is a document.
///
/// # Errors
/// [`CorpusError::Empty`] without names.
pub fn names(text: &str) -> Result<Corpus, CorpusError> {
    Corpus::lines(text)
}

#[cfg(test)]
mod tests {
    use super::super::bigram::Bigram;
    use super::super::tokenizer::{Tokenizer, Unknown};
    use super::*;

    fn all() -> Corpus {
        let file = format!("{}/../../web/assets/names.txt", env!("CARGO_MANIFEST_DIR"));
        names(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    #[test]
    fn the_list_is_whole() {
        let names = all();
        assert_eq!(names.documents().len(), 8403);
        assert!(names.documents().iter().all(|name| (2..20).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase())));
        assert_eq!(names.documents()[..2], ["aaren", "aarika"]);
    }

    /// The figures that a run on names is compared with.
    #[test]
    fn one_letter_foretells_a_little() {
        let names = all();
        let tokenizer = Tokenizer::characters(&names.joined(), Unknown::Token).with_end_of_text();
        let losses = [1, 2, 3].map(|seed| {
            let split = names.clone().split(0.1, seed).unwrap();
            let held_out = split.held_out.tokens(&tokenizer);
            Bigram::fit(&split.training.tokens(&tokenizer), tokenizer.len()).loss(&held_out).unwrap()
        });
        assert!(losses.iter().all(|loss| (2.41..2.45).contains(loss)), "{losses:?}");
    }
}
