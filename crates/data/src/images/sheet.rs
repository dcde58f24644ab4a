//! Sets that come as one large picture: tiles of one size, row by row without gaps.
//!
//! Decoding the picture is the caller's part: natively [`decode_png`](super::decode_png), in a page the browser, which must
//! be told to leave the pixels as they are: `createImageBitmap(blob, {colorSpaceConversion: "none", premultiplyAlpha:
//! "none"})`.

use super::{Images, ImagesError, Labels, Size};

/// A tile of both sheets.
const TILE: Size = Size { height: 28, width: 28, channels: 1 };

/// The names of the digits.
pub const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The names of the clothes of Fashion-MNIST (Xiao, Rasul, Vollgraf 2017).
pub const CLOTHES: [&str; 10] =
    ["T-shirt or top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

/// Handwritten digits, 28×28×1, white on black, from the pixels of `digits.png` and from `digits.labels.u8`.
///
/// # Errors
/// Those of [`Labels::new`] and [`cut`].
pub fn digits(sheet: Size, pixels: &[u8], labels: &[u8]) -> Result<Images, ImagesError> {
    cut(sheet, pixels, TILE, Labels::new(DIGITS, labels.to_vec())?)
}

/// Clothes, 28×28×1, white on black, from the pixels of `fashion.png` and from `fashion.labels.u8`.
///
/// # Errors
/// Those of [`Labels::new`] and [`cut`].
pub fn fashion(sheet: Size, pixels: &[u8], labels: &[u8]) -> Result<Images, ImagesError> {
    cut(sheet, pixels, TILE, Labels::new(CLOTHES, labels.to_vec())?)
}

/// One byte a pixel of a gray picture that a browser decoded to RGBA.
pub fn gray_of_rgba(rgba: &[u8]) -> Vec<u8> {
    rgba.iter().step_by(4).copied().collect()
}

/// Cuts a sheet's `pixels`, `[height, width, channels]`, into pictures of the size of `tile`, from left to right, then from
/// top to bottom.
///
/// # Errors
/// [`ImagesError::BadSheet`] unless the sheet's sides are whole numbers of tiles and its channels those of a tile,
/// [`ImagesError::SheetLabels`] unless each tile has a label, and those of [`Images::new`].
pub fn cut(sheet: Size, pixels: &[u8], tile: Size, labels: Labels) -> Result<Images, ImagesError> {
    if tile.bytes() == 0
        || !sheet.height.is_multiple_of(tile.height)
        || !sheet.width.is_multiple_of(tile.width)
        || sheet.channels != tile.channels
    {
        return Err(ImagesError::BadSheet { sheet, tile });
    }
    if pixels.len() != sheet.bytes() {
        return Err(ImagesError::Ragged { size: sheet, bytes: pixels.len() });
    }
    let (rows, columns) = (sheet.height / tile.height, sheet.width / tile.width);
    if labels.values().len() != rows * columns {
        return Err(ImagesError::SheetLabels { tiles: rows * columns, labels: labels.values().len() });
    }
    // The sheet is [rows, tile height, columns, a row of a tile]; the two in the middle change places.
    let run = tile.width * tile.channels;
    let mut tiles = Vec::with_capacity(pixels.len());
    for band in pixels.chunks_exact(sheet.width * sheet.channels * tile.height) {
        for column in 0..columns {
            tiles.extend(band.chunks_exact(columns * run).flat_map(|row| &row[column * run..][..run]));
        }
    }
    Images::new(tile, tiles)?.with_labels(labels)
}

#[cfg(test)]
mod tests {
    use super::super::decode_png;
    use super::*;

    fn asset(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../../web/assets/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    /// How often the nearest of the classes' mean pictures, found from the first half, names the second half right.
    fn accuracy_of_means(images: &Images) -> f64 {
        let (rows, bytes, half) = (images.rows(), images.size().bytes(), images.len() / 2);
        let labels = images.labels().unwrap();
        let mut means = vec![vec![0.0; bytes]; labels.names().len()];
        let counts = images.subset(&(0..half).collect::<Vec<_>>()).labels().unwrap().counts();
        for (row, class) in rows.chunks(bytes).zip(labels.values()).take(half) {
            let class = usize::from(*class);
            means[class].iter_mut().zip(row).for_each(|(mean, v)| *mean += v / counts[class] as f32);
        }
        let distance = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        let right = rows.chunks(bytes).zip(labels.values()).skip(half).filter(|(row, class)| {
            let near = |a: &usize, b: &usize| distance(row, &means[*a]).total_cmp(&distance(row, &means[*b]));
            (0..means.len()).min_by(near) == Some(usize::from(**class))
        });
        right.count() as f64 / (images.len() - half) as f64
    }

    #[test]
    fn digits_belong_to_their_labels() {
        let (sheet, pixels) = decode_png(&asset("digits.png")).unwrap();
        let images = digits(sheet, &pixels, &asset("digits.labels.u8")).unwrap();
        assert_eq!((images.len(), images.size()), (10_000, TILE));
        let counts = images.labels().unwrap().counts();
        assert!(counts.iter().all(|count| (850..1200).contains(count)), "{counts:?}");
        // A wrong order of tiles or rows would be right once in ten. The mean of MNIST's training set is 0.1307.
        assert!(accuracy_of_means(&images) > 0.75);
        assert!((images.mean_and_std()[0][0] - 0.1307).abs() < 0.005);
    }

    #[test]
    fn clothes_belong_to_their_labels() {
        let (sheet, pixels) = decode_png(&asset("fashion.png")).unwrap();
        let images = fashion(sheet, &pixels, &asset("fashion.labels.u8")).unwrap();
        assert_eq!((images.len(), images.size()), (5_000, TILE));
        assert_eq!(images.labels().unwrap().counts(), [500; 10]);
        assert!(accuracy_of_means(&images) > 0.6);
        assert!((images.mean_and_std()[0][0] - 0.2860).abs() < 0.005);
    }

    #[test]
    fn a_browsers_gray_is_any_of_its_colours() {
        assert_eq!(gray_of_rgba(&[7, 7, 7, 255, 8, 8, 8, 255]), [7, 8]);
    }

    #[test]
    fn tiles_are_cut_row_by_row() {
        let tile = Size { height: 2, width: 1, channels: 3 };
        let sheet = Size { height: 4, width: 2, channels: 3 };
        let labels = Labels::new(["a"], vec![0; 4]).unwrap();
        // Pixels are numbered row by row, and each has its number in all its channels.
        let pixels: Vec<u8> = (0..8).flat_map(|pixel| [pixel; 3]).collect();
        let images = cut(sheet, &pixels, tile, labels).unwrap();
        let first_channel: Vec<u8> = images.pixels().iter().step_by(3).copied().collect();
        assert_eq!(first_channel, [0, 2, 1, 3, 4, 6, 5, 7]);
    }

    #[test]
    fn sheets_that_do_not_fit_are_refused() {
        let labels = |n| Labels::new(DIGITS, vec![0; n]).unwrap();
        let sheet = Size { height: 56, width: 56, channels: 1 };
        let say = |result: Result<Images, ImagesError>| result.unwrap_err().to_string();
        let odd = Size { width: 57, ..sheet };
        assert_eq!(
            say(cut(odd, &vec![0; odd.bytes()], TILE, labels(4))),
            "A sheet of 57 × 56 pixels in 1 channel cannot be cut into tiles of 28 × 28 pixels in 1 channel."
        );
        let colour = Size { channels: 3, ..sheet };
        assert!(matches!(cut(colour, &vec![0; colour.bytes()], TILE, labels(4)), Err(ImagesError::BadSheet { .. })));
        assert_eq!(say(cut(sheet, &vec![0; sheet.bytes()], TILE, labels(3))), "The sheet has 4 tiles, but there are 3 labels.");
        assert!(matches!(cut(sheet, &[0; 7], TILE, labels(4)), Err(ImagesError::Ragged { bytes: 7, .. })));
        assert!(matches!(digits(sheet, &vec![0; sheet.bytes()], &[0, 1, 2, 10]), Err(ImagesError::NoSuchClass { value: 10, .. })));
    }
}
