//! The plane through a cloud of points that shows most of it.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The first two principal components of points (Pearson 1901): the two directions, at right angles, in which they vary
/// most.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// The middle of the points.
    pub mean: Vec<f32>,
    /// The two directions, of length 1; of length 0 where the points do not vary that much. Their largest entry is
    /// positive, as the sign is anyone's choice.
    pub axes: [Vec<f32>; 2],
    /// Which share of the variance lies along each direction, 0 to 1.
    pub explained: [f32; 2],
}

impl Plane {
    /// The plane of `points`, `[n, dim]`.
    ///
    /// # Panics
    /// Where `dim` is 0.
    pub fn of(points: &[f32], dim: usize) -> Self {
        let n = (points.len() / dim).max(1) as f64;
        let mut mean = vec![0.0; dim];
        for point in points.chunks_exact(dim) {
            mean.iter_mut().zip(point).for_each(|(mean, v)| *mean += f64::from(*v) / n);
        }
        let mut covariance = vec![vec![0.0; dim]; dim];
        for point in points.chunks_exact(dim) {
            let offset: Vec<f64> = point.iter().zip(&mean).map(|(v, mean)| f64::from(*v) - mean).collect();
            for (row, a) in covariance.iter_mut().zip(&offset) {
                row.iter_mut().zip(&offset).for_each(|(entry, b)| *entry += a * b / n);
            }
        }
        let variance: f64 = (0..dim).map(|i| covariance[i][i]).sum();
        let (first, along) = dominant(&covariance, None, 1e-9 * variance);
        let (second, up) = dominant(&covariance, Some(&first), 1e-9 * variance);
        let explained = [along, up].map(|part| if part > 0.0 { (part / variance) as f32 } else { 0.0 });
        let axes = [first, second].map(|axis| axis.into_iter().map(|v| v as f32).collect());
        Plane { mean: mean.into_iter().map(|v| v as f32).collect(), axes, explained }
    }

    /// Where a point lies on the plane, from its mean.
    pub fn project(&self, point: &[f32]) -> [f32; 2] {
        [0, 1].map(|i| point.iter().zip(&self.mean).zip(&self.axes[i]).map(|((v, mean), axis)| (v - mean) * axis).sum())
    }

    /// The point of the space that lies there on the plane.
    pub fn lift(&self, [x, y]: [f32; 2]) -> Vec<f32> {
        let [across, up] = &self.axes;
        self.mean.iter().zip(across).zip(up).map(|((mean, across), up)| mean + x * across + y * up).collect()
    }
}

/// The eigenvector of the largest eigenvalue of a symmetric, positive matrix, at a right angle to `other`, and that eigenvalue,
/// by power iteration; zeros where the eigenvalue is not above `least`.
fn dominant(matrix: &[Vec<f64>], other: Option<&[f64]>, least: f64) -> (Vec<f64>, f64) {
    const ROUNDS: usize = 2000;
    // Any start will do that is not at a right angle to what is looked for.
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut axis: Vec<f64> = matrix.iter().map(|_| rng.gen_range(-1.0..1.0)).collect();
    let mut value = 0.0;
    for _ in 0..ROUNDS {
        let mut next: Vec<f64> = matrix.iter().map(|row| dot(row, &axis)).collect();
        if let Some(other) = other {
            let share = dot(&next, other);
            next.iter_mut().zip(other).for_each(|(v, other)| *v -= share * other);
        }
        value = dot(&next, &next).sqrt();
        if value <= least {
            return (vec![0.0; matrix.len()], 0.0);
        }
        next.iter_mut().for_each(|v| *v /= value);
        let moved = next.iter().zip(&axis).map(|(next, old)| (next - old).abs()).fold(0.0, f64::max);
        axis = next;
        if moved < 1e-12 {
            break;
        }
    }
    let largest = axis.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or_default();
    (axis.into_iter().map(|v| v * largest.signum()).collect(), value)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn finds_the_directions_of_a_slanted_cloud() {
        // A rectangle of points in the plane of (3, 0, 4)/5 and (0, 1, 0), around (1, 2, 3).
        let mut points = Vec::new();
        for (a, b) in (-5..=5).flat_map(|a| (-2..=2).map(move |b| (a as f32, b as f32))) {
            points.extend([1.0 + 0.6 * a, 2.0 + b, 3.0 + 0.8 * a]);
        }
        let plane = Plane::of(&points, 3);
        let near = |found: &[f32], expected: &[f32]| found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(near(&plane.mean, &[1.0, 2.0, 3.0]) && near(&plane.axes[0], &[0.6, 0.0, 0.8]), "{plane:?}");
        assert!(near(&plane.axes[1], &[0.0, 1.0, 0.0]) && near(&plane.explained, &[10.0 / 12.0, 2.0 / 12.0]), "{plane:?}");
        assert!(near(&plane.project(&[1.6, 4.0, 3.8]), &[1.0, 2.0]));
        assert!(near(&plane.lift([1.0, 2.0]), &[1.6, 4.0, 3.8]));
    }

    #[test]
    fn what_does_not_vary_has_no_direction() {
        let line = Plane::of(&[1.0, 1.0, 2.0, 2.0, 3.0, 3.0], 2);
        assert_eq!((line.explained[1], &line.axes[1][..]), (0.0, &[0.0, 0.0][..]));
        assert!((line.explained[0] - 1.0).abs() < 1e-6);
        assert_eq!(Plane::of(&[7.0; 5], 1).explained, [0.0, 0.0]);
        assert_eq!(Plane::of(&[], 2).project(&[0.5, 0.5]), [0.0, 0.0]);
    }

    proptest! {
        #[test]
        fn axes_are_at_right_angles_and_in_order(points in prop::collection::vec(-10.0..10.0_f32, 4 * 20)) {
            let plane = Plane::of(&points, 4);
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            let [first, second] = &plane.axes;
            prop_assert!(dot(first, second).abs() < 1e-3);
            prop_assert!((dot(first, first) - 1.0).abs() < 1e-4 && (dot(second, second) - 1.0).abs() < 1e-4);
            prop_assert!(plane.explained[0] >= plane.explained[1] - 1e-5);
        }
    }
}
