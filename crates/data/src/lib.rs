//! Data sets, made here or brought by the visitor.
//!
//! - [`points`]: distributions over the plane for the 2-D GAN lab, words, drawn points and CSV files.

pub mod points;
