use super::Op;
use crate::builder::Tensor;
use crate::{Error, Shape};

impl<'b> Tensor<'b> {
    /// `[…, m, k] × […, k, n] → […, m, n]`. The outer sizes are equal, or the right operand has none.
    pub fn matmul(self, rhs: Tensor<'b>) -> Self {
        let (a, b) = (self.shape(), rhs.shape());
        // A matrix on the right serves every batch: one multiplication of a taller left operand.
        if a.rank() > 2 && b.rank() == 2 {
            let (k, outer) = (a[a.rank() - 1], a.elements().checked_div(a[a.rank() - 1]).unwrap_or(0));
            let mut to = a.to_vec();
            to[a.rank() - 1] = b[1];
            return self.reshape([outer, k]).matmul(rhs).reshape(to);
        }
        let ((lhs, transpose_lhs), (rhs, transpose_rhs)) = (untranspose(self), untranspose(rhs));
        multiply(transpose_lhs, transpose_rhs, lhs, rhs)
    }
}

/// A transposed tensor as what was transposed, so that no transposition need be carried out.
fn untranspose(x: Tensor<'_>) -> (Tensor<'_>, bool) {
    let rank = x.shape().rank();
    match x.op() {
        Op::Permute { axes } if rank >= 2 => {
            let swaps_last = axes[..rank - 2].iter().enumerate().all(|(i, &a)| i == a) && axes[rank - 2] == rank - 1;
            if swaps_last { (x.input(0), true) } else { (x, false) }
        }
        _ => (x, false),
    }
}

fn multiply<'b>(transpose_lhs: bool, transpose_rhs: bool, lhs: Tensor<'b>, rhs: Tensor<'b>) -> Tensor<'b> {
    let builder = lhs.builder;
    builder.numbers("matmul", &[lhs, rhs], || {
        let (a, b) = (lhs.shape(), rhs.shape());
        if a.rank() < 2 || a.rank() != b.rank() {
            return Err(Error::op("matmul", format!("lhs {a}, rhs {b}: both need the same two or more axes")));
        }
        let r = a.rank();
        if a[..r - 2] != b[..r - 2] {
            return Err(Error::op("matmul", format!("lhs {a}, rhs {b}: outer sizes differ")));
        }
        let (m, k) = if transpose_lhs { (a[r - 1], a[r - 2]) } else { (a[r - 2], a[r - 1]) };
        let (k2, n) = if transpose_rhs { (b[r - 1], b[r - 2]) } else { (b[r - 2], b[r - 1]) };
        if k != k2 {
            let turned = |t: bool| if t { " transposed" } else { "" };
            let (ta, tb) = (turned(transpose_lhs), turned(transpose_rhs));
            return Err(Error::op("matmul", format!("lhs {a}{ta}, rhs {b}{tb}: inner sizes {k} and {k2} differ")));
        }
        let mut shape = a.to_vec();
        (shape[r - 2], shape[r - 1]) = (m, n);
        Ok(builder.node(Op::MatMul { transpose_lhs, transpose_rhs }, &[lhs, rhs], Shape::from(shape)))
    })
}

/// With Y = A·B: dA = dY·Bᵀ and dB = Aᵀ·dY, each turned as its operand is stored.
pub(super) fn gradient<'b>(ta: bool, tb: bool, a: Tensor<'b>, b: Tensor<'b>, dy: Tensor<'b>) -> Vec<Option<Tensor<'b>>> {
    let da = if ta { multiply(tb, true, b, dy) } else { multiply(false, !tb, dy, b) };
    let db = if tb { multiply(true, ta, dy, a) } else { multiply(!ta, false, a, dy) };
    vec![Some(da), Some(db)]
}
