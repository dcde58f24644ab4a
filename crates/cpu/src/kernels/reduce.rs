use terrarium_graph::Reduce;

use crate::math;
use crate::simd::vectorised;

/// `[outer, reduced, inner] → [outer, inner]`.
pub fn reduce(reduce: Reduce, reduced: usize, inner: usize, source: &[f32], target: &mut [f32]) {
    let empty = match reduce {
        Reduce::Sum => 0.0,
        Reduce::Max => f32::NEG_INFINITY,
    };
    if reduced == 0 || inner == 0 {
        return target.fill(empty);
    }
    match (reduce, inner) {
        (Reduce::Sum, 1) => rows_sum(reduced, source, target),
        (Reduce::Max, 1) => rows_max(reduced, source, target),
        (Reduce::Sum, _) => columns_sum(reduced, inner, source, target),
        (Reduce::Max, _) => columns_max(reduced, inner, source, target),
    }
}

const LANES: usize = 16;

vectorised! {
    fn rows_sum(width: usize, source: &[f32], target: &mut [f32]) {
        for (row, sum) in source.chunks_exact(width).zip(target) {
            *sum = sum_of(row);
        }
    }
}

/// Sixteen sums side by side over a thousand numbers at a time, and those added in double precision, so that long sums stay
/// exact.
#[inline(always)]
pub fn sum_of(row: &[f32]) -> f32 {
    let mut total = 0.0_f64;
    for block in row.chunks(1024) {
        let mut lanes = [0.0_f32; LANES];
        let chunks = block.chunks_exact(LANES);
        let rest = chunks.remainder();
        for chunk in chunks {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                *lane += x;
            }
        }
        total += f64::from(lanes.iter().sum::<f32>() + rest.iter().sum::<f32>());
    }
    total as f32
}

vectorised! {
    fn rows_max(width: usize, source: &[f32], target: &mut [f32]) {
        for (row, largest) in source.chunks_exact(width).zip(target) {
            *largest = max_of(row);
        }
    }
}

#[inline(always)]
pub fn max_of(row: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = math::max(*lane, x);
        }
    }
    lanes.iter().chain(rest).fold(f32::NEG_INFINITY, |a, &b| math::max(a, b))
}

vectorised! {
    fn columns_sum(reduced: usize, inner: usize, source: &[f32], target: &mut [f32]) {
        for (rows, sums) in source.chunks_exact(reduced * inner).zip(target.chunks_exact_mut(inner)) {
            sums.fill(0.0);
            for row in rows.chunks_exact(inner) {
                for (sum, x) in sums.iter_mut().zip(row) {
                    *sum += x;
                }
            }
        }
    }
}

vectorised! {
    fn columns_max(reduced: usize, inner: usize, source: &[f32], target: &mut [f32]) {
        for (rows, largest) in source.chunks_exact(reduced * inner).zip(target.chunks_exact_mut(inner)) {
            largest.fill(f32::NEG_INFINITY);
            for row in rows.chunks_exact(inner) {
                for (largest, &x) in largest.iter_mut().zip(row) {
                    *largest = math::max(*largest, x);
                }
            }
        }
    }
}
