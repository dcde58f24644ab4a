//! The operations, one file each (or one family of them): what it computes, its shape rule, its gradient rule.
//!
//! The set is closed under differentiation: every gradient is made of these operations again. What can be said with
//! them in a line is a method of [`Tensor`](crate::Tensor) and no operation (`mean`, `leaky_relu`, `gelu`).

mod attention;
mod binary;
mod broadcast;
mod cached_attention;
mod cast;
mod concat;
mod cross_entropy;
mod gather;
mod leaf;
mod matmul;
mod normalise;
mod one_hot;
mod pad;
mod permute;
mod reduce;
mod reshape;
mod reverse;
mod rotary;
mod sample;
mod slice;
mod softmax;
mod unary;
mod unfold;
mod windows;

pub use attention::Attention;
pub use binary::Binary;
pub use cached_attention::Cache;
pub use cast::to_index;
pub use leaf::Noise;
pub use normalise::Normalise;
pub(crate) use normalise::rows as rows_of;
pub use reduce::Reduce;
pub use rotary::{Pairs, Rotary};
pub use sample::{STAGES, Sampling};
pub use unary::Unary;
pub use unfold::Window;

use crate::builder::Tensor;
use crate::graph::{InputId, VarId};

/// A number that can be compared and hashed by its bits, so that equal nodes can be found.
#[derive(Clone, Copy, Debug)]
pub struct Scalar(pub f32);

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Scalar {}

impl std::hash::Hash for Scalar {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// What a node computes from its inputs. The node's own shape says the rest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A variable's value.
    Var(VarId),
    /// What the host has written.
    Input(InputId),
    /// One number everywhere.
    Const(Scalar),
    /// The number of the step, from 1.
    StepNumber,
    /// Random numbers of the run's seed, this stream and the step.
    Noise {
        noise: Noise,
        stream: u32,
    },
    Unary(Unary),
    /// Of two operands that broadcast to the node's shape.
    Binary(Binary),
    /// Stretches sizes of 1, and adds outer axes, to the node's shape.
    Broadcast,
    /// The same elements in the same order.
    Reshape,
    /// Output axis i is input axis `axes[i]`.
    Permute {
        axes: Vec<usize>,
    },
    /// Elements `start..` of one axis, as many as the node's shape says.
    Slice {
        axis: usize,
        start: usize,
    },
    /// One axis backwards.
    Reverse {
        axis: usize,
    },
    /// Zeros around one axis, `before` of them in front.
    Pad {
        axis: usize,
        before: usize,
    },
    Concat {
        axis: usize,
    },
    /// Of axes `from..to`, which keep the size 1.
    Reduce {
        reduce: Reduce,
        from: usize,
        to: usize,
    },
    /// `[…, m, k] × […, k, n]`; a transposed operand is stored as `[…, k, m]` or `[…, n, k]`.
    MatMul {
        transpose_lhs: bool,
        transpose_rhs: bool,
    },
    /// What a window sees of pictures `[n, h, w, c]`, place by place.
    Unfold(Window),
    /// Pictures as the sums of what a window sees of them, place by place.
    Fold(Window),
    /// Over the last axis; the logarithm of it if `log`.
    Softmax {
        log: bool,
    },
    /// Of one query, with its key and value, to rows of caches of keys and values, as many as the last input says.
    CachedAttention {
        heads: usize,
    },
    /// Over the last axis.
    Normalise(Normalise),
    /// The gradient of what is normalised, from it and the gradient of the value.
    NormaliseGradient(Normalise),
    /// Of queries, keys and values, which begin at these columns of the inputs' rows.
    Attention {
        of: Attention,
        columns: [usize; 3],
    },
    /// The gradients of queries, keys and values, from the inputs of an attention, its value and the gradient of that.
    AttentionGradient {
        of: Attention,
        columns: [usize; 3],
    },
    /// Of the first heads of rows, from the position in the second input on; the other way round if `back`.
    Rotary {
        of: Rotary,
        heads: usize,
        back: bool,
    },
    /// Of rows of logits and the indices of what was to come.
    CrossEntropy,
    /// The gradient of the logits, from the inputs of a cross-entropy, its value and the gradient of that.
    CrossEntropyGradient,
    /// Rows of the first input at the places in the second.
    Gather,
    /// The sum of the first input's rows at the places in the second, into as many rows as the node has.
    ScatterAdd,
    /// 1 at the place each index names along a new last axis, else 0.
    OneHot,
    /// Indices as numbers.
    ToNumbers,
    /// Numbers as indices.
    ToIndices,
    /// Stretches of the first input, a text, from the places in the second on; as long as the node's last axis.
    Windows,
    /// A token drawn from logits by the noise of this stream. Inputs as those of `SamplingStages`.
    Sample {
        stream: u32,
    },
    /// The probabilities of tokens after each stage of sampling. Inputs: logits, which tokens are penalised, temperature, top k, top p,
    /// min p, repetition penalty.
    SamplingStages,
    /// Moves a variable against the gradient, in place. Inputs: gradient, learning rate, and weight decay if there is one.
    /// Has the variable's shape, and no value that another node may read.
    Update {
        var: VarId,
    },
}

impl Op {
    /// The operation's name as it stands in errors and diagrams.
    pub fn name(&self) -> &'static str {
        match self {
            Op::Var(_) => "variable",
            Op::Input(_) => "input",
            Op::Const(_) => "constant",
            Op::StepNumber => "step number",
            Op::Noise { noise, .. } => noise.name(),
            Op::Unary(unary) => unary.name(),
            Op::Binary(binary) => binary.name(),
            Op::Broadcast => "broadcast",
            Op::Reshape => "reshape",
            Op::Permute { .. } => "permute",
            Op::Slice { .. } => "slice",
            Op::Reverse { .. } => "reverse",
            Op::Pad { .. } => "pad",
            Op::Concat { .. } => "concat",
            Op::Reduce { reduce, .. } => reduce.name(),
            Op::MatMul { .. } => "matmul",
            Op::Unfold(_) => "unfold",
            Op::Fold(_) => "fold",
            Op::Softmax { log: false } => "softmax",
            Op::Softmax { log: true } => "log softmax",
            Op::CachedAttention { .. } => "cached attention",
            Op::Attention { .. } => "attention",
            Op::AttentionGradient { .. } => "gradient of attention",
            Op::Rotary { .. } => "rotary",
            Op::CrossEntropy => "cross-entropy",
            Op::CrossEntropyGradient => "gradient of cross-entropy",
            Op::Normalise(_) => "normalise",
            Op::NormaliseGradient(_) => "gradient of normalise",
            Op::Gather => "gather",
            Op::ScatterAdd => "scatter add",
            Op::OneHot => "one hot",
            Op::ToNumbers => "to numbers",
            Op::ToIndices => "to indices",
            Op::Windows => "windows",
            Op::Sample { .. } => "sample",
            Op::SamplingStages => "sampling stages",
            Op::Update { .. } => "update",
        }
    }

    /// The gradient with respect to each input, given the node's inputs `x`, its value `y` and the gradient `dy` of it.
    /// `None` where there is none: indices, noise, piecewise constants.
    pub(crate) fn gradient<'b>(&self, x: &[Tensor<'b>], y: Tensor<'b>, dy: Tensor<'b>) -> Vec<Option<Tensor<'b>>> {
        match self {
            Op::Var(_) | Op::Input(_) | Op::Const(_) | Op::StepNumber | Op::Noise { .. } | Op::Update { .. } => vec![None; x.len()],
            Op::OneHot | Op::ToNumbers | Op::ToIndices | Op::Windows | Op::Sample { .. } => vec![None; x.len()],
            Op::SamplingStages => sample::gradient(x),
            Op::Unary(unary) => vec![unary.gradient(x[0], y, dy)],
            Op::Binary(op) => op.gradient(x[0], x[1], y, dy),
            Op::Broadcast => vec![Some(dy.sum_to(&x[0].shape()))],
            Op::Reshape => vec![Some(dy.reshape(x[0].shape()))],
            Op::Permute { axes } => vec![Some(permute::gradient(axes, dy))],
            Op::Slice { axis, start } => vec![Some(slice::gradient(*axis, *start, x[0], dy))],
            Op::Reverse { axis } => vec![Some(reverse::gradient(*axis, dy))],
            Op::Pad { axis, before } => vec![Some(pad::gradient(*axis, *before, x[0], dy))],
            Op::Concat { axis } => concat::gradient(*axis, x, dy),
            Op::Reduce { reduce, .. } => vec![Some(reduce.gradient(x[0], y, dy))],
            Op::MatMul { transpose_lhs, transpose_rhs } => matmul::gradient(*transpose_lhs, *transpose_rhs, x[0], x[1], dy),
            Op::Unfold(window) => vec![Some(dy.fold(*window, [x[0].shape()[1], x[0].shape()[2]]))],
            Op::Fold(window) => vec![Some(dy.unfold(*window))],
            Op::Softmax { log } => vec![Some(softmax::gradient(*log, y, dy))],
            Op::CachedAttention { .. } => cached_attention::gradient(x),
            Op::Normalise(of) => vec![Some(normalise::gradient(*of, x[0], dy))],
            Op::NormaliseGradient(of) => normalise::second_gradient(*of, x, y, dy),
            Op::Attention { of, columns } => attention::gradient(*of, *columns, x, y, dy),
            Op::AttentionGradient { .. } => attention::second_gradient(x),
            Op::Rotary { of, heads, back } => rotary::gradient(*of, *heads, *back, x[1], dy),
            Op::CrossEntropy => cross_entropy::gradient(x, y, dy),
            Op::CrossEntropyGradient => cross_entropy::second_gradient(x, dy),
            Op::Gather => vec![Some(dy.scatter_add(x[1], x[0].shape()[0])), None],
            Op::ScatterAdd => vec![Some(dy.gather(x[1])), None],
        }
    }
}
