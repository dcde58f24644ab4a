/// Moves and scales points to fit a square around the origin, keeping their proportions:
/// fitted = (raw − centre) · scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// The middle of the raw points' bounding box.
    pub centre: [f64; 2],
    /// Fitted units per raw unit.
    pub scale: f64,
}

impl Fit {
    /// The fit of `points`, all finite, to the square of half side `half_side`. Points that all coincide, or none, are
    /// not scaled.
    pub(super) fn around(points: impl IntoIterator<Item = [f64; 2]>, half_side: f64) -> Self {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for point in points {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        if low[0] > high[0] {
            return Fit { centre: [0.0; 2], scale: 1.0 };
        }
        let half = |axis: usize| (high[axis] - low[axis]) / 2.0;
        let extent = half(0).max(half(1));
        // A subnormal extent would overflow the scale.
        let scale = if extent < f64::MIN_POSITIVE { 1.0 } else { half_side / extent };
        Fit { centre: [low[0] + half(0), low[1] + half(1)], scale }
    }

    /// From raw to fitted coordinates.
    pub fn map(&self, raw: [f64; 2]) -> [f64; 2] {
        [(raw[0] - self.centre[0]) * self.scale, (raw[1] - self.centre[1]) * self.scale]
    }

    /// From fitted back to raw coordinates.
    pub fn unmap(&self, fitted: [f64; 2]) -> [f64; 2] {
        [fitted[0] / self.scale + self.centre[0], fitted[1] / self.scale + self.centre[1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_proportions_and_leads_back() {
        let fit = Fit::around([[12.0, 6.0], [28.0, 14.0]], 0.5);
        assert_eq!(fit, Fit { centre: [20.0, 10.0], scale: 0.0625 });
        assert_eq!(fit.map([28.0, 14.0]), [0.5, 0.25]);
        assert_eq!(fit.unmap([0.5, 0.25]), [28.0, 14.0]);
    }

    #[test]
    fn coinciding_points_are_only_moved() {
        assert_eq!(Fit::around([[3.0, 4.0]; 5], 0.9), Fit { centre: [3.0, 4.0], scale: 1.0 });
        assert_eq!(Fit::around([], 0.9), Fit { centre: [0.0, 0.0], scale: 1.0 });
        let tiny = Fit::around([[0.0, 0.0], [f64::from_bits(1), 0.0]], 0.9);
        assert!(tiny.map([f64::from_bits(1), 0.0])[0].is_finite());
    }
}
