//! Small trainings of image models, with states that steps write beside learning.

use terrarium_graph::{Builder, Init, Optimiser, Rule, Tensor};
use terrarium_models::conv::{Norm, Pyramid};
use terrarium_models::dcgan::{Dcgan, Settings};
use terrarium_models::gan::Loss;
use terrarium_models::norm::{Pass, Updates};
use terrarium_models::vae::{self, Body, Likelihood, Vae, warm_up};

use crate::trainings::Training;

pub(crate) fn trainings() -> Vec<Training> {
    vec![
        Training::new("states that follow a step", states),
        Training::new("a DCGAN with batch norm and a condition", |b| {
            let norms = Settings { condition: 2, ..tiny() };
            play(b, norms, Loss::LeastSquares);
        }),
        Training::new("a DCGAN with spectral norm, smoothing and R1", |b| {
            let norms = Settings { generator_norm: Norm::None, discriminator_norm: Norm::Spectral, ..tiny() };
            play(b, norms, Loss::NonSaturating);
        }),
        Training::new("a DCGAN with layer norm and a condition", |b| {
            let norms = Settings { generator_norm: Norm::Layer, discriminator_norm: Norm::Layer, condition: 2, ..tiny() };
            play(b, norms, Loss::LeastSquares);
        }),
        // Without a norm in the generator: the penalty's rounding, small as it is, is large beside the biases that a norm leaves.
        Training::new("a DCGAN with a critic of layer norm, a gradient penalty and a condition", |b| {
            let norms = Settings { generator_norm: Norm::None, discriminator_norm: Norm::Layer, condition: 2, ..tiny() };
            play(b, norms, Loss::WassersteinGradientPenalty { weight: b.scalar(10.0) });
        }),
        Training::new("a convolutional autoencoder, Gaussian, with free bits", |b| {
            let log_deviation = b.parameter("log_deviation", [], Init::Constant(-0.5));
            autoencode(b, Body::Convolutional { width: 2 }, Likelihood::Gaussian { log_deviation }, &[log_deviation]);
        }),
        Training::new("a dense autoencoder, Bernoulli", |b| {
            autoencode(b, Body::Dense { hidden: vec![7, 5] }, Likelihood::Bernoulli, &[]);
        }),
    ]
}

fn tiny() -> Settings {
    let pictures = Pyramid { size: 16, channels: 1, width: 2 };
    Settings { pictures, noise: 3, condition: 0, generator_norm: Norm::Batch, discriminator_norm: Norm::Batch }
}

/// Slow, as weights that start small and are normalised move fast in proportion, and differences in rounding grow with them.
fn descent(b: &Builder) -> Optimiser {
    b.optimiser(Rule::Sgd { momentum: 0.5 }, b.scalar(1e-3), None)
}

/// An average of weights, two states that change places, one that remembers the parameter as it was, and one that counts.
fn states(b: &Builder) {
    let w = b.parameter("w", [3], Init::Normal(1.0));
    let [average, left, right, before] = ["average", "left", "right", "before"].map(|name| b.state(name, [3], Init::Normal(1.0)));
    let count = b.state("count", [], Init::ZEROS);
    let loss = ((w * b.input("x", [5, 3])).tanh() + left - average).square().sum_all();
    let step = b.step("step", loss, &[w], descent(b), |_| vec![("left".into(), left), ("count".into(), count)]);
    for (state, value) in [(average, average * 0.9 + w * 0.1), (left, right), (right, left), (before, w), (count, count + 1.0)] {
        b.assign(step, state, value);
    }
    // A program that learns nothing may assign, too.
    let other = b.program("other", &[("right", right)]);
    b.assign(other, right, right * 0.5 + before);
}

fn play<'b>(b: &'b Builder, settings: Settings, loss: Loss<'b>) {
    const BATCH: usize = 3;
    let size = settings.pictures.size;
    let real = b.input("pictures", [BATCH, size, size, 1]).tanh();
    let condition = (settings.condition > 0).then(|| b.input("condition", [BATCH, settings.condition]));
    let mut gan = Dcgan::new(b, settings, loss);
    if settings.discriminator_norm == Norm::Spectral {
        gan.smoothing = Some(b.scalar(0.1));
        gan.steepness_weight = Some(b.scalar(10.0));
    }
    let noise = || b.normal([BATCH, settings.noise]);
    let take = |name: &str, loss: Tensor<'b>, learning: &[Tensor<'b>], updates: Updates<'b>| {
        let step = b.step(name, loss, learning, descent(b), |_| vec![("loss".into(), loss)]);
        updates.follow(b, step);
    };
    let updates = Updates::default();
    let loss = gan.discriminator_loss(real, noise(), condition, Pass::Training(&updates));
    take("discriminator", loss, &gan.discriminator.parameters(), updates);
    let updates = Updates::default();
    let loss = gan.generator_loss(noise(), condition, Pass::Training(&updates));
    take("generator", loss, &gan.generator.parameters(), updates);
    b.program("samples", &[("samples", gan.generator.forward(noise(), condition, Pass::Evaluation))]);
}

fn autoencode<'b>(b: &'b Builder, body: Body, likelihood: Likelihood<'b>, learning: &[Tensor<'b>]) {
    const BATCH: usize = 4;
    let vae = Vae::new(b, vae::Settings { size: 9, channels: 2, latent: 3, body, condition: 2 });
    let pictures = b.input("pictures", [BATCH, 9, 9, 2]).sigmoid();
    let condition = Some(b.input("condition", [BATCH, 2]));
    let bound = vae.bound(pictures, condition, b.normal([BATCH, 3]), likelihood);
    let loss = bound.loss(warm_up(b.scalar(2.0), b.scalar(8.0)), b.scalar(0.25));
    let learning: Vec<Tensor> = vae.parameters().into_iter().chain(learning.iter().copied()).collect();
    let adam = b.optimiser(Rule::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-3 }, b.scalar(1e-3), None);
    b.step("step", loss, &learning, adam, |_| vec![("elbo".into(), bound.elbo()), ("divergence".into(), bound.divergence)]);
}
