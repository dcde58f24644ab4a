/// Whether a model is as often right as it is sure (Guo, Pleiss, Sun, Weinberger 2017, *On Calibration of Modern Neural Networks*,
/// sec. 2).
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Equal parts of the confidences from 0 to 1, each with its upper end; the first with 0 as well.
    pub bins: Vec<Bin>,
}

/// Answers of about the same confidence: a point of a reliability diagram, which is on the diagonal where the model is calibrated.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    pub count: usize,
    /// The mean of the confidences; 0 where there are none.
    pub confidence: f32,
    /// The share of the answers that are right; 0 where there are none.
    pub accuracy: f32,
}

impl Calibration {
    /// Of answers, each with the probability that the model gave it and whether it was right. None where there are no answers or no
    /// bins, or a probability is none.
    pub fn new(answers: &[(f32, bool)], bins: usize) -> Option<Self> {
        if answers.is_empty() || bins == 0 || answers.iter().any(|(confidence, _)| !(0.0..=1.0).contains(confidence)) {
            return None;
        }
        let mut sums = vec![(0_usize, 0.0_f64, 0_usize); bins];
        for (confidence, is_right) in answers {
            let confidence = f64::from(*confidence);
            // Guo's I_m = ((m − 1) / M, m / M]; a 0 goes to the first.
            let bin = ((confidence * bins as f64).ceil() as usize).saturating_sub(1);
            let (count, sum, right) = &mut sums[bin];
            *count += 1;
            *sum += confidence;
            *right += usize::from(*is_right);
        }
        let bin = |(count, sum, right): (usize, f64, usize)| {
            // Where there are none, the sums are 0 as well.
            let n = count.max(1) as f64;
            Bin { count, confidence: (sum / n) as f32, accuracy: (right as f64 / n) as f32 }
        };
        Some(Calibration { bins: sums.into_iter().map(bin).collect() })
    }

    /// The expected calibration error (eq. 3): how far accuracy and confidence are apart, the mean over all answers, from 0 to 1.
    pub fn error(&self) -> f32 {
        let all: usize = self.bins.iter().map(|bin| bin.count).sum();
        let gaps = self.bins.iter().map(|bin| bin.count as f32 * (bin.accuracy - bin.confidence).abs());
        gaps.sum::<f32>() / all as f32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_diagram_is_as_drawn_by_hand() {
        let answers = [(0.9, true), (0.8, true), (1.0, false), (0.75, true), (0.5, false), (0.3, true), (0.0, false)];
        let calibration = Calibration::new(&answers, 4).unwrap();
        let expected = [(1, 0.0, 0.0), (2, 0.4, 0.5), (1, 0.75, 1.0), (3, 0.9, 2.0 / 3.0)];
        for (bin, (count, confidence, accuracy)) in calibration.bins.iter().zip(expected) {
            let near = (bin.confidence - confidence).abs() < 1e-6 && (bin.accuracy - accuracy).abs() < 1e-6;
            assert!(bin.count == count && near, "{bin:?}");
        }
        // (0 + 2 · 0.1 + 0.25 + 3 · 0.2333) / 7
        assert!((calibration.error() - 0.164_286).abs() < 1e-5, "{}", calibration.error());
    }

    #[test]
    fn who_is_sure_and_right_is_calibrated_and_who_is_sure_and_wrong_is_not() {
        assert_eq!(Calibration::new(&[(1.0, true); 5], 10).unwrap().error(), 0.0);
        assert_eq!(Calibration::new(&[(1.0, false); 5], 10).unwrap().error(), 1.0);
        // Seven times of ten right, and as sure.
        let honest: Vec<(f32, bool)> = (0..10).map(|place| (0.7, place < 7)).collect();
        assert!(Calibration::new(&honest, 10).unwrap().error() < 1e-6);
    }

    #[test]
    fn what_is_no_probability_is_refused() {
        for confidence in [f32::NAN, -0.1, 1.1, f32::INFINITY] {
            assert_eq!(Calibration::new(&[(0.5, true), (confidence, true)], 10), None);
        }
        assert_eq!(Calibration::new(&[], 10), None);
        assert_eq!(Calibration::new(&[(0.5, true)], 0), None);
    }

    proptest! {
        #[test]
        fn every_answer_is_in_the_bin_of_its_confidence(
            answers in prop::collection::vec((0.0_f32..=1.0, any::<bool>()), 1..50),
            bins in 1_usize..20,
        ) {
            let calibration = Calibration::new(&answers, bins).unwrap();
            prop_assert_eq!(calibration.bins.iter().map(|bin| bin.count).sum::<usize>(), answers.len());
            for (place, bin) in calibration.bins.iter().enumerate().filter(|(_, bin)| bin.count > 0) {
                let ends = place as f32 / bins as f32 - 1e-6..=(place + 1) as f32 / bins as f32 + 1e-6;
                prop_assert!(ends.contains(&bin.confidence) && (0.0..=1.0).contains(&bin.accuracy));
            }
            prop_assert!((0.0..=1.0).contains(&calibration.error()));
        }
    }
}
