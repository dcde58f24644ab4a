//! The lab's graph: the autoencoder, its step, the bound on what is held out, and what is looked at.

use std::sync::Arc;

use terrarium_data::images::{Images, Size};
use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, Init, InputId, ProgramId, Rule, Tensor};
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
/// How many pictures to learn from are encoded at once.
const ENCODED: usize = 100;
/// Pictures along each side of the map, by the most values that a picture of such a map has.
const MAPS: [(usize, usize); 3] = [(28 * 28, 20), (32 * 32 * 3, 12), (usize::MAX, 8)];

/// A graph with the places of what a run needs of it. Where the model is told what is known of pictures, all of its inputs are
/// accompanied by conditions.
pub struct Model {
    /// One player, whose step's outputs are the reconstruction and the divergence of its batch in nats a picture, then the norm
    /// of the gradient of each layer's weights.
    pub course: Arc<Course>,
    /// Output: the bound on the held-out pictures, by its parts: the reconstruction, then the divergence of each latent dimension,
    /// in nats a picture; then the means of the pictures' posteriors, picture by picture: `[1 + latent + measured · latent]`.
    pub held_out: ProgramId,
    /// How many of the held-out pictures are measured by: the first ones.
    pub measured: usize,
    /// Output: some held-out pictures and what comes back of them, a row of each in turn, `[rows · columns, height, width,
    /// channels]`.
    pub reconstructions: ProgramId,
    /// Output: what is painted at random places, the same ones all through a run.
    pub samples: ProgramId,
    /// Rows and columns of [`Model::reconstructions`], and of [`Model::samples`].
    pub shown: [[usize; 2]; 2],
    pub map: MapPrograms,
    pub asking: AskingPrograms,
    /// How many numbers the model is told of each picture; 0 where it is told nothing.
    pub condition: usize,
    /// What the layers are called whose gradients are told.
    pub layers: Vec<String>,
    learning_rate: InputId,
    beta: InputId,
    warm_up: InputId,
    free: InputId,
}

/// What a map of the latent space is made of: the square of half side `reach` in the plane through `origin`.
pub struct MapPrograms {
    /// Output: what is painted at the middles of the square's cells, row by row from the top, `[side², height, width, channels]`.
    pub manifold: ProgramId,
    pub side: usize,
    /// Output: where the measured held-out pictures lie on the plane, −1 to 1 within the square, `[measured, 2]`.
    pub dots: ProgramId,
    /// `[latent]`
    pub origin: InputId,
    /// To the right and up, both of length 1: `[2, latent]`.
    pub axes: InputId,
    pub reach: InputId,
    pub condition: Option<InputId>,
}

/// What is evaluated where a visitor asks.
pub struct AskingPrograms {
    /// From [`ASKED`] pictures `[ASKED, height, width, channels]`, the means of their posteriors `[ASKED, latent]`.
    pub encode: ProgramId,
    pub pictures: InputId,
    /// From codes `[ASKED, latent]`, what is painted there.
    pub decode: ProgramId,
    pub codes: InputId,
    pub conditions: Option<InputId>,
    /// From the indices of pictures to learn from, `[encoded]`, the means of their posteriors.
    pub encode_training: ProgramId,
    pub training: InputId,
    pub encoded: usize,
    /// Output: pictures of the next step's batch as they are, then the same as the network is fed them, `[2, fed, height, width,
    /// channels]`.
    pub feed: ProgramId,
    pub fed: usize,
}

/// Pictures that stay in the engine.
#[derive(Clone, Copy)]
struct Resident<'b> {
    pixels: Tensor<'b>,
    conditions: Option<Tensor<'b>>,
}

impl Model {
    /// The model that `options` ask for, with `pictures` to learn from: each of them once in every epoch.
    ///
    /// # Errors
    /// None but mistakes in this file.
    pub fn new(options: &Options, pictures: &Pictures, seed: u64) -> Result<Model> {
        let b = Builder::new();
        let (size, latent) = (pictures.size, options.latent);
        let shape = |count: usize| [count, size.height, size.width, size.channels];
        let condition = if options.conditional { pictures.known.width() } else { 0 };
        let told = |name: &str, count: usize| (condition > 0).then(|| b.input(name, [count, condition]));
        let settings = Settings { size: size.height, channels: size.channels, latent, body: options.body.clone(), condition };
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
        let mut keep = |name: &str, images: &Images, pixels: Vec<f32>| {
            let names = [format!("{name} pictures"), format!("{name} conditions")];
            let kept =
                Resident { pixels: b.input(names[0].as_str(), shape(images.len())), conditions: told(&names[1], images.len()) };
            let [pictures_name, conditions_name] = names;
            resident.push((pictures_name, pixels));
            if kept.conditions.is_some() {
                resident.push((conditions_name, pictures.known.rows(images)?));
            }
            Result::Ok(kept)
        };
        let most = if size.channels == 1 { MOST_GRAY } else { MOST_COLOURED };
        let measured = pictures.held_out.len().min(most);
        let measured_by = pictures.held_out.subset(&(0..measured).collect::<Vec<_>>());
        let mut shades = measured_by.rows();
        if options.augmentation.binary {
            binarise(&mut shades, seed);
        }
        let train = keep("training", &pictures.train, pictures.train.rows())?;
        let held_out = keep("held-out", &measured_by, shades)?;

        let drawn = b.shuffled_index(pictures.train.len(), options.batch);
        let batch = train.pixels.gather(drawn);
        let fed = options.augmentation.apply(&b, batch);
        let noise = |count: usize| b.normal([count, latent]);
        let bound = vae.bound(fed, train.conditions.map(|told| told.gather(drawn)), noise(options.batch), likelihood);
        let loss = bound.loss(warm_up(b.input("beta", []), b.input("warm-up", [])), b.input("free", []));
        let adam = b.optimiser(Rule::adam(), b.input("learning rate", []), None);
        let step = b.step("step", loss, &learning, adam, |gradients| {
            let weights = learning.iter().zip(gradients).filter(|(parameter, _)| parameter.shape().rank() == 2);
            let norms = weights.enumerate().map(|(i, (_, g))| (format!("gradient norm {}", i + 1), g.square().sum_all().sqrt()));
            let parts = [("reconstruction", bound.reconstruction), ("divergence", bound.divergence.sum_all())];
            parts.into_iter().map(|(name, part)| (name.to_string(), part)).chain(norms).collect()
        });

        let bound = vae.bound(held_out.pixels, held_out.conditions, noise(measured), likelihood);
        let means = vae.encode(held_out.pixels, held_out.conditions).mean;
        let parts = b.concat(&[bound.reconstruction.reshape([1]), bound.divergence, means.reshape([measured * latent])], 0);
        let measure = b.program("held-out", &[("parts", parts)]);

        let columns = measured.min(COLUMNS);
        let rows = (measured / columns).min(ROWS);
        let shown = 0..rows * columns;
        let given = held_out.pixels.slice(0, shown.clone());
        let conditions = held_out.conditions.map(|told| told.slice(0, shown));
        let back = vae.decode(vae.encode(given, conditions).mean, conditions).sigmoid();
        let row = [rows, 1, columns * size.bytes()];
        let pairs = b.concat(&[given.reshape(row), back.reshape(row)], 1);
        let reconstructions = b.program("reconstructions", &[("pictures", pairs)]);

        let count = SAMPLE_ROWS * columns;
        let places = b.input("sample places", [count, latent]);
        let samples = vae.decode(places, told("sample conditions", count)).sigmoid();
        let samples = b.program("samples", &[("pictures", samples)]);
        let mut values = vec![0.0; count * latent];
        Stream::new(seed, Domain::Host, SAMPLES, 0).fill(0, &mut values, Stream::normal);
        resident.push(("sample places".to_string(), values));
        if condition > 0 {
            let conditions = pictures.known.rows(&measured_by)?;
            resident.push(("sample conditions".to_string(), conditions.into_iter().cycle().take(count * condition).collect()));
        }

        let side = MAPS.iter().find(|(most, _)| size.bytes() <= *most).map_or(1, |(_, side)| *side);
        let [origin, axes] = [b.input("map origin", [1, latent]), b.input("map axes", [2, latent])];
        let reach = b.input("map reach", []);
        let cells = b.input("map cells", [side * side, 2]);
        resident.push(("map cells".to_string(), cell_middles(side)));
        let place = origin + cells.matmul(axes) * reach;
        let conditions = told("map condition", 1).map(|told| told.broadcast_to([side * side, condition]));
        let manifold = b.program("manifold", &[("pictures", vae.decode(place, conditions).sigmoid())]);
        let dots = b.program("map dots", &[("dots", (means - origin).matmul(axes.t()) / reach)]);

        let (asked, codes) = (b.input("asked pictures", shape(ASKED)), b.input("asked codes", [ASKED, latent]));
        let conditions = told("asked conditions", ASKED);
        let encode = b.program("encode", &[("codes", vae.encode(asked, conditions).mean)]);
        let decode = b.program("decode", &[("pictures", vae.decode(codes, conditions).sigmoid())]);
        let encoded = pictures.train.len().min(ENCODED);
        let which = b.index_input("training indices", [encoded]);
        let training = vae.encode(train.pixels.gather(which), train.conditions.map(|told| told.gather(which))).mean;
        let encode_training = b.program("encode training", &[("codes", training)]);
        let shown = options.batch.min(ASKED);
        let feed = b.concat(&[batch.slice(0, 0..shown), fed.slice(0, 0..shown)], 0);
        let feed = b.program("feed", &[("pictures", feed)]);

        let weights = learning.iter().filter(|parameter| parameter.shape().rank() == 2).count();
        drop((vae, learning));
        let graph = b.finish()?;
        let input = |name: &str| graph.find_input(name);
        let map = MapPrograms {
            manifold,
            side,
            dots,
            origin: input("map origin")?,
            axes: input("map axes")?,
            reach: input("map reach")?,
            condition: input("map condition").ok(),
        };
        let asking = AskingPrograms {
            encode,
            pictures: input("asked pictures")?,
            decode,
            codes: input("asked codes")?,
            conditions: input("asked conditions").ok(),
            encode_training,
            training: input("training indices")?,
            encoded,
            feed,
            fed: shown,
        };
        let [learning_rate, beta, warm_up, free] = [input("learning rate")?, input("beta")?, input("warm-up")?, input("free")?];
        let resident = resident.into_iter().map(|(name, values)| Ok((input(&name)?, values))).collect::<Result<_>>()?;
        Ok(Model {
            course: Arc::new(Course {
                graph: Arc::new(graph),
                players: vec![step],
                resident,
                resident_indices: Vec::new(),
                start: Vec::new(),
            }),
            held_out: measure,
            measured,
            reconstructions,
            samples,
            shown: [[2 * rows, columns], [SAMPLE_ROWS, columns]],
            map,
            asking,
            condition,
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

/// The middles of the cells of a square from −1 to 1 with `side` cells along each side, row by row from the top: `[side², 2]`.
fn cell_middles(side: usize) -> Vec<f32> {
    let at = |cell: usize| (2 * cell + 1) as f32 / side as f32 - 1.0;
    (0..side).flat_map(|row| (0..side).flat_map(move |column| [at(column), -at(row)])).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_go_from_the_upper_left_to_the_lower_right() {
        assert_eq!(cell_middles(2), [-0.5, 0.5, 0.5, 0.5, -0.5, -0.5, 0.5, -0.5]);
    }
}
