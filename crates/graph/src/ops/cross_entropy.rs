use super::Op;
use crate::builder::Tensor;
use crate::{DType, Error};

impl<'b> Tensor<'b> {
    /// The cross-entropy −ln p(target), in nats, of logits `[…, classes]` and indices `[…]`: ln Σⱼ e^xⱼ − x_target, computed from
    /// x − max x. Has the indices' shape. A target outside of the classes gives NaN.
    pub fn cross_entropy(self, targets: Tensor<'b>) -> Self {
        self.builder.checked("cross-entropy", &[self, targets], &[DType::F32, DType::U32], || {
            let (shape, to) = (self.shape(), targets.shape());
            let Some((_, rows)) = shape.split_last() else {
                return Err(Error::op("cross-entropy", "a scalar has no classes"));
            };
            if to[..] != *rows {
                return Err(Error::op("cross-entropy", format!("logits {shape} need targets of {rows:?}, not {to}")));
            }
            Ok(self.builder.node(Op::CrossEntropy, &[self, targets], to))
        })
    }
}

/// (p − one-hot(target)) · dy, where p is had from the value: ln p = x − x_target − y.
pub(super) fn gradient<'b>(x: &[Tensor<'b>], y: Tensor<'b>, dy: Tensor<'b>) -> Vec<Option<Tensor<'b>>> {
    let [logits, targets] = [x[0], x[1]];
    vec![Some(dy.builder.node(Op::CrossEntropyGradient, &[logits, targets, y, dy], logits.shape())), None]
}

/// Of (p − one-hot(target)) · dy with respect to the logits and dy, given the gradient of it. What comes by way of the value is
/// with what comes from the logits.
pub(super) fn second_gradient<'b>(x: &[Tensor<'b>], gradient: Tensor<'b>) -> Vec<Option<Tensor<'b>>> {
    let [logits, targets, dy] = [x[0], x[1], x[3]];
    let last = logits.shape().rank() - 1;
    let p = logits.softmax();
    let mean = (gradient * p).sum(&[last]);
    let of_logits = p * (gradient - mean) * dy.reshape(mean.shape());
    let of_dy = ((p - targets.one_hot(logits.shape()[last])) * gradient).sum(&[last]).reshape(dy.shape());
    vec![Some(of_logits), None, None, Some(of_dy)]
}
