//! The distributions that a formula gives. Noise is Gaussian, the same on both axes; `std` is its standard deviation.

use std::f64::consts::{PI, TAU};

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::{Fit, HALF_SIDE};

/// A mixture of round Gaussians, all of one weight and one standard deviation.
///
/// The literature's ring of 8 has modes of std 0.01 on a circle of radius 1 and its grid of 25 std 0.05 at a spacing of
/// 2 (VEEGAN, Srivastava et al. 2017; PacGAN, Lin et al. 2018). Scaled to our square those are dots of one or two
/// pixels, which a visitor cannot tell from points and a small network needs a long time to hit. Ours are wider, yet
/// modes stay at least ten standard deviations apart, so the circles of three standard deviations that decide on a
/// sample's quality never touch.
#[derive(Clone, Debug, PartialEq)]
pub struct Modes {
    /// `[x, y]`, one a mode.
    pub centres: Vec<[f32; 2]>,
    /// The standard deviation of each mode on each axis.
    pub std: f32,
}

impl Modes {
    pub(super) fn gaussian() -> Self {
        Modes { centres: vec![[0.0, 0.0]], std: 0.25 }
    }

    pub(super) fn ring() -> Self {
        const RADIUS: f64 = 0.75;
        let centre = |i| {
            let angle = TAU * f64::from(i) / 8.0;
            [RADIUS * angle.cos(), RADIUS * angle.sin()].map(|v| v as f32)
        };
        Modes { centres: (0..8).map(centre).collect(), std: 0.05 }
    }

    pub(super) fn grid() -> Self {
        const SPACING: f32 = 0.375;
        let centre = |i: i8| [f32::from(i % 5 - 2) * SPACING, f32::from(i / 5 - 2) * SPACING];
        Modes { centres: (0..25).map(centre).collect(), std: 0.03 }
    }

    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> [f64; 2] {
        // A usize is shorter in wasm, and would draw other numbers there.
        let centre = self.centres[rng.gen_range(0..self.centres.len() as u32) as usize];
        blur(centre.map(f64::from), f64::from(self.std), rng)
    }
}

/// Two interleaved half circles, as scikit-learn's `make_moons`.
pub(super) fn moons(rng: &mut ChaCha8Rng) -> [f64; 2] {
    // Together they span [−1, 2] × [−0.5, 1].
    const FIT: Fit = Fit { centre: [0.5, 0.25], scale: HALF_SIDE / 1.5 };
    let upper = rng.gen_bool(0.5);
    let angle = rng.gen_range(0.0..PI);
    let (x, y) = (angle.cos(), angle.sin());
    blur(FIT.map(if upper { [x, y] } else { [1.0 - x, 0.5 - y] }), 0.03, rng)
}

/// Two Archimedean arms, half a turn apart (after Lang and Witbrock 1988), near evenly filled along their length.
pub(super) fn spiral(rng: &mut ChaCha8Rng) -> [f64; 2] {
    const TURNS: f64 = 1.25;
    // The arms start a little off the centre, where they would run together.
    const INNER: f64 = 0.12;
    // Arc length grows with the square of the radius, so that is what is uniform.
    let radius = rng.gen_range(INNER * INNER..1.0).sqrt();
    let arm = if rng.gen_bool(0.5) { 0.0 } else { PI };
    let angle = TAU * TURNS * radius + arm;
    blur([HALF_SIDE * radius * angle.cos(), HALF_SIDE * radius * angle.sin()], 0.02, rng)
}

/// scikit-learn's `make_swiss_roll` without its depth: angle uniform in [1.5π, 4.5π], radius equal to the angle.
pub(super) fn swiss_roll(rng: &mut ChaCha8Rng) -> [f64; 2] {
    let angle = rng.gen_range(1.5 * PI..4.5 * PI);
    let radius = HALF_SIDE * angle / (4.5 * PI);
    blur([radius * angle.cos(), radius * angle.sin()], 0.02, rng)
}

/// Every other square of a board of 4 × 4, evenly filled and without noise.
pub(super) fn checkerboard(rng: &mut ChaCha8Rng) -> [f64; 2] {
    const SIDE: f64 = HALF_SIDE / 2.0;
    let row = rng.gen_range(0..4_u8);
    let column = 2 * rng.gen_range(0..2_u8) + row % 2;
    [column, row].map(|cell| (f64::from(cell) + rng.gen_range(0.0..1.0)) * SIDE - HALF_SIDE)
}

/// `point` moved by Gaussian noise.
pub(super) fn blur(point: [f64; 2], std: f64, rng: &mut ChaCha8Rng) -> [f64; 2] {
    point.map(|v| v + std * rng.sample::<f64, _>(StandardNormal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::PointSet;

    const N: usize = 20_000;

    fn sample(set: PointSet) -> Vec<[f64; 2]> {
        set.sample(N, 1).xy.into_iter().map(|p| p.map(f64::from)).collect()
    }

    fn length([x, y]: [f64; 2]) -> f64 {
        x.hypot(y)
    }

    fn share(points: &[[f64; 2]], belongs: impl Fn([f64; 2]) -> bool) -> f64 {
        points.iter().filter(|p| belongs(**p)).count() as f64 / points.len() as f64
    }

    #[test]
    fn mixtures_have_equal_round_modes_of_the_stated_spread() {
        for (set, count) in [(PointSet::Gaussian, 1), (PointSet::Ring, 8), (PointSet::Grid, 25)] {
            let modes = set.modes().unwrap();
            assert_eq!(modes.centres.len(), count);
            let std = f64::from(modes.std);
            let points = sample(set.clone());
            for centre in modes.centres {
                let offset = |p: &[f64; 2]| [p[0] - f64::from(centre[0]), p[1] - f64::from(centre[1])];
                // Five standard deviations: all of this mode, none of the next.
                let own: Vec<_> = points.iter().map(offset).filter(|o| length(*o) < 5.0 * std).collect();
                let fair = N as f64 / count as f64;
                assert!((own.len() as f64 - fair).abs() < 5.0 * fair.sqrt(), "{set:?}: {} in a mode", own.len());
                for axis in 0..2 {
                    let mean = own.iter().map(|o| o[axis]).sum::<f64>() / own.len() as f64;
                    let spread = (own.iter().map(|o| o[axis].powi(2)).sum::<f64>() / own.len() as f64).sqrt();
                    assert!(mean.abs() < 5.0 * std / fair.sqrt(), "{set:?}: mode off by {mean}");
                    assert!((spread / std - 1.0).abs() < 4.0 / fair.sqrt(), "{set:?}: spread {spread}, not {std}");
                }
            }
        }
    }

    #[test]
    fn modes_keep_their_distance() {
        for set in [PointSet::Ring, PointSet::Grid] {
            let modes = set.modes().unwrap();
            for (i, a) in modes.centres.iter().enumerate() {
                for b in &modes.centres[..i] {
                    assert!((a[0] - b[0]).hypot(a[1] - b[1]) > 10.0 * modes.std);
                }
            }
        }
        let ring = PointSet::Ring.modes().unwrap();
        assert!(ring.centres.iter().all(|c| (c[0].hypot(c[1]) - 0.75).abs() < 1e-6));
    }

    #[test]
    fn moons_are_two_half_circles_of_equal_weight() {
        let points = sample(PointSet::Moons);
        let radius = HALF_SIDE / 1.5;
        // The centres of the two circles, (0, 0) and (1, 0.5) before the fit.
        let upper = |p: [f64; 2]| (length([p[0] + 0.5 * radius, p[1] + 0.25 * radius]) - radius).abs() < 0.15;
        let lower = |p: [f64; 2]| (length([p[0] - 0.5 * radius, p[1] - 0.25 * radius]) - radius).abs() < 0.15;
        assert!(share(&points, |p| upper(p) || lower(p)) > 0.999);
        assert!((share(&points, |p| p[1] > 0.25 * radius) - share(&points, |p| p[1] < -0.25 * radius)).abs() < 0.02);
    }

    #[test]
    fn spiral_winds_and_has_two_alike_arms() {
        let points = sample(PointSet::Spiral);
        // On its arm, a point's angle less what its radius has turned is 0 or π.
        let phase = |p: [f64; 2]| p[1].atan2(p[0]) - TAU * 1.25 * length(p) / HALF_SIDE;
        let outer: Vec<_> = points.iter().copied().filter(|p| length(*p) > 0.4).collect();
        let mean_of_double = outer.iter().map(|p| (2.0 * phase(*p)).cos()).sum::<f64>() / outer.len() as f64;
        assert!(mean_of_double > 0.8, "two arms, half a turn apart: {mean_of_double}");
        assert!((share(&points, |p| phase(p).cos() > 0.0) - 0.5).abs() < 0.02);
        // Even along the length: the part inside half the radius holds a quarter.
        assert!((share(&points, |p| length(p) < 0.5 * HALF_SIDE) - 0.24).abs() < 0.03);
    }

    #[test]
    fn swiss_roll_winds_once_and_a_half() {
        let points = sample(PointSet::SwissRoll);
        let inner = HALF_SIDE / 3.0;
        assert!(share(&points, |p| (inner - 0.1..=1.0).contains(&length(p))) > 0.999);
        let phase = |p: [f64; 2]| p[1].atan2(p[0]) - length(p) / HALF_SIDE * 4.5 * PI;
        let mean = points.iter().map(|p| phase(*p).cos()).sum::<f64>() / points.len() as f64;
        assert!(mean > 0.9, "one arm: {mean}");
        assert!((share(&points, |p| length(p) < 2.0 * inner) - 0.5).abs() < 0.02, "uniform in the angle");
    }

    #[test]
    fn checkerboard_fills_every_other_square_evenly() {
        let points = sample(PointSet::Checkerboard);
        let cell = |v: f64| ((v + HALF_SIDE) / (HALF_SIDE / 2.0)).floor();
        for row in 0..4 {
            for column in 0..4 {
                let inside = share(&points, |p| [cell(p[0]), cell(p[1])] == [f64::from(column), f64::from(row)]);
                let expected = if (row + column) % 2 == 0 { 0.125 } else { 0.0 };
                assert!((inside - expected).abs() < 0.012, "square {column}, {row} holds {inside}");
            }
        }
    }
}
