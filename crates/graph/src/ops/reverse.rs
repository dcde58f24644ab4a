use super::Op;
use crate::Error;
use crate::builder::Tensor;

impl<'b> Tensor<'b> {
    /// The same elements with the order along one axis turned round: y[…, i, …] = x[…, n − 1 − i, …].
    pub fn reverse(self, axis: usize) -> Self {
        self.builder.numbers("reverse", &[self], || {
            let shape = self.shape();
            if axis >= shape.rank() {
                return Err(Error::op("reverse", format!("{shape} has no axis {axis}")));
            }
            if shape[axis] < 2 {
                return Ok(self);
            }
            Ok(self.builder.node(Op::Reverse { axis }, &[self], shape))
        })
    }
}

pub(super) fn gradient(axis: usize, dy: Tensor<'_>) -> Tensor<'_> {
    dy.reverse(axis)
}
