//! Cartoon faces, 64×64×3, drawn from named attributes: pictures rich enough to be worth generating, of which everything
//! is known, so that a lab can ask for a smile and check that it got one.
//!
//! Attributes are drawn independently of each other.

mod draw;

use rand::Rng;

use super::factors::{Named, continuous, discrete, named, one_of};
use super::raster::SIDE;
use super::{Images, Size, rng_of};

/// The size of the pictures.
pub const SIZE: Size = Size { height: SIDE, width: SIDE, channels: 3 };

/// The range of [`Face::openness`].
pub const OPENNESS: [f32; 2] = [0.0, 1.0];
/// The range of [`Face::brows`].
pub const BROWS: [f32; 2] = [-1.0, 1.0];
/// The range of [`Face::mouth`].
pub const MOUTHS: [f32; 2] = [-1.0, 1.0];
/// The range of [`Face::tilt`].
pub const TILTS: [f32; 2] = [-12.0, 12.0];

named! { Skin { Porcelain = "porcelain", Fair = "fair", Golden = "golden", Olive = "olive", Brown = "brown", Deep = "deep" } }
named! {
    Hair {
        Bald = "bald", Short = "short", Parted = "parted", Spiky = "spiky",
        Curly = "curly", Bob = "bob", Long = "long", Bun = "bun",
    }
}
named! {
    HairColour {
        Black = "black", Brown = "brown", Auburn = "auburn", Blond = "blond", Gray = "gray", Blue = "blue", Pink = "pink",
    }
}
named! { Eyes { Round = "round", Almond = "almond", Dots = "dots" } }
named! { EyeColour { Brown = "brown", Amber = "amber", Green = "green", Blue = "blue" } }
named! { Glasses { None = "none", Round = "round", Square = "square" } }
named! { Beard { None = "none", Moustache = "moustache", Goatee = "goatee", Full = "full" } }
named! { Hat { None = "none", Beanie = "beanie", Cap = "cap", TopHat = "top hat", Crown = "crown" } }
named! {
    /// With it goes the colour of the shirt.
    Background { Sky = "sky", Mint = "mint", Lemon = "lemon", Peach = "peach", Lilac = "lilac", Dusk = "dusk" }
}

/// All that a face is drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    pub skin: Skin,
    pub hair: Hair,
    /// Also that of the brows and the beard.
    pub hair_colour: HairColour,
    pub eyes: Eyes,
    pub eye_colour: EyeColour,
    /// How far the eyes are open: 0 closed, 1 wide.
    pub openness: f32,
    /// −1 worried, 0 calm, 1 stern.
    pub brows: f32,
    /// −1 a frown, 0 straight, 1 a laugh.
    pub mouth: f32,
    pub glasses: Glasses,
    pub beard: Beard,
    /// It covers the hair above it.
    pub hat: Hat,
    /// Clockwise, in degrees.
    pub tilt: f32,
    pub background: Background,
}

impl Face {
    /// Face `i` of a seed. Plain faces are more common than a fair draw would make them: six in ten have no hat, no beard
    /// or no glasses, and eyes are more often open than closed.
    pub fn nth(seed: u64, i: usize) -> Self {
        let rng = &mut rng_of(seed, i);
        Face {
            skin: one_of(rng),
            hair: one_of(rng),
            hair_colour: one_of(rng),
            eyes: one_of(rng),
            eye_colour: one_of(rng),
            openness: 1.0 - rng.gen_range(0.0_f32..=1.0).powi(3),
            brows: within(BROWS, rng),
            mouth: within(MOUTHS, rng),
            glasses: or_none(Glasses::None, rng),
            beard: or_none(Beard::None, rng),
            hat: or_none(Hat::None, rng),
            tilt: within(TILTS, rng),
            background: one_of(rng),
        }
    }
}

/// `n` faces with their attributes as factors. The same seed gives the same faces; a longer set begins with the shorter.
pub fn sample(n: usize, seed: u64) -> Images {
    let faces: Vec<Face> = (0..n).map(|i| Face::nth(seed, i)).collect();
    Images {
        size: SIZE,
        pixels: faces.iter().map(Face::draw).collect::<Vec<_>>().concat(),
        labels: None,
        factors: vec![
            discrete("skin", &faces, |face| face.skin),
            discrete("hair", &faces, |face| face.hair),
            discrete("hair colour", &faces, |face| face.hair_colour),
            discrete("eyes", &faces, |face| face.eyes),
            discrete("eye colour", &faces, |face| face.eye_colour),
            continuous("openness", OPENNESS, &faces, |face| face.openness),
            continuous("brows", BROWS, &faces, |face| face.brows),
            continuous("mouth", MOUTHS, &faces, |face| face.mouth),
            discrete("glasses", &faces, |face| face.glasses),
            discrete("beard", &faces, |face| face.beard),
            discrete("hat", &faces, |face| face.hat),
            continuous("tilt", TILTS, &faces, |face| face.tilt),
            discrete("background", &faces, |face| face.background),
        ],
    }
}

fn within([low, high]: [f32; 2], rng: &mut impl Rng) -> f32 {
    rng.gen_range(low..=high)
}

/// `none` in six cases of ten, and else one of the others.
fn or_none<N: Named>(none: N, rng: &mut impl Rng) -> N {
    if rng.gen_bool(0.6) {
        return none;
    }
    loop {
        let other = one_of(rng);
        if other != none {
            return other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Values, fnv};
    use super::*;

    #[test]
    fn a_seed_gives_the_same_faces_again() {
        let images = sample(20, 7);
        assert_eq!(images, sample(20, 7));
        assert_eq!(images.pixels(), &sample(30, 7).pixels()[..20 * SIZE.bytes()]);
        assert_ne!(images.pixels(), sample(20, 8).pixels());
        // Not even on another machine.
        assert_eq!(fnv(images.pixels()), 14482806240088228685);
    }

    #[test]
    fn attributes_tell_what_is_seen() {
        let images = sample(50, 1);
        for i in 0..50 {
            let face = Face::nth(1, i);
            assert_eq!(images.picture(i), face.draw());
            let name = |factor: &str| match &images.factor(factor).unwrap().values {
                Values::Discrete(labels) => labels.name_of(i).to_owned(),
                Values::Continuous { .. } => panic!("{factor}"),
            };
            assert_eq!([name("hat"), name("hair colour")], [face.hat.name(), face.hair_colour.name()]);
            let Values::Continuous { low, high, values } = &images.factor("mouth").unwrap().values else { panic!() };
            assert_eq!((*low, *high, values[i]), (-1.0, 1.0, face.mouth));
        }
    }

    #[test]
    fn all_values_occur_as_often_as_they_should() {
        const N: usize = 5000;
        let faces: Vec<Face> = (0..N).map(|i| Face::nth(3, i)).collect();
        let share = |is: &dyn Fn(&Face) -> bool| faces.iter().filter(|face| is(face)).count() as f64 / N as f64;
        for hair in Hair::ALL {
            assert!((share(&|face| face.hair == *hair) - 1.0 / 8.0).abs() < 0.02, "{hair:?}");
        }
        for hat in Hat::ALL {
            let expected = if *hat == Hat::None { 0.6 } else { 0.1 };
            assert!((share(&|face| face.hat == *hat) - expected).abs() < 0.025, "{hat:?}");
        }
        assert!((share(&|face| face.mouth > 0.0) - 0.5).abs() < 0.025);
        assert!((share(&|face| face.openness > 0.5) - 0.794).abs() < 0.025);
    }
}
