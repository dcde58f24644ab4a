//! Multilayer perceptrons: x ← φ(x·W + b), layer after layer, and no φ after the last.

use terrarium_graph::{Builder, Init, Tensor};

/// The function φ between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    Relu,
    /// With slope 0.2, as DCGAN has it (Radford et al. 2016, sec. 4).
    LeakyRelu,
    Tanh,
    Sigmoid,
    Elu,
    Silu,
    Gelu,
}

impl Activation {
    pub fn apply(self, x: Tensor<'_>) -> Tensor<'_> {
        match self {
            Activation::Relu => x.relu(),
            Activation::LeakyRelu => x.leaky_relu(0.2),
            Activation::Tanh => x.tanh(),
            Activation::Sigmoid => x.sigmoid(),
            Activation::Elu => x.elu(),
            Activation::Silu => x.silu(),
            Activation::Gelu => x.gelu(),
        }
    }
}

/// How weights start. Biases start at 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// [`Init::he`], which keeps the size of activations through ReLU layers.
    He,
    /// [`Init::glorot`], which keeps it through tanh layers.
    Glorot,
    /// Normal with standard deviation 0.02 (DCGAN: Radford et al. 2016, sec. 4).
    Small,
    /// Normal with standard deviation 1: far too large for wide layers, to see what that does.
    Large,
}

impl Start {
    /// Starting values of weights `[fan_in, fan_out]`.
    pub fn init(self, fan_in: usize, fan_out: usize) -> Init {
        match self {
            Start::He => Init::he(fan_in),
            Start::Glorot => Init::glorot(fan_in, fan_out),
            Start::Small => Init::Normal(0.02),
            Start::Large => Init::Normal(1.0),
        }
    }
}

/// A layer's parameters.
#[derive(Clone, Copy)]
pub struct Linear<'b> {
    /// `[in, out]`
    pub weight: Tensor<'b>,
    /// `[out]`
    pub bias: Tensor<'b>,
}

impl<'b> Linear<'b> {
    /// Parameters `name.weight` and `name.bias`.
    pub fn new(b: &'b Builder, name: &str, fan_in: usize, fan_out: usize, start: Start) -> Self {
        Linear {
            weight: b.parameter(format!("{name}.weight"), [fan_in, fan_out], start.init(fan_in, fan_out)),
            bias: b.parameter(format!("{name}.bias"), [fan_out], Init::ZEROS),
        }
    }

    /// `[batch, in] → [batch, out]`
    pub fn forward(&self, x: Tensor<'b>) -> Tensor<'b> {
        x.matmul(self.weight) + self.bias
    }

    pub fn parameters(&self) -> [Tensor<'b>; 2] {
        [self.weight, self.bias]
    }
}

/// A stack of linear layers with activations between them.
pub struct Mlp<'b> {
    pub layers: Vec<Linear<'b>>,
    pub activation: Activation,
}

impl<'b> Mlp<'b> {
    /// A perceptron through `sizes`, from the input's to the output's: `[2, 128, 2]` has one hidden layer, `[2, 2]` is
    /// linear. Its parameters are `name.0.weight`, `name.0.bias`, `name.1.weight`, …
    pub fn new(b: &'b Builder, name: &str, sizes: &[usize], activation: Activation, start: Start) -> Self {
        let layer = |(i, pair): (usize, &[usize])| Linear::new(b, &format!("{name}.{i}"), pair[0], pair[1], start);
        Mlp { layers: sizes.windows(2).enumerate().map(layer).collect(), activation }
    }

    /// `[batch, in] → [batch, out]`
    pub fn forward(&self, x: Tensor<'b>) -> Tensor<'b> {
        self.layers.iter().enumerate().fold(x, |x, (i, layer)| {
            let x = if i == 0 { x } else { self.activation.apply(x) };
            layer.forward(x)
        })
    }

    /// Weights and biases, layer after layer.
    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        self.layers.iter().flat_map(Linear::parameters).collect()
    }
}
