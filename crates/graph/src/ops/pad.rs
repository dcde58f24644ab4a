use super::Op;
use crate::Error;
use crate::builder::Tensor;

impl<'b> Tensor<'b> {
    /// Zeros along one axis, `before` in front and `after` behind.
    pub fn pad(self, axis: usize, before: usize, after: usize) -> Self {
        self.builder.numbers("pad", &[self], || {
            let shape = self.shape();
            if axis >= shape.rank() {
                return Err(Error::op("pad", format!("{shape} has no axis {axis}")));
            }
            if before + after == 0 {
                return Ok(self);
            }
            Ok(self.builder.node(Op::Pad { axis, before }, &[self], shape.with(axis, before + shape[axis] + after)))
        })
    }
}

pub(super) fn gradient<'b>(axis: usize, before: usize, x: Tensor<'b>, dy: Tensor<'b>) -> Tensor<'b> {
    dy.slice(axis, before..before + x.shape()[axis])
}
