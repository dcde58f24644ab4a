use crate::Rows;

/// How much of what is generated looks real, and how much of what is real is generated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PrecisionRecall {
    /// The share of generated samples that lie where real ones do, 0 to 1.
    pub precision: f32,
    /// The share of real samples that lie where generated ones do, 0 to 1.
    pub recall: f32,
}

/// Precision and recall of generated features beside real ones, `[n, width]` each (Kynkäänniemi et al. 2019, *Improved Precision and
/// Recall Metric for Assessing Generative Models*, eq. 1 and 2). A set lies wherever a ball around one of its samples reaches that
/// has its `k`-th nearest other sample of the set on its surface; the paper takes k = 3. Takes (n + m)² distances. `None` unless both
/// sets have one width and more than `k` ≥ 1 samples.
pub fn precision_recall(real: Rows, generated: Rows, k: usize) -> Option<PrecisionRecall> {
    if real.width() != generated.width() || k == 0 || real.count() <= k || generated.count() <= k {
        return None;
    }
    let (real_reach, generated_reach) = (reach(real, k), reach(generated, k));
    let mut reached = vec![false; real.count()];
    let mut precise = 0;
    for (sample, own_reach) in generated.iter().zip(&generated_reach) {
        let mut looks_real = false;
        for ((other, reach), reached) in real.iter().zip(&real_reach).zip(&mut reached) {
            let distance = squared_distance(sample, other);
            looks_real |= distance <= *reach;
            *reached |= distance <= *own_reach;
        }
        precise += usize::from(looks_real);
    }
    let recalled = reached.iter().filter(|reached| **reached).count();
    Some(PrecisionRecall { precision: precise as f32 / generated.count() as f32, recall: recalled as f32 / real.count() as f32 })
}

/// The squared distance of each sample to its `k`-th nearest other.
fn reach(rows: Rows, k: usize) -> Vec<f32> {
    let reach = |i: usize, row: &[f32]| {
        let others = rows.iter().enumerate().filter(|(j, _)| *j != i);
        let mut distances: Vec<f32> = others.map(|(_, other)| squared_distance(row, other)).collect();
        *distances.select_nth_unstable_by(k - 1, f32::total_cmp).1
    };
    rows.iter().enumerate().map(|(i, row)| reach(i, row)).collect()
}

/// In eight sums side by side, as one alone would wait for itself at every number.
fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let square = |a: f32, b: f32| (a - b) * (a - b);
    let ((eights_a, rest_a), (eights_b, rest_b)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (a, b) in eights_a.iter().zip(eights_b) {
        (0..8).for_each(|lane| sums[lane] += square(a[lane], b[lane]));
    }
    sums.iter().sum::<f32>() + rest_a.iter().zip(rest_b).map(|(a, b)| square(*a, *b)).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn on_a_line(real: &[f32], generated: &[f32], k: usize) -> Option<PrecisionRecall> {
        precision_recall(Rows::new(real, 1).unwrap(), Rows::new(generated, 1).unwrap(), k)
    }

    #[test]
    fn is_as_counted_by_hand() {
        // k = 1: around 0, 1, 2 and 10 the real ones lie on [−1, 1], [0, 2], [1, 3] and [2, 18]; around 8, 10 and 95 the generated
        // ones on [6, 10], [8, 12] and [10, 180].
        let found = on_a_line(&[0.0, 1.0, 2.0, 10.0], &[8.0, 10.0, 95.0], 1).unwrap();
        assert_eq!(found, PrecisionRecall { precision: 2.0 / 3.0, recall: 0.25 });
        // k = 2: [−2, 2], [0, 2], [0, 4] and [1, 19] beside [−79, 95], [−75, 95] and [8, 182].
        let found = on_a_line(&[0.0, 1.0, 2.0, 10.0], &[8.0, 10.0, 95.0], 2).unwrap();
        assert_eq!(found, PrecisionRecall { precision: 2.0 / 3.0, recall: 1.0 });
    }

    #[test]
    fn a_collapsed_generator_is_precise_and_recalls_little() {
        // Ten real samples a unit apart; what is generated lies within a tenth around the fourth.
        let real: Vec<f32> = (0..10).map(|i| i as f32).collect();
        let found = on_a_line(&real, &[2.95, 2.98, 3.0, 3.02, 3.05], 3).unwrap();
        assert_eq!(found, PrecisionRecall { precision: 1.0, recall: 0.1 });
        let found = on_a_line(&real, &[1000.0, 1001.0, 1002.0, 1003.0], 3).unwrap();
        assert_eq!(found, PrecisionRecall { precision: 0.0, recall: 0.0 });
    }

    #[test]
    fn sets_without_neighbours_have_none() {
        let three = [0.0, 1.0, 2.0];
        assert_eq!(on_a_line(&three, &three, 0), None);
        assert_eq!(on_a_line(&three, &three, 3), None);
        assert_eq!(on_a_line(&[0.0, 1.0, 2.0, 3.0], &three, 3), None);
        let wider = Rows::new(&[0.0; 8], 2).unwrap();
        assert_eq!(precision_recall(Rows::new(&three, 1).unwrap(), wider, 1), None);
    }

    proptest! {
        #[test]
        fn distances_have_any_width(pairs in prop::collection::vec((-9.0_f32..9.0, -9.0_f32..9.0), 1..30)) {
            let (a, b): (Vec<f32>, Vec<f32>) = pairs.iter().copied().unzip();
            let expected: f64 = pairs.iter().map(|(a, b)| f64::from(a - b).powi(2)).sum();
            prop_assert!((f64::from(squared_distance(&a, &b)) - expected).abs() <= 1e-5 * expected);
        }

        #[test]
        fn the_same_set_is_all_precise_and_recalled(values in prop::collection::vec(-9.0_f32..9.0, 2 * 7)) {
            let rows = Rows::new(&values, 2).unwrap();
            prop_assert_eq!(precision_recall(rows, rows, 3), Some(PrecisionRecall { precision: 1.0, recall: 1.0 }));
        }
    }
}
