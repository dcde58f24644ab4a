//! Generative adversarial networks of pictures: the convolutional ones of Radford et al. 2016, "DCGAN", from 28 × 28 × 1 up.
//! Pictures are `[batch, size, size, channels]` with values from −1 to 1.

use std::f32::consts::LN_2;

use terrarium_graph::{Builder, Init, Tensor};

use crate::conv::{Doubling, Halving, InBounds, Norm, Pyramid};
use crate::gan::Loss;
use crate::mlp::{Activation, Linear, Start};
use crate::norm::{Pass, Updates};

/// What a game of two is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    pub pictures: Pyramid,
    /// Numbers of noise that a picture is made of.
    pub noise: usize,
    /// Numbers that say what a picture is to be, as a class by its one-hot row or attributes by theirs; 0 for none.
    pub condition: usize,
    pub generator_norm: Norm,
    pub discriminator_norm: Norm,
}

impl Settings {
    /// 100 numbers of noise, batch norm in both (Radford et al. 2016, sec. 3), 64 filters after the first halving, no condition.
    pub fn of(size: usize, channels: usize) -> Settings {
        let pictures = Pyramid { size, channels, width: 64 };
        Settings { pictures, noise: 100, condition: 0, generator_norm: Norm::Batch, discriminator_norm: Norm::Batch }
    }
}

/// Makes pictures of noise.
pub struct Generator<'b> {
    /// `[noise + condition, base · base · filters]`
    first: Tensor<'b>,
    /// None where a batch norm follows, which would take it away again.
    bias: Option<Tensor<'b>>,
    norm: InBounds<'b>,
    rest: Doubling<'b>,
    settings: Settings,
}

impl<'b> Generator<'b> {
    /// Weights start small, with standard deviation 0.02. A condition is laid beside the noise (Mirza and Osindero 2014, sec. 3.2).
    pub fn new(b: &'b Builder, name: &str, settings: Settings) -> Self {
        let Settings { pictures, noise, condition, generator_norm: norm, .. } = settings;
        let (fan_in, fan_out) = (noise + condition, pictures.features());
        let first = format!("{name}.first");
        let bias = || b.parameter(format!("{first}.bias"), [fan_out], Init::ZEROS);
        Generator {
            first: b.parameter(format!("{first}.weight"), [fan_in, fan_out], Start::Small.init(fan_in, fan_out)),
            bias: (norm != Norm::Batch).then(bias),
            norm: InBounds::new(b, &first, norm, if norm == Norm::Spectral { fan_out } else { pictures.base()[1] }),
            rest: Doubling::new(b, name, pictures, norm, Activation::Relu, Start::Small),
            settings,
        }
    }

    /// Noise `[batch, noise]`, and a condition `[batch, condition]` if there is one, as pictures.
    pub fn forward(&self, noise: Tensor<'b>, condition: Option<Tensor<'b>>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        let noise = condition.map_or(noise, |condition| noise.builder().concat(&[noise, condition], 1));
        let [size, filters] = self.settings.pictures.base();
        let to = [noise.shape()[0], size, size, filters];
        let x = noise.matmul(self.norm.of_weight(self.first, pass));
        let x = self.bias.map_or(x, |bias| x + bias).reshape(to);
        self.rest.forward(self.norm.of_output(x, pass).relu(), pass).tanh()
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        let first = std::iter::once(self.first).chain(self.bias).chain(self.norm.parameters());
        first.chain(self.rest.parameters()).collect()
    }

    /// A generator of averages of this one's weights over the last steps, which evens out that the two networks circle around their
    /// balance (Yazıcı et al. 2019; Karras et al. 2018, app. A.1): θ̄ ← β θ̄ + (1 − β) θ, with β = 2^(−1/h). The half-life h is
    /// `half_life` steps, but never more than a twentieth of the run, so that the start is soon forgotten (as in the code of Karras et
    /// al. 2020, "Training GANs with limited data").
    ///
    /// What a weight's average follows is noted down for `updates`, and so are the running statistics of its batch norms: its own, as it
    /// makes pictures of `noise [batch, noise]`. Those of the weights that it is made of would be too wide for it, and so would be their
    /// average: weights that jump about spread activations more than the mean of them does (Izmailov et al. 2018, sec. 3.2).
    pub fn averaged(
        &self,
        half_life: f32,
        noise: Tensor<'b>,
        condition: Option<Tensor<'b>>,
        updates: &Updates<'b>,
    ) -> Generator<'b> {
        const SHARE_OF_RUN: f32 = 0.05;
        let b = noise.builder();
        let half_life = (b.step_number() * SHARE_OF_RUN).min(b.scalar(half_life));
        let kept = (-LN_2 / half_life).exp(); // β
        let averaged = self.map(&mut |variable| b.state_like("averaged", variable));
        for (average, weight) in averaged.parameters().into_iter().zip(self.parameters()) {
            updates.note(average, kept * average + (1.0 - kept) * weight);
        }
        // Of this pass only the statistics are wanted, and what they do not need is not computed.
        averaged.forward(noise, condition, Pass::Training(updates));
        averaged
    }

    /// The same generator of other variables: for each of its own, what `other` gives.
    fn map(&self, other: &mut dyn FnMut(Tensor<'b>) -> Tensor<'b>) -> Self {
        Generator {
            first: other(self.first),
            bias: self.bias.map(&mut *other),
            norm: self.norm.map(other),
            rest: self.rest.map(other),
            settings: self.settings,
        }
    }
}

/// Tells pictures from generated ones.
pub struct Discriminator<'b> {
    rest: Halving<'b>,
    last: Linear<'b>,
    last_norm: InBounds<'b>,
    told: Option<Told<'b>>,
}

/// What a discriminator makes of a condition y beside a picture's features φ: yᵀ V φ is added to the verdict (Miyato and Koyama 2018,
/// eq. 3).
struct Told<'b> {
    /// V, `[condition, features]`
    weight: Tensor<'b>,
    norm: InBounds<'b>,
}

impl<'b> Discriminator<'b> {
    /// Weights start small, with standard deviation 0.02.
    pub fn new(b: &'b Builder, name: &str, settings: Settings) -> Self {
        let Settings { pictures, condition, discriminator_norm: norm, .. } = settings;
        let features = pictures.features();
        // Beyond the convolutions only the weights are kept in bounds.
        let of_weight = if norm == Norm::Spectral { norm } else { Norm::None };
        let (last, told) = (format!("{name}.last"), format!("{name}.told"));
        Discriminator {
            rest: Halving::new(b, name, pictures, norm, Activation::LeakyRelu, Start::Small),
            last: Linear::new(b, &last, features, 1, Start::Small),
            last_norm: InBounds::new(b, &last, of_weight, 1),
            told: (condition > 0).then(|| Told {
                weight: b.parameter(format!("{told}.weight"), [condition, features], Start::Small.init(condition, features)),
                norm: InBounds::new(b, &told, of_weight, features),
            }),
        }
    }

    /// Pictures, and what they are to be `[batch, condition]`, as verdicts `[batch, 1]` without a final sigmoid.
    pub fn forward(&self, pictures: Tensor<'b>, condition: Option<Tensor<'b>>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        let seen = self.rest.forward(pictures, pass); // [batch, base, base, filters]
        let weight = self.last_norm.of_weight(self.last.weight, pass);
        let seen = seen.reshape([seen.shape()[0], weight.shape()[0]]);
        let verdict = Linear { weight, ..self.last }.forward(seen);
        match (&self.told, condition) {
            (Some(told), Some(condition)) => {
                verdict + (condition.matmul(told.norm.of_weight(told.weight, pass)) * seen).sum(&[1]) // [batch, 1]
            }
            _ => verdict,
        }
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        let told = self.told.iter().map(|told| told.weight);
        self.rest.parameters().into_iter().chain(self.last.parameters()).chain(told).collect()
    }
}

/// The two networks and the game they play.
pub struct Dcgan<'b> {
    pub generator: Generator<'b>,
    pub discriminator: Discriminator<'b>,
    pub loss: Loss<'b>,
    /// How far below 1 the outcome "real" is taken, a scalar, by losses that have outcomes (Salimans et al. 2016, sec. 3.4).
    pub smoothing: Option<Tensor<'b>>,
    /// γ of the penalty R1, a scalar.
    pub steepness_weight: Option<Tensor<'b>>,
    /// Whether real and generated pictures may be judged in one batch, which is faster: not where a batch has statistics.
    together: bool,
}

impl<'b> Dcgan<'b> {
    /// Networks `generator` and `discriminator`, without smoothing and penalty.
    pub fn new(b: &'b Builder, settings: Settings, loss: Loss<'b>) -> Self {
        Dcgan {
            generator: Generator::new(b, "generator", settings),
            discriminator: Discriminator::new(b, "discriminator", settings),
            loss,
            smoothing: None,
            steepness_weight: None,
            together: settings.discriminator_norm != Norm::Batch,
        }
    }

    /// What D minimises, a scalar, on `real` pictures and on pictures of `noise [batch, noise]`, both of the same condition.
    pub fn discriminator_loss(
        &self,
        real: Tensor<'b>,
        noise: Tensor<'b>,
        condition: Option<Tensor<'b>>,
        pass: Pass<'_, 'b>,
    ) -> Tensor<'b> {
        let b = real.builder();
        let fake = self.generator.forward(noise, condition, pass);
        let judge = |pictures, condition| self.discriminator.forward(pictures, condition, pass); // [batch, 1]
        let (on_real, on_fake) = if self.together {
            let batch = real.shape()[0];
            let twice = condition.map(|condition| b.concat(&[condition, condition], 0));
            let verdicts = judge(b.concat(&[real, fake], 0), twice);
            (verdicts.slice(0, 0..batch), verdicts.slice(0, batch..2 * batch))
        } else {
            (judge(real, condition), judge(fake, condition))
        };
        let loss = self.loss.of_discriminator(on_real, on_fake, self.smoothing);
        let loss = match self.loss {
            Loss::WassersteinGradientPenalty { weight } => {
                let part = b.uniform([real.shape()[0], 1, 1, 1]); // ε of each pair
                let between = part * real + (1.0 - part) * fake;
                let steepness = (self.squared_steepness(between, condition, pass) + 1e-12).sqrt();
                loss + weight * (steepness - 1.0).square().mean_all()
            }
            _ => loss,
        };
        // R1: γ/2 𝔼 ‖∇D(x)‖² on data (Mescheder et al. 2018, eq. 9).
        self.steepness_weight.map_or(loss, |weight| loss + weight * 0.5 * self.squared_steepness(real, condition, pass).mean_all())
    }

    /// What G minimises, a scalar, on pictures of `noise [batch, noise]`.
    pub fn generator_loss(&self, noise: Tensor<'b>, condition: Option<Tensor<'b>>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        let fake = self.generator.forward(noise, condition, pass);
        self.loss.of_generator(self.discriminator.forward(fake, condition, pass))
    }

    /// ‖∇D(x)‖² at each picture, `[batch, 1, 1, 1]`.
    fn squared_steepness(&self, x: Tensor<'b>, condition: Option<Tensor<'b>>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        let verdicts = self.discriminator.forward(x, condition, pass);
        x.builder().gradients(verdicts.sum_all(), &[x])[0].square().sum(&[1, 2, 3])
    }
}
