//! Matrix products in the manner of Goto and van de Geijn 2008: the right operand is packed into panels as wide as a tile of
//! registers, and each tile of the product is summed up in registers. The left operand is read where it lies, transposed or
//! not: its elements are only ever spread over a vector.

use crate::simd::vectorised;

/// Rows and columns of a tile of registers.
#[cfg(target_arch = "wasm32")]
const TILE: (usize, usize) = (4, 8);
#[cfg(target_arch = "x86_64")]
const TILE: (usize, usize) = (6, 16);
#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
const TILE: (usize, usize) = (8, 8);

const MR: usize = TILE.0;
const NR: usize = TILE.1;

/// Inner elements taken at a time, so that a panel stays in the nearest cache.
const KC: usize = 512;

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
}

impl Sizes {
    /// Elements of the packed right operand.
    pub fn packed_len(&self) -> usize {
        self.k * self.n.next_multiple_of(NR)
    }

    /// Rows of the product that are made at a time, so that they are still in a near cache for what follows.
    pub fn block_rows(&self) -> usize {
        (16_384 / self.n.max(1)).clamp(MR, 96).next_multiple_of(MR)
    }
}

/// Packs the right operand: for each [`KC`] inner elements, panels of [`NR`] columns, each `[inner, NR]`, filled up with zeros.
pub fn pack(sizes: Sizes, rhs: &[f32], packed: &mut [f32]) {
    let Sizes { k, n, .. } = sizes;
    let mut at = 0;
    for inner in (0..k).step_by(KC) {
        let depth = KC.min(k - inner);
        for column in (0..n).step_by(NR) {
            let panel = &mut packed[at..at + depth * NR];
            let width = NR.min(n - column);
            if sizes.transpose_rhs {
                pack_transposed(k, width, &rhs[column * k + inner..], panel);
            } else {
                pack_straight(n, width, &rhs[inner * n + column..], panel);
            }
            at += depth * NR;
        }
    }
}

vectorised! {
    fn pack_straight(n: usize, width: usize, rhs: &[f32], panel: &mut [f32]) {
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
    fn pack_transposed(k: usize, width: usize, rhs: &[f32], panel: &mut [f32]) {
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
    /// Rows `first..first + product.len() / n` of the product.
    pub fn rows(sizes: Sizes, lhs: &[f32], packed: &[f32], first: usize, product: &mut [f32]) {
        let Sizes { m, k, n, .. } = sizes;
        let (row_stride, inner_stride) = if sizes.transpose_lhs { (1, m) } else { (k, 1) };
        let rows = product.len() / n;
        if k == 0 {
            return product.fill(0.0);
        }
        assert!(lhs.len() >= m * k && first + rows <= m && packed.len() >= sizes.packed_len());
        let mut panels = packed;
        for inner in (0..k).step_by(KC) {
            let depth = KC.min(k - inner);
            let (block, rest) = panels.split_at(depth * n.next_multiple_of(NR));
            panels = rest;
            for row in (0..rows).step_by(MR) {
                let height = MR.min(rows - row);
                // A tile that is cut off below repeats its last row, and keeps only what is there.
                let places: [usize; MR] = std::array::from_fn(|i| (first + row + i.min(height - 1)) * row_stride + inner * inner_stride);
                for (panel, column) in block.chunks_exact(depth * NR).zip((0..n).step_by(NR)) {
                    // SAFETY: row `first + row + i` is below m, and inner + p below k, so every place read is below m * k.
                    let tile = unsafe { tile::<FMA>(lhs, places, inner_stride, panel) };
                    let width = NR.min(n - column);
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
unsafe fn tile<const FMA: bool>(lhs: &[f32], places: [usize; MR], stride: usize, panel: &[f32]) -> [[f32; NR]; MR] {
    let mut sums = [[0.0_f32; NR]; MR];
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
