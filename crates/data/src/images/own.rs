//! The visitor's own pictures: of any size, cropped to the square in their middle and resized to be learnt from.
//!
//! Opening the files is the caller's part, as a browser can read more formats than we would ship decoders for. What
//! comes here are pixels in RGBA, a byte each.

use std::fmt;

use super::{Images, ImagesError, Size};

/// The fewest pictures to learn from.
pub const MIN_PICTURES: usize = 50;

/// The most pictures kept; at 64×64×3 they take 123 MB.
pub const MAX_PICTURES: usize = 10_000;

/// The smallest side that is worth learning from.
pub const MIN_SIDE: usize = 8;

/// A file that could not be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    pub file: String,
    pub why: WhySkipped,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "“{}” was skipped: {}.", self.file, self.why)
    }
}

/// Why a file is no picture to learn from.
#[derive(Clone, Debug, PartialEq)]
pub enum WhySkipped {
    /// It could not be opened as a picture.
    Unreadable,
    /// A side is shorter than [`MIN_SIDE`].
    TooSmall { width: usize, height: usize },
    /// The bytes are not width · height pixels in RGBA.
    Torn { width: usize, height: usize, bytes: usize },
}

impl fmt::Display for WhySkipped {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            WhySkipped::Unreadable => write!(f, "it is broken or no picture that can be opened here"),
            WhySkipped::TooSmall { width, height } => {
                write!(f, "it has only {width} × {height} pixels, and {MIN_SIDE} × {MIN_SIDE} are needed")
            }
            WhySkipped::Torn { width, height, bytes } => {
                write!(f, "{bytes} bytes are not {width} × {height} pixels in RGBA")
            }
        }
    }
}

/// Gathers pictures until there are enough, and remembers what could not be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Collector {
    size: Size,
    pixels: Vec<u8>,
    skipped: Vec<Skipped>,
    left_out: usize,
}

impl Collector {
    /// For pictures of `side` × `side` pixels, in 1 channel (gray) or 3.
    ///
    /// # Errors
    /// [`ImagesError::BadSize`] for a side of 0 or channels other than 1 and 3.
    pub fn new(side: usize, channels: usize) -> Result<Self, ImagesError> {
        let size = Images::new(Size { height: side, width: side, channels }, Vec::new())?.size();
        Ok(Collector { size, pixels: Vec::new(), skipped: Vec::new(), left_out: 0 })
    }

    /// Adds to square pictures that are there already.
    pub fn adding_to(images: Images) -> Self {
        Collector { size: images.size(), pixels: images.into_pixels(), skipped: Vec::new(), left_out: 0 }
    }

    /// Takes the picture of a file: `rgba`, `[height, width, 4]`, not premultiplied. What cannot be used is skipped, and
    /// what is beyond [`MAX_PICTURES`] left out.
    pub fn add(&mut self, file: &str, width: usize, height: usize, rgba: &[u8]) {
        if self.len() == MAX_PICTURES {
            self.left_out += 1;
            return;
        }
        match fit(rgba, width, height, self.size.width, self.size.channels) {
            Ok(picture) => self.pixels.extend(picture),
            Err(why) => self.skip(file, why),
        }
    }

    /// Remembers a file that the caller could not use.
    pub fn skip(&mut self, file: &str, why: WhySkipped) {
        self.skipped.push(Skipped { file: file.to_owned(), why });
    }

    /// How many pictures there are so far.
    pub fn len(&self) -> usize {
        self.pixels.len() / self.size.bytes()
    }

    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty()
    }

    /// What the visitor should know about the files, a sentence each; nothing where all went in.
    pub fn notes(&self) -> Vec<String> {
        const NAMED: usize = 5;
        let mut notes: Vec<String> = self.skipped.iter().take(NAMED).map(Skipped::to_string).collect();
        match self.skipped.len().saturating_sub(NAMED) {
            0 => {}
            1 => notes.push("One more file was skipped.".to_owned()),
            more => notes.push(format!("{more} more files were skipped.")),
        }
        if self.left_out > 0 {
            notes.push(format!("The first {MAX_PICTURES} pictures were kept, and {} left out.", self.left_out));
        }
        notes
    }

    /// The pictures so far, be they enough or not.
    pub fn into_images(self) -> Images {
        Images::new(self.size, self.pixels).expect("whole pictures of this size were added")
    }

    /// The pictures, if there are enough.
    ///
    /// # Errors
    /// [`ImagesError::TooFew`] for fewer than [`MIN_PICTURES`].
    pub fn finish(self) -> Result<Images, ImagesError> {
        if self.len() < MIN_PICTURES {
            return Err(ImagesError::TooFew { found: self.len(), first_skipped: self.skipped.into_iter().next() });
        }
        Ok(self.into_images())
    }
}

/// The square in the middle of a picture, resized to `side` × `side` pixels in 1 channel (gray) or 3:
/// `[side, side, channels]`. Shrinking averages the area that a pixel covers, enlarging interpolates between pixels. What
/// is transparent lies on white, and gray is the luma of ITU-R BT.601.
///
/// # Errors
/// [`WhySkipped::Torn`] unless `rgba` is `[height, width, 4]`, [`WhySkipped::TooSmall`] for a side below [`MIN_SIDE`].
pub fn fit(rgba: &[u8], width: usize, height: usize, side: usize, channels: usize) -> Result<Vec<u8>, WhySkipped> {
    if width.checked_mul(height).and_then(|pixels| pixels.checked_mul(4)) != Some(rgba.len()) {
        return Err(WhySkipped::Torn { width, height, bytes: rgba.len() });
    }
    let square = width.min(height);
    if square < MIN_SIDE {
        return Err(WhySkipped::TooSmall { width, height });
    }
    let (left, top) = ((width - square) / 2, (height - square) / 2);
    let taps = taps(square, side);

    // Rows first: a picture of the square's height and the new width, in RGB.
    let mut rows = Vec::with_capacity(square * side);
    for y in 0..square {
        let row = &rgba[((top + y) * width + left) * 4..][..square * 4];
        rows.extend(taps.iter().map(|taps| taps.blend(|x| on_white(&row[4 * x..][..4]))));
    }
    let mut picture = Vec::with_capacity(side * side * channels);
    for taps in &taps {
        for x in 0..side {
            let rgb = taps.blend(|y| rows[y * side + x]);
            match channels {
                1 => picture.push(byte(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2])),
                _ => picture.extend(rgb.map(byte)),
            }
        }
    }
    Ok(picture)
}

/// The pixels of a line that one new pixel is made of: the first, and the weight of each, which sum to 1.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

impl Taps {
    fn blend(&self, pixel: impl Fn(usize) -> [f32; 3]) -> [f32; 3] {
        let mut sum = [0.0; 3];
        for (i, weight) in self.weights.iter().enumerate() {
            let rgb = pixel(self.first + i);
            for channel in 0..3 {
                sum[channel] += weight * rgb[channel];
            }
        }
        sum
    }
}

/// How a line of `from` pixels becomes one of `to`.
fn taps(from: usize, to: usize) -> Vec<Taps> {
    let step = from as f32 / to as f32;
    (0..to)
        .map(|i| {
            let middle = (i as f32 + 0.5) * step;
            // A new pixel reaches over its own area, or, where it is smaller than an old one, to the middles of the two
            // nearest; what it takes of each falls off linearly.
            if step >= 1.0 {
                let (low, high) = (middle - step / 2.0, middle + step / 2.0);
                let (first, end) = (low as usize, (high.ceil() as usize).min(from));
                let overlap = |j: usize| (high.min(j as f32 + 1.0) - low.max(j as f32)).max(0.0) / step;
                Taps { first, weights: (first..end).map(overlap).collect() }
            } else {
                let at = (middle - 0.5).clamp(0.0, from as f32 - 1.0);
                let first = (at as usize).min(from - 2);
                let right = at - first as f32;
                Taps { first, weights: vec![1.0 - right, right] }
            }
        })
        .collect()
}

/// A pixel laid on white, 0 to 255.
fn on_white(rgba: &[u8]) -> [f32; 3] {
    let alpha = f32::from(rgba[3]) / 255.0;
    [0, 1, 2].map(|channel| 255.0 + alpha * (f32::from(rgba[channel]) - 255.0))
}

fn byte(v: f32) -> u8 {
    v.round() as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paint(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 4]) -> Vec<u8> {
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect()
    }

    #[test]
    fn a_picture_of_the_right_size_stays_as_it_is() {
        let rgba = paint(28, 28, |x, y| [x as u8, y as u8, 7, 255]);
        let expected: Vec<u8> = rgba.chunks(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
        assert_eq!(fit(&rgba, 28, 28, 28, 3).unwrap(), expected);
    }

    #[test]
    fn shrinking_averages_areas() {
        // Columns of black and white: half a pixel of each makes gray, and 12 into 8 takes one and a half of them.
        let stripes = paint(16, 16, |x, _| [if x % 2 == 0 { 0 } else { 255 }; 3].into_rgba());
        assert!(fit(&stripes, 16, 16, 8, 1).unwrap().iter().all(|v| *v == 128));
        let stripes = paint(12, 12, |x, _| [if x % 2 == 0 { 0 } else { 255 }; 3].into_rgba());
        assert_eq!(fit(&stripes, 12, 12, 8, 1).unwrap()[..4], [85, 85, 170, 170]);
    }

    #[test]
    fn enlarging_interpolates() {
        let ramp = paint(8, 8, |x, _| [32 * x as u8; 3].into_rgba());
        let wide = fit(&ramp, 8, 8, 32, 1).unwrap();
        assert_eq!(wide[..8], [0, 0, 4, 12, 20, 28, 36, 44]);
        assert_eq!(wide[30..32], [224, 224]);
    }

    #[test]
    fn the_middle_is_kept() {
        let flag = paint(90, 30, |x, _| [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]][x / 30]);
        assert!(fit(&flag, 90, 30, 28, 3).unwrap().chunks(3).all(|rgb| rgb == [0, 255, 0]));
        let tall = paint(30, 90, |_, y| [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]][y / 30]);
        assert!(fit(&tall, 30, 90, 64, 3).unwrap().chunks(3).all(|rgb| rgb == [0, 255, 0]));
    }

    #[test]
    fn what_is_transparent_lies_on_white() {
        let glass = paint(8, 8, |_, _| [0, 100, 200, 0]);
        assert!(fit(&glass, 8, 8, 8, 3).unwrap().iter().all(|v| *v == 255));
        let tinted = paint(8, 8, |_, _| [0, 0, 255, 51]);
        assert_eq!(fit(&tinted, 8, 8, 8, 3).unwrap()[..3], [204, 204, 255]);
    }

    #[test]
    fn the_collector_names_what_it_skipped() {
        let mut files = Collector::new(28, 1).unwrap();
        let black = paint(10, 10, |_, _| [0, 0, 0, 255]);
        files.skip("notes.txt", WhySkipped::Unreadable);
        files.add("dot.gif", 1, 10, &black[..40]);
        files.add("torn.png", 10, 10, &black[..44]);
        for i in 0..49 {
            files.add(&format!("{i}.jpg"), 10, 10, &black);
        }
        assert_eq!(
            files.notes(),
            [
                "“notes.txt” was skipped: it is broken or no picture that can be opened here.",
                "“dot.gif” was skipped: it has only 1 × 10 pixels, and 8 × 8 are needed.",
                "“torn.png” was skipped: 44 bytes are not 10 × 10 pixels in RGBA.",
            ]
        );
        assert_eq!(
            files.clone().finish().unwrap_err().to_string(),
            "Found 49 usable pictures to learn from; 50 or more are needed. “notes.txt” was skipped: it is broken or no \
             picture that can be opened here."
        );
        files.add("last.jpg", 10, 10, &black);
        let images = files.finish().unwrap();
        assert_eq!((images.len(), images.size()), (50, Size { height: 28, width: 28, channels: 1 }));
        let mut more = Collector::adding_to(images);
        more.add("one more.jpg", 10, 10, &black);
        assert_eq!((more.notes(), more.into_images().len()), (Vec::new(), 51));
        assert!(Collector::new(0, 1).is_err() && Collector::new(28, 4).is_err());
    }

    #[test]
    fn long_lists_are_cut_and_large_sets_too() {
        let mut files = Collector::new(1, 1).unwrap();
        for i in 0..7 {
            files.skip(&format!("{i}.txt"), WhySkipped::Unreadable);
        }
        let black = paint(8, 8, |_, _| [0, 0, 0, 255]);
        for _ in 0..MAX_PICTURES + 2 {
            files.add("black.png", 8, 8, &black);
        }
        assert_eq!(files.len(), MAX_PICTURES);
        assert_eq!(files.notes().len(), 7);
        assert_eq!(files.notes()[5..], ["2 more files were skipped.", "The first 10000 pictures were kept, and 2 left out."]);
    }

    /// An opaque pixel.
    trait IntoRgba {
        fn into_rgba(self) -> [u8; 4];
    }

    impl IntoRgba for [u8; 3] {
        fn into_rgba(self) -> [u8; 4] {
            [self[0], self[1], self[2], 255]
        }
    }

    proptest! {
        #[test]
        fn resizing_keeps_the_mean_and_the_range(values in prop::collection::vec(any::<u8>(), 16 * 16), factor in 1..4_usize) {
            // To a whole part of the size, so that every pixel counts the same.
            let side = 16 >> factor;
            let rgba: Vec<u8> = values.iter().flat_map(|v| [*v, *v, *v, 255]).collect();
            let small = fit(&rgba, 16, 16, side, 1).unwrap();
            let mean = |values: &[u8]| values.iter().map(|v| f32::from(*v)).sum::<f32>() / values.len() as f32;
            prop_assert!((mean(&values) - mean(&small)).abs() <= 0.5);
            let (low, high) = (values.iter().min().unwrap(), values.iter().max().unwrap());
            prop_assert!(small.iter().all(|v| (low..=high).contains(&v)));
        }

        #[test]
        fn weights_sum_to_one_and_stay_inside(from in MIN_SIDE..300, to in 1..300_usize) {
            for taps in taps(from, to) {
                prop_assert!((taps.weights.iter().sum::<f32>() - 1.0).abs() < 1e-3);
                prop_assert!(taps.first + taps.weights.len() <= from);
            }
        }
    }
}
