//! The lab's graph: the autoencoder, its step, and the bound on what is held out.

use std::sync::Arc;

use terrarium_data::images::Size;
use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, Init, InputId, ProgramId, Result, Rule, Tensor};
use terrarium_models::conv::Pyramid;
use terrarium_models::vae::{Body, Likelihood, Settings, Vae, warm_up};

use super::pictures::{Part, Pictures, SAMPLES};
use super::table::{LikelihoodKind, Options};
use crate::experiment::Course;

/// ln of the Gaussian's standard deviation at the beginning: about a third of the way from black to white.
const FIRST_LOG_DEVIATION: f32 = -1.0;

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
    pub fn new(options: &Options, pictures: Pictures, seed: u64) -> Result<Model> {
        let b = Builder::new();
        let (size, condition) = (pictures.size, pictures.condition);
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
        let mut keep = |name: &str, part: Part| {
            let (pixels, conditions) = (format!("{name} pictures"), format!("{name} conditions"));
            let shown = b.input(pixels.as_str(), [part.count, size.height, size.width, size.channels]);
            let told = (condition > 0).then(|| b.input(conditions.as_str(), [part.count, condition]));
            resident.push((pixels, part.pixels));
            if told.is_some() {
                resident.push((conditions, part.conditions));
            }
            (shown, told)
        };
        let sample_conditions: Vec<f32> = pictures
            .held_out
            .conditions
            .iter()
            .copied()
            .cycle()
            .take(SAMPLE_ROWS * COLUMNS.min(pictures.held_out.count) * condition)
            .collect();
        let (train, train_told) = keep("training", pictures.train);
        let (held_out, held_out_told) = keep("held-out", pictures.held_out);

        let drawn = b.random_index(train.shape()[0], options.batch);
        let fed = fed(&b, train.gather(drawn), options);
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

/// What the network is fed of pictures: moved about, noisy, or black and white, as `options` say.
fn fed<'b>(b: &'b Builder, pictures: Tensor<'b>, options: &Options) -> Tensor<'b> {
    let pictures = if options.shift > 0 { shifted(b, pictures, options.shift) } else { pictures };
    let pictures = if options.noise > 0.0 {
        let noisy = pictures + b.normal(pictures.shape()) * options.noise;
        noisy.max(b.scalar(0.0)).min(b.scalar(1.0))
    } else {
        pictures
    };
    if options.binary { (pictures - b.uniform(pictures.shape())).positive() } else { pictures }
}

/// Pictures `[n, h, w, c]`, each moved by up to `most` pixels up or down and left or right.
fn shifted<'b>(b: &'b Builder, pictures: Tensor<'b>, most: usize) -> Tensor<'b> {
    let places = 2 * most + 1;
    [1, 2].into_iter().fold(pictures, |pictures, axis| {
        let shape = pictures.shape();
        let chosen = b.random_index(places, shape[0]).one_hot(places);
        let framed = pictures.pad(axis, most, most);
        let at = |place: usize| {
            let weight = chosen.slice(1, place..place + 1).reshape([shape[0], 1, 1, 1]);
            framed.slice(axis, place..place + shape[axis]) * weight
        };
        (1..places).fold(at(0), |sum, place| sum + at(place))
    })
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

#[cfg(test)]
mod tests {
    use terrarium_cpu::Cpu;
    use terrarium_graph::Engine;

    use super::super::table::TABLE;
    use super::*;

    /// What 500 pictures of 7 × 7 are fed as, all of one shade but for their middle, which is white.
    fn fed_of(changes: &[(&str, &str)], shade: f32) -> Vec<f32> {
        const COUNT: usize = 500;
        let mut settings = crate::settings::Settings::new(&TABLE);
        changes.iter().for_each(|(key, value)| settings.set(key, value).unwrap());
        let b = Builder::new();
        let fed = fed(&b, b.input("pictures", [COUNT, 7, 7, 1]), &Options::of(&settings));
        let program = b.program("fed", &[("fed", fed)]);
        let graph = Arc::new(b.finish().unwrap());
        let mut engine = Cpu::new(graph.clone()).unwrap();
        engine.set_seed(1);
        let mut picture = [shade; 49];
        picture[24] = 1.0;
        engine.write_input(graph.find_input("pictures").unwrap(), &picture.repeat(COUNT)).unwrap();
        engine.run(program, 1).unwrap();
        engine.output(program, 0).unwrap().to_vec()
    }

    #[test]
    fn a_shift_moves_whole_pictures_everywhere_within_reach() {
        let fed = fed_of(&[("shift", "2")], 0.0);
        let mut places = [0; 49];
        for picture in fed.chunks(49) {
            assert_eq!((picture.iter().sum::<f32>(), picture.iter().copied().fold(0.0, f32::max)), (1.0, 1.0));
            places[picture.iter().position(|v| *v == 1.0).unwrap()] += 1;
        }
        for (place, count) in places.iter().enumerate() {
            let within = (1..=5).contains(&(place / 7)) && (1..=5).contains(&(place % 7));
            assert_eq!(*count > 0, within, "{places:?}");
        }
    }

    #[test]
    fn noise_has_the_width_asked_for() {
        let fed = fed_of(&[("noise", "0.1")], 0.5);
        let off: Vec<f32> = fed.chunks(49).map(|picture| picture[0] - 0.5).collect();
        let width = (off.iter().map(|v| v * v).sum::<f32>() / off.len() as f32).sqrt();
        assert!((width - 0.1).abs() < 0.01, "{width}");
        assert!(fed.iter().all(|v| (0.0..=1.0).contains(v)));
    }

    #[test]
    fn black_and_white_is_drawn_by_the_shade() {
        let fed = fed_of(&[("pixels", "binary")], 0.25);
        assert!(fed.iter().all(|v| [0.0, 1.0].contains(v)));
        let white = fed.iter().sum::<f32>() / fed.len() as f32;
        assert!((white - (48.0 * 0.25 + 1.0) / 49.0).abs() < 0.01, "{white}");
        assert!(fed.chunks(49).all(|picture| picture[24] == 1.0));
    }
}
