use super::Op;
use crate::builder::Tensor;
use crate::{Error, Result, Shape};

/// How an attention is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attention {
    /// Heads of queries.
    pub heads: usize,
    /// Heads of keys and values, each shared by `heads / kv_heads` neighbouring heads of queries (Ainslie et al. 2023).
    pub kv_heads: usize,
    /// Whether a query sees only the keys up to its own place.
    pub causal: bool,
}

/// Where in the rows of its tensor the queries, the keys or the values begin: columns of a projection need not be cut out of it.
type Columns = [usize; 3];

impl<'b> Tensor<'b> {
    /// softmax(QKᵀ/√head_dim)·V for each head (Vaswani et al. 2017, eq. 1), from queries `[batch, time, heads · head_dim]`, and keys
    /// and values `[batch, other time, kv_heads · head_dim]`; has the queries' shape. Without a key it is 0. No matrix of all queries
    /// by all keys is ever made (Dao et al. 2022).
    ///
    /// Slices of the last axis, such as the parts of one projection, are read where they lie. There are first derivatives only.
    ///
    /// # Errors
    /// If shapes or numbers of heads do not fit each other, or a causal attention has another number of keys than of queries.
    pub fn attention(self, keys: Tensor<'b>, values: Tensor<'b>, of: Attention) -> Self {
        self.builder.numbers("attention", &[self, keys, values], || {
            check(of, &self.shape(), &keys.shape(), &values.shape())?;
            let [(q, from_q), (k, from_k), (v, from_v)] = [self, keys, values].map(uncut);
            let op = Op::Attention { of, columns: [from_q, from_k, from_v] };
            Ok(self.builder.node(op, &[q, k, v], self.shape()))
        })
    }
}

fn check(of: Attention, q: &Shape, k: &Shape, v: &Shape) -> Result<()> {
    let wrong = |message: String| Err(Error::op("attention", message));
    let (&[batch, queries, width], &[kv_batch, keys, kv_width]) = (&q[..], &k[..]) else {
        return wrong(format!("queries {q}, keys {k}: rows are [batch, time, heads · head_dim]"));
    };
    if k != v || batch != kv_batch {
        return wrong(format!("queries {q}, keys {k}, values {v}: keys and values need the same sizes, and all the same batch"));
    }
    let Attention { heads, kv_heads, causal } = of;
    if kv_heads == 0 || heads == 0 || heads % kv_heads != 0 {
        return wrong(format!("{heads} heads cannot share {kv_heads} heads of keys evenly"));
    }
    if width == 0 || width % heads != 0 || kv_width * heads != width * kv_heads {
        return wrong(format!("queries {q} of {heads} heads, keys {k} of {kv_heads}: every head needs the same width"));
    }
    if causal && queries != keys {
        return wrong(format!("queries {q}, keys {k}: where queries see the keys up to their place, there are as many of both"));
    }
    Ok(())
}

/// A slice of the last axis as the tensor that was cut, and where the cut begins.
fn uncut(x: Tensor<'_>) -> (Tensor<'_>, usize) {
    match x.op() {
        Op::Slice { axis: 2, start } => (x.input(0), start),
        _ => (x, 0),
    }
}

/// One node for all three gradients, as each needs the same products. Where queries, keys and values are the whole of one
/// projection it is that projection's gradient; else the three lie in it one after the other.
pub(super) fn gradient<'b>(
    of: Attention,
    columns: Columns,
    x: &[Tensor<'b>],
    y: Tensor<'b>,
    dy: Tensor<'b>,
) -> Vec<Option<Tensor<'b>>> {
    let builder = y.builder;
    let (q, k) = (y.shape(), x[1].shape());
    let width = q[2] / of.heads * of.kv_heads;
    let node = |shape: Shape| builder.node(Op::AttentionGradient { of, columns }, &[x[0], x[1], x[2], y, dy], shape);
    let parts = [q.clone(), k.with(2, width), k.with(2, width)];
    let one = x.iter().all(|input| input.id() == x[0].id());
    if one && columns == [0, q[2], q[2] + width] && x[0].shape()[2] == q[2] + 2 * width {
        return vec![Some(node(x[0].shape())), None, None];
    }
    let all = node(Shape::from([parts.iter().map(Shape::elements).sum()]));
    let mut end = 0;
    let part = |((input, shape), column): ((&Tensor<'b>, Shape), usize)| {
        let start = end;
        end += shape.elements();
        let behind = input.shape()[2] - column - shape[2];
        Some(all.slice(0, start..end).reshape(shape).pad(2, column, behind))
    };
    x.iter().zip(parts).zip(columns).map(part).collect()
}

/// The gradient of the gradient is left out.
pub(super) fn second_gradient<'b>(x: &[Tensor<'b>]) -> Vec<Option<Tensor<'b>>> {
    let message = "it has first derivatives only; where second ones are needed, write it as products and a softmax";
    x[0].builder.fail(Error::op("attention", message));
    vec![None; x.len()]
}
