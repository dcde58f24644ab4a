use crate::words::bare_words;

/// ROUGE-L of a summary and the right one (Lin 2004, *ROUGE: A Package for Automatic Evaluation of Summaries*, sec. 3.1, with β = 1): F1
/// of how much of each is their longest common subsequence of words, which must be in the same order but may have others between. From
/// 0 to 100. Each text counts as one sentence, and words as runs of letters and digits, whatever their case, as for Google's
/// `rouge-score` without stemming. 0 where a text has no words.
pub fn rouge_l(summary: &str, reference: &str) -> f32 {
    let (summary, reference) = (bare_words(summary), bare_words(reference));
    let common = longest_common_subsequence(&summary, &reference);
    // 2PR / (P + R) with P = common / summary and R = common / reference.
    if common == 0 { 0.0 } else { 200.0 * common as f32 / (summary.len() + reference.len()) as f32 }
}

fn longest_common_subsequence(a: &[String], b: &[String]) -> usize {
    // Of the words of a so far, with as many of b as the place says.
    let mut lengths = vec![0_usize; b.len() + 1];
    for word in a {
        let mut diagonal = 0;
        for (place, other) in b.iter().enumerate() {
            let above = lengths[place + 1];
            lengths[place + 1] = if word == other { diagonal + 1 } else { above.max(lengths[place]) };
            diagonal = above;
        }
    }
    lengths[b.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_near(summary: &str, reference: &str, expected: f32) {
        let found = rouge_l(summary, reference);
        assert!((found - expected).abs() < 1e-3, "{summary}: {found}, not {expected}");
    }

    #[test]
    fn scores_are_lins() {
        let reference = "police killed the gunman";
        assert_near("police kill the gunman", reference, 75.0);
        assert_near("the gunman kill police", reference, 50.0);
        assert_near("the gunman police killed", reference, 50.0);
    }

    /// rouge-score 0.1.2, `RougeScorer(["rougeL"])`.
    #[test]
    fn scores_are_those_of_rouge_score() {
        let found = "Anna lost her red hat in the barn, and Paul found it.";
        assert_near("Paul found the red hat that Anna lost in the barn.", found, 43.478_26);
        assert_near("the Fox, stole two eggs", "The fox stole 2 eggs.", 80.0);
        assert_near("", "", 0.0);
        assert_near("", "a", 0.0);
    }

    proptest! {
        #[test]
        fn lies_between_0_and_100_and_is_symmetric(a in "[ab ]{0,12}", b in "[abc. ]{0,12}") {
            let score = rouge_l(&a, &b);
            prop_assert!((0.0..=100.0).contains(&score));
            prop_assert_eq!(score, rouge_l(&b, &a));
        }

        #[test]
        fn the_same_words_have_100(text in "\\PC{0,20}[a-z]\\PC{0,20}") {
            prop_assert_eq!(rouge_l(&text, &text), 100.0);
        }
    }
}
