//! Seeing what goes wrong in a run by where its points lie.

use terrarium_metrics::Histogram;

use crate::game::{LossKind, watch};

/// What trouble is seen by, at one measurement.
pub struct Sight<'a> {
    pub step: u32,
    pub discriminator_loss: f32,
    /// Norm of the gradient of each of the generator's layers.
    pub gradient_norms: &'a [f32],
    pub divergence: f32,
    /// Modes covered, and of how many, and the share of points near one, where the data have modes.
    pub modes: Option<(usize, usize)>,
    pub quality: Option<f32>,
    pub generated: Histogram,
    pub real: &'a Histogram,
    pub loss: LossKind,
}

/// Points are concentrated where they fill less than this share of the cells that the data fill.
const CONCENTRATED: f64 = 0.4;
/// And few modes are covered below this share of them, while most points lie on modes.
const FEW: f32 = 0.5;
/// Points move about where two looks are as far apart as this, in bits.
const MOVED: f32 = 0.35;
/// And settle nowhere while they are this far from the data.
const UNSETTLED: f32 = 0.25;

/// Follows where generated points lie.
pub type Watch = watch::Watch<Histogram>;

impl Watch {
    pub fn see_points(&mut self, sight: Sight) {
        let Sight { step, discriminator_loss, gradient_norms, divergence, modes, quality, generated, real, loss } = sight;
        let concentrated = generated.filled_cells() < CONCENTRATED * real.filled_cells();
        let few_modes = modes.is_some_and(|(covered, of)| covered as f32 <= FEW * of as f32) && quality.is_some_and(|q| q > 0.5);
        let crowds = concentrated || few_modes;
        let roams = |before: &Histogram, now: &Histogram| {
            divergence > UNSETTLED && before.jensen_shannon(now).is_some_and(|moved| moved > MOVED)
        };
        self.see(watch::Sight { step, loss, discriminator_loss, gradient_norms, crowds, look: generated }, roams);
    }
}

#[cfg(test)]
mod tests {
    use terrarium_data::points::PointSet;
    use terrarium_metrics::Grid;

    use super::*;
    use crate::protocol::TroubleKind;

    fn histogram(points: &[[f32; 2]]) -> Histogram {
        Histogram::new(points, Grid::default()).unwrap()
    }

    /// Shows the watch points after every 50th step up to `until`, with a discriminator that is often wrong.
    fn show(watch: &mut Watch, until: u32, loss: LossKind, generated: impl Fn(u32) -> Histogram, generator_gradient: f32) {
        let real = histogram(&PointSet::Spiral.sample(10_000, 1).xy);
        for step in (watch.step + 50..=until).step_by(50) {
            let generated = generated(step);
            watch.see_points(Sight {
                step,
                discriminator_loss: if generator_gradient < 1e-3 { 0.01 } else { 1.3 },
                gradient_norms: &[generator_gradient],
                divergence: generated.jensen_shannon(&real).unwrap(),
                modes: None,
                quality: None,
                generated,
                real: &real,
                loss,
            });
        }
    }

    fn spiral(_: u32) -> Histogram {
        histogram(&PointSet::Spiral.sample(2_000, 2).xy)
    }

    fn one_place(_: u32) -> Histogram {
        histogram(&[[0.3, 0.3], [0.2, 0.3]])
    }

    /// The left half, then the right half, by turns.
    fn to_and_fro(step: u32) -> Histogram {
        let side = if (step / 100).is_multiple_of(2) { 1.0 } else { -1.0 };
        let half: Vec<_> = PointSet::Spiral.sample(2_000, 2).xy.into_iter().map(|[x, y]| [side * x.abs(), y]).collect();
        histogram(&half)
    }

    fn kind(watch: &Watch) -> Option<TroubleKind> {
        watch.trouble().map(|trouble| trouble.kind)
    }

    #[test]
    fn trouble_must_last_to_be_told_and_be_gone_to_be_taken_back() {
        let mut watch = Watch::default();
        let loss = LossKind::NonSaturating;
        show(&mut watch, 1_000, loss, spiral, 1.0);
        show(&mut watch, 1_300, loss, one_place, 1.0);
        assert_eq!(kind(&watch), None, "it may pass");
        show(&mut watch, 1_400, loss, one_place, 1.0);
        assert_eq!(kind(&watch), Some(TroubleKind::ModeCollapse));
        show(&mut watch, 1_700, loss, spiral, 1.0);
        assert_eq!(kind(&watch), Some(TroubleKind::ModeCollapse), "it may come back");
        show(&mut watch, 2_500, loss, spiral, 1.0);
        assert_eq!(kind(&watch), None);
    }

    #[test]
    fn a_gradient_vanishes_where_the_discriminator_is_never_wrong() {
        for (loss, expected) in
            [(LossKind::Minimax, Some(TroubleKind::VanishingGradient)), (LossKind::Wasserstein, Some(TroubleKind::ModeCollapse))]
        {
            let mut watch = Watch::default();
            show(&mut watch, 1_000, loss, one_place, 1e-4);
            assert_eq!(kind(&watch), expected, "{loss:?}");
        }
    }

    #[test]
    fn points_that_move_to_and_fro_oscillate() {
        let mut watch = Watch::default();
        show(&mut watch, 1_500, LossKind::Hinge, to_and_fro, 1.0);
        assert_eq!(kind(&watch), Some(TroubleKind::Oscillation));
    }

    #[test]
    fn a_number_that_is_none_is_told_until_all_is_well_again() {
        let mut watch = Watch::default();
        watch.broke();
        assert_eq!(kind(&watch), Some(TroubleKind::NotANumber));
        show(&mut watch, 50, LossKind::Hinge, spiral, 1.0);
        assert_eq!(kind(&watch), None);
    }
}
