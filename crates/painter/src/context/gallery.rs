//! Pictures on walls, and dots over them, on a 2-D canvas.

use std::f64::consts::TAU;

use terrarium_labs::scene::{Dots, Gallery, Values, Wall};
use wasm_bindgen::JsValue;

use super::{ContextPainter, points};
use crate::hanging::{Hanging, hang};
use crate::palette::Rgb;
use crate::view::View;

impl ContextPainter {
    pub(super) fn paint_gallery(&self, gallery: &Gallery) {
        for wall in &gallery.walls {
            // A browser that cannot scale an image still gets everything else.
            let _ = self.paint_wall(wall);
        }
        if let Some(dots) = &gallery.dots {
            self.paint_kinds(dots);
        }
    }

    fn paint_wall(&self, wall: &Wall) -> Result<(), JsValue> {
        let (Values::Host(numbers), Some(hanging)) = (&wall.pixels, hang(wall, self.view)) else { return Ok(()) };
        let [height, width, _] = wall.size;
        let Hanging { rows, columns, count, start, picture, pitch, smooth } = hanging;
        let whole = [columns * width, rows * height];
        self.put(&mosaic(wall.size, numbers, &hanging, self.look.palette.ground), whole)?;
        self.context.set_image_smoothing_enabled(smooth);
        if wall.joined {
            return self.draw([0, 0], whole, start, [picture[0] * columns as f32, picture[1] * rows as f32]);
        }
        for i in 0..count {
            let (row, column) = (i / columns, i % columns);
            let to = [start[0] + column as f32 * pitch[0], start[1] + row as f32 * pitch[1]];
            self.draw([column * width, row * height], [width, height], to, picture)?;
        }
        Ok(())
    }

    /// All rims lie under all fills.
    fn paint_kinds(&self, dots: &Dots) {
        let [width, height] = self.size();
        let half = f64::from(self.view.edge()) / 2.0;
        let place = |[x, y]: [f32; 2]| {
            let shown = x.abs() < View::FAR_OFF && y.abs() < View::FAR_OFF;
            shown.then(|| [width / 2.0 + f64::from(x) * half, height / 2.0 - f64::from(y) * half])
        };
        let placed = points(&dots.points).iter().zip(&*dots.kinds).filter_map(|(point, kind)| Some((place(*point)?, *kind)));
        let look = self.look.kind(0);
        let radius = self.length(look.radius);
        self.context.begin_path();
        for ([x, y], _) in placed.clone() {
            self.context.move_to(x + radius, y);
            // It can only fail for a negative radius.
            let _ = self.context.arc(x, y, radius, 0.0, TAU);
        }
        self.pen(look.rim);
        self.context.stroke();
        let mut last = None;
        for ([x, y], kind) in placed {
            if last != Some(kind) {
                self.context.set_fill_style_str(&self.look.kind(kind).fill.css());
                last = Some(kind);
            }
            self.context.begin_path();
            let _ = self.context.arc(x, y, radius, 0.0, TAU);
            self.context.fill();
        }
    }
}

/// A wall's pictures side by side, row after row, and the ground where there is none: red, green, blue and opacity of each
/// pixel.
fn mosaic([height, width, channels]: [usize; 3], numbers: &[f32], hanging: &Hanging, [r, g, b]: Rgb) -> Vec<u8> {
    let mut pixels = [r, g, b, 255].repeat(hanging.columns * width * hanging.rows * height);
    let across = 4 * hanging.columns * width;
    for (i, picture) in numbers.chunks_exact(height * width * channels).take(hanging.count).enumerate() {
        let (row, column) = (i / hanging.columns, i % hanging.columns);
        let lines = pixels.chunks_exact_mut(across).skip(row * height);
        for (line, values) in lines.zip(picture.chunks_exact(width * channels)) {
            let line = &mut line[4 * column * width..];
            for (pixel, value) in line.chunks_exact_mut(4).zip(values.chunks_exact(channels)) {
                // What is no number is black.
                let shade = |value: f32| (255.0 * value.clamp(0.0, 1.0)).round() as u8;
                let [r, g, b] = [0, 1, 2].map(|channel| shade(value[channel % channels]));
                pixel[..3].copy_from_slice(&[r, g, b]);
            }
        }
    }
    pixels
}
