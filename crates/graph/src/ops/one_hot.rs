use super::Op;
use crate::DType;
use crate::Shape;
use crate::builder::Tensor;

impl<'b> Tensor<'b> {
    /// Indices `[…]` as `[…, classes]`: 1 at the index, else 0; a row of zeros for an index outside.
    pub fn one_hot(self, classes: usize) -> Self {
        self.builder.checked("one hot", &[self], &[DType::U32], || {
            let mut shape = self.shape().to_vec();
            shape.push(classes);
            Ok(self.builder.node(Op::OneHot, &[self], Shape::from(shape)))
        })
    }
}
