//! One file a kernel. Kernels know slices and sizes, and nothing of graphs.

pub mod attention;
pub mod cached_attention;
pub mod cross_entropy;
pub mod gather;
pub mod map;
pub mod matmul;
pub mod normalise;
pub mod patches;
pub mod reduce;
pub mod rotary;
pub mod sample;
pub mod softmax;
pub mod update;
