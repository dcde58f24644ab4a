use super::Op;
use crate::Error;
use crate::builder::Tensor;

impl<'b> Tensor<'b> {
    /// e^xᵢ / Σⱼ e^xⱼ over the last axis, computed from x − max x.
    pub fn softmax(self) -> Self {
        self.softmax_or_log(false)
    }

    /// xᵢ − ln Σⱼ e^xⱼ over the last axis, computed from x − max x.
    pub fn log_softmax(self) -> Self {
        self.softmax_or_log(true)
    }

    fn softmax_or_log(self, log: bool) -> Self {
        let op = Op::Softmax { log };
        self.builder.numbers(op.name(), &[self], || {
            if self.shape().rank() == 0 {
                return Err(Error::op(op.name(), "a scalar has no last axis"));
            }
            Ok(self.builder.node(op.clone(), &[self], self.shape()))
        })
    }

    /// The cross-entropy of a Bernoulli variable, −t ln σ(x) − (1−t) ln(1−σ(x)), in nats, from its logit x and the
    /// probability or outcome t; elementwise, as softplus(x) − t·x.
    pub fn logits_bce(self, target: Tensor<'b>) -> Self {
        self.softplus() - self * target
    }
}

pub(super) fn gradient<'b>(log: bool, y: Tensor<'b>, dy: Tensor<'b>) -> Tensor<'b> {
    let last = y.shape().rank() - 1;
    if log { dy - y.exp() * dy.sum(&[last]) } else { y * (dy - (dy * y).sum(&[last])) }
}
