//! Small generative models, one readable file each: they build graphs and compute nothing.

pub mod bench;
pub mod gan;
pub mod mlp;
