use terrarium_graph::{Pairs, Rotary};

use crate::simd::vectorised;

vectorised! {
    /// Turns the first `heads` heads of rows of `width`, of which `time` follow each other from position `start` on. `scratch` has
    /// room for a head.
    pub fn rotary(
        of: Rotary,
        heads: usize,
        back: bool,
        time: usize,
        width: usize,
        start: f32,
        source: &[f32],
        target: &mut [f32],
        scratch: &mut [f32],
    ) {
        let pairs = of.head_dim / 2;
        let (cosines, rest) = scratch.split_at_mut(pairs);
        let sines = &mut rest[..pairs];
        for t in 0..time {
            for i in 0..pairs {
                let (sine, cosine) = ((start + t as f32) * of.frequency(i)).sin_cos();
                (sines[i], cosines[i]) = (if back { -sine } else { sine }, cosine);
            }
            let rows = source.chunks_exact(width.max(1)).zip(target.chunks_exact_mut(width.max(1)));
            for (x, y) in rows.skip(t).step_by(time) {
                y[heads * of.head_dim..].copy_from_slice(&x[heads * of.head_dim..]);
                for (x, y) in x.chunks_exact(of.head_dim).zip(y.chunks_exact_mut(of.head_dim)).take(heads) {
                    match of.pairs {
                        Pairs::Halves => {
                            let ((x, u), (y, v)) = (x.split_at(pairs), y.split_at_mut(pairs));
                            for i in 0..pairs {
                                y[i] = x[i] * cosines[i] - u[i] * sines[i];
                                v[i] = u[i] * cosines[i] + x[i] * sines[i];
                            }
                        }
                        Pairs::Neighbours => {
                            for (i, (x, y)) in x.chunks_exact(2).zip(y.chunks_exact_mut(2)).enumerate() {
                                y[0] = x[0] * cosines[i] - x[1] * sines[i];
                                y[1] = x[1] * cosines[i] + x[0] * sines[i];
                            }
                        }
                    }
                }
            }
        }
    }
}
