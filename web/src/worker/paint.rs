//! Paints a scene on the page's canvas.

use std::collections::VecDeque;
use std::f64::consts::TAU;
use std::future::Future;

use js_sys::{Promise, Uint8Array};
use terrarium_labs::protocol::Layers;
use terrarium_labs::scene::{HALF_SIDE, Scene, Surface, WarpedGrid};
use terrarium_web::palette::{Palette, css};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d as Context};

/// How many earlier places of a generated point its trail runs through.
const TRAIL: usize = 8;

/// A longer way between two scenes, in units of the plane, is a leap and no trail.
const LEAP: f32 = 0.2;

/// How many times finer the surface is drawn than it is computed.
const FINER: usize = 4;

/// The radius of a point in CSS pixels on a view of 560.
const RADIUS: f64 = 2.6;

/// What the page tells of the view.
#[derive(Clone, Copy)]
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

pub struct Painter {
    canvas: OffscreenCanvas,
    context: Context,
    /// The surface at its own resolution, from where it is scaled up smoothly.
    surface: OffscreenCanvas,
    surface_context: Context,
    palette: &'static Palette,
    /// Device pixels to a CSS pixel.
    scale: f64,
    /// Generated points of the last scenes, oldest first.
    trail: VecDeque<Vec<[f32; 2]>>,
}

fn context(canvas: &OffscreenCanvas) -> Result<Context, String> {
    let found = canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into().ok());
    found.ok_or_else(|| "This browser does not let a worker draw.".to_string())
}

impl Painter {
    pub fn new(canvas: OffscreenCanvas) -> Result<Self, String> {
        let surface = OffscreenCanvas::new(1, 1).map_err(|_| "This browser does not let a worker draw.".to_string())?;
        Ok(Painter {
            context: context(&canvas)?,
            surface_context: context(&surface)?,
            canvas,
            surface,
            palette: Palette::of(false),
            scale: 1.0,
            trail: VecDeque::new(),
        })
    }

    /// Gives the canvas a size, which empties it, and colours.
    pub fn resize(&mut self, View { size: [width, height], scale, dark }: View) {
        self.canvas.set_width(width.max(1));
        self.canvas.set_height(height.max(1));
        self.scale = f64::from(scale);
        self.palette = Palette::of(dark);
    }

    pub fn forget_trails(&mut self) {
        self.trail.clear();
    }

    pub fn paint(&mut self, scene: &Scene, layers: Layers) {
        let [width, height] = self.size();
        self.context.set_fill_style_str(&css(self.palette.ground, 1.0));
        self.context.fill_rect(0.0, 0.0, width, height);
        if let Some(surface) = &scene.surface {
            // A browser that cannot scale an image still gets everything else.
            let _ = self.paint_surface(surface);
        }
        if let Some(grid) = &scene.grid {
            self.paint_grid(grid);
        }
        if layers.real {
            self.paint_points(&scene.real, &css(self.palette.real, 0.8), 0.85);
        }
        if layers.trails {
            self.paint_trails(&scene.generated);
        }
        if layers.generated {
            self.paint_points(&scene.generated, &css(self.palette.generated, 0.95), 1.0);
        }
        if layers.arrows {
            self.paint_arrows(&scene.generated, &scene.arrows);
        }
        self.remember(&scene.generated);
    }

    fn size(&self) -> [f64; 2] {
        [f64::from(self.canvas.width()), f64::from(self.canvas.height())]
    }

    /// How many device pixels the plane's unit has.
    fn unit(&self) -> f64 {
        let [width, height] = self.size();
        width.min(height) / (2.0 * f64::from(HALF_SIDE))
    }

    /// A length in CSS pixels on a view of 560, which shrinks with the view, though not as fast.
    fn length(&self, css_pixels: f64) -> f64 {
        let [width, _] = self.size();
        css_pixels * self.scale * (width / self.scale / 560.0).sqrt()
    }

    /// Where a point of the plane lies on the canvas; nowhere if it is not finite or far outside.
    fn place(&self, [x, y]: [f32; 2]) -> Option<[f64; 2]> {
        let far = 4.0 * HALF_SIDE;
        let [width, height] = self.size();
        (x.abs() < far && y.abs() < far)
            .then(|| [width / 2.0 + f64::from(x) * self.unit(), height / 2.0 - f64::from(y) * self.unit()])
    }

    fn paint_surface(&self, surface: &Surface) -> Result<(), JsValue> {
        let (side, realness) = finer(surface);
        let mut pixels = vec![255_u8; 4 * side * side];
        for (pixel, realness) in pixels.chunks_exact_mut(4).zip(realness) {
            pixel[..3].copy_from_slice(&self.palette.verdict(realness));
        }
        let side = side as u32;
        if self.surface.width() != side {
            self.surface.set_width(side);
            self.surface.set_height(side);
        }
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), side, side)?;
        self.surface_context.put_image_data(&image, 0.0, 0.0)?;
        self.context.set_image_smoothing_enabled(true);
        let [width, height] = self.size();
        let edge = width.min(height);
        self.context.draw_image_with_offscreen_canvas_and_dw_and_dh(
            &self.surface,
            (width - edge) / 2.0,
            (height - edge) / 2.0,
            edge,
            edge,
        )
    }

    /// Draws lines through places; where one is missing, the line breaks.
    fn trace(&self, places: impl Iterator<Item = Option<[f64; 2]>>) {
        let mut drawing = false;
        for place in places {
            match place {
                Some([x, y]) if drawing => self.context.line_to(x, y),
                Some([x, y]) => self.context.move_to(x, y),
                None => {}
            }
            drawing = place.is_some();
        }
    }

    fn paint_grid(&self, grid: &WarpedGrid) {
        self.context.set_stroke_style_str(&css(self.palette.grid, 0.75));
        self.context.set_line_width(self.length(1.0));
        self.context.begin_path();
        let at = |row: usize, column: usize| grid.points.get(row * grid.columns + column).and_then(|p| self.place(*p));
        for row in 0..grid.rows {
            self.trace((0..grid.columns).map(|column| at(row, column)));
        }
        for column in 0..grid.columns {
            self.trace((0..grid.rows).map(|row| at(row, column)));
        }
        self.context.stroke();
    }

    fn paint_points(&self, points: &[[f32; 2]], colour: &str, size: f64) {
        let radius = self.length(RADIUS * size);
        self.context.begin_path();
        for [x, y] in points.iter().filter_map(|point| self.place(*point)) {
            self.context.move_to(x + radius, y);
            // It can only fail for a negative radius.
            let _ = self.context.arc(x, y, radius, 0.0, TAU);
        }
        self.context.set_line_width(self.length(0.8));
        self.context.set_stroke_style_str(&css(self.palette.rim, 0.7));
        self.context.stroke();
        self.context.set_fill_style_str(colour);
        self.context.fill();
    }

    fn paint_trails(&self, now: &[[f32; 2]]) {
        self.context.set_line_width(self.length(1.1));
        let nexts = self.trail.iter().skip(1).map(Vec::as_slice).chain([now]);
        for (age, (from, to)) in self.trail.iter().zip(nexts).enumerate() {
            let alpha = 0.35 * (age + 1) as f32 / (self.trail.len() + 1) as f32;
            self.context.set_stroke_style_str(&css(self.palette.generated, alpha));
            self.context.begin_path();
            let near = |([x0, y0], [x1, y1]): &(&[f32; 2], &[f32; 2])| (x1 - x0).hypot(y1 - y0) < LEAP;
            for (from, to) in from.iter().zip(to).filter(near) {
                self.trace([self.place(*from), self.place(*to)].into_iter());
            }
            self.context.stroke();
        }
    }

    fn paint_arrows(&self, points: &[[f32; 2]], pulls: &[[f32; 2]]) {
        // The longest arrow is an eighth of the view; the others are in proportion, so that vanishing shows, as arrows that
        // are shorter than all others, down to the size at which gradients of 1 would fill the view.
        let strongest = pulls.iter().map(|[x, y]| x.hypot(*y)).filter(|v| v.is_finite()).fold(0.0_f32, f32::max);
        let longest = 0.25 * HALF_SIDE;
        let stretch = if strongest > longest { longest / strongest } else { 1.0 };
        let head = self.length(3.5);
        self.context.begin_path();
        for ([x, y], [dx, dy]) in points.iter().zip(pulls) {
            let tip = [x + stretch * dx, y + stretch * dy];
            let (Some([x0, y0]), Some([x1, y1])) = (self.place([*x, *y]), self.place(tip)) else { continue };
            let length = (x1 - x0).hypot(y1 - y0);
            if length < 1.0 {
                continue;
            }
            let [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
            let head = head.min(length / 2.0);
            self.context.move_to(x0, y0);
            self.context.line_to(x1, y1);
            self.context.move_to(x1 - head * (ux + 0.6 * uy), y1 - head * (uy - 0.6 * ux));
            self.context.line_to(x1, y1);
            self.context.line_to(x1 - head * (ux - 0.6 * uy), y1 - head * (uy + 0.6 * ux));
        }
        for (width, colour) in [(2.6, css(self.palette.rim, 0.8)), (1.2, css(self.palette.discriminator, 1.0))] {
            self.context.set_line_width(self.length(width));
            self.context.set_stroke_style_str(&colour);
            self.context.stroke();
        }
    }

    fn remember(&mut self, generated: &[[f32; 2]]) {
        if self.trail.back().is_none_or(|last| last != generated) {
            self.trail.push_back(generated.to_vec());
        }
        while self.trail.len() > TRAIL {
            self.trail.pop_front();
        }
    }
}

/// The surface with [`FINER`] times as many cells along a side, rows from the top down. What lies between cells is
/// interpolated in logits, so that the border of a discriminator that is sure of itself is a line and no staircase.
fn finer(surface: &Surface) -> (usize, Vec<f32>) {
    let logits: Vec<f32> = surface.realness.iter().map(|p| p.clamp(1e-6, 1.0 - 1e-6)).map(|p| (p / (1.0 - p)).ln()).collect();
    let side = surface.side * FINER;
    // Between which cells a place lies, and how far it is from the first.
    let between = |place: usize| {
        let at = ((place as f32 + 0.5) / FINER as f32 - 0.5).clamp(0.0, (surface.side - 1) as f32);
        let first = at as usize;
        (first, (first + 1).min(surface.side - 1), at - first as f32)
    };
    let columns: Vec<_> = (0..side).map(between).collect();
    let mut fine = Vec::with_capacity(side * side);
    for row in (0..side).rev() {
        let (low, high, up) = between(row);
        let [low, high] = [low, high].map(|row| &logits[row * surface.side..][..surface.side]);
        fine.extend(columns.iter().map(|&(left, right, across)| {
            let [low, high] = [low, high].map(|row| row[left] + across * (row[right] - row[left]));
            1.0 / (1.0 + (-(low + up * (high - low))).exp())
        }));
    }
    (side, fine)
}

/// What is on the canvas as a PNG.
pub fn picture(painter: &Painter) -> impl Future<Output = Result<Vec<u8>, String>> + use<> {
    let blob = painter.canvas.convert_to_blob();
    async move {
        let bytes = async {
            let blob: Blob = JsFuture::from(blob?).await?.dyn_into()?;
            let bytes: Promise = blob.array_buffer();
            Ok::<_, JsValue>(Uint8Array::new(&JsFuture::from(bytes).await?).to_vec())
        };
        bytes.await.map_err(|_| "The browser could not make a picture of the view.".to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surface_is_finer_upright_and_keeps_its_values() {
        // Real above, generated below, sure of itself on the right.
        let surface = Surface { side: 2, realness: vec![0.3, 0.0, 0.7, 1.0], scale: [0.0, 1.0], meaning: "" };
        let (side, fine) = finer(&surface);
        assert_eq!((side, fine.len()), (2 * FINER, 4 * FINER * FINER));
        let [top_left, bottom_left, bottom_right] = [fine[0], fine[side * (side - 1)], fine[side * side - 1]];
        assert!((top_left - 0.7).abs() < 1e-3 && (bottom_left - 0.3).abs() < 1e-3 && bottom_right < 1e-3);
        let middle = |row: usize| fine[row * side];
        assert!((0..side - 1).all(|row| middle(row) >= middle(row + 1)));
    }
}
