use super::Op;
use crate::builder::Tensor;
use crate::{DType, Error, Shape};

impl<'b> Tensor<'b> {
    /// Rows of `[rows, …]` at the places in `indices [n]`: `[n, …]`. A place outside gives NaN, or 2³² − 1 among indices.
    /// Its gradient is [`Tensor::scatter_add`], and the reverse.
    pub fn gather(self, indices: Tensor<'b>) -> Self {
        self.builder.checked("gather", &[self, indices], &[self.dtype(), DType::U32], || {
            let (table, at) = (self.shape(), indices.shape());
            if table.rank() == 0 || at.rank() != 1 {
                return Err(Error::op("gather", format!("table {table}, indices {at}: needs rows and a list of places")));
            }
            Ok(self.builder.node(Op::Gather, &[self, indices], table.with(0, at[0])))
        })
    }

    /// Adds row i of `[n, …]` to row `indices[i]` of a table of zeros `[rows, …]`. A place outside is left out, and
    /// has the gradient NaN, which is what gathering from there gives.
    pub fn scatter_add(self, indices: Tensor<'b>, rows: usize) -> Self {
        self.builder.checked("scatter add", &[self, indices], &[DType::F32, DType::U32], || {
            let (values, at) = (self.shape(), indices.shape());
            if values.rank() == 0 || at != Shape::from([values[0]]) {
                return Err(Error::op("scatter add", format!("values {values}, indices {at}: one place a row is needed")));
            }
            Ok(self.builder.node(Op::ScatterAdd, &[self, indices], values.with(0, rows)))
        })
    }
}
