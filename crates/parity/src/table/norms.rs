use terrarium_graph::Tensor;
use terrarium_models::norm::{Affine, BatchNorm, EPSILON, GroupNorm, LayerNorm, Pass, SpectralNorm, Updates, dropout};
use terrarium_models::vae::{Bound, Likelihood, Posterior};

use super::{any, at, case, given, numbers, of_one};
use crate::case::{Case, Given, Values};

/// Layers and losses of models that are made of several operations.
pub(super) fn cases() -> Vec<Case> {
    [kernels(), layers()].into_iter().flatten().collect()
}

const NAN: f32 = f32::NAN;

/// Rows of all lengths, alone and with what a layer norm does behind them.
fn kernels() -> Vec<Case> {
    let shapes: [&[usize]; 10] = [&[1], &[3], &[5, 1], &[4, 3], &[2, 255], &[257, 2], &[3, 257], &[2, 3, 4], &[0, 3], &[3, 0]];
    let mut cases = Vec::new();
    for shape in shapes {
        // Small rows are far from linear where they are nearly constant, so ε is large.
        cases.push(of_one(format!("normalise rows of {shape:?}"), any(shape), |x| x.normalised(0.5)));
        cases.push(of_one(format!("root mean square of {shape:?}"), any(shape), |x| x.rms_normalised(0.5)));
    }
    for cols in [1, 3, 255, 257] {
        cases.push(case(format!("normalise one row of {cols} for a product"), vec![any([1, cols]), any([cols, 5])], |_, x| {
            x[0].normalised(0.5).matmul(x[1] * 0.1)
        }));
    }
    let root = 0.8_f32.sqrt();
    cases.extend([
        case("normalise, then gain, shift and tanh", vec![any([5, 7]), any([7]), any([7])], |_, x| {
            (x[0].normalised(1e-5) * x[1] + x[2]).tanh()
        }),
        case("normalise between products", vec![any([4, 3]), any([3, 9]), any([9]), any([9, 2])], |_, x| {
            (x[0].matmul(x[1]).normalised(0.1) * x[2]).matmul(x[3])
        }),
        case("root mean square between products", vec![any([4, 3]), any([3, 9]), any([9]), any([9, 2])], |_, x| {
            (x[0].matmul(x[1]).rms_normalised(0.1) * x[2]).matmul(x[3]).tanh()
        }),
        // Longer than a workgroup shares, and too long for differences.
        case("normalise one long row for a product", vec![any([1, 3100]).fixed(), any([3100, 5]).fixed()], |_, x| {
            x[0].normalised(0.5).matmul(x[1])
        }),
        case("normalise one row for two products", vec![any([1, 65]), any([65]), any([65, 3]), any([65, 70])], |b, x| {
            let row = x[0].normalised(0.1) * x[1] + 0.5;
            b.concat(&[row.matmul(x[2]).tanh(), row.matmul(x[3])], 1)
        }),
        case("normalise one row for a product and a sum", vec![any([1, 9]), any([9, 9])], |_, x| {
            let row = x[0].rms_normalised(0.1).tanh();
            row.matmul(x[1]) + row
        }),
        case("normalise twice", vec![any([4, 9])], |_, x| x[0].normalised(0.1) + x[0].normalised(0.1).square().normalised(0.2)),
        of_one("normalise with NaN and ∞", numbers([3, 2], &[1.0, NAN, f32::INFINITY, 1.0, 1.0, 3.0]), |x| x.normalised(0.25))
            .is(vec![NAN, NAN, NAN, NAN, -root, root]),
        of_one("normalise equal numbers", numbers([2, 2], &[3.0; 4]), |x| x.normalised(1e-5))
            .is(vec![0.0; 4])
            .with_gradients(vec![vec![0.0; 4]]),
        of_one("root mean square with NaN", numbers([2, 2], &[1.0, NAN, 3.0, 1.0]), |x| x.rms_normalised(4.0)).is(vec![
            NAN,
            NAN,
            1.0,
            1.0 / 3.0,
        ]),
    ]);
    cases
}

fn layers() -> Vec<Case> {
    let channels = |count: usize| any([count]);
    let layer = |pictures: &[usize], count: usize| -> Vec<Given> { vec![any(pictures), channels(count), channels(count)] };
    let positive = |count: usize| given([count], Values::Between(0.5, 2.0));
    vec![
        case("layer norm", layer(&[5, 7], 7), |_, x| layer_norm(x).forward(x[0])),
        case("layer norm of pictures", layer(&[2, 3, 2, 5], 5), |_, x| layer_norm(x).forward(x[0])),
        case("group norm, 2 groups of 3", layer(&[2, 3, 2, 6], 6), |_, x| GroupNorm { affine: affine(x), groups: 2 }.forward(x[0])),
        case("group norm, 1 group", layer(&[3, 2, 2, 3], 3), |_, x| GroupNorm { affine: affine(x), groups: 1 }.forward(x[0])),
        case("batch norm in training", layer(&[2, 3, 3, 5], 5), |_, x| {
            let (mean, variance) = (x[1], x[2]);
            BatchNorm { affine: affine(x), mean, variance }.forward(x[0], Pass::Training(&Updates::default()))
        }),
        case("batch norm in evaluation", [layer(&[4, 3], 3), vec![channels(3), positive(3)]].concat(), |_, x| {
            BatchNorm { affine: affine(x), mean: x[3], variance: x[4] }.forward(x[0], Pass::Evaluation)
        }),
        case("spectral norm", vec![any([5, 3]), any([3, 1])], |_, x| {
            SpectralNorm { direction: x[1] }.normalised(x[0], Pass::Evaluation)
        }),
        of_one("dropout", any([5, 51]), |x| dropout(x.builder(), x, x.builder().scalar(0.3))),
        case("embedding, normalised", vec![any([7, 5]), at(&[3, 3, 0, 6]), channels(5), channels(5)], |_, x| {
            LayerNorm { affine: Affine { gain: x[2], shift: x[3] }, epsilon: EPSILON }.forward(x[0].gather(x[1]))
        }),
        case(
            "bound of an autoencoder",
            vec![any([4, 3]), any([4, 3]), any([3, 5]), given([4, 5], Values::Between(0.0, 1.0)), any([])],
            {
                |b, x| {
                    let posterior = Posterior { mean: x[0], log_variance: x[1] };
                    let logits = posterior.sample(b.normal([4, 3])).matmul(x[2]);
                    let reconstruction = Likelihood::Gaussian { log_deviation: x[4] }.surprise(logits, x[3]).mean_all();
                    let divergence = posterior.divergence().mean(&[0]);
                    Bound { reconstruction, divergence }.loss(b.scalar(2.0), b.scalar(-1.0))
                }
            },
        ),
    ]
}

fn affine<'b>(x: &[Tensor<'b>]) -> Affine<'b> {
    Affine { gain: x[1], shift: x[2] }
}

fn layer_norm<'b>(x: &[Tensor<'b>]) -> LayerNorm<'b> {
    LayerNorm { affine: affine(x), epsilon: EPSILON }
}
