//! Measures of what a generative model has learnt.
//!
//! For points in the plane:
//! - [`jensen_shannon`]: how far two samples' distributions are apart, from 0 to 1 bit.
//! - [`mode_coverage`]: how many modes of a mixture a sample covers, and how much of it is any good.
//!
//! A generator may produce anything, so points that are not finite are counted, as wrong, and never break a measure.
//!
//! For pictures, by what a classifier says and sees of them, and for codes of a latent space, all as [`Rows`]:
//! - [`inception_score`]: whether they look like something, and not all like the same.
//! - [`ClassShares`]: how they share out among classes.
//! - [`frechet_distance`]: how far they are from real ones.
//! - [`precision_recall`]: how many of them look real, and how many of the real ones they reach.
//! - [`mutual_information_gap`]: whether each dimension of a latent space means one thing.
//!
//! For texts, answers and what a model makes of them:
//! - [`is_exact`] and [`Accuracy`]: which answers are right, how many of how many, and how sure that share is.
//! - [`Bleu`]: how near translations are to right ones.
//! - [`rouge_l`]: how near a summary is to the right one.
//! - [`perplexity`]: how much a text surprises a model.
//! - [`Calibration`]: whether a model is as often right as it is sure.

mod accuracy;
mod bleu;
mod calibration;
mod classes;
mod disentanglement;
mod divergence;
mod eigen;
mod frechet;
mod histogram;
mod manifold;
mod modes;
mod perplexity;
mod rouge;
mod rows;
mod words;

pub use accuracy::{Accuracy, is_exact};
pub use bleu::Bleu;
pub use calibration::{Bin, Calibration};
pub use classes::{ClassShares, inception_score, most_likely};
pub use disentanglement::{Gap, MutualInformationGap, mutual_information_gap};
pub use divergence::jensen_shannon;
pub use frechet::frechet_distance;
pub use histogram::{Grid, Histogram};
pub use manifold::{PrecisionRecall, precision_recall};
pub use modes::{CoverageRule, ModeCoverage, mode_coverage};
pub use perplexity::perplexity;
pub use rouge::rouge_l;
pub use rows::Rows;

/// Points near the data, far off, infinite and NaN.
#[cfg(test)]
fn any_points(count: std::ops::Range<usize>) -> impl proptest::strategy::Strategy<Value = Vec<[f32; 2]>> {
    use proptest::prelude::*;

    let coordinate = || prop_oneof![4 => -2.0_f32..2.0, 1 => prop::num::f32::ANY];
    prop::collection::vec([coordinate(), coordinate()], count)
}
