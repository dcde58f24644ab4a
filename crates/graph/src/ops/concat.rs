use super::Op;
use crate::Error;
use crate::builder::{Builder, Tensor};

impl Builder {
    /// Tensors laid one after the other along `axis`; all other sizes are equal.
    pub fn concat<'b>(&'b self, tensors: &[Tensor<'b>], axis: usize) -> Tensor<'b> {
        self.numbers("concat", tensors, || {
            let first = tensors.first().ok_or_else(|| Error::op("concat", "nothing to lay together"))?.shape();
            if axis >= first.rank() {
                return Err(Error::op("concat", format!("{first} has no axis {axis}")));
            }
            let mut size = 0;
            for tensor in tensors {
                let shape = tensor.shape();
                if shape.rank() != first.rank() || shape.with(axis, 0) != first.with(axis, 0) {
                    return Err(Error::op("concat", format!("{first} and {shape}: sizes off axis {axis} differ")));
                }
                size += shape[axis];
            }
            Ok(self.node(Op::Concat { axis }, tensors, first.with(axis, size)))
        })
    }
}

pub(super) fn gradient<'b>(axis: usize, x: &[Tensor<'b>], dy: Tensor<'b>) -> Vec<Option<Tensor<'b>>> {
    let mut start = 0;
    x.iter()
        .map(|x| {
            let size = x.shape()[axis];
            start += size;
            Some(dy.slice(axis, start - size..start))
        })
        .collect()
}
