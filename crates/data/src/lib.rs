//! Data sets, made here or brought by the visitor.
//!
//! - [`points`]: distributions over the plane for the 2-D GAN lab, words, drawn points and CSV files.
//! - [`images`]: digits, clothes, shapes, cartoon faces and the visitor's own pictures.
//! - [`words`]: words as vectors, the smallest latent space.
//! - [`text`]: tokenizers, names, tasks and the visitor's own text for the language lab.
//! - [`pca`]: the plane through a cloud of points that shows most of it.

pub mod images;
pub mod pca;
pub mod points;
pub mod text;
pub mod words;
