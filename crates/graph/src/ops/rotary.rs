use super::{Op, Scalar};
use crate::builder::Tensor;
use crate::{DType, Error};

/// How positions turn the heads of queries and keys: the angle of pair i at position p is p · base^(−2i/head_dim).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rotary {
    /// Elements of a head, an even number.
    pub head_dim: usize,
    /// θ, 10,000 in the paper.
    pub base: Scalar,
    pub pairs: Pairs,
}

/// Which two elements of a head are turned together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pairs {
    /// i and i + head_dim/2, as in GPT-NeoX and in the Llamas of Hugging Face (`rotate_half`).
    Halves,
    /// 2i and 2i + 1, as in the paper and in llama2.c.
    Neighbours,
}

impl Rotary {
    /// The angle of pair `i` from one position to the next, in radians.
    pub fn frequency(&self, i: usize) -> f32 {
        f64::from(self.base.0).powf(-2.0 * i as f64 / self.head_dim as f64) as f32
    }

    /// The two elements of pair `i` of a head.
    pub fn pair(&self, i: usize) -> [usize; 2] {
        match self.pairs {
            Pairs::Halves => [i, i + self.head_dim / 2],
            Pairs::Neighbours => [2 * i, 2 * i + 1],
        }
    }
}

impl<'b> Tensor<'b> {
    /// Turns pairs of elements of the first `heads` heads of each row of `[…, time, width]` by angles that grow with the row's
    /// position, so that products of queries and keys depend on how far apart they are (Su et al. 2021, eq. 34). What follows those
    /// heads in a row, the values of a projection say, is left as it is.
    ///
    /// `start` is the first row's position, one number or index: 0 in training, the number of tokens so far in sampling. It gets no
    /// gradient.
    pub fn rotary(self, start: Tensor<'b>, heads: usize, of: Rotary) -> Self {
        let start = if start.dtype() == DType::U32 { start.to_numbers() } else { start };
        self.builder.numbers("rotary", &[self, start], || {
            let (shape, at) = (self.shape(), start.shape());
            let Rotary { head_dim, .. } = of;
            if at.elements() != 1 {
                return Err(Error::op("rotary", format!("one position to start from is needed, not {at}")));
            }
            if head_dim == 0 || head_dim % 2 != 0 {
                return Err(Error::op("rotary", format!("a head of {head_dim} elements does not come in pairs")));
            }
            if shape.rank() < 2 || shape[shape.rank() - 1] < heads * head_dim {
                return Err(Error::op("rotary", format!("{shape} has no rows of {heads} heads of {head_dim}")));
            }
            Ok(self.builder.node(Op::Rotary { of, heads, back: false }, &[self, start], shape))
        })
    }
}

/// Turning back.
pub(super) fn gradient<'b>(of: Rotary, heads: usize, back: bool, start: Tensor<'b>, dy: Tensor<'b>) -> Vec<Option<Tensor<'b>>> {
    vec![Some(dy.builder.node(Op::Rotary { of, heads, back: !back }, &[dy, start], dy.shape())), None]
}
