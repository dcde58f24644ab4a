use std::collections::HashMap;

use crate::words::tokens;

/// The longest runs of words that are compared.
const LONGEST: usize = 4;

/// BLEU of a set of translations (Papineni, Roukos, Ward, Zhu 2002, *BLEU: a Method for Automatic Evaluation of Machine Translation*,
/// sec. 2.3): the geometric mean of how many of the runs of one to four words in all candidates are in their references, times a
/// penalty for being shorter than these. Words and signs are told apart as by sacreBLEU's `13a`.
///
/// Counts are gathered over the whole set, as the paper does; the mean of single scores would be another measure. Nothing is smoothed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bleu {
    /// How many runs of each length the candidates have, and how many of those are in a reference, each no more often than there.
    runs: [usize; LONGEST],
    matches: [usize; LONGEST],
    /// In words: of the candidates, and of the reference of each that is nearest in length.
    candidate_length: usize,
    reference_length: usize,
}

impl Bleu {
    /// Counts one translation, which may have several right ones.
    pub fn add(&mut self, candidate: &str, references: &[&str]) {
        let candidate = tokens(candidate);
        let references: Vec<Vec<String>> = references.iter().map(|reference| tokens(reference)).collect();
        self.candidate_length += candidate.len();
        // Of two as near, the shorter.
        let lengths = references.iter().map(Vec::len);
        self.reference_length += lengths.min_by_key(|length| (length.abs_diff(candidate.len()), *length)).unwrap_or(0);
        for length in 1..=LONGEST {
            let allowed: Vec<HashMap<&[String], usize>> = references.iter().map(|reference| runs(reference, length)).collect();
            for (run, count) in runs(&candidate, length) {
                let most = allowed.iter().filter_map(|counts| counts.get(run)).max().copied().unwrap_or(0);
                self.runs[length - 1] += count;
                self.matches[length - 1] += count.min(most);
            }
        }
    }

    /// Which share of the candidates' runs of `length` words, from 1 to 4, are in the references, p_n in the paper. None where there are
    /// no such runs.
    pub fn precision(&self, length: usize) -> Option<f32> {
        let place = length.checked_sub(1)?;
        let (runs, matches) = (*self.runs.get(place)?, *self.matches.get(place)?);
        (runs > 0).then(|| matches as f32 / runs as f32)
    }

    /// From 0 to 100, where all candidates are as their references; 0 where no run of some length matches. A length of which there are no
    /// runs, as no candidate is as long, does not count. None where the references have no words.
    pub fn score(&self) -> Option<f32> {
        if self.reference_length == 0 {
            return None;
        }
        let counted = self.runs.iter().zip(&self.matches).filter(|(runs, _)| **runs > 0);
        let logarithms: Vec<f64> = counted.map(|(runs, matches)| (*matches as f64 / *runs as f64).ln()).collect();
        if logarithms.is_empty() {
            return Some(0.0);
        }
        let mean = logarithms.iter().sum::<f64>() / logarithms.len() as f64;
        let brevity = (1.0 - self.reference_length as f64 / self.candidate_length as f64).min(0.0);
        Some((100.0 * (mean + brevity).exp()) as f32)
    }
}

/// All runs of so many words, and how often each occurs.
fn runs(words: &[String], length: usize) -> HashMap<&[String], usize> {
    let mut counts = HashMap::new();
    for run in words.windows(length) {
        *counts.entry(run).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bleu(pairs: &[(&str, &[&str])]) -> Bleu {
        let mut bleu = Bleu::default();
        pairs.iter().for_each(|(candidate, references)| bleu.add(candidate, references));
        bleu
    }

    fn assert_near(found: Option<f32>, expected: f32) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 1e-3), "{found:?} {expected}");
    }

    const MILITARY: [&str; 3] = [
        "It is a guide to action that ensures that the military will forever heed Party commands",
        "It is the guiding principle which guarantees the military forces always being under the command of the Party",
        "It is the practical guide for the army always to heed the directions of the party",
    ];
    const FIRST: &str = "It is a guide to action which ensures that the military always obeys the commands of the party";
    const SECOND: &str = "It is to insure the troops forever hearing the activity guidebook that party direct";

    /// Papineni et al. 2002, sec. 2.1, examples 1 and 2.
    #[test]
    fn precisions_are_the_papers() {
        let first = bleu(&[(FIRST, &MILITARY)]);
        assert_eq!((first.precision(1), first.precision(2)), (Some(17.0 / 18.0), Some(10.0 / 17.0)));
        let second = bleu(&[(SECOND, &MILITARY)]);
        assert_eq!((second.precision(1), second.precision(2)), (Some(8.0 / 14.0), Some(1.0 / 13.0)));
        let the = bleu(&[("the the the the the the the", &["the cat is on the mat", "there is a cat on the mat"])]);
        assert_eq!((the.precision(1), the.precision(2)), (Some(2.0 / 7.0), Some(0.0)));
        assert_eq!((the.score(), the.precision(0), the.precision(5)), (Some(0.0), None, None));
    }

    /// The example in the documentation of NLTK's `corpus_bleu`, 0.5920…, which sacrebleu 2.6 gives as 59.2078.
    #[test]
    fn scores_are_those_of_nltk_and_sacrebleu() {
        let book = ["he was interested in world history because he read the book"];
        let score = bleu(&[(FIRST, &MILITARY), ("he read the book because he was interested in world history", &book)]).score();
        assert_near(score, 59.207_79);
    }

    /// sacrebleu 2.6, `smooth_method="none"`: brevity penalty 0.92409, matches 33, 23, 15, 8 of 38, 34, 30, 26.
    #[test]
    fn french_scores_are_those_of_sacrebleu() {
        let french = bleu(&[
            (
                "Emma a donné la pomme rouge à Paul, et il était content.",
                &["Emma a donné une pomme rouge à Paul et il était très content."],
            ),
            ("Le chat n'est pas dans le jardin.", &["Le chat n'est pas dans la cuisine."]),
            ("Où est la clé ?", &["Où est la clé ?"]),
            ("Il y avait 3 pommes et 12,5 kg de pain.", &["Il y avait 3 poires et 12,5 kg de pain dans le sac."]),
        ]);
        assert_eq!((french.matches, french.runs), ([33, 23, 15, 8], [38, 34, 30, 26]));
        assert_eq!((french.candidate_length, french.reference_length), (38, 41));
        assert_near(french.score(), 50.667_57);
    }

    #[test]
    fn short_texts_are_scored_by_the_runs_they_have() {
        assert_eq!(bleu(&[("the cat", &["the cat"])]).score(), Some(100.0));
        // Half as long: e⁻¹.
        assert_near(bleu(&[("the cat", &["the cat is here"])]).score(), 36.787_94);
        assert_eq!(bleu(&[("", &["the cat"])]).score(), Some(0.0));
        assert_eq!(bleu(&[("the cat", &[""])]).score(), None);
        assert_eq!(Bleu::default().score(), None);
        // Of two references as near in length the shorter counts.
        assert_eq!(bleu(&[("a b c", &["a b c d", "a b"])]).reference_length, 2);
    }

    proptest! {
        #[test]
        fn lies_between_0_and_100(pairs in prop::collection::vec(("[ab. ]{0,12}", "[ab. ]{0,12}", "\\PC{0,8}"), 0..6)) {
            let mut bleu = Bleu::default();
            pairs.iter().for_each(|(candidate, one, other)| bleu.add(candidate, &[one, other]));
            prop_assert!(bleu.score().is_none_or(|score| (0.0..=100.0).contains(&score)));
        }

        #[test]
        fn the_same_text_has_100(text in "\\PC{0,40}") {
            let score = bleu(&[(&text, &[&text])]).score();
            prop_assert_eq!(score, (!text.trim().is_empty()).then_some(100.0));
        }
    }
}
