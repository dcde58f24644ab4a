use std::ops::Range;

use crate::graph::{Graph, VarKind};
use crate::ops::{Binary, Noise, Normalise, Reduce, Rotary, Unary, Window};
use crate::optim::Rule;
use crate::shuffle::Shuffle;

/// Which memory a buffer lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    /// Parameters and moments, shared by all programs of a graph, laid out by [`Layout`].
    Vars,
    /// What the host writes, shared likewise.
    Inputs,
    /// What one run of a program passes from kernel to kernel.
    Arena,
}

/// A stretch of memory, in elements of four bytes: numbers or indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Buffer {
    pub space: Space,
    pub offset: usize,
    pub len: usize,
}

/// Where a graph's variables and inputs lie in their memories.
///
/// Parameters come first and in order, then all first moments in the order of their parameters, then all second ones, so
/// that an optimiser runs over few long stretches. States come last.
#[derive(Clone, Debug)]
pub struct Layout {
    pub vars: Vec<Buffer>,
    pub inputs: Vec<Buffer>,
}

impl Layout {
    pub fn of(graph: &Graph) -> Layout {
        let mut order: Vec<usize> = (0..graph.vars.len()).collect();
        order.sort_by_key(|&i| match graph.vars[i].kind {
            VarKind::Parameter => (0, i),
            VarKind::Moment { of, slot } => (usize::from(slot) + 1, of.index()),
            VarKind::State | VarKind::Scratch => (usize::MAX, i),
        });
        let mut vars = vec![Buffer { space: Space::Vars, offset: 0, len: 0 }; order.len()];
        let mut offset = 0;
        for i in order {
            let len = graph.vars[i].shape.elements();
            vars[i] = Buffer { space: Space::Vars, offset, len };
            offset += len;
        }
        let mut offset = 0;
        let place = |input: &crate::Input| {
            let len = input.shape.elements();
            offset += len;
            Buffer { space: Space::Inputs, offset: offset - len, len }
        };
        Layout { vars, inputs: graph.inputs.iter().map(place).collect() }
    }

    /// Elements of all variables.
    pub fn vars_len(&self) -> usize {
        self.vars.iter().map(|b| b.len).sum()
    }

    /// Elements of all inputs.
    pub fn inputs_len(&self) -> usize {
        self.inputs.iter().map(|b| b.len).sum()
    }
}

/// The place of a value among a [`Map`]'s instructions.
pub type Value = usize;

/// A buffer read by a [`Map`] as if it had the sizes `dims`: element i of the map, taken apart by `dims` row-major into
/// (i₀, i₁, …), reads `buffer[offset + Σ iₐ · strides[a]]`. A stride is 0 along a stretched axis and negative along
/// a reversed one.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    pub buffer: Buffer,
    pub offset: usize,
    pub dims: Vec<usize>,
    pub strides: Vec<isize>,
}

impl Load {
    /// Whether element i reads element i.
    pub fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        let rows = self.dims.iter().zip(&self.strides).rev();
        self.offset == 0
            && rows.fold(true, |all, (&dim, &stride)| {
                let here = dim == 1 || stride == expected;
                expected *= dim as isize;
                all && here
            })
    }

    /// Whether every element reads the same one.
    pub fn is_uniform(&self) -> bool {
        self.dims.iter().zip(&self.strides).all(|(&dim, &stride)| dim == 1 || stride == 0)
    }
}

/// One instruction of a [`Map`]; each makes one value an element.
#[derive(Clone, Debug, PartialEq)]
pub enum Instr {
    Load(Load),
    /// A load of indices. Values are numbers but for these and those of `ToIndices`.
    LoadIndices(Load),
    /// The matrix product, or the normalised rows, that this map is the tail of.
    Product,
    Const(f32),
    StepNumber,
    /// Number i of a noise stream.
    Noise {
        noise: Noise,
        stream: u32,
    },
    Unary(Unary, Value),
    Binary(Binary, Value, Value),
    ToNumbers(Value),
    ToIndices(Value),
}

impl Instr {
    /// What the instruction reads from memory, if it does.
    pub fn load(&self) -> Option<&Load> {
        match self {
            Instr::Load(load) | Instr::LoadIndices(load) => Some(load),
            _ => None,
        }
    }
}

/// A fused chain of elementwise operations over `len` elements.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    pub len: usize,
    pub code: Vec<Instr>,
    /// Which values are kept, and where, contiguous.
    pub stores: Vec<(Value, Buffer)>,
}

/// Rows of a buffer: row i begins at `first + i · stride`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    pub first: usize,
    pub stride: usize,
}

/// The sizes of an attention: `batch` times `queries` rows of `heads` times `head_dim` elements look at `batch` times `keys` rows
/// of `kv_heads` times `head_dim`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heads {
    pub batch: usize,
    pub queries: usize,
    pub keys: usize,
    pub heads: usize,
    pub kv_heads: usize,
    pub head_dim: usize,
    /// Whether query i sees the keys up to key i only.
    pub causal: bool,
    /// Where queries, keys and values lie in their buffers. The result's rows lie one after the other.
    pub places: [Rows; 3],
}

impl Heads {
    /// What scores are multiplied with: 1/√head_dim.
    pub fn scale(&self) -> f32 {
        1.0 / (self.head_dim as f32).sqrt()
    }

    /// How many keys query `i` sees.
    pub fn seen(&self, i: usize) -> usize {
        if self.causal { i + 1 } else { self.keys }
    }

    /// Multiplications and additions of one product between queries and the keys that they see.
    fn product_flops(&self) -> u64 {
        let seen: usize = (0..self.queries).map(|i| self.seen(i)).sum();
        [self.batch, self.heads, self.head_dim, seen].iter().fold(2, |flops, &size| flops * size as u64)
    }
}

/// A number that a kernel takes: known when it is planned, or live.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    Const(f32),
    Buffer(Buffer),
}

impl Operand {
    pub fn buffer(self) -> Option<Buffer> {
        match self {
            Operand::Const(_) => None,
            Operand::Buffer(buffer) => Some(buffer),
        }
    }
}

/// One step of an optimiser over a stretch of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    pub rule: Rule,
    pub parameters: Buffer,
    pub gradients: Buffer,
    pub moments: Vec<Buffer>,
    pub learning_rate: Operand,
    pub weight_decay: Operand,
}

impl Update {
    /// What is changed in place: the parameters and their moments.
    pub fn changed(&self) -> impl Iterator<Item = Buffer> {
        std::iter::once(self.parameters).chain(self.moments.iter().copied())
    }

    /// The live numbers it takes.
    pub fn rates(&self) -> impl Iterator<Item = Buffer> {
        [self.learning_rate, self.weight_decay].into_iter().filter_map(Operand::buffer)
    }

    /// The same step over `len` of the parameters from the one at `start` on.
    pub(super) fn part(&self, start: usize, len: usize) -> Update {
        let part = |whole: &Buffer| Buffer { offset: whole.offset + start, len, ..*whole };
        Update {
            parameters: part(&self.parameters),
            gradients: part(&self.gradients),
            moments: self.moments.iter().map(part).collect(),
            ..self.clone()
        }
    }

    fn for_each_buffer(&mut self, mut f: impl FnMut(&mut Buffer)) {
        f(&mut self.parameters);
        f(&mut self.gradients);
        self.moments.iter_mut().for_each(&mut f);
        for operand in [&mut self.learning_rate, &mut self.weight_decay] {
            if let Operand::Buffer(buffer) = operand {
                f(buffer);
            }
        }
    }
}

/// Pictures `[images, height, width, channels]` as the matrix of what a window sees of them: a row for each place that it takes,
/// `kh·kw·channels` columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patches {
    pub window: Window,
    pub images: usize,
    /// Height and width.
    pub size: [usize; 2],
    pub channels: usize,
    /// Places of the window along height and width.
    pub places: [usize; 2],
}

impl Patches {
    /// Rows of the matrix.
    pub fn rows(&self) -> usize {
        self.images * self.places[0] * self.places[1]
    }

    /// Columns of the matrix.
    pub fn columns(&self) -> usize {
        self.window.pixels() * self.channels
    }

    /// Elements of a picture.
    pub fn picture(&self) -> usize {
        self.size[0] * self.size[1] * self.channels
    }
}

/// What comes out of sampling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// A token, by the noise of this stream.
    Token { stream: u32 },
    /// The probabilities after each stage, a row each.
    Stages,
}

/// A row that a product makes for itself, as each of an engine's workgroups can: that is less than a kernel to wait for.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// What is normalised, if the row begins so.
    pub normalised: Option<(Normalise, Buffer)>,
    /// What it is computed by. It stores the row where others read it too.
    pub map: Map,
    /// The value of the map that is the operand.
    pub value: Value,
}

/// That attention to caches turns its query and key itself. What it then reads of them is as it was before, and it writes the turned key
/// and the value, which are to become rows of the caches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turned {
    pub of: Rotary,
    /// The position, as a number.
    pub start: Buffer,
    /// Where the turned key goes, and behind it the value.
    pub target: Buffer,
}

/// One unit of work of an engine. What a kernel writes never overlaps what it reads, but for updates, which work in place.
#[derive(Clone, Debug, PartialEq)]
// A program has a few dozen of them.
#[allow(clippy::large_enum_variant)]
pub enum Kernel {
    Map(Map),
    /// `batch` times `[m, k] × [k, n]`, stored `[k, m]` or `[n, k]` where transposed. The product, folded or not, goes through
    /// `tail`, whose stores are the result.
    MatMul {
        batch: usize,
        m: usize,
        k: usize,
        n: usize,
        transpose_lhs: bool,
        transpose_rhs: bool,
        /// The left operand, or the pictures of which it is the patches. It is not read where the product makes it.
        lhs: Buffer,
        lhs_patches: Option<Patches>,
        lhs_made: Option<Made>,
        rhs: Buffer,
        /// What the product is the patches of: these pictures are the result, each patch added in its place.
        fold: Option<Patches>,
        tail: Map,
        /// Where the sum of the right operand over its inner axis goes, `[n]`: the gradient of a bias comes with its weight's.
        rhs_sum: Option<Buffer>,
        /// Updates whose gradients are what this product has stored: the product or `rhs_sum`.
        updates: Vec<Update>,
    },
    /// `[outer, reduced, inner] → [outer, inner]`.
    Reduce {
        reduce: Reduce,
        outer: usize,
        reduced: usize,
        inner: usize,
        source: Buffer,
        target: Buffer,
    },
    /// The patches of the pictures in `source`.
    Unfold {
        patches: Patches,
        source: Buffer,
        target: Buffer,
    },
    /// The pictures whose patches are in `source`, each added in its place.
    Fold {
        patches: Patches,
        source: Buffer,
        target: Buffer,
    },
    /// Over the rows of `[rows, cols]`.
    Softmax {
        log: bool,
        rows: usize,
        cols: usize,
        source: Buffer,
        target: Buffer,
    },
    /// Rows of `[rows, cols]` normalised. They go through `tail`, whose stores are the result.
    Normalise {
        of: Normalise,
        rows: usize,
        cols: usize,
        source: Buffer,
        tail: Map,
    },
    /// The gradient of `source`, from that of its normalised rows.
    NormaliseGradient {
        of: Normalise,
        rows: usize,
        cols: usize,
        source: Buffer,
        gradient: Buffer,
        target: Buffer,
    },
    /// One query's attention to the first rows of caches `[context, kv_heads · head_dim]`, as many as `position` says, and to its own
    /// key and value.
    CachedAttention {
        turned: Option<Turned>,
        heads: usize,
        kv_heads: usize,
        head_dim: usize,
        context: usize,
        query: Buffer,
        key: Buffer,
        value: Buffer,
        keys: Buffer,
        values: Buffer,
        position: Buffer,
        target: Buffer,
    },
    /// See [`Heads`].
    Attention {
        heads: Heads,
        queries: Buffer,
        keys: Buffer,
        values: Buffer,
        target: Buffer,
        /// Gets `[batch, heads, queries]`: ln Σ e^score over the keys that a query sees, where the gradient asks for it.
        log_sums: Option<Buffer>,
    },
    /// The gradients of what [`Kernel::Attention`] reads, from what it made and the gradient of that.
    AttentionGradient {
        heads: Heads,
        queries: Buffer,
        keys: Buffer,
        values: Buffer,
        result: Buffer,
        log_sums: Buffer,
        gradient: Buffer,
        target: Buffer,
        /// Where the gradients of queries, keys and values lie in the target.
        places: [Rows; 3],
    },
    /// Turns the first heads of rows of `width`, of which `time` follow each other from position `start` on, then the next as many
    /// from there again; the other way round if `back`.
    Rotary {
        of: Rotary,
        heads: usize,
        back: bool,
        time: usize,
        width: usize,
        source: Buffer,
        start: Buffer,
        target: Buffer,
    },
    /// Of rows of `classes` logits and an index for each.
    CrossEntropy {
        classes: usize,
        logits: Buffer,
        indices: Buffer,
        target: Buffer,
    },
    /// The gradient of the logits that [`Kernel::CrossEntropy`] reads, from what it made and the gradient of that.
    CrossEntropyGradient {
        classes: usize,
        logits: Buffer,
        indices: Buffer,
        result: Buffer,
        gradient: Buffer,
        target: Buffer,
    },
    /// Rows of `width` elements from a table of `rows`, one for each index.
    Gather {
        rows: usize,
        width: usize,
        table: Buffer,
        indices: Buffer,
        target: Buffer,
    },
    /// Zeros `target`, then adds row i of `source` to its row `indices[i]`.
    ScatterAdd {
        rows: usize,
        width: usize,
        source: Buffer,
        indices: Buffer,
        target: Buffer,
    },
    /// One row of `classes` elements for each index.
    OneHot {
        classes: usize,
        indices: Buffer,
        target: Buffer,
    },
    /// Stretches of `len` indices of a text, one from each start.
    Windows {
        len: usize,
        text: Buffer,
        starts: Buffer,
        target: Buffer,
    },
    /// A token drawn from logits, or what it is drawn from.
    Sample {
        pick: Pick,
        logits: Buffer,
        seen: Buffer,
        /// Temperature, top k, top p, min p, repetition penalty.
        settings: [Buffer; 5],
        /// Room to work in: two numbers for each token.
        work: Buffer,
        target: Buffer,
    },
    /// Random indices.
    Indices {
        below: u32,
        stream: u32,
        target: Buffer,
    },
    /// The next batch of a shuffled order.
    Shuffled {
        shuffle: Shuffle,
        stream: u32,
        target: Buffer,
    },
    /// Writes zeros.
    Zero {
        target: Buffer,
    },
    /// Copies blocks of `block` elements that lie one after the other to places `stride` apart, from `offset` on.
    Insert {
        block: usize,
        stride: usize,
        offset: usize,
        source: Buffer,
        target: Buffer,
    },
    /// Writes `source` over row `at` of `target`, whose rows are as long; over none where there is no such row.
    SetRow {
        source: Buffer,
        at: Buffer,
        target: Buffer,
    },
    Update(Update),
}

impl Kernel {
    /// Multiplications and additions of matrix products, each counted. Of an attention's products, two forward and five
    /// backward, only what belongs to a query and a key that it sees.
    pub fn matmul_flops(&self) -> u64 {
        match self {
            Kernel::MatMul { batch, m, k, n, .. } => [*batch, *m, *k, *n].iter().fold(2, |flops, &size| flops * size as u64),
            Kernel::Attention { heads, .. } => 2 * heads.product_flops(),
            Kernel::AttentionGradient { heads, .. } => 5 * heads.product_flops(),
            _ => 0,
        }
    }

    /// What the kernel reads and what it writes.
    pub fn buffers(&self) -> (Vec<Buffer>, Vec<Buffer>) {
        let map = |map: &Map, mut reads: Vec<Buffer>| -> (Vec<Buffer>, Vec<Buffer>) {
            reads.extend(map.code.iter().filter_map(Instr::load).map(|load| load.buffer));
            (reads, map.stores.iter().map(|(_, buffer)| *buffer).collect())
        };
        match self {
            Kernel::Map(m) => map(m, vec![]),
            Kernel::Normalise { source, tail, .. } => map(tail, vec![*source]),
            Kernel::NormaliseGradient { source, gradient, target, .. } => (vec![*source, *gradient], vec![*target]),
            Kernel::MatMul { lhs, lhs_made, rhs, tail, rhs_sum, updates, .. } => {
                let (mut reads, mut writes) = map(tail, vec![*rhs]);
                match lhs_made {
                    None => reads.push(*lhs),
                    Some(made) => {
                        let (read, written) = map(&made.map, made.normalised.map(|(_, source)| source).into_iter().collect());
                        reads.extend(read);
                        writes.extend(written);
                    }
                }
                writes.extend(rhs_sum);
                reads.extend(updates.iter().flat_map(Update::rates));
                writes.extend(updates.iter().flat_map(Update::changed));
                (reads, writes)
            }
            Kernel::Reduce { source, target, .. }
            | Kernel::Unfold { source, target, .. }
            | Kernel::Fold { source, target, .. }
            | Kernel::Softmax { source, target, .. }
            | Kernel::Insert { source, target, .. } => (vec![*source], vec![*target]),
            Kernel::Gather { table: source, indices, target, .. } | Kernel::ScatterAdd { source, indices, target, .. } => {
                (vec![*source, *indices], vec![*target])
            }
            Kernel::CachedAttention { query, key, value, keys, values, position, target, turned, .. } => {
                let mut reads = vec![*query, *key, *value, *keys, *values, *position];
                reads.extend(turned.map(|turned| turned.start));
                (reads, std::iter::once(*target).chain(turned.map(|turned| turned.target)).collect())
            }
            Kernel::Sample { logits, seen, settings, work, target, .. } => {
                ([&[*logits, *seen], &settings[..]].concat(), vec![*work, *target])
            }
            Kernel::Attention { queries, keys, values, target, log_sums, .. } => {
                (vec![*queries, *keys, *values], std::iter::once(*target).chain(*log_sums).collect())
            }
            Kernel::AttentionGradient { queries, keys, values, result, log_sums, gradient, target, .. } => {
                (vec![*queries, *keys, *values, *result, *log_sums, *gradient], vec![*target])
            }
            Kernel::CrossEntropyGradient { logits, indices, result, gradient, target, .. } => {
                (vec![*logits, *indices, *result, *gradient], vec![*target])
            }
            Kernel::OneHot { indices, target, .. } => (vec![*indices], vec![*target]),
            Kernel::Windows { text: a, starts: b, target, .. }
            | Kernel::SetRow { source: a, at: b, target }
            | Kernel::Rotary { source: a, start: b, target, .. }
            | Kernel::CrossEntropy { logits: a, indices: b, target, .. } => (vec![*a, *b], vec![*target]),
            Kernel::Indices { target, .. } | Kernel::Shuffled { target, .. } | Kernel::Zero { target } => (vec![], vec![*target]),
            Kernel::Update(update) => {
                (std::iter::once(update.gradients).chain(update.rates()).collect(), update.changed().collect())
            }
        }
    }
}

impl Buffer {
    /// Whether the two share an element.
    pub fn meets(&self, other: &Buffer) -> bool {
        let shared = (self.offset + self.len).min(other.offset + other.len).saturating_sub(self.offset.max(other.offset));
        self.space == other.space && shared > 0
    }
}

impl Kernel {
    /// Shows every buffer to `f`.
    pub(super) fn for_each_buffer(&mut self, mut f: impl FnMut(&mut Buffer)) {
        fn map(map: &mut Map, mut f: impl FnMut(&mut Buffer)) {
            for instr in &mut map.code {
                if let Instr::Load(load) | Instr::LoadIndices(load) = instr {
                    f(&mut load.buffer);
                }
            }
            map.stores.iter_mut().for_each(|(_, buffer)| f(buffer));
        }
        match self {
            Kernel::Map(m) => map(m, f),
            Kernel::Normalise { source, tail, .. } => {
                f(source);
                map(tail, f);
            }
            Kernel::NormaliseGradient { source, gradient, target, .. } => [source, gradient, target].into_iter().for_each(f),
            Kernel::MatMul { lhs, lhs_made, rhs, tail, rhs_sum, updates, .. } => {
                if let Some(made) = lhs_made {
                    made.normalised.iter_mut().for_each(|(_, source)| f(source));
                    map(&mut made.map, &mut f);
                }
                f(lhs);
                f(rhs);
                rhs_sum.iter_mut().for_each(&mut f);
                updates.iter_mut().for_each(|update| update.for_each_buffer(&mut f));
                map(tail, f);
            }
            Kernel::Reduce { source, target, .. }
            | Kernel::Unfold { source, target, .. }
            | Kernel::Fold { source, target, .. }
            | Kernel::Softmax { source, target, .. }
            | Kernel::Insert { source, target, .. } => {
                f(source);
                f(target);
            }
            Kernel::Gather { table: source, indices, target, .. } | Kernel::ScatterAdd { source, indices, target, .. } => {
                f(source);
                f(indices);
                f(target);
            }
            Kernel::Windows { text: a, starts: b, target, .. }
            | Kernel::SetRow { source: a, at: b, target }
            | Kernel::Rotary { source: a, start: b, target, .. }
            | Kernel::CrossEntropy { logits: a, indices: b, target, .. } => {
                f(a);
                f(b);
                f(target);
            }
            Kernel::CachedAttention { query, key, value, keys, values, position, target, turned, .. } => {
                if let Some(Turned { start, target, .. }) = turned {
                    [start, target].into_iter().for_each(&mut f);
                }
                [query, key, value, keys, values, position, target].into_iter().for_each(f);
            }
            Kernel::Sample { logits, seen, settings, work, target, .. } => {
                [logits, seen].into_iter().chain(settings).chain([work, target]).for_each(f);
            }
            Kernel::Attention { queries, keys, values, target, log_sums, .. } => {
                [queries, keys, values, target].into_iter().chain(log_sums).for_each(f);
            }
            Kernel::AttentionGradient { queries, keys, values, result, log_sums, gradient, target, .. } => {
                [queries, keys, values, result, log_sums, gradient, target].into_iter().for_each(f);
            }
            Kernel::CrossEntropyGradient { logits, indices, result, gradient, target, .. } => {
                [logits, indices, result, gradient, target].into_iter().for_each(f);
            }
            Kernel::OneHot { indices, target, .. } => {
                f(indices);
                f(target);
            }
            Kernel::Indices { target, .. } | Kernel::Shuffled { target, .. } | Kernel::Zero { target } => f(target),
            Kernel::Update(update) => update.for_each_buffer(f),
        }
    }
}

/// A planned program: kernels in order, and where its outputs lie after a run.
#[derive(Clone, Debug)]
pub struct Program {
    pub name: String,
    pub kernels: Vec<Kernel>,
    /// The kernels' places in runs that follow each other: kernels of one wave need nothing of each other, and may run side by
    /// side.
    pub waves: Vec<Range<usize>>,
    pub outputs: Vec<Buffer>,
    /// Elements of arena that a run needs.
    pub arena_len: usize,
    /// The most elements that are alive at one time: no layout can need fewer.
    pub live_len: usize,
}

impl Program {
    /// Multiplications and additions of all matrix products of a run.
    pub fn matmul_flops(&self) -> u64 {
        self.kernels.iter().map(Kernel::matmul_flops).sum()
    }
}
