//! Attention as products and a softmax of dfdx's, with all scores in memory; and its gradient by dfdx's tape.

use dfdx::prelude::*;
use terrarium_graph::{Attention, Node};

use crate::ops::{Operand, Result, flat, take};
use crate::{Numbers, values};

struct Sizes {
    batch: usize,
    queries: usize,
    keys: usize,
    head_dim: usize,
    of: Attention,
}

/// Where a row of queries, keys or values begins in its tensor.
#[derive(Clone, Copy)]
struct Rows {
    first: usize,
    stride: usize,
}

impl Sizes {
    fn of(of: Attention, result: &terrarium_graph::Shape, keys: usize) -> Sizes {
        Sizes { batch: result[0], queries: result[1], keys, head_dim: result[2] / of.heads, of }
    }

    /// How wide a row of queries and one of keys is.
    fn widths(&self) -> [usize; 3] {
        let width = self.of.kv_heads * self.head_dim;
        [self.of.heads * self.head_dim, width, width]
    }

    /// The places of `[batch · heads, time, head_dim]` in rows that hold `held` heads.
    fn places(&self, time: usize, held: usize, rows: Rows) -> Vec<usize> {
        let mut places = Vec::with_capacity(self.batch * self.of.heads * time * self.head_dim);
        for batch in 0..self.batch {
            for head in 0..self.of.heads {
                let head = head / (self.of.heads / held);
                for i in 0..time {
                    let start = rows.first + (batch * time + i) * rows.stride + head * self.head_dim;
                    places.extend(start..start + self.head_dim);
                }
            }
        }
        places
    }

    /// The places in `[batch, heads, queries, head_dim]` of the result's elements.
    fn result_places(&self) -> Vec<usize> {
        let (heads, width) = (self.of.heads, self.head_dim);
        let place = |element: usize| {
            let (row, head, c) = (element / (heads * width), element / width % heads, element % width);
            ((row / self.queries * heads + head) * self.queries + row % self.queries) * width + c
        };
        (0..self.batch * self.queries * heads * width).map(place).collect()
    }
}

/// The value of an attention.
pub(crate) fn attention<T: Tape<f32, Cpu>>(
    node: &Node,
    of: Attention,
    columns: [usize; 3],
    x: &[Operand],
    tape: T,
) -> Result<Numbers<T>> {
    let sizes = Sizes::of(of, &node.shape, x[1].shape[1]);
    if sizes.keys == 0 {
        let device = x[0].numbers.device();
        return Ok(device.try_zeros_like(&(node.shape.elements(),))?.put_tape(tape));
    }
    let rows = std::array::from_fn(|i| Rows { first: columns[i], stride: x[i].shape[2] });
    attend(&sizes, rows, [&x[0].numbers, &x[1].numbers, &x[2].numbers], tape)
}

fn attend<T: Tape<f32, Cpu>>(sizes: &Sizes, rows: [Rows; 3], [q, k, v]: [&Numbers; 3], tape: T) -> Result<Numbers<T>> {
    let Sizes { batch, queries, keys, head_dim, of } = *sizes;
    let all = batch * of.heads;
    let (q, tape) = take(q.clone().put_tape(tape), sizes.places(queries, of.heads, rows[0]))?.split_tape();
    let (k, tape) = take(k.clone().put_tape(tape), sizes.places(keys, of.kv_heads, rows[1]))?.split_tape();
    let (v, tape) = take(v.clone().put_tape(tape), sizes.places(keys, of.kv_heads, rows[2]))?.split_tape();
    let k = k.put_tape(tape).try_reshape_like(&(all, keys, head_dim))?.try_permute::<_, Axes3<0, 2, 1>>()?;
    let (k, tape) = k.split_tape();
    let v = v.put_tape(tape).try_reshape_like(&(all, keys, head_dim))?;
    let (v, tape) = v.split_tape();
    let q = q.put_tape(tape).try_reshape_like(&(all, queries, head_dim))?;
    let mut scores = q.try_matmul(k)?.try_mul(1.0 / (head_dim as f32).sqrt())?;
    if of.causal {
        let masked = |i: usize| if i % keys > i / keys % queries { f32::NEG_INFINITY } else { 0.0 };
        let mask: Vec<f32> = (0..all * queries * keys).map(masked).collect();
        scores = scores.device().try_tensor_from_vec(mask, (all, queries, keys)).and_then(|mask| scores.try_add(mask))?;
    }
    let result = scores.try_softmax::<Axis<2>>()?.try_matmul(v)?;
    take(flat(result)?, sizes.result_places())
}

/// The gradients of queries, keys and values, as the node lays them out.
pub(crate) fn gradient(node: &Node, of: Attention, columns: [usize; 3], x: &[Operand]) -> Result<Vec<f32>> {
    let sizes = Sizes::of(of, x[3].shape, x[1].shape[1]);
    if sizes.queries == 0 || sizes.keys == 0 {
        return Ok(vec![0.0; node.shape.elements()]);
    }
    let widths = sizes.widths();
    // Each cut out by itself, so that the tape keeps the three apart.
    let mut parts = Vec::new();
    for i in 0..3 {
        let rows = x[i].shape[0] * x[i].shape[1];
        let places = (0..rows).flat_map(|row| {
            let start = row * x[i].shape[2] + columns[i];
            start..start + widths[i]
        });
        parts.push(take(x[i].numbers.clone(), places.collect())?);
    }
    let whole = widths.map(|stride| Rows { first: 0, stride });
    let y = attend(&sizes, whole, [&parts[0], &parts[1], &parts[2]], OwnedTape::default())?;
    let gradients = y.try_mul(x[4].numbers.clone())?.try_sum::<Rank0, Axis<0>>()?.try_backward()?;
    let parts = parts.iter().map(|part| values(&gradients.get(part)));
    if node.shape.rank() == 1 {
        return Ok(parts.flatten().collect());
    }
    let parts: Vec<Vec<f32>> = parts.collect();
    let row = |i: usize| parts.iter().zip(widths).flat_map(move |(part, width)| &part[i * width..(i + 1) * width]);
    Ok((0..sizes.batch * sizes.queries).flat_map(row).copied().collect())
}
