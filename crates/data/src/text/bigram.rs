//! The bigram model: what comes next, judged by the token before it alone. A model that looks further back must do better.

use rustc_hash::FxHashMap;

/// How often each token followed each other one.
#[derive(Clone, Debug, PartialEq)]
pub struct Bigram {
    vocabulary: usize,
    pairs: FxHashMap<(u32, u32), u32>,
    /// How often a token was followed by any.
    firsts: FxHashMap<u32, u32>,
}

impl Bigram {
    /// Counts the pairs of neighbours in a text of tokens, of which there are `vocabulary`.
    pub fn fit(tokens: &[u32], vocabulary: usize) -> Self {
        let mut model = Bigram { vocabulary, pairs: FxHashMap::default(), firsts: FxHashMap::default() };
        for pair in tokens.windows(2) {
            *model.pairs.entry((pair[0], pair[1])).or_default() += 1;
            *model.firsts.entry(pair[0]).or_default() += 1;
        }
        model
    }

    /// The probability that `next` follows `first`, with add-one smoothing (Laplace 1814): (n(first, next) + 1) / (n(first) + V), where
    /// V is the size of the vocabulary. So no token is impossible.
    pub fn probability(&self, first: u32, next: u32) -> f64 {
        let count = |found: Option<&u32>| found.map_or(0.0, |count| f64::from(*count));
        (count(self.pairs.get(&(first, next))) + 1.0) / (count(self.firsts.get(&first)) + self.vocabulary as f64)
    }

    /// The mean of −ln p over all tokens but the first, in nats a token; none for fewer than two tokens.
    pub fn loss(&self, tokens: &[u32]) -> Option<f64> {
        let sum: f64 = tokens.windows(2).map(|pair| -self.probability(pair[0], pair[1]).ln()).sum();
        (tokens.len() > 1).then(|| sum / (tokens.len() - 1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_become_probabilities() {
        let model = Bigram::fit(&[0, 1, 0, 1, 2], 3);
        assert_eq!([model.probability(0, 1), model.probability(0, 0), model.probability(1, 2)], [3.0 / 5.0, 1.0 / 5.0, 2.0 / 5.0]);
        // 2 was never followed by anything.
        assert_eq!(model.probability(2, 0), 1.0 / 3.0);
        for first in 0..3 {
            let sum: f64 = (0..3).map(|next| model.probability(first, next)).sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn the_loss_is_the_mean_surprise() {
        let model = Bigram::fit(&[0, 1, 0, 1, 2], 3);
        let expected = -((3.0_f64 / 5.0).ln() + (2.0_f64 / 5.0).ln()) / 2.0;
        assert!((model.loss(&[0, 1, 2]).unwrap() - expected).abs() < 1e-12);
        assert_eq!((model.loss(&[0]), model.loss(&[])), (None, None));
    }
}
