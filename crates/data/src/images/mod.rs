//! Pictures of one size, and what is known about each.
//!
//! - [`Images`]: a set of pictures with class labels and known factors, if there are any.
//! - [`sheet`]: digits and clothes, cut out of one large picture that holds many.
//! - [`shapes`] and [`faces`]: drawn here, so that every factor of every picture is known exactly.
//! - [`own`]: the visitor's own pictures, cropped and resized.
//!
//! Pixels are bytes in NHWC order: picture by picture, from top to bottom, each row from left to right, the channels of
//! a pixel side by side.

mod error;
pub mod faces;
mod factors;
pub mod own;
#[cfg(not(target_family = "wasm"))]
mod png;
mod raster;
pub mod shapes;
pub mod sheet;

pub use error::ImagesError;
pub use factors::{Factor, Labels, Named, Values};
#[cfg(not(target_family = "wasm"))]
pub use png::decode_png;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The size of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Rows of pixels.
    pub height: usize,
    /// Pixels in a row.
    pub width: usize,
    /// 1 for gray, 3 for red, green and blue.
    pub channels: usize,
}

impl Size {
    /// How many bytes a picture has: height · width · channels.
    pub fn bytes(self) -> usize {
        self.height * self.width * self.channels
    }
}

/// Pictures of one size. Labels and factors, where there are any, have one value for each picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    size: Size,
    pixels: Vec<u8>,
    labels: Option<Labels>,
    factors: Vec<Factor>,
}

/// Which pictures to learn from, and which to keep back to measure what was learnt. Both in random order, no picture in
/// both, every picture in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    pub train: Vec<usize>,
    pub held_out: Vec<usize>,
}

impl Images {
    /// Pictures without labels and factors, of `pixels` in NHWC order.
    ///
    /// # Errors
    /// [`ImagesError::BadSize`] for an empty picture or channels other than 1 and 3, [`ImagesError::Ragged`] where the
    /// bytes are not a whole number of pictures.
    pub fn new(size: Size, pixels: Vec<u8>) -> Result<Self, ImagesError> {
        if size.bytes() == 0 || !matches!(size.channels, 1 | 3) {
            return Err(ImagesError::BadSize(size));
        }
        if !pixels.len().is_multiple_of(size.bytes()) {
            return Err(ImagesError::Ragged { size, bytes: pixels.len() });
        }
        Ok(Images { size, pixels, labels: None, factors: Vec::new() })
    }

    /// The same pictures, each of a class.
    ///
    /// # Errors
    /// [`ImagesError::Count`] unless there is one label for each picture.
    pub fn with_labels(self, labels: Labels) -> Result<Self, ImagesError> {
        self.check_count("label", labels.values().len())?;
        Ok(Images { labels: Some(labels), ..self })
    }

    /// The same pictures, with what is known about each.
    ///
    /// # Errors
    /// [`ImagesError::Count`] unless every factor has one value for each picture.
    pub fn with_factors(self, factors: Vec<Factor>) -> Result<Self, ImagesError> {
        for factor in &factors {
            self.check_count(factor.name, factor.values.len())?;
        }
        Ok(Images { factors, ..self })
    }

    fn check_count(&self, what: &'static str, found: usize) -> Result<(), ImagesError> {
        match self.len() {
            pictures if pictures == found => Ok(()),
            pictures => Err(ImagesError::Count { what, pictures, found }),
        }
    }

    /// The size of every picture.
    pub fn size(&self) -> Size {
        self.size
    }

    /// How many pictures there are.
    pub fn len(&self) -> usize {
        self.pixels.len() / self.size.bytes()
    }

    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty()
    }

    /// All pixels, `[n, height, width, channels]`.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The same, for good.
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// The pixels of picture `i`, `[height, width, channels]`.
    ///
    /// # Panics
    /// Where there is no picture `i`.
    pub fn picture(&self, i: usize) -> &[u8] {
        let bytes = self.size.bytes();
        &self.pixels[i * bytes..][..bytes]
    }

    /// The class of each picture, where classes are known.
    pub fn labels(&self) -> Option<&Labels> {
        self.labels.as_ref()
    }

    /// What is known about each picture, a column each.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// The column of that name, if there is one.
    pub fn factor(&self, name: &str) -> Option<&Factor> {
        self.factors.iter().find(|factor| factor.name == name)
    }

    /// Keeps back `share` of the pictures, rounded: at least one and not all, where there are two. The same seed keeps
    /// back the same pictures.
    pub fn split(&self, share: f64, seed: u64) -> Split {
        let mut deck: Vec<usize> = (0..self.len()).collect();
        deck.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let held_out = match deck.len() {
            0 | 1 => 0,
            n => ((share * n as f64).round() as usize).clamp(1, n - 1),
        };
        Split { train: deck.split_off(held_out), held_out: deck }
    }

    /// Some of the pictures, with their labels and factors, in the order of `which`.
    ///
    /// # Panics
    /// Where a picture of `which` does not exist.
    pub fn subset(&self, which: &[usize]) -> Images {
        Images {
            size: self.size,
            pixels: which.iter().flat_map(|i| self.picture(*i)).copied().collect(),
            labels: self.labels.as_ref().map(|labels| labels.subset(which)),
            factors: self.factors.iter().map(|factor| factor.subset(which)).collect(),
        }
    }

    /// The pixels in [0, 1], `[n, height · width · channels]`.
    pub fn rows(&self) -> Vec<f32> {
        self.pixels.iter().map(|byte| f32::from(*byte) / 255.0).collect()
    }

    /// The mean and the standard deviation of each channel over all pixels of all pictures, in [0, 1]; zeros where there
    /// are no pictures.
    pub fn mean_and_std(&self) -> Vec<[f32; 2]> {
        // Bytes are counted first, so that sums of many small numbers lose nothing.
        let mut counts = vec![[0_u64; 256]; self.size.channels];
        for pixel in self.pixels.chunks_exact(self.size.channels) {
            for (counts, byte) in counts.iter_mut().zip(pixel) {
                counts[usize::from(*byte)] += 1;
            }
        }
        counts.iter().map(mean_and_std).collect()
    }
}

/// Of bytes, given how often each occurs, as parts of 255.
fn mean_and_std(counts: &[u64; 256]) -> [f32; 2] {
    let average = |of: &dyn Fn(f64) -> f64| {
        let sum: f64 = counts.iter().enumerate().map(|(byte, count)| *count as f64 * of(byte as f64 / 255.0)).sum();
        sum / (counts.iter().sum::<u64>() as f64).max(1.0)
    };
    let mean = average(&|v| v);
    [mean as f32, average(&|v| (v - mean) * (v - mean)).sqrt() as f32]
}

/// The random numbers that picture `i` of a seed is drawn from.
fn rng_of(seed: u64, i: usize) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(i as u64);
    rng
}

/// A 64-bit FNV-1a hash (Fowler, Noll, Vo), by which tests know a picture again.
#[cfg(test)]
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `n` pictures of 1 × 2 pixels; picture i is of class i mod 3, and all its bytes are i.
    fn numbered(n: usize, channels: usize) -> Images {
        let size = Size { height: 1, width: 2, channels };
        let pixels = (0..n).flat_map(|i| vec![i as u8; size.bytes()]).collect();
        let names = ["a", "b", "c"];
        Images::new(size, pixels)
            .unwrap()
            .with_labels(Labels::new(names, (0..n).map(|i| (i % 3) as u8).collect()).unwrap())
            .unwrap()
            .with_factors(vec![Factor::continuous("number", 0.0, 255.0, (0..n).map(|i| i as f32).collect())])
            .unwrap()
    }

    #[test]
    fn pictures_lie_one_after_the_other() {
        let images = numbered(5, 3);
        assert_eq!(images.len(), 5);
        assert_eq!(images.picture(4), [4; 6]);
        assert_eq!(images.labels().unwrap().name_of(4), "b");
        assert_eq!(images.labels().unwrap().counts(), [2, 2, 1]);
        assert_eq!(images.factor("number").unwrap().values, Values::continuous(0.0, 255.0, vec![0.0, 1.0, 2.0, 3.0, 4.0]));
        assert!(images.factor("colour").is_none());
    }

    #[test]
    fn a_subset_keeps_what_belongs_together() {
        let part = numbered(9, 1).subset(&[7, 2]);
        assert_eq!(part.pixels(), [7, 7, 2, 2]);
        assert_eq!(part.labels().unwrap().values(), [1, 2]);
        assert_eq!(part.factors(), [Factor::continuous("number", 0.0, 255.0, vec![7.0, 2.0])]);
        assert!(numbered(9, 1).subset(&[]).is_empty());
    }

    #[test]
    fn rows_are_in_0_to_1() {
        let images = Images::new(Size { height: 1, width: 3, channels: 1 }, vec![0, 51, 255]).unwrap();
        assert_eq!(images.rows(), [0.0, 0.2, 1.0]);
    }

    #[test]
    fn mean_and_std_are_of_each_channel() {
        let images = Images::new(Size { height: 1, width: 1, channels: 3 }, vec![0, 255, 51, 255, 255, 153]).unwrap();
        let found = images.mean_and_std();
        for (found, expected) in found.iter().zip([[0.5, 0.5], [1.0, 0.0], [0.4, 0.2]]) {
            assert!((found[0] - expected[0]).abs() < 1e-6 && (found[1] - expected[1]).abs() < 1e-6, "{found:?}");
        }
        assert_eq!(images.subset(&[]).mean_and_std(), [[0.0, 0.0]; 3]);
    }

    #[test]
    fn what_does_not_fit_is_refused_in_words() {
        let size = Size { height: 28, width: 28, channels: 1 };
        let say = |result: Result<Images, ImagesError>| result.unwrap_err().to_string();
        assert_eq!(
            say(Images::new(size, vec![0; 785])),
            "785 bytes are not a whole number of pictures of 28 × 28 pixels in 1 channel."
        );
        assert_eq!(
            say(Images::new(Size { channels: 2, ..size }, vec![])),
            "Pictures have pixels in 1 or 3 channels, not 28 × 28 pixels in 2 channels."
        );
        let one = Images::new(size, vec![0; 784]).unwrap();
        let labels = Labels::new(["a"], vec![0, 0]).unwrap();
        assert_eq!(say(one.clone().with_labels(labels)), "There are 2 values of “label” for 1 picture.");
        let factor = Factor::continuous("hue", 0.0, 1.0, vec![]);
        assert_eq!(say(one.with_factors(vec![factor])), "There are 0 values of “hue” for 1 picture.");
    }

    proptest! {
        #[test]
        fn a_split_parts_the_pictures(n in 0..200_usize, share in 0.0..=1.0, seed: u64) {
            let images = Images::new(Size { height: 1, width: 1, channels: 1 }, vec![0; n]).unwrap();
            let split = images.split(share, seed);
            prop_assert_eq!(&split, &images.split(share, seed));
            let mut all = [split.train.clone(), split.held_out.clone()].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..n).collect::<Vec<_>>());
            if n >= 2 {
                prop_assert!(!split.train.is_empty() && !split.held_out.is_empty());
                prop_assert!((split.held_out.len() as f64 - share * n as f64).abs() <= 1.0);
            }
        }
    }
}
