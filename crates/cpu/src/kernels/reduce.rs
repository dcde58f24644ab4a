use terrarium_graph::Reduce;

use crate::math;
use crate::simd::vectorised;

/// `[outer, reduced] → [outer]`.
pub fn rows(reduce: Reduce, reduced: usize, source: &[f32], target: &mut [f32]) {
    match reduce {
        _ if reduced == 0 => target.fill(empty(reduce)),
        Reduce::Sum => rows_sum(reduced, source, target),
        Reduce::Max => rows_max(reduced, source, target),
    }
}

/// Of `[reduced, inner] → [inner]` the columns from `first` on, as many as `target` takes.
pub fn columns(reduce: Reduce, inner: usize, first: usize, source: &[f32], target: &mut [f32]) {
    target.fill(empty(reduce));
    match reduce {
        _ if target.is_empty() => {}
        Reduce::Sum => columns_sum(inner, first, source, target),
        Reduce::Max => columns_max(inner, first, source, target),
    }
}

/// What nothing at all is reduced to.
fn empty(reduce: Reduce) -> f32 {
    match reduce {
        Reduce::Sum => 0.0,
        Reduce::Max => f32::NEG_INFINITY,
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
    // Halves and halves again, as each step of one chain of sixteen would wait for the last.
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            lanes[i] = math::max(lanes[i], lanes[i + half]);
        }
    }
    rest.iter().fold(lanes[0], |a, &b| math::max(a, b))
}

vectorised! {
    fn columns_sum(inner: usize, first: usize, source: &[f32], sums: &mut [f32]) {
        for row in source.chunks_exact(inner) {
            for (sum, x) in sums.iter_mut().zip(&row[first..]) {
                *sum += x;
            }
        }
    }
}

vectorised! {
    fn columns_max(inner: usize, first: usize, source: &[f32], largest: &mut [f32]) {
        for row in source.chunks_exact(inner) {
            for (largest, &x) in largest.iter_mut().zip(&row[first..]) {
                *largest = math::max(*largest, x);
            }
        }
    }
}
