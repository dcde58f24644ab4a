use super::{any, case, numbers, of_one};
use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    [broadcasts(), reshapes(), permutations(), slices(), reversals(), pads(), concats(), copies()].into_iter().flatten().collect()
}

fn broadcasts() -> Vec<Case> {
    let pairs: [(&[usize], &[usize]); 9] = [
        (&[], &[257]),
        (&[1], &[3, 1]),
        (&[3], &[4, 3]),
        (&[4, 1], &[4, 5]),
        (&[2, 1, 3], &[2, 4, 3]),
        (&[1, 3, 1], &[2, 3, 4]),
        (&[255], &[2, 255]),
        (&[1], &[0]),
        (&[3], &[1, 1, 3]),
    ];
    let mut cases: Vec<Case> =
        pairs.map(|(from, to)| of_one(format!("broadcast {from:?} to {to:?}"), any(from), move |x| x.broadcast_to(to))).into();
    let sums: [(&[usize], &[usize]); 4] = [(&[4, 3], &[3]), (&[2, 4, 3], &[4, 1]), (&[2, 3], &[]), (&[2, 3, 4], &[1, 3, 1])];
    cases.extend(sums.map(|(from, to)| of_one(format!("sum {from:?} to {to:?}"), any(from), move |x| x.sum_to(&to.into()))));
    cases
}

fn reshapes() -> Vec<Case> {
    let pairs: [(&[usize], &[usize]); 5] =
        [(&[], &[1, 1]), (&[6, 4], &[3, 8]), (&[257], &[257, 1]), (&[2, 3, 5], &[30]), (&[0, 3], &[5, 0])];
    // Squared, so that there is something to compute.
    pairs.map(|(from, to)| of_one(format!("reshape {from:?} to {to:?}"), any(from), move |x| x.reshape(to).square())).into()
}

fn permutations() -> Vec<Case> {
    let orders: [(&[usize], &[usize]); 14] = [
        (&[2, 3], &[1, 0]),
        (&[257, 3], &[1, 0]),
        (&[1, 255], &[1, 0]),
        (&[2, 3, 5], &[0, 2, 1]),
        (&[2, 3, 5], &[1, 0, 2]),
        (&[2, 3, 5], &[1, 2, 0]),
        (&[2, 3, 5], &[2, 0, 1]),
        (&[2, 3, 5], &[2, 1, 0]),
        (&[2, 3, 4, 5], &[0, 2, 1, 3]),
        (&[2, 3, 4, 5], &[3, 1, 0, 2]),
        (&[0, 3], &[1, 0]),
        (&[33, 17], &[1, 0]),
        (&[65, 31], &[1, 0]),
        (&[9, 17, 5], &[1, 2, 0]),
    ];
    orders.map(|(shape, axes)| of_one(format!("permute {shape:?} by {axes:?}"), any(shape), move |x| x.permute(axes))).into()
}

fn slices() -> Vec<Case> {
    let slices: [(&[usize], usize, [usize; 2]); 9] = [
        (&[257], 0, [0, 1]),
        (&[257], 0, [2, 257]),
        (&[5, 3], 0, [1, 4]),
        (&[5, 3], 1, [2, 3]),
        (&[2, 5, 3], 1, [1, 3]),
        (&[2, 5, 3], 2, [0, 2]),
        (&[2, 5, 3], 0, [1, 2]),
        (&[5, 3], 0, [2, 2]),
        (&[5, 3], 0, [0, 5]),
    ];
    let name = |shape: &[usize], axis, [from, to]: [usize; 2]| format!("slice {from}..{to} of axis {axis} of {shape:?}");
    slices
        .map(|(shape, axis, range)| of_one(name(shape, axis, range), any(shape), move |x| x.slice(axis, range[0]..range[1])))
        .into()
}

fn reversals() -> Vec<Case> {
    let reversals: [(&[usize], usize); 10] = [
        (&[1], 0),
        (&[257], 0),
        (&[5, 3], 0),
        (&[5, 3], 1),
        (&[3, 255], 1),
        (&[2, 5, 3], 1),
        (&[4, 6, 7, 1], 2),
        (&[4, 6, 7, 3], 2),
        (&[0, 3], 0),
        (&[3, 0], 0),
    ];
    let mut cases: Vec<Case> = reversals
        .map(|(shape, axis)| of_one(format!("reverse axis {axis} of {shape:?}"), any(shape), move |x| x.reverse(axis)))
        .into();
    cases.extend([
        of_one("reverse one axis after another", any([4, 3, 5]), |x| x.reverse(1).reverse(2)),
        of_one("reverse one axis twice", any([4, 3]), |x| x.reverse(0).reverse(0).square()),
        case("some pictures reversed", vec![any([5, 4, 7, 3]), numbers([5], &[0.0, 1.0, 1.0, 0.0, 1.0])], |_, x| {
            let turned = x[1].reshape([5, 1, 1, 1]);
            x[0] * (1.0 - turned) + x[0].reverse(2) * turned
        }),
    ]);
    cases
}

fn pads() -> Vec<Case> {
    let pads: [(&[usize], usize, usize, usize); 9] = [
        (&[1], 0, 1, 0),
        (&[255], 0, 1, 1),
        (&[5, 3], 0, 2, 1),
        (&[5, 3], 1, 0, 3),
        (&[2, 5, 3], 1, 1, 2),
        (&[2, 5, 3], 2, 1, 0),
        (&[0, 3], 0, 2, 1),
        (&[3, 0], 1, 1, 1),
        (&[3, 0], 0, 1, 1),
    ];
    pads.map(|(shape, axis, before, after)| {
        let name = format!("pad axis {axis} of {shape:?} by {before} and {after}");
        of_one(name, any(shape), move |x| x.pad(axis, before, after))
    })
    .into()
}

fn concats() -> Vec<Case> {
    let of = |name: &str, shapes: &[&[usize]], axis: usize| {
        case(name, shapes.iter().map(|&shape| any(shape)).collect(), move |b, x| b.concat(x, axis))
    };
    vec![
        of("concat one", &[&[3]], 0),
        of("concat two", &[&[3], &[255]], 0),
        of("concat rows", &[&[2, 3], &[1, 3], &[4, 3]], 0),
        of("concat columns", &[&[3, 2], &[3, 1], &[3, 5]], 1),
        of("concat middle axes", &[&[2, 1, 3], &[2, 4, 3]], 1),
        of("concat with nothing", &[&[0, 3], &[2, 3], &[0, 3]], 0),
        of("concat nothing", &[&[0, 3], &[0, 3]], 0),
        case("concat a tensor with itself", vec![any([2, 3])], |b, x| b.concat(&[x[0], x[0], x[0].square()], 1)),
        case("concat rows of what was made with themselves", vec![any([2, 3])], |b, x| {
            let made = x[0].tanh();
            b.concat(&[made, x[0], made], 0)
        }),
    ]
}

/// NaN and ∞ are carried along and leak nowhere.
fn copies() -> Vec<Case> {
    const NAN: f32 = f32::NAN;
    const INF: f32 = f32::INFINITY;
    let x = || numbers([2, 2], &[1.0, NAN, INF, 4.0]);
    vec![
        of_one("permute NaN", x(), |x| x.t()).is(vec![1.0, INF, NAN, 4.0]),
        of_one("slice beside NaN", x(), |x| x.slice(1, 0..1)).is(vec![1.0, INF]),
        of_one("reverse NaN", x(), |x| x.reverse(1)).is(vec![NAN, 1.0, 4.0, INF]),
        of_one("pad NaN", x(), |x| x.pad(1, 1, 0)).is(vec![0.0, 1.0, NAN, 0.0, INF, 4.0]),
        of_one("broadcast NaN", numbers([2, 1], &[NAN, 2.0]), |x| x.broadcast_to([2, 2])).is(vec![NAN, NAN, 2.0, 2.0]),
    ]
}
