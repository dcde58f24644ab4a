//! The engine for every machine: runs planned programs on the processor, with SIMD in wasm and natively, and natively on several
//! threads. All memory is made when a graph is loaded; a step allocates nothing.

mod kernels;
mod math;
mod memory;
mod simd;
mod threads;

pub use threads::available as available_threads;

use std::future::ready;
use std::ops::Range;
use std::sync::Arc;

use kernels::map::{Chain, Run, TILE};
use kernels::{
    attention, cached_attention, cross_entropy, gather, matmul, normalise, patches, reduce, rotary, sample, softmax, update,
};
use memory::{Memory, Spaces, zeros};
use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::plan::{Buffer, Heads, Kernel, Layout, Operand, Patches, Pick, Program, Purpose, Update, plan_for};
use terrarium_graph::{DType, Engine, Error, Graph, InputId, Pending, ProgramId, Reduce, Result, VarId};

/// The cpu engine with one graph loaded.
pub struct Cpu {
    graph: Arc<Graph>,
    layout: Layout,
    programs: Vec<Loaded>,
    /// The same programs without what only their outputs need.
    unread: Vec<Loaded>,
    memory: Memory,
    scratch: Scratch,
    seed: u64,
    /// The program whose outputs are in the arena.
    last: Option<ProgramId>,
}

struct Loaded {
    program: Program,
    /// Whether there is enough to do for several threads.
    is_large: bool,
    /// A chain for each map and matmul of the program, at the kernel's place.
    chains: Vec<Option<Chain>>,
}

/// Multiplications and additions of a program that one thread does in less time than others take to come and help.
const FEW_FLOPS: u64 = 1 << 25;

/// Memory that a kernel works in and leaves behind.
#[derive(Default)]
struct Scratch {
    packed: Vec<f32>,
    /// One for each thread.
    rooms: Vec<Room>,
}

/// Memory that a thread works in.
#[derive(Clone, Default)]
struct Room {
    tiles: Vec<f32>,
    packed_lhs: Vec<f32>,
    product: Vec<f32>,
    picture: Vec<f32>,
    scores: Vec<f32>,
}

impl Cpu {
    /// Plans and loads all programs of a graph, to be run by as many threads as the machine has cores; in wasm that is one.
    /// Variables and inputs are zero until they are written.
    pub fn new(graph: Arc<Graph>) -> Result<Cpu> {
        Cpu::on_threads(graph, threads::available())
    }

    /// As [`Cpu::new`], on so many threads. What is computed is the same to the bit.
    pub fn on_threads(graph: Arc<Graph>, count: usize) -> Result<Cpu> {
        let layout = Layout::of(&graph);
        let load = |unread| -> Vec<Loaded> {
            let purpose = Purpose { unread, side_by_side: false };
            graph.program_ids().map(|id| Loaded::new(plan_for(purpose, &graph, id))).collect()
        };
        let (programs, unread) = (load(false), load(true));
        let all = || programs.iter().chain(&unread);
        let arena = all().map(|p| p.program.arena_len).max().unwrap_or(0);
        let memory = Memory { vars: zeros(layout.vars_len()), inputs: zeros(layout.inputs_len()), arena: zeros(arena) };
        all().try_for_each(|p| memory.check(&p.program))?;
        let (mut packed, mut room) = (0, Room::default());
        all().for_each(|p| p.grow(&mut packed, &mut room));
        let packed = zeros(packed);
        let scratch = Scratch { packed, rooms: vec![room; count.max(1)] };
        Ok(Cpu { graph, layout, programs, unread, memory, scratch, seed: 0, last: None })
    }

    fn write(buffer: &mut [f32], what: impl FnOnce() -> String, values: &[f32]) -> Result<()> {
        if buffer.len() != values.len() {
            return Err(Error::Size { what: what(), expected: buffer.len(), got: values.len() });
        }
        buffer.copy_from_slice(values);
        Ok(())
    }

    fn check_type(&self, input: InputId, dtype: DType) -> Result<()> {
        let found = self.graph.input(input);
        if found.dtype == dtype {
            return Ok(());
        }
        Err(Error::Engine { engine: "cpu", message: format!("input “{}” takes {:?}, not {dtype:?}", found.name, found.dtype) })
    }
}

impl Engine for Cpu {
    fn name(&self) -> &'static str {
        "CPU"
    }

    fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    fn write_var(&mut self, var: VarId, values: &[f32]) -> Result<()> {
        let buffer = self.layout.vars[var.index()];
        Self::write(self.memory.slice_mut(buffer), || format!("variable “{}”", self.graph.var(var).name), values)
    }

    fn write_input(&mut self, input: InputId, values: &[f32]) -> Result<()> {
        self.check_type(input, DType::F32)?;
        let buffer = self.layout.inputs[input.index()];
        Self::write(self.memory.slice_mut(buffer), || format!("input “{}”", self.graph.input(input).name), values)
    }

    fn write_indices(&mut self, input: InputId, values: &[u32]) -> Result<()> {
        self.check_type(input, DType::U32)?;
        let buffer = self.layout.inputs[input.index()];
        let what = || format!("input “{}”", self.graph.input(input).name);
        Self::write(self.memory.slice_mut(buffer), what, bytemuck::cast_slice(values))
    }

    fn run(&mut self, program: ProgramId, step: u32) -> Result<()> {
        let run = Run { seed: self.seed, step };
        Loaded::run_all([(&self.programs[program.index()], run)].into_iter(), &mut self.memory, &mut self.scratch);
        self.last = Some(program);
        Ok(())
    }

    fn advance(&mut self, steps: &[(ProgramId, u32)]) -> Result<()> {
        let loaded = |&(program, step): &(ProgramId, u32)| (&self.unread[program.index()], Run { seed: self.seed, step });
        Loaded::run_all(steps.iter().map(loaded), &mut self.memory, &mut self.scratch);
        self.last = None;
        Ok(())
    }

    fn outputs(&mut self, program: ProgramId) -> Pending<Vec<Vec<f32>>> {
        let loaded = &self.programs[program.index()].program;
        let outputs = match self.last {
            Some(last) if last == program => Ok(loaded.outputs.iter().map(|buffer| self.memory.slice(*buffer).to_vec()).collect()),
            _ => Err(Error::Engine { engine: "cpu", message: format!("{} is not the program that ran last", loaded.name) }),
        };
        Box::pin(ready(outputs))
    }

    fn variables(&mut self, vars: &[VarId]) -> Pending<Vec<Vec<f32>>> {
        let values = vars.iter().map(|var| self.memory.slice(self.layout.vars[var.index()]).to_vec()).collect();
        Box::pin(ready(Ok(values)))
    }
}

impl Loaded {
    fn new(program: Program) -> Loaded {
        let chain = |kernel: &Kernel| match kernel {
            Kernel::Map(map) | Kernel::MatMul { tail: map, .. } | Kernel::Normalise { tail: map, .. } => Some(Chain::new(map)),
            _ => None,
        };
        let is_large = program.matmul_flops() > FEW_FLOPS;
        Loaded { chains: program.kernels.iter().map(chain).collect(), program, is_large }
    }

    /// Makes the scratch memory large enough for this program.
    fn grow(&self, packed: &mut usize, room: &mut Room) {
        let mut need = |memory: fn(&mut Room) -> &mut Vec<f32>, len: usize| grow(memory(room), len);
        for (kernel, chain) in self.program.kernels.iter().zip(&self.chains) {
            if let Some(chain) = chain {
                need(|s| &mut s.tiles, chain.slots * TILE);
            }
            if let Kernel::MatMul { fold: Some(pictures), .. } = kernel {
                need(|s| &mut s.picture, pictures.picture());
            }
            match kernel {
                Kernel::Attention { heads, .. } => need(|s| &mut s.scores, attention::scratch_len(heads)),
                Kernel::AttentionGradient { heads, .. } => need(|s| &mut s.scores, attention::gradient_scratch_len(heads)),
                Kernel::Rotary { of, time, .. } => *packed = (time * of.head_dim).max(*packed),
                Kernel::Normalise { cols, .. } | Kernel::NormaliseGradient { cols, .. } => {
                    need(|s| &mut s.product, normalised_rows(*cols) * cols.max(&1));
                }
                Kernel::CachedAttention { context, .. } => need(|s| &mut s.scores, context + 1),
                _ => {}
            }
            if let Some(sizes) = sizes(kernel) {
                *packed = sizes.packed_len().max(*packed);
                need(|s| &mut s.packed_lhs, sizes.packed_lhs_len());
                need(|s| &mut s.product, sizes.block_rows() * sizes.n);
            }
        }
    }

    /// Runs programs, one after the other. They must be of those that [`Cpu::new`] has checked and made room for.
    fn run_all<'a>(programs: impl Iterator<Item = (&'a Loaded, Run)> + Clone + Send, memory: &mut Memory, scratch: &mut Scratch) {
        let is_large = scratch.rooms.len() > 1 && programs.clone().any(|(loaded, _)| loaded.is_large);
        let run_all = || programs.for_each(|(loaded, run)| loaded.run(memory, scratch, run));
        if is_large { threads::enter(run_all) } else { run_all() }
    }

    /// Runs all kernels. The program must be one of those that [`Cpu::new`] has checked and made room for.
    fn run(&self, memory: &mut Memory, scratch: &mut Scratch, run: Run) {
        for kernel in 0..self.chains.len() {
            // SAFETY: `Cpu::new` has checked every program against these memories, and has made the scratch memory large enough.
            unsafe { self.run_kernel(kernel, memory.spaces(), scratch, run) };
        }
    }

    /// # Safety
    /// The program has passed [`Memory::check`] against `spaces`, and `scratch` is as [`Loaded::grow`] makes it.
    unsafe fn run_kernel(&self, place: usize, spaces: Spaces<'_>, scratch: &mut Scratch, run: Run) {
        // SAFETY: the check has seen that what a kernel writes is apart from what it reads, and the references that a kernel
        // uses end with it. So it is for `write`, `part` and the chains below.
        let read = |buffer: &Buffer| unsafe { spaces.read(*buffer) };
        // SAFETY: as above.
        let write = |buffer: &Buffer| unsafe { spaces.write(*buffer) };
        // Rows of so many elements, to be written by a thread that alone has these.
        // SAFETY: as above, and the ranges that threads are given have nothing in common.
        let part = |buffer: &Buffer, rows: &Range<usize>, width: usize| unsafe { spaces.write(rows_of(buffer, rows, width)) };
        let indices = |buffer: &Buffer| bytemuck::cast_slice::<f32, u32>(read(buffer));
        let value = |operand: &Operand| match operand {
            Operand::Const(value) => *value,
            Operand::Buffer(buffer) => read(buffer)[0],
        };
        let Scratch { packed, rooms } = scratch;
        // A program with little to do runs on the thread that asks for it, and would wait for others.
        let rooms = if self.is_large { &mut rooms[..] } else { &mut rooms[..1] };
        let update = |Update { rule, parameters, gradients, moments, learning_rate, weight_decay }: &Update, rooms: &mut [Room]| {
            let (rate, decay) = (value(learning_rate), value(weight_decay));
            threads::ranges(rooms, parameters.len, 4, |_, range| {
                let mut moments = moments.iter().map(|moments| part(moments, &range, 1));
                let moments = [moments.next().unwrap_or_default(), moments.next().unwrap_or_default()];
                let (parameters, gradients) = (part(parameters, &range, 1), &read(gradients)[range]);
                update::update(*rule, run.step, rate, decay, parameters, gradients, moments);
            });
        };
        let reduce_columns = |how: Reduce, inner: usize, source: &[f32], target: &Buffer, rooms: &mut [Room]| {
            // A few lines of a cache at a time.
            const WIDTH: usize = 64;
            threads::ranges(rooms, inner.div_ceil(WIDTH), source.len() / inner.div_ceil(WIDTH).max(1), |_, blocks| {
                let columns = blocks.start * WIDTH..(blocks.end * WIDTH).min(inner);
                reduce::columns(how, inner, columns.start, source, part(target, &columns, 1));
            });
        };
        match (&self.program.kernels[place], &self.chains[place]) {
            (Kernel::Map(_), Some(chain)) => {
                threads::ranges(rooms, chain.len, chain.cost(), |room, range| {
                    // SAFETY: as above.
                    unsafe { chain.run(spaces, run, range, &[], &mut room.tiles) };
                });
            }
            (kernel @ Kernel::MatMul { batch, n, lhs, rhs, rhs_sum, updates, .. }, Some(chain)) => {
                if let Some(sum) = rhs_sum {
                    reduce_columns(Reduce::Sum, *n, read(rhs), sum, rooms);
                }
                // SAFETY: as above.
                unsafe { multiply(kernel, *batch, read(lhs), read(rhs), chain, spaces, packed, rooms, run) };
                updates.iter().for_each(|step| update(step, rooms));
            }
            (&Kernel::Normalise { of, rows, cols, ref source, .. }, Some(chain)) => {
                let (source, block) = (read(source), normalised_rows(cols));
                threads::ranges(rooms, rows, cols * (4 + chain.cost()), |room, rows| {
                    for first in rows.clone().step_by(block) {
                        let range = first * cols..(first + block).min(rows.end) * cols;
                        let product = &mut room.product[..range.len()];
                        normalise::normalise(of, cols, &source[range.clone()], product);
                        // SAFETY: as above.
                        unsafe { chain.run(spaces, run, range, product, &mut room.tiles) };
                    }
                });
            }
            (&Kernel::NormaliseGradient { of, rows, cols, ref source, ref gradient, ref target }, _) => {
                let (source, gradient) = (read(source), read(gradient));
                threads::ranges(rooms, rows, 8 * cols, |room, rows| {
                    let here = rows.start * cols..rows.end * cols;
                    let target = part(target, &rows, cols);
                    normalise::gradient(of, cols, &source[here.clone()], &gradient[here], &mut room.product, target);
                });
            }
            (Kernel::Map(_) | Kernel::MatMul { .. } | Kernel::Normalise { .. }, None) => {
                unreachable!("each of these has a chain, made in `new`")
            }
            (&Kernel::Reduce { reduce, outer, reduced, inner: 1, ref source, ref target }, _) => {
                let source = read(source);
                threads::ranges(rooms, outer, reduced, |_, rows| {
                    let here = rows.start * reduced..rows.end * reduced;
                    reduce::rows(reduce, reduced, &source[here], part(target, &rows, 1));
                });
            }
            (&Kernel::Reduce { reduce, outer, reduced, inner, ref source, ref target }, _) => {
                let source = read(source);
                for i in 0..outer {
                    let target = rows_of(target, &(i..i + 1), inner);
                    reduce_columns(reduce, inner, &source[i * reduced * inner..(i + 1) * reduced * inner], &target, rooms);
                }
            }
            (Kernel::Unfold { patches, source, target }, _) => {
                patches::unfold(patches, read(source), 0..patches.rows(), 0..patches.columns(), write(target));
            }
            (Kernel::Fold { patches, source, target }, _) => {
                let target = write(target);
                target.fill(0.0);
                patches::fold(patches, 0..patches.rows(), read(source), target);
            }
            (&Kernel::Softmax { log, rows, cols, ref source, ref target }, _) => {
                let source = read(source);
                threads::ranges(rooms, rows, 8 * cols, |_, rows| {
                    let source = &source[rows.start * cols..rows.end * cols];
                    let softmax = if log { softmax::log_softmax } else { softmax::softmax };
                    softmax(cols, source, part(target, &rows, cols));
                });
            }
            (
                &Kernel::CachedAttention {
                    heads,
                    kv_heads,
                    head_dim,
                    context,
                    ref query,
                    ref key,
                    ref value,
                    ref keys,
                    ref values,
                    ref position,
                    ref target,
                    ..
                },
                _,
            ) => {
                let rows = (indices(position)[0] as usize).min(context);
                let cached = |cache| &read(cache)[..rows * kv_heads * head_dim];
                let of = cached_attention::Heads { heads, kv_heads, head_dim };
                let (newest, caches) = ([read(key), read(value)], [cached(keys), cached(values)]);
                cached_attention::cached_attention(of, read(query), newest, caches, &mut rooms[0].scores[..=rows], write(target));
            }
            (Kernel::Attention { heads, queries, keys, values, target, log_sums }, _) => {
                let (queries, keys, values) = (read(queries), read(keys), read(values));
                threads::ranges(rooms, heads.batch, cost_of(heads), |room, batch| {
                    let (of, rows) = (attention::part(heads, &batch), heads.queries * heads.heads);
                    let log_sums = log_sums.as_ref().map(|log_sums| part(log_sums, &batch, rows)).unwrap_or_default();
                    let target = part(target, &batch, rows * heads.head_dim);
                    attention::attention(&of, queries, keys, values, target, log_sums, &mut room.scores);
                });
            }
            (Kernel::AttentionGradient { heads, queries, keys, values, result, log_sums, gradient, target, places }, _) => {
                let (queries, keys, values) = (read(queries), read(keys), read(values));
                let (result, log_sums, gradient) = (read(result), read(log_sums), read(gradient));
                // The three gradients can lie beside each other in rows, or one after the other: then no stretch of the target is
                // that of some sequences alone.
                let is_in_rows = places.iter().all(|rows| rows.stride == places[0].stride) && heads.queries == heads.keys;
                let width = places[0].stride * heads.queries;
                let is_in_rows = is_in_rows && target.len == heads.batch * width;
                let rooms = if is_in_rows { rooms } else { &mut rooms[..1] };
                let width = target.len / heads.batch.max(1);
                threads::ranges(rooms, heads.batch, 3 * cost_of(heads), |room, batch| {
                    let (of, rows) = (attention::part(heads, &batch), heads.queries * heads.heads);
                    let sums = &log_sums[batch.start * rows..batch.end * rows];
                    let here = batch.start * rows * heads.head_dim..batch.end * rows * heads.head_dim;
                    let (result, gradient) = (&result[here.clone()], &gradient[here]);
                    let target = part(target, &batch, width);
                    attention::gradient(&of, queries, keys, values, result, sums, gradient, target, places, &mut room.scores)
                });
            }
            (&Kernel::Rotary { of, heads, back, time, width, ref source, ref start, ref target }, _) => {
                let (source, table) = (read(source), &mut packed[..time * of.head_dim]);
                rotary::table(of, back, read(start)[0], table);
                threads::ranges(rooms, source.len() / (time * width).max(1), time * width, |_, batch| {
                    let here = batch.start * time * width..batch.end * time * width;
                    rotary::rotary(of, heads, width, table, &source[here], part(target, &batch, time * width));
                });
            }
            (&Kernel::CrossEntropy { classes, ref logits, indices: ref at, ref target }, _) => {
                let (logits, at) = (read(logits), indices(at));
                threads::ranges(rooms, at.len(), 8 * classes, |_, rows| {
                    let logits = &logits[rows.start * classes..rows.end * classes];
                    cross_entropy::cross_entropy(classes, logits, &at[rows.clone()], part(target, &rows, 1));
                });
            }
            (&Kernel::CrossEntropyGradient { classes, ref logits, indices: ref at, ref result, ref gradient, ref target }, _) => {
                let (logits, at, result, gradient) = (read(logits), indices(at), read(result), read(gradient));
                threads::ranges(rooms, at.len(), 8 * classes, |_, rows| {
                    let logits = &logits[rows.start * classes..rows.end * classes];
                    let (at, result, gradient) = (&at[rows.clone()], &result[rows.clone()], &gradient[rows.clone()]);
                    cross_entropy::gradient(classes, logits, at, result, gradient, part(target, &rows, classes));
                });
            }
            (&Kernel::Gather { rows, width, ref table, indices: ref at, ref target }, _) => {
                let (table, at) = (read(table), indices(at));
                threads::ranges(rooms, at.len(), width, |_, places| {
                    gather::gather(width, rows, table, &at[places.clone()], part(target, &places, width));
                });
            }
            (&Kernel::ScatterAdd { rows, width, ref source, indices: ref at, ref target }, _) => {
                let (source, at) = (read(source), indices(at));
                threads::ranges(rooms, rows, width + source.len() / rows.max(1), |_, rows| {
                    gather::scatter_add(width, rows.start, source, at, part(target, &rows, width));
                });
            }
            (Kernel::OneHot { classes, indices: at, target }, _) => gather::one_hot(*classes, indices(at), write(target)),
            (Kernel::Windows { len, text, starts, target }, _) => {
                gather::windows(*len, indices(text), indices(starts), bytemuck::cast_slice_mut(write(target)));
            }
            (&Kernel::Sample { pick, ref logits, ref seen, ref settings, ref work, ref target }, _) => {
                let [temperature, top_k, top_p, min_p, repetition_penalty] = settings.each_ref().map(|setting| read(setting)[0]);
                let by = sample::Settings { temperature, top_k, top_p, min_p, repetition_penalty };
                match pick {
                    Pick::Token { stream } => {
                        let stream = Stream::new(run.seed, Domain::Noise, stream, run.step);
                        let token = sample::sample(by, read(logits), read(seen), &stream, write(work));
                        write(target).copy_from_slice(bytemuck::cast_slice(&[token]));
                    }
                    Pick::Stages => sample::stages(by, read(logits), read(seen), write(work), write(target)),
                }
            }
            (Kernel::Indices { below, stream, target }, _) => {
                let stream = Stream::new(run.seed, Domain::Noise, *stream, run.step);
                gather::random_indices(&stream, *below, bytemuck::cast_slice_mut(write(target)));
            }
            (Kernel::Shuffled { shuffle, stream, target }, _) => {
                shuffle.batch(run.seed, *stream, run.step, bytemuck::cast_slice_mut(write(target)));
            }
            (Kernel::Zero { target }, _) => write(target).fill(0.0),
            (Kernel::Insert { block, stride, offset, source, target }, _) => {
                gather::insert(*block, *stride, *offset, read(source), write(target));
            }
            (Kernel::SetRow { source, at, target }, _) => gather::set_row(read(source), indices(at)[0], write(target)),
            (Kernel::Update(step), _) => update(step, rooms),
        }
    }
}

/// A batch of matrix products, each block of rows followed at once by the chain that uses it.
///
/// # Safety
/// As [`Loaded::run_kernel`]'s.
#[allow(clippy::too_many_arguments)]
unsafe fn multiply(
    kernel: &Kernel,
    batch: usize,
    lhs: &[f32],
    rhs: &[f32],
    chain: &Chain,
    spaces: Spaces<'_>,
    packed: &mut [f32],
    rooms: &mut [Room],
    run: Run,
) {
    let (Some(sizes), Kernel::MatMul { fold, .. }) = (sizes(kernel), kernel) else { return };
    let (m, k, n) = (sizes.m, sizes.k, sizes.n);
    if m * n == 0 {
        return;
    }
    let rooms = threads::worth(rooms, m * k * n / 16);
    let block_rows = sizes.block_rows();
    // Rows that are shared out together: a block, or all of some pictures.
    let shared_rows = match fold {
        _ if rooms.len() == 1 => m,
        None => block_rows.min(sizes.rows_of_share(rooms.len())),
        Some(pictures) => pictures.places[0] * pictures.places[1] * pictures.images.div_ceil(2 * rooms.len()),
    };
    for i in 0..batch {
        // Pictures are one matrix: only that can be patches.
        let lhs = if sizes.patches.is_some() { lhs } else { &lhs[i * m * k..(i + 1) * m * k] };
        let rhs = &rhs[i * k * n..(i + 1) * k * n];
        let packed = if sizes.is_unpacked() {
            rhs
        } else {
            matmul::pack(sizes, rhs, packed, rooms);
            &*packed
        };
        threads::share(rooms, (0..m).step_by(shared_rows), |room, from| {
            let to = m.min(from + shared_rows);
            for first in (from..to).step_by(block_rows) {
                let rows = block_rows.min(to - first);
                let start = (i * m + first) * n;
                if let (None, Some(target)) = (fold, chain.only_stores_product()) {
                    // SAFETY: as the function's, and each row is written by one thread.
                    let product = unsafe { spaces.write(rows_of(&target, &(start..start + rows * n), 1)) };
                    matmul::rows(sizes, lhs, packed, first, product, &mut room.packed_lhs);
                    continue;
                }
                let product = &mut room.product[..rows * n];
                matmul::rows(sizes, lhs, packed, first, product, &mut room.packed_lhs);
                match fold {
                    // SAFETY: likewise.
                    None => unsafe { chain.run(spaces, run, start..start + rows * n, product, &mut room.tiles) },
                    Some(pictures) => {
                        let picture = &mut room.picture[..pictures.picture()];
                        // SAFETY: likewise.
                        let finish = |range, picture: &[f32]| unsafe { chain.run(spaces, run, range, picture, &mut room.tiles) };
                        fold_rows(pictures, first..first + rows, product, picture, finish);
                    }
                }
            }
        });
    }
}

/// Folds rows of a product, which come in order, into the picture that they belong to. `finish` gets each picture that has all of
/// its rows, and where it lies among all pictures.
fn fold_rows(of: &Patches, rows: Range<usize>, product: &[f32], picture: &mut [f32], mut finish: impl FnMut(Range<usize>, &[f32])) {
    let (places, width) = (of.places[0] * of.places[1], of.columns());
    let mut row = rows.start;
    while row < rows.end {
        let (image, place) = (row / places, row % places);
        let end = rows.end.min((image + 1) * places);
        if place == 0 {
            picture.fill(0.0);
        }
        patches::fold(of, place..place + end - row, &product[(row - rows.start) * width..], picture);
        if end == (image + 1) * places {
            finish(image * picture.len()..(image + 1) * picture.len(), picture);
        }
        row = end;
    }
}

/// These rows of a buffer whose rows are so wide.
fn rows_of(buffer: &Buffer, rows: &Range<usize>, width: usize) -> Buffer {
    assert!(rows.end * width <= buffer.len);
    Buffer { offset: buffer.offset + rows.start * width, len: rows.len() * width, ..*buffer }
}

/// Elementary operations of an attention for each sequence, vectors counted as one.
fn cost_of(heads: &Heads) -> usize {
    heads.queries * heads.keys * heads.heads * heads.head_dim / 16
}

fn grow(memory: &mut Vec<f32>, len: usize) {
    memory.resize(len.max(memory.len()), 0.0);
}

/// Rows that are normalised at a time, so that they are still in the nearest cache for what follows.
fn normalised_rows(cols: usize) -> usize {
    (2048 / cols.max(1)).max(1)
}

fn sizes(kernel: &Kernel) -> Option<matmul::Sizes> {
    match *kernel {
        Kernel::MatMul { m, k, n, transpose_lhs, transpose_rhs, lhs_patches, .. } => {
            Some(matmul::Sizes { m, k, n, transpose_lhs, transpose_rhs, patches: lhs_patches })
        }
        _ => None,
    }
}
