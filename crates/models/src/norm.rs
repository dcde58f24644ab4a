//! Layers that keep activations or weights in bounds. Pictures and rows alike have their channels last.

use std::cell::RefCell;

use terrarium_graph::{Builder, Init, ProgramId, Tensor};

/// What states become in a training step. Layers note it down in their forward pass, and [`Updates::follow`] hands it to the step.
#[derive(Default)]
pub struct Updates<'b>(RefCell<Vec<(Tensor<'b>, Tensor<'b>)>>);

impl<'b> Updates<'b> {
    /// Of a state that is noted down twice, the later value counts.
    pub(crate) fn note(&self, state: Tensor<'b>, value: Tensor<'b>) {
        let mut noted = self.0.borrow_mut();
        noted.retain(|(known, _)| known.id() != state.id());
        noted.push((state, value));
    }

    /// Lets every run of `step` make the updates.
    pub fn follow(&self, b: &'b Builder, step: ProgramId) {
        self.0.borrow().iter().for_each(|(state, value)| b.assign(step, *state, *value));
    }
}

/// What a forward pass is for.
#[derive(Clone, Copy)]
pub enum Pass<'a, 'b> {
    /// Batches are normalised by their own statistics, and states noted down.
    Training(&'a Updates<'b>),
    /// Each example for itself, by the statistics kept while training.
    Evaluation,
}

/// Added to variances, so that their roots are not 0, where a layer is not told otherwise.
pub const EPSILON: f32 = 1e-5;

/// (x − mean) / √(variance + ε)
fn standardised<'b>(x: Tensor<'b>, mean: Tensor<'b>, variance: Tensor<'b>) -> Tensor<'b> {
    (x - mean) / (variance + EPSILON).sqrt()
}

/// Gain γ and shift β of a normalised tensor, one each for every channel.
#[derive(Clone, Copy)]
pub struct Affine<'b> {
    /// `[channels]`
    pub gain: Tensor<'b>,
    /// `[channels]`
    pub shift: Tensor<'b>,
}

impl<'b> Affine<'b> {
    /// Parameters `name.gain`, which starts as 1, and `name.shift`, which starts as 0.
    fn new(b: &'b Builder, name: &str, channels: usize) -> Self {
        Affine {
            gain: b.parameter(format!("{name}.gain"), [channels], Init::Constant(1.0)),
            shift: b.parameter(format!("{name}.shift"), [channels], Init::ZEROS),
        }
    }

    fn apply(&self, x: Tensor<'b>) -> Tensor<'b> {
        x * self.gain + self.shift
    }

    pub(crate) fn map(&self, other: &mut dyn FnMut(Tensor<'b>) -> Tensor<'b>) -> Self {
        Affine { gain: other(self.gain), shift: other(self.shift) }
    }

    pub fn parameters(&self) -> [Tensor<'b>; 2] {
        [self.gain, self.shift]
    }
}

/// Normalises each channel over the batch (Ioffe and Szegedy 2015, alg. 1 and 2).
#[derive(Clone, Copy)]
pub struct BatchNorm<'b> {
    pub affine: Affine<'b>,
    /// Running mean of each channel, `[channels]`.
    pub mean: Tensor<'b>,
    /// Running variance of each channel, `[channels]`.
    pub variance: Tensor<'b>,
}

impl<'b> BatchNorm<'b> {
    /// How much of the running statistics a step replaces, as in PyTorch.
    const MOMENTUM: f32 = 0.1;

    /// Parameters as [`Affine`]'s; states `name.mean` and `name.variance`.
    pub fn new(b: &'b Builder, name: &str, channels: usize) -> Self {
        BatchNorm {
            affine: Affine::new(b, name, channels),
            mean: b.state(format!("{name}.mean"), [channels], Init::ZEROS),
            variance: b.state(format!("{name}.variance"), [channels], Init::Constant(1.0)),
        }
    }

    /// `[…, channels] → […, channels]`
    pub fn forward(&self, x: Tensor<'b>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        let shape = x.shape();
        let channels = shape[shape.rank() - 1];
        let Pass::Training(updates) = pass else {
            return self.affine.apply(standardised(x, self.mean, self.variance));
        };
        let rows = shape.elements() / channels.max(1);
        let flat = x.reshape([rows, channels]);
        let mean = flat.mean(&[0]); // [1, channels]
        let variance = (flat - mean).square().mean(&[0]); // [1, channels]
        let track = |state: Tensor<'b>, now: Tensor<'b>| {
            updates.note(state, state * (1.0 - Self::MOMENTUM) + now.reshape([channels]) * Self::MOMENTUM);
        };
        track(self.mean, mean);
        // The running one is that of the population: n − 1 in place of n.
        track(self.variance, variance * (rows as f32 / rows.saturating_sub(1).max(1) as f32));
        self.affine.apply(standardised(flat, mean, variance)).reshape(shape)
    }
}

/// Normalises the channels of each row (Ba et al. 2016, eq. 4).
#[derive(Clone, Copy)]
pub struct LayerNorm<'b> {
    pub affine: Affine<'b>,
    pub epsilon: f32,
}

impl<'b> LayerNorm<'b> {
    /// Parameters as [`Affine`]'s.
    pub fn new(b: &'b Builder, name: &str, channels: usize) -> Self {
        LayerNorm { affine: Affine::new(b, name, channels), epsilon: EPSILON }
    }

    /// `[…, channels] → […, channels]`
    pub fn forward(&self, x: Tensor<'b>) -> Tensor<'b> {
        self.affine.apply(x.normalised(self.epsilon))
    }
}

/// Divides each row by the root of its mean square (Zhang and Sennrich 2019, eq. 4).
#[derive(Clone, Copy)]
pub struct RmsNorm<'b> {
    /// `[channels]`
    pub gain: Tensor<'b>,
    pub epsilon: f32,
}

impl<'b> RmsNorm<'b> {
    /// The parameter `name.gain`, which starts as 1.
    pub fn new(b: &'b Builder, name: &str, channels: usize) -> Self {
        RmsNorm { gain: b.parameter(format!("{name}.gain"), [channels], Init::Constant(1.0)), epsilon: EPSILON }
    }

    /// `[…, channels] → […, channels]`
    pub fn forward(&self, x: Tensor<'b>) -> Tensor<'b> {
        x.rms_normalised(self.epsilon) * self.gain
    }
}

/// Normalises groups of channels of each picture (Wu and He 2018, eq. 1, 2 and 7).
#[derive(Clone, Copy)]
pub struct GroupNorm<'b> {
    pub affine: Affine<'b>,
    /// A divisor of the number of channels.
    pub groups: usize,
}

impl<'b> GroupNorm<'b> {
    /// Parameters as [`Affine`]'s.
    pub fn new(b: &'b Builder, name: &str, channels: usize, groups: usize) -> Self {
        GroupNorm { affine: Affine::new(b, name, channels), groups }
    }

    /// `[n, …, channels] → [n, …, channels]`
    pub fn forward(&self, x: Tensor<'b>) -> Tensor<'b> {
        let shape = x.shape();
        let (n, channels) = (shape[0], shape[shape.rank() - 1]);
        let places = shape.elements() / (n * channels).max(1);
        let grouped = x.reshape([n, places, self.groups, channels / self.groups.max(1)]);
        let mean = grouped.mean(&[1, 3]); // [n, 1, groups, 1]
        let variance = (grouped - mean).square().mean(&[1, 3]);
        self.affine.apply(standardised(grouped, mean, variance).reshape(shape))
    }
}

/// Divides a matrix by its largest singular value, as one step of power iteration for each step of training knows it
/// (Miyato et al. 2018, alg. 1).
#[derive(Clone, Copy)]
pub struct SpectralNorm<'b> {
    /// The right singular vector u, `[columns, 1]`, of length 1 but at the start.
    pub direction: Tensor<'b>,
}

impl<'b> SpectralNorm<'b> {
    /// The state `name.direction`.
    pub fn new(b: &'b Builder, name: &str, columns: usize) -> Self {
        SpectralNorm { direction: b.state(format!("{name}.direction"), [columns, 1], Init::Normal(1.0)) }
    }

    /// W / σ of `weight` `[rows, columns]`. σ is ‖W u‖ / ‖u‖: as u is a state, its gradient is v uᵀ with v = W u / ‖W u‖, which is
    /// that of the paper's vᵀ W u (its eq. 9).
    pub fn normalised(&self, weight: Tensor<'b>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        let length = |x: Tensor<'b>| (x.square().sum_all() + 1e-12).sqrt();
        let onward = weight.matmul(self.direction); // [rows, 1]
        if let Pass::Training(updates) = pass {
            let back = weight.t().matmul(onward); // [columns, 1]
            updates.note(self.direction, back / length(back));
        }
        weight * (length(self.direction) / length(onward))
    }
}

/// Sets each element to 0 with probability `rate`, a scalar, and scales the others by 1 / (1 − rate) (Srivastava et al. 2014,
/// scaled while training as is usual since). An evaluation leaves it out.
pub fn dropout<'b>(b: &'b Builder, x: Tensor<'b>, rate: Tensor<'b>) -> Tensor<'b> {
    x * (b.uniform(x.shape()) - rate).positive() / (1.0 - rate)
}
