use std::fmt;

use super::Size;
use super::own::{MIN_PICTURES, Skipped};

/// Why there is no set of pictures, in words for the visitor.
#[derive(Clone, Debug, PartialEq)]
pub enum ImagesError {
    /// A size without pixels, or with channels other than 1 or 3.
    BadSize(Size),
    /// The bytes are not a whole number of pictures.
    Ragged { size: Size, bytes: usize },
    /// Labels or factors are more or fewer than the pictures.
    Count { what: &'static str, pictures: usize, found: usize },
    /// A label that stands for no class.
    NoSuchClass { picture: usize, value: u8, classes: usize },
    /// A sheet whose sides are not whole numbers of tiles.
    BadSheet { sheet: Size, tile: Size },
    /// A sheet with more or fewer tiles than labels.
    SheetLabels { tiles: usize, labels: usize },
    /// A file that cannot be read as a PNG, with the decoder's reason.
    NotPng(String),
    /// A PNG with transparency.
    Transparent,
    /// Fewer than [`MIN_PICTURES`] usable pictures.
    TooFew {
        found: usize,
        /// The first file that could not be used, as it often tells what is wrong with all of them.
        first_skipped: Option<Skipped>,
    },
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} × {} pixels in {}", self.width, self.height, count(self.channels, "channel"))
    }
}

impl fmt::Display for ImagesError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            ImagesError::BadSize(size) => write!(f, "Pictures have pixels in 1 or 3 channels, not {size}."),
            ImagesError::Ragged { size, bytes } => {
                write!(f, "{bytes} bytes are not a whole number of pictures of {size}.")
            }
            ImagesError::Count { what, pictures, found } => {
                write!(f, "There are {found} values of “{what}” for {}.", count(*pictures, "picture"))
            }
            ImagesError::NoSuchClass { picture, value, classes } => {
                let classes = if *classes == 1 { "is only 1 class" } else { &format!("are only {classes} classes") };
                write!(f, "Picture {picture} has the label {value}, but there {classes}, counted from 0.")
            }
            ImagesError::BadSheet { sheet, tile } => {
                write!(f, "A sheet of {sheet} cannot be cut into tiles of {tile}.")
            }
            ImagesError::SheetLabels { tiles, labels } => {
                write!(f, "The sheet has {}, but there are {}.", count(*tiles, "tile"), count(*labels, "label"))
            }
            ImagesError::NotPng(reason) => write!(f, "The file cannot be read as a PNG: {reason}."),
            ImagesError::Transparent => write!(f, "The PNG has transparency, which cannot be read here."),
            ImagesError::TooFew { found, first_skipped } => {
                write!(f, "Found {} to learn from; {MIN_PICTURES} or more are needed.", count(*found, "usable picture"))?;
                match first_skipped {
                    Some(skipped) => write!(f, " {skipped}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for ImagesError {}

/// "1 picture", "2 pictures".
fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
