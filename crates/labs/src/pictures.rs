//! Pictures that labs learn from: what is learnt, what is held out to measure by, what is known about each, and what is done to
//! them before a network is fed.

mod augmentation;
mod known;
mod settings;

use terrarium_data::images::own::fit;
use terrarium_data::images::{Images, Size, faces, shapes, sheet};

pub use augmentation::Augmentation;
pub use known::{Known, Range, Thing};
pub(crate) use settings::{AUGMENTATION, SOURCE, uses};

use crate::error::{Error, Result};
use crate::library::Files;
use crate::settings::{Choice, option};

/// The most numbers of all pictures together: a graphics processor is sure to bind 128 MB at once.
const MOST_VALUES: usize = 1 << 25;
/// The files that hold pictures of others: a sheet, and the class of each picture on it.
const DIGITS: [&str; 2] = ["digits.png", "digits.labels.u8"];
const FASHION: [&str; 2] = ["fashion.png", "fashion.labels.u8"];
/// How many pictures are drawn where they are drawn here.
const DRAWN: usize = 2_000;

/// Where pictures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    Digits,
    Fashion,
    Shapes,
    Faces,
    /// The visitor's.
    Own,
}

const DATA: [(Data, Choice); 5] = [
    option(Data::Digits, "digits", "Digits", "10,000 handwritten digits, 28 × 28, gray."),
    option(Data::Fashion, "fashion", "Fashion", "5,000 pieces of clothing, 28 × 28, gray."),
    option(Data::Shapes, "shapes", "Shapes", "2,000 coloured shapes, 64 × 64, all of whose factors are known."),
    option(Data::Faces, "faces", "Faces", "2,000 cartoon faces, 64 × 64, in colour."),
    option(
        Data::Own,
        "own",
        "Your own pictures",
        "50 or more of your own files, cropped and resized. They never leave this machine.",
    ),
];

/// Sides that the visitor's own pictures are resized to.
const OWN_SIDES: [(usize, Choice); 3] = [
    option(28, "28", "28 × 28", "As digits: quick."),
    option(32, "32", "32 × 32", "A little more to see."),
    option(64, "64", "64 × 64", "As faces: needs convolutions, and some patience."),
];

/// Channels that the visitor's own pictures have.
const OWN_COLOURS: [(usize, Choice); 2] =
    [option(3, "colour", "Colour", "Red, green and blue."), option(1, "gray", "Gray", "Shades of gray, quicker.")];

/// Which pictures a run is to have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Source {
    pub data: Data,
    /// Of the visitor's own pictures: side, and channels.
    pub own: (usize, usize),
    /// Share of the pictures that is not learnt from.
    pub held_out: f64,
}

/// The pictures of a run. Labels are among what is known about each.
pub struct Pictures {
    /// Of one picture.
    pub size: Size,
    pub train: Images,
    pub held_out: Images,
    /// What is known about each picture, the same things of both parts.
    pub known: Known,
}

impl Data {
    /// Names of the files that hold the pictures.
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Data::Digits => &DIGITS,
            Data::Fashion => &FASHION,
            Data::Shapes | Data::Faces | Data::Own => &[],
        }
    }
}

/// All handwritten digits.
pub(crate) fn digits(files: &Files) -> Result<Images> {
    let (size, pixels) = files.picture(DIGITS[0])?;
    Ok(sheet::digits(size, pixels, files.bytes(DIGITS[1])?)?)
}

/// All pictures of clothes.
pub(crate) fn fashion(files: &Files) -> Result<Images> {
    let (size, pixels) = files.picture(FASHION[0])?;
    Ok(sheet::fashion(size, pixels, files.bytes(FASHION[1])?)?)
}

/// Shades from 0 to 1 as bytes.
pub(crate) fn bytes(values: &[f32]) -> Vec<u8> {
    // Casting saturates.
    values.iter().map(|v| (v * 255.0).round() as u8).collect()
}

impl Pictures {
    /// Those of a source. The same seed draws and holds out the same pictures.
    ///
    /// # Errors
    /// Where the files are missing, or are not what they should be; where there are too few pictures.
    pub fn new(source: Source, files: &Files, seed: u64) -> Result<Pictures> {
        let images = match source.data {
            Data::Digits => digits(files)?,
            Data::Fashion => fashion(files)?,
            Data::Shapes => shapes::sample(DRAWN, seed),
            Data::Faces => faces::sample(DRAWN, seed),
            Data::Own => own(files.own()?, source.own)?,
        };
        let split = images.split(source.held_out, seed);
        let most = MOST_VALUES / images.size().bytes();
        let part = |which: &[usize]| images.subset(&which[..which.len().min(most)]);
        let (train, held_out) = (part(&split.train), part(&split.held_out));
        Ok(Pictures { size: images.size(), known: Known::of(&images), train, held_out })
    }
}

/// The visitor's pictures in another size.
fn own(pictures: &Images, (side, channels): (usize, usize)) -> Result<Images> {
    let Size { height, width, .. } = pictures.size();
    let mut pixels = Vec::new();
    for i in 0..pictures.len() {
        let rgba: Vec<u8> = match pictures.size().channels {
            1 => pictures.picture(i).iter().flat_map(|v| [*v, *v, *v, 255]).collect(),
            _ => pictures.picture(i).chunks(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect(),
        };
        pixels.extend(fit(&rgba, width, height, side, channels).map_err(|why| Error(format!("A picture cannot be used: {why}.")))?);
    }
    Ok(Images::new(Size { height: side, width: side, channels }, pixels)?)
}
