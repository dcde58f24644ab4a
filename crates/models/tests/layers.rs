//! Layers and losses of image models against their formulas.

use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_graph::{Builder, Engine, Init, Rule, Tensor, Window};
use terrarium_models::conv::{ConvTranspose2d, Pyramid};
use terrarium_models::dcgan::{self, Dcgan};
use terrarium_models::gan::Loss;
use terrarium_models::mlp::Start;
use terrarium_models::norm::{BatchNorm, GroupNorm, LayerNorm, Pass, SpectralNorm, Updates, dropout};
use terrarium_models::vae::{self, Body, Bound, Likelihood, Posterior, Vae, warm_up};

/// Numbers from −1 to 1 without a pattern.
fn values(len: usize) -> Vec<f32> {
    (0..len).map(|i| ((i * 7919 + 13) % 997) as f32 / 498.5 - 1.0).collect()
}

/// The outputs of a program over the given inputs, in step 3.
fn run(inputs: &[(&str, Vec<f32>)], build: impl for<'b> FnOnce(&'b Builder) -> Vec<Tensor<'b>>) -> Vec<Vec<f32>> {
    let b = Builder::new();
    let outputs = build(&b);
    let program = b.program("outputs", &outputs.iter().map(|output| ("output", *output)).collect::<Vec<_>>());
    let count = outputs.len();
    drop(outputs);
    let graph = Arc::new(b.finish().unwrap());
    let mut engine = Cpu::new(graph.clone()).unwrap();
    engine.initialise(1).unwrap();
    for (name, values) in inputs {
        engine.write_input(graph.find_input(name).unwrap(), values).unwrap();
    }
    engine.run(program, 3).unwrap();
    (0..count).map(|output| engine.output(program, output).unwrap()).collect()
}

#[track_caller]
fn assert_near(got: &[f32], expected: &[f64]) {
    assert_eq!(got.len(), expected.len());
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        assert!((f64::from(*got) - expected).abs() <= 2e-5 * (1.0 + expected.abs()), "{i}: {got}, not {expected}");
    }
}

fn moments(values: impl Iterator<Item = f32> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().map(f64::from).sum::<f64>() / count;
    (mean, values.map(|x| (f64::from(x) - mean).powi(2)).sum::<f64>() / count)
}

fn standardised(x: f32, (mean, variance): (f64, f64)) -> f64 {
    (f64::from(x) - mean) / (variance + 1e-5).sqrt()
}

#[test]
fn layer_norm_standardises_rows() {
    let x = values(2 * 3 * 5);
    let got = run(&[("x", x.clone())], |b| vec![LayerNorm::new(b, "norm", 5).forward(b.input("x", [2, 3, 5]))]);
    let expected: Vec<f64> =
        x.chunks(5).flat_map(|row| row.iter().map(|&x| standardised(x, moments(row.iter().copied())))).collect();
    assert_near(&got[0], &expected);
}

#[test]
fn group_norm_standardises_groups_of_channels_of_each_picture() {
    let x = values(2 * 3 * 4);
    let got = run(&[("x", x.clone())], |b| vec![GroupNorm::new(b, "norm", 4, 2).forward(b.input("x", [2, 1, 3, 4]))]);
    let group = |i: usize| (i / 12, i % 4 / 2);
    let expected: Vec<f64> =
        (0..x.len()).map(|i| standardised(x[i], moments((0..x.len()).filter(|&j| group(j) == group(i)).map(|j| x[j])))).collect();
    assert_near(&got[0], &expected);
}

#[test]
fn batch_norm_standardises_channels_and_keeps_running_statistics() {
    let b = Builder::new();
    let norm = BatchNorm::new(&b, "norm", 3);
    let x = b.input("x", [2, 2, 1, 3]);
    let updates = Updates::default();
    let y = norm.forward(x, Pass::Training(&updates));
    let rate = b.optimiser(Rule::Sgd { momentum: 0.0 }, b.scalar(0.0), None);
    let step = b.step("step", y.sum_all(), &norm.affine.parameters(), rate, |_| vec![("y".into(), y)]);
    updates.follow(&b, step);
    let evaluation = b.program("evaluation", &[("y", norm.forward(x, Pass::Evaluation))]);
    drop(updates);
    let graph = Arc::new(b.finish().unwrap());
    let mut engine = Cpu::new(graph.clone()).unwrap();
    engine.initialise(1).unwrap();
    let x = values(12);
    engine.write_input(graph.find_input("x").unwrap(), &x).unwrap();
    engine.run(step, 1).unwrap();

    let of_batch: Vec<_> = (0..3).map(|channel| moments(x.iter().skip(channel).step_by(3).copied())).collect();
    let by = |statistics: &[(f64, f64)]| -> Vec<f64> {
        x.iter().enumerate().map(|(i, &x)| standardised(x, statistics[i % 3])).collect()
    };
    assert_near(&engine.output(step, 0).unwrap(), &by(&of_batch));

    // Twice by the same batch: once in `run`, which is read, once in `advance`, which is not.
    engine.advance(&[(step, 2)]).unwrap();
    let running: Vec<_> = of_batch.iter().map(|(mean, variance)| (0.19 * mean, 0.81 + 0.19 * variance * 4.0 / 3.0)).collect();
    let read = |engine: &mut Cpu, name| engine.read_var(graph.find_var(name).unwrap()).unwrap();
    assert_near(&read(&mut engine, "norm.mean"), &running.iter().map(|(mean, _)| *mean).collect::<Vec<_>>());
    assert_near(&read(&mut engine, "norm.variance"), &running.iter().map(|(_, variance)| *variance).collect::<Vec<_>>());
    engine.run(evaluation, 1).unwrap();
    assert_near(&engine.output(evaluation, 0).unwrap(), &by(&running));
}

/// Of a matrix whose singular values are known: it stretches (1, 1)/√2 by 3 and (1, −1)/√2 by 1.
#[test]
fn spectral_norm_finds_the_largest_singular_value_and_its_gradient() {
    let b = Builder::new();
    let weight = b.parameter("weight", [2, 2], Init::ZEROS);
    let norm = SpectralNorm::new(&b, "norm", 2);
    let updates = Updates::default();
    let normalised = norm.normalised(weight, Pass::Training(&updates));
    let program = b.program("normalised", &[("weight", normalised), ("slope", b.gradients(normalised.sum_all(), &[weight])[0])]);
    updates.follow(&b, program);
    drop(updates);
    let graph = Arc::new(b.finish().unwrap());
    let mut engine = Cpu::new(graph.clone()).unwrap();
    engine.initialise(1).unwrap();
    engine.write_var(graph.find_var("weight").unwrap(), &[2.0, 1.0, 1.0, 2.0]).unwrap();
    (1..=20).for_each(|step| engine.run(program, step).unwrap());
    assert_near(&engine.output(program, 0).unwrap(), &[2.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 2.0 / 3.0]);
    // Σ W/σ = 6/σ; with dσ/dW = v uᵀ = ½ everywhere the slope is 1/σ − 6/σ² · ½ = 0.
    assert_near(&engine.output(program, 1).unwrap(), &[0.0; 4]);
}

#[test]
fn dropout_keeps_what_it_expects() {
    let kept = run(&[], |b| vec![dropout(b, b.constant(1.0, [10_000]), b.scalar(0.2))]).remove(0);
    assert!(kept.iter().all(|&x| x == 0.0 || (x - 1.25).abs() < 1e-6));
    let mean = kept.iter().sum::<f32>() / kept.len() as f32;
    assert!((mean - 1.0).abs() < 0.02, "{mean}");
}

#[test]
fn upsampling_repeats_pixels() {
    let got = run(&[("x", vec![1.0, 2.0, 3.0, 4.0])], |b| vec![b.input("x", [1, 2, 2, 1]).upsample(2)]);
    assert_eq!(got[0], [1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 3.0, 3.0, 4.0, 4.0]);
}

/// One pixel of value 2 paints the kernel, times 2, around its place.
#[test]
fn a_transposed_convolution_paints_its_kernel() {
    let kernel: Vec<f32> = (1..=9).map(|i| i as f32).collect();
    let b = Builder::new();
    let layer = ConvTranspose2d::new(&b, "layer", [1, 1], Window::square(3, 2, 1), [3, 3], true, Start::He);
    let program = b.program("painted", &[("painted", layer.forward(b.input("x", [1, 2, 2, 1])))]);
    let graph = Arc::new(b.finish().unwrap());
    let mut engine = Cpu::new(graph.clone()).unwrap();
    engine.write_var(graph.find_var("layer.weight").unwrap(), &kernel).unwrap();
    engine.write_var(graph.find_var("layer.bias").unwrap(), &[0.5]).unwrap();
    engine.write_input(graph.find_input("x").unwrap(), &[0.0, 0.0, 0.0, 2.0]).unwrap();
    engine.run(program, 1).unwrap();
    // Its place is the lower right pixel, so that the upper left four of the kernel are seen.
    assert_eq!(engine.output(program, 0).unwrap(), [0.5, 0.5, 0.5, 0.5, 2.5, 4.5, 0.5, 8.5, 10.5]);
}

#[test]
fn pyramids_end_at_seven_pixels_or_fewer() {
    let levels = |size| Pyramid { size, channels: 3, width: 32 }.levels();
    assert_eq!(levels(28), [[14, 32], [7, 64]]);
    assert_eq!(levels(64), [[32, 32], [16, 64], [8, 128], [4, 256]]);
    assert_eq!(levels(7), [[0; 2]; 0]);
    assert_eq!(Pyramid { size: 64, channels: 3, width: 32 }.features(), 4096);
}

/// From the smallest pictures to the largest, odd sizes among them, with and without a condition.
#[test]
fn image_models_take_pictures_of_any_size() {
    for (size, channels, condition) in [(5, 1, 0), (28, 1, 10), (35, 2, 3), (64, 3, 0)] {
        let b = Builder::new();
        let settings = dcgan::Settings { condition, ..dcgan::Settings::of(size, channels) };
        let gan = Dcgan::new(&b, settings, Loss::Hinge);
        let told = (condition > 0).then(|| b.input("condition", [2, condition]));
        let pictures = gan.generator.forward(b.input("noise", [2, 100]), told, Pass::Evaluation);
        let verdicts = gan.discriminator.forward(pictures, told, Pass::Evaluation);
        assert_eq!((&pictures.shape()[..], &verdicts.shape()[..]), (&[2, size, size, channels][..], &[2, 1][..]));
        for body in [Body::Dense { hidden: vec![9] }, Body::Convolutional { width: 4 }] {
            let b = Builder::new();
            let vae = Vae::new(&b, vae::Settings { size, channels, latent: 2, body, condition });
            let told = (condition > 0).then(|| b.input("condition", [2, condition]));
            let pictures = b.input("pictures", [2, size, size, channels]);
            let bound = vae.bound(pictures, told, b.normal([2, 2]), Likelihood::Bernoulli);
            assert_eq!((bound.reconstruction.shape().rank(), &bound.divergence.shape()[..]), (0, &[2][..]));
            drop(vae);
            b.finish().unwrap();
        }
        drop(gan);
        b.finish().unwrap();
    }
}

#[test]
fn a_bound_is_told_in_nats() {
    let inputs =
        [("mean", vec![1.0, -2.0]), ("log_variance", vec![0.0, -1.0]), ("x", vec![0.25, 1.0]), ("logits", vec![0.5, -3.0])];
    let got = run(&inputs, |b| {
        let [mean, log_variance] = ["mean", "log_variance"].map(|name| b.input(name, [1, 2]));
        let [x, logits] = ["x", "logits"].map(|name| b.input(name, [2]));
        let gaussian = Likelihood::Gaussian { log_deviation: b.scalar(-1.0) };
        let posterior = Posterior { mean, log_variance };
        let bound = Bound { reconstruction: b.scalar(7.0), divergence: b.input("divergence", [3]) };
        vec![
            posterior.divergence(),
            posterior.sample(b.constant(2.0, [1, 2])),
            Likelihood::Bernoulli.surprise(logits, x),
            gaussian.surprise(logits, x),
            bound.loss(b.scalar(2.0), b.scalar(0.25)),
            bound.elbo(),
            // In step 3.
            warm_up(b.scalar(4.0), b.scalar(12.0)),
            warm_up(b.scalar(4.0), b.scalar(2.0)),
            warm_up(b.scalar(4.0), b.scalar(0.0)),
        ]
    });
    let e = std::f64::consts::E;
    assert_near(&got[0], &[0.5, 0.5 * (4.0 + 1.0 / e + 1.0 - 1.0)]);
    assert_near(&got[1], &[3.0, -2.0 + 2.0 * (-0.5_f64).exp()]);
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let (p, q) = (sigmoid(0.5), sigmoid(-3.0));
    assert_near(&got[2], &[-0.25 * p.ln() - 0.75 * (1.0 - p).ln(), -q.ln()]);
    let normal = |x: f64, mean: f64| 0.5 * ((x - mean) * e).powi(2) - 1.0 + 0.5 * std::f64::consts::TAU.ln();
    assert_near(&got[3], &[normal(0.25, p), normal(1.0, q)]);
    // Of divergences of 0 each dimension pays its free quarter.
    assert_near(&got[4], &[7.0 + 2.0 * 0.75]);
    assert_near(&got[5], &[-7.0]);
    assert_near(&[got[6][0], got[7][0], got[8][0]], &[1.0, 4.0, 4.0]);
}
