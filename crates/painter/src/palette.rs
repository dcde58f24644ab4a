//! The colours that mean something, the same in the view, the charts and the diagram: blue is real, orange is generated,
//! violet is the discriminator. Blue and orange stay apart for every kind of colour blindness.

/// Red, green and blue, 0 to 255.
pub type Rgb = [u8; 3];

pub struct Palette {
    /// The real points.
    pub real: Rgb,
    /// The generator and what it makes.
    pub generated: Rgb,
    /// The discriminator.
    pub discriminator: Rgb,
    /// The ground of the view.
    pub ground: Rgb,
    /// Where the discriminator sees what is real, is undecided, and sees what is generated.
    pub surface: [Rgb; 3],
    /// Lines of the warped grid.
    pub grid: Rgb,
    /// Rims that lift points off what is behind them.
    pub rim: Rgb,
    /// What is of one kind, as a label tells it, has one colour. Further kinds begin again at the first.
    pub kinds: [Rgb; 10],
}

impl Palette {
    pub const LIGHT: Palette = Palette {
        real: [0x1b, 0x5f, 0xa8],
        generated: [0xbf, 0x4a, 0x0c],
        discriminator: [0x6d, 0x45, 0xb0],
        ground: [0xfd, 0xfc, 0xf9],
        surface: [[0xbc, 0xd7, 0xf0], [0xf8, 0xf6, 0xf0], [0xfb, 0xd3, 0xb4]],
        grid: [0x8a, 0x6a, 0x52],
        rim: [0xff, 0xff, 0xff],
        kinds: [
            [0x1f, 0x77, 0xb4],
            [0xd9, 0x5f, 0x02],
            [0x2c, 0xa0, 0x2c],
            [0xc2, 0x20, 0x30],
            [0x7b, 0x4f, 0xb5],
            [0x8c, 0x56, 0x4b],
            [0xd0, 0x48, 0x9b],
            [0x6b, 0x6b, 0x6b],
            [0x8a, 0x8a, 0x00],
            [0x0f, 0x95, 0xa5],
        ],
    };

    pub const DARK: Palette = Palette {
        real: [0x6f, 0xb7, 0xf7],
        generated: [0xff, 0x9d, 0x5e],
        discriminator: [0xbd, 0xa3, 0xf2],
        ground: [0x12, 0x18, 0x16],
        surface: [[0x1a, 0x3a, 0x58], [0x17, 0x1e, 0x1c], [0x47, 0x2c, 0x1a]],
        grid: [0xb3, 0x95, 0x80],
        rim: [0x0c, 0x11, 0x0f],
        kinds: [
            [0x5f, 0xa8, 0xe8],
            [0xff, 0x9f, 0x4a],
            [0x5f, 0xcf, 0x6a],
            [0xff, 0x6b, 0x6b],
            [0xb9, 0x9a, 0xf0],
            [0xc4, 0x9c, 0x94],
            [0xf5, 0x8b, 0xc6],
            [0xb8, 0xb8, 0xb8],
            [0xd4, 0xd4, 0x4a],
            [0x4f, 0xd6, 0xe6],
        ],
    };

    pub const fn of(dark: bool) -> &'static Palette {
        if dark { &Self::DARK } else { &Self::LIGHT }
    }

    /// The colour of a discriminator's verdict, from 0, generated, to 1, real.
    pub fn verdict(&self, realness: f32) -> Rgb {
        let [real, undecided, generated] = self.surface;
        // From −1 to 1; NaN is undecided.
        let side = if realness.is_nan() { 0.0 } else { 2.0 * realness.clamp(0.0, 1.0) - 1.0 };
        let (end, share) = if side < 0.0 { (generated, -side) } else { (real, side) };
        std::array::from_fn(|i| {
            let (from, to) = (f32::from(undecided[i]), f32::from(end[i]));
            (from + share * (to - from)).round() as u8
        })
    }
}

/// A colour as CSS writes it.
pub fn css([r, g, b]: Rgb, alpha: f32) -> String {
    format!("rgba({r}, {g}, {b}, {alpha})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_run_from_generated_over_undecided_to_real() {
        let palette = Palette::of(false);
        let [real, undecided, generated] = palette.surface;
        assert_eq!([0.0, 0.5, 1.0, f32::NAN, -3.0].map(|v| palette.verdict(v)), [generated, undecided, real, undecided, generated]);
    }
}
