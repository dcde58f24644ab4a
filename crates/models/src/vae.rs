//! Variational autoencoders (Kingma and Welling 2014): an encoder tells of each picture where in a small space it lies and how
//! surely, and a decoder paints it from there. Pictures are `[batch, size, size, channels]` with values from 0 to 1.

use terrarium_graph::{Builder, Tensor};

use crate::conv::{Doubling, Halving, Norm, Pyramid};
use crate::mlp::{Activation, Linear, Mlp, Start};
use crate::norm::Pass;

/// What the two networks are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Hidden layers of these widths, and the reverse in the decoder.
    Dense { hidden: Vec<usize> },
    /// Convolutions that halve the picture, with [`Pyramid::width`] filters at first.
    Convolutional { width: usize },
}

/// What a model is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub size: usize,
    pub channels: usize,
    /// Dimensions of the latent space.
    pub latent: usize,
    pub body: Body,
    /// Numbers that say what a picture is, as a class by its one-hot row or attributes by theirs; 0 for none. The encoder and the
    /// decoder are both told (Sohn et al. 2015).
    pub condition: usize,
}

/// How pixels are taken to be distributed around what the decoder paints.
#[derive(Clone, Copy)]
pub enum Likelihood<'b> {
    /// Each channel is 1 with the painted probability; values between are taken as probabilities too.
    Bernoulli,
    /// Normal around the painted value, with a standard deviation of e^this, a scalar: given, or a parameter that learns
    /// (Rybkin et al. 2021, sec. 3.1).
    Gaussian { log_deviation: Tensor<'b> },
}

enum Encoder<'b> {
    Dense(Mlp<'b>),
    Convolutional(Halving<'b>),
}

enum Decoder<'b> {
    Dense(Mlp<'b>),
    Convolutional(Linear<'b>, Doubling<'b>),
}

pub struct Vae<'b> {
    encoder: Encoder<'b>,
    mean: Linear<'b>,
    log_variance: Linear<'b>,
    decoder: Decoder<'b>,
    settings: Settings,
}

/// Where pictures lie in the latent space, as the encoder has it: normal distributions of independent dimensions.
#[derive(Clone, Copy)]
pub struct Posterior<'b> {
    /// `[batch, latent]`
    pub mean: Tensor<'b>,
    /// `[batch, latent]`
    pub log_variance: Tensor<'b>,
}

impl<'b> Posterior<'b> {
    /// A point of each, `[batch, latent]`, from noise of that shape (Kingma and Welling 2014, sec. 2.4).
    pub fn sample(&self, noise: Tensor<'b>) -> Tensor<'b> {
        self.mean + (self.log_variance * 0.5).exp() * noise
    }

    /// The divergence from the standard normal prior in nats, `[batch, latent]` (Kingma and Welling 2014, app. B).
    pub fn divergence(&self) -> Tensor<'b> {
        (self.mean.square() + self.log_variance.exp() - self.log_variance - 1.0) * 0.5
    }
}

/// The two parts of the bound, in nats a picture, as means over the batch: ln p(x) ≥ −reconstruction − Σ divergence.
#[derive(Clone, Copy)]
pub struct Bound<'b> {
    /// −𝔼 ln p(x | z), a scalar.
    pub reconstruction: Tensor<'b>,
    /// Of each latent dimension, `[latent]`.
    pub divergence: Tensor<'b>,
}

impl<'b> Bound<'b> {
    /// The evidence lower bound, a scalar.
    pub fn elbo(&self) -> Tensor<'b> {
        -(self.reconstruction + self.divergence.sum_all())
    }

    /// What is minimised: reconstruction + β Σ max(free, divergence), where β (Higgins et al. 2017, eq. 4) and the nats that each
    /// dimension has free (Kingma et al. 2016, eq. 15) are scalars.
    pub fn loss(&self, beta: Tensor<'b>, free: Tensor<'b>) -> Tensor<'b> {
        self.reconstruction + beta * self.divergence.max(free).sum_all()
    }
}

/// β that grows from 0 to `beta` over the first `steps` steps, a scalar, so that a latent space is used before it is tidied
/// (Bowman et al. 2016, sec. 3.1; Sønderby et al. 2016).
pub fn warm_up<'b>(beta: Tensor<'b>, steps: Tensor<'b>) -> Tensor<'b> {
    let b = beta.builder();
    beta * (b.step_number() / steps.max(b.scalar(1.0))).min(b.scalar(1.0))
}

impl<'b> Vae<'b> {
    /// Parameters `encoder.…`, `mean.…`, `log_variance.…` and `decoder.…`; ReLU, started by He.
    pub fn new(b: &'b Builder, settings: Settings) -> Self {
        let Settings { size, channels, latent, ref body, condition } = settings;
        let pixels = size * size * channels;
        let (encoder, features, decoder) = match body {
            Body::Dense { hidden } => {
                let inward: Vec<usize> = std::iter::once(pixels + condition).chain(hidden.iter().copied()).collect();
                let outward: Vec<usize> =
                    std::iter::once(latent + condition).chain(hidden.iter().rev().copied()).chain([pixels]).collect();
                let mlp = |name, sizes: &[usize]| Mlp::new(b, name, sizes, Activation::Relu, Start::He);
                let features = inward[inward.len() - 1];
                (Encoder::Dense(mlp("encoder", &inward)), features, Decoder::Dense(mlp("decoder", &outward)))
            }
            Body::Convolutional { width } => {
                let pyramid = Pyramid { size, channels, width: *width };
                let down = Halving::new(b, "encoder", pyramid, Norm::None, Activation::Relu, Start::He);
                let first = Linear::new(b, "decoder.first", latent + condition, pyramid.features(), Start::He);
                let up = Doubling::new(b, "decoder", pyramid, Norm::None, Activation::Relu, Start::He);
                (Encoder::Convolutional(down), pyramid.features() + condition, Decoder::Convolutional(first, up))
            }
        };
        let head = |name| Linear::new(b, name, features, latent, Start::Glorot);
        Vae { encoder, mean: head("mean"), log_variance: head("log_variance"), decoder, settings }
    }

    /// Where pictures lie, given their condition `[batch, condition]` if there is one.
    pub fn encode(&self, pictures: Tensor<'b>, condition: Option<Tensor<'b>>) -> Posterior<'b> {
        let flat = |x: Tensor<'b>| {
            let shape = x.shape();
            x.reshape([shape[0], shape[1..].iter().product()])
        };
        let h = match &self.encoder {
            Encoder::Dense(mlp) => mlp.activation.apply(mlp.forward(beside(flat(pictures), condition))),
            Encoder::Convolutional(halving) => beside(flat(halving.forward(pictures, Pass::Evaluation)), condition),
        };
        Posterior { mean: self.mean.forward(h), log_variance: self.log_variance.forward(h) }
    }

    /// Logits of the pictures at points `[batch, latent]`, given a condition `[batch, condition]` if there is one; their sigmoid is
    /// what is painted.
    pub fn decode(&self, points: Tensor<'b>, condition: Option<Tensor<'b>>) -> Tensor<'b> {
        let z = beside(points, condition);
        let Settings { size, channels, ref body, .. } = self.settings;
        let batch = z.shape()[0];
        match &self.decoder {
            Decoder::Dense(mlp) => mlp.forward(z).reshape([batch, size, size, channels]),
            Decoder::Convolutional(first, doubling) => {
                let width = if let Body::Convolutional { width } = body { *width } else { 0 };
                let [base, filters] = Pyramid { size, channels, width }.base();
                let h = first.forward(z).relu().reshape([batch, base, base, filters]);
                doubling.forward(h, Pass::Evaluation)
            }
        }
    }

    /// The bound on pictures, by one point of each posterior from noise `[batch, latent]`.
    pub fn bound(
        &self,
        pictures: Tensor<'b>,
        condition: Option<Tensor<'b>>,
        noise: Tensor<'b>,
        likelihood: Likelihood<'b>,
    ) -> Bound<'b> {
        let posterior = self.encode(pictures, condition);
        let logits = self.decode(posterior.sample(noise), condition);
        let a_picture = 1.0 / pictures.shape()[0] as f32;
        Bound {
            reconstruction: likelihood.surprise(logits, pictures).sum_all() * a_picture,
            divergence: (posterior.divergence().sum(&[0]) * a_picture).reshape([self.settings.latent]),
        }
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        let encoder = match &self.encoder {
            Encoder::Dense(mlp) => mlp.parameters(),
            Encoder::Convolutional(halving) => halving.parameters(),
        };
        let decoder = match &self.decoder {
            Decoder::Dense(mlp) => mlp.parameters(),
            Decoder::Convolutional(first, doubling) => first.parameters().into_iter().chain(doubling.parameters()).collect(),
        };
        let heads = [self.mean, self.log_variance].into_iter().flat_map(|head| head.parameters());
        encoder.into_iter().chain(heads).chain(decoder).collect()
    }
}

impl<'b> Likelihood<'b> {
    /// −ln p of each value of `pictures` in nats, given the logits.
    pub fn surprise(self, logits: Tensor<'b>, pictures: Tensor<'b>) -> Tensor<'b> {
        match self {
            Likelihood::Bernoulli => logits.logits_bce(pictures),
            Likelihood::Gaussian { log_deviation } => {
                let off = (pictures - logits.sigmoid()) / log_deviation.exp();
                off.square() * 0.5 + (log_deviation + 0.5 * std::f32::consts::TAU.ln())
            }
        }
    }
}

/// Rows with a condition's laid beside them.
fn beside<'b>(rows: Tensor<'b>, condition: Option<Tensor<'b>>) -> Tensor<'b> {
    condition.map_or(rows, |condition| rows.builder().concat(&[rows, condition], 1))
}
