//! What the page and its engine worker have in common: how they talk, and the colours that mean something.

pub mod wire;

pub use terrarium_painter::palette;
