//! The engine for every machine: runs planned programs on the processor, with SIMD in wasm and natively. All memory is made
//! when a graph is loaded; a step allocates nothing.

mod kernels;
mod math;
mod memory;
mod simd;

use std::future::ready;
use std::ops::Range;
use std::sync::Arc;

use kernels::map::{Chain, Run, TILE};
use kernels::{
    attention, cached_attention, cross_entropy, gather, matmul, normalise, patches, reduce, rotary, sample, softmax, update,
};
use memory::{Memory, Spaces};
use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::plan::{Buffer, Kernel, Layout, Operand, Patches, Pick, Program, Purpose, Update, plan_for};
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
    /// A chain for each map and matmul of the program, at the kernel's place.
    chains: Vec<Option<Chain>>,
}

/// Memory that a kernel works in and leaves behind.
#[derive(Default)]
struct Scratch {
    tiles: Vec<f32>,
    packed: Vec<f32>,
    packed_lhs: Vec<f32>,
    product: Vec<f32>,
    picture: Vec<f32>,
    scores: Vec<f32>,
}

impl Cpu {
    /// Plans and loads all programs of a graph. Variables and inputs are zero until they are written.
    pub fn new(graph: Arc<Graph>) -> Result<Cpu> {
        let layout = Layout::of(&graph);
        let load = |unread| -> Vec<Loaded> {
            let purpose = Purpose { unread, side_by_side: false };
            graph.program_ids().map(|id| Loaded::new(plan_for(purpose, &graph, id))).collect()
        };
        let (programs, unread) = (load(false), load(true));
        let all = || programs.iter().chain(&unread);
        let arena = all().map(|p| p.program.arena_len).max().unwrap_or(0);
        let memory = Memory { vars: vec![0.0; layout.vars_len()], inputs: vec![0.0; layout.inputs_len()], arena: vec![0.0; arena] };
        all().try_for_each(|p| memory.check(&p.program))?;
        let mut scratch = Scratch::default();
        all().for_each(|p| p.grow(&mut scratch));
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
        self.programs[program.index()].run(&mut self.memory, &mut self.scratch, Run { seed: self.seed, step });
        self.last = Some(program);
        Ok(())
    }

    fn advance(&mut self, steps: &[(ProgramId, u32)]) -> Result<()> {
        for (program, step) in steps {
            self.unread[program.index()].run(&mut self.memory, &mut self.scratch, Run { seed: self.seed, step: *step });
            self.last = None;
        }
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
        Loaded { chains: program.kernels.iter().map(chain).collect(), program }
    }

    /// Makes the scratch memory large enough for this program.
    fn grow(&self, scratch: &mut Scratch) {
        let mut need = |memory: fn(&mut Scratch) -> &mut Vec<f32>, len: usize| {
            let memory = memory(scratch);
            memory.resize(len.max(memory.len()), 0.0);
        };
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
                Kernel::Rotary { of, .. } => need(|s| &mut s.scores, of.head_dim),
                Kernel::Normalise { cols, .. } | Kernel::NormaliseGradient { cols, .. } => {
                    need(|s| &mut s.product, normalised_rows(*cols) * cols.max(&1));
                }
                Kernel::CachedAttention { context, .. } => need(|s| &mut s.scores, context + 1),
                _ => {}
            }
            if let Some(sizes) = sizes(kernel) {
                need(|s| &mut s.packed, sizes.packed_len());
                need(|s| &mut s.packed_lhs, sizes.packed_lhs_len());
                need(|s| &mut s.product, sizes.block_rows() * sizes.n);
            }
        }
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
        // uses end with it. So it is for `write` and for the chains below.
        let read = |buffer: &Buffer| unsafe { spaces.read(*buffer) };
        // SAFETY: as above.
        let write = |buffer: &Buffer| unsafe { spaces.write(*buffer) };
        let indices = |buffer: &Buffer| bytemuck::cast_slice::<f32, u32>(read(buffer));
        let value = |operand: &Operand| match operand {
            Operand::Const(value) => *value,
            Operand::Buffer(buffer) => read(buffer)[0],
        };
        let update = |Update { rule, parameters, gradients, moments, learning_rate, weight_decay }: &Update| {
            let mut moments = moments.iter().map(write);
            let moments = [moments.next().unwrap_or_default(), moments.next().unwrap_or_default()];
            let (rate, decay) = (value(learning_rate), value(weight_decay));
            update::update(*rule, run.step, rate, decay, write(parameters), read(gradients), moments);
        };
        match (&self.program.kernels[place], &self.chains[place]) {
            (Kernel::Map(_), Some(chain)) => {
                // SAFETY: as above.
                unsafe { chain.run(spaces, run, 0..chain.len, &[], &mut scratch.tiles) };
            }
            (kernel @ Kernel::MatMul { batch, k, n, lhs, rhs, rhs_sum, updates, .. }, Some(chain)) => {
                if let Some(sum) = rhs_sum {
                    reduce::reduce(Reduce::Sum, *k, *n, read(rhs), write(sum));
                }
                // SAFETY: as above.
                unsafe { multiply(kernel, *batch, read(lhs), read(rhs), chain, spaces, scratch, run) };
                updates.iter().for_each(update);
            }
            (&Kernel::Normalise { of, rows, cols, ref source, .. }, Some(chain)) => {
                let (source, block) = (read(source), normalised_rows(cols));
                for first in (0..rows).step_by(block) {
                    let range = first * cols..(first + block).min(rows) * cols;
                    let product = &mut scratch.product[..range.len()];
                    normalise::normalise(of, cols, &source[range.clone()], product);
                    // SAFETY: as above.
                    unsafe { chain.run(spaces, run, range, product, &mut scratch.tiles) };
                }
            }
            (&Kernel::NormaliseGradient { of, cols, ref source, ref gradient, ref target, .. }, _) => {
                normalise::gradient(of, cols, read(source), read(gradient), &mut scratch.product, write(target));
            }
            (Kernel::Map(_) | Kernel::MatMul { .. } | Kernel::Normalise { .. }, None) => {
                unreachable!("each of these has a chain, made in `new`")
            }
            (Kernel::Reduce { reduce, reduced, inner, source, target, .. }, _) => {
                reduce::reduce(*reduce, *reduced, *inner, read(source), write(target));
            }
            (Kernel::Unfold { patches, source, target }, _) => {
                patches::unfold(patches, read(source), 0..patches.rows(), 0..patches.columns(), write(target));
            }
            (Kernel::Fold { patches, source, target }, _) => {
                let target = write(target);
                target.fill(0.0);
                patches::fold(patches, 0..patches.rows(), read(source), target);
            }
            (Kernel::Softmax { log: true, cols, source, target, .. }, _) => {
                softmax::log_softmax(*cols, read(source), write(target))
            }
            (Kernel::Softmax { cols, source, target, .. }, _) => softmax::softmax(*cols, read(source), write(target)),
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
                },
                _,
            ) => {
                let rows = (indices(position)[0] as usize).min(context);
                let cached = |cache| &read(cache)[..rows * kv_heads * head_dim];
                let of = cached_attention::Heads { heads, kv_heads, head_dim };
                let (newest, caches) = ([read(key), read(value)], [cached(keys), cached(values)]);
                cached_attention::cached_attention(of, read(query), newest, caches, &mut scratch.scores[..=rows], write(target));
            }
            (Kernel::Attention { heads, queries, keys, values, target, log_sums }, _) => {
                let (log_sums, scratch) = (log_sums.as_ref().map(write).unwrap_or_default(), &mut scratch.scores);
                attention::attention(heads, read(queries), read(keys), read(values), write(target), log_sums, scratch);
            }
            (Kernel::AttentionGradient { heads, queries, keys, values, result, log_sums, gradient, target, places }, _) => {
                attention::gradient(
                    heads,
                    read(queries),
                    read(keys),
                    read(values),
                    read(result),
                    read(log_sums),
                    read(gradient),
                    write(target),
                    places,
                    &mut scratch.scores,
                )
            }
            (Kernel::Rotary { of, heads, back, time, width, source, start, target }, _) => {
                let (start, scratch) = (read(start)[0], &mut scratch.scores);
                rotary::rotary(*of, *heads, *back, *time, *width, start, read(source), write(target), scratch);
            }
            (Kernel::CrossEntropy { classes, logits, indices: at, target }, _) => {
                cross_entropy::cross_entropy(*classes, read(logits), indices(at), write(target));
            }
            (Kernel::CrossEntropyGradient { classes, logits, indices: at, result, gradient, target }, _) => {
                let (logits, at, target) = (read(logits), indices(at), write(target));
                cross_entropy::gradient(*classes, logits, at, read(result), read(gradient), target);
            }
            (Kernel::Gather { rows, width, table, indices: at, target }, _) => {
                gather::gather(*width, *rows, read(table), indices(at), write(target));
            }
            (Kernel::ScatterAdd { rows, width, source, indices: at, target }, _) => {
                gather::scatter_add(*width, *rows, read(source), indices(at), write(target));
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
            (Kernel::Update(step), _) => update(step),
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
    scratch: &mut Scratch,
    run: Run,
) {
    let (Some(sizes), Kernel::MatMul { fold, .. }) = (sizes(kernel), kernel) else { return };
    let (m, k, n) = (sizes.m, sizes.k, sizes.n);
    if m * n == 0 {
        return;
    }
    for i in 0..batch {
        // Pictures are one matrix: only that can be patches.
        let lhs = if sizes.patches.is_some() { lhs } else { &lhs[i * m * k..(i + 1) * m * k] };
        let rhs = &rhs[i * k * n..(i + 1) * k * n];
        let packed = if sizes.is_unpacked() {
            rhs
        } else {
            matmul::pack(sizes, rhs, &mut scratch.packed);
            &scratch.packed
        };
        for first in (0..m).step_by(sizes.block_rows()) {
            let rows = sizes.block_rows().min(m - first);
            let start = (i * m + first) * n;
            if let (None, Some(target)) = (fold, chain.only_stores_product()) {
                // SAFETY: as the function's.
                let product = unsafe { &mut spaces.write(target)[start..start + rows * n] };
                matmul::rows(sizes, lhs, packed, first, product, &mut scratch.packed_lhs);
                continue;
            }
            let product = &mut scratch.product[..rows * n];
            matmul::rows(sizes, lhs, packed, first, product, &mut scratch.packed_lhs);
            match fold {
                // SAFETY: as the function's.
                None => unsafe { chain.run(spaces, run, start..start + rows * n, product, &mut scratch.tiles) },
                Some(pictures) => {
                    let picture = &mut scratch.picture[..pictures.picture()];
                    // SAFETY: as the function's.
                    let finish = |range, picture: &[f32]| unsafe { chain.run(spaces, run, range, picture, &mut scratch.tiles) };
                    fold_rows(pictures, first..first + rows, product, picture, finish);
                }
            }
        }
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
