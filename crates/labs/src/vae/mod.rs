//! The VAE lab: an autoencoder learns pictures, and lays them out in a small space.

mod experiment;
mod model;
mod pictures;
mod presets;
mod table;

pub use experiment::VaeLab;
pub use pictures::files;
pub use presets::PRESETS;
pub use table::{LAB, TABLE};
