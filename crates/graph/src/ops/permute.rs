use super::Op;
use crate::builder::Tensor;
use crate::{Error, Shape};

impl<'b> Tensor<'b> {
    /// Output axis i is input axis `axes[i]`.
    pub fn permute(self, axes: &[usize]) -> Self {
        self.builder.numbers("permute", &[self], || {
            let shape = self.shape();
            let mut sorted = axes.to_vec();
            sorted.sort_unstable();
            if sorted.iter().ne(&(0..shape.rank()).collect::<Vec<_>>()) {
                return Err(Error::op("permute", format!("{axes:?} is not an order of the axes of {shape}")));
            }
            if sorted == axes {
                return Ok(self);
            }
            let to = Shape::from(axes.iter().map(|&a| shape[a]).collect::<Vec<_>>());
            Ok(self.builder.node(Op::Permute { axes: axes.to_vec() }, &[self], to))
        })
    }

    /// The last two axes swapped.
    pub fn t(self) -> Self {
        let rank = self.shape().rank();
        if rank < 2 {
            return self.builder.fail(Error::op("t", format!("{} has no two axes to swap", self.shape())));
        }
        let mut axes: Vec<usize> = (0..rank).collect();
        axes.swap(rank - 2, rank - 1);
        self.permute(&axes)
    }
}

pub(super) fn gradient<'b>(axes: &[usize], dy: Tensor<'b>) -> Tensor<'b> {
    let mut inverse = vec![0; axes.len()];
    for (output, &input) in axes.iter().enumerate() {
        inverse[input] = output;
    }
    dy.permute(&inverse)
}
