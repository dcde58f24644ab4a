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
