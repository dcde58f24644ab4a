//! The pictures of a run: what is learnt from, and what is held out to measure by.

use terrarium_data::images::{Images, Labels, Size, faces, shapes, sheet};
use terrarium_graph::philox::{Domain, Stream};

use super::table::{Data, Options};
use crate::error::Result;
use crate::library::Files;
use crate::settings::Settings;

/// How many pictures are drawn where they are drawn here. As many as a graphics processor is sure to bind at once: 64 × 64 × 3
/// numbers each, below 128 MB.
const DRAWN: usize = 2_000;
/// What is drawn at random where a run begins, each by a stream of its own.
const PIXELS: u32 = 0;
pub const SAMPLES: u32 = 1;
/// The most held-out pictures that are measured by, so that measuring takes a small share of the time.
const MOST_GRAY: usize = 1_000;
const MOST_COLOURED: usize = 100;

/// Names of the files that hold the pictures.
pub fn files(settings: &Settings) -> &'static [&'static str] {
    match Options::of(settings).data {
        Data::Digits => &["digits.png", "digits.labels.u8"],
        Data::Fashion => &["fashion.png", "fashion.labels.u8"],
        Data::Shapes | Data::Faces => &[],
    }
}

/// The pictures of a run.
pub struct Pictures {
    /// Of one picture.
    pub size: Size,
    pub train: Part,
    pub held_out: Part,
    /// How many numbers tell what is known about a picture; 0 where the model is told nothing.
    pub condition: usize,
}

/// Some of the pictures.
pub struct Part {
    pub count: usize,
    /// From 0 to 1, `[count, height, width, channels]`.
    pub pixels: Vec<f32>,
    /// What is known about each, `[count, condition]`.
    pub conditions: Vec<f32>,
}

impl Pictures {
    /// Those that `options` ask for. The same seed draws and holds out the same pictures.
    ///
    /// # Errors
    /// Where the files are missing, or are not what they should be.
    pub fn new(options: &Options, files: &Files, seed: u64) -> Result<Pictures> {
        let images = match options.data {
            Data::Digits => {
                let (size, pixels) = files.picture("digits.png")?;
                sheet::digits(size, pixels, files.bytes("digits.labels.u8")?)?
            }
            Data::Fashion => {
                let (size, pixels) = files.picture("fashion.png")?;
                sheet::fashion(size, pixels, files.bytes("fashion.labels.u8")?)?
            }
            Data::Shapes => shapes::sample(DRAWN, seed),
            Data::Faces => faces::sample(DRAWN, seed),
        };
        let split = images.split(options.held_out, seed);
        let most = if images.size().channels == 1 { MOST_GRAY } else { MOST_COLOURED };
        let measured = &split.held_out[..split.held_out.len().min(most)];
        let part = |which: &[usize]| {
            let part = images.subset(which);
            let conditions = if options.conditional { known(&part) } else { Vec::new() };
            Part { count: part.len(), pixels: part.rows(), conditions }
        };
        let (train, mut held_out) = (part(&split.train), part(measured));
        if options.binary {
            binarise(&mut held_out.pixels, seed);
        }
        let condition = train.conditions.len() / train.count.max(1);
        Ok(Pictures { size: images.size(), train, held_out, condition })
    }
}

/// What is known about each picture, as a network is told it: its class and its factors.
fn known(images: &Images) -> Vec<f32> {
    let class = |i: usize| {
        let of = |labels: &Labels| {
            let mut one_hot = vec![0.0; labels.names().len()];
            one_hot[usize::from(labels.values()[i])] = 1.0;
            one_hot
        };
        images.labels().map_or_else(Vec::new, of)
    };
    let factors = |i: usize| images.factors().iter().flat_map(move |factor| factor.values.encode(i));
    (0..images.len()).flat_map(|i| class(i).into_iter().chain(factors(i)).collect::<Vec<_>>()).collect()
}

/// Draws each pixel black or white, white with the probability that its gray stands for.
fn binarise(pixels: &mut [f32], seed: u64) {
    let mut draws = vec![0.0; pixels.len()];
    Stream::new(seed, Domain::Host, PIXELS, 0).fill(0, &mut draws, Stream::uniform);
    pixels.iter_mut().zip(draws).for_each(|(pixel, draw)| *pixel = if draw < *pixel { 1.0 } else { 0.0 });
}
