//! Attention, head by head and a block of queries at a time, whose scores stay in a near cache. Products are made by the tiles of
//! registers of [`matmul`](super::matmul), straight from the rows of the projections; what causal queries do not see is left out,
//! tile by tile.

use std::ops::Range;

use terrarium_graph::plan::{Heads, Rows};

use super::matmul::{pack_straight, pack_transposed, tile};
use super::reduce::{max_of, sum_of};
use crate::math;
use crate::simd::{self, vectorised};

/// Queries of a block: a whole number of tiles.
fn block_rows() -> usize {
    64_usize.next_multiple_of(simd::tile().0)
}

/// What rows of scores are filled up to a multiple of where vectors are wide, as they are then done with sooner than what is over.
const LANES: usize = 16;

/// [`block_rows`] at most.
const MOST_ROWS: usize = 72;

/// A matrix as it lies in memory: element (i, p) at `first + i · row + p · inner`.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    elements: &'a [f32],
    first: usize,
    row: usize,
    inner: usize,
}

impl<'a> Matrix<'a> {
    fn new(elements: &'a [f32], first: usize, row: usize) -> Self {
        Matrix { elements, first, row, inner: 1 }
    }

    fn transposed(self) -> Self {
        Matrix { row: self.inner, inner: self.row, ..self }
    }
}

/// Elements of a row of scores. More than there are keys, so that rows do not all fall into the same sets of a cache.
fn scores_row(heads: &Heads) -> usize {
    let (_, tile) = simd::tile();
    heads.keys.next_multiple_of(tile) + tile
}

/// The scratch memory of one head: packed matrices whose columns are the keys, those whose columns are of `head_dim`, and scores.
fn lengths(heads: &Heads) -> [usize; 3] {
    let (_, tile) = simd::tile();
    let wide = heads.head_dim.next_multiple_of(tile);
    let rows = block_rows();
    [heads.keys.next_multiple_of(tile) * heads.head_dim, heads.keys.max(rows) * wide, rows * scores_row(heads)]
}

/// Elements of scratch memory that [`attention`] needs.
pub fn scratch_len(heads: &Heads) -> usize {
    lengths(heads).iter().sum()
}

/// Elements of scratch memory that [`gradient`] needs.
pub fn gradient_scratch_len(heads: &Heads) -> usize {
    let [across, along, scores] = lengths(heads);
    2 * across + 3 * along + 2 * scores
}

/// The attention of some sequences of a batch, whose results are given alone.
pub fn part(heads: &Heads, batch: &Range<usize>) -> Heads {
    let [queries, keys, values] = heads.places;
    let from = |rows: Rows, count: usize| Rows { first: rows.first + batch.start * count * rows.stride, ..rows };
    let places = [from(queries, heads.queries), from(keys, heads.keys), from(values, heads.keys)];
    Heads { batch: batch.len(), places, ..*heads }
}

/// Where a head of a row begins.
fn place(rows: Rows, row: usize, head: usize, heads: &Heads) -> usize {
    rows.first + row * rows.stride + head * heads.head_dim
}

/// The blocks of queries.
fn blocks(heads: &Heads) -> impl Iterator<Item = Range<usize>> + use<> {
    let (queries, rows) = (heads.queries, block_rows());
    (0..queries).step_by(rows).map(move |first| first..queries.min(first + rows))
}

vectorised! {
    /// See [`Heads`]. `log_sums` is empty where they are not asked for.
    pub fn attention(
        heads: &Heads,
        queries: &[f32],
        keys: &[f32],
        values: &[f32],
        target: &mut [f32],
        log_sums: &mut [f32],
        scratch: &mut [f32],
    ) {
        if heads.keys == 0 {
            target.fill(0.0);
            log_sums.fill(f32::NEG_INFINITY);
            return;
        }
        let [across, along, scores] = lengths(heads);
        let (packed_keys, rest) = scratch.split_at_mut(across);
        let (packed_values, rest) = rest.split_at_mut(along);
        let scores = &mut rest[..scores];
        let [q_rows, k_rows, v_rows] = heads.places;
        let (ld, scale, width) = (scores_row(heads), heads.scale(), heads.heads * heads.head_dim);
        for (batch, kv_head) in each_kv_head(heads) {
            let k = Matrix::new(keys, place(k_rows, batch * heads.keys, kv_head, heads), k_rows.stride);
            let v = Matrix::new(values, place(v_rows, batch * heads.keys, kv_head, heads), v_rows.stride);
            pack_across(k, heads.keys, heads.head_dim, packed_keys);
            pack_along(v, heads.keys, heads.head_dim, packed_values);
            for head in sharing(heads, kv_head) {
                for block in blocks(heads) {
                    let row = batch * heads.queries + block.start;
                    let q = Matrix::new(queries, place(q_rows, row, head, heads), q_rows.stride);
                    look::<FMA, MR, NR>(heads, &block, q, packed_keys, scores);
                    let mut sums = [0.0; MOST_ROWS];
                    for (r, i) in block.clone().enumerate() {
                        let seen = heads.seen(i);
                        let row = &mut scores[r * ld..(r + 1) * ld];
                        let whole = seen.next_multiple_of(if FMA { LANES } else { 1 });
                        row[seen..whole].fill(f32::NEG_INFINITY);
                        let largest = max_of(&row[..whole]);
                        row[..whole].iter_mut().for_each(|x| *x = math::exp((*x - largest) * scale));
                        row[seen..seen + MR].fill(0.0);
                        sums[r] = sum_of(&row[..whole]);
                        if let Some(log_sum) = log_sums.get_mut((batch * heads.heads + head) * heads.queries + i) {
                            *log_sum = largest * scale + math::log(sums[r]);
                        }
                    }
                    let to = row * width + head * heads.head_dim;
                    mix::<FMA, MR, NR>(heads, &block, scores, packed_values, |r, column, elements| {
                        let start = to + r * width + column;
                        let scale = 1.0 / sums[r];
                        target[start..start + elements.len()].iter_mut().zip(elements).for_each(|(y, x)| *y = x * scale);
                    });
                }
            }
        }
    }
}

vectorised! {
    /// The gradients of queries, keys and values from the gradient of the result: with probabilities P, made again from the logarithms
    /// of their sums, dV = Pᵀ·dY, dS = P ∘ (dY·Vᵀ − rowsum(dY ∘ Y)) / √head_dim, dQ = dS·K and dK = dSᵀ·Q (Dao et al. 2022, sec. 3.1).
    pub fn gradient(
        heads: &Heads,
        queries: &[f32],
        keys: &[f32],
        values: &[f32],
        result: &[f32],
        log_sums: &[f32],
        gradient: &[f32],
        target: &mut [f32],
        places: &[Rows; 3],
        scratch: &mut [f32],
    ) {
        target.fill(0.0);
        if heads.keys == 0 {
            return;
        }
        let [across, along, scores] = lengths(heads);
        let (keys_across, rest) = scratch.split_at_mut(across);
        let (values_across, rest) = rest.split_at_mut(across);
        let (keys_along, rest) = rest.split_at_mut(along);
        let (queries_along, rest) = rest.split_at_mut(along);
        let (gradient_along, rest) = rest.split_at_mut(along);
        let (shares, rest) = rest.split_at_mut(scores);
        let slopes = &mut rest[..scores];
        let [q_rows, k_rows, v_rows] = heads.places;
        let (ld, scale, width) = (scores_row(heads), heads.scale(), heads.heads * heads.head_dim);
        for (batch, kv_head) in each_kv_head(heads) {
            let row = batch * heads.keys;
            let k = Matrix::new(keys, place(k_rows, row, kv_head, heads), k_rows.stride);
            let v = Matrix::new(values, place(v_rows, row, kv_head, heads), v_rows.stride);
            pack_across(k, heads.keys, heads.head_dim, keys_across);
            pack_across(v, heads.keys, heads.head_dim, values_across);
            pack_along(k, heads.keys, heads.head_dim, keys_along);
            let [to_keys, to_values] = [1, 2].map(|i| place(places[i], row, kv_head, heads));
            for head in sharing(heads, kv_head) {
                for block in blocks(heads) {
                    let row = batch * heads.queries + block.start;
                    let start = row * width + head * heads.head_dim;
                    let q = Matrix::new(queries, place(q_rows, row, head, heads), q_rows.stride);
                    let dy = Matrix::new(gradient, start, width);
                    look::<FMA, MR, NR>(heads, &block, q, keys_across, shares);
                    look::<FMA, MR, NR>(heads, &block, dy, values_across, slopes);
                    for (r, i) in block.clone().enumerate() {
                        let seen = heads.seen(i);
                        let row = r * ld..r * ld + seen;
                        let whole = row.start..row.start + seen.next_multiple_of(if FMA { LANES } else { 1 });
                        let log_sum = log_sums[(batch * heads.heads + head) * heads.queries + i];
                        let here = start + r * width..start + r * width + heads.head_dim;
                        let mean: f32 = gradient[here.clone()].iter().zip(&result[here]).map(|(dy, y)| dy * y).sum();
                        for (share, slope) in shares[whole.clone()].iter_mut().zip(&mut slopes[whole]) {
                            *share = math::exp(*share * scale - log_sum);
                            *slope = *share * (*slope - mean) * scale;
                        }
                        shares[row.end..row.end + MR].fill(0.0);
                        slopes[row.end..row.end + MR].fill(0.0);
                    }
                    let to = place(places[0], row, head, heads);
                    mix::<FMA, MR, NR>(heads, &block, slopes, keys_along, |r, column, elements| {
                        let start = to + r * places[0].stride + column;
                        target[start..start + elements.len()].copy_from_slice(elements);
                    });
                    pack_along(q, block.len(), heads.head_dim, queries_along);
                    pack_along(dy, block.len(), heads.head_dim, gradient_along);
                    let mut add = |to: usize, stride: usize, column: usize, elements: &[f32]| {
                        let start = to + stride + column;
                        target[start..start + elements.len()].iter_mut().zip(elements).for_each(|(sum, x)| *sum += x);
                    };
                    collect::<FMA, MR, NR>(heads, &block, slopes, queries_along, |j, column, elements| {
                        add(to_keys, j * places[1].stride, column, elements);
                    });
                    collect::<FMA, MR, NR>(heads, &block, shares, gradient_along, |j, column, elements| {
                        add(to_values, j * places[2].stride, column, elements);
                    });
                }
            }
        }
    }
}

fn each_kv_head(heads: &Heads) -> impl Iterator<Item = (usize, usize)> + use<> {
    let kv_heads = heads.kv_heads;
    (0..heads.batch).flat_map(move |batch| (0..kv_heads).map(move |kv_head| (batch, kv_head)))
}

/// The heads of queries that look at this head of keys.
fn sharing(heads: &Heads, kv_head: usize) -> Range<usize> {
    let count = heads.heads / heads.kv_heads;
    kv_head * count..(kv_head + 1) * count
}

/// Packs `[columns, depth]` as panels as wide as a tile, each `[depth, width]`.
fn pack_across(of: Matrix, columns: usize, depth: usize, packed: &mut [f32]) {
    let (_, tile) = simd::tile();
    for (panel, column) in packed.chunks_exact_mut(depth * tile).zip((0..columns).step_by(tile)) {
        pack_transposed(of.row, tile.min(columns - column), &of.elements[of.first + column * of.row..], panel);
    }
}

/// Packs `[depth, columns]` as panels as wide as a tile, each `[depth, width]`.
fn pack_along(of: Matrix, depth: usize, columns: usize, packed: &mut [f32]) {
    let (_, tile) = simd::tile();
    for (panel, column) in packed.chunks_exact_mut(depth * tile).zip((0..columns).step_by(tile)) {
        pack_straight(of.row, tile.min(columns - column), &of.elements[of.first + column..], panel);
    }
}

/// The products of a block's rows with every key that one of a tile's rows sees: rows of scores.
#[inline(always)]
fn look<const FMA: bool, const MR: usize, const NR: usize>(
    heads: &Heads,
    block: &Range<usize>,
    rows: Matrix,
    packed: &[f32],
    scores: &mut [f32],
) {
    let (ld, depth) = (scores_row(heads), heads.head_dim);
    let panels = (packed, depth);
    let inner = |r: usize, column: usize| if column < heads.seen(block.start + r + MR - 1) { 0..depth } else { 0..0 };
    multiply::<FMA, MR, NR>(rows, block.len(), panels, heads.keys, inner, |r, column, sums| {
        scores[r * ld + column..r * ld + column + NR].copy_from_slice(sums);
    });
}

/// The products of rows of scores, 0 where nothing is seen, with a packed matrix of a row for each key.
#[inline(always)]
fn mix<const FMA: bool, const MR: usize, const NR: usize>(
    heads: &Heads,
    block: &Range<usize>,
    scores: &[f32],
    packed: &[f32],
    mut keep: impl FnMut(usize, usize, &[f32]),
) {
    let inner = |r: usize, _: usize| 0..heads.seen(block.start + r + MR - 1).min(heads.keys);
    let rows = Matrix::new(scores, 0, scores_row(heads));
    multiply::<FMA, MR, NR>(rows, block.len(), (packed, heads.keys), heads.head_dim, inner, |r, column, sums| {
        keep(r, column, &sums[..NR.min(heads.head_dim - column)]);
    });
}

/// The products of transposed scores with a packed matrix of a row for each query of the block: rows for each key.
#[inline(always)]
fn collect<const FMA: bool, const MR: usize, const NR: usize>(
    heads: &Heads,
    block: &Range<usize>,
    scores: &[f32],
    packed: &[f32],
    mut keep: impl FnMut(usize, usize, &[f32]),
) {
    let inner = |key: usize, _: usize| if heads.causal { key.max(block.start) - block.start..block.len() } else { 0..block.len() };
    let rows = Matrix::new(scores, 0, scores_row(heads)).transposed();
    let keys = if heads.causal { block.end } else { heads.keys };
    multiply::<FMA, MR, NR>(rows, keys, (packed, block.len()), heads.head_dim, inner, |key, column, sums| {
        keep(key, column, &sums[..NR.min(heads.head_dim - column)]);
    });
}

/// Multiplies `rows` rows with panels of so many inner elements, tile by tile. `inner` says which inner elements count for the tile
/// of rows and columns that begins there, and `keep` gets the tile's rows.
#[inline(always)]
fn multiply<const FMA: bool, const MR: usize, const NR: usize>(
    left: Matrix,
    rows: usize,
    (panels, depth): (&[f32], usize),
    columns: usize,
    inner: impl Fn(usize, usize) -> Range<usize>,
    mut keep: impl FnMut(usize, usize, &[f32; NR]),
) {
    for (panel, column) in panels.chunks_exact(depth * NR).zip((0..columns).step_by(NR)) {
        for row in (0..rows).step_by(MR) {
            let inner = inner(row, column);
            if inner.is_empty() {
                continue;
            }
            let height = MR.min(rows - row);
            let first = left.first + row * left.row + inner.start * left.inner;
            // A tile that is cut off below repeats its last row, and keeps only what is there.
            let places: [usize; MR] = std::array::from_fn(|i| first + i.min(height - 1) * left.row);
            assert!(places[height - 1] + (inner.len() - 1) * left.inner < left.elements.len());
            // SAFETY: the last row's place is the largest, and it was just checked with the last inner element.
            let sums = unsafe { tile::<FMA, MR, NR>(left.elements, places, left.inner, &panel[inner.start * NR..inner.end * NR]) };
            for (i, sums) in sums.iter().enumerate().take(height) {
                keep(row + i, column, sums);
            }
        }
    }
}
