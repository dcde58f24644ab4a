use super::Op;
use crate::builder::Tensor;
use crate::{Error, Shape};

impl<'b> Tensor<'b> {
    /// The same elements, numbers or indices, in the same order, in another shape.
    pub fn reshape(self, shape: impl Into<Shape>) -> Self {
        let (from, to) = (self.shape(), shape.into());
        if from == to {
            return self;
        }
        self.builder.checked("reshape", &[self], &[self.dtype()], || {
            if from.elements() != to.elements() {
                let (a, b) = (from.elements(), to.elements());
                return Err(Error::op("reshape", format!("{from} has {a} elements, {to} has {b}")));
            }
            Ok(self.builder.node(Op::Reshape, &[self], to))
        })
    }
}
