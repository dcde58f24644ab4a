use super::{Op, Scalar};
use crate::builder::Tensor;
use crate::{Error, Shape};

/// By what a row is normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Normalise {
    /// Whether the mean is taken off first.
    pub centred: bool,
    /// Added to the mean square, so that its root is not 0.
    pub epsilon: Scalar,
}

impl<'b> Tensor<'b> {
    /// (x − μ) / √(σ² + ε) over the last axis, where μ and σ² are the row's mean and variance (Ba et al. 2016, eq. 3 and 4, without
    /// gain and bias).
    pub fn normalised(self, epsilon: f32) -> Self {
        self.normalise(Normalise { centred: true, epsilon: Scalar(epsilon) })
    }

    /// x / √(mean x² + ε) over the last axis (Zhang and Sennrich 2019, eq. 4, without gain).
    pub fn rms_normalised(self, epsilon: f32) -> Self {
        self.normalise(Normalise { centred: false, epsilon: Scalar(epsilon) })
    }

    fn normalise(self, of: Normalise) -> Self {
        self.builder.numbers("normalise", &[self], || {
            if self.shape().rank() == 0 {
                return Err(Error::op("normalise", "a scalar has no last axis"));
            }
            Ok(self.builder.node(Op::Normalise(of), &[self], self.shape()))
        })
    }
}

/// With x̂ the value and r = 1/√(σ² + ε): dx = r (dy − mean dy − x̂ mean(dy·x̂)), without mean dy where x is not centred.
pub(super) fn gradient<'b>(of: Normalise, x: Tensor<'b>, dy: Tensor<'b>) -> Tensor<'b> {
    x.builder.node(Op::NormaliseGradient(of), &[x, dy], x.shape())
}

/// The gradients of G(x, d), as [`gradient`] has it, by x and d, where u is the gradient of its value. As G is linear in d and its own
/// transpose, the latter is G(x, u). The former is −r (x̂ mean(u·G(x, d)) + mean(d·x̂) G(x, u) + mean(u·x̂) G(x, d)).
pub(super) fn second_gradient<'b>(of: Normalise, x: &[Tensor<'b>], y: Tensor<'b>, u: Tensor<'b>) -> Vec<Option<Tensor<'b>>> {
    let (x, d, last) = (x[0], x[1], y.shape().rank() - 1);
    let mean = |t: Tensor<'b>| t.mean(&[last]);
    let centred = if of.centred { x - mean(x) } else { x };
    let root = (mean(centred.square()) + of.epsilon.0).sqrt();
    let (normalised, by_d) = (x.normalise(of), gradient(of, x, u));
    let by_x = normalised * mean(u * y) + mean(d * normalised) * by_d + mean(u * normalised) * y;
    vec![Some(-by_x / root), Some(by_d)]
}

/// Rows and columns of what is normalised.
pub(crate) fn rows(shape: &Shape) -> (usize, usize) {
    let last = shape.rank() - 1;
    (shape[..last].iter().product(), shape[last])
}
