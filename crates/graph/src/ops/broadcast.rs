use super::Op;
use crate::builder::Tensor;
use crate::{Error, Shape};

impl<'b> Tensor<'b> {
    /// The tensor stretched to a shape that it broadcasts to. Its gradient is [`Tensor::sum_to`], and the reverse.
    pub fn broadcast_to(self, shape: impl Into<Shape>) -> Self {
        let (from, to) = (self.shape(), shape.into());
        if from == to {
            return self;
        }
        self.builder.numbers("broadcast", &[self], || {
            if from.broadcast(&to).as_ref() != Some(&to) {
                return Err(Error::op("broadcast", format!("{from} does not stretch to {to}")));
            }
            Ok(self.builder.node(Op::Broadcast, &[self], to))
        })
    }

    /// The sum over all axes along which `shape` was stretched to this tensor's shape.
    pub fn sum_to(self, shape: &Shape) -> Self {
        let from = self.shape();
        if from == *shape {
            return self;
        }
        let added = from.rank().saturating_sub(shape.rank());
        let stretched = |axis: usize| axis < added || (shape[axis - added] == 1 && from[axis] != 1);
        let axes: Vec<usize> = (0..from.rank()).filter(|&axis| stretched(axis)).collect();
        self.sum(&axes).reshape(shape.clone())
    }
}
