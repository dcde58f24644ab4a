//! How things look, whoever paints them.

use crate::palette::{Palette, Rgb, css};

/// How many earlier places of a generated point its trail runs through.
pub const TRAIL: usize = 8;

/// A longer way between two scenes, in units of the plane, is a leap and no trail.
pub const LEAP: f32 = 0.2;

/// The longest arrow, in units of the plane; the others are in proportion.
pub const LONGEST_ARROW: f32 = 0.25 * terrarium_labs::scene::HALF_SIDE;

/// The head of an arrow in CSS pixels on a view of 560, along the arrow.
pub const ARROW_HEAD: f32 = 3.5;

/// How far an arrow's head opens to each side, for each pixel along the arrow.
pub const ARROW_SLOPE: f32 = 0.6;

/// A colour, and how much of what is below it covers.
#[derive(Clone, Copy)]
pub struct Ink {
    pub colour: Rgb,
    /// From 0 to 1.
    pub alpha: f32,
}

impl Ink {
    const fn new(colour: Rgb, alpha: f32) -> Ink {
        Ink { colour, alpha }
    }

    /// As CSS writes it.
    pub fn css(self) -> String {
        css(self.colour, self.alpha)
    }
}

/// A line.
#[derive(Clone, Copy)]
pub struct Stroke {
    pub ink: Ink,
    /// In CSS pixels on a view of 560.
    pub width: f32,
}

/// A cloud of points. All rims lie under all fills, so that a dense cloud has one rim around it.
#[derive(Clone, Copy)]
pub struct Dots {
    /// In CSS pixels on a view of 560.
    pub radius: f32,
    pub rim: Stroke,
    pub fill: Ink,
}

/// The colours, widths and sizes of all layers, from the lowest to the highest.
pub struct Look {
    pub palette: &'static Palette,
    pub grid: Stroke,
    pub real: Dots,
    /// The ink of the youngest part, to which the older parts rise in even steps.
    pub trail: Stroke,
    pub generated: Dots,
    /// What lifts arrows off what is below.
    pub arrow_halo: Stroke,
    pub arrow: Stroke,
}

impl Look {
    pub const fn of(dark: bool) -> Look {
        let palette = Palette::of(dark);
        let rim = Stroke { ink: Ink::new(palette.rim, 0.7), width: 0.8 };
        Look {
            palette,
            grid: Stroke { ink: Ink::new(palette.grid, 0.75), width: 1.0 },
            real: Dots { radius: 2.2, rim, fill: Ink::new(palette.real, 0.8) },
            trail: Stroke { ink: Ink::new(palette.generated, 0.35), width: 1.1 },
            generated: Dots { radius: 2.6, rim, fill: Ink::new(palette.generated, 0.95) },
            arrow_halo: Stroke { ink: Ink::new(palette.rim, 0.8), width: 2.6 },
            arrow: Stroke { ink: Ink::new(palette.discriminator, 1.0), width: 1.2 },
        }
    }

    /// The dots of a gallery that are of a kind. Each dot covers those before it.
    pub const fn kind(&self, kind: u8) -> Dots {
        let rim = Stroke { ink: Ink::new(self.palette.rim, 1.0), width: 0.8 };
        let kinds = &self.palette.kinds;
        Dots { radius: 2.6, rim, fill: Ink::new(kinds[kind as usize % kinds.len()], 1.0) }
    }
}
