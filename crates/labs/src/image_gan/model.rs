//! The lab's graph: the two networks, a step of each, and what is looked at while they train.

use std::sync::Arc;

use terrarium_data::images::{Images, Size};
use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, InputId, ProgramId, Rule, Tensor};
use terrarium_models::conv::Pyramid;
use terrarium_models::dcgan::{Dcgan, Settings};
use terrarium_models::norm::{Pass, Updates};

use super::table::Options;
use crate::error::Result;
use crate::experiment::Course;
use crate::pictures::Pictures;

/// Pictures in a row of a wall, and rows of it, where pictures are not in rows by their class.
const COLUMNS: usize = 8;
const ROWS: usize = 8;
/// How many samples are made at once where a visitor asks.
pub const ASKED: usize = 16;
/// The stream of the noise that samples are made of.
const NOISE: u32 = 0;

/// A graph with the places of what a run needs of it.
pub struct Model {
    /// The discriminator learns, then the generator. Outputs of either: the loss, then the norm of the gradient of each
    /// layer's weights.
    pub course: Arc<Course>,
    /// Output: all that is measured, see [`Look`].
    pub look: ProgramId,
    /// Output: the wall of samples, `[rows · columns, height, width, channels]`, from 0 to 1; and the same with scores under them.
    pub samples: [ProgramId; 2],
    /// Output: the wall of real pictures, so too.
    pub real: [ProgramId; 2],
    /// Height of a picture, without its score and with it.
    pub heights: [usize; 2],
    /// Rows and columns of both walls.
    pub wall: [usize; 2],
    /// Numbers that tell what each sample of the wall is to be, a row each; empty where nothing is told.
    pub wall_conditions: Vec<f32>,
    /// What is made of noise `[ASKED, z]` and, where there is a condition, its values `[ASKED, condition]`.
    pub paint: ProgramId,
    pub asked_noise: InputId,
    pub asked_conditions: Option<InputId>,
    /// What the layers are called whose gradients are told, of the generator and of the discriminator.
    pub layers: [Vec<String>; 2],
    live: LiveInputs,
}

/// Scalars that may change between steps.
struct LiveInputs {
    generator_rate: InputId,
    discriminator_rate: InputId,
    penalty: InputId,
    smoothing: InputId,
    cooling: InputId,
}

/// What the output of [`Model::look`] holds.
pub struct Look<'a> {
    /// How real each sample of the wall is judged, 0 to 1, ½ undecided, and each of the real pictures.
    pub on_samples: &'a [f32],
    pub on_real: &'a [f32],
    /// How far samples of the wall are apart, and how far real pictures.
    pub samples_apart: Apart,
    pub real_apart: Apart,
    /// The samples themselves, from 0 to 1.
    pub samples: &'a [f32],
}

/// Distances between pictures, ‖a − b‖ over all values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apart {
    /// The root of the mean square over all pairs.
    pub pairs: f32,
    /// From each to the one nearest to it, on average.
    pub nearest: f32,
}

impl<'a> Look<'a> {
    pub fn of(output: &'a [f32], wall: [usize; 2]) -> Self {
        let count = wall[0] * wall[1];
        let (on_samples, rest) = output.split_at(count);
        let (on_real, rest) = rest.split_at(count);
        let (apart, samples) = rest.split_at(4);
        let apart_of = |from: usize| Apart { pairs: apart[from], nearest: apart[from + 1] };
        Look { on_samples, on_real, samples_apart: apart_of(0), real_apart: apart_of(2), samples }
    }
}

impl Model {
    /// The model that `options` ask for, with `pictures` to learn from.
    ///
    /// # Errors
    /// None but mistakes in this file.
    pub fn new(options: &Options, pictures: &Pictures, seed: u64) -> Result<Model> {
        let b = Builder::new();
        let Size { height, width, channels } = pictures.size;
        let condition = if options.conditional { pictures.known.width() } else { 0 };
        let mut gan = Dcgan::new(
            &b,
            Settings {
                pictures: Pyramid { size: height, channels, width: options.filters },
                noise: options.noise,
                condition,
                generator_norm: options.generator.norm,
                discriminator_norm: options.discriminator.norm,
            },
            options.loss.with(b.input("gradient penalty", [])),
        );
        gan.smoothing = Some(b.input("label smoothing", []));
        gan.steepness_weight = (options.r1 > 0.0).then(|| b.scalar(options.r1));

        let mut resident: Vec<(&str, Vec<f32>)> = Vec::new();
        let mut keep = |name: &'static str, shape: &[usize], values: Vec<f32>| {
            resident.push((name, values));
            b.input(name, shape)
        };
        let told_of = |images: &Images| if condition > 0 { pictures.known.rows(images) } else { Ok(Vec::new()) };
        let train = keep("training pictures", &[pictures.train.len(), height, width, channels], pictures.train.rows());
        let train_told = told_of(&pictures.train)?;
        let train_told = (condition > 0).then(|| keep("training conditions", &[pictures.train.len(), condition], train_told));
        let (on_wall, wall) = on_wall(&pictures.train, options.conditional);
        let shown = pictures.train.subset(&on_wall);
        let count = shown.len();
        let wall_conditions = told_of(&shown)?;
        let shown_told = (condition > 0).then(|| keep("wall conditions", &[count, condition], wall_conditions.clone()));
        let shown_noise = (0..count as u32).flat_map(|number| noise_of(seed, number, options.noise)).collect();
        let shown_noise = keep("wall noise", &[count, options.noise], shown_noise);
        let shown = keep("wall pictures", &[count, height, width, channels], shown.rows());
        let itself = keep("itself", &[count, count], identity(count));
        let ramp = keep("ramp", &[1, 1, width, 1], (0..width).map(|x| (x as f32 + 0.5) / width as f32).collect());

        let cooling = b.input("cooling", []);
        let noise = || b.normal([options.batch, options.noise]);
        let told = |which| train_told.map(|told| told.gather(which));
        let which = b.shuffled_index(pictures.train.len(), options.batch);
        let real = as_made(options.augmentation.apply(&b, train.gather(which)));
        let updates = Updates::default();
        let loss = gan.discriminator_loss(real, noise(), told(which), Pass::Training(&updates));
        let discriminator_step = step(&b, "discriminator", &gan.discriminator.parameters(), options.momentum, cooling, loss);
        updates.follow(&b, discriminator_step);
        let updates = Updates::default();
        let told = told(b.random_index(pictures.train.len(), options.batch));
        let noise = noise();
        let loss = gan.generator_loss(noise, told, Pass::Training(&updates));
        let generator_step = step(&b, "generator", &gan.generator.parameters(), options.momentum, cooling, loss);
        let averaged = (options.averaging > 0.0).then(|| gan.generator.averaged(options.averaging, noise, told, &updates));
        updates.follow(&b, generator_step);
        // All that is shown and judged is made by this one.
        let generator = averaged.as_ref().unwrap_or(&gan.generator);

        // Verdicts are passed as in training, where a batch may be normalised by its own statistics.
        let score = |made| gan.discriminator.forward(made, shown_told, Pass::Training(&Updates::default()));
        let samples = generator.forward(shown_noise, shown_told, Pass::Evaluation);
        let fed = options.augmentation.apply(&b, shown);
        let verdicts = b.concat(&[score(samples), score(as_made(fed))], 0);
        let realness = options.loss.realness(verdicts); // [2 count, 1]
        let (on_samples, on_real) = (realness.slice(0, 0..count), realness.slice(0, count..2 * count));
        let samples = as_seen(samples);
        let measures = [
            realness.reshape([2 * count]),
            apart(samples, itself),
            apart(shown, itself),
            samples.reshape([count * pictures.size.bytes()]),
        ];
        let look = b.program("look", &[("measures", b.concat(&measures, 0))]);
        let with_scores = |pictures, scores| above_scores(pictures, scores, ramp);
        let (scored_samples, scored_real) = (with_scores(samples, on_samples), with_scores(fed, on_real));
        let heights = [height, scored_real.shape()[1]];
        let paints = |name: &str, pictures| b.program(name, &[("pictures", pictures)]);
        let samples = [paints("samples", samples), paints("samples with scores", scored_samples)];
        let real = [paints("real", fed), paints("real with scores", scored_real)];

        let asked_told = (condition > 0).then(|| b.input("asked conditions", [ASKED, condition]));
        let asked = generator.forward(b.input("asked noise", [ASKED, options.noise]), asked_told, Pass::Evaluation);
        let paint = paints("paint", as_seen(asked));

        let layers = [("G", gan.generator.parameters()), ("D", gan.discriminator.parameters())].map(|(letter, parameters)| {
            (1..=parameters.iter().filter(|parameter| is_weight(**parameter)).count()).map(|i| format!("{letter} {i}")).collect()
        });
        drop((gan, averaged));
        let graph = b.finish()?;
        let input = |name: &str| graph.find_input(name);
        let live = LiveInputs {
            generator_rate: input(&learning_rate("generator"))?,
            discriminator_rate: input(&learning_rate("discriminator"))?,
            penalty: input("gradient penalty")?,
            smoothing: input("label smoothing")?,
            cooling: input("cooling")?,
        };
        let (asked_noise, asked_conditions) = (input("asked noise")?, input("asked conditions").ok());
        let resident = resident.into_iter().map(|(name, values)| Ok((input(name)?, values))).collect::<Result<_>>()?;
        Ok(Model {
            course: Arc::new(Course {
                graph: Arc::new(graph),
                players: vec![discriminator_step, generator_step],
                resident,
                resident_indices: Vec::new(),
                start: Vec::new(),
            }),
            look,
            samples,
            real,
            heights,
            wall,
            wall_conditions,
            paint,
            asked_noise,
            asked_conditions,
            layers,
            live,
        })
    }

    /// The inputs that follow live settings, with their values.
    pub fn live(&self, options: &Options) -> Vec<(InputId, f32)> {
        vec![
            (self.live.generator_rate, options.generator.learning_rate),
            (self.live.discriminator_rate, options.discriminator.learning_rate),
            (self.live.penalty, options.penalty),
            (self.live.smoothing, options.smoothing),
            (self.live.cooling, if options.cooling > 0.0 { 1.0 / options.cooling } else { 0.0 }),
        ]
    }
}

/// The noise that the sample of a number is made of; the wall has the first ones.
pub fn noise_of(seed: u64, number: u32, dimensions: usize) -> Vec<f32> {
    let mut noise = vec![0.0; dimensions];
    Stream::new(seed, Domain::Host, NOISE, number).fill(0, &mut noise, Stream::normal);
    noise
}

/// Which of the pictures are on the wall, and its rows and columns: of classes, where `by_class`, a row each.
fn on_wall(pictures: &Images, by_class: bool) -> (Vec<usize>, [usize; 2]) {
    if let Some(labels) = pictures.labels().filter(|_| by_class) {
        let rows: Vec<Vec<usize>> = (0..labels.names().len())
            .map(|class| (0..pictures.len()).filter(|&i| usize::from(labels.values()[i]) == class).take(COLUMNS).collect())
            .filter(|row: &Vec<usize>| row.len() == COLUMNS)
            .collect();
        return (rows.concat(), [rows.len(), COLUMNS]);
    }
    let rows = (pictures.len() / COLUMNS).min(ROWS);
    ((0..rows * COLUMNS).collect(), [rows, COLUMNS])
}

fn identity(size: usize) -> Vec<f32> {
    (0..size * size).map(|i| if i % (size + 1) == 0 { 1.0 } else { 0.0 }).collect()
}

/// Values from 0 to 1 as the generator makes them, from −1 to 1.
fn as_made(pictures: Tensor<'_>) -> Tensor<'_> {
    pictures * 2.0 - 1.0
}

fn as_seen(made: Tensor<'_>) -> Tensor<'_> {
    made * 0.5 + 0.5
}

fn learning_rate(network: &str) -> String {
    format!("{network} learning rate")
}

/// Neither a bias nor a gain.
fn is_weight(parameter: Tensor<'_>) -> bool {
    parameter.shape().rank() == 2
}

/// A step of the network called `name`. The learning rate falls as 1 / (1 + `cooling` · step).
fn step<'b>(
    b: &'b Builder,
    name: &str,
    parameters: &[Tensor<'b>],
    momentum: f32,
    cooling: Tensor<'b>,
    loss: Tensor<'b>,
) -> ProgramId {
    let rate = b.input(learning_rate(name), []) / (1.0 + cooling * b.step_number());
    let adam = b.optimiser(Rule::Adam { beta1: momentum, beta2: 0.999, epsilon: 1e-8 }, rate, None);
    b.step(&format!("{name} step"), loss, parameters, adam, |gradients| {
        let weights = parameters.iter().zip(gradients).filter(|(parameter, _)| is_weight(**parameter));
        let norms = weights.enumerate().map(|(i, (_, g))| (format!("gradient norm {}", i + 1), g.square().sum_all().sqrt()));
        std::iter::once(("loss".to_string(), loss)).chain(norms).collect()
    })
}

/// How far pictures `[n, …]` are apart, as [`Apart`] has it, `[2]`; `itself` is the identity of n.
fn apart<'b>(pictures: Tensor<'b>, itself: Tensor<'b>) -> Tensor<'b> {
    /// More than any two pictures are apart, squared.
    const FAR: f32 = 1e6;
    let b = pictures.builder();
    let count = pictures.shape()[0];
    let flat = pictures.reshape([count, pictures.shape().elements() / count.max(1)]);
    let squares = flat.square().sum(&[1]); // [n, 1]
    // ‖a − b‖² is ‖a‖² + ‖b‖² − 2 a·b, which rounding may bring below 0.
    let squared = (squares + squares.t() - flat.matmul(flat.t()) * 2.0).max(b.scalar(0.0)) * (1.0 - itself);
    let pairs = (squared.sum_all() / (count * count.saturating_sub(1)).max(1) as f32).sqrt();
    let nearest = (-(-(squared + itself * FAR)).max_of(&[1])).sqrt().mean_all();
    b.concat(&[pairs.reshape([1]), nearest.reshape([1])], 0)
}

/// Pictures `[n, h, w, c]` with a bar under each that is as long as its score `[n, 1]`, from 0 to 1, says; `ramp` runs along it.
fn above_scores<'b>(pictures: Tensor<'b>, scores: Tensor<'b>, ramp: Tensor<'b>) -> Tensor<'b> {
    /// Of the bar, and of where it might be.
    const ON: f32 = 1.0;
    const OFF: f32 = 0.25;
    let shape = pictures.shape();
    let (count, height, width, channels) = (shape[0], shape[1], shape[2], shape[3]);
    let thickness = (height / 14).max(1);
    let bar = (scores.reshape([count, 1, 1, 1]) - ramp).positive() * (ON - OFF) + OFF;
    let bar = bar.broadcast_to([count, thickness, width, channels]);
    pictures.builder().concat(&[pictures.pad(1, 0, thickness.div_ceil(2)), bar], 1)
}
