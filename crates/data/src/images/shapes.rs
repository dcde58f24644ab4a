//! One coloured shape on a plain ground, 64×64×3: a set to see whether latent dimensions find what a picture is made of,
//! in the spirit of dSprites (Matthey et al. 2017) and 3D Shapes (Burgess and Kim 2018).
//!
//! Factors are drawn independently of each other, and every picture's are known exactly. All have ends: the hues stop
//! short of the full circle and rotations short of where a square looks the same again, so that one number can tell each.

use rand::Rng;

use super::factors::{continuous, discrete, named, one_of};
use super::raster::{Canvas, Rgb, SIDE, Shape as _, Vec2, at, block, circle, ellipse, polygon, rgb};
use super::{Images, Size, rng_of};

/// The size of the pictures.
pub const SIZE: Size = Size { height: SIDE, width: SIDE, channels: 3 };

/// The range of [`Shape::hue`]: from red to purple.
pub const HUES: [f32; 2] = [0.0, 290.0];
/// The range of [`Shape::scale`].
pub const SCALES: [f32; 2] = [8.0, 14.0];
/// The range of [`Shape::rotation`].
pub const ROTATIONS: [f32; 2] = [-40.0, 40.0];
/// The range of [`Shape::x`] and [`Shape::y`]: the largest shape stays inside the picture.
pub const PLACES: [f32; 2] = [-10.0, 10.0];

named! {
    /// What is seen. All have about the same area at the same scale.
    Outline { Square = "square", Ellipse = "ellipse", Heart = "heart", Triangle = "triangle" }
}

named! {
    /// The ground behind the shape, paler and grayer than any shape.
    Background { Night = "night", Slate = "slate", Sand = "sand", Paper = "paper" }
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    pub outline: Outline,
    /// In degrees on the colour wheel, from red at 0, within [`HUES`].
    pub hue: f32,
    /// About the radius, in pixels, within [`SCALES`].
    pub scale: f32,
    /// Clockwise, in degrees, within [`ROTATIONS`].
    pub rotation: f32,
    /// To the right of the middle, in pixels, within [`PLACES`].
    pub x: f32,
    /// Below the middle, in pixels, within [`PLACES`].
    pub y: f32,
    pub background: Background,
}

/// `n` pictures with their factors. The same seed gives the same pictures; a longer set begins with the shorter.
pub fn sample(n: usize, seed: u64) -> Images {
    let shapes: Vec<Shape> = (0..n).map(|i| Shape::nth(seed, i)).collect();
    Images {
        size: SIZE,
        pixels: shapes.iter().map(Shape::draw).collect::<Vec<_>>().concat(),
        labels: None,
        factors: vec![
            discrete("shape", &shapes, |shape| shape.outline),
            continuous("hue", HUES, &shapes, |shape| shape.hue),
            continuous("scale", SCALES, &shapes, |shape| shape.scale),
            continuous("rotation", ROTATIONS, &shapes, |shape| shape.rotation),
            continuous("x", PLACES, &shapes, |shape| shape.x),
            continuous("y", PLACES, &shapes, |shape| shape.y),
            discrete("background", &shapes, |shape| shape.background),
        ],
    }
}

impl Shape {
    /// What picture `i` of a seed shows. All factors are uniform in their ranges.
    pub fn nth(seed: u64, i: usize) -> Self {
        let rng = &mut rng_of(seed, i);
        let mut within = |[low, high]: [f32; 2]| rng.gen_range(low..=high);
        let (hue, scale, rotation) = (within(HUES), within(SCALES), within(ROTATIONS));
        let (x, y) = (within(PLACES), within(PLACES));
        Shape { outline: one_of(rng), hue, scale, rotation, x, y, background: one_of(rng) }
    }

    /// The picture, `[64, 64, 3]`.
    pub fn draw(&self) -> Vec<u8> {
        let mut canvas = Canvas::new(self.background.colour());
        let (centre, r) = (at(SIDE as f32 / 2.0 + self.x, SIDE as f32 / 2.0 + self.y), self.scale);
        let colour = colour_of(self.hue);
        let turn = self.rotation;
        match self.outline {
            Outline::Square => canvas.paint(colour, block(centre, at(0.88 * r, 0.88 * r), 0.1 * r).turned(turn, centre)),
            Outline::Ellipse => canvas.paint(colour, ellipse(centre, 1.25 * r, 0.8 * r).turned(turn, centre)),
            Outline::Heart => canvas.paint(colour, heart(centre, r).turned(turn, centre)),
            Outline::Triangle => {
                let corner = |x: f32, y: f32| centre + at(x * r, y * r);
                let corners = [corner(0.0, -1.2), corner(1.1, 0.8), corner(-1.1, 0.8)];
                canvas.paint(colour, polygon(corners).grown(0.1 * r).turned(turn, centre));
            }
        }
        canvas.bytes()
    }
}

impl Background {
    fn colour(self) -> Rgb {
        match self {
            Background::Night => rgb(0x22263a),
            Background::Slate => rgb(0x6f7787),
            Background::Sand => rgb(0xc9bda6),
            Background::Paper => rgb(0xf3f0e8),
        }
    }
}

/// Two circles, and a square standing on its corner whose upper sides they share as diameters.
fn heart(centre: Vec2, r: f32) -> impl super::raster::Shape {
    let side = 0.64 * r;
    let middle = centre + at(0.0, 0.1 * r);
    let lobe = at(side / 2.0, -side / 2.0) * std::f32::consts::SQRT_2;
    let square = block(middle, at(side, side), 0.0).turned(45.0, middle);
    square.and(circle(middle + lobe, side)).and(circle(middle + at(-lobe.x, lobe.y), side))
}

/// The hue at the saturation and value of all shapes (Smith 1978, "Color gamut transform pairs").
fn colour_of(hue: f32) -> Rgb {
    const SATURATION: f32 = 0.72;
    const VALUE: f32 = 0.93;
    [5.0, 3.0, 1.0].map(|offset| {
        let k = (offset + hue / 60.0) % 6.0;
        let v = VALUE - VALUE * SATURATION * k.min(4.0 - k).clamp(0.0, 1.0);
        (255.0 * v).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Named, Values, fnv};
    use super::*;

    const UPRIGHT: Shape =
        Shape { outline: Outline::Square, hue: 120.0, scale: 12.0, rotation: 0.0, x: 0.0, y: 0.0, background: Background::Night };

    /// How much of each pixel the shape covers, from the channel in which it differs most from the ground.
    fn coverage(shape: &Shape) -> Vec<f64> {
        let (ground, ink) = (shape.background.colour(), colour_of(shape.hue));
        let channel = (0..3).max_by_key(|i| ground[*i].abs_diff(ink[*i])).unwrap();
        let [ground, ink] = [ground, ink].map(|colour| f64::from(colour[channel]));
        shape.draw().chunks(3).map(|pixel| (f64::from(pixel[channel]) - ground) / (ink - ground)).collect()
    }

    /// The area, and the middle of the area relative to the middle of the picture.
    fn area_and_middle(shape: &Shape) -> (f64, [f64; 2]) {
        let coverage = coverage(shape);
        let area: f64 = coverage.iter().sum();
        let along = |axis: fn(usize) -> usize| {
            let sum: f64 = coverage.iter().enumerate().map(|(i, c)| c * (axis(i) as f64 + 0.5)).sum();
            sum / area - 32.0
        };
        (area, [along(|i| i % SIDE), along(|i| i / SIDE)])
    }

    fn any_shape() -> impl Strategy<Value = Shape> {
        any::<u64>().prop_map(|seed| Shape::nth(seed, 0))
    }

    #[test]
    fn a_seed_gives_the_same_pictures_again() {
        let images = sample(20, 7);
        assert_eq!(images, sample(20, 7));
        assert_eq!(images.pixels(), &sample(30, 7).pixels()[..20 * SIZE.bytes()]);
        assert_ne!(images.pixels(), sample(20, 8).pixels());
        // Not even on another machine.
        assert_eq!(fnv(images.pixels()), 9303533255618047353);
    }

    #[test]
    fn factors_tell_what_is_seen() {
        let images = sample(100, 1);
        for i in 0..100 {
            let shape = Shape::nth(1, i);
            assert_eq!(images.picture(i), shape.draw());
            for (name, value) in [("hue", shape.hue), ("scale", shape.scale), ("rotation", shape.rotation), ("y", shape.y)] {
                let Values::Continuous { low, high, values } = &images.factor(name).unwrap().values else { panic!("{name}") };
                assert_eq!(values[i], value);
                assert!((*low..=*high).contains(&value));
            }
            let Values::Discrete(outlines) = &images.factor("shape").unwrap().values else { panic!() };
            assert_eq!(outlines.name_of(i), shape.outline.name());
        }
    }

    #[test]
    fn shapes_have_about_the_same_area() {
        let areas = Outline::ALL.iter().map(|outline| area_and_middle(&Shape { outline: *outline, ..UPRIGHT }).0);
        for area in areas {
            assert!((area / 144.0 - 3.0).abs() < 0.25, "{} square radii", area / 144.0);
        }
    }

    proptest! {
        #[test]
        fn the_hue_is_the_colours(hue in 0.0..290.0_f32) {
            let [r, g, b] = colour_of(hue).map(f32::from);
            let (high, low) = (r.max(g).max(b), r.min(g).min(b));
            let sixth = if high == r { (g - b) / (high - low) } else if high == g { 2.0 + (b - r) / (high - low) }
                else { 4.0 + (r - g) / (high - low) };
            prop_assert!(((60.0 * sixth - hue + 180.0).rem_euclid(360.0) - 180.0).abs() < 0.5, "{hue}: {}", 60.0 * sixth);
        }

        #[test]
        fn opposite_rotations_are_mirror_images(shape in any_shape()) {
            let mirrored = Shape { rotation: -shape.rotation, x: -shape.x, ..shape }.draw();
            let picture = shape.draw();
            for (row, mirrored) in picture.chunks(3 * SIDE).zip(mirrored.chunks(3 * SIDE)) {
                for (pixel, mirrored) in row.chunks(3).zip(mirrored.chunks(3).rev()) {
                    prop_assert!(pixel.iter().zip(mirrored).all(|(a, b)| a.abs_diff(*b) <= 1));
                }
            }
        }

        #[test]
        fn places_and_scales_are_what_they_say(shape in any_shape()) {
            let (area, middle) = area_and_middle(&shape);
            let (home_area, home) = area_and_middle(&Shape { x: 0.0, y: 0.0, ..shape });
            prop_assert!((middle[0] - home[0] - f64::from(shape.x)).abs() < 0.12);
            prop_assert!((middle[1] - home[1] - f64::from(shape.y)).abs() < 0.12);
            prop_assert!((area / home_area - 1.0).abs() < 0.03);
            let (small, _) = area_and_middle(&Shape { scale: 8.0, ..shape });
            prop_assert!((area / small / f64::from(shape.scale / 8.0).powi(2) - 1.0).abs() < 0.04);
        }

        #[test]
        fn shapes_stay_inside(shape in any_shape()) {
            let largest = Shape { scale: SCALES[1], x: PLACES[1], y: -PLACES[1], ..shape };
            let picture = largest.draw();
            let rim = (0..SIDE).flat_map(|i| [[i, 0], [i, SIDE - 1], [0, i], [SIDE - 1, i]]);
            for [x, y] in rim {
                prop_assert_eq!(&picture[(y * SIDE + x) * 3..][..3], &shape.background.colour());
            }
        }
    }
}
