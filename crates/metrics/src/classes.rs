use crate::Rows;

/// How far from a distribution a row of probabilities may sum, as they are computed in f32.
const ROUNDING: f32 = 1e-3;

/// The inception score of pictures, from the probabilities `[n, classes]` that a classifier gives them:
/// exp 𝔼ₓ KL(p(y | x) ‖ p(y)), where p(y) is the mean of p(y | x) (Salimans et al. 2016, *Improved Techniques for Training GANs*,
/// sec. 4). From 1, where all pictures look the same to the classifier, to the number of classes, where it is sure of each picture
/// and they spread evenly. `None` where a row is no distribution.
///
/// All pictures are scored at once. Papers give the mean over ten parts of 5,000; parts of a few hundred score lower by themselves,
/// so only scores of equally many pictures compare, by the same classifier.
pub fn inception_score(probabilities: Rows) -> Option<f32> {
    if !probabilities.iter().all(is_distribution) {
        return None;
    }
    let marginal = probabilities.mean();
    // p(y) is positive wherever a p(y | x) is.
    let divergence = |row: &[f32]| -> f64 {
        let terms = row.iter().map(|p| f64::from(*p)).zip(&marginal).filter(|(p, _)| *p > 0.0);
        terms.map(|(p, q)| p * (p / q).ln()).sum()
    };
    let mean = probabilities.iter().map(divergence).sum::<f64>() / probabilities.count() as f64;
    // Rounding may leave the range by a hair.
    Some((mean.exp() as f32).clamp(1.0, probabilities.width() as f32))
}

fn is_distribution(row: &[f32]) -> bool {
    row.iter().all(|p| *p >= 0.0) && (row.iter().sum::<f32>() - 1.0).abs() <= ROUNDING
}

/// How pictures share out among classes: what shows whether a generator has given some up.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassShares {
    /// The share of the pictures in each class; they sum to 1.
    pub shares: Vec<f32>,
}

impl ClassShares {
    /// Each picture counts for the class to which a classifier gives the greatest of its probabilities, `[n, classes]`; the first of
    /// equals.
    pub fn of(probabilities: Rows) -> Self {
        let mut counts = vec![0_usize; probabilities.width()];
        for row in probabilities.iter() {
            counts[most_likely(row)] += 1;
        }
        let total = probabilities.count() as f32;
        ClassShares { shares: counts.into_iter().map(|count| count as f32 / total).collect() }
    }

    /// How many classes are covered: those with at least a tenth of an even share, 1 % where there are ten. A single picture is not
    /// enough, as a classifier that errs once in fifty puts some into classes that are not there.
    pub fn covered(&self) -> usize {
        let least = 0.1 / self.shares.len() as f32;
        self.shares.iter().filter(|share| **share >= least).count()
    }

    /// How many classes the pictures amount to: e^H, where H is the entropy of the shares in nats (its perplexity). Pictures spread
    /// evenly over n classes amount to n.
    pub fn effective(&self) -> f32 {
        let entropy: f32 = self.shares.iter().filter(|share| **share > 0.0).map(|share| -share * share.ln()).sum();
        entropy.exp()
    }
}

/// The place of the greatest number of a row; the first of equals.
pub fn most_likely(row: &[f32]) -> usize {
    row.iter().enumerate().fold(0, |best, (i, v)| if *v > row[best] { i } else { best })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(values: &[f32], width: usize) -> Rows<'_> {
        Rows::new(values, width).unwrap()
    }

    /// `n` rows that are sure of one of `classes`, in turn.
    fn sure(n: usize, classes: usize) -> Vec<f32> {
        (0..n).flat_map(|i| (0..classes).map(move |c| if c == i % classes { 1.0 } else { 0.0 })).collect()
    }

    #[test]
    fn the_score_is_as_computed_by_hand() {
        // p(y) = (½, ½), each KL = 0.9 ln 1.8 + 0.1 ln 0.2 = 0.368064, and e to that is 1.444934.
        let score = inception_score(rows(&[0.9, 0.1, 0.1, 0.9], 2)).unwrap();
        assert!((score - 1.444_934).abs() < 1e-5, "{score}");
        // p(y) = (⅔, ⅓): ⅔ ln 1.5 + ⅓ ln 3 = 0.636514 nats, the entropy of (⅔, ⅓).
        let score = inception_score(rows(&[1.0, 0.0, 1.0, 0.0, 0.0, 1.0], 2)).unwrap();
        assert!((score - 0.636_514_f32.exp()).abs() < 1e-5, "{score}");
    }

    #[test]
    fn the_score_is_the_number_of_classes_at_best_and_1_at_worst() {
        assert!((inception_score(rows(&sure(70, 7), 7)).unwrap() - 7.0).abs() < 1e-5);
        assert_eq!(inception_score(rows(&[0.25; 12], 4)), Some(1.0), "never sure");
        assert_eq!(inception_score(rows(&[0.0, 1.0, 0.0, 1.0], 2)), Some(1.0), "always the same");
        assert_eq!(inception_score(rows(&[1.0; 5], 1)), Some(1.0), "one class");
    }

    #[test]
    fn what_is_no_distribution_has_no_score() {
        assert_eq!(inception_score(rows(&[0.9, 0.2], 2)), None);
        assert_eq!(inception_score(rows(&[0.5, 0.5, 1.5, -0.5], 2)), None);
    }

    #[test]
    fn classes_need_a_tenth_of_an_even_share() {
        // Of 1,000 pictures, 10 of one class and 9 of another.
        let classes = [vec![0; 981], vec![1; 10], vec![2; 9]].concat();
        let probabilities: Vec<f32> = classes.iter().flat_map(|&class| sure(10, 10)[class * 10..][..10].to_vec()).collect();
        let shares = ClassShares::of(rows(&probabilities, 10));
        assert_eq!((shares.shares[0], shares.shares[2], shares.covered()), (0.981, 0.009, 2));
    }

    #[test]
    fn pictures_amount_to_the_classes_they_spread_over() {
        let even = ClassShares::of(rows(&sure(20, 4), 4));
        assert!((even.effective() - 4.0).abs() < 1e-5 && even.covered() == 4);
        assert_eq!(ClassShares { shares: vec![0.0, 1.0] }.effective(), 1.0);
        // H = ¾ ln 4/3 + ¼ ln 4 = 0.562335 nats.
        let uneven = ClassShares { shares: vec![0.75, 0.25] };
        assert!((uneven.effective() - 0.562_335_f32.exp()).abs() < 1e-5);
    }

    #[test]
    fn the_first_of_equals_is_most_likely() {
        assert_eq!(most_likely(&[0.2, 0.4, 0.4]), 1);
    }

    proptest! {
        #[test]
        fn the_score_lies_between_1_and_the_classes(weights in prop::collection::vec(0.0_f32..1.0, 3 * 20)) {
            let normalised = |row: &[f32]| {
                let sum = row.iter().sum::<f32>() + 3e-6;
                row.iter().map(|v| (v + 1e-6) / sum).collect::<Vec<_>>()
            };
            let probabilities: Vec<f32> = weights.chunks(3).flat_map(normalised).collect();
            let score = inception_score(rows(&probabilities, 3)).unwrap();
            prop_assert!((1.0..=3.0).contains(&score));
        }
    }
}
