//! The next token, drawn from logits. What is kept is always a beginning of the tokens sorted by logit and then by index; where it
//! ends is found by halving, without sorting.

use terrarium_graph::philox::Stream;
use terrarium_graph::to_index;

use super::reduce::{max_of, sum_of};
use crate::math;
use crate::simd::vectorised;

/// The settings of a draw, as `Sampling` describes them.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub temperature: f32,
    pub top_k: f32,
    pub top_p: f32,
    pub min_p: f32,
    pub repetition_penalty: f32,
}

/// The tokens that are kept: those above the logit `bar`, and up to index `last` those that are equal to it.
#[derive(Clone, Copy, Debug)]
struct Cut {
    bar: f32,
    last: usize,
}

impl Cut {
    const NONE: Cut = Cut { bar: f32::NEG_INFINITY, last: usize::MAX };

    #[inline(always)]
    fn keeps(self, token: usize, logit: f32) -> bool {
        logit > self.bar || (logit == self.bar && token <= self.last)
    }
}

/// A vocabulary's logits, as they are penalised, and each token's probability as a part of the most probable one's.
struct Tokens<'w> {
    logits: &'w mut [f32],
    weights: &'w mut [f32],
    largest: f32,
    /// 0 where the first token is to be taken.
    temperature: f32,
}

/// The token drawn by the noise of `stream`. `work` has room for two numbers a token.
pub fn sample(by: Settings, logits: &[f32], seen: &[f32], stream: &Stream, work: &mut [f32]) -> u32 {
    let tokens = Tokens::new(by, logits, seen, work);
    let [.., cut] = tokens.cuts(by);
    let mut best = (f32::NEG_INFINITY, 0);
    for (block, logits) in tokens.logits.chunks(4).enumerate() {
        let noise = stream.bits(block as u32).map(gumbel);
        for ((i, &logit), noise) in logits.iter().enumerate().zip(noise) {
            let token = block * 4 + i;
            let score = tokens.scaled(logit) + noise;
            if score > best.0 && cut.keeps(token, logit) && tokens.reaches(by.min_p, token) {
                best = (score, token);
            }
        }
    }
    best.1 as u32
}

/// The probabilities after each stage, a row each.
pub fn stages(by: Settings, logits: &[f32], seen: &[f32], work: &mut [f32], target: &mut [f32]) {
    let tokens = Tokens::new(by, logits, seen, work);
    let [all, top_k, top_p] = tokens.cuts(by);
    let stages = [(all, 0.0), (top_k, 0.0), (top_p, 0.0), (top_p, by.min_p)];
    for ((cut, min_p), row) in stages.into_iter().zip(target.chunks_exact_mut(logits.len())) {
        for (token, (y, &logit)) in row.iter_mut().zip(&*tokens.logits).enumerate() {
            *y = if cut.keeps(token, logit) && tokens.reaches(min_p, token) { tokens.weights[token] } else { 0.0 };
        }
        let share = 1.0 / sum_of(row);
        row.iter_mut().for_each(|y| *y *= share);
    }
}

impl<'w> Tokens<'w> {
    fn new(by: Settings, logits: &[f32], seen: &[f32], work: &'w mut [f32]) -> Self {
        let (penalised, weights) = work.split_at_mut(logits.len());
        let penalty = if by.repetition_penalty > 0.0 { by.repetition_penalty } else { 1.0 };
        penalise(penalty, logits, seen, penalised);
        let largest = max_of(penalised);
        // An infinite temperature is a very high one, so that no ∞ is divided by it.
        let temperature = if by.temperature > 0.0 { by.temperature.min(f32::MAX) } else { 0.0 };
        let tokens = Tokens { logits: penalised, weights, largest, temperature };
        for (weight, &logit) in tokens.weights.iter_mut().zip(&*tokens.logits) {
            *weight = scaled(logit, largest, temperature);
        }
        exp_all(tokens.weights);
        tokens
    }

    /// What is kept at first, by `top_k`, and by `top_p` of that.
    fn cuts(&self, by: Settings) -> [Cut; 3] {
        if self.temperature == 0.0 {
            let first = self.logits.iter().position(|&logit| logit == self.largest).unwrap_or(0);
            return [Cut { bar: self.largest, last: first }; 3];
        }
        let k = to_index(by.top_k) as usize;
        let top_k = if (1..self.logits.len()).contains(&k) { self.cut(Cut::NONE, true, k as f32) } else { Cut::NONE };
        if by.top_p < 1.0 {
            let all = self.amount(top_k, f32::NEG_INFINITY, false);
            // Above 0, so that something is kept.
            let needed = (by.top_p * all).max(f32::MIN_POSITIVE);
            return [Cut::NONE, top_k, self.cut(top_k, false, needed)];
        }
        [Cut::NONE, top_k, top_k]
    }

    /// The first tokens of those that `cut` keeps, as few as amount to `needed`: by number if `count`, else by weight.
    fn cut(&self, cut: Cut, count: bool, needed: f32) -> Cut {
        // The highest bar that leaves enough, bit by bit.
        let mut key = 0;
        for bit in (0..32).rev() {
            let higher = key | 1 << bit;
            if self.amount(cut, from_key(higher), count) >= needed {
                key = higher;
            }
        }
        let bar = from_key(key);
        let above = self.amount(cut, from_key(key.max(LOWEST_KEY) + 1), count);
        let mut equals = self.logits.iter().enumerate().filter(|&(token, &logit)| logit == bar && cut.keeps(token, logit));
        let Some((mut last, _)) = equals.next() else { return cut };
        let each = if count { 1.0 } else { self.weights[last] };
        // At least one of the equals is needed, and the first of them at hand.
        let mut sum = above + each;
        for (token, _) in equals {
            if sum >= needed {
                break;
            }
            sum += each;
            last = token;
        }
        Cut { bar, last }
    }

    fn amount(&self, cut: Cut, from: f32, count: bool) -> f32 {
        amount(cut, from, count, self.logits, self.weights)
    }

    fn scaled(&self, logit: f32) -> f32 {
        scaled(logit, self.largest, self.temperature)
    }

    /// Whether a token is probable enough beside the most probable one.
    fn reaches(&self, min_p: f32, token: usize) -> bool {
        let out = self.weights[token] < min_p && self.logits[token] < self.largest;
        !out
    }
}

/// How far a logit lies below the largest, by the temperature: the logarithm of its weight.
#[inline(always)]
fn scaled(logit: f32, largest: f32, temperature: f32) -> f32 {
    if logit == largest {
        0.0
    } else if temperature > 0.0 {
        (logit - largest) / temperature
    } else {
        f32::NEG_INFINITY
    }
}

/// −ln(−ln u) for u in the middle of one of 2²³ parts of (0, 1), so that both logarithms are finite.
#[inline(always)]
fn gumbel(bits: u32) -> f32 {
    let u = ((bits >> 9) as f32 + 0.5) * (1.0 / 8_388_608.0);
    -math::log(-math::log(u))
}

/// Numbers in the order of their keys, from −∞ on. Above the key of ∞ they are NaN, which nothing reaches.
fn from_key(key: u32) -> f32 {
    let key = key.max(LOWEST_KEY);
    f32::from_bits(if key >> 31 == 1 { key ^ 1 << 31 } else { !key })
}

/// The key of −∞.
const LOWEST_KEY: u32 = !f32::NEG_INFINITY.to_bits();

vectorised! {
    /// NaN becomes −∞.
    fn penalise(penalty: f32, logits: &[f32], seen: &[f32], penalised: &mut [f32]) {
        for ((y, &logit), &seen) in penalised.iter_mut().zip(logits).zip(seen) {
            let less = if logit > 0.0 { logit / penalty } else { logit * penalty };
            let logit = if seen == 0.0 { logit } else { less };
            *y = if logit.is_nan() { f32::NEG_INFINITY } else { logit };
        }
    }
}

vectorised! {
    fn exp_all(x: &mut [f32]) {
        x.iter_mut().for_each(|x| *x = math::exp(*x));
    }
}

vectorised! {
    /// How many tokens `cut` keeps whose logits are not below `from`, or what they weigh. Sixteen sums side by side.
    fn amount(cut: Cut, from: f32, count: bool, logits: &[f32], weights: &[f32]) -> f32 {
        const LANES: usize = 16;
        let mut sums = [0.0_f32; LANES];
        for (block, (logits, weights)) in logits.chunks(LANES).zip(weights.chunks(LANES)).enumerate() {
            for (i, (&logit, &weight)) in logits.iter().zip(weights).enumerate() {
                let kept = cut.keeps(block * LANES + i, logit) && logit >= from;
                let amount = if count { 1.0 } else { weight };
                sums[i] += if kept { amount } else { 0.0 };
            }
        }
        sums.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use terrarium_graph::philox::{Domain, Stream};

    use super::{Settings, sample, stages};

    const PLAIN: Settings = Settings { temperature: 1.0, top_k: 0.0, top_p: 1.0, min_p: 0.0, repetition_penalty: 1.0 };

    /// How far the frequencies of many draws lie from the probabilities of the last stage: χ², with a degree of freedom less than
    /// there are tokens.
    fn chi_squared(by: Settings, logits: &[f32]) -> f32 {
        const DRAWS: u32 = 40_000;
        let (seen, mut work) = (vec![0.0; logits.len()], vec![0.0; 2 * logits.len()]);
        let mut rows = vec![0.0; 4 * logits.len()];
        stages(by, logits, &seen, &mut work, &mut rows);
        let mut counts = vec![0_u32; logits.len()];
        for step in 1..=DRAWS {
            let stream = Stream::new(3, Domain::Noise, 7, step);
            counts[sample(by, logits, &seen, &stream, &mut work) as usize] += 1;
        }
        let expected = rows[3 * logits.len()..].iter().map(|p| p * DRAWS as f32);
        let apart = |(&count, expected): (&u32, f32)| {
            assert!(expected > 0.0 || count == 0, "a token was drawn that is not kept");
            if expected > 0.0 { (count as f32 - expected).powi(2) / expected } else { 0.0 }
        };
        counts.iter().zip(expected).map(apart).sum()
    }

    #[test]
    fn tokens_are_drawn_by_their_probabilities() {
        let logits = [0.3, -1.0, 2.0, 1.5, 0.3, -4.0, 1.9, 0.0];
        // A value that seven degrees of freedom pass once in a hundred thousand times.
        const RARE: f32 = 35.9;
        let settings = [
            PLAIN,
            Settings { temperature: 2.0, ..PLAIN },
            Settings { top_k: 3.0, ..PLAIN },
            Settings { temperature: 1.5, top_k: 6.0, top_p: 0.8, min_p: 0.2, ..PLAIN },
        ];
        for by in settings {
            let apart = chi_squared(by, &logits);
            assert!(apart < RARE, "{apart} by {by:?}");
        }
    }
}
