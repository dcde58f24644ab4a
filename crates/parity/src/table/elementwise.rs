use terrarium_graph::{Binary, Shape, Unary};

use super::{any, case, given, numbers, of_one};
use crate::case::{Case, Given, Values};

const NAN: f32 = f32::NAN;
const INF: f32 = f32::INFINITY;

pub(super) fn cases() -> Vec<Case> {
    [unary(), unary_at_the_edges(), activations(), binary(), binary_at_the_edges()].into_iter().flatten().collect()
}

const SIZES: [&[usize]; 8] = [&[], &[1], &[3], &[255], &[257], &[1025], &[0], &[2, 1, 3]];

fn unary() -> Vec<Case> {
    let at_size = |unary: Unary, shape: &[usize]| {
        of_one(format!("{} of {shape:?}", unary.name()), given(shape, smooth(unary)), move |x| x.unary(unary))
    };
    Unary::ALL.into_iter().flat_map(|unary| SIZES.map(|shape| at_size(unary, shape))).collect()
}

/// Where a function is defined and has no kink near.
fn smooth(unary: Unary) -> Values {
    match unary {
        Unary::Log | Unary::Sqrt | Unary::Recip => Values::Between(0.5, 2.5),
        Unary::Abs | Unary::Sign | Unary::Positive | Unary::Relu => Values::Signed(0.1, 2.0),
        _ => Values::Between(-2.0, 2.0),
    }
}

fn unary_at_the_edges() -> Vec<Case> {
    let mut cases: Vec<Case> = Unary::ALL.into_iter().map(at_the_edges).collect();
    for (unary, slope) in [(Unary::Abs, 0.0), (Unary::Relu, 0.0), (Unary::Softplus, 0.5), (Unary::Sqrt, INF)] {
        let value = at_zero(unary);
        let kink = of_one(format!("{} at 0", unary.name()), numbers([1], &[0.0]), move |x| x.unary(unary));
        cases.push(kink.is(vec![value]).with_gradients(vec![vec![slope]]));
    }
    cases
}

fn at_zero(unary: Unary) -> f32 {
    if unary == Unary::Softplus { std::f32::consts::LN_2 } else { 0.0 }
}

/// What comes of NaN, ∞, −∞, and of ±100, where exponentials overflow or vanish.
fn at_the_edges(unary: Unary) -> Case {
    let value = match unary {
        Unary::Neg => [NAN, -INF, INF, -100.0, 100.0],
        Unary::Abs => [NAN, INF, INF, 100.0, 100.0],
        Unary::Sign => [NAN, 1.0, -1.0, 1.0, -1.0],
        Unary::Positive => [0.0, 1.0, 0.0, 1.0, 0.0],
        Unary::Square => [NAN, INF, INF, 1e4, 1e4],
        Unary::Exp => [NAN, INF, 0.0, INF, 0.0],
        Unary::Log => [NAN, INF, NAN, 100.0_f32.ln(), NAN],
        Unary::Sqrt => [NAN, INF, NAN, 10.0, NAN],
        Unary::Recip => [NAN, 0.0, 0.0, 0.01, -0.01],
        Unary::Sin => [NAN, NAN, NAN, 100.0_f32.sin(), -100.0_f32.sin()],
        Unary::Cos => [NAN, NAN, NAN, 100.0_f32.cos(), 100.0_f32.cos()],
        Unary::Relu => [NAN, INF, 0.0, 100.0, 0.0],
        Unary::Sigmoid => [NAN, 1.0, 0.0, 1.0, 0.0],
        Unary::Tanh => [NAN, 1.0, -1.0, 1.0, -1.0],
        Unary::Softplus => [NAN, INF, 0.0, 100.0, 0.0],
    };
    let edges = numbers([5], &[NAN, INF, -INF, 100.0, -100.0]);
    let case = of_one(format!("{} of NaN, ±∞ and ±100", unary.name()), edges, move |x| x.unary(unary)).is(value.to_vec());
    match unary {
        Unary::Relu => case.but_reference("relu(NaN) is 0 in dfdx"),
        Unary::Softplus => case.but_reference("softplus(±∞) is NaN, as a cross-entropy of dfdx's that takes 0·∞"),
        _ => case,
    }
}

fn activations() -> Vec<Case> {
    let away_from_0 = || given([257], Values::Signed(0.1, 2.0));
    vec![
        of_one("leaky relu", away_from_0(), |x| x.leaky_relu(0.2)),
        of_one("elu", away_from_0(), |x| x.elu()),
        of_one("silu", any([257]), |x| x.silu()),
        of_one("gelu", any([257]), |x| x.gelu()),
        of_one("leaky relu of large numbers", numbers([2], &[1e4, -1e4]), |x| x.leaky_relu(0.2))
            .is(vec![1e4, -2e3])
            .with_gradients(vec![vec![1.0, 0.2]]),
        of_one("elu of large numbers", numbers([2], &[1e4, -1e4]), |x| x.elu())
            .is(vec![1e4, -1.0])
            .with_gradients(vec![vec![1.0, 0.0]]),
    ]
}

const PAIRS: [(&[usize], &[usize]); 19] = [
    (&[], &[]),
    (&[1], &[1]),
    (&[3, 5], &[3, 5]),
    (&[255], &[255]),
    (&[257], &[1]),
    (&[], &[257]),
    (&[4, 1], &[1, 5]),
    (&[5], &[4, 5]),
    (&[4, 5], &[4, 1]),
    (&[4, 5], &[]),
    (&[2, 1, 3], &[4, 1]),
    (&[2, 3, 4], &[3, 1]),
    (&[1, 3, 1], &[2, 3, 4]),
    (&[3], &[3, 1]),
    (&[0], &[1]),
    (&[2, 0], &[2, 1]),
    (&[3, 257], &[257]),
    (&[257, 5], &[257, 1]),
    (&[7, 33, 5], &[33, 1]),
];

fn binary() -> Vec<Case> {
    let at_sizes = |binary: Binary, (a, b): (&[usize], &[usize])| {
        let (lhs, rhs) = apart(binary, a, b);
        case(format!("{} of {a:?} and {b:?}", binary.name()), vec![lhs, rhs], move |_, x| x[0].binary(binary, x[1]))
    };
    let mut cases: Vec<Case> = Binary::ALL.into_iter().flat_map(|binary| PAIRS.map(|pair| at_sizes(binary, pair))).collect();
    // A tensor with itself, straight and reshaped.
    cases.extend([
        of_one("x + x", any([257]), |x| x + x),
        of_one("x · x", any([257]), |x| x * x),
        of_one("x / x", given([3], Values::Between(0.5, 2.0)), |x| x.binary(Binary::Div, x)),
        of_one("column times row of one tensor", any([5]), |x| x.reshape([5, 1]) * x.reshape([1, 5])),
        of_one("numbers on either side", given([257], Values::Between(0.5, 2.0)), |x| 2.0 - (1.0 / (x * 3.0 + 1.0) - 0.5) / 4.0),
    ]);
    cases
}

/// Operands between which the operation has no kink or pole.
fn apart(binary: Binary, a: &[usize], b: &[usize]) -> (Given, Given) {
    let shaped = |shape: &[usize], values| given(Shape::from(shape), values);
    match binary {
        Binary::Div => (any(a), shaped(b, Values::Signed(0.5, 2.0))),
        Binary::Max | Binary::Min => (shaped(a, Values::Lattice(0)), shaped(b, Values::Lattice(1))),
        _ => (any(a), any(b)),
    }
}

fn binary_at_the_edges() -> Vec<Case> {
    let of = |binary: Binary, what: &str, a: &[f32], b: &[f32]| {
        let given = vec![numbers([a.len()], a), numbers([b.len()], b)];
        case(format!("{} of {what}", binary.name()), given, move |_, x| x[0].binary(binary, x[1]))
    };
    let (a, b) = ([NAN, 1.0, INF, -INF], [1.0, NAN, 1.0, 1.0]);
    let edges = |binary, value: [f32; 4]| of(binary, "NaN and ±∞", &a, &b).is(value.to_vec());
    let left_out = "dfdx's maximum and minimum leave NaN out";
    let shared = |binary| {
        let equal = of(binary, "equals", &[2.0, 3.0], &[2.0, 3.0]);
        equal.is(vec![2.0, 3.0]).with_gradients(vec![vec![0.5; 2], vec![0.5; 2]])
    };
    vec![
        edges(Binary::Add, [NAN, NAN, INF, -INF]),
        edges(Binary::Sub, [NAN, NAN, INF, -INF]),
        edges(Binary::Mul, [NAN, NAN, INF, -INF]),
        edges(Binary::Div, [NAN, NAN, INF, -INF]),
        edges(Binary::Max, [NAN, NAN, INF, 1.0]).but_reference(left_out),
        edges(Binary::Min, [NAN, NAN, 1.0, -INF]).but_reference(left_out),
        shared(Binary::Max),
        shared(Binary::Min),
        of(Binary::Div, "0", &[1.0, -1.0, 0.0], &[0.0, 0.0, 0.0]).is(vec![INF, -INF, NAN]),
    ]
}
