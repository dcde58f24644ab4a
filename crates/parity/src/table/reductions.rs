use super::{any, given, numbers, of_one};
use crate::case::{Case, Values};

const NAN: f32 = f32::NAN;
const INF: f32 = f32::INFINITY;

pub(super) fn cases() -> Vec<Case> {
    [sums_and_means(), largest(), softmax()].into_iter().flatten().collect()
}

/// Outer, middle and inner axes, together and apart.
const REDUCED: [(&[usize], &[usize]); 18] = [
    (&[1], &[0]),
    (&[3], &[0]),
    (&[255], &[0]),
    (&[257], &[0]),
    (&[2, 3, 4], &[0]),
    (&[2, 3, 4], &[1]),
    (&[2, 3, 4], &[2]),
    (&[2, 3, 4], &[0, 1]),
    (&[2, 3, 4], &[1, 2]),
    (&[2, 3, 4], &[0, 2]),
    (&[2, 3, 4], &[2, 1, 0]),
    (&[257, 3], &[0]),
    (&[3, 257], &[1]),
    (&[3, 255], &[0]),
    (&[2, 3, 2, 3], &[0, 2]),
    (&[0, 3], &[1]),
    (&[1025], &[0]),
    (&[3, 65, 17], &[1]),
];

fn sums_and_means() -> Vec<Case> {
    let mut cases = Vec::new();
    for (shape, axes) in REDUCED {
        cases.push(of_one(format!("sum of {shape:?} over {axes:?}"), any(shape), move |x| x.sum(axes)));
        cases.push(of_one(format!("mean of {shape:?} over {axes:?}"), any(shape), move |x| x.mean(axes)));
    }
    cases.extend([
        of_one("sum over no axis", any([3]), |x| x.sum(&[])),
        of_one("sum of all", any([3, 5]), |x| x.sum_all()),
        of_one("sum of a scalar", any([]), |x| x.sum_all()),
        of_one("mean of all", any([255]), |x| x.mean_all()),
        of_one("sum of nothing", any([0, 3]), |x| x.sum(&[0])).is(vec![0.0; 3]),
        of_one("sum of NaN and of ∞", numbers([2, 2], &[1.0, NAN, INF, 1.0]), |x| x.sum(&[1])).is(vec![NAN, INF]),
    ]);
    cases
}

fn largest() -> Vec<Case> {
    let apart = |(shape, axes): (&'static [usize], &'static [usize])| {
        of_one(format!("largest of {shape:?} over {axes:?}"), given(shape, Values::Distinct), move |x| x.max_of(axes))
    };
    let mut cases: Vec<Case> = REDUCED.map(apart).into();
    let largest = |name: &str, shape: [usize; 2], values: &[f32]| of_one(name, numbers(shape, values), |x| x.max_of(&[1]));
    cases.extend([
        largest("largest of nothing", [3, 0], &[]).is(vec![-INF; 3]),
        largest("largest with NaN", [2, 2], &[1.0, NAN, NAN, 1.0]).is(vec![NAN; 2]).but_reference("dfdx leaves NaN out"),
        largest("largest of infinities", [3, 2], &[-INF, 1.0, INF, 1.0, -INF, -INF]).is(vec![1.0, INF, -INF]),
        largest("largest of equals", [1, 4], &[2.0, 1.0, 2.0, 2.0])
            .is(vec![2.0])
            .with_gradients(vec![vec![1.0 / 3.0, 0.0, 1.0 / 3.0, 1.0 / 3.0]])
            .but_reference("dfdx gives each of equals the whole gradient"),
    ]);
    cases
}

fn softmax() -> Vec<Case> {
    let shapes: [&[usize]; 9] = [&[1], &[3], &[2, 5], &[3, 257], &[255, 2], &[5, 1], &[2, 3, 4], &[0, 3], &[3, 0]];
    let mut cases = Vec::new();
    for shape in shapes {
        cases.push(of_one(format!("softmax of {shape:?}"), any(shape), |x| x.softmax()));
        cases.push(of_one(format!("log-softmax of {shape:?}"), any(shape), |x| x.log_softmax()));
    }
    let large = || numbers([2, 3], &[1000.0, 0.0, -1000.0, 200.0, 200.0, -INF]);
    let with_nan = || numbers([2, 2], &[NAN, 0.0, 1.0, 1.0]);
    let half = 0.5_f32;
    cases.extend([
        of_one("softmax of large numbers", large(), |x| x.softmax()).is(vec![1.0, 0.0, 0.0, half, half, 0.0]),
        of_one("log-softmax of large numbers", large(), |x| x.log_softmax()).is(vec![
            0.0,
            -1000.0,
            -2000.0,
            half.ln(),
            half.ln(),
            -INF,
        ]),
        of_one("softmax with NaN", with_nan(), |x| x.softmax()).is(vec![NAN, NAN, half, half]),
        of_one("log-softmax with NaN", with_nan(), |x| x.log_softmax()).is(vec![NAN, NAN, half.ln(), half.ln()]),
    ]);
    cases
}
