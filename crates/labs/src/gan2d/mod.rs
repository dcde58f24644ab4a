//! The 2-D GAN lab: a generator learns a distribution over the plane.

mod presets;
mod table;

pub use presets::{PRESETS, Preset};
pub use table::{LAB, LossKind, NetworkOptions, NoiseKind, Options, TABLE};
