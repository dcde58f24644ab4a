use terrarium_graph::{Builder, Tensor};

use super::{any, case, given, of_one};
use crate::case::{Case, Given, Values};

/// Operations together, where a plan joins kernels, shares memory or orders what depends on what.
pub(super) fn cases() -> Vec<Case> {
    [maps(), products(), models()].into_iter().flatten().collect()
}

fn maps() -> Vec<Case> {
    vec![
        of_one("a long map", any([257]), |x| ((x * 2.0 + 1.0).sigmoid() * x - x.tanh()).exp().sqrt() / (x.square() + 1.0)),
        of_one("a map read in the middle", any([255]), |x| {
            let middle = x.tanh();
            middle.exp() * middle.sum(&[0])
        }),
        of_one("a map over two shapes of one tensor", any([6]), |x| (x.reshape([2, 3]).exp() * x.reshape([2, 3])).reshape([6]) + x),
        of_one("a map of a permutation", any([5, 3]), |x| (x.t().exp() + 1.0).log().t() * x),
        of_one("a map of a permutation, over 1200", any([40, 30]), |x| (x.t() * 0.5).tanh().t() + x),
        of_one("a map of slices", any([7, 2]), |x| (x.slice(0, 0..6) - x.slice(0, 1..7)).square().tanh()),
        of_one("a map of a broadcast", any([3]), |x| (x.broadcast_to([4, 3]).sin() * x).cos()),
        of_one("standardised columns", any([33, 5]), |x| {
            let centred = x - x.mean(&[0]);
            centred / (centred.square().mean(&[0]) + 1e-3).sqrt()
        }),
        of_one("a map that waits for its own sum", any([5, 7]), |x| {
            let e = x.exp();
            e * (e / e.sum(&[1])).tanh()
        }),
        of_one("a map whose own sum waits for it", any([5, 7]), |x| {
            let e = x.exp();
            (e / e.sum(&[1])).tanh() * e
        }),
        of_one("softmax by hand", any([5, 7]), |x| {
            let e = (x - 1.0).exp();
            e / e.sum(&[1])
        }),
        case("two branches that meet", vec![any([5, 3]), any([5, 3])], |_, x| {
            let (sum, product) = (x[0] + x[1], x[0] * x[1]);
            sum.tanh() * product.sum(&[1]) + product * sum.mean(&[0])
        }),
        case("concat, slice and pad in turn", vec![any([3, 2]), any([3, 4])], |b, x| {
            let joined = b.concat(&[x[0].exp(), x[1] * 2.0], 1);
            (joined.slice(1, 1..5).pad(1, 1, 1) * joined).sum(&[0])
        }),
    ]
}

fn products() -> Vec<Case> {
    let layer = || vec![any([5, 3]), any([3, 7]), any([7])];
    vec![
        case("dense layer", layer(), |_, x| (x[0].matmul(x[1]) + x[2]).tanh()),
        case("dense layer, gelu, dropout", layer(), |b, x| (x[0].matmul(x[1]) + x[2]).gelu() * b.bernoulli(0.9, [5, 7])),
        case("dense layer, batch of 257", vec![any([257, 3]), any([3, 33]), any([33])], |_, x| {
            (x[0].matmul(x[1]) + x[2]).sigmoid()
        }),
        case("a product read twice", layer(), |_, x| {
            let y = x[0].matmul(x[1]);
            (y + x[2]).tanh() * y
        }),
        case("two products in one sum", vec![any([5, 3]), any([3, 7]), any([5, 2]), any([2, 7])], |_, x| {
            (x[0].matmul(x[1]) + x[2].matmul(x[3])).tanh()
        }),
        case("a product of a product", vec![any([5, 3]), any([3, 4]), any([4, 2])], |_, x| x[0].matmul(x[1]).tanh().matmul(x[2])),
        case("a product normalised by its own sum", vec![any([5, 3]), any([3, 4])], |_, x| {
            let y = x[0].matmul(x[1]).exp();
            y / y.sum(&[1])
        }),
        case("a product that waits for its own sum", vec![any([5, 3]), any([3, 4])], |_, x| {
            let y = x[0].matmul(x[1]);
            y * (y - y.sum(&[0])).tanh()
        }),
        case("a product, turned and reshaped", vec![any([4, 3]), any([3, 6])], |_, x| {
            x[0].matmul(x[1]).tanh().reshape([4, 2, 3]).permute(&[1, 0, 2]).square()
        }),
        case("attention", vec![any([2, 5, 3]), any([2, 5, 3]), any([2, 5, 3])], |_, x| {
            (x[0].matmul(x[1].t()) * 0.57).softmax().matmul(x[2])
        }),
    ]
}

fn models() -> Vec<Case> {
    let small = |shape: &[usize]| given(shape, Values::Between(-0.8, 0.8));
    let network = move || -> Vec<Given> {
        vec![any([9, 2]), small(&[2, 8]), small(&[8]), small(&[8, 8]), small(&[8]), small(&[8, 1]), small(&[1])]
    };
    fn perceptron<'b>(x: &[Tensor<'b>]) -> Tensor<'b> {
        let hidden = (x[0].matmul(x[1]) + x[2]).tanh();
        (hidden.matmul(x[3]) + x[4]).tanh().matmul(x[5]) + x[6]
    }
    fn gradient_penalty<'b>(b: &'b Builder, x: &[Tensor<'b>]) -> Tensor<'b> {
        let score = perceptron(x).sum_all();
        let gradient = b.gradients(score, &[x[0]])[0];
        ((gradient.square().sum(&[1]) + 1e-4).sqrt() - 1.0).square().mean_all()
    }
    vec![
        case("perceptron", network(), |_, x| perceptron(x)),
        case("perceptron with logits-BCE", network(), |b, x| perceptron(x).logits_bce(b.scalar(1.0)).mean_all()),
        case("gradient penalty of a perceptron", network(), gradient_penalty),
    ]
}
