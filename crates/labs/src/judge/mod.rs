//! Judges: small classifiers of our own, shipped as files, by whose eyes generated pictures are measured beside real ones.
//!
//! A [`Subject`] is what a judge knows about; [`train`] makes its judge, a [`Judge`] looks at pictures, and an [`Evaluation`] compares
//! what it saw of two sets. Measured on real pictures that nothing has learnt from, the same numbers are the ceiling.

mod evaluation;
mod file;
mod look;
mod subject;
mod training;

pub use evaluation::{Answers, Evaluation};
pub use file::Question;
pub use look::{Judge, Seen};
pub use subject::{Asked, Subject, asked};
pub use training::{Lesson, Score, Trained, score, train};
