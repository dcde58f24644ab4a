//! The lab's graph: the autoencoder, its step, and the bound on what is held out.

use std::sync::Arc;

use terrarium_data::images::{Images, Size};
use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, Init, InputId, ProgramId, Rule};
use terrarium_models::conv::Pyramid;
use terrarium_models::vae::{Body, Likelihood, Settings, Vae, warm_up};

use super::table::{LikelihoodKind, Options};
use crate::error::Result;
use crate::experiment::Course;
use crate::pictures::Pictures;

/// ln of the Gaussian's standard deviation at the beginning: about a third of the way from black to white.
const FIRST_LOG_DEVIATION: f32 = -1.0;

/// What is drawn at random where a run begins, each by a stream of its own.
const PIXELS: u32 = 0;
const SAMPLES: u32 = 1;
/// The most held-out pictures that are measured by, so that measuring takes a small share of the time.
const MOST_GRAY: usize = 1_000;
const MOST_COLOURED: usize = 100;

/// Pictures in a row of those shown, and the most rows of them.
const COLUMNS: usize = 8;
const ROWS: usize = 2;
/// Rows of samples shown.
const SAMPLE_ROWS: usize = 4;
/// How many pictures are encoded, or decoded, at once where a visitor asks.
pub const ASKED: usize = 16;

/// A graph with the places of what a run needs of it.
pub struct Model {
    /// One player, whose step's outputs are the reconstruction and the divergence of its batch in nats a picture, then the norm
    /// of the gradient of each layer's weights.
    pub course: Arc<Course>,
    /// Output: the bound on the held-out pictures, by its parts: the reconstruction, then the divergence of each latent dimension,
    /// `[1 + latent]`, in nats a picture.
    pub held_out: ProgramId,
    /// Output: some held-out pictures and what comes back of them, a row of each in turn, `[rows · columns, height, width,
    /// channels]`.
    pub reconstructions: ProgramId,
    /// Output: what is painted at random places, the same ones all through a run.
    pub samples: ProgramId,
    /// Rows and columns of [`Model::reconstructions`], and of [`Model::samples`].
    pub shown: [[usize; 2]; 2],
    /// Where pictures lie: of [`ASKED`] pictures `[ASKED, height, width, channels]` and, where there is a condition, its values
    /// `[ASKED, condition]`, the means `[ASKED, latent]`.
    pub encode: ProgramId,
    pub asked_pictures: InputId,
    /// What is painted at places `[ASKED, latent]`, under the same conditions.
    pub decode: ProgramId,
    pub asked_codes: InputId,
    pub asked_conditions: Option<InputId>,
    /// What the layers are called whose gradients are told.
    pub layers: Vec<String>,
    learning_rate: InputId,
    beta: InputId,
    warm_up: InputId,
    free: InputId,
}

impl Model {
    /// The model that `options` ask for, with `pictures` to learn from. A batch is drawn with replacement, so an epoch is a number
    /// of steps and not a tour of all pictures.
    ///
    /// # Errors
    /// None but mistakes in this file.
    pub fn new(options: &Options, pictures: &Pictures, seed: u64) -> Result<Model> {
        let b = Builder::new();
        let size = pictures.size;
        let condition = if options.conditional { pictures.known.width() } else { 0 };
        let settings =
            Settings { size: size.height, channels: size.channels, latent: options.latent, body: options.body.clone(), condition };
        let vae = Vae::new(&b, settings);
        let mut learning = vae.parameters();
        let likelihood = match options.likelihood {
            LikelihoodKind::Bernoulli => Likelihood::Bernoulli,
            LikelihoodKind::Gaussian => {
                let log_deviation = b.parameter("decoder.log_deviation", [], Init::Constant(FIRST_LOG_DEVIATION));
                learning.push(log_deviation);
                Likelihood::Gaussian { log_deviation }
            }
        };

        let mut resident: Vec<(String, Vec<f32>)> = Vec::new();
        let measured = pictures.held_out.len().min(if size.channels == 1 { MOST_GRAY } else { MOST_COLOURED });
        let measured = pictures.held_out.subset(&(0..measured).collect::<Vec<_>>());
        let mut held_out_pixels = measured.rows();
        if options.augmentation.binary {
            binarise(&mut held_out_pixels, seed);
        }
        let told_of = |images: &Images| if condition > 0 { pictures.known.rows(images) } else { Ok(Vec::new()) };
        let held_out_conditions = told_of(&measured)?;
        let sample_conditions: Vec<f32> =
            held_out_conditions.iter().copied().cycle().take(SAMPLE_ROWS * COLUMNS.min(measured.len()) * condition).collect();
        let mut keep = |name: &str, count: usize, values: Vec<f32>, conditions: Vec<f32>| {
            let (pixels, conditioned) = (format!("{name} pictures"), format!("{name} conditions"));
            let shown = b.input(pixels.as_str(), [count, size.height, size.width, size.channels]);
            let told = (condition > 0).then(|| b.input(conditioned.as_str(), [count, condition]));
            resident.push((pixels, values));
            if told.is_some() {
                resident.push((conditioned, conditions));
            }
            (shown, told)
        };
        let (train, train_told) = keep("training", pictures.train.len(), pictures.train.rows(), told_of(&pictures.train)?);
        let (held_out, held_out_told) = keep("held-out", measured.len(), held_out_pixels, held_out_conditions);

        let drawn = b.random_index(train.shape()[0], options.batch);
        let fed = options.augmentation.apply(&b, train.gather(drawn));
        let noise = |count: usize| b.normal([count, options.latent]);
        let bound = vae.bound(fed, train_told.map(|told| told.gather(drawn)), noise(options.batch), likelihood);
        let loss = bound.loss(warm_up(b.input("beta", []), b.input("warm-up", [])), b.input("free", []));
        let adam = b.optimiser(Rule::adam(), b.input("learning rate", []), None);
        let step = b.step("step", loss, &learning, adam, |gradients| {
            let weights = learning.iter().zip(gradients).filter(|(parameter, _)| parameter.shape().rank() == 2);
            let norms = weights.enumerate().map(|(i, (_, g))| (format!("gradient norm {}", i + 1), g.square().sum_all().sqrt()));
            let parts = [("reconstruction", bound.reconstruction), ("divergence", bound.divergence.sum_all())];
            parts.into_iter().map(|(name, part)| (name.to_string(), part)).chain(norms).collect()
        });

        let bound = vae.bound(held_out, held_out_told, noise(held_out.shape()[0]), likelihood);
        let parts = b.concat(&[bound.reconstruction.reshape([1]), bound.divergence], 0);
        let measure = b.program("held-out", &[("parts", parts)]);

        let columns = held_out.shape()[0].min(COLUMNS);
        let rows = (held_out.shape()[0] / columns).min(ROWS);
        let (given, told) = (held_out.slice(0, 0..rows * columns), held_out_told.map(|told| told.slice(0, 0..rows * columns)));
        let back = vae.decode(vae.encode(given, told).mean, told).sigmoid();
        let row = [rows, 1, columns * size.bytes()];
        let pairs = b.concat(&[given.reshape(row), back.reshape(row)], 1);
        let reconstructions = b.program("reconstructions", &[("pictures", pairs)]);

        let count = SAMPLE_ROWS * columns;
        let places = b.input("sample places", [count, options.latent]);
        let told = (condition > 0).then(|| b.input("sample conditions", [count, condition]));
        let samples = b.program("samples", &[("pictures", vae.decode(places, told).sigmoid())]);
        let mut noise = vec![0.0; count * options.latent];
        Stream::new(seed, Domain::Host, SAMPLES, 0).fill(0, &mut noise, Stream::normal);
        resident.push(("sample places".to_string(), noise));
        if told.is_some() {
            resident.push(("sample conditions".to_string(), sample_conditions));
        }

        let asked = b.input("asked pictures", [ASKED, size.height, size.width, size.channels]);
        let codes = b.input("asked codes", [ASKED, options.latent]);
        let told = (condition > 0).then(|| b.input("asked conditions", [ASKED, condition]));
        let encode = b.program("encode", &[("codes", vae.encode(asked, told).mean)]);
        let decode = b.program("decode", &[("pictures", vae.decode(codes, told).sigmoid())]);

        let weights = learning.iter().filter(|parameter| parameter.shape().rank() == 2).count();
        drop((vae, learning));
        let graph = b.finish()?;
        let input = |name: &str| graph.find_input(name);
        let [learning_rate, beta, warm_up, free] = [input("learning rate")?, input("beta")?, input("warm-up")?, input("free")?];
        let [asked_pictures, asked_codes] = [input("asked pictures")?, input("asked codes")?];
        let asked_conditions = input("asked conditions").ok();
        let resident = resident.into_iter().map(|(name, values)| Ok((input(&name)?, values))).collect::<Result<_>>()?;
        Ok(Model {
            course: Arc::new(Course { graph: Arc::new(graph), players: vec![step], resident }),
            held_out: measure,
            reconstructions,
            samples,
            shown: [[2 * rows, columns], [SAMPLE_ROWS, columns]],
            encode,
            asked_pictures,
            decode,
            asked_codes,
            asked_conditions,
            layers: layers(&options.body, size, weights),
            learning_rate,
            beta,
            warm_up,
            free,
        })
    }

    /// The inputs that follow live settings, with their values.
    pub fn live(&self, options: &Options) -> Vec<(InputId, f32)> {
        vec![
            (self.learning_rate, options.learning_rate),
            (self.beta, options.beta),
            (self.warm_up, options.warm_up),
            (self.free, options.free),
        ]
    }
}

/// Names for `count` layers: those of the encoder, the two heads, and those of the decoder.
fn layers(body: &Body, size: Size, count: usize) -> Vec<String> {
    let encoder = match body {
        Body::Dense { hidden } => hidden.len(),
        Body::Convolutional { width } => Pyramid { size: size.height, channels: size.channels, width: *width }.levels().len(),
    };
    let numbered = |name: &'static str, count: usize| (1..=count).map(move |i| format!("{name} {i}"));
    let heads = ["Mean", "Log variance"].map(str::to_string);
    numbered("Encoder", encoder).chain(heads).chain(numbered("Decoder", count.saturating_sub(encoder + 2))).collect()
}

/// Draws each value black or white, white with the probability that its shade stands for.
fn binarise(pixels: &mut [f32], seed: u64) {
    let mut draws = vec![0.0; pixels.len()];
    Stream::new(seed, Domain::Host, PIXELS, 0).fill(0, &mut draws, Stream::uniform);
    pixels.iter_mut().zip(draws).for_each(|(pixel, draw)| *pixel = if draw < *pixel { 1.0 } else { 0.0 });
}
