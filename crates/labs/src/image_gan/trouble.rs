//! Seeing what goes wrong in a run by how its samples differ.

use super::model::Apart;
use crate::game::{LossKind, watch};

/// What trouble is seen by, at one measurement.
pub struct Sight<'a> {
    pub step: u32,
    pub discriminator_loss: f32,
    /// Norm of the gradient of each of the generator's layers.
    pub gradient_norms: &'a [f32],
    /// How far samples are apart, and how far as many real pictures.
    pub samples: Apart,
    pub real: Apart,
    /// The mean of the samples, pixel by pixel.
    pub mean: Vec<f32>,
    pub loss: LossKind,
}

/// Samples are all alike where they are as close together as this, beside real pictures: any two of them, or each and the one most
/// like it, which tells of a few kinds of picture that keep coming back.
const ALIKE: f32 = 0.4;
/// The mean of the samples moves about where it has moved by this much of how far real pictures are apart. Means of 64 real pictures
/// each differ by an eighth of it.
const MOVED: f32 = 0.4;

/// Follows the mean of the samples.
pub type Watch = watch::Watch<Vec<f32>>;

impl Watch {
    pub fn see_pictures(&mut self, sight: Sight) {
        let Sight { step, discriminator_loss, gradient_norms, samples, real, mean, loss } = sight;
        let crowds = samples.pairs < ALIKE * real.pairs || samples.nearest < ALIKE * real.nearest;
        let roams = |before: &Vec<f32>, now: &Vec<f32>| distance(before, now) > MOVED * real.pairs;
        self.see(watch::Sight { step, loss, discriminator_loss, gradient_norms, crowds, look: mean }, roams);
    }
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::TroubleKind;

    const REAL: Apart = Apart { pairs: 10.0, nearest: 6.0 };

    /// Shows the watch what it sees at every 50th step up to `until`.
    fn show(watch: &mut Watch, until: u32, samples: Apart, gradient: f32, mean: impl Fn(u32) -> f32) {
        for step in (watch.step + 50..=until).step_by(50) {
            watch.see_pictures(Sight {
                step,
                discriminator_loss: if gradient < 1e-3 { 0.01 } else { 1.3 },
                gradient_norms: &[gradient],
                samples,
                real: REAL,
                mean: vec![mean(step), 0.0],
                loss: LossKind::NonSaturating,
            });
        }
    }

    fn kind(watch: &Watch) -> Option<TroubleKind> {
        watch.trouble().map(|trouble| trouble.kind)
    }

    #[test]
    fn samples_that_are_all_alike_are_a_collapse_and_so_are_a_few_that_come_back() {
        for alike in [Apart { pairs: 1.0, nearest: 0.5 }, Apart { pairs: 9.0, nearest: 1.0 }] {
            let mut watch = Watch::default();
            show(&mut watch, 1_000, REAL, 1.0, |_| 0.0);
            assert_eq!(kind(&watch), None);
            show(&mut watch, 1_500, alike, 1.0, |_| 0.0);
            assert_eq!(kind(&watch), Some(TroubleKind::ModeCollapse));
            show(&mut watch, 2_500, REAL, 1.0, |_| 0.0);
            assert_eq!(kind(&watch), None);
        }
    }

    #[test]
    fn samples_whose_mean_swings_oscillate() {
        let mut watch = Watch::default();
        show(&mut watch, 1_500, REAL, 1.0, |step| if (step / 100).is_multiple_of(2) { 5.0 } else { 0.0 });
        assert_eq!(kind(&watch), Some(TroubleKind::Oscillation));
        show(&mut watch, 2_500, REAL, 1.0, |step| step as f32 / 1e3);
        assert_eq!(kind(&watch), None, "it drifts");
    }
}
