//! Sampling as it is described, in double precision: tokens are sorted, and the first of them kept.

use terrarium_graph::philox::Stream;

/// Tokens from the most probable on, with what each weighs, and how many are kept after each stage.
pub(crate) struct Sampling {
    /// The logarithms of weights, and the tokens.
    sorted: Vec<(f64, usize)>,
    kept: [usize; 4],
}

impl Sampling {
    /// Settings are temperature, top k, top p, min p and repetition penalty.
    pub fn new(logits: &[f32], seen: &[f32], [temperature, top_k, top_p, min_p, penalty]: [f64; 5]) -> Sampling {
        let penalised = |(&logit, &seen): (&f32, &f32)| {
            let logit = f64::from(logit);
            let less = if logit > 0.0 { logit / penalty } else { logit * penalty };
            let logit = if seen != 0.0 && penalty > 0.0 { less } else { logit };
            // 0 in place of −0, which is as large.
            if logit.is_nan() { f64::NEG_INFINITY } else { logit + 0.0 }
        };
        let logits: Vec<f64> = logits.iter().zip(seen).map(penalised).collect();
        let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let below = |logit: f64| if logit == largest { 0.0 } else { (logit - largest) / temperature.min(f64::MAX) };
        let mut order: Vec<usize> = (0..logits.len()).collect();
        order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]).then(a.cmp(&b)));
        let sorted: Vec<(f64, usize)> = order.into_iter().map(|token| (below(logits[token]), token)).collect();
        if temperature <= 0.0 || temperature.is_nan() {
            return Sampling { sorted, kept: [1; 4] };
        }
        let (count, weight) = (sorted.len(), |i: usize| sorted[i].0.exp());
        let by_k = if (1.0..count as f64).contains(&top_k) { top_k as usize } else { count };
        let needed = top_p * (0..by_k).map(weight).sum::<f64>();
        let mut sum = 0.0;
        let reached = (0..by_k).position(|i| {
            sum += weight(i);
            sum >= needed
        });
        let by_p = if top_p < 1.0 { reached.map_or(by_k, |last| last + 1) } else { by_k };
        let by_min = (0..by_p).take_while(|&i| sorted[i].0 == 0.0 || weight(i) >= min_p || min_p.is_nan()).count();
        Sampling { sorted, kept: [count, by_k, by_p, by_min] }
    }

    /// The token whose logarithm of weight and noise of Gumbel's distribution have the largest sum.
    pub fn token(&self, noise: &Stream) -> u32 {
        let score = |&(below, token): &(f64, usize)| {
            let bits = noise.bits(token as u32 / 4)[token % 4];
            below - (-((f64::from(bits >> 9) + 0.5) / 8_388_608.0).ln()).ln()
        };
        let best = self.sorted[..self.kept[3]].iter().max_by(|a, b| score(a).total_cmp(&score(b)));
        best.map_or(0, |(_, token)| *token as u32)
    }

    /// The probabilities after each stage, a row each.
    pub fn stages(&self) -> Vec<f32> {
        let mut rows = vec![0.0; 4 * self.sorted.len()];
        for (row, kept) in rows.chunks_exact_mut(self.sorted.len()).zip(self.kept) {
            let kept = &self.sorted[..kept];
            let sum: f64 = kept.iter().map(|(below, _)| below.exp()).sum();
            kept.iter().for_each(|(below, token)| row[*token] = (below.exp() / sum) as f32);
        }
        rows
    }
}
