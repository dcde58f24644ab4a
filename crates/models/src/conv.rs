//! Convolutional layers, and the two stacks of them that small image models are made of: halving a picture again and again, and
//! doubling it back. Pictures are `[n, h, w, c]`.

use terrarium_graph::{Builder, Init, Tensor, Window};

use crate::mlp::{Activation, Start};
use crate::norm::{BatchNorm, GroupNorm, Pass, SpectralNorm};

/// A convolution's parameters.
#[derive(Clone, Copy)]
pub struct Conv2d<'b> {
    /// `[kh·kw·in, out]`
    pub weight: Tensor<'b>,
    /// `[out]`; none where a batch norm follows, which would take it away again.
    pub bias: Option<Tensor<'b>>,
    pub window: Window,
}

impl<'b> Conv2d<'b> {
    /// Parameters `name.weight` and, if there is to be one, `name.bias`. The fan of an output is all that its window sees.
    pub fn new(b: &'b Builder, name: &str, channels: [usize; 2], window: Window, bias: bool, start: Start) -> Self {
        let [from, to] = channels;
        let seen = window.pixels() * from;
        Conv2d {
            weight: b.parameter(format!("{name}.weight"), [seen, to], start.init(seen, window.pixels() * to)),
            bias: bias.then(|| b.parameter(format!("{name}.bias"), [to], Init::ZEROS)),
            window,
        }
    }

    /// `[n, h, w, in] → [n, rows, columns, out]`
    pub fn forward(&self, x: Tensor<'b>) -> Tensor<'b> {
        let y = x.conv2d(self.weight, self.window);
        self.bias.map_or(y, |bias| y + bias)
    }

    pub fn parameters(&self) -> impl Iterator<Item = Tensor<'b>> + use<'b> {
        std::iter::once(self.weight).chain(self.bias)
    }
}

/// A transposed convolution's parameters.
#[derive(Clone, Copy)]
pub struct ConvTranspose2d<'b> {
    /// `[kh·kw·out, in]`
    pub weight: Tensor<'b>,
    /// `[out]`; none where a batch norm follows.
    pub bias: Option<Tensor<'b>>,
    pub window: Window,
    /// Height and width of what comes out.
    pub to: [usize; 2],
}

impl<'b> ConvTranspose2d<'b> {
    /// Parameters `name.weight` and, if there is to be one, `name.bias`, from pictures of `channels[0]` to such of `channels[1]` and
    /// size `to`. The fan of an output is what reaches it: each channel from as many places as the window overlaps itself.
    pub fn new(b: &'b Builder, name: &str, channels: [usize; 2], window: Window, to: [usize; 2], bias: bool, start: Start) -> Self {
        let [from, out] = channels;
        let pixels = window.pixels();
        let overlap = (pixels / (window.stride[0] * window.stride[1]).max(1)).max(1);
        ConvTranspose2d {
            weight: b.parameter(format!("{name}.weight"), [pixels * out, from], start.init(overlap * from, overlap * out)),
            bias: bias.then(|| b.parameter(format!("{name}.bias"), [out], Init::ZEROS)),
            window,
            to,
        }
    }

    /// `[n, rows, columns, in] → [n, h, w, out]`
    pub fn forward(&self, x: Tensor<'b>) -> Tensor<'b> {
        let y = x.conv2d_transpose(self.weight, self.window, self.to);
        self.bias.map_or(y, |bias| y + bias)
    }

    /// The same layer of other variables: for each of its own, what `other` gives.
    pub fn map(&self, other: &mut dyn FnMut(Tensor<'b>) -> Tensor<'b>) -> Self {
        ConvTranspose2d { weight: other(self.weight), bias: self.bias.map(other), ..*self }
    }

    pub fn parameters(&self) -> impl Iterator<Item = Tensor<'b>> + use<'b> {
        std::iter::once(self.weight).chain(self.bias)
    }
}

/// The sizes of a picture as it is halved again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pyramid {
    /// Height and width of the whole picture.
    pub size: usize,
    pub channels: usize,
    /// Filters after the first halving; each further one doubles them.
    pub width: usize,
}

impl Pyramid {
    /// Pictures of this size or less are halved no further.
    const SMALLEST: usize = 7;

    /// Size and filters after each halving.
    pub fn levels(&self) -> Vec<[usize; 2]> {
        let halved = |&[size, filters]: &[usize; 2]| (size > Self::SMALLEST).then_some([size / 2, filters * 2]);
        let first = (self.size > Self::SMALLEST).then_some([self.size / 2, self.width]);
        std::iter::successors(first, halved).collect()
    }

    /// Size and filters of what is left in the end.
    pub fn base(&self) -> [usize; 2] {
        self.levels().last().copied().unwrap_or([self.size, self.channels])
    }

    /// Elements of what is left in the end.
    pub fn features(&self) -> usize {
        let [size, filters] = self.base();
        size * size * filters
    }
}

/// The window that halves a picture, or, transposed, doubles it (Radford et al. 2016, with a kernel that the stride divides, which
/// leaves no checkerboard: Odena et al. 2016).
const HALVING: Window = Window::square(4, 2, 1);

/// How a stack keeps its layers in bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    None,
    Batch,
    /// Of all that a layer makes of one picture, so that pictures of a batch do not depend on each other, as a gradient penalty wants
    /// it (Gulrajani et al. 2017, sec. 4).
    Layer,
    /// Of the weights, as discriminators have it.
    Spectral,
}

impl Norm {
    /// That of the layer at the picture's side, whose output or input is left as it is (Radford et al. 2016, sec. 3).
    fn beside_the_picture(self) -> Norm {
        match self {
            Norm::Batch | Norm::Layer => Norm::None,
            Norm::None | Norm::Spectral => self,
        }
    }
}

/// What keeps one layer in bounds.
#[derive(Clone, Copy)]
pub(crate) enum InBounds<'b> {
    None,
    Batch(BatchNorm<'b>),
    Layer(GroupNorm<'b>),
    Spectral(SpectralNorm<'b>),
}

impl<'b> InBounds<'b> {
    /// Named `layer.norm`, of so many channels or, if spectral, of a weight of so many columns.
    pub fn new(b: &'b Builder, layer: &str, norm: Norm, count: usize) -> Self {
        let name = format!("{layer}.norm");
        match norm {
            Norm::None => InBounds::None,
            Norm::Batch => InBounds::Batch(BatchNorm::new(b, &name, count)),
            Norm::Layer => InBounds::Layer(GroupNorm::new(b, &name, count, 1)),
            Norm::Spectral => InBounds::Spectral(SpectralNorm::new(b, &name, count)),
        }
    }

    pub fn of_weight(&self, weight: Tensor<'b>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        if let InBounds::Spectral(norm) = self { norm.normalised(weight, pass) } else { weight }
    }

    pub fn of_output(&self, y: Tensor<'b>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        match self {
            InBounds::Batch(norm) => norm.forward(y, pass),
            InBounds::Layer(norm) => norm.forward(y),
            InBounds::None | InBounds::Spectral(_) => y,
        }
    }

    pub fn map(&self, other: &mut dyn FnMut(Tensor<'b>) -> Tensor<'b>) -> Self {
        match *self {
            InBounds::None => InBounds::None,
            InBounds::Batch(BatchNorm { affine, mean, variance }) => {
                InBounds::Batch(BatchNorm { affine: affine.map(other), mean: other(mean), variance: other(variance) })
            }
            InBounds::Layer(norm) => InBounds::Layer(GroupNorm { affine: norm.affine.map(other), ..norm }),
            InBounds::Spectral(SpectralNorm { direction }) => InBounds::Spectral(SpectralNorm { direction: other(direction) }),
        }
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        match self {
            InBounds::Batch(BatchNorm { affine, .. }) | InBounds::Layer(GroupNorm { affine, .. }) => affine.parameters().to_vec(),
            InBounds::None | InBounds::Spectral(_) => Vec::new(),
        }
    }
}

/// Convolutions that halve a picture down to the base of its pyramid.
pub struct Halving<'b> {
    layers: Vec<(Conv2d<'b>, InBounds<'b>)>,
    activation: Activation,
}

impl<'b> Halving<'b> {
    /// Layers `name.0`, `name.1`, … and their norms `name.0.norm`, …
    pub fn new(b: &'b Builder, name: &str, pyramid: Pyramid, norm: Norm, activation: Activation, start: Start) -> Self {
        let mut from = pyramid.channels;
        let layer = |(i, [_, filters]): (usize, [usize; 2])| {
            let layer = format!("{name}.{i}");
            let norm = if i == 0 { norm.beside_the_picture() } else { norm };
            let channels = [std::mem::replace(&mut from, filters), filters];
            let conv = Conv2d::new(b, &layer, channels, HALVING, norm != Norm::Batch, start);
            (conv, InBounds::new(b, &layer, norm, filters))
        };
        Halving { layers: pyramid.levels().into_iter().enumerate().map(layer).collect(), activation }
    }

    /// `[n, size, size, channels] → [n, base, base, filters]`
    pub fn forward(&self, x: Tensor<'b>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        self.layers.iter().fold(x, |x, (layer, norm)| {
            let y = Conv2d { weight: norm.of_weight(layer.weight, pass), ..*layer }.forward(x);
            self.activation.apply(norm.of_output(y, pass))
        })
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        self.layers.iter().flat_map(|(layer, norm)| layer.parameters().chain(norm.parameters())).collect()
    }
}

/// Transposed convolutions that double the base of a pyramid up to the picture, whose last has no activation.
pub struct Doubling<'b> {
    layers: Vec<(ConvTranspose2d<'b>, InBounds<'b>)>,
    activation: Activation,
}

impl<'b> Doubling<'b> {
    /// Layers `name.0`, `name.1`, … and their norms `name.0.norm`, …
    pub fn new(b: &'b Builder, name: &str, pyramid: Pyramid, norm: Norm, activation: Activation, start: Start) -> Self {
        let mut levels = pyramid.levels();
        levels.insert(0, [pyramid.size, pyramid.channels]);
        let layer = |(i, pair): (usize, &[[usize; 2]])| {
            let [[size, filters], [_, from]] = [pair[0], pair[1]];
            let layer = format!("{name}.{i}");
            let norm = if i + 2 == levels.len() { norm.beside_the_picture() } else { norm };
            let conv = ConvTranspose2d::new(b, &layer, [from, filters], HALVING, [size; 2], norm != Norm::Batch, start);
            // The columns of a transposed convolution's weight are what it comes from.
            (conv, InBounds::new(b, &layer, norm, if norm == Norm::Spectral { from } else { filters }))
        };
        Doubling { layers: levels.windows(2).rev().enumerate().map(layer).collect(), activation }
    }

    /// `[n, base, base, filters] → [n, size, size, channels]`
    pub fn forward(&self, x: Tensor<'b>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        self.layers.iter().enumerate().fold(x, |x, (i, (layer, norm))| {
            let y = ConvTranspose2d { weight: norm.of_weight(layer.weight, pass), ..*layer }.forward(x);
            let y = norm.of_output(y, pass);
            if i + 1 == self.layers.len() { y } else { self.activation.apply(y) }
        })
    }

    /// The same stack of other variables: for each of its own, what `other` gives.
    pub fn map(&self, other: &mut dyn FnMut(Tensor<'b>) -> Tensor<'b>) -> Self {
        let layers = self.layers.iter().map(|(layer, norm)| (layer.map(other), norm.map(other))).collect();
        Doubling { layers, activation: self.activation }
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        self.layers.iter().flat_map(|(layer, norm)| layer.parameters().chain(norm.parameters())).collect()
    }
}
