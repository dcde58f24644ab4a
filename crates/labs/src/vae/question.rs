//! What can be asked of a variational autoencoder. Whatever a page needs for its panels is asked here, and answered in pictures,
//! numbers and words.

use serde::{Deserialize, Serialize};

/// What is known about a picture, as [`Known`](crate::pictures::Known) has it: a number for each thing.
pub type About = Vec<f32>;

/// The most pictures of one answer.
pub const MOST_PICTURES: u32 = 64;
/// The most latent dimensions that are told one by one: those that say most.
pub const MOST_DIMENSIONS: usize = 16;
/// How far a strength may go, either way.
pub const MOST_STRENGTH: f32 = 5.0;

/// Under each, what its answer is. Where the model is told what is known about pictures, it is told that of the picture at hand; of
/// those that are not of the data, and of points, what [`Question::Tell`] told last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// What is known about the pictures, and as figures how many are held out, how many dimensions the latent space has, and whether
    /// the model is told what is known (1) or not (0).
    Choices,
    /// Held-out pictures to choose from, by their numbers: so many of them, from one on.
    Browse { from: u32, count: u32 },
    /// Pictures of the next step's batch, and in a second gallery what the network is fed of them.
    Fed { count: u32 },
    /// What pictures that say nothing of it themselves are told to be, from now on. The answer is empty.
    Tell(About),
    /// A picture and what comes back of it; as figures its code, the dimensions that say most first.
    Reconstruct { picture: Picked, about: Option<About> },
    /// What the decoder paints at a place of the map, from −1 to 1, to the right and up; as figures, where in the latent space.
    At { x: f32, y: f32, axes: Option<[u32; 2]> },
    /// What the decoder paints on the way from one picture to another, both of them included.
    Between { from: Picked, to: Picked, way: Way, frames: u32 },
    /// What comes back of a picture, and the same with more of something that is known about pictures, or of a negative strength,
    /// less. At 1 it is moved by as much as pictures with it and without it differ.
    Attribute { of: Picked, direction: Direction, strength: f32 },
    /// What comes back of three pictures, and a + strength · (c − b): king − man + woman.
    Analogy { a: Picked, b: Picked, c: Picked, strength: f32 },
    /// Samples of what is asked for. The noise of each place is the same whatever that is.
    Conditional { about: About, count: u32 },
    /// A gallery for each dimension that says most, of what a picture becomes as that goes from −3 to 3; and as many figures: what
    /// each says, in nats.
    Traverse { of: Picked },
    /// What a picture becomes with some dimensions of its code at other values.
    Slide { of: Picked, moves: Vec<(u32, f32)> },
    /// How well each factor of the data is told by a dimension of its own.
    Disentanglement,
}

/// A picture to start from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Picked {
    /// A held-out one, by its number.
    HeldOut(u32),
    /// One that was drawn or dropped, in the size and channels of the data.
    Own(Vec<u8>),
}

/// How to go from one code to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    Straight,
    /// Around the middle of the space.
    Spherical,
}

/// From pictures without something to those with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Direction {
    /// Which of the things known.
    pub thing: u32,
    /// What pictures without it are, by the place among [`Thing::names`](crate::pictures::Thing::names); `None` for all that are not
    /// `to`.
    pub from: Option<u32>,
    /// What those with it are.
    pub to: u32,
}
