use terrarium_graph::{Pairs, Rotary};

use crate::simd::vectorised;

/// For each position from `start` on the cosines of all pairs, and then their sines, `[time, head_dim]`.
pub fn table(of: Rotary, back: bool, start: f32, table: &mut [f32]) {
    let pairs = of.head_dim / 2;
    for i in 0..pairs {
        let frequency = of.frequency(i);
        for (t, row) in table.chunks_exact_mut(of.head_dim).enumerate() {
            let (sine, cosine) = ((start + t as f32) * frequency).sin_cos();
            (row[i], row[pairs + i]) = (cosine, if back { -sine } else { sine });
        }
    }
}

vectorised! {
    /// Turns the first `heads` heads of rows of `width`, by the rows of a [`table`] over and over.
    pub fn rotary(of: Rotary, heads: usize, width: usize, table: &[f32], source: &[f32], target: &mut [f32]) {
        let pairs = of.head_dim / 2;
        let rows = source.chunks_exact(width.max(1)).zip(target.chunks_exact_mut(width.max(1)));
        for ((x, y), turn) in rows.zip(table.chunks_exact(of.head_dim.max(1)).cycle()) {
            let (cosines, sines) = turn.split_at(pairs);
            y[heads * of.head_dim..].copy_from_slice(&x[heads * of.head_dim..]);
            for (x, y) in x.chunks_exact(of.head_dim).zip(y.chunks_exact_mut(of.head_dim)).take(heads) {
                match of.pairs {
                    Pairs::Halves => {
                        let ((x, u), (y, v)) = (x.split_at(pairs), y.split_at_mut(pairs));
                        // Slices whose lengths the compiler knows to be equal.
                        let (u, v, cosines, sines) = (&u[..pairs], &mut v[..pairs], &cosines[..pairs], &sines[..pairs]);
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
