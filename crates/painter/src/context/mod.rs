//! The painter on a 2-D canvas, where there is no WebGPU.

mod gallery;

use std::collections::VecDeque;
use std::f64::consts::TAU;

use terrarium_labs::scene::{Plane, Scene, Surface, Values, WarpedGrid};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d as Context};

use crate::look::{ARROW_HEAD, ARROW_SLOPE, Dots, LEAP, LONGEST_ARROW, Look, Stroke, TRAIL};
use crate::palette::css;
use crate::view::View;

/// How many times finer the surface is drawn than it is computed.
const FINER: usize = 4;

pub struct ContextPainter {
    context: Context,
    /// Where a picture is put at its own resolution, to be scaled from there. It grows as needed.
    scratch: OffscreenCanvas,
    scratch_context: Context,
    view: View,
    look: Look,
    /// The generated points of the last scenes up to the present one, oldest first.
    trail: VecDeque<Vec<[f32; 2]>>,
    /// The step of the present scene.
    step: u32,
}

fn context(canvas: &OffscreenCanvas) -> Result<Context, String> {
    let found = canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into().ok());
    found.ok_or_else(|| "This browser does not let a worker draw.".to_string())
}

/// Points in the processor's memory. Others cannot be painted here.
fn points(values: &Values) -> &[[f32; 2]] {
    match values {
        Values::Host(numbers) => numbers.as_chunks().0,
        Values::Device(_) => &[],
    }
}

impl ContextPainter {
    pub fn new(canvas: &OffscreenCanvas) -> Result<Self, String> {
        let scratch = OffscreenCanvas::new(1, 1).map_err(|_| "This browser does not let a worker draw.".to_string())?;
        Ok(ContextPainter {
            context: context(canvas)?,
            scratch_context: context(&scratch)?,
            scratch,
            view: View::default(),
            look: Look::of(false),
            trail: VecDeque::new(),
            step: 0,
        })
    }

    /// Tells what size the canvas has now, and its colours.
    pub fn resize(&mut self, view: View) {
        self.view = view;
        self.look = Look::of(view.dark);
    }

    pub fn forget_trails(&mut self) {
        self.trail.clear();
    }

    pub fn paint(&mut self, scene: &Scene) {
        let [width, height] = self.size();
        self.context.set_fill_style_str(&css(self.look.palette.ground, 1.0));
        self.context.fill_rect(0.0, 0.0, width, height);
        match scene {
            Scene::Plane(plane) => self.paint_plane(plane),
            Scene::Gallery(gallery) => {
                self.forget_trails();
                self.paint_gallery(gallery);
            }
        }
    }

    fn paint_plane(&mut self, scene: &Plane) {
        let layers = scene.layers;
        let generated = scene.generated.as_ref().map_or(&[][..], points);
        self.remember(generated, scene.step);
        if let Some(surface) = &scene.surface {
            // A browser that cannot scale an image still gets everything else.
            let _ = self.paint_surface(surface);
        }
        if let Some(grid) = &scene.grid {
            self.paint_grid(grid);
        }
        if layers.real {
            self.paint_points(&scene.real, self.look.real);
        }
        if layers.trails {
            self.paint_trails();
        }
        if layers.generated {
            self.paint_points(generated, self.look.generated);
        }
        if layers.arrows
            && let Some(pulls) = &scene.arrows
        {
            self.paint_arrows(generated, points(pulls));
        }
    }

    fn size(&self) -> [f64; 2] {
        self.view.size.map(f64::from)
    }

    fn length(&self, css_pixels: f32) -> f64 {
        f64::from(self.view.length(css_pixels))
    }

    /// Where a point of the plane lies on the canvas; nowhere if it is not finite or far outside.
    fn place(&self, [x, y]: [f32; 2]) -> Option<[f64; 2]> {
        let [width, height] = self.size();
        let unit = f64::from(self.view.unit());
        (x.abs() < View::FAR && y.abs() < View::FAR)
            .then(|| [width / 2.0 + f64::from(x) * unit, height / 2.0 - f64::from(y) * unit])
    }

    fn pen(&self, stroke: Stroke) {
        self.context.set_stroke_style_str(&stroke.ink.css());
        self.context.set_line_width(self.length(stroke.width));
    }

    fn paint_surface(&self, surface: &Surface) -> Result<(), JsValue> {
        let Values::Host(realness) = &surface.realness else { return Ok(()) };
        let Some((side, verdicts)) = finer(surface.side, realness) else { return Ok(()) };
        let pixels = verdicts.flat_map(|realness| {
            let [r, g, b] = self.look.palette.verdict(realness);
            [r, g, b, 255]
        });
        let pixels: Vec<u8> = pixels.collect();
        self.put(&pixels, [side, side])?;
        self.context.set_image_smoothing_enabled(true);
        let edge = self.view.edge();
        self.draw([0, 0], [side, side], self.view.corner(), [edge, edge])
    }

    /// Puts a picture of a width and a height on the scratch canvas: red, green, blue and opacity of each pixel.
    fn put(&self, pixels: &[u8], size: [usize; 2]) -> Result<(), JsValue> {
        let [width, height] = size.map(|side| side as u32);
        if self.scratch.width() < width || self.scratch.height() < height {
            self.scratch.set_width(self.scratch.width().max(width));
            self.scratch.set_height(self.scratch.height().max(height));
        }
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), width, height)?;
        self.scratch_context.put_image_data(&image, 0.0, 0.0)
    }

    /// Draws a part of the scratch canvas, from a corner and of a size, scaled to another corner and size.
    fn draw(&self, from: [usize; 2], size: [usize; 2], to: [f32; 2], scaled: [f32; 2]) -> Result<(), JsValue> {
        let [[x, y], [width, height]] = [from, size].map(|pair| pair.map(|n| n as f64));
        let [[left, top], [across, down]] = [to, scaled].map(|pair| pair.map(f64::from));
        self.context.draw_image_with_offscreen_canvas_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            &self.scratch,
            x,
            y,
            width,
            height,
            left,
            top,
            across,
            down,
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
        let points = points(&grid.points);
        let at = |row: usize, column: usize| points.get(row * grid.columns + column).and_then(|p| self.place(*p));
        self.context.save();
        self.pen(self.look.grid);
        self.context.set_line_join("round");
        self.context.set_line_cap("round");
        self.context.begin_path();
        for row in 0..grid.rows {
            self.trace((0..grid.columns).map(|column| at(row, column)));
        }
        for column in 0..grid.columns {
            self.trace((0..grid.rows).map(|row| at(row, column)));
        }
        self.context.stroke();
        self.context.restore();
    }

    fn paint_points(&self, points: &[[f32; 2]], dots: Dots) {
        let radius = self.length(dots.radius);
        self.context.begin_path();
        for [x, y] in points.iter().filter_map(|point| self.place(*point)) {
            self.context.move_to(x + radius, y);
            // It can only fail for a negative radius.
            let _ = self.context.arc(x, y, radius, 0.0, TAU);
        }
        self.pen(dots.rim);
        self.context.stroke();
        self.context.set_fill_style_str(&dots.fill.css());
        self.context.fill();
    }

    fn paint_trails(&self) {
        let near = |([x0, y0], [x1, y1]): &(&[f32; 2], &[f32; 2])| (x1 - x0).hypot(y1 - y0) < LEAP;
        let Stroke { mut ink, width } = self.look.trail;
        let strongest = ink.alpha;
        for (age, (from, to)) in self.trail.iter().zip(self.trail.iter().skip(1)).enumerate() {
            ink.alpha = strongest * (age + 1) as f32 / self.trail.len() as f32;
            self.pen(Stroke { ink, width });
            self.context.begin_path();
            for (from, to) in from.iter().zip(to).filter(near) {
                self.trace([self.place(*from), self.place(*to)].into_iter());
            }
            self.context.stroke();
        }
    }

    fn paint_arrows(&self, points: &[[f32; 2]], pulls: &[[f32; 2]]) {
        // The longest keeps to the view, and the others are in proportion, so that vanishing shows, as arrows that are shorter
        // than all others.
        let strongest = pulls.iter().map(|[x, y]| x.hypot(*y)).filter(|v| v.is_finite()).fold(LONGEST_ARROW, f32::max);
        let stretch = LONGEST_ARROW / strongest;
        let head = self.length(ARROW_HEAD);
        let slope = f64::from(ARROW_SLOPE);
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
            self.context.move_to(x1 - head * (ux + slope * uy), y1 - head * (uy - slope * ux));
            self.context.line_to(x1, y1);
            self.context.line_to(x1 - head * (ux - slope * uy), y1 - head * (uy + slope * ux));
        }
        for stroke in [self.look.arrow_halo, self.look.arrow] {
            self.pen(stroke);
            self.context.stroke();
        }
    }

    /// Adds a scene to the trail, or puts it in the place of the last if it is of the same step.
    fn remember(&mut self, generated: &[[f32; 2]], step: u32) {
        if self.trail.back().is_some_and(|last| last.len() != generated.len()) {
            self.trail.clear();
        }
        if step == self.step {
            self.trail.pop_back();
        }
        self.step = step;
        self.trail.push_back(generated.to_vec());
        if self.trail.len() > TRAIL + 1 {
            self.trail.pop_front();
        }
    }
}

/// A surface with [`FINER`] times as many cells along a side, rows from the top down. What lies between cells is interpolated
/// in logits, so that the border of a discriminator that is sure of itself is a line and no staircase. `None` where there are
/// fewer values than cells.
fn finer(side: usize, realness: &[f32]) -> Option<(usize, impl Iterator<Item = f32> + use<>)> {
    let cells = realness.get(..side * side).filter(|cells| !cells.is_empty())?;
    // What is no number is undecided.
    let sure = |p: &f32| if p.is_nan() { 0.5 } else { p.clamp(1e-6, 1.0 - 1e-6) };
    let logits: Vec<f32> = cells.iter().map(sure).map(|p| (p / (1.0 - p)).ln()).collect();
    // Between which cells a place lies, and how far it is from the first.
    let between = move |place: usize| {
        let at = ((place as f32 + 0.5) / FINER as f32 - 0.5).clamp(0.0, (side - 1) as f32);
        let first = at as usize;
        (first, (first + 1).min(side - 1), at - first as f32)
    };
    let columns: Vec<_> = (0..side * FINER).map(between).collect();
    let places = (0..side * FINER).rev().flat_map(move |row| (0..side * FINER).map(move |column| (row, column)));
    let fine = places.map(move |(row, column)| {
        let ((low, high, up), (left, right, across)) = (columns[row], columns[column]);
        let [low, high] = [low, high].map(|row| {
            let [left, right] = [left, right].map(|column| logits[row * side + column]);
            left + across * (right - left)
        });
        1.0 / (1.0 + (-(low + up * (high - low))).exp())
    });
    Some((side * FINER, fine))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_surface_is_finer_upright_and_keeps_its_values() {
        // Real above, generated below, sure of itself on the right.
        let (side, fine) = finer(2, &[0.3, 0.0, 0.7, 1.0]).expect("as many values as cells");
        let fine: Vec<f32> = fine.collect();
        assert_eq!((side, fine.len()), (2 * FINER, 4 * FINER * FINER));
        let [top_left, bottom_left, bottom_right] = [fine[0], fine[side * (side - 1)], fine[side * side - 1]];
        assert!((top_left - 0.7).abs() < 1e-3 && (bottom_left - 0.3).abs() < 1e-3 && bottom_right < 1e-3);
        let middle = |row: usize| fine[row * side];
        assert!((0..side - 1).all(|row| middle(row) >= middle(row + 1)));
    }

    #[wasm_bindgen_test]
    fn a_surface_with_too_few_values_is_none() {
        assert!(finer(2, &[0.5; 3]).is_none() && finer(0, &[]).is_none());
    }
}
