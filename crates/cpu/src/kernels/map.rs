//! Fused elementwise chains, a tile at a time: every instruction runs over a few hundred elements that stay in the nearest
//! cache, so a chain reads and writes memory once however long it is.

use std::ops::Range;

use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::plan::{Buffer, Instr, Load, Map, Value};
use terrarium_graph::{Binary, Noise, Scalar, Unary, to_index};

use crate::math;
use crate::memory::Spaces;
use crate::simd::vectorised;

/// Elements of a tile.
pub const TILE: usize = 512;

/// What a run is: the key of its noise.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub seed: u64,
    pub step: u32,
}

/// A map with the place of every value settled.
#[derive(Debug)]
pub struct Chain {
    pub len: usize,
    /// Values that are the same for all elements, and the slots filled with them.
    uniforms: Vec<(Uniform, usize)>,
    steps: Vec<Step>,
    /// Elements of the rows that row loads repeat; tiles hold whole rows, or lie within one.
    row: Option<usize>,
    /// Tiles of scratch memory.
    pub slots: usize,
}

#[derive(Debug)]
enum Uniform {
    Const(f32),
    StepNumber,
    /// The element at this place of a buffer.
    Element(Buffer, usize),
    /// Not one value but one row, again and again: a bias. The slot holds as many as a tile.
    Row(Buffer, usize),
}

/// Where the tile of a value lies.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In scratch memory.
    Slot(usize),
    /// In a buffer with as many elements as the map.
    Buffer(Buffer),
    /// In the block of the matrix product that the map is the tail of.
    Product,
    /// In a row, longer than a tile, that all rows of the map share: the buffer and where in it the row begins.
    Row(Buffer, usize),
}

#[derive(Debug)]
struct Step {
    task: Task,
    target: Place,
}

#[derive(Debug)]
enum Task {
    Load(Load),
    Noise(Noise, u32),
    Unary(Unary, Place),
    Binary(Binary, Place, Place),
    ToNumbers(Place),
    ToIndices(Place),
    Copy(Place),
}

impl Chain {
    pub fn new(map: &Map) -> Chain {
        let last_use = last_uses(map);
        let mut chain = Chain { len: map.len, uniforms: Vec::new(), steps: Vec::new(), row: common_row(map), slots: 0 };
        let mut free: Vec<usize> = Vec::new();
        let mut places: Vec<Place> = Vec::new();
        for (value, instr) in map.code.iter().enumerate() {
            let mut kept = map.stores.iter().filter(|(v, _)| *v == value).map(|(_, buffer)| *buffer);
            let place = match chain.settle(instr, &places) {
                Settled::At(place) => place,
                // A uniform value's slot is filled before the first tile, so it is never used for another.
                Settled::Uniform(uniform) => {
                    chain.slots += 1;
                    chain.uniforms.push((uniform, chain.slots - 1));
                    Place::Slot(chain.slots - 1)
                }
                Settled::Task(task) => {
                    let target = kept.next().map(Place::Buffer).unwrap_or_else(|| {
                        Place::Slot(free.pop().unwrap_or_else(|| {
                            chain.slots += 1;
                            chain.slots - 1
                        }))
                    });
                    chain.steps.push(Step { task, target });
                    target
                }
            };
            places.push(place);
            chain.steps.extend(kept.map(|buffer| Step { task: Task::Copy(place), target: Place::Buffer(buffer) }));
            // A slot is free for the next value once its own is used for the last time.
            free.extend((0..=value).filter(|&v| last_use[v] == value).filter_map(|v| match places[v] {
                Place::Slot(slot) if !chain.uniforms.iter().any(|(_, filled)| *filled == slot) => Some(slot),
                _ => None,
            }));
        }
        chain
    }

    fn settle(&self, instr: &Instr, places: &[Place]) -> Settled {
        match instr {
            Instr::Const(value) => Settled::Uniform(Uniform::Const(*value)),
            Instr::StepNumber => Settled::Uniform(Uniform::StepNumber),
            Instr::Load(load) | Instr::LoadIndices(load) if is_uniform(instr) => {
                Settled::Uniform(Uniform::Element(load.buffer, load.offset))
            }
            Instr::Load(load) | Instr::LoadIndices(load) if load.is_contiguous() => Settled::At(Place::Buffer(load.buffer)),
            Instr::Load(load) | Instr::LoadIndices(load) if row_of(load).is_some() && row_of(load) == self.row => match self.row {
                Some(row) if row > TILE => Settled::At(Place::Row(load.buffer, load.offset)),
                _ => Settled::Uniform(Uniform::Row(load.buffer, load.offset)),
            },
            Instr::Product => Settled::At(Place::Product),
            Instr::Load(load) | Instr::LoadIndices(load) => Settled::Task(Task::Load(load.clone())),
            Instr::Noise { noise, stream } => Settled::Task(Task::Noise(*noise, *stream)),
            Instr::Unary(op, x) => Settled::Task(Task::Unary(*op, places[*x])),
            Instr::Binary(op, a, b) => Settled::Task(Task::Binary(*op, places[*a], places[*b])),
            Instr::ToNumbers(x) => Settled::Task(Task::ToNumbers(places[*x])),
            Instr::ToIndices(x) => Settled::Task(Task::ToIndices(places[*x])),
        }
    }

    /// Elementary operations for each element, about.
    pub fn cost(&self) -> usize {
        self.steps.len()
    }

    /// The buffer that the bare product is to be written to, if that is all the map does.
    pub fn only_stores_product(&self) -> Option<Buffer> {
        match self.steps.as_slice() {
            [Step { task: Task::Copy(Place::Product), target: Place::Buffer(buffer) }] => Some(*buffer),
            _ => None,
        }
    }

    /// Computes the elements of `range`. `product` holds the matrix product's elements of that range, `scratch` at least
    /// [`Chain::slots`] tiles.
    ///
    /// # Safety
    /// The map belongs to a program that [`Memory::check`](crate::memory::Memory::check) has passed, and no reference to
    /// what it reads or writes lives.
    pub unsafe fn run(&self, spaces: Spaces<'_>, run: Run, range: Range<usize>, product: &[f32], scratch: &mut [f32]) {
        let scratch = &mut scratch[..self.slots * TILE];
        let tile_len = match self.row {
            Some(row) if row <= TILE => TILE / row * row,
            _ => TILE,
        };
        for (uniform, slot) in &self.uniforms {
            let slot = &mut scratch[slot * TILE..slot * TILE + range.len().min(tile_len)];
            match uniform {
                Uniform::Const(value) => slot.fill(*value),
                Uniform::StepNumber => slot.fill(run.step as f32),
                // SAFETY: as this function's.
                Uniform::Element(buffer, at) => slot.fill(unsafe { spaces.read(*buffer)[*at] }),
                Uniform::Row(buffer, at) => {
                    let row = self.row.unwrap_or(1);
                    // SAFETY: as this function's.
                    let values = unsafe { &spaces.read(*buffer)[*at..*at + row] };
                    repeat(values, range.start % row, slot);
                }
            }
        }
        let scratch = scratch.as_mut_ptr();
        let mut start = range.start;
        while start < range.end {
            let column = start % self.row.unwrap_or(1);
            let row_left = self.row.filter(|row| *row > TILE).map_or(TILE, |row| row - column);
            let tile = start..(start + tile_len.min(row_left)).min(range.end);
            for step in &self.steps {
                // SAFETY: slots lie in `scratch`, whose length was just checked; a value's slot is never one that it reads;
                // buffers are as the caller promises, and have as many elements as the map.
                let read = |place: Place| unsafe {
                    match place {
                        Place::Slot(slot) => std::slice::from_raw_parts(scratch.add(slot * TILE), tile.len()),
                        Place::Buffer(buffer) => &spaces.read(buffer)[tile.clone()],
                        Place::Product => &product[tile.start - range.start..tile.end - range.start],
                        Place::Row(buffer, at) => &spaces.read(buffer)[at + column..at + column + tile.len()],
                    }
                };
                // SAFETY: likewise.
                let target = unsafe {
                    match step.target {
                        Place::Slot(slot) => std::slice::from_raw_parts_mut(scratch.add(slot * TILE), tile.len()),
                        Place::Buffer(buffer) => {
                            &mut spaces.write(Buffer { offset: buffer.offset + tile.start, len: tile.len(), ..buffer })[..]
                        }
                        Place::Product | Place::Row(..) => continue,
                    }
                };
                match &step.task {
                    // SAFETY: as this function's.
                    Task::Load(load) => strided(unsafe { spaces.read(load.buffer) }, load, tile.start, target),
                    Task::Noise(noise, stream) => draw(*noise, *stream, run, tile.start, target),
                    Task::Unary(op, x) => unary(*op, read(*x), target),
                    Task::Binary(op, a, b) => binary(*op, read(*a), read(*b), target),
                    Task::ToNumbers(x) => to_numbers(bytemuck::cast_slice(read(*x)), target),
                    Task::ToIndices(x) => to_indices(read(*x), bytemuck::cast_slice_mut(target)),
                    Task::Copy(x) => target.copy_from_slice(read(*x)),
                }
            }
            start = tile.end;
        }
    }
}

enum Settled {
    At(Place),
    Uniform(Uniform),
    Task(Task),
}

fn is_uniform(instr: &Instr) -> bool {
    match instr {
        Instr::Const(_) | Instr::StepNumber => true,
        instr => instr.load().is_some_and(Load::is_uniform),
    }
}

/// The length of the row that a load repeats for every row of the map, if that is what it does.
fn row_of(load: &Load) -> Option<usize> {
    match (load.dims.as_slice(), load.strides.as_slice()) {
        ([_, row], [0, 1]) => Some(*row),
        _ => None,
    }
}

/// The row that the first row load of a map repeats; others of another length are read element by element.
fn common_row(map: &Map) -> Option<usize> {
    map.code.iter().filter_map(Instr::load).find_map(row_of)
}

/// Fills `target` with a row over and over, from its element `column` on.
fn repeat(row: &[f32], column: usize, target: &mut [f32]) {
    let mut column = column;
    let mut rest = target;
    while !rest.is_empty() {
        let count = (row.len() - column).min(rest.len());
        let (now, later) = rest.split_at_mut(count);
        now.copy_from_slice(&row[column..column + count]);
        (rest, column) = (later, 0);
    }
}

/// For each value the last one that reads it, or itself.
fn last_uses(map: &Map) -> Vec<Value> {
    let mut last: Vec<Value> = (0..map.code.len()).collect();
    for (value, instr) in map.code.iter().enumerate() {
        match instr {
            Instr::Unary(_, x) | Instr::ToNumbers(x) | Instr::ToIndices(x) => last[*x] = value,
            Instr::Binary(_, a, b) => (last[*a], last[*b]) = (value, value),
            _ => {}
        }
    }
    last
}

/// Reads elements `start…` of a buffer in the order of a load.
fn strided(source: &[f32], load: &Load, start: usize, target: &mut [f32]) {
    let Some((&stride, outer_strides)) = load.strides.split_last() else { return };
    let outer_dims = &load.dims[..outer_strides.len()];
    let inner = load.dims[outer_dims.len()];
    let mut done = 0;
    while done < target.len() {
        let column = (start + done) % inner;
        let mut row = (start + done) / inner;
        let mut at = load.offset as isize + column as isize * stride;
        for (dim, stride) in outer_dims.iter().zip(outer_strides).rev() {
            at += (row % dim) as isize * stride;
            row /= dim;
        }
        let count = (inner - column).min(target.len() - done);
        let (run, at) = (&mut target[done..done + count], at as usize);
        match stride {
            0 => run.fill(source[at]),
            1 => run.copy_from_slice(&source[at..at + count]),
            2.. => run.iter_mut().zip(source[at..].iter().step_by(stride as usize)).for_each(|(y, x)| *y = *x),
            _ => run.iter_mut().zip(source[..=at].iter().rev().step_by(stride.unsigned_abs())).for_each(|(y, x)| *y = *x),
        }
        done += count;
    }
}

fn draw(noise: Noise, stream: u32, run: Run, start: usize, target: &mut [f32]) {
    let source = Stream::new(run.seed, Domain::Noise, stream, run.step);
    match noise {
        Noise::Normal => source.fill(start, target, Stream::normal),
        Noise::Uniform => source.fill(start, target, Stream::uniform),
        Noise::Bernoulli(Scalar(p)) => {
            source.fill(start, target, |s, block| s.uniform(block).map(|u| if u < p { 1.0 } else { 0.0 }));
        }
        // Indices are no numbers, and have kernels of their own.
        Noise::Index { .. } | Noise::Shuffled(_) => {}
    }
}

vectorised! {
    fn to_numbers(x: &[u32], y: &mut [f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x as f32;
        }
    }
}

vectorised! {
    fn to_indices(x: &[f32], y: &mut [u32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = to_index(x);
        }
    }
}

vectorised! {
    fn unary(op: Unary, x: &[f32], y: &mut [f32]) {
        macro_rules! each {
            ($f:expr) => {
                for (y, &x) in y.iter_mut().zip(x) {
                    *y = $f(x);
                }
            };
        }
        match op {
            Unary::Neg => each!(|x: f32| -x),
            Unary::Abs => each!(f32::abs),
            Unary::Sign => each!(math::sign),
            Unary::Positive => each!(math::positive),
            Unary::Square => each!(|x: f32| x * x),
            Unary::Exp => each!(math::exp),
            Unary::Log => each!(math::log),
            Unary::Sqrt => each!(f32::sqrt),
            Unary::Recip => each!(|x: f32| 1.0 / x),
            Unary::Sin => each!(f32::sin),
            Unary::Cos => each!(f32::cos),
            Unary::Relu => each!(math::relu),
            Unary::Sigmoid => each!(math::sigmoid),
            Unary::Tanh => each!(math::tanh),
            Unary::Softplus => each!(math::softplus),
        }
    }
}

vectorised! {
    fn binary(op: Binary, a: &[f32], b: &[f32], y: &mut [f32]) {
        macro_rules! each {
            ($f:expr) => {
                for ((y, &a), &b) in y.iter_mut().zip(a).zip(b) {
                    *y = $f(a, b);
                }
            };
        }
        match op {
            Binary::Add => each!(|a: f32, b: f32| a + b),
            Binary::Sub => each!(|a: f32, b: f32| a - b),
            Binary::Mul => each!(|a: f32, b: f32| a * b),
            Binary::Div => each!(|a: f32, b: f32| a / b),
            Binary::Max => each!(math::max),
            Binary::Min => each!(math::min),
        }
    }
}
