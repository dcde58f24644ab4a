//! Where pictures hang on a wall, whoever paints them.

use terrarium_labs::scene::{Values, Wall};

use crate::view::View;

/// The widest gap between pictures, in CSS pixels on a view of 560. It shrinks with the pictures.
const GAP: f32 = 4.0;

/// Where a wall's pictures hang on the canvas, all lengths in device pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hanging {
    /// Rows and columns that have pictures.
    pub rows: usize,
    pub columns: usize,
    /// How many pictures there are, row by row.
    pub count: usize,
    /// Where the first begins.
    pub start: [f32; 2],
    /// Width and height of one: whole pixels, unless they are joined.
    pub picture: [f32; 2],
    /// From where one begins to where the next one does, to the right and down.
    pub pitch: [f32; 2],
    /// Whether what lies between a picture's pixels is interpolated, instead of each being a block.
    pub smooth: bool,
}

/// How many numbers there are.
pub fn len(values: &Values) -> usize {
    match values {
        Values::Host(numbers) => numbers.len(),
        Values::Device(kept) => kept.len,
    }
}

/// Hangs as many of a wall's pictures as there are values for; `None` where there is nothing to hang.
pub fn hang(wall: &Wall, view: View) -> Option<Hanging> {
    let [height, width, channels] = wall.size;
    let one = height.checked_mul(width)?.checked_mul(channels)?;
    let all = wall.rows.checked_mul(wall.columns)?;
    // Shaders count pixels in 32 bits.
    u32::try_from(all.checked_mul(one)?).ok()?;
    let count = all.min(len(&wall.pixels).checked_div(one)?);
    let [left, top, across, down] = wall.place;
    if count == 0 || !matches!(channels, 1 | 3) || !wall.place.iter().all(|share| share.is_finite()) {
        return None;
    }

    let (corner, edge) = (view.corner(), view.edge());
    let room = [across * edge, down * edge];
    let pictures = [wall.columns as f32, wall.rows as f32];
    let pixels = [width as f32, height as f32];
    let least = |of: &dyn Fn(usize) -> f32| of(0).min(of(1));
    let gap = if wall.joined { 0.0 } else { view.length(GAP).round().min(least(&|i| (room[i] / pictures[i] / 4.0).floor())) };
    // Device pixels to a pixel of a picture.
    let zoom = least(&|i| (room[i] - gap * (pictures[i] - 1.0)) / (pictures[i] * pixels[i]));
    if zoom <= 0.0 {
        return None;
    }
    // What is drawn as one has whole pixels, so that borders are sharp and all gaps alike.
    let picture = std::array::from_fn(|i| {
        let drawn_as_one = if wall.joined { pictures[i] } else { 1.0 };
        (zoom * pixels[i] * drawn_as_one).floor().max(1.0) / drawn_as_one
    });
    let pitch = picture.map(|side| side + gap);
    let start = std::array::from_fn(|i| {
        let whole = pitch[i] * pictures[i] - gap;
        (corner[i] + [left, top][i] * edge + (room[i] - whole) / 2.0).floor()
    });
    Some(Hanging {
        rows: count.div_ceil(wall.columns),
        columns: wall.columns.min(count),
        count,
        start,
        picture,
        pitch,
        smooth: wall.joined || zoom < 1.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View { size: [560, 560], scale: 1.0, dark: false };
    const WHOLE: [f32; 4] = [0.0, 0.0, 1.0, 1.0];

    fn wall(place: [f32; 4], [rows, columns]: [usize; 2], [height, width]: [usize; 2]) -> Wall {
        let pixels = Values::Host(vec![0.0; rows * columns * height * width]);
        Wall { place, rows, columns, size: [height, width, 1], pixels, joined: false }
    }

    #[test]
    fn pictures_are_as_large_as_fit_with_gaps_and_in_the_middle_of_their_place() {
        let hanging = hang(&wall(WHOLE, [2, 3], [28, 28]), VIEW).expect("it has all it needs");
        // Across, 560 − 2 · 4 by 3 is 184; down there is room. 2 · 184 + 4 of 560 leave 188.
        let expected = Hanging {
            rows: 2,
            columns: 3,
            count: 6,
            start: [0.0, 94.0],
            picture: [184.0, 184.0],
            pitch: [188.0, 188.0],
            smooth: false,
        };
        assert_eq!(hanging, expected);
        // The height limits, whole pixels remain.
        let hanging = hang(&wall([0.5, 0.25, 0.5, 0.5], [3, 1], [10, 20]), VIEW).expect("it has all it needs");
        assert_eq!((hanging.picture, hanging.start), ([181.0, 90.0], [329.0, 141.0]));
    }

    #[test]
    fn a_place_lies_in_the_square_in_the_middle_of_the_view() {
        let view = View { size: [760, 560], ..VIEW };
        let start = |view, place| hang(&wall(place, [1, 1], [8, 8]), view).map(|hanging| hanging.start);
        assert_eq!(start(view, WHOLE), Some([100.0, 0.0]));
        assert_eq!(start(View { size: [560, 760], ..VIEW }, [0.5, 0.5, 0.5, 0.5]), Some([280.0, 380.0]));
    }

    #[test]
    fn joined_pictures_fill_their_place_without_gaps() {
        // 15 by 15 do not divide 560: what is fractional is a picture, not the whole.
        let hanging = hang(&Wall { joined: true, ..wall(WHOLE, [15, 15], [8, 8]) }, VIEW).expect("it has all it needs");
        assert_eq!((hanging.start, hanging.picture, hanging.smooth), ([0.0, 0.0], [560.0 / 15.0; 2], true));
        assert_eq!(hanging.pitch, hanging.picture);
    }

    #[test]
    fn gaps_shrink_with_pictures_and_what_is_shown_smaller_than_it_is_is_smooth() {
        let hanging = hang(&wall(WHOLE, [70, 70], [28, 28]), VIEW).expect("it has all it needs");
        // Eight pixels from one to the next, of which a quarter is the gap.
        assert_eq!((hanging.pitch, hanging.picture, hanging.smooth), ([8.0, 8.0], [6.0, 6.0], true));
    }

    #[test]
    fn pictures_without_values_do_not_hang_and_others_stay_where_they_are() {
        let full = wall(WHOLE, [3, 4], [2, 2]);
        let all = hang(&full, VIEW).expect("it has all it needs");
        for (values, rows, columns, count) in [(47, 3, 4, 11), (27, 2, 4, 6), (12, 1, 3, 3)] {
            let fewer = hang(&Wall { pixels: Values::Host(vec![0.0; values]), ..full.clone() }, VIEW);
            assert_eq!(fewer, Some(Hanging { rows, columns, count, ..all }));
        }
        assert_eq!(hang(&Wall { pixels: Values::Host(vec![0.0; 3]), ..full }, VIEW), None);
    }
}
