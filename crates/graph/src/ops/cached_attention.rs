use super::Op;
use crate::builder::Tensor;
use crate::{DType, Error};

/// What earlier positions have left for [`Tensor::cached_attention`]: states, as they were before the run.
#[derive(Clone, Copy)]
pub struct Cache<'b> {
    /// `[context, kv_heads · head_dim]`
    pub keys: Tensor<'b>,
    /// `[context, kv_heads · head_dim]`
    pub values: Tensor<'b>,
    /// How many rows of the caches count: one index, or one number that is made an index ([`Tensor::to_indices`]).
    pub position: Tensor<'b>,
}

impl<'b> Tensor<'b> {
    /// Attention of the one query of the newest position, `heads · head_dim` elements, to all positions so far (Vaswani et al. 2017,
    /// eq. 1): softmax(qKᵀ/√head_dim)·V for each head, where K and V are the first `position` rows of the caches and `key` and `value`,
    /// `kv_heads · head_dim` elements each, behind them. Neighbouring heads of queries share one of keys (Ainslie et al. 2023). Has the
    /// query's shape. Beyond the last row of the caches there are no more positions.
    ///
    /// The caches are read as they were before the run; [`Builder::assign_row`](crate::Builder::assign_row) puts the new key and value
    /// into them at its end. It is for sampling, and has no gradient.
    ///
    /// # Errors
    /// If shapes or the number of heads do not fit each other.
    pub fn cached_attention(self, heads: usize, key: Tensor<'b>, value: Tensor<'b>, cache: Cache<'b>) -> Self {
        const OP: &str = "cached attention";
        let Cache { keys, values, position } = cache;
        let position = if position.dtype() == DType::F32 { position.to_indices() } else { position };
        let inputs = [self, key, value, keys, values, position];
        let types = [DType::F32, DType::F32, DType::F32, DType::F32, DType::F32, DType::U32];
        self.builder.checked(OP, &inputs, &types, || {
            let (width, kv_width, rows) = (self.shape().elements(), key.shape().elements(), keys.shape());
            if position.shape().elements() != 1 {
                return Err(Error::op(OP, format!("one position is needed, not {}", position.shape())));
            }
            if rows.rank() != 2 || rows[1] != kv_width || values.shape() != rows || value.shape().elements() != kv_width {
                let (k, v, values) = (key.shape(), value.shape(), values.shape());
                return Err(Error::op(OP, format!("key {k}, value {v}, caches {rows} and {values}: their rows differ")));
            }
            let head_dim = width.checked_div(heads).filter(|head_dim| head_dim * heads == width && width > 0);
            let kv_heads = head_dim.map(|head_dim| kv_width / head_dim).filter(|&kv_heads| kv_heads > 0);
            let even = |(head_dim, kv_heads): (usize, usize)| kv_heads * head_dim == kv_width && heads.is_multiple_of(kv_heads);
            if !head_dim.zip(kv_heads).is_some_and(even) {
                return Err(Error::op(OP, format!("{heads} heads do not share {width} elements, and {kv_width} of a key, evenly")));
            }
            Ok(self.builder.node(Op::CachedAttention { heads }, &inputs, self.shape()))
        })
    }
}

/// There is none.
pub(super) fn gradient<'b>(x: &[Tensor<'b>]) -> Vec<Option<Tensor<'b>>> {
    x[0].builder
        .fail(Error::op("cached attention", "it is for sampling and has no gradient; train with attention over whole texts"));
    vec![None; x.len()]
}
