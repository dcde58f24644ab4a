//! Graphs of tensors: what a model computes, its gradients, and the plan by which an engine runs it.
//!
//! ```text
//! Builder ──ops, gradients, steps──▶ Graph ──plan──▶ Program ──▶ an Engine runs it
//! ```
//!
//! Nothing here computes. A [`Graph`] is plain data: nodes of a small closed set of operations ([`Op`]), the variables
//! they read, and the named programs that are to be run. The gradient of a graph is again a graph of the same
//! operations ([`Builder::gradients`]), so gradients of gradients work. [`plan`] turns one program into a list of
//! kernels with every buffer placed.
//!
//! What is random is drawn from counters ([`philox`]): noise and batches with replacement by the seed and the step, a data set's
//! order ([`Shuffle`]) by the seed and the epoch. So any engine draws the same, in any order, and keeps nothing for it.

mod builder;
mod engine;
mod error;
mod grad;
mod graph;
mod init;
pub mod ops;
mod optim;
pub mod philox;
pub mod plan;
mod shape;
mod shuffle;

pub use builder::{Builder, Tensor};
pub use engine::{Engine, Pending, at_once, if_done};
pub use error::{Error, Result};
pub use graph::{Assign, DType, Graph, Input, InputId, Learn, Node, NodeId, ProgramId, ProgramSpec, Step, Var, VarId, VarKind};
pub use init::Init;
pub use ops::{
    Attention, Binary, Cache, Noise, Normalise, Op, Pairs, Reduce, Rotary, STAGES, Sampling, Scalar, Unary, Window, to_index,
};
pub use optim::{Optimiser, Rule};
pub use plan::plan;
pub use shape::Shape;
pub use shuffle::Shuffle;
