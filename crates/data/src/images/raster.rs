//! A small antialiased rasteriser. A shape is its signed distance function: how far a point lies outside, negative
//! inside, in pixels (after Quilez, "2D distance functions"). With distances, an outline of even weight is the shape
//! grown by that weight, and how much of a pixel is covered is the distance of its middle, cut to [0, 1].

use std::f32::consts::SQRT_2;
use std::ops::{Add, Mul, Sub};

/// The side of the square pictures that are drawn here, a power of two.
pub const SIDE: usize = 64;

/// A point or a direction, in pixels: x to the right, y down, the middle of the first pixel at (0.5, 0.5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vec2 {
    pub x: f32,
    pub y: f32,
}

pub const fn at(x: f32, y: f32) -> Vec2 {
    Vec2 { x, y }
}

impl Add for Vec2 {
    type Output = Vec2;
    fn add(self, other: Vec2) -> Vec2 {
        at(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Vec2 {
    type Output = Vec2;
    fn sub(self, other: Vec2) -> Vec2 {
        at(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Vec2 {
    type Output = Vec2;
    fn mul(self, factor: f32) -> Vec2 {
        at(self.x * factor, self.y * factor)
    }
}

impl Vec2 {
    pub fn dot(self, other: Vec2) -> f32 {
        self.x * other.x + self.y * other.y
    }

    // `hypot` and the like differ between platforms in their last bit; a square root does not.
    pub fn length(self) -> f32 {
        self.dot(self).sqrt()
    }
}

/// A turn about a point. Its sine and cosine are computed in f64, so that platforms agree on them as f32.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    about: Vec2,
    sin: f32,
    cos: f32,
}

impl Turn {
    /// Clockwise, as seen.
    pub fn new(degrees: f32, about: Vec2) -> Self {
        let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
        Turn { about, sin: sin as f32, cos: cos as f32 }
    }

    /// Where the point was before the turn.
    pub fn back(self, p: Vec2) -> Vec2 {
        let p = p - self.about;
        self.about + at(self.cos * p.x + self.sin * p.y, self.cos * p.y - self.sin * p.x)
    }
}

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// A colour as style sheets write it: `rgb(0xff8000)`.
pub const fn rgb(hex: u32) -> Rgb {
    [(hex >> 16) as u8, (hex >> 8) as u8, hex as u8]
}

/// The colour that lies between two, `share` of the way from the first.
pub fn mix(from: Rgb, to: Rgb, share: f32) -> Rgb {
    [0, 1, 2].map(|i| (f32::from(from[i]) + share * (f32::from(to[i]) - f32::from(from[i]))).round() as u8)
}

/// [`SIDE`] × [`SIDE`] pixels, painted shape by shape.
pub struct Canvas {
    rgb: Vec<[f32; 3]>,
    turn: Turn,
}

impl Canvas {
    pub fn new(background: Rgb) -> Self {
        Canvas { rgb: vec![background.map(f32::from); SIDE * SIDE], turn: Turn::new(0.0, at(0.0, 0.0)) }
    }

    /// Turns what is painted from now on.
    pub fn turn(&mut self, turn: Turn) {
        self.turn = turn;
    }

    pub fn paint(&mut self, colour: Rgb, shape: impl Shape) {
        self.glaze(colour, 1.0, shape);
    }

    /// Paints so thin that what lies below shines through: with `opacity` 0, nothing changes.
    pub fn glaze(&mut self, colour: Rgb, opacity: f32, shape: impl Shape) {
        self.cover([0, 0], SIDE, colour.map(f32::from), opacity, &shape);
    }

    /// Paints the square of that corner and side: nothing where the shape is far away, all of it deep inside the shape, and
    /// quarter by quarter else. Not generic, as copies for all the shapes of a face would be most of what a visitor loads
    /// for faces.
    fn cover(&mut self, [left, top]: [usize; 2], side: usize, colour: [f32; 3], opacity: f32, shape: &dyn Fn(Vec2) -> f32) {
        // What distances may be wrong by, and half a pixel of edge.
        const SLACK: f32 = 1.5;
        let half = side as f32 / 2.0;
        let depth = shape(self.turn.back(at(left as f32 + half, top as f32 + half)));
        if side == 1 {
            blend(&mut self.rgb[top * SIDE + left], colour, opacity * (0.5 - depth).clamp(0.0, 1.0));
            return;
        }
        // From the middle of the square to that of a pixel in its corner.
        let reach = (half - 0.5) * SQRT_2 + SLACK;
        if depth < -reach {
            for row in self.rgb.chunks_exact_mut(SIDE).skip(top).take(side) {
                row[left..left + side].iter_mut().for_each(|pixel| blend(pixel, colour, opacity));
            }
        } else if depth < reach {
            let quarter = side / 2;
            for corner in [[0, 0], [quarter, 0], [0, quarter], [quarter, quarter]] {
                self.cover([left + corner[0], top + corner[1]], quarter, colour, opacity, shape);
            }
        }
    }

    /// The pixels, `[SIDE, SIDE, 3]`.
    pub fn bytes(&self) -> Vec<u8> {
        // Rounded; `round` is a slow call in wasm.
        self.rgb.iter().flatten().map(|v| (v + 0.5) as u8).collect()
    }
}

fn blend(pixel: &mut [f32; 3], colour: [f32; 3], share: f32) {
    for channel in 0..3 {
        pixel[channel] += share * (colour[channel] - pixel[channel]);
    }
}

/// A signed distance function, which may say less than the distance but hardly more: whole squares are settled by it.
pub trait Shape: Fn(Vec2) -> f32 + Copy {
    /// Wider by `by` pixels all around.
    fn grown(self, by: f32) -> impl Shape {
        move |p| self(p) - by
    }

    fn and(self, other: impl Shape) -> impl Shape {
        move |p| self(p).min(other(p))
    }

    fn within(self, other: impl Shape) -> impl Shape {
        move |p| self(p).max(other(p))
    }

    fn without(self, other: impl Shape) -> impl Shape {
        move |p| self(p).max(-other(p))
    }

    /// Both, with corners between them filled up over a reach of `by` pixels.
    fn blended(self, other: impl Shape, by: f32) -> impl Shape {
        move |p| {
            let (a, b) = (self(p), other(p));
            let near = (by - (a - b).abs()).max(0.0) / by;
            a.min(b) - near * near * by / 4.0
        }
    }

    /// With its mirror image, left and right of the line x = `x`. The shape itself must lie left of it.
    fn mirrored(self, x: f32) -> impl Shape {
        move |p| self(at(x - (p.x - x).abs(), p.y))
    }

    fn turned(self, degrees: f32, about: Vec2) -> impl Shape {
        let turn = Turn::new(degrees, about);
        move |p| self(turn.back(p))
    }
}

impl<F: Fn(Vec2) -> f32 + Copy> Shape for F {}

pub fn circle(centre: Vec2, radius: f32) -> impl Shape {
    move |p| (p - centre).length() - radius
}

/// An ellipse with its axes along x and y. Its distance is exact at the edge and near enough elsewhere.
pub fn ellipse(centre: Vec2, rx: f32, ry: f32) -> impl Shape {
    move |p| {
        let p = p - centre;
        let (k, slope) = (at(p.x / rx, p.y / ry).length(), at(p.x / (rx * rx), p.y / (ry * ry)).length());
        // Deep inside, the second is the better guess, and where both are zero, the only one.
        (k * (k - 1.0) / slope).max((k - 1.0) * rx.min(ry) - 1.0)
    }
}

/// A box of the size `2·half`, with corners rounded by `radius`.
pub fn block(centre: Vec2, half: Vec2, radius: f32) -> impl Shape {
    move |p| {
        let p = p - centre;
        let q = at(p.x.abs() - half.x + radius, p.y.abs() - half.y + radius);
        at(q.x.max(0.0), q.y.max(0.0)).length() + q.x.max(q.y).min(0.0) - radius
    }
}

/// All below the line y = `y`.
pub fn below(y: f32) -> impl Shape {
    move |p: Vec2| y - p.y
}

/// All above the line y = `y`.
pub fn above(y: f32) -> impl Shape {
    move |p: Vec2| p.y - y
}

/// All below the parabola through `tip`, which has risen (or, for negative `rise`, fallen) by `rise` at `reach` pixels to
/// either side.
pub fn below_arc(tip: Vec2, reach: f32, rise: f32) -> impl Shape {
    let bend = rise / (reach * reach);
    move |p| {
        // Beyond the reach the curve goes on straight, and with the steepest slope the distance is never too large.
        let x = (p.x - tip.x).abs();
        let y = if x < reach { tip.y - bend * x * x } else { tip.y - rise - 2.0 * bend * reach * (x - reach) };
        let slope = 2.0 * bend * x.min(reach);
        (y - p.y) / (1.0 + slope * slope).sqrt()
    }
}

/// A line with round ends, `width` wide.
pub fn line(from: Vec2, to: Vec2, width: f32) -> impl Shape {
    polyline([from, to], width)
}

/// A quadratic Bézier curve with round ends, `width` wide.
pub fn curve([from, control, to]: [Vec2; 3], width: f32) -> impl Shape {
    const PIECES: usize = 8;
    polyline(
        std::array::from_fn::<Vec2, { PIECES + 1 }, _>(|i| {
            let t = i as f32 / PIECES as f32;
            from * ((1.0 - t) * (1.0 - t)) + control * (2.0 * t * (1.0 - t)) + to * (t * t)
        }),
        width,
    )
}

fn polyline<const N: usize>(points: [Vec2; N], width: f32) -> impl Shape {
    move |p| to_polyline(p, &points) - width / 2.0
}

/// A polygon without crossings.
pub fn polygon<const N: usize>(corners: [Vec2; N]) -> impl Shape {
    move |p| to_polygon(p, &corners)
}

// The loops are not inlined into every shape that has such parts, for the same reason as `cover` is not generic.

#[inline(never)]
fn to_polygon(p: Vec2, corners: &[Vec2]) -> f32 {
    let (mut nearest, mut inside) = (f32::INFINITY, false);
    for (i, b) in corners.iter().enumerate() {
        let a = corners[if i == 0 { corners.len() - 1 } else { i - 1 }];
        nearest = nearest.min(to_segment(p, a, *b));
        // A ray to the right crosses the edge.
        if (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x) {
            inside = !inside;
        }
    }
    if inside { -nearest } else { nearest }
}

#[inline(never)]
fn to_polyline(p: Vec2, points: &[Vec2]) -> f32 {
    points.windows(2).map(|ends| to_segment(p, ends[0], ends[1])).fold(f32::INFINITY, f32::min)
}

/// The distance to the straight line between two points.
fn to_segment(p: Vec2, a: Vec2, b: Vec2) -> f32 {
    let (along, to) = (b - a, p - a);
    let share = (to.dot(along) / along.dot(along).max(f32::MIN_POSITIVE)).clamp(0.0, 1.0);
    (to - along * share).length()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pixels a shape covers, in parts.
    fn area(shape: impl Shape) -> f32 {
        let mut canvas = Canvas::new([0; 3]);
        canvas.paint([255; 3], shape);
        canvas.rgb.iter().map(|pixel| pixel[0] / 255.0).sum()
    }

    #[test]
    fn shapes_cover_their_area() {
        const MIDDLE: Vec2 = at(31.3, 33.1);
        let pi = std::f32::consts::PI;
        let found = [
            (area(circle(MIDDLE, 20.0)), pi * 400.0),
            (area(ellipse(MIDDLE, 24.0, 12.0)), pi * 288.0),
            (area(block(MIDDLE, at(10.0, 5.0), 0.0)), 200.0),
            (area(block(MIDDLE, at(10.0, 5.0), 3.0)), 200.0 - (4.0 - pi) * 9.0),
            (area(line(at(10.0, 10.0), at(40.0, 50.0), 4.0)), 200.0 + pi * 4.0),
            (area(polygon([at(10.0, 10.0), at(50.0, 10.0), at(10.0, 50.0)])), 800.0),
            (area(circle(MIDDLE, 10.0).grown(2.0)), pi * 144.0),
            (area(circle(MIDDLE, 20.0).without(circle(MIDDLE, 10.0))), pi * 300.0),
            (area(below(20.0).within(above(30.0))), 640.0),
            (area(circle(at(16.0, 32.0), 8.0).mirrored(32.0)), 2.0 * pi * 64.0),
            (area(block(MIDDLE, at(10.0, 5.0), 0.0).turned(30.0, MIDDLE)), 200.0),
        ];
        for (i, (found, expected)) in found.into_iter().enumerate() {
            assert!((found / expected - 1.0).abs() < 0.015, "shape {i}: {found} pixels, not {expected}");
        }
    }

    #[test]
    fn a_turn_is_clockwise() {
        let right = Turn::new(90.0, at(32.0, 32.0)).back(at(32.0, 40.0));
        assert!((right.x - 40.0).abs() < 1e-4 && (right.y - 32.0).abs() < 1e-4, "{right:?} went down");
    }

    #[test]
    fn an_arc_rises_to_both_sides() {
        let smile = below_arc(at(32.0, 40.0), 10.0, 5.0);
        for (p, inside) in [(at(32.0, 41.0), true), (at(32.0, 39.0), false), (at(42.0, 36.0), true), (at(42.0, 34.0), false)] {
            assert_eq!(smile(p) < 0.0, inside, "{p:?}");
        }
    }

    #[test]
    fn no_square_is_settled_wrongly() {
        // A pixel of a shape must not depend on where the squares lie, so paint it pixel by pixel.
        let shapes = |p: Vec2| {
            let egg = ellipse(at(32.0, 30.0), 23.0, 9.0).turned(25.0, at(32.0, 30.0));
            let beam = curve([at(5.0, 60.0), at(32.0, 20.0), at(60.0, 62.0)], 3.0);
            egg.blended(circle(at(20.0, 40.0), 9.0), 6.0).and(beam).without(below_arc(at(40.0, 28.0), 8.0, -6.0))(p)
        };
        let mut canvas = Canvas::new([0; 3]);
        canvas.paint([255; 3], shapes);
        for (i, pixel) in canvas.rgb.iter().enumerate() {
            let middle = at((i % SIDE) as f32 + 0.5, (i / SIDE) as f32 + 0.5);
            let covered = 255.0 * (0.5 - shapes(middle)).clamp(0.0, 1.0);
            assert!((pixel[0] - covered).abs() < 1e-3, "at {middle:?}: {} instead of {covered}", pixel[0]);
        }
    }
}
