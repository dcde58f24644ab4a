use super::Op;
use crate::builder::Tensor;
use crate::{Error, Shape};

/// Ways of making one number of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduce {
    /// Σ x; 0 of nothing.
    Sum,
    /// max x; −∞ of nothing, NaN if any is. The gradient is shared evenly among equals.
    Max,
}

impl Reduce {
    pub fn name(self) -> &'static str {
        match self {
            Reduce::Sum => "sum",
            Reduce::Max => "max of axes",
        }
    }

    pub(super) fn gradient<'b>(self, x: Tensor<'b>, y: Tensor<'b>, dy: Tensor<'b>) -> Tensor<'b> {
        match self {
            Reduce::Sum => dy.broadcast_to(x.shape()),
            Reduce::Max => {
                let at_max = 1.0 - (y - x).sign();
                dy / at_max.sum_to(&y.shape()) * at_max
            }
        }
    }
}

impl<'b> Tensor<'b> {
    /// The sum over `axes`, which keep the size 1.
    pub fn sum(self, axes: &[usize]) -> Self {
        self.reduce(Reduce::Sum, axes)
    }

    /// The largest over `axes`, which keep the size 1.
    pub fn max_of(self, axes: &[usize]) -> Self {
        self.reduce(Reduce::Max, axes)
    }

    /// The mean over `axes`, which keep the size 1.
    pub fn mean(self, axes: &[usize]) -> Self {
        let shape = self.shape();
        let count: usize = axes.iter().filter_map(|&axis| shape.get(axis)).product();
        self.sum(axes) * (1.0 / count as f32)
    }

    /// The sum of all elements, a scalar.
    pub fn sum_all(self) -> Self {
        let axes: Vec<usize> = (0..self.shape().rank()).collect();
        self.sum(&axes).reshape(Shape::scalar())
    }

    /// The mean of all elements, a scalar.
    pub fn mean_all(self) -> Self {
        self.sum_all() * (1.0 / self.shape().elements() as f32)
    }

    fn reduce(self, reduce: Reduce, axes: &[usize]) -> Self {
        let mut axes = axes.to_vec();
        axes.sort_unstable();
        axes.dedup();
        // One node for each run of neighbouring axes, innermost first, so that an engine knows only [outer, reduced, inner].
        let runs = axes.chunk_by(|a, b| a + 1 == *b).rev();
        runs.fold(self, |x, run| {
            let (from, to) = (run[0], run[run.len() - 1] + 1);
            x.builder.numbers(reduce.name(), &[x], || {
                let mut shape = x.shape();
                if to > shape.rank() {
                    return Err(Error::op(reduce.name(), format!("{shape} has no axis {}", to - 1)));
                }
                for axis in from..to {
                    shape = shape.with(axis, 1);
                }
                if shape == x.shape() {
                    return Ok(x);
                }
                Ok(x.builder.node(Op::Reduce { reduce, from, to }, &[x], shape))
            })
        })
    }
}
