use super::Op;
use crate::builder::Tensor;
use crate::{Error, Result, Shape};

/// A window that slides over pictures, along height and width: its size, how far it moves at a time, and how many zeros it sees
/// beyond each edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub padding: [usize; 2],
}

impl Window {
    /// The same along height and width.
    pub const fn square(kernel: usize, stride: usize, padding: usize) -> Window {
        Window { kernel: [kernel; 2], stride: [stride; 2], padding: [padding; 2] }
    }

    /// Pixels that the window sees at a time.
    pub fn pixels(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// How many places the window takes on a picture of this height and width: ⌊(size + 2 padding − kernel) / stride⌋ + 1 along
    /// each. `None` where the window is empty, does not move, or is larger than the picture with its padding.
    pub fn places(&self, size: [usize; 2]) -> Option<[usize; 2]> {
        let along = |axis: usize| {
            let room = (size[axis] + 2 * self.padding[axis]).checked_sub(self.kernel[axis])?;
            (self.kernel[axis] > 0).then_some(room.checked_div(self.stride[axis])? + 1)
        };
        Some([along(0)?, along(1)?])
    }

    fn fitting(&self, op: &'static str, size: [usize; 2]) -> Result<[usize; 2]> {
        self.places(size).ok_or_else(|| {
            let Window { kernel, stride, padding } = self;
            let message =
                format!("a window of {kernel:?} with stride {stride:?} does not slide over {size:?} padded by {padding:?}");
            Error::op(op, message)
        })
    }
}

impl<'b> Tensor<'b> {
    /// What a sliding window sees of each picture, place by place: `[n, h, w, c] → [n, rows, columns, kh·kw·c]`, where a place's
    /// elements come in the order of kh, kw, c. Also called im2col. Its gradient is [`Tensor::fold`], and the reverse.
    pub fn unfold(self, window: Window) -> Self {
        self.builder.numbers("unfold", &[self], || {
            let shape = self.shape();
            let &[n, h, w, c] = &shape[..] else {
                return Err(Error::op("unfold", format!("pictures are [n, h, w, c], not {shape}")));
            };
            let [rows, columns] = window.fitting("unfold", [h, w])?;
            Ok(self.builder.node(Op::Unfold(window), &[self], Shape::from([n, rows, columns, window.pixels() * c])))
        })
    }

    /// Pictures of height and width `to` as the sums of what a sliding window sees of them, place by place:
    /// `[n, rows, columns, kh·kw·c] → [n, h, w, c]`. Also called col2im. What falls on the padding is left out.
    pub fn fold(self, window: Window, to: [usize; 2]) -> Self {
        self.builder.numbers("fold", &[self], || {
            let shape = self.shape();
            let &[n, rows, columns, seen] = &shape[..] else {
                return Err(Error::op("fold", format!("places are [n, rows, columns, kh·kw·c], not {shape}")));
            };
            let places = window.fitting("fold", to)?;
            if places != [rows, columns] {
                return Err(Error::op("fold", format!("{shape}: on {to:?} the window takes {places:?} places")));
            }
            if seen % window.pixels() != 0 {
                let (pixels, kernel) = (window.pixels(), window.kernel);
                return Err(Error::op(
                    "fold",
                    format!("{shape}: {seen} elements are not some for each of {pixels} pixels of {kernel:?}"),
                ));
            }
            let to = Shape::from([n, to[0], to[1], seen / window.pixels()]);
            Ok(self.builder.node(Op::Fold(window), &[self], to))
        })
    }

    /// The convolution (in the field's sense: the kernel is not turned) of pictures `[n, h, w, c]` with kernels
    /// `[kh·kw·c, filters]`: `[n, rows, columns, filters]`.
    pub fn conv2d(self, kernels: Tensor<'b>, window: Window) -> Self {
        self.unfold(window).matmul(kernels)
    }

    /// The transposed convolution: what [`Tensor::conv2d`] with kernels `[kh·kw·filters, c]` would take a gradient of shape
    /// `[n, rows, columns, c]` back to, pictures `[n, h, w, filters]` of height and width `to` (Zeiler et al. 2010; Dumoulin and
    /// Visin 2016, ch. 4). Several sizes have as many places where the stride is above 1, so `to` is said.
    pub fn conv2d_transpose(self, kernels: Tensor<'b>, window: Window, to: [usize; 2]) -> Self {
        if kernels.shape().rank() != 2 {
            let message = format!("kernels are [kh·kw·filters, c], not {}", kernels.shape());
            return self.builder.fail(Error::op("transposed convolution", message));
        }
        self.matmul(kernels.t()).fold(window, to)
    }

    /// Each pixel of `[n, h, w, c]` as `factor` × `factor` equal ones: `[n, factor·h, factor·w, c]`.
    pub fn upsample(self, factor: usize) -> Self {
        let shape = self.shape();
        let &[n, h, w, c] = &shape[..] else {
            return self.builder.fail(Error::op("upsample", format!("pictures are [n, h, w, c], not {shape}")));
        };
        self.reshape([n, h, 1, w, 1, c]).broadcast_to([n, h, factor, w, factor, c]).reshape([n, factor * h, factor * w, c])
    }
}
