//! Small generative models, one readable file each: they build graphs and compute nothing.

pub mod bench;
pub mod classifier;
pub mod conv;
pub mod dcgan;
pub mod encoder;
pub mod gan;
pub mod mlp;
pub mod norm;
mod stack;
pub mod transformer;
pub mod translator;
pub mod vae;
pub mod writer;
