//! Kernels that move rows: nothing is computed but sums.

use terrarium_graph::philox::{Stream, below};

/// What is found outside of a table: NaN where it holds numbers, and the largest index where it holds indices.
const OUTSIDE: f32 = f32::from_bits(u32::MAX);

/// Rows of `table` at the places in `indices`, and for a place outside what is found there.
pub fn gather(width: usize, rows: usize, table: &[f32], indices: &[u32], target: &mut [f32]) {
    if width == 0 {
        return;
    }
    for (&index, row) in indices.iter().zip(target.chunks_exact_mut(width)) {
        let index = index as usize;
        if index < rows {
            row.copy_from_slice(&table[index * width..(index + 1) * width]);
        } else {
            row.fill(OUTSIDE);
        }
    }
}

/// Adds row i of `source` to row `indices[i] - first` of zeros; a place outside is left out.
pub fn scatter_add(width: usize, first: usize, source: &[f32], indices: &[u32], target: &mut [f32]) {
    target.fill(0.0);
    if width == 0 {
        return;
    }
    let rows = target.len() / width;
    for (&index, row) in indices.iter().zip(source.chunks_exact(width)) {
        let index = (index as usize).wrapping_sub(first);
        if index < rows {
            let sum = &mut target[index * width..(index + 1) * width];
            sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
    }
}

/// A row of zeros with a 1 at the index; only zeros for an index outside.
pub fn one_hot(classes: usize, indices: &[u32], target: &mut [f32]) {
    target.fill(0.0);
    for (i, &index) in indices.iter().enumerate().filter(|(_, index)| (**index as usize) < classes) {
        target[i * classes + index as usize] = 1.0;
    }
}

/// Stretches of `len` indices of a text, one from each start.
pub fn windows(len: usize, text: &[u32], starts: &[u32], target: &mut [u32]) {
    if len == 0 {
        return;
    }
    for (&start, window) in starts.iter().zip(target.chunks_exact_mut(len)) {
        let rest = text.get(start as usize..).unwrap_or_default();
        let (inside, outside) = window.split_at_mut(rest.len().min(len));
        inside.copy_from_slice(&rest[..inside.len()]);
        outside.fill(u32::MAX);
    }
}

/// Writes a row over the one at this place of a table, if there is one.
pub fn set_row(row: &[f32], at: u32, table: &mut [f32]) {
    if let Some(place) = table.chunks_exact_mut(row.len().max(1)).nth(at as usize) {
        place.copy_from_slice(row);
    }
}

/// Random places below `n`.
pub fn random_indices(stream: &Stream, n: u32, target: &mut [u32]) {
    stream.fill(0, target, |stream, block| stream.bits(block).map(|bits| below(bits, n)));
}

/// Copies blocks that lie one after the other to places `stride` apart, from `offset` on.
pub fn insert(block: usize, stride: usize, offset: usize, source: &[f32], target: &mut [f32]) {
    if block == 0 {
        return;
    }
    for (i, block) in source.chunks_exact(block).enumerate() {
        let start = offset + i * stride;
        target[start..start + block.len()].copy_from_slice(block);
    }
}
