//! The 2-D GAN lab: a generator learns a distribution over the plane.

mod experiment;
mod model;
mod presets;
mod table;
mod trouble;

pub use experiment::Gan2d;
pub use presets::PRESETS;
pub use table::{LAB, TABLE};
