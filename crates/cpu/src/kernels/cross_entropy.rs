use super::reduce::max_of;
use crate::math;
use crate::simd::vectorised;

vectorised! {
    /// max x − x_index + ln Σ e^(x − max x) for each row of `classes`; NaN for an index outside.
    pub fn cross_entropy(classes: usize, logits: &[f32], indices: &[u32], target: &mut [f32]) {
        for (row, (&index, loss)) in indices.iter().zip(target).enumerate() {
            let x = &logits[row * classes..(row + 1) * classes];
            let largest = max_of(x);
            *loss = x.get(index as usize).map_or(f32::NAN, |right| largest - right + math::log(sum_of_powers(x, largest)));
        }
    }
}

/// Σ e^(x − shift).
#[inline(always)]
fn sum_of_powers(x: &[f32], shift: f32) -> f32 {
    const LANES: usize = 16;
    let mut total = 0.0_f64;
    // In double precision from block to block, so that long sums stay exact.
    for block in x.chunks(1024) {
        let mut lanes = [0.0_f32; LANES];
        let chunks = block.chunks_exact(LANES);
        let rest: f32 = chunks.remainder().iter().map(|&x| math::exp(x - shift)).sum();
        for chunk in chunks {
            for (lane, &x) in lanes.iter_mut().zip(chunk) {
                *lane += math::exp(x - shift);
            }
        }
        total += f64::from(lanes.iter().sum::<f32>() + rest);
    }
    total as f32
}

vectorised! {
    /// (e^(x − x_index − y) − 1 at the index) · dy for each row of `classes`, where y is what [`cross_entropy`] made of it; NaN for an
    /// index outside.
    pub fn gradient(
        classes: usize,
        logits: &[f32],
        indices: &[u32],
        result: &[f32],
        gradient: &[f32],
        target: &mut [f32],
    ) {
        for (row, &index) in indices.iter().enumerate() {
            let here = row * classes..(row + 1) * classes;
            let (x, dx) = (&logits[here.clone()], &mut target[here]);
            match x.get(index as usize) {
                Some(&right) => {
                    let (shift, dy) = (right + result[row], gradient[row]);
                    dx.iter_mut().zip(x).for_each(|(dx, &x)| *dx = math::exp(x - shift) * dy);
                    dx[index as usize] -= dy;
                }
                None => dx.fill(f32::NAN),
            }
        }
    }
}
