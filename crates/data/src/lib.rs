//! Data sets, made here or brought by the visitor.
//!
//! - [`points`]: distributions over the plane for the 2-D GAN lab, words, drawn points and CSV files.
//! - [`images`]: digits, clothes, shapes, cartoon faces and the visitor's own pictures.

pub mod images;
pub mod points;
