//! The 2-D GAN lab: a generator learns a distribution over the plane.

mod model;
mod presets;
mod table;

pub use model::{Model, SURFACE_SIDE};
pub use presets::{PRESETS, Preset};
pub use table::{LAB, LossKind, NetworkOptions, NoiseKind, Options, TABLE};
