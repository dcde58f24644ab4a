use super::reduce::{max_of, sum_of};
use crate::math;
use crate::simd::vectorised;

vectorised! {
    /// e^(x − max x) / Σ e^(x − max x) over rows of `cols`.
    pub fn softmax(cols: usize, source: &[f32], target: &mut [f32]) {
        for (x, y) in source.chunks_exact(cols.max(1)).zip(target.chunks_exact_mut(cols.max(1))) {
            let largest = max_of(x);
            for (y, &x) in y.iter_mut().zip(x) {
                *y = math::exp(x - largest);
            }
            let scale = 1.0 / sum_of(y);
            y.iter_mut().for_each(|y| *y *= scale);
        }
    }
}

vectorised! {
    /// x − max x − ln Σ e^(x − max x) over rows of `cols`.
    pub fn log_softmax(cols: usize, source: &[f32], target: &mut [f32]) {
        for (x, y) in source.chunks_exact(cols.max(1)).zip(target.chunks_exact_mut(cols.max(1))) {
            let largest = max_of(x);
            for (y, &x) in y.iter_mut().zip(x) {
                *y = math::exp(x - largest);
            }
            let shift = largest + math::log(sum_of(y));
            for (y, &x) in y.iter_mut().zip(x) {
                *y = x - shift;
            }
        }
    }
}
