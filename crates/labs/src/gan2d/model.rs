//! The lab's graph: the two networks, a step of each, and what is looked at while they train.

use std::sync::Arc;

use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, InputId, ProgramId, Result, Tensor};
use terrarium_models::gan::Gan;
use terrarium_models::mlp::Mlp;

use super::table::{NetworkOptions, NoiseKind, Options};
use crate::experiment::Course;
use crate::scene::HALF_SIDE;

/// Generated points in the view.
const SHOWN: usize = 512;
/// How many of them have arrows.
const ARROWS: usize = 128;
/// Cells along a side of the discriminator's surface.
pub const SURFACE_SIDE: usize = 40;
/// Points along a side of the noise grid.
const GRID_SIDE: usize = 21;
/// Points that one measurement is made of.
const MEASURED: usize = 2048;

/// A graph with the places of what a run needs of it.
pub struct Model {
    /// The discriminator learns, then the generator. Outputs of either: the loss, then the norm of the gradient of each
    /// layer's weights.
    pub course: Arc<Course>,
    /// Output: new points, other ones each step.
    pub generate: ProgramId,
    /// Output: points of the noise that stays the same.
    pub samples: ProgramId,
    /// Output: −∂ℓ/∂x of the first of these points, ℓ being a point's own loss.
    pub arrows: ProgramId,
    /// Output: how real the discriminator judges the cells of the view, 0 to 1, ½ undecided.
    pub surface: ProgramId,
    /// Output: where the noise grid goes.
    pub grid: ProgramId,
    /// Rows and columns of that grid.
    pub grid_size: [usize; 2],
    pub generator_layers: usize,
    pub discriminator_layers: usize,
    live: LiveInputs,
}

/// Scalars that may change between steps.
struct LiveInputs {
    generator: [InputId; 2],
    discriminator: [InputId; 2],
    penalty: InputId,
    cooling: InputId,
}

impl Model {
    /// The model that `options` ask for, with `data` to learn from.
    ///
    /// # Errors
    /// None but mistakes in this file.
    pub fn new(options: &Options, data: &[[f32; 2]], seed: u64) -> Result<Model> {
        let b = Builder::new();
        let mut resident: Vec<(&str, Vec<f32>)> = Vec::new();
        let mut keep = |name: &'static str, values: Vec<f32>, columns: usize| {
            let tensor = b.input(name, [values.len() / columns, columns]);
            resident.push((name, values));
            tensor
        };
        let (batch, z) = (options.batch, options.noise_dimension);

        let penalty = b.input("gradient penalty", []);
        let gan = Gan {
            generator: network(&b, "generator", z, &options.generator, 2),
            discriminator: network(&b, "discriminator", 2, &options.discriminator, 1),
            loss: options.loss.with(penalty),
        };
        let noise = |count: usize| match options.noise {
            NoiseKind::Normal => b.normal([count, z]),
            NoiseKind::Uniform => b.uniform([count, z]) * 2.0 - 1.0,
        };

        let cooling = b.input("cooling", []);
        let real = b.batch(keep("data", data.as_flattened().to_vec(), 2), batch);
        let loss = gan.discriminator_loss(&b, real, noise(batch));
        let discriminator_step = step(&b, "discriminator", &gan.discriminator, &options.discriminator, cooling, loss);
        let loss = gan.generator_loss(noise(batch));
        let generator_step = step(&b, "generator", &gan.generator, &options.generator, cooling, loss);

        let generate = b.program("generate", &[("points", gan.generator.forward(noise(MEASURED)))]);
        let shown = gan.generator.forward(keep("shown noise", shown_noise(options, seed), z));
        let samples = b.program("samples", &[("points", shown)]);
        let pulled = shown.slice(0, 0..ARROWS);
        let pull = b.gradients(gan.loss_of_samples(pulled), &[pulled])[0] * -(ARROWS as f32);
        let arrows = b.program("arrows", &[("pull", pull)]);
        let verdicts = gan.discriminator.forward(keep("cells", cells(), 2));
        let surface = b.program("surface", &[("realness", options.loss.realness(verdicts))]);
        let (grid_noise, grid_size) = noise_grid(options);
        let grid = b.program("grid", &[("points", gan.generator.forward(keep("noise grid", grid_noise, z)))]);

        let (generator_layers, discriminator_layers) = (gan.generator.layers.len(), gan.discriminator.layers.len());
        drop(gan);
        let graph = b.finish()?;
        let input = |name: &str| graph.find_input(name);
        let live_of =
            |network: &str| -> Result<[InputId; 2]> { Ok([input(&learning_rate(network))?, input(&weight_decay(network))?]) };
        let live = LiveInputs {
            generator: live_of("generator")?,
            discriminator: live_of("discriminator")?,
            penalty: input("gradient penalty")?,
            cooling: input("cooling")?,
        };
        let resident = resident.into_iter().map(|(name, values)| Ok((input(name)?, values))).collect::<Result<_>>()?;
        let players = vec![discriminator_step, generator_step];
        Ok(Model {
            course: Arc::new(Course { graph: Arc::new(graph), players, resident, resident_indices: Vec::new(), start: Vec::new() }),
            generate,
            samples,
            arrows,
            surface,
            grid,
            grid_size,
            generator_layers,
            discriminator_layers,
            live,
        })
    }

    /// The inputs that follow live settings, with their values.
    pub fn live(&self, options: &Options) -> Vec<(InputId, f32)> {
        let of = |inputs: [InputId; 2], network: &NetworkOptions| {
            [(inputs[0], network.learning_rate), (inputs[1], network.weight_decay)]
        };
        let networks = [of(self.live.generator, &options.generator), of(self.live.discriminator, &options.discriminator)];
        let cooling = if options.cooling > 0.0 { 1.0 / options.cooling } else { 0.0 };
        networks.into_iter().flatten().chain([(self.live.penalty, options.penalty), (self.live.cooling, cooling)]).collect()
    }
}

fn learning_rate(network: &str) -> String {
    format!("{network} learning rate")
}

fn weight_decay(network: &str) -> String {
    format!("{network} weight decay")
}

fn network<'b>(b: &'b Builder, name: &str, inputs: usize, options: &NetworkOptions, outputs: usize) -> Mlp<'b> {
    let hidden = std::iter::repeat_n(options.width, options.depth);
    let sizes: Vec<usize> = std::iter::once(inputs).chain(hidden).chain([outputs]).collect();
    Mlp::new(b, name, &sizes, options.activation, options.start)
}

/// A step of the network called `name`, with its live optimiser. The learning rate falls as 1 / (1 + `cooling` · step).
fn step<'b>(
    b: &'b Builder,
    name: &str,
    network: &Mlp<'b>,
    options: &NetworkOptions,
    cooling: Tensor<'b>,
    loss: Tensor<'b>,
) -> ProgramId {
    let (rate, decay) = (b.input(learning_rate(name), []), b.input(weight_decay(name), []));
    let rate = rate / (1.0 + cooling * b.step_number());
    let optimiser = b.optimiser(options.rule, rate, Some(decay));
    b.step(&format!("{name} step"), loss, &network.parameters(), optimiser, |gradients| {
        // Weights and biases take turns.
        let norms = gradients.iter().step_by(2).enumerate();
        let norms = norms.map(|(i, g)| (format!("gradient norm {}", i + 1), g.square().sum_all().sqrt()));
        std::iter::once(("loss".to_string(), loss)).chain(norms).collect()
    })
}

/// The noise of the shown points, `[SHOWN, noise]`.
fn shown_noise(options: &Options, seed: u64) -> Vec<f32> {
    let mut noise = vec![0.0; SHOWN * options.noise_dimension];
    let stream = Stream::new(seed, Domain::Host, 0, 0);
    match options.noise {
        NoiseKind::Normal => stream.fill(0, &mut noise, Stream::normal),
        NoiseKind::Uniform => {
            stream.fill(0, &mut noise, Stream::uniform);
            noise.iter_mut().for_each(|x| *x = 2.0 * *x - 1.0);
        }
    }
    noise
}

/// Centres of the surface's cells, `[SURFACE_SIDE², 2]`.
fn cells() -> Vec<f32> {
    let at = |i: usize| ((i as f32 + 0.5) / SURFACE_SIDE as f32 * 2.0 - 1.0) * HALF_SIDE;
    (0..SURFACE_SIDE * SURFACE_SIDE).flat_map(|i| [at(i % SURFACE_SIDE), at(i / SURFACE_SIDE)]).collect()
}

/// An even grid over the noise, `[rows · columns, noise]`, and its rows and columns.
fn noise_grid(options: &Options) -> (Vec<f32>, [usize; 2]) {
    let z = options.noise_dimension;
    let half_side = match options.noise {
        // 95 % of normal numbers.
        NoiseKind::Normal => 2.0,
        NoiseKind::Uniform => 1.0,
    };
    let at = |i: usize| (i as f32 / (GRID_SIDE - 1) as f32 * 2.0 - 1.0) * half_side;
    let rows = if z == 1 { 1 } else { GRID_SIDE };
    let mut grid = vec![0.0; rows * GRID_SIDE * z];
    for (i, point) in grid.chunks_exact_mut(z).enumerate() {
        point[0] = at(i % GRID_SIDE);
        if let Some(second) = point.get_mut(1) {
            *second = at(i / GRID_SIDE);
        }
    }
    (grid, [rows, GRID_SIDE])
}
