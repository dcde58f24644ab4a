//! Convolutional layers, and the two stacks of them that small image models are made of: halving a picture again and again, and
//! doubling it back. Pictures are `[n, h, w, c]`.

use terrarium_graph::{Builder, Init, Tensor, Window};

use crate::mlp::{Activation, Start};
use crate::norm::{BatchNorm, Pass, SpectralNorm};

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

/// How a stack keeps its layers in bounds. The layer at the picture's side has no batch norm (Radford et al. 2016, sec. 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    None,
    Batch,
    /// Of the weights, as discriminators have it.
    Spectral,
}

/// Convolutions that halve a picture down to the base of its pyramid.
pub struct Halving<'b> {
    pub layers: Vec<Conv2d<'b>>,
    batch: Vec<Option<BatchNorm<'b>>>,
    spectral: Vec<Option<SpectralNorm<'b>>>,
    activation: Activation,
}

impl<'b> Halving<'b> {
    /// Layers `name.0`, `name.1`, … and their norms `name.0.norm`, …
    pub fn new(b: &'b Builder, name: &str, pyramid: Pyramid, norm: Norm, activation: Activation, start: Start) -> Self {
        let (mut layers, mut batch, mut spectral) = (Vec::new(), Vec::new(), Vec::new());
        let mut from = pyramid.channels;
        for (i, [_, filters]) in pyramid.levels().into_iter().enumerate() {
            let norm_name = format!("{name}.{i}.norm");
            let has_batch_norm = norm == Norm::Batch && i > 0;
            layers.push(Conv2d::new(b, &format!("{name}.{i}"), [from, filters], HALVING, !has_batch_norm, start));
            batch.push(has_batch_norm.then(|| BatchNorm::new(b, &norm_name, filters)));
            spectral.push((norm == Norm::Spectral).then(|| SpectralNorm::new(b, &norm_name, filters)));
            from = filters;
        }
        Halving { layers, batch, spectral, activation }
    }

    /// `[n, size, size, channels] → [n, base, base, filters]`
    pub fn forward(&self, x: Tensor<'b>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        let norms = self.batch.iter().zip(&self.spectral);
        self.layers.iter().zip(norms).fold(x, |x, (layer, (batch, spectral))| {
            let weight = spectral.map_or(layer.weight, |norm| norm.normalised(layer.weight, pass));
            let x = Conv2d { weight, ..*layer }.forward(x);
            self.activation.apply(batch.map_or(x, |norm| norm.forward(x, pass)))
        })
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        let norms = self.batch.iter().flatten().flat_map(|norm| norm.affine.parameters());
        self.layers.iter().flat_map(Conv2d::parameters).chain(norms).collect()
    }
}

/// Transposed convolutions that double the base of a pyramid up to the picture, whose last has no activation.
pub struct Doubling<'b> {
    pub layers: Vec<ConvTranspose2d<'b>>,
    batch: Vec<Option<BatchNorm<'b>>>,
    activation: Activation,
}

impl<'b> Doubling<'b> {
    /// Layers `name.0`, `name.1`, … and their norms `name.0.norm`, …
    pub fn new(b: &'b Builder, name: &str, pyramid: Pyramid, norm: Norm, activation: Activation, start: Start) -> Self {
        let mut levels = pyramid.levels();
        levels.insert(0, [pyramid.size, pyramid.channels]);
        let (mut layers, mut batch) = (Vec::new(), Vec::new());
        for (i, pair) in levels.windows(2).rev().enumerate() {
            let [[size, filters], [_, from]] = [pair[0], pair[1]];
            let has_batch_norm = norm == Norm::Batch && i + 2 < levels.len();
            let layer = format!("{name}.{i}");
            layers.push(ConvTranspose2d::new(b, &layer, [from, filters], HALVING, [size; 2], !has_batch_norm, start));
            batch.push(has_batch_norm.then(|| BatchNorm::new(b, &format!("{layer}.norm"), filters)));
        }
        Doubling { layers, batch, activation }
    }

    /// `[n, base, base, filters] → [n, size, size, channels]`
    pub fn forward(&self, x: Tensor<'b>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        self.layers.iter().zip(&self.batch).enumerate().fold(x, |x, (i, (layer, batch))| {
            let x = layer.forward(x);
            let x = batch.map_or(x, |norm| norm.forward(x, pass));
            if i + 1 == self.layers.len() { x } else { self.activation.apply(x) }
        })
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        let norms = self.batch.iter().flatten().flat_map(|norm| norm.affine.parameters());
        self.layers.iter().flat_map(ConvTranspose2d::parameters).chain(norms).collect()
    }
}
