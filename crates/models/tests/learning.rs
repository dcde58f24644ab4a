//! Image models learn what they are for.

use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, Engine, Rule};
use terrarium_models::vae::{Body, Likelihood, Settings, Vae};

const SIZE: usize = 12;
const PIXELS: usize = SIZE * SIZE;

/// White discs and squares of two sizes on black, anywhere.
fn shapes(stream: u32, count: usize) -> Vec<f32> {
    let mut draws = vec![0.0; 4 * count];
    Stream::new(1, Domain::Host, stream, 0).fill(0, &mut draws, Stream::uniform);
    let picture = |draw: &[f32]| -> Vec<f32> {
        let (x, y) = (3.0 + draw[0] * (SIZE - 7) as f32, 3.0 + draw[1] * (SIZE - 7) as f32);
        let radius = if draw[2] < 0.5 { 2.0 } else { 3.0 };
        let inside = |pixel: usize| {
            let (dx, dy) = ((pixel % SIZE) as f32 - x, (pixel / SIZE) as f32 - y);
            if draw[3] < 0.5 { dx.hypot(dy) <= radius } else { dx.abs().max(dy.abs()) <= radius }
        };
        (0..PIXELS).map(|pixel| if inside(pixel) { 1.0 } else { 0.0 }).collect()
    };
    draws.chunks(4).flat_map(picture).collect()
}

/// The surprise of pictures in nats each, for who knows how often each pixel is white and nothing else.
fn surprise_without_a_model(known: &[f32], pictures: &[f32]) -> f32 {
    let count = (known.len() / PIXELS) as f32;
    let mut white = vec![0.0; PIXELS];
    known.iter().enumerate().for_each(|(i, x)| white[i % PIXELS] += x / count);
    let surprise = |(i, x): (usize, &f32)| {
        let p = white[i % PIXELS].clamp(1e-3, 1.0 - 1e-3);
        -x * p.ln() - (1.0 - x) * (1.0 - p).ln()
    };
    pictures.iter().enumerate().map(surprise).sum::<f32>() / (pictures.len() / PIXELS) as f32
}

/// The bound on pictures that it has not seen comes to less than half of what pixels alone are worth.
#[test]
fn a_convolutional_autoencoder_learns_shapes() {
    const BATCH: usize = 32;
    const LATENT: usize = 6;
    let (train, held_out) = (shapes(0, 1024), shapes(1, 128));
    let b = Builder::new();
    let body = Body::Convolutional { width: 12 };
    let vae = Vae::new(&b, Settings { size: SIZE, channels: 1, latent: LATENT, body, condition: 0 });
    let batch = b.batch(b.input("train", [1024, SIZE, SIZE, 1]), BATCH);
    let loss = -vae.bound(batch, None, b.normal([BATCH, LATENT]), Likelihood::Bernoulli).elbo();
    let adam = b.optimiser(Rule::adam(), b.scalar(3e-3), None);
    let step = b.step("step", loss, &vae.parameters(), adam, |_| vec![]);
    let pictures = b.input("held-out", [128, SIZE, SIZE, 1]);
    let elbo = vae.bound(pictures, None, b.normal([128, LATENT]), Likelihood::Bernoulli).elbo();
    let evaluation = b.program("evaluation", &[("elbo", elbo)]);
    drop(vae);
    let graph = Arc::new(b.finish().unwrap());
    let mut engine = Cpu::new(graph.clone()).unwrap();
    engine.initialise(7).unwrap();
    engine.write_input(graph.find_input("train").unwrap(), &train).unwrap();
    engine.write_input(graph.find_input("held-out").unwrap(), &held_out).unwrap();
    let mut surprise = |at: u32| {
        engine.advance(&(at - 399..=at).map(|step_number| (step, step_number)).collect::<Vec<_>>()).unwrap();
        engine.run(evaluation, 1).unwrap();
        -engine.output(evaluation, 0).unwrap()[0]
    };
    let without = surprise_without_a_model(&train, &held_out);
    let after = surprise(400);
    let later = surprise(800);
    println!("{without} nats a picture without a model, {after} after 400 steps, {later} after 800");
    assert!(later < after && later < 0.5 * without, "{without}, {after}, {later}");
}
