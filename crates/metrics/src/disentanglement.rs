use crate::Rows;

/// In how many equal parts of its range a code's dimension is counted, as by Locatello et al. 2019, *Challenging Common Assumptions in
/// the Unsupervised Learning of Disentangled Representations*.
const BINS: usize = 20;

/// Which dimension of a code tells most about a factor, and how far ahead of the next it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    pub dimension: usize,
    /// What it tells of the factor's entropy beyond the second best dimension, from 0 to 1.
    pub gap: f32,
}

/// The mutual information gap (Chen et al. 2018, *Isolating Sources of Disentanglement*, eq. 6): the mean of
/// (I(z_j; v) − I(z_l; v)) / H(v) over the factors v, where z_j and z_l are the dimensions that tell most and second most about v. 1
/// where each factor is told by a dimension of its own, 0 where all is spread over several.
#[derive(Clone, Debug, PartialEq)]
pub struct MutualInformationGap {
    pub mean: f32,
    /// Of each factor; `None` for those that do not vary, which do not count.
    pub factors: Vec<Option<Gap>>,
}

/// The gap of `codes` `[n, latent]`, and of factors that have one of a few values, counted from 0, for each of the n.
///
/// Information is estimated by counting, each dimension in 20 equal parts of its range. Such an estimate is too high by about as
/// much for all dimensions, which the difference takes away again. Where there is one dimension only, the second tells nothing.
/// `None` where a factor has more or fewer values than there are codes, or none varies.
pub fn mutual_information_gap(codes: Rows, factors: &[&[u8]]) -> Option<MutualInformationGap> {
    if factors.iter().any(|factor| factor.len() != codes.count()) {
        return None;
    }
    let parts: Vec<Vec<usize>> = (0..codes.width()).map(|dimension| binned(codes, dimension)).collect();
    let factors: Vec<Option<Gap>> = factors.iter().map(|factor| gap(&parts, factor)).collect();
    let gaps: Vec<f32> = factors.iter().flatten().map(|gap| gap.gap).collect();
    let mean = gaps.iter().sum::<f32>() / gaps.len() as f32;
    (!gaps.is_empty()).then_some(MutualInformationGap { mean, factors })
}

/// In which part of its range each code lies along a dimension.
fn binned(codes: Rows, dimension: usize) -> Vec<usize> {
    let values: Vec<f64> = codes.iter().map(|code| f64::from(code[dimension])).collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Where nothing varies this is NaN, which the cast takes to 0.
    let bin = |v: &f64| ((v - low) / (high - low) * BINS as f64) as usize;
    values.iter().map(|v| bin(v).min(BINS - 1)).collect()
}

fn gap(parts: &[Vec<usize>], factor: &[u8]) -> Option<Gap> {
    let values = usize::from(factor.iter().copied().max()?) + 1;
    let entropy_of_factor = entropy(&count(values, factor.iter().map(|v| usize::from(*v))));
    if entropy_of_factor <= 0.0 {
        return None;
    }
    // I(z; v) = H(z) + H(v) − H(z, v)
    let information = |parts: &Vec<usize>| {
        let together = parts.iter().zip(factor).map(|(part, v)| part * values + usize::from(*v));
        entropy(&count(BINS, parts.iter().copied())) + entropy_of_factor - entropy(&count(BINS * values, together))
    };
    let mut told: Vec<(usize, f64)> = parts.iter().map(information).enumerate().collect();
    told.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let (dimension, most) = *told.first()?;
    let second = told.get(1).map_or(0.0, |(_, information)| *information);
    // Rounding may leave the range by a hair.
    Some(Gap { dimension, gap: ((most - second) / entropy_of_factor).clamp(0.0, 1.0) as f32 })
}

/// How often each of the numbers below `values` occurs.
fn count(values: usize, of: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut counts = vec![0; values];
    of.for_each(|value| counts[value] += 1);
    counts
}

/// In nats, of the shares that counts have of their sum.
fn entropy(counts: &[usize]) -> f64 {
    let total = counts.iter().sum::<usize>() as f64;
    counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / total).map(|share| -share * share.ln()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All pairs of two factors of `values` values, `times` times.
    fn pairs(values: u8, times: usize) -> (Vec<u8>, Vec<u8>) {
        let all = (0..values).flat_map(|a| (0..values).map(move |b| (a, b)));
        all.collect::<Vec<_>>().repeat(times).into_iter().unzip()
    }

    #[test]
    fn a_dimension_for_each_factor_is_a_gap_of_1() {
        let (a, b) = pairs(4, 3);
        // The third dimension never varies.
        let codes: Vec<f32> = a.iter().zip(&b).flat_map(|(a, b)| [f32::from(*b) * -7.0, f32::from(*a), 0.5]).collect();
        let found = mutual_information_gap(Rows::new(&codes, 3).unwrap(), &[&a, &b]).unwrap();
        let dimensions: Vec<_> = found.factors.iter().flatten().map(|gap| gap.dimension).collect();
        assert_eq!(dimensions, [1, 0]);
        assert!((found.mean - 1.0).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn two_dimensions_for_one_factor_are_a_gap_of_0() {
        let (a, _) = pairs(4, 3);
        let codes: Vec<f32> = a.iter().flat_map(|a| [f32::from(*a), f32::from(3 - *a)]).collect();
        assert_eq!(mutual_information_gap(Rows::new(&codes, 2).unwrap(), &[&a]).unwrap().mean, 0.0);
    }

    #[test]
    fn half_the_information_is_as_computed_by_hand() {
        // The first dimension tells all four values apart, ln 4; the second only halves, ln 2; the gap is (ln 4 − ln 2) / ln 4.
        let (a, _) = pairs(4, 1);
        let codes: Vec<f32> = a.iter().flat_map(|a| [f32::from(a / 2), f32::from(*a)]).collect();
        let found = mutual_information_gap(Rows::new(&codes, 2).unwrap(), &[&a]).unwrap();
        assert_eq!(found.factors[0].map(|gap| gap.dimension), Some(1));
        assert!((found.mean - 0.5).abs() < 1e-6, "{found:?}");
        // Alone it has no second.
        let alone: Vec<f32> = a.iter().map(|a| f32::from(a / 2)).collect();
        assert!((mutual_information_gap(Rows::new(&alone, 1).unwrap(), &[&a]).unwrap().mean - 0.5).abs() < 1e-6);
    }

    #[test]
    fn what_does_not_vary_does_not_count() {
        let (a, b) = pairs(2, 5);
        let codes: Vec<f32> = a.iter().flat_map(|a| [f32::from(*a), 0.0]).collect();
        let codes = Rows::new(&codes, 2).unwrap();
        let constant = vec![200; a.len()];
        let found = mutual_information_gap(codes, &[&constant, &a, &b]).unwrap();
        assert_eq!((found.factors[0], found.factors.len()), (None, 3));
        assert!((found.mean - 0.5).abs() < 1e-6, "a is told and b is not: {found:?}");
        assert_eq!(mutual_information_gap(codes, &[&constant]), None);
        assert_eq!(mutual_information_gap(codes, &[]), None);
        assert_eq!(mutual_information_gap(codes, &[&a[1..]]), None);
    }

    proptest! {
        #[test]
        fn lies_between_0_and_1(
            codes in prop::collection::vec(prop::num::f32::NORMAL, 3 * 30),
            factor in prop::collection::vec(0_u8..=255, 30),
        ) {
            let found = mutual_information_gap(Rows::new(&codes, 3).unwrap(), &[&factor]);
            prop_assert!(found.is_none_or(|found| (0.0..=1.0).contains(&found.mean)));
        }
    }
}
