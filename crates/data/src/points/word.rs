use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::densities::blur;
use super::glyphs::{self, Segment};
use super::{Fit, HALF_SIDE, PointsError};

/// The most letters a word may have.
pub const MAX_LETTERS: usize = 8;

/// The room between two letters; capitals are 6 high.
const GAP: f64 = 2.0;

/// How far points stray from the strokes, as a standard deviation.
const STRAY: f64 = 0.01;

/// A short word as a distribution: points spread evenly along the strokes of its letters, scaled to fit the square.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    text: String,
    strokes: Vec<Segment>,
    /// For each stroke, the length of ink up to its end.
    ink: Vec<f64>,
}

impl Word {
    /// A word of 1 to [`MAX_LETTERS`] letters A–Z, a–z and digits 0–9. Space around it is dropped.
    ///
    /// # Errors
    /// [`PointsError::NoWord`], [`PointsError::NoGlyph`] and [`PointsError::LongWord`].
    pub fn new(text: &str) -> Result<Self, PointsError> {
        let text = text.trim();
        let letters = text.chars().count();
        if letters == 0 {
            return Err(PointsError::NoWord);
        }
        if letters > MAX_LETTERS {
            return Err(PointsError::LongWord { letters });
        }

        let (mut strokes, mut unknown) = (Vec::new(), Vec::new());
        let mut pen = 0.0;
        for letter in text.chars() {
            if let Some(glyph) = glyphs::segments(letter) {
                let width = glyph.iter().flatten().fold(0.0_f64, |width, corner| width.max(corner[0]));
                strokes.extend(glyph.into_iter().map(|segment| segment.map(|[x, y]| [x + pen, y])));
                pen += width + GAP;
            } else if !unknown.contains(&letter) {
                unknown.push(letter);
            }
        }
        if !unknown.is_empty() {
            return Err(PointsError::NoGlyph { characters: unknown });
        }

        let fit = Fit::around(strokes.iter().copied().flatten(), HALF_SIDE);
        let strokes: Vec<Segment> = strokes.into_iter().map(|segment| segment.map(|corner| fit.map(corner))).collect();
        let ink = strokes
            .iter()
            .scan(0.0, |ink, [from, to]| {
                *ink += (to[0] - from[0]).hypot(to[1] - from[1]);
                Some(*ink)
            })
            .collect();
        Ok(Word { text: text.to_owned(), strokes, ink })
    }

    /// The word, without the space around it.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> [f64; 2] {
        let last = self.strokes.len() - 1;
        let at = rng.gen_range(0.0..self.ink[last]);
        let stroke = self.ink.partition_point(|end| *end <= at).min(last);
        let start = if stroke == 0 { 0.0 } else { self.ink[stroke - 1] };
        let along = (at - start) / (self.ink[stroke] - start);
        let [from, to] = self.strokes[stroke];
        blur([0, 1].map(|axis| from[axis] + along * (to[axis] - from[axis])), STRAY, rng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::PointSet;

    fn sample(text: &str) -> Vec<[f32; 2]> {
        PointSet::Word(Word::new(text).unwrap()).sample(10_000, 1).xy
    }

    #[test]
    fn an_l_is_an_upright_and_a_foot_filled_by_length() {
        // 6 high and 4 wide, so 1.8 by 1.2 once it fits.
        let points = sample("L");
        let upright = points.iter().filter(|p| (p[0] + 0.6).abs() < 0.05 && p[1] > -0.85).count();
        let foot = points.iter().filter(|p| (p[1] + 0.9).abs() < 0.05 && p[0] > -0.55).count();
        // All but the corner, which is a thirtieth of the ink.
        assert!(upright + foot > 9_600, "{upright} and {foot} of 10,000 on the strokes");
        let share = upright as f64 / (upright + foot) as f64;
        assert!((share - 0.6).abs() < 0.02, "the upright is 6 of 10 long and holds {share}");
    }

    #[test]
    fn letters_stand_side_by_side() {
        let points = sample("lol");
        let (left, right) = points.iter().fold((0.0_f32, 0.0_f32), |(l, r), p| (l.min(p[0]), r.max(p[0])));
        assert!((left + right).abs() < 0.1, "centred");
        // Widths 0, 4, 0 and two gaps of 2: the ring in the middle half of the word, the bars at its ends.
        let middle = points.iter().filter(|p| p[0].abs() < 0.5 * right + 0.05).count();
        let bars = points.iter().filter(|p| p[0].abs() > right - 0.1).count();
        assert!(middle > 3_000 && bars > 3_000 && middle + bars > 9_900, "{middle} in the ring, {bars} in the bars");
    }

    #[test]
    fn the_widest_word_fits() {
        let points = sample("MWMWMWMW");
        assert!(points.iter().flatten().all(|v| v.abs() < 1.0));
        assert!(points.iter().any(|p| p[0] < -0.85) && points.iter().any(|p| p[0] > 0.85));
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let says = |text: &str| Word::new(text).unwrap_err().to_string();
        assert_eq!(says("  "), "Type a word of 1 to 8 letters or digits.");
        assert_eq!(says("Terrarium"), "The word has 9 letters; at most 8 fit.");
        assert_eq!(says("é è é"), "Only the letters A–Z, a–z and the digits 0–9 can be drawn, not “é”, a space, “è”.");
        assert_eq!(Word::new(" hello\n").unwrap().text(), "hello");
    }
}
