/// The 0.975 quantile of the standard normal distribution: 95 % lie within so many standard deviations.
const Z: f64 = 1.959_963_984_540_054;

/// Whether an answer is the expected one, apart from white space around it. Nothing else is forgiven: capitals, signs and line breaks
/// count, as texts made up by rules have one right form.
pub fn is_exact(answer: &str, expected: &str) -> bool {
    answer.trim() == expected.trim()
}

/// How many answers of how many were right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy {
    pub right: usize,
    pub of: usize,
}

impl Accuracy {
    pub fn add(&mut self, is_right: bool) {
        self.right += usize::from(is_right);
        self.of += 1;
    }

    /// From 0 to 1; none where there were no answers.
    pub fn share(self) -> Option<f32> {
        (self.of > 0).then(|| self.right as f32 / self.of as f32)
    }

    /// Where the share of all answers that could be asked for lies, with 95 % confidence: the score interval (Wilson 1927, *Probable
    /// Inference, the Law of Succession, and Statistical Inference*), which holds for few answers and for shares near 0 and 1, too. None
    /// where there were no answers.
    pub fn interval(self) -> Option<[f32; 2]> {
        let n = self.of as f64;
        let share = self.right as f64 / n;
        let middle = share + Z * Z / (2.0 * n);
        let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        // Rounding may leave the range by a hair.
        let bound = |bound: f64| (bound / (1.0 + Z * Z / n)).clamp(0.0, 1.0) as f32;
        (self.of > 0).then(|| [bound(middle - reach), bound(middle + reach)])
    }
}

impl FromIterator<bool> for Accuracy {
    fn from_iter<T: IntoIterator<Item = bool>>(answers: T) -> Self {
        let mut accuracy = Accuracy::default();
        answers.into_iter().for_each(|is_right| accuracy.add(is_right));
        accuracy
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_around_does_not_count() {
        assert!(is_exact(" 7 7\n", "7 7") && is_exact("", " \n"));
        for answer in ["7  7", "7\n7", "77", "7 7.", "7", ""] {
            assert!(!is_exact(answer, "7 7"), "{answer}");
        }
        assert!(!is_exact("Yes", "yes"));
    }

    /// Newcombe 1998, *Two-sided confidence intervals for the single proportion*, table I, method 3.
    #[test]
    fn intervals_are_the_published_ones() {
        let published =
            [(81, 263, [0.2553, 0.3662]), (15, 148, [0.0624, 0.1605]), (0, 20, [0.0, 0.1611]), (1, 29, [0.0061, 0.1718])];
        for (right, of, [low, high]) in published {
            let [found_low, found_high] = Accuracy { right, of }.interval().unwrap();
            assert!(
                (found_low - low).abs() < 6e-5 && (found_high - high).abs() < 6e-5,
                "{right} of {of}: {found_low} {found_high}"
            );
        }
    }

    #[test]
    fn answers_are_counted() {
        let accuracy: Accuracy = [true, false, true, true].into_iter().collect();
        assert_eq!((accuracy, accuracy.share()), (Accuracy { right: 3, of: 4 }, Some(0.75)));
        assert_eq!((Accuracy::default().share(), Accuracy::default().interval()), (None, None));
    }

    proptest! {
        #[test]
        fn intervals_hold_the_share(right in 0_usize..500, wrong in 0_usize..500) {
            let accuracy = Accuracy { right, of: right + wrong };
            if let Some([low, high]) = accuracy.interval() {
                let share = accuracy.share().unwrap();
                prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0 && low < high);
            }
        }
    }
}
