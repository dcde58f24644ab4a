use super::Op;
use crate::builder::Tensor;
use crate::{DType, Error, Shape};

impl<'b> Tensor<'b> {
    /// Windows of a text of indices `[n]`, `len` long, one from each of `starts`: `[…] → […, len]`, where element t of a window is
    /// `text[start + t]`. What lies beyond the text is 2³² − 1, a place outside of every table.
    ///
    /// A batch of a language model's is `windows(starts, context + 1)`: all columns but the last are read, and all but the first
    /// are to be told ([`Tensor::slice`]).
    pub fn windows(self, starts: Tensor<'b>, len: usize) -> Self {
        self.builder.checked("windows", &[self, starts], &[DType::U32, DType::U32], || {
            let text = self.shape();
            if text.rank() != 1 {
                return Err(Error::op("windows", format!("a text is [n], not {text}")));
            }
            let mut to = starts.shape().to_vec();
            to.push(len);
            Ok(self.builder.typed_node(Op::Windows, &[self, starts], Shape::from(to), DType::U32))
        })
    }
}
