//! Matrix products in the manner of Goto and van de Geijn 2008: the right operand is packed into panels as wide as a tile of
//! registers, a panel stays in the nearest cache while all rows of a block pass by it, and each tile of the product is summed
//! up in registers. The left operand is read where it lies unless it is transposed: its elements are only ever spread over a
//! vector. A convolution is a product whose left operand, the patches of pictures, is only ever made a block at a time.

use terrarium_graph::plan::Patches;

use super::patches;
#[cfg(target_arch = "x86_64")]
use crate::simd::WIDE_TILE;
use crate::simd::{self, vectorised};
use crate::threads;

/// Inner elements taken at a time, so that a panel stays in the nearest cache.
const KC: usize = 128;

/// Elements of a block of the product, so that it stays in a near cache.
const BLOCK: usize = if cfg!(target_family = "wasm") { 16_384 } else { 32_768 };

/// Rows of a block at most; a whole number of tiles.
const MOST_ROWS: usize = if cfg!(target_family = "wasm") { 96 } else { 144 };

/// Rows that are multiplied one by one.
const FEW_ROWS: usize = 2;

/// The sizes of `[m, k] × [k, n]`, and how the operands are stored.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub m: usize,
    pub k: usize,
    pub n: usize,
    /// The left operand is stored `[k, m]`.
    pub transpose_lhs: bool,
    /// The right operand is stored `[n, k]`.
    pub transpose_rhs: bool,
    /// What is given for the left operand is pictures, and the operand as it would be stored is their patches.
    pub patches: Option<Patches>,
}

impl Sizes {
    /// Elements of the packed right operand.
    pub fn packed_len(&self) -> usize {
        match self.way() {
            Way::Tiles => self.k * self.n.next_multiple_of(simd::tile().1),
            Way::Vectors => 0,
            _ => self.k * self.n,
        }
    }

    /// Rows of the product that are made at a time, so that they are still in a near cache for what follows.
    pub fn block_rows(&self) -> usize {
        // The gradient of a weight sums up over all of a batch: its packed right operand is read anew from far away for each block,
        // which costs more than a product in the second cache.
        let is_long = !cfg!(target_family = "wasm") && self.transpose_lhs && self.k > 4 * KC;
        let rows = if is_long { MOST_ROWS } else { (BLOCK / self.n.max(1)).clamp(16, MOST_ROWS) };
        rows.next_multiple_of(simd::tile().0)
    }

    /// Rows of the product where it is shared out in so many parts: whole tiles.
    pub fn rows_of_share(&self, parts: usize) -> usize {
        self.m.div_ceil(parts).next_multiple_of(simd::tile().0)
    }

    /// Elements of a packed block of the left operand.
    pub fn packed_lhs_len(&self) -> usize {
        match self.way() {
            Way::Tiles if self.transpose_lhs || self.patches.is_some() => self.block_rows() * KC.min(self.k),
            Way::Dots if self.patches.is_some() => self.block_rows() * self.k,
            _ => 0,
        }
    }
}

/// How a product is best computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Tiles of registers over panels.
    Tiles,
    /// Few columns: each column of the right operand is packed as a row, and each element is a dot product.
    Dots,
    /// Few columns of a transposed left operand: rows of it, scaled, are added up to columns of the product.
    Columns,
    /// Few rows: the right operand is read once for each, where it lies. Packing it would cost more than the product.
    Vectors,
    /// Few inner elements: rows of the right operand, scaled, are added up to rows of the product.
    Rows,
}

impl Sizes {
    /// Whether the product takes the right operand as it is, and not what [`pack`] makes of it.
    pub fn is_unpacked(&self) -> bool {
        // The row of a transposed left operand that is one column lies like any other.
        self.m <= FEW_ROWS && self.patches.is_none() && (self.m == 1 || !self.transpose_lhs)
    }

    fn way(&self) -> Way {
        match (self.k, self.n) {
            (0, _) => Way::Rows,
            _ if self.is_unpacked() => Way::Vectors,
            // Patches are made for these two only.
            (4.., ..=3) if self.patches.is_some() && !self.transpose_lhs => Way::Dots,
            _ if self.patches.is_some() => Way::Tiles,
            (..=3, _) => Way::Rows,
            (_, ..=3) if self.transpose_lhs => Way::Columns,
            (_, ..=3) => Way::Dots,
            _ => Way::Tiles,
        }
    }
}

/// Packs the right operand for its [`Way`]; for tiles: for each [`KC`] inner elements, panels as wide
/// as a tile, each `[inner, width]`, filled up with zeros.
pub fn pack<R: Send>(sizes: Sizes, rhs: &[f32], packed: &mut [f32], rooms: &mut [R]) {
    let Sizes { k, n, .. } = sizes;
    let packed = &mut packed[..sizes.packed_len()];
    match (sizes.way(), sizes.transpose_rhs) {
        (Way::Vectors, _) => {}
        (Way::Tiles, _) => pack_panels(sizes, rhs, packed, rooms),
        (Way::Rows, false) | (Way::Dots | Way::Columns, true) => packed.copy_from_slice(&rhs[..k * n]),
        (Way::Rows, true) => transpose(n, k, rhs, packed),
        (Way::Dots | Way::Columns, false) => transpose(k, n, rhs, packed),
    }
}

/// `[rows, cols] → [cols, rows]`, of which one is small.
fn transpose(rows: usize, cols: usize, source: &[f32], target: &mut [f32]) {
    for row in 0..rows {
        for col in 0..cols {
            target[col * rows + row] = source[row * cols + col];
        }
    }
}

fn pack_panels<R: Send>(sizes: Sizes, rhs: &[f32], packed: &mut [f32], rooms: &mut [R]) {
    let Sizes { k, n, .. } = sizes;
    let (_, tile) = simd::tile();
    let block = KC * n.next_multiple_of(tile);
    let rooms = threads::worth(rooms, k * n);
    threads::share(rooms, (0..k).step_by(KC).zip(packed.chunks_mut(block)), |_, (inner, packed)| {
        let depth = KC.min(k - inner);
        for (panel, column) in packed.chunks_exact_mut(depth * tile).zip((0..n).step_by(tile)) {
            let width = tile.min(n - column);
            if sizes.transpose_rhs {
                pack_transposed(k, width, &rhs[column * k + inner..], panel);
            } else {
                pack_straight(n, width, &rhs[inner * n + column..], panel);
            }
        }
    });
}

vectorised! {
    /// Packs a panel of `width` columns from rows that lie `n` apart.
    pub(super) fn pack_straight(n: usize, width: usize, rhs: &[f32], panel: &mut [f32]) {
        for (p, row) in panel.chunks_exact_mut(NR).enumerate() {
            let source = &rhs[p * n..p * n + width];
            if width == NR {
                row.copy_from_slice(source);
            } else {
                row[..width].copy_from_slice(source);
                row[width..].fill(0.0);
            }
        }
    }
}

vectorised! {
    /// As [`pack_straight`], from columns that lie `k` apart.
    pub(super) fn pack_transposed(k: usize, width: usize, rhs: &[f32], panel: &mut [f32]) {
        let depth = panel.len() / NR;
        if width < NR {
            panel.fill(0.0);
        }
        for j in 0..width {
            let source = &rhs[j * k..j * k + depth];
            for (row, &x) in panel.chunks_exact_mut(NR).zip(source) {
                row[j] = x;
            }
        }
    }
}

vectorised! {
    /// Packs `rows` rows of a transposed left operand, from row `first` and inner element `inner` on: groups of a tile's
    /// rows, each `[inner, MR]`.
    fn pack_lhs(m: usize, lhs: &[f32], first: usize, rows: usize, inner: usize, depth: usize, packed: &mut [f32]) {
        for p in 0..depth {
            spread::<MR>(&lhs[(inner + p) * m + first..(inner + p) * m + first + rows], 0, p, depth, packed);
        }
    }
}

vectorised! {
    /// As [`pack_lhs`], of the patches of pictures: `rows` columns of them from column `first` on, at `depth` places.
    fn pack_patches(of: &Patches, pictures: &[f32], first: usize, rows: usize, inner: usize, depth: usize, packed: &mut [f32]) {
        const PADDING: [f32; MOST_ROWS] = [0.0; MOST_ROWS];
        for p in 0..depth {
            patches::pieces(of, inner + p, first..first + rows, |piece, from| {
                let elements = from.map_or(&PADDING[..piece.len()], |at| &pictures[at..at + piece.len()]);
                spread::<MR>(elements, piece.start - first, p, depth, packed);
            });
        }
    }
}

/// Writes inner element `p` of a block's rows, from row `from` on, to their groups.
#[inline(always)]
fn spread<const MR: usize>(elements: &[f32], from: usize, p: usize, depth: usize, packed: &mut [f32]) {
    let place = |row: usize| row / MR * depth * MR + p * MR + row % MR;
    let (before, elements) = elements.split_at((from.next_multiple_of(MR) - from).min(elements.len()));
    before.iter().enumerate().for_each(|(i, x)| packed[place(from + i)] = *x);
    let mut at = place(from + before.len());
    let mut groups = elements.chunks_exact(MR);
    for group in &mut groups {
        packed[at..at + MR].copy_from_slice(group);
        at += depth * MR;
    }
    let rest = groups.remainder();
    if !rest.is_empty() {
        packed[at..at + rest.len()].copy_from_slice(rest);
    }
}

/// Rows `first..first + product.len() / n` of the product, at most [`Sizes::block_rows`] of them. `packed` is what [`pack`]
/// made of the right operand, or that itself where it is not packed, and `packed_lhs` room for [`Sizes::packed_lhs_len`] elements.
pub fn rows(sizes: Sizes, lhs: &[f32], packed: &[f32], first: usize, product: &mut [f32], packed_lhs: &mut [f32]) {
    let packed = if sizes.is_unpacked() { packed } else { &packed[..sizes.packed_len()] };
    match sizes.way() {
        Way::Vectors => vectors(sizes, lhs, packed, first, product),
        Way::Tiles => tiles(sizes, lhs, packed, first, product, packed_lhs),
        Way::Dots => match sizes.patches {
            Some(of) => {
                let Sizes { k, n, .. } = sizes;
                let rows = product.len() / n;
                let block = &mut packed_lhs[..rows * k];
                patches::unfold(&of, lhs, first..first + rows, 0..k, block);
                dots(sizes, block, packed, 0, product);
            }
            None => dots(sizes, lhs, packed, first, product),
        },
        Way::Columns => columns(sizes, lhs, packed, first, product),
        Way::Rows => few_inner(sizes, lhs, packed, first, product),
    }
}

vectorised! {
    /// Of each row: dot products with the columns of the right operand where it is stored transposed, else the sum of its rows, eight
    /// of them at a time.
    fn vectors(sizes: Sizes, lhs: &[f32], rhs: &[f32], first: usize, product: &mut [f32]) {
        const AT_ONCE: usize = 8;
        let Sizes { k, n, .. } = sizes;
        for (x, target) in lhs[first * k..].chunks_exact(k).zip(product.chunks_exact_mut(n)) {
            if sizes.transpose_rhs {
                for (y, column) in target.iter_mut().zip(rhs.chunks_exact(k)) {
                    *y = dot::<FMA>(x, column);
                }
                continue;
            }
            // Slices whose lengths the compiler knows to be equal.
            let target = &mut target[..n];
            target.fill(0.0);
            let (some, last) = x.as_chunks::<AT_ONCE>();
            for (x, rows) in some.iter().zip(rhs.chunks_exact(AT_ONCE * n)) {
                let rows: [&[f32]; AT_ONCE] = std::array::from_fn(|p| &rows[p * n..][..n]);
                for (j, y) in target.iter_mut().enumerate() {
                    let mut sum = *y;
                    for p in 0..AT_ONCE {
                        sum = if FMA { x[p].mul_add(rows[p][j], sum) } else { sum + x[p] * rows[p][j] };
                    }
                    *y = sum;
                }
            }
            for (x, row) in last.iter().zip(rhs[some.len() * AT_ONCE * n..].chunks_exact(n)) {
                target.iter_mut().zip(row).for_each(|(y, b)| *y += x * b);
            }
        }
    }
}

vectorised! {
    fn dots(sizes: Sizes, lhs: &[f32], packed: &[f32], first: usize, product: &mut [f32]) {
        let Sizes { k, n, .. } = sizes;
        for (row, target) in lhs[first * k..].chunks_exact(k).zip(product.chunks_exact_mut(n)) {
            for (column, y) in packed.chunks_exact(k).zip(target) {
                *y = dot::<FMA>(row, column);
            }
        }
    }
}

#[inline(always)]
pub(super) fn dot<const FMA: bool>(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut lanes = [0.0_f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for i in 0..LANES {
            lanes[i] = if FMA { a[i].mul_add(b[i], lanes[i]) } else { lanes[i] + a[i] * b[i] };
        }
    }
    lanes.iter().sum::<f32>() + rest
}

vectorised! {
    fn columns(sizes: Sizes, lhs: &[f32], packed: &[f32], first: usize, product: &mut [f32]) {
        let Sizes { m, k, n, .. } = sizes;
        let rows = product.len() / n;
        // Sums of up to 64 rows stay in registers or beside them while all inner elements pass.
        const ROWS: usize = 64;
        for row in (0..rows).step_by(ROWS) {
            let count = ROWS.min(rows - row);
            for (j, column) in packed.chunks_exact(k).enumerate() {
                let mut sums = [0.0_f32; ROWS];
                for (p, &scale) in column.iter().enumerate() {
                    let source = &lhs[p * m + first + row..][..count];
                    for (sum, x) in sums.iter_mut().zip(source) {
                        *sum += scale * x;
                    }
                }
                for (i, sum) in sums.iter().enumerate().take(count) {
                    product[(row + i) * n + j] = *sum;
                }
            }
        }
    }
}

vectorised! {
    fn few_inner(sizes: Sizes, lhs: &[f32], packed: &[f32], first: usize, product: &mut [f32]) {
        let Sizes { m, k, n, .. } = sizes;
        let (row_stride, inner_stride) = if sizes.transpose_lhs { (1, m) } else { (k, 1) };
        for (row, target) in product.chunks_exact_mut(n).enumerate() {
            let x = |p: usize| lhs[(first + row) * row_stride + p * inner_stride];
            match k {
                0 => target.fill(0.0),
                1 => {
                    let x0 = x(0);
                    target.iter_mut().zip(packed).for_each(|(y, b)| *y = x0 * b);
                }
                _ => {
                    let (x0, x1) = (x(0), x(1));
                    let (b0, b1) = packed.split_at(n);
                    target.iter_mut().zip(b0).zip(b1).for_each(|((y, b0), b1)| *y = x0 * b0 + x1 * b1);
                    for (p, row) in packed.chunks_exact(n).enumerate().skip(2) {
                        let scale = x(p);
                        target.iter_mut().zip(row).for_each(|(y, b)| *y += scale * b);
                    }
                }
            }
        }
    }
}

vectorised! {
    fn tiles(sizes: Sizes, lhs: &[f32], packed: &[f32], first: usize, product: &mut [f32], packed_lhs: &mut [f32]) {
        let Sizes { m, k, n, .. } = sizes;
        let rows = product.len() / n;
        assert!(first + rows <= m && packed.len() >= sizes.packed_len());
        let mut panels = packed;
        for inner in (0..k).step_by(KC) {
            let depth = KC.min(k - inner);
            let (block, rest) = panels.split_at(depth * n.next_multiple_of(NR));
            panels = rest;
            // Where row i and inner element p of the block lie.
            let (left, start, group_stride, row_stride, inner_stride) = match (&sizes.patches, sizes.transpose_lhs) {
                (None, false) => (lhs, first * k + inner, MR * k, k, 1),
                (None, true) => {
                    pack_lhs(m, lhs, first, rows, inner, depth, packed_lhs);
                    (&*packed_lhs, 0, depth * MR, 1, MR)
                }
                (Some(of), false) => {
                    patches::unfold(of, lhs, first..first + rows, inner..inner + depth, &mut packed_lhs[..rows * depth]);
                    (&*packed_lhs, 0, MR * depth, depth, 1)
                }
                (Some(of), true) => {
                    pack_patches(of, lhs, first, rows, inner, depth, packed_lhs);
                    (&*packed_lhs, 0, depth * MR, 1, MR)
                }
            };
            for (panel, column) in block.chunks_exact(depth * NR).zip((0..n).step_by(NR)) {
                let width = NR.min(n - column);
                for (group, row) in (0..rows).step_by(MR).enumerate() {
                    let height = MR.min(rows - row);
                    // A tile that is cut off below repeats its last row, and keeps only what is there.
                    let places: [usize; MR] =
                        std::array::from_fn(|i| start + group * group_stride + i.min(height - 1) * row_stride);
                    assert!(places[height - 1] + (depth - 1) * inner_stride < left.len());
                    // SAFETY: the last row's place is the largest, and it was just checked with the last inner element.
                    let tile = unsafe { tile::<FMA, MR, NR>(left, places, inner_stride, panel) };
                    for (i, sums) in tile.iter().enumerate().take(height) {
                        let target = &mut product[(row + i) * n + column..(row + i) * n + column + width];
                        if inner > 0 {
                            target.iter_mut().zip(sums).for_each(|(y, x)| *y += x);
                        } else if width == NR {
                            target.copy_from_slice(sums);
                        } else {
                            target.copy_from_slice(&sums[..width]);
                        }
                    }
                }
            }
        }
    }
}

/// One tile of the product: the sum over a panel's inner elements.
///
/// # Safety
/// `lhs` has an element at `places[i] + p * stride` for every i, and every p below `panel.len() / NR`.
#[inline(always)]
pub(super) unsafe fn tile<const FMA: bool, const MR: usize, const NR: usize>(
    lhs: &[f32],
    places: [usize; MR],
    stride: usize,
    panel: &[f32],
) -> [[f32; NR]; MR] {
    let mut sums = [[0.0_f32; NR]; MR];
    #[cfg(target_arch = "x86_64")]
    if FMA && (MR, NR) == WIDE_TILE {
        // SAFETY: a tile is as large as this one only where the processor has AVX-512; the rest is as the function's.
        unsafe { wide_tile(lhs, &places, stride, panel, sums.as_flattened_mut()) };
        return sums;
    }
    for (p, row) in panel.chunks_exact(NR).enumerate() {
        for i in 0..MR {
            // SAFETY: as the function's.
            let x = unsafe { *lhs.get_unchecked(places[i] + p * stride) };
            for j in 0..NR {
                sums[i][j] = if FMA { x.mul_add(row[j], sums[i][j]) } else { sums[i][j] + x * row[j] };
            }
        }
    }
    sums
}

/// [`tile`] in registers of AVX-512, told one by one: what the compiler makes of so many by itself changes with what is around them.
///
/// # Safety
/// As [`tile`]'s, and the processor has AVX-512.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn wide_tile(lhs: &[f32], places: &[usize], stride: usize, panel: &[f32], sums: &mut [f32]) {
    use std::arch::x86_64::{_mm512_fmadd_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps};
    const LANES: usize = 16;
    const VECTORS: usize = WIDE_TILE.1 / LANES;
    let rows: [*const f32; WIDE_TILE.0] = std::array::from_fn(|i| lhs[places[i]..].as_ptr());
    let mut tile = [[_mm512_setzero_ps(); VECTORS]; WIDE_TILE.0];
    for (p, row) in panel.as_chunks::<{ WIDE_TILE.1 }>().0.iter().enumerate() {
        // SAFETY: a row of the panel has as many numbers.
        let columns: [_; VECTORS] = std::array::from_fn(|v| unsafe { _mm512_loadu_ps(row.as_ptr().add(v * LANES)) });
        for (sums, of) in tile.iter_mut().zip(rows) {
            // SAFETY: as the function's.
            let x = _mm512_set1_ps(unsafe { *of.add(p * stride) });
            for (sum, column) in sums.iter_mut().zip(columns) {
                *sum = _mm512_fmadd_ps(x, column, *sum);
            }
        }
    }
    for (sums, vector) in sums.as_chunks_mut::<LANES>().0.iter_mut().zip(tile.as_flattened()) {
        // SAFETY: there is room for one vector.
        unsafe { _mm512_storeu_ps(sums.as_mut_ptr(), *vector) };
    }
}
