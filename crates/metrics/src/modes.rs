/// When a sample is good and a mode covered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoverageRule {
    /// The least standard deviation to judge by, for data whose modes are narrower than one wants to ask of a generator.
    pub std_floor: f32,
    /// How many high-quality samples cover a mode.
    pub min_samples: usize,
}

impl Default for CoverageRule {
    /// The modes' own standard deviation, and 20 samples. The papers let a single sample cover a mode; of some thousand
    /// samples, a few lie near every mode that the generator only passes on its way.
    fn default() -> Self {
        CoverageRule { std_floor: 0.0, min_samples: 20 }
    }
}

/// How a sample lies on the modes of a mixture.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeCoverage {
    /// For each mode, the number of high-quality samples nearest to it.
    pub samples: Vec<usize>,
    /// The number of modes covered.
    pub covered: usize,
    /// The share of samples that are of high quality, from 0 to 1.
    pub high_quality: f32,
}

/// Counts the modes that `samples` cover, and the share of high quality: samples at most three standard deviations from
/// the nearest of `centres` (VEEGAN, Srivastava et al. 2017; PacGAN, Lin et al. 2018). Samples that are not finite are of
/// low quality. `None` without samples or without modes.
pub fn mode_coverage(samples: &[[f32; 2]], centres: &[[f32; 2]], std: f32, rule: CoverageRule) -> Option<ModeCoverage> {
    if samples.is_empty() || centres.is_empty() {
        return None;
    }
    let reach = 3.0 * std.max(rule.std_floor);
    let mut counts = vec![0; centres.len()];
    for [x, y] in samples {
        let distances = centres.iter().map(|centre| (x - centre[0]).hypot(y - centre[1]));
        let nearest = distances.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((mode, distance)) = nearest
            && distance <= reach
        {
            counts[mode] += 1;
        }
    }
    Some(ModeCoverage {
        covered: counts.iter().filter(|count| **count >= rule.min_samples).count(),
        high_quality: counts.iter().sum::<usize>() as f32 / samples.len() as f32,
        samples: counts,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::any_points;

    const CENTRES: [[f32; 2]; 2] = [[-1.0, 0.0], [1.0, 0.0]];
    const ONE: CoverageRule = CoverageRule { std_floor: 0.0, min_samples: 1 };

    #[test]
    fn three_standard_deviations_decide() {
        let samples = [[-1.0, 0.29], [-1.0, 0.31], [0.75, 0.0], [1.0, 0.0], [0.0, 0.0]];
        let coverage = mode_coverage(&samples, &CENTRES, 0.1, ONE).unwrap();
        assert_eq!(coverage, ModeCoverage { samples: vec![1, 2], covered: 2, high_quality: 0.6 });
        let strict = CoverageRule { min_samples: 2, ..ONE };
        assert_eq!(mode_coverage(&samples, &CENTRES, 0.1, strict).unwrap().covered, 1);
    }

    #[test]
    fn the_floor_widens_narrow_modes_only() {
        let samples = [[-1.0, 0.2]];
        let floor = CoverageRule { std_floor: 0.1, ..ONE };
        assert_eq!(mode_coverage(&samples, &CENTRES, 0.01, ONE).unwrap().covered, 0);
        assert_eq!(mode_coverage(&samples, &CENTRES, 0.01, floor).unwrap().covered, 1);
        assert_eq!(mode_coverage(&[[-1.0, 0.4]], &CENTRES, 0.2, floor).unwrap().covered, 1);
    }

    #[test]
    fn what_is_not_finite_is_of_low_quality() {
        let samples = [[f32::NAN, 0.0], [f32::INFINITY, 0.0], [f32::MAX, f32::MIN], [1.0, 0.0]];
        let coverage = mode_coverage(&samples, &CENTRES, 0.1, ONE).unwrap();
        assert_eq!(coverage, ModeCoverage { samples: vec![0, 1], covered: 1, high_quality: 0.25 });
    }

    #[test]
    fn nothing_to_count_is_none() {
        assert_eq!(mode_coverage(&[], &CENTRES, 0.1, ONE), None);
        assert_eq!(mode_coverage(&CENTRES, &[], 0.1, ONE), None);
    }

    proptest! {
        #[test]
        fn counts_add_up(
            samples in any_points(1..50),
            std in prop::num::f32::ANY,
            min_samples in 0_usize..3,
        ) {
            let coverage = mode_coverage(&samples, &CENTRES, std, CoverageRule { std_floor: 0.0, min_samples }).unwrap();
            prop_assert!(coverage.covered <= CENTRES.len());
            prop_assert!((0.0..=1.0).contains(&coverage.high_quality));
            prop_assert!(coverage.samples.iter().sum::<usize>() <= samples.len());
        }
    }
}
