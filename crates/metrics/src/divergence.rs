use crate::{Grid, Histogram};

/// The Jensen–Shannon divergence between the distributions of two samples, by their histograms on the default [`Grid`],
/// in bits: 0 for the same histogram, 1 for two that share no cell (Lin 1991, *Divergence measures based on the Shannon
/// entropy*, eq. 4.1). `None` where a sample is empty.
pub fn jensen_shannon(a: &[[f32; 2]], b: &[[f32; 2]]) -> Option<f32> {
    Histogram::new(a, Grid::default())?.jensen_shannon(&Histogram::new(b, Grid::default())?)
}

impl Histogram {
    /// [`jensen_shannon`] for samples already counted: JSD(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = ½ (p + q).
    /// `None` where the grids differ.
    ///
    /// No smoothing is applied: m is positive wherever p or q is, so the divergence is finite without.
    pub fn jensen_shannon(&self, other: &Histogram) -> Option<f32> {
        if self.grid() != other.grid() {
            return None;
        }
        let (p, q) = (&self.shares, &other.shares);
        let mixture: Vec<f64> = p.iter().zip(q).map(|(p, q)| 0.5 * (p + q)).collect();
        let bits = 0.5 * (kullback_leibler(p, &mixture) + kullback_leibler(q, &mixture));
        // Rounding may leave the range by a hair.
        Some(bits.clamp(0.0, 1.0) as f32)
    }
}

/// KL(p ‖ q) in bits, where q is positive wherever p is.
fn kullback_leibler(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).filter(|(p, _)| **p > 0.0).map(|(p, q)| p * (p / q).log2()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use terrarium_data::points::PointSet;

    use super::*;
    use crate::any_points;

    #[test]
    fn two_samples_of_one_set_are_near_and_lost_modes_show() {
        let ring = PointSet::Ring;
        let (a, b) = (ring.sample(2_000, 1).xy, ring.sample(2_000, 2).xy);
        assert!(jensen_shannon(&a, &b).unwrap() < 0.025, "the sampling floor");
        let collapsed: Vec<_> = b.iter().map(|[x, y]| [x.abs(), *y]).collect();
        let divergence = jensen_shannon(&a, &collapsed).unwrap();
        assert!((0.25..0.4).contains(&divergence), "the left half folded onto the right: {divergence}");
    }

    #[test]
    fn the_same_sample_is_no_distance_apart_and_disjoint_ones_a_bit() {
        let (left, right) = ([[-0.5, 0.0], [-0.6, 0.3]], [[0.5, 0.0]]);
        assert_eq!(jensen_shannon(&left, &left), Some(0.0));
        assert_eq!(jensen_shannon(&left, &right), Some(1.0));
        assert_eq!(jensen_shannon(&left, &[[f32::NAN, 0.0]]), Some(1.0));
    }

    #[test]
    fn half_an_overlap_is_as_computed_by_hand() {
        // p = (1, 0), q = (½, ½), m = (¾, ¼): ½ log₂(4/3) + ½ (½ log₂(2/3) + ½ log₂ 2) = 0.311278.
        let divergence = jensen_shannon(&[[0.05, 0.05]; 2], &[[0.05, 0.05], [1.05, 0.05]]).unwrap();
        assert!((divergence - 0.311_278).abs() < 1e-6, "{divergence}");
    }

    #[test]
    fn nothing_to_compare_is_none() {
        let point = [[0.0, 0.0]];
        assert_eq!(jensen_shannon(&[], &point), None);
        assert_eq!(jensen_shannon(&point, &[]), None);
        let coarse = Histogram::new(&point, Grid { half_side: 1.5, cells: 3 }).unwrap();
        assert_eq!(coarse.jensen_shannon(&Histogram::new(&point, Grid::default()).unwrap()), None);
    }

    proptest! {
        #[test]
        fn lies_between_0_and_1_and_is_symmetric(a in any_points(1..50), b in any_points(1..50)) {
            let forth = jensen_shannon(&a, &b).unwrap();
            prop_assert!((0.0..=1.0).contains(&forth));
            prop_assert!((forth - jensen_shannon(&b, &a).unwrap()).abs() < 1e-6);
        }
    }
}
