use std::ops::Range;

use super::Op;
use crate::Error;
use crate::builder::Tensor;

impl<'b> Tensor<'b> {
    /// Elements `range` of one axis, of numbers or of indices.
    pub fn slice(self, axis: usize, range: Range<usize>) -> Self {
        self.builder.checked("slice", &[self], &[self.dtype()], || {
            let shape = self.shape();
            if axis >= shape.rank() || range.start > range.end || range.end > shape[axis] {
                return Err(Error::op("slice", format!("{range:?} of axis {axis} is not within {shape}")));
            }
            let to = shape.with(axis, range.len());
            if to == shape {
                return Ok(self);
            }
            Ok(self.builder.node(Op::Slice { axis, start: range.start }, &[self], to))
        })
    }
}

pub(super) fn gradient<'b>(axis: usize, start: usize, x: Tensor<'b>, dy: Tensor<'b>) -> Tensor<'b> {
    dy.pad(axis, start, x.shape()[axis] - start - dy.shape()[axis])
}
