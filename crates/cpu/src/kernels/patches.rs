//! What a window sees of pictures, as rows of a matrix: moved there and back in runs of neighbouring elements.

use std::ops::Range;

use terrarium_graph::plan::Patches;

use crate::simd::vectorised;

/// Shows a stretch of a matrix row, the one of this place, in pieces: which of the row's columns, and where in the pictures they
/// lie; `None` on the padding.
#[inline(always)]
pub fn pieces(patches: &Patches, place: usize, columns: Range<usize>, mut piece: impl FnMut(Range<usize>, Option<usize>)) {
    let Patches { window, size: [height, width], channels, places: [rows, cols], .. } = *patches;
    let (image, row, col) = (place / (rows * cols), place / cols % rows, place % cols);
    // The window's upper left corner, counted from that of the padding.
    let (top, left) = (row * window.stride[0], col * window.stride[1]);
    let line = window.kernel[1] * channels;
    // Of each line of the window, what lies between the padding on its sides.
    let inside_from = (window.padding[1].saturating_sub(left) * channels).min(line);
    let inside_to = ((width + window.padding[1]).saturating_sub(left) * channels).min(line);
    let mut start = columns.start;
    while start < columns.end {
        let ky = start / line;
        let (first, end) = (ky * line, columns.end.min((ky + 1) * line));
        match (top + ky).checked_sub(window.padding[0]).filter(|&y| y < height) {
            Some(y) => {
                let from = (first + inside_from).clamp(start, end);
                let to = (first + inside_to).clamp(from, end);
                if start < from {
                    piece(start..from, None);
                }
                if from < to {
                    let x = (left + (from - first) / channels - window.padding[1]) * channels + (from - first) % channels;
                    piece(from..to, Some((image * height + y) * width * channels + x));
                }
                if to < end {
                    piece(to..end, None);
                }
            }
            None => piece(start..end, None),
        }
        start = end;
    }
}

/// These columns of the matrix's row of this place.
#[inline(always)]
pub fn row(patches: &Patches, pictures: &[f32], place: usize, columns: Range<usize>, target: &mut [f32]) {
    let first = columns.start;
    pieces(patches, place, columns, |piece, from| {
        let to = &mut target[piece.start - first..piece.end - first];
        match from {
            Some(at) => to.copy_from_slice(&pictures[at..at + to.len()]),
            None => to.fill(0.0),
        }
    });
}

vectorised! {
    /// These rows and columns of the matrix.
    pub fn unfold(patches: &Patches, pictures: &[f32], rows: Range<usize>, columns: Range<usize>, target: &mut [f32]) {
        for (place, target) in rows.zip(target.chunks_exact_mut(columns.len().max(1))) {
            row(patches, pictures, place, columns.clone(), target);
        }
    }
}

vectorised! {
    /// Adds rows of the matrix to the pictures they belong to.
    pub fn fold(patches: &Patches, rows: Range<usize>, source: &[f32], pictures: &mut [f32]) {
        let width = patches.columns();
        for (place, row) in rows.zip(source.chunks_exact(width.max(1))) {
            pieces(patches, place, 0..width, |piece, to| {
                if let Some(at) = to {
                    let sums = &mut pictures[at..at + piece.len()];
                    sums.iter_mut().zip(&row[piece]).for_each(|(sum, x)| *sum += x);
                }
            });
        }
    }
}
