use terrarium_graph::Tensor;
use terrarium_models::norm::{Affine, BatchNorm, EPSILON, GroupNorm, LayerNorm, Pass, SpectralNorm, Updates, dropout};
use terrarium_models::vae::{Bound, Likelihood, Posterior};

use super::{any, at, case, given, of_one};
use crate::case::{Case, Given, Values};

/// Layers and losses of models that are made of several operations.
pub(super) fn cases() -> Vec<Case> {
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
