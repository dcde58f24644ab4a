//! Where the view's square lies on the canvas.

use terrarium_labs::scene::HALF_SIDE;

/// What a picture is to be like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Width and height in device pixels.
    pub size: [u32; 2],
    /// Device pixels to a CSS pixel.
    pub scale: f32,
    pub dark: bool,
}

impl Default for View {
    fn default() -> Self {
        View { size: [1, 1], scale: 1.0, dark: false }
    }
}

impl View {
    /// What is further out than this along an axis, in halves of the square's side, is not drawn.
    pub const FAR_OFF: f32 = 4.0;

    /// The same in units of the plane; nor are lines drawn that end there.
    pub const FAR: f32 = Self::FAR_OFF * HALF_SIDE;

    /// The side of the view's square, the largest in the middle of the canvas, in device pixels.
    pub fn edge(&self) -> f32 {
        let [width, height] = self.size;
        width.min(height) as f32
    }

    /// The upper left corner of the view's square, in device pixels.
    pub fn corner(&self) -> [f32; 2] {
        self.size.map(|side| (side as f32 - self.edge()) / 2.0)
    }

    /// How many device pixels the plane's unit has.
    pub fn unit(&self) -> f32 {
        self.edge() / (2.0 * HALF_SIDE)
    }

    /// A length in CSS pixels on a view of 560, in device pixels. It shrinks with the view, though not as fast.
    pub fn length(&self, css_pixels: f32) -> f32 {
        let [width, _] = self.size;
        css_pixels * self.scale * (width as f32 / self.scale / 560.0).sqrt()
    }
}
