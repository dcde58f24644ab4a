//! Measures of what a generative model has learnt.
//!
//! For points in the plane:
//! - [`jensen_shannon`]: how far two samples' distributions are apart, from 0 to 1 bit.
//! - [`mode_coverage`]: how many modes of a mixture a sample covers, and how much of it is any good.
//!
//! A generator may produce anything, so points that are not finite are counted, as wrong, and never break a measure.

mod divergence;
mod histogram;
mod modes;

pub use divergence::jensen_shannon;
pub use histogram::{Grid, Histogram};
pub use modes::{CoverageRule, ModeCoverage, mode_coverage};

/// Points near the data, far off, infinite and NaN.
#[cfg(test)]
fn any_points(count: std::ops::Range<usize>) -> impl proptest::strategy::Strategy<Value = Vec<[f32; 2]>> {
    use proptest::prelude::*;

    let coordinate = || prop_oneof![4 => -2.0_f32..2.0, 1 => prop::num::f32::ANY];
    prop::collection::vec([coordinate(), coordinate()], count)
}
