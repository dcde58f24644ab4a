//! Generative adversarial networks (Goodfellow et al. 2014): a generator G makes samples of noise, a discriminator D tells
//! them from data, and each learns against the other.

use terrarium_graph::{Builder, Tensor};

use crate::mlp::Mlp;

/// What D and G minimise. D(x) is D's output without a final sigmoid: a logit, or a critic's value.
#[derive(Clone, Copy)]
pub enum Loss<'b> {
    /// D: 𝔼 −ln σ(D(x)) − ln(1 − σ(D(G(z)))); G: 𝔼 −ln σ(D(G(z))).
    /// (Goodfellow et al. 2014, eq. 1, with the generator's loss of the end of sec. 3)
    NonSaturating,
    /// D as above; G: 𝔼 ln(1 − σ(D(G(z)))), which hardly moves while D tells its samples easily.
    /// (Goodfellow et al. 2014, eq. 1)
    Minimax,
    /// D: ½ 𝔼 (D(x) − 1)² + ½ 𝔼 D(G(z))²; G: ½ 𝔼 (D(G(z)) − 1)². (Mao et al. 2017, eq. 9)
    LeastSquares,
    /// D: 𝔼 max(0, 1 − D(x)) + 𝔼 max(0, 1 + D(G(z))); G: −𝔼 D(G(z)). (Lim and Ye 2017; Miyato et al. 2018, eq. 16 and 17)
    Hinge,
    /// D: 𝔼 D(G(z)) − 𝔼 D(x) + λ 𝔼 (‖∇D(x̂)‖ − 1)², where x̂ lies anywhere between a sample and a data point;
    /// G: −𝔼 D(G(z)). (Gulrajani et al. 2017, eq. 3 and alg. 1)
    WassersteinGradientPenalty {
        /// λ, a scalar.
        weight: Tensor<'b>,
    },
}

impl<'b> Loss<'b> {
    /// What D minimises, a scalar, given its verdicts `[batch, 1]`, but for a gradient penalty. Where outcomes have probabilities,
    /// data is taken to be real with 1 − `smoothing` (Salimans et al. 2016, sec. 3.4); other losses leave smoothing aside.
    pub fn of_discriminator(self, on_real: Tensor<'b>, on_fake: Tensor<'b>, smoothing: Option<Tensor<'b>>) -> Tensor<'b> {
        match self {
            Loss::NonSaturating | Loss::Minimax => {
                let as_real = (-on_real).softplus().mean_all();
                // softplus(x) − (1 − s) x is softplus(−x) + s x.
                let as_real = smoothing.map_or(as_real, |smoothing| as_real + smoothing * on_real.mean_all());
                as_real + on_fake.softplus().mean_all()
            }
            Loss::LeastSquares => (on_real - 1.0).square().mean_all() * 0.5 + on_fake.square().mean_all() * 0.5,
            Loss::Hinge => (1.0 - on_real).relu().mean_all() + (1.0 + on_fake).relu().mean_all(),
            Loss::WassersteinGradientPenalty { .. } => on_fake.mean_all() - on_real.mean_all(),
        }
    }

    /// What G minimises, a scalar, given D's verdicts `[batch, 1]` on its samples.
    pub fn of_generator(self, on_fake: Tensor<'b>) -> Tensor<'b> {
        match self {
            Loss::NonSaturating => (-on_fake).softplus().mean_all(),
            Loss::Minimax => -on_fake.softplus().mean_all(),
            Loss::LeastSquares => (on_fake - 1.0).square().mean_all() * 0.5,
            Loss::Hinge | Loss::WassersteinGradientPenalty { .. } => -on_fake.mean_all(),
        }
    }
}

/// The two networks and the game they play.
pub struct Gan<'b> {
    /// `[batch, noise] → [batch, data]`
    pub generator: Mlp<'b>,
    /// `[batch, data] → [batch, 1]`
    pub discriminator: Mlp<'b>,
    pub loss: Loss<'b>,
}

impl<'b> Gan<'b> {
    /// What D minimises, a scalar, on `real [batch, data]` and on samples of `noise [batch, noise]`.
    pub fn discriminator_loss(&self, b: &'b Builder, real: Tensor<'b>, noise: Tensor<'b>) -> Tensor<'b> {
        let fake = self.generator.forward(noise); // [batch, data]
        let batch = real.shape()[0];
        // Both are judged at once: one tall matrix product is faster than two.
        let verdicts = self.discriminator.forward(b.concat(&[real, fake], 0)); // [2 batch, 1]
        let (on_real, on_fake) = (verdicts.slice(0, 0..batch), verdicts.slice(0, batch..2 * batch)); // [batch, 1] each
        let loss = self.loss.of_discriminator(on_real, on_fake, None);
        match self.loss {
            Loss::WassersteinGradientPenalty { weight } => loss + weight * self.gradient_penalty(b, real, fake),
            _ => loss,
        }
    }

    /// What G minimises, a scalar, on samples of `noise [batch, noise]`.
    pub fn generator_loss(&self, noise: Tensor<'b>) -> Tensor<'b> {
        self.loss_of_samples(self.generator.forward(noise))
    }

    /// What G minimises, a scalar, as a function of its samples `[batch, data]`.
    pub fn loss_of_samples(&self, fake: Tensor<'b>) -> Tensor<'b> {
        self.loss.of_generator(self.discriminator.forward(fake))
    }

    /// 𝔼 (‖∇D(x̂)‖ − 1)² at points x̂ drawn uniformly on the lines between pairs of `real` and `fake`.
    pub fn gradient_penalty(&self, b: &'b Builder, real: Tensor<'b>, fake: Tensor<'b>) -> Tensor<'b> {
        let part = b.uniform([real.shape()[0], 1]); // ε of each pair
        let between = part * real + (1.0 - part) * fake; // x̂ [batch, data]
        // Each verdict depends on its own point alone, so the gradient of their sum has a row for each.
        let slope = b.gradients(self.discriminator.forward(between).sum_all(), &[between])[0]; // [batch, data]
        // The root's own slope is infinite at 0.
        let steepness = (slope.square().sum(&[1]) + 1e-12).sqrt(); // [batch, 1]
        (steepness - 1.0).square().mean_all()
    }
}
