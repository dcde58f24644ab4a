//! Generative adversarial networks of pictures: the convolutional ones of Radford et al. 2016, "DCGAN", from 28 × 28 × 1 up.
//! Pictures are `[batch, size, size, channels]` with values from −1 to 1.

use terrarium_graph::{Builder, Init, Tensor};

use crate::conv::{Doubling, Halving, Norm, Pyramid};
use crate::gan::Loss;
use crate::mlp::{Activation, Linear, Start};
use crate::norm::{BatchNorm, Pass, SpectralNorm};

/// What a game of two is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    pub pictures: Pyramid,
    /// Numbers of noise that a picture is made of.
    pub noise: usize,
    /// Numbers that say what a picture is to be, as a class by its one-hot row or attributes by theirs; 0 for none.
    pub condition: usize,
    /// Batch norm in the generator.
    pub generator_norm: bool,
    pub discriminator_norm: Norm,
}

impl Settings {
    /// 100 numbers of noise, batch norm in both (Radford et al. 2016, sec. 3), 64 filters after the first halving, no condition.
    pub fn of(size: usize, channels: usize) -> Settings {
        let pictures = Pyramid { size, channels, width: 64 };
        Settings { pictures, noise: 100, condition: 0, generator_norm: true, discriminator_norm: Norm::Batch }
    }
}

/// What follows the generator's first product.
enum FirstNorm<'b> {
    Bias(Tensor<'b>),
    Batch(BatchNorm<'b>),
}

/// Makes pictures of noise.
pub struct Generator<'b> {
    /// `[noise + condition, base · base · filters]`
    first: Tensor<'b>,
    first_norm: FirstNorm<'b>,
    rest: Doubling<'b>,
    settings: Settings,
}

impl<'b> Generator<'b> {
    /// Weights start small, with standard deviation 0.02. A condition is laid beside the noise (Mirza and Osindero 2014, sec. 3.2).
    pub fn new(b: &'b Builder, name: &str, settings: Settings) -> Self {
        let Settings { pictures, noise, condition, generator_norm, .. } = settings;
        let norm = if generator_norm { Norm::Batch } else { Norm::None };
        let (fan_in, fan_out) = (noise + condition, pictures.features());
        Generator {
            first: b.parameter(format!("{name}.first.weight"), [fan_in, fan_out], Start::Small.init(fan_in, fan_out)),
            first_norm: match generator_norm {
                false => FirstNorm::Bias(b.parameter(format!("{name}.first.bias"), [fan_out], Init::ZEROS)),
                true => FirstNorm::Batch(BatchNorm::new(b, &format!("{name}.first.norm"), pictures.base()[1])),
            },
            rest: Doubling::new(b, name, pictures, norm, Activation::Relu, Start::Small),
            settings,
        }
    }

    /// Noise `[batch, noise]`, and a condition `[batch, condition]` if there is one, as pictures.
    pub fn forward(&self, noise: Tensor<'b>, condition: Option<Tensor<'b>>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        let noise = condition.map_or(noise, |condition| noise.builder().concat(&[noise, condition], 1));
        let [size, filters] = self.settings.pictures.base();
        let to = [noise.shape()[0], size, size, filters];
        let x = noise.matmul(self.first);
        let x = match &self.first_norm {
            FirstNorm::Bias(bias) => (x + *bias).reshape(to),
            FirstNorm::Batch(norm) => norm.forward(x.reshape(to), pass),
        };
        self.rest.forward(x.relu(), pass).tanh()
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        let norm = match &self.first_norm {
            FirstNorm::Bias(bias) => vec![*bias],
            FirstNorm::Batch(norm) => norm.affine.parameters().to_vec(),
        };
        std::iter::once(self.first).chain(norm).chain(self.rest.parameters()).collect()
    }
}

/// Tells pictures from generated ones.
pub struct Discriminator<'b> {
    rest: Halving<'b>,
    last: Linear<'b>,
    last_norm: Option<SpectralNorm<'b>>,
}

impl<'b> Discriminator<'b> {
    /// Weights start small, with standard deviation 0.02. A condition is laid beside the picture's channels, the same at every
    /// pixel (Mirza and Osindero 2014, sec. 3.2, in pictures).
    pub fn new(b: &'b Builder, name: &str, settings: Settings) -> Self {
        let Settings { pictures, condition, discriminator_norm: norm, .. } = settings;
        let last = format!("{name}.last");
        let conditioned = Pyramid { channels: pictures.channels + condition, ..pictures };
        Discriminator {
            rest: Halving::new(b, name, conditioned, norm, Activation::LeakyRelu, Start::Small),
            last: Linear::new(b, &last, conditioned.features(), 1, Start::Small),
            last_norm: (norm == Norm::Spectral).then(|| SpectralNorm::new(b, &format!("{last}.norm"), 1)),
        }
    }

    /// Pictures, and what they are to be `[batch, condition]`, as verdicts `[batch, 1]` without a final sigmoid.
    pub fn forward(&self, pictures: Tensor<'b>, condition: Option<Tensor<'b>>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        let pictures = condition.map_or(pictures, |condition| beside(pictures, condition));
        let seen = self.rest.forward(pictures, pass); // [batch, base, base, filters]
        let weight = self.last_norm.map_or(self.last.weight, |norm| norm.normalised(self.last.weight, pass));
        Linear { weight, ..self.last }.forward(seen.reshape([seen.shape()[0], weight.shape()[0]]))
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        self.rest.parameters().into_iter().chain(self.last.parameters()).collect()
    }
}

/// Pictures with the numbers of `condition` as further channels of all their pixels.
fn beside<'b>(pictures: Tensor<'b>, condition: Tensor<'b>) -> Tensor<'b> {
    let (shape, numbers) = (pictures.shape(), condition.shape());
    let (batch, count) = (numbers[0], numbers[1]);
    let planes = condition.reshape([batch, 1, 1, count]).broadcast_to([batch, shape[1], shape[2], count]);
    pictures.builder().concat(&[pictures, planes], 3)
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
