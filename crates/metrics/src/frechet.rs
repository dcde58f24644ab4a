use crate::Rows;
use crate::eigen::Square;

/// The squared Fréchet distance between two samples of features, `[n, width]` and `[m, width]`, each taken to be normally
/// distributed: ‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½) (Heusel et al. 2017, *GANs Trained by a Two Time-Scale Update Rule*, eq. 6;
/// Dowson and Landau 1982). 0 for equal means and covariances, without a bound; its scale is that of the features, so only
/// distances in the features of one classifier compare, between equally many pictures. `None` unless both have one width and two
/// rows or more.
///
/// Covariances are those of samples, by n − 1. Σ₁Σ₂ has the eigenvalues of Σ₁^½ Σ₂ Σ₁^½, which is symmetric, so the root's trace
/// is the sum of their roots.
pub fn frechet_distance(a: Rows, b: Rows) -> Option<f32> {
    if a.width() != b.width() || a.count() < 2 || b.count() < 2 {
        return None;
    }
    let ((mean_a, covariance_a), (mean_b, covariance_b)) = (moments(a), moments(b));
    let between_means: f64 = mean_a.iter().zip(&mean_b).map(|(a, b)| (a - b) * (a - b)).sum();
    let root = covariance_a.root();
    let (overlap, _) = root.times(&covariance_b).times(&root).eigen();
    let overlap: f64 = overlap.iter().map(|value| value.max(0.0).sqrt()).sum();
    // Rounding may leave the range by a hair.
    Some((between_means + covariance_a.trace() + covariance_b.trace() - 2.0 * overlap).max(0.0) as f32)
}

/// The mean and the covariance of rows.
fn moments(rows: Rows) -> (Vec<f64>, Square) {
    let mean = rows.mean();
    let mut covariance = Square::zeros(rows.width());
    let share = 1.0 / (rows.count() - 1) as f64;
    for row in rows.iter() {
        let offset: Vec<f64> = row.iter().zip(&mean).map(|(v, mean)| f64::from(*v) - mean).collect();
        for (out, a) in covariance.entries.chunks_exact_mut(rows.width()).zip(&offset) {
            out.iter_mut().zip(&offset).for_each(|(out, b)| *out += share * a * b);
        }
    }
    (mean, covariance)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn distance(a: &[f32], b: &[f32], width: usize) -> f32 {
        frechet_distance(Rows::new(a, width).unwrap(), Rows::new(b, width).unwrap()).unwrap()
    }

    /// The corners of a box around `middle` that reaches as far as `half` along each axis: uncorrelated, with a variance of
    /// half² · n / (n − 1) each, where n is their number.
    fn corners<const D: usize>(middle: [f32; D], half: [f32; D]) -> Vec<f32> {
        let corner = |i: usize| (0..D).map(move |d| middle[d] + if i >> d & 1 == 1 { half[d] } else { -half[d] });
        (0..1 << D).flat_map(corner).collect()
    }

    #[test]
    fn of_uncorrelated_features_it_is_the_closed_form() {
        // ‖μ₁ − μ₂‖² + Σ (σ₁ − σ₂)² = 1 + 4 + 9 + (4 + 1 + 0) · 8/7.
        let found = distance(&corners([0.0; 3], [1.0, 2.0, 3.0]), &corners([1.0, -2.0, 3.0], [3.0, 1.0, 3.0]), 3);
        assert!((found - (14.0 + 5.0 * 8.0 / 7.0)).abs() < 1e-4, "{found}");
        // One feature: (σ₁ − σ₂)² with variances 2 and 8.
        let found = distance(&[-1.0, 1.0], &[-2.0, 2.0], 1);
        assert!((found - 2.0).abs() < 1e-5, "{found}");
    }

    #[test]
    fn features_that_do_not_vary_are_no_trouble() {
        // As a unit that never fires: σ₂ is 0 in the second feature of one, in both of the other.
        let found = distance(&[-1.0, 5.0, 1.0, 5.0], &[0.0, 4.0, 0.0, 4.0, 0.0, 4.0], 2);
        assert!((found - (1.0 + 2.0)).abs() < 1e-5, "{found}");
    }

    #[test]
    fn samples_that_say_too_little_have_none() {
        let (two, one) = (Rows::new(&[0.0, 1.0], 1).unwrap(), Rows::new(&[0.0], 1).unwrap());
        assert_eq!(frechet_distance(two, one), None);
        assert_eq!(frechet_distance(one, two), None);
        assert_eq!(frechet_distance(two, Rows::new(&[0.0, 1.0, 2.0, 3.0], 2).unwrap()), None);
    }

    proptest! {
        /// In the plane the root's trace is √(Tr M + 2 √det M), as its eigenvalues are the roots of M = Σ₁Σ₂'s.
        #[test]
        fn in_the_plane_it_is_the_closed_form(
            a in prop::collection::vec(-3.0_f32..3.0, 2 * 7),
            b in prop::collection::vec(-3.0_f32..3.0, 2 * 5),
        ) {
            let ((mean_a, x), (mean_b, y)) = (moments(Rows::new(&a, 2).unwrap()), moments(Rows::new(&b, 2).unwrap()));
            let det = |m: &Square| m.entries[0] * m.entries[3] - m.entries[1] * m.entries[2];
            let product = x.times(&y);
            let root = (product.trace() + 2.0 * det(&product).max(0.0).sqrt()).sqrt();
            let means: f64 = mean_a.iter().zip(&mean_b).map(|(a, b)| (a - b).powi(2)).sum();
            let expected = means + x.trace() + y.trace() - 2.0 * root;
            prop_assert!((f64::from(distance(&a, &b, 2)) - expected).abs() < 1e-4);
        }

        #[test]
        fn is_symmetric_and_0_for_the_same(
            a in prop::collection::vec(-3.0_f32..3.0, 3 * 6),
            b in prop::collection::vec(-3.0_f32..3.0, 3 * 2),
        ) {
            prop_assert!((distance(&a, &b, 3) - distance(&b, &a, 3)).abs() < 1e-3);
            prop_assert!(distance(&a, &a, 3) < 1e-5);
        }
    }
}
