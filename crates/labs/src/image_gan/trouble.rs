//! Seeing what goes wrong in a run.

use std::collections::VecDeque;

use super::model::Apart;
use crate::game::LossKind;
use crate::protocol::{Trouble, TroubleKind};
use crate::trouble::Suspicion;

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

/// Steps between two looks that motion is judged by.
const APART: u32 = 100;

/// Samples are all alike where they are as close together as this, beside real pictures: any two of them, or each and the one most
/// like it, which tells of a few kinds of picture that keep coming back.
const ALIKE: f32 = 0.4;
/// The mean of the samples moves about where it has moved by this much of how far real pictures are apart. Means of 64 real pictures
/// each differ by an eighth of it.
const MOVED: f32 = 0.4;

/// Follows a run, and tells what it suffers from.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    collapse: Suspicion,
    vanishing: Suspicion,
    oscillation: Suspicion,
    /// What it suffers from: kept as long as its signs last, so that what is said does not change to and fro.
    current: Option<TroubleKind>,
    step: u32,
    strongest_gradient: f32,
    /// Means of the samples at earlier steps, the last about [`APART`] steps ago.
    means: VecDeque<(u32, Vec<f32>)>,
}

impl Watch {
    pub fn see(&mut self, sight: Sight) {
        let Sight { step, samples, real, .. } = sight;
        let steps = step.saturating_sub(self.step);
        self.step = step;

        let gradient = sight.gradient_norms.iter().map(|n| n * n).sum::<f32>().sqrt();
        self.strongest_gradient = self.strongest_gradient.max(gradient);
        let vanishes = sight.loss.vanishes(sight.discriminator_loss, gradient, self.strongest_gradient);
        self.vanishing.weigh(vanishes, steps);
        let alike = samples.pairs < ALIKE * real.pairs || samples.nearest < ALIKE * real.nearest;
        self.collapse.weigh(!vanishes && alike, steps);
        let motion = self.motion(step, sight.mean);
        self.oscillation.weigh(motion.is_some_and(|moved| moved > MOVED * real.pairs), steps);

        if !self.current.is_some_and(|kind| self.confirmed(kind)) {
            let kinds = [TroubleKind::VanishingGradient, TroubleKind::ModeCollapse, TroubleKind::Oscillation];
            self.current = kinds.into_iter().find(|kind| self.confirmed(*kind));
        }
    }

    fn confirmed(&self, kind: TroubleKind) -> bool {
        match kind {
            TroubleKind::VanishingGradient => self.vanishing.confirmed,
            TroubleKind::ModeCollapse => self.collapse.confirmed,
            TroubleKind::Oscillation => self.oscillation.confirmed,
            // A look at what is all numbers ends it, and there is no posterior here, nor text.
            TroubleKind::NotANumber | TroubleKind::PosteriorCollapse | TroubleKind::Unstable | TroubleKind::ByHeart => false,
        }
    }

    /// How far the mean is from where it was some time ago.
    fn motion(&mut self, step: u32, mean: Vec<f32>) -> Option<f32> {
        while self.means.get(1).is_some_and(|(then, _)| then + APART <= step) {
            self.means.pop_front();
        }
        self.means.push_back((step, mean));
        let ((then, before), (_, now)) = (self.means.front()?, self.means.back()?);
        (then + APART <= step).then(|| before.iter().zip(now).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt())
    }

    /// The run has met a number that is none, and went back.
    pub fn broke(&mut self) {
        *self = Watch { current: Some(TroubleKind::NotANumber), ..Watch::default() };
    }

    pub fn trouble(&self) -> Option<Trouble> {
        self.current.map(TroubleKind::explain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: Apart = Apart { pairs: 10.0, nearest: 6.0 };

    /// Shows the watch what it sees at every 50th step up to `until`.
    fn show(watch: &mut Watch, until: u32, samples: Apart, gradient: f32, mean: impl Fn(u32) -> f32) {
        for step in (watch.step + 50..=until).step_by(50) {
            watch.see(Sight {
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
    fn a_gradient_vanishes_where_the_discriminator_is_never_wrong() {
        let mut watch = Watch::default();
        show(&mut watch, 1_000, Apart { pairs: 1.0, nearest: 0.5 }, 1e-4, |_| 0.0);
        assert_eq!(kind(&watch), Some(TroubleKind::VanishingGradient));
    }

    #[test]
    fn samples_whose_mean_swings_oscillate() {
        let mut watch = Watch::default();
        show(&mut watch, 1_500, REAL, 1.0, |step| if (step / 100).is_multiple_of(2) { 5.0 } else { 0.0 });
        assert_eq!(kind(&watch), Some(TroubleKind::Oscillation));
        show(&mut watch, 2_500, REAL, 1.0, |step| step as f32 / 1e3);
        assert_eq!(kind(&watch), None, "it drifts");
    }

    #[test]
    fn a_number_that_is_none_is_told_until_all_is_well_again() {
        let mut watch = Watch::default();
        watch.broke();
        assert_eq!(kind(&watch), Some(TroubleKind::NotANumber));
        show(&mut watch, 50, REAL, 1.0, |_| 0.0);
        assert_eq!(kind(&watch), None);
    }
}
