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
    /// What is of one kind, as a label tells it, has one colour. Further kinds begin again at the first. Searched for by the
    /// largest distance between the two that are nearest, for all kinds of colour blindness; the tests say how large it is.
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
            [0x15, 0x2c, 0x62],
            [0x93, 0x69, 0x23],
            [0x05, 0x5b, 0x10],
            [0xd8, 0x71, 0x80],
            [0x78, 0x54, 0xee],
            [0x48, 0x27, 0x00],
            [0xc4, 0x17, 0x88],
            [0x5b, 0x5b, 0x5b],
            [0x7b, 0x9e, 0x06],
            [0x30, 0x9f, 0xb3],
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
            [0x65, 0x94, 0xfa],
            [0xe5, 0x74, 0x31],
            [0x15, 0x75, 0x54],
            [0xd0, 0x00, 0x25],
            [0x98, 0x40, 0xb7],
            [0xf9, 0xce, 0xa8],
            [0xf1, 0x95, 0xcc],
            [0x8c, 0x8c, 0x8c],
            [0xa0, 0xe3, 0x00],
            [0x8e, 0xf9, 0xff],
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

    type Linear = [f32; 3];

    fn linear(colour: Rgb) -> Linear {
        colour.map(|c| f32::from(c) / 255.0).map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) })
    }

    fn times(matrix: &[[f32; 3]; 3], v: Linear) -> Linear {
        matrix.map(|row| row.iter().zip(v).map(|(m, v)| m * v).sum())
    }

    /// Björn Ottosson's OKLab, in which distances are about as large as they look.
    fn oklab(colour: Linear) -> [f32; 3] {
        let cones = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]];
        let lab = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]];
        times(&lab, times(&cones, colour).map(f32::cbrt))
    }

    #[test]
    fn kinds_stand_out_from_the_ground_and_from_each_other_whoever_sees_them() {
        // How colours look to whom red, green or blue cones are missing (Machado, Oliveira and Fernandes 2009, severity 1).
        let sights = [
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            [[0.15229, 1.05258, -0.20487], [0.11450, 0.78628, 0.09922], [-0.00388, -0.04812, 1.05200]],
            [[0.36732, 0.86065, -0.22797], [0.28009, 0.67250, 0.04741], [-0.01182, 0.04294, 0.96888]],
            [[1.25553, -0.07675, -0.17878], [-0.07841, 0.93081, 0.14760], [0.00473, 0.69137, 0.30390]],
        ];
        let luminance = |colour| times(&[[0.2126, 0.7152, 0.0722]; 3], linear(colour))[0];
        for palette in [Palette::LIGHT, Palette::DARK] {
            let ground = luminance(palette.ground);
            for kind in palette.kinds.map(luminance) {
                // As WCAG 2.2 asks of what is no text.
                assert!((ground.max(kind) + 0.05) / (ground.min(kind) + 0.05) >= 3.0);
            }
            for (sight, least) in sights.iter().zip([0.12, 0.085, 0.085, 0.085]) {
                let seen = palette.kinds.map(|kind| oklab(times(sight, linear(kind)).map(|c| c.clamp(0.0, 1.0))));
                for (i, a) in seen.iter().enumerate() {
                    for b in &seen[..i] {
                        let apart = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt();
                        assert!(apart >= least, "{:02x?}: {apart}", palette.kinds[i]);
                    }
                }
            }
        }
    }

    #[test]
    fn verdicts_run_from_generated_over_undecided_to_real() {
        let palette = Palette::of(false);
        let [real, undecided, generated] = palette.surface;
        assert_eq!([0.0, 0.5, 1.0, f32::NAN, -3.0].map(|v| palette.verdict(v)), [generated, undecided, real, undecided, generated]);
    }
}
