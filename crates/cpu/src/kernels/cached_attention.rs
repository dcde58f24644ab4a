//! The attention of one query to what caches hold, one head after the other.

use super::matmul::dot;
use super::reduce::{max_of, sum_of};
use crate::math;
use crate::simd::vectorised;

/// How many heads, and how wide each is.
#[derive(Clone, Copy, Debug)]
pub struct Heads {
    pub heads: usize,
    pub kv_heads: usize,
    pub head_dim: usize,
}

vectorised! {
    /// `caches` are the rows of keys and of values that count, and `newest` the key and the value behind them. `scores` has room for
    /// all.
    pub fn cached_attention(
        of: Heads,
        query: &[f32],
        newest: [&[f32]; 2],
        caches: [&[f32]; 2],
        scores: &mut [f32],
        target: &mut [f32],
    ) {
        let ([key, value], [keys, values]) = (newest, caches);
        let Heads { heads, kv_heads, head_dim } = of;
        let scale = 1.0 / (head_dim as f32).sqrt();
        let width = kv_heads * head_dim;
        let heads = query.chunks_exact(head_dim).zip(target.chunks_exact_mut(head_dim)).zip((0..heads).map(|h| h * kv_heads / heads));
        for ((query, target), shared) in heads {
            let columns = shared * head_dim..(shared + 1) * head_dim;
            let rows = |cache, last| std::iter::Iterator::chain(<[f32]>::chunks_exact(cache, width), [last]);
            for (score, key) in scores.iter_mut().zip(rows(keys, key)) {
                *score = scale * dot::<FMA>(query, &key[columns.clone()]);
            }
            let largest = max_of(scores);
            for score in scores.iter_mut() {
                *score = math::exp(*score - largest);
            }
            let share = 1.0 / sum_of(scores);
            target.fill(0.0);
            for (weight, value) in scores.iter().zip(rows(values, value)) {
                let weight = weight * share;
                for (y, v) in target.iter_mut().zip(&value[columns.clone()]) {
                    *y += weight * v;
                }
            }
        }
    }
}
