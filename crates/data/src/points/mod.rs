//! Distributions over the plane.
//!
//! Every set lies in about [−1, 1]²: the shapes fill [−0.9, 0.9]² at most, and only the tails of the Gaussian noise
//! reach further. The same set, count and seed give the same points: ChaCha8 draws them and all arithmetic is in f64,
//! rounded to f32 once, so that the last bit of a platform's sine does not show.

mod csv;
mod densities;
mod error;
mod fit;
mod glyphs;
mod word;

pub use csv::{BadRow, CsvReport, MAX_POINTS, Skipped, parse_csv};
pub use densities::Modes;
pub use error::PointsError;
pub use fit::Fit;
pub use word::{MAX_LETTERS, Word};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The fewest points a visitor's own set may have.
pub const MIN_POINTS: usize = 16;

/// Half the side of the square that shapes are scaled to fit; the rest up to 1 is room for noise.
const HALF_SIDE: f64 = 0.9;

/// Points in the plane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    /// `[x, y]`, one a point.
    pub xy: Vec<[f32; 2]>,
}

impl Points {
    /// Points drawn by hand, already in the coordinates of the view, taken as they are. What is not finite is dropped.
    ///
    /// # Errors
    /// [`PointsError::TooFew`] where fewer than [`MIN_POINTS`] remain.
    pub fn from_drawn(drawn: &[[f32; 2]]) -> Result<Self, PointsError> {
        let xy: Vec<_> = drawn.iter().copied().filter(|p| p.iter().all(|v| v.is_finite())).collect();
        Points { xy }.if_enough()
    }

    /// The coordinates as a row-major `[n, 2]` tensor.
    pub fn flat(&self) -> &[f32] {
        self.xy.as_flattened()
    }

    /// `n` of these points in random order. Each is used equally often, give or take one, so nothing of a small set is
    /// lost and nothing of a large one repeated without need.
    fn resample(&self, n: usize, seed: u64) -> Points {
        let mut deck = self.xy.clone();
        deck.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        Points { xy: deck.into_iter().cycle().take(n).collect() }
    }

    fn if_enough(self) -> Result<Self, PointsError> {
        if self.xy.len() < MIN_POINTS {
            return Err(PointsError::TooFew { found: self.xy.len(), first_skipped: None });
        }
        Ok(self)
    }
}

/// The name of a set, without what the visitor brings to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Gaussian,
    Ring,
    Grid,
    Moons,
    Spiral,
    SwissRoll,
    Checkerboard,
    Word,
    Custom,
}

/// How a set is called and explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// Names the set in links and on the command line.
    pub slug: &'static str,
    /// Names the set in a menu.
    pub label: &'static str,
    /// One sentence: what the set is and what it shows.
    pub help: &'static str,
}

impl Kind {
    /// All sets, in the order of a menu.
    pub const ALL: [Kind; 9] = [
        Kind::Gaussian,
        Kind::Ring,
        Kind::Grid,
        Kind::Moons,
        Kind::Spiral,
        Kind::SwissRoll,
        Kind::Checkerboard,
        Kind::Word,
        Kind::Custom,
    ];

    /// The table of all sets.
    pub const fn describe(self) -> Description {
        let (slug, label, help) = match self {
            Kind::Gaussian => ("gaussian", "One Gaussian", "A single round cloud: the easiest set there is."),
            Kind::Ring => ("ring", "Ring of 8", "Eight small Gaussians on a circle: the classic test for mode collapse."),
            Kind::Grid => ("grid", "Grid of 25", "Five rows of five small Gaussians: many modes to find and to keep."),
            Kind::Moons => ("moons", "Two moons", "Two interleaved half circles: two curved pieces with a gap between."),
            Kind::Spiral => ("spiral", "Spiral", "Two arms that wind around each other: thin, long and curved."),
            Kind::SwissRoll => ("swiss-roll", "Swiss roll", "One sheet rolled up, seen from the side; denser inside."),
            Kind::Checkerboard => ("checkerboard", "Checkerboard", "Eight filled squares of sixteen: flat, with sharp edges."),
            Kind::Word => ("word", "A word", "The letters of a short word that you type."),
            Kind::Custom => ("custom", "Your points", "Points that you draw, paste or drop as a CSV file."),
        };
        Description { slug, label, help }
    }

    /// The set of that slug, if there is one.
    pub fn from_slug(slug: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.describe().slug == slug)
    }
}

/// A distribution over the plane, with everything needed to draw from it.
#[derive(Clone, Debug, PartialEq)]
pub enum PointSet {
    Gaussian,
    Ring,
    Grid,
    Moons,
    Spiral,
    SwissRoll,
    Checkerboard,
    Word(Word),
    Custom(Points),
}

impl PointSet {
    /// The set of a kind. `word` is read only for [`Kind::Word`], `custom` only for [`Kind::Custom`].
    ///
    /// # Errors
    /// Those of [`Word::new`], and [`PointsError::TooFew`] for fewer than [`MIN_POINTS`] custom points.
    pub fn new(kind: Kind, word: &str, custom: &Points) -> Result<Self, PointsError> {
        Ok(match kind {
            Kind::Gaussian => PointSet::Gaussian,
            Kind::Ring => PointSet::Ring,
            Kind::Grid => PointSet::Grid,
            Kind::Moons => PointSet::Moons,
            Kind::Spiral => PointSet::Spiral,
            Kind::SwissRoll => PointSet::SwissRoll,
            Kind::Checkerboard => PointSet::Checkerboard,
            Kind::Word => PointSet::Word(Word::new(word)?),
            Kind::Custom => PointSet::Custom(custom.clone().if_enough()?),
        })
    }

    /// `n` independent points. For custom points: `n` of them, each used equally often, give or take one.
    pub fn sample(&self, n: usize, seed: u64) -> Points {
        let mixture = |modes: Modes| draw(n, seed, |rng| modes.draw(rng));
        match self {
            PointSet::Gaussian => mixture(Modes::gaussian()),
            PointSet::Ring => mixture(Modes::ring()),
            PointSet::Grid => mixture(Modes::grid()),
            PointSet::Moons => draw(n, seed, densities::moons),
            PointSet::Spiral => draw(n, seed, densities::spiral),
            PointSet::SwissRoll => draw(n, seed, densities::swiss_roll),
            PointSet::Checkerboard => draw(n, seed, densities::checkerboard),
            PointSet::Word(word) => draw(n, seed, |rng| word.draw(rng)),
            PointSet::Custom(points) => points.resample(n, seed),
        }
    }

    /// The true modes, for the sets that are mixtures of Gaussians.
    pub fn modes(&self) -> Option<Modes> {
        match self {
            PointSet::Gaussian => Some(Modes::gaussian()),
            PointSet::Ring => Some(Modes::ring()),
            PointSet::Grid => Some(Modes::grid()),
            _ => None,
        }
    }
}

fn draw(n: usize, seed: u64, density: impl Fn(&mut ChaCha8Rng) -> [f64; 2]) -> Points {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Points { xy: (0..n).map(|_| density(&mut rng).map(|v| v as f32)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every set but the custom points, which are what they are.
    fn sets() -> Vec<PointSet> {
        Kind::ALL
            .into_iter()
            .filter(|kind| *kind != Kind::Custom)
            .map(|kind| PointSet::new(kind, "Rust", &Points::default()).unwrap())
            .collect()
    }

    fn line(n: usize) -> Points {
        Points { xy: (0..n).map(|i| [i as f32, 0.0]).collect() }
    }

    #[test]
    fn slugs_lead_back_to_their_kind() {
        for kind in Kind::ALL {
            let Description { slug, label, help } = kind.describe();
            assert_eq!(Kind::from_slug(slug), Some(kind));
            assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{slug} needs escaping in a link");
            assert!(!label.is_empty() && help.ends_with('.'));
        }
        assert_eq!(Kind::from_slug("nothing"), None);
    }

    #[test]
    fn a_seed_gives_the_same_points_again() {
        for set in sets() {
            assert_eq!(set.sample(100, 7), set.sample(100, 7));
            assert_ne!(set.sample(100, 7), set.sample(100, 8));
            assert_eq!(set.sample(50, 7).xy, set.sample(100, 7).xy[..50], "a longer sample begins with the shorter");
        }
    }

    #[test]
    fn every_set_fits_the_square_and_fills_it() {
        for set in sets() {
            let points = set.sample(20_000, 1);
            let outside = points.xy.iter().filter(|p| p.iter().any(|v| v.abs() > 1.0)).count();
            assert!(outside <= 10, "{set:?}: {outside} of 20,000 points lie outside");
            let reach = points.xy.iter().flatten().fold(0.0_f32, |reach, v| reach.max(v.abs()));
            assert!((0.7..1.4).contains(&reach), "{set:?} reaches to {reach}");
        }
    }

    #[test]
    fn every_set_is_centred() {
        for set in sets() {
            let points = set.sample(20_000, 2);
            for axis in 0..2 {
                let mean = points.xy.iter().map(|p| p[axis]).sum::<f32>() / 20_000.0;
                assert!(mean.abs() < 0.15, "{set:?}: mean {mean} on axis {axis}");
            }
        }
    }

    #[test]
    fn flat_is_row_major() {
        assert_eq!(Points { xy: vec![[1.0, 2.0], [3.0, 4.0]] }.flat(), [1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn custom_points_are_used_equally_often() {
        let set = PointSet::new(Kind::Custom, "", &line(20)).unwrap();
        for (n, least, most) in [(20, 1, 1), (50, 2, 3), (7, 0, 1)] {
            let sample = set.sample(n, 3);
            assert_eq!(sample.xy.len(), n);
            for i in 0..20 {
                let uses = sample.xy.iter().filter(|p| p[0] == i as f32).count();
                assert!((least..=most).contains(&uses), "point {i} used {uses} times in {n}");
            }
        }
        assert_ne!(set.sample(20, 3), set.sample(20, 4));
    }

    #[test]
    fn too_few_custom_points_are_refused() {
        let error = PointSet::new(Kind::Custom, "", &line(15)).unwrap_err();
        assert_eq!(error.to_string(), "Found 15 usable points; at least 16 are needed.");
        assert!(PointSet::Custom(Points::default()).sample(5, 0).xy.is_empty());
    }

    #[test]
    fn drawn_points_stay_where_they_are() {
        let mut drawn = line(16).xy;
        drawn.push([f32::NAN, 0.0]);
        assert_eq!(Points::from_drawn(&drawn).unwrap(), line(16));
        drawn[0][1] = f32::INFINITY;
        assert_eq!(Points::from_drawn(&drawn).unwrap_err(), PointsError::TooFew { found: 15, first_skipped: None });
    }
}
