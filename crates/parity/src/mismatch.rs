use std::fmt;

use terrarium_graph::{Error, Shape};

/// How far apart two numbers may lie: `relative` times the larger of them and of the typical size (root mean square) of
/// their tensor, plus `absolute`.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    pub relative: f32,
    pub absolute: f32,
}

impl Tolerance {
    pub fn allows(self, a: f32, b: f32, typical: f32) -> bool {
        let allowed = self.relative * a.abs().max(b.abs()).max(typical) + self.absolute;
        // Equal infinities differ by NaN, and no tolerance is wide enough for an infinity beside a number.
        a == b || (a.is_nan() && b.is_nan()) || (a.is_finite() && b.is_finite() && (a - b).abs() <= allowed)
    }
}

/// How a case failed: where, and with which numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    pub case: String,
    pub message: String,
}

impl Mismatch {
    pub(crate) fn new(case: &str, message: impl Into<String>) -> Self {
        Mismatch { case: case.to_string(), message: message.into() }
    }

    /// An engine's error as a failure of a case.
    pub(crate) fn error(case: &str) -> impl Fn(Error) -> Mismatch + use<'_> {
        move |error| Mismatch::new(case, error.to_string())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case, self.message)
    }
}

impl std::error::Error for Mismatch {}

/// Two tensors that should be equal.
pub(crate) struct Pair<'a> {
    pub case: &'a str,
    pub what: String,
    pub shape: &'a Shape,
    /// Where either comes from.
    pub names: [&'a str; 2],
}

impl Pair<'_> {
    pub fn compare(&self, left: &[f32], right: &[f32], tolerance: Tolerance) -> Result<(), Mismatch> {
        let expected = self.shape.elements();
        if let Some(got) = [left.len(), right.len()].into_iter().find(|&len| len != expected) {
            let message = format!("{} of shape {} has {expected} numbers, not {got}", self.what, self.shape);
            return Err(Mismatch::new(self.case, message));
        }
        let typical = typical(right);
        (0..expected).try_for_each(|at| self.compare_at(at, left[at], right[at], typical, tolerance))
    }

    /// Compares one element of tensors whose typical size is `typical`.
    pub fn compare_at(&self, at: usize, left: f32, right: f32, typical: f32, tolerance: Tolerance) -> Result<(), Mismatch> {
        if tolerance.allows(left, right, typical) {
            return Ok(());
        }
        let place: Vec<usize> =
            self.shape.strides().iter().zip(self.shape.iter()).map(|(stride, size)| at / stride % size).collect();
        let [left_name, right_name] = self.names;
        let message = format!("{} at {place:?}: {left_name} {left:e}, {right_name} {right:e}", self.what);
        Err(Mismatch::new(self.case, message))
    }
}

/// Root mean square of what is finite.
pub(crate) fn typical(values: &[f32]) -> f32 {
    let finite: Vec<f64> = values.iter().filter(|x| x.is_finite()).map(|&x| f64::from(x)).collect();
    (finite.iter().map(|x| x * x).sum::<f64>() / finite.len().max(1) as f64).sqrt() as f32
}
