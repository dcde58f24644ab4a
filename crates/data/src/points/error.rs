use std::fmt;

use super::{MAX_LETTERS, MIN_POINTS, Skipped};

/// Why a set cannot be made, in words for the visitor.
#[derive(Clone, Debug, PartialEq)]
pub enum PointsError {
    /// Fewer than [`MIN_POINTS`] usable points.
    TooFew {
        found: usize,
        /// The first row of a file that could not be used, as it often tells what is wrong with all of them.
        first_skipped: Option<Skipped>,
    },
    /// Nothing was typed.
    NoWord,
    /// The word has more than [`MAX_LETTERS`] letters.
    LongWord { letters: usize },
    /// There is no glyph for these characters, each named once.
    NoGlyph { characters: Vec<char> },
}

impl fmt::Display for PointsError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            PointsError::TooFew { found, first_skipped } => {
                let points = if *found == 1 { "point" } else { "points" };
                write!(f, "Found {found} usable {points}; at least {MIN_POINTS} are needed.")?;
                match first_skipped {
                    Some(skipped) => write!(f, " {skipped}"),
                    None => Ok(()),
                }
            }
            PointsError::NoWord => write!(f, "Type a word of 1 to {MAX_LETTERS} letters or digits."),
            PointsError::LongWord { letters } => {
                write!(f, "The word has {letters} letters; at most {MAX_LETTERS} fit.")
            }
            PointsError::NoGlyph { characters } => {
                write!(f, "Only the letters A–Z, a–z and the digits 0–9 can be drawn, not ")?;
                for (i, character) in characters.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    match character {
                        ' ' => write!(f, "{comma}a space")?,
                        _ => write!(f, "{comma}“{}”", character.escape_debug())?,
                    }
                }
                write!(f, ".")
            }
        }
    }
}

impl std::error::Error for PointsError {}
