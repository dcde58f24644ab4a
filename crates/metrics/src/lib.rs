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

mod classes;
mod disentanglement;
mod divergence;
mod eigen;
mod frechet;
mod histogram;
mod manifold;
mod modes;
mod rows;

pub use classes::{ClassShares, inception_score, most_likely};
pub use disentanglement::{Gap, MutualInformationGap, mutual_information_gap};
pub use divergence::jensen_shannon;
pub use frechet::frechet_distance;
pub use histogram::{Grid, Histogram};
pub use manifold::{PrecisionRecall, precision_recall};
pub use modes::{CoverageRule, ModeCoverage, mode_coverage};
pub use rows::Rows;

/// Points near the data, far off, infinite and NaN.
#[cfg(test)]
fn any_points(count: std::ops::Range<usize>) -> impl proptest::strategy::Strategy<Value = Vec<[f32; 2]>> {
    use proptest::prelude::*;

    let coordinate = || prop_oneof![4 => -2.0_f32..2.0, 1 => prop::num::f32::ANY];
    prop::collection::vec([coordinate(), coordinate()], count)
}
