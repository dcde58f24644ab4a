//! Where the plane lies on the canvas.

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
    /// A place further out than this along an axis, in units of the plane, is not drawn, nor are lines that end there.
    pub const FAR: f32 = 4.0 * HALF_SIDE;

    /// How many device pixels the plane's unit has.
    pub fn unit(&self) -> f32 {
        let [width, height] = self.size;
        width.min(height) as f32 / (2.0 * HALF_SIDE)
    }

    /// A length in CSS pixels on a view of 560, in device pixels. It shrinks with the view, though not as fast.
    pub fn length(&self, css_pixels: f32) -> f32 {
        let [width, _] = self.size;
        css_pixels * self.scale * (width as f32 / self.scale / 560.0).sqrt()
    }
}
