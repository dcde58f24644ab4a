//! Rows brought to a mean of 0 and a variance of 1, or to a mean square of 1, and the gradient of that.

use terrarium_graph::Normalise;

use super::reduce::sum_of;
use crate::simd::vectorised;

/// What is taken off a row, and what the rest is multiplied by. `centred` is room for the row.
#[inline(always)]
fn statistics(of: Normalise, row: &[f32], centred: &mut [f32]) -> (f32, f32) {
    let part = 1.0 / row.len() as f32;
    let mean = if of.centred { sum_of(row) * part } else { 0.0 };
    centred.iter_mut().zip(row).for_each(|(y, x)| *y = (x - mean) * (x - mean));
    (mean, 1.0 / (sum_of(centred) * part + of.epsilon.0).sqrt())
}

vectorised! {
    /// Rows of `cols`.
    pub fn normalise(of: Normalise, cols: usize, source: &[f32], target: &mut [f32]) {
        for (x, y) in source.chunks_exact(cols.max(1)).zip(target.chunks_exact_mut(cols.max(1))) {
            let (mean, scale) = statistics(of, x, y);
            y.iter_mut().zip(x).for_each(|(y, x)| *y = (x - mean) * scale);
        }
    }
}

vectorised! {
    /// The gradient of the rows of `source`, from that of the normalised ones. `room` is as long as a row.
    pub fn gradient(of: Normalise, cols: usize, source: &[f32], gradient: &[f32], room: &mut [f32], target: &mut [f32]) {
        let (cols, part) = (cols.max(1), 1.0 / cols as f32);
        let room = &mut room[..cols];
        for ((x, dy), dx) in source.chunks_exact(cols).zip(gradient.chunks_exact(cols)).zip(target.chunks_exact_mut(cols)) {
            let (mean, scale) = statistics(of, x, dx);
            room.iter_mut().zip(x).for_each(|(n, x)| *n = (x - mean) * scale);
            dx.iter_mut().zip(dy).zip(&*room).for_each(|((dx, dy), n)| *dx = dy * n);
            let along = sum_of(dx) * part;
            let level = if of.centred { sum_of(dy) * part } else { 0.0 };
            dx.iter_mut().zip(dy).zip(&*room).for_each(|((dx, dy), n)| *dx = scale * (dy - level - n * along));
        }
    }
}
