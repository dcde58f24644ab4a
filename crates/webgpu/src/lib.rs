//! The fast engine: planned programs as WGSL on WebGPU, in the page's worker and natively.
//!
//! All resources are made when a graph is loaded, and pipelines are kept with the device for the next one. A step is a fixed
//! list of dispatches over one bind group, each a wave of kernels that run side by side: the number of the workgroup says which.
//! Where their buffers lie and which step it is come by dynamic offsets into two small tables. So a submission of many steps
//! uploads nothing but one small uniform: the seed, the steps it starts from, and live values that have changed.

#[cfg(target_arch = "wasm32")]
mod adapter;
mod gpu;
mod kernels;
mod load;
mod pipelines;
mod shader;
mod staging;

use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;

pub use gpu::Gpu;
use gpu::error;
use staging::Stretch;
use terrarium_graph::plan::{Buffer, Layout, Program, Space};
use terrarium_graph::{DType, Engine, Error, Graph, InputId, Pending, ProgramId, Result, VarId};

/// Steps of one program that one submission can hold.
pub const MOST_STEPS: u32 = 1024;
/// Programs of a graph, as the run's uniform has room for.
const MOST_PROGRAMS: usize = 16;
/// Bytes from one entry of a table to the next: the alignment of dynamic offsets.
const ENTRY: u64 = 256;
/// What memories are used for: by kernels, and as the source and the target of copies.
const MEMORY: wgpu::BufferUsages =
    wgpu::BufferUsages::STORAGE.union(wgpu::BufferUsages::COPY_SRC).union(wgpu::BufferUsages::COPY_DST);

/// The WebGPU engine with one graph loaded.
pub struct WebGpu {
    gpu: Gpu,
    graph: Arc<Graph>,
    layout: Layout,
    /// For each program what is run when it will be read, and when it will not.
    programs: Vec<[Loaded; 2]>,
    buffers: Buffers,
    bindings: wgpu::BindGroup,
    steps: wgpu::BindGroup,
    seed: u64,
    /// The program whose outputs are in the arena.
    last: Option<ProgramId>,
    counts: Counts,
    /// Outputs that were kept, by program and output.
    kept: HashMap<(ProgramId, usize), Kept>,
}

/// Numbers that stay on the device.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Holds `len` f32, and can be bound as storage and copied from.
    pub buffer: wgpu::Buffer,
    pub len: usize,
}

/// What the engine has done, for the bench.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub submissions: u64,
    pub dispatches: u64,
    /// Bytes written to the device since the graph was loaded, data and parameters included.
    pub uploaded_bytes: u64,
}

struct Loaded {
    program: Program,
    dispatches: Vec<Dispatch>,
}

struct Dispatch {
    pipeline: wgpu::ComputePipeline,
    /// Where its places lie in the table.
    entry: u32,
    groups: [u32; 2],
}

struct Buffers {
    vars: wgpu::Buffer,
    inputs: wgpu::Buffer,
    arena: wgpu::Buffer,
    run: wgpu::Buffer,
    /// Where the buffers of each dispatch begin.
    places: wgpu::Buffer,
    /// The numbers 0, 1, 2, …
    steps: wgpu::Buffer,
}

impl WebGpu {
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Bytes of the device's memory that this engine uses, and its device's staging buffers.
    pub fn memory_bytes(&self) -> u64 {
        let own = self.buffers.all().into_iter().chain(self.kept.values().map(|kept| &kept.buffer));
        own.map(wgpu::Buffer::size).sum::<u64>() + self.gpu.staging.bytes()
    }

    /// Dispatches of a run of the program, when it will be read or not.
    pub fn dispatches(&self, program: ProgramId, read: bool) -> usize {
        self.programs[program.index()][usize::from(!read)].dispatches.len()
    }

    /// An output of the program that ran last, copied on the device to where no later run changes it but the next
    /// [`WebGpu::keep`] of the same output.
    ///
    /// # Errors
    /// Where another program ran last, or there is no such output.
    pub fn keep(&mut self, program: ProgramId, output: usize) -> Result<Kept> {
        let name = || format!("{output} of {}", self.graph.program(program).name);
        let loaded = &self.programs[program.index()][0];
        let source = *loaded.program.outputs.get(output).ok_or_else(|| Error::Unknown { what: "output", name: name() })?;
        if self.last != Some(program) {
            return Err(error(format!("{} is not the program that ran last", loaded.program.name)));
        }
        let bytes = source.len as u64 * 4;
        let device = &self.gpu.device;
        let kept = self.kept.entry((program, output)).or_insert_with(|| {
            let (label, size) = (Some("kept"), bytes.max(4));
            let descriptor = wgpu::BufferDescriptor { label, size, usage: MEMORY, mapped_at_creation: false };
            Kept { buffer: device.create_buffer(&descriptor), len: source.len }
        });
        if bytes > 0 {
            let mut encoder = device.create_command_encoder(&Default::default());
            encoder.copy_buffer_to_buffer(self.buffers.of(source.space), source.offset as u64 * 4, &kept.buffer, 0, bytes);
            self.gpu.queue.submit([encoder.finish()]);
        }
        Ok(kept.clone())
    }

    fn write_any_input(&mut self, input: InputId, dtype: DType, values: &[u32]) -> Result<()> {
        let graph = self.graph.clone();
        let found = graph.input(input);
        if found.dtype != dtype {
            return Err(error(format!("input “{}” takes {:?}, not {dtype:?}", found.name, found.dtype)));
        }
        let what = || format!("input “{}”", found.name);
        self.write(self.layout.inputs[input.index()], what, values)
    }

    fn write(&mut self, to: Buffer, what: impl FnOnce() -> String, values: &[u32]) -> Result<()> {
        if to.len != values.len() {
            return Err(Error::Size { what: what(), expected: to.len, got: values.len() });
        }
        self.upload(&self.buffers.of(to.space).clone(), to.offset as u64 * 4, bytemuck::cast_slice(values));
        Ok(())
    }

    fn upload(&mut self, buffer: &wgpu::Buffer, offset: u64, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.counts.uploaded_bytes += bytes.len() as u64;
            self.gpu.queue.write_buffer(buffer, offset, bytes);
        }
    }

    fn submit(&mut self, steps: &[(ProgramId, u32)], read: bool) -> Result<()> {
        self.gpu.check()?;
        let mut before = [None; MOST_PROGRAMS];
        for (program, step) in steps {
            before[program.index()].get_or_insert(*step);
        }
        let before = before.map(|step: Option<u32>| step.unwrap_or(0));
        let mut run = vec![self.seed as u32, (self.seed >> 32) as u32, 0, 0];
        run.extend(before);
        self.upload(&self.buffers.run.clone(), 0, bytemuck::cast_slice(&run));

        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            for (program, step) in steps {
                let ahead = step.wrapping_sub(before[program.index()]);
                if ahead >= MOST_STEPS {
                    return Err(error(format!("steps {ahead} apart do not go into one submission")));
                }
                pass.set_bind_group(1, &self.steps, &[ahead * ENTRY as u32]);
                for dispatch in &self.programs[program.index()][usize::from(!read)].dispatches {
                    pass.set_pipeline(&dispatch.pipeline);
                    pass.set_bind_group(0, &self.bindings, &[dispatch.entry]);
                    let [x, y] = dispatch.groups;
                    pass.dispatch_workgroups(x, y, 1);
                    self.counts.dispatches += 1;
                }
            }
        }
        self.gpu.queue.submit([encoder.finish()]);
        self.counts.submissions += 1;
        self.last = steps.last().map(|(program, _)| *program).filter(|_| read);
        Ok(())
    }

    /// The contents of stretches of memory, all in one read-back.
    fn read(&self, sources: Vec<Buffer>) -> Pending<Vec<Vec<f32>>> {
        let stretch = |source: &Buffer| Stretch {
            buffer: self.buffers.of(source.space),
            offset: source.offset as u64 * 4,
            bytes: source.len as u64 * 4,
        };
        let values = self.gpu.read(&sources.iter().map(stretch).collect::<Vec<_>>());
        Box::pin(async move {
            let values = values.await?;
            let mut rest = values.as_slice();
            let parts = sources.iter().map(|source| {
                let (these, others) = rest.split_at(source.len);
                rest = others;
                these.to_vec()
            });
            Ok(parts.collect())
        })
    }
}

impl Engine for WebGpu {
    fn name(&self) -> &'static str {
        "WebGPU"
    }

    fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    fn write_var(&mut self, var: VarId, values: &[f32]) -> Result<()> {
        let graph = self.graph.clone();
        let what = || format!("variable “{}”", graph.var(var).name);
        self.write(self.layout.vars[var.index()], what, bytemuck::cast_slice(values))
    }

    fn write_input(&mut self, input: InputId, values: &[f32]) -> Result<()> {
        self.write_any_input(input, DType::F32, bytemuck::cast_slice(values))
    }

    fn write_indices(&mut self, input: InputId, values: &[u32]) -> Result<()> {
        self.write_any_input(input, DType::U32, values)
    }

    fn run(&mut self, program: ProgramId, step: u32) -> Result<()> {
        self.submit(&[(program, step)], true)
    }

    /// All in one submission, in which steps of one program must not lie [`MOST_STEPS`] apart.
    fn advance(&mut self, steps: &[(ProgramId, u32)]) -> Result<()> {
        self.submit(steps, false)
    }

    fn finished(&self) -> Pending<()> {
        Box::pin(self.gpu.finish())
    }

    fn outputs(&mut self, program: ProgramId) -> Pending<Vec<Vec<f32>>> {
        let [loaded, _] = &self.programs[program.index()];
        if self.last != Some(program) {
            return Box::pin(ready(Err(error(format!("{} is not the program that ran last", loaded.program.name)))));
        }
        self.read(loaded.program.outputs.clone())
    }

    fn variables(&mut self, vars: &[VarId]) -> Pending<Vec<Vec<f32>>> {
        self.read(vars.iter().map(|var| self.layout.vars[var.index()]).collect())
    }
}

impl Buffers {
    /// Memories of these lengths for variables, inputs and the arena, and room for so many entries of places.
    fn new(device: &wgpu::Device, [vars, inputs, arena]: [usize; 3], places: usize) -> Buffers {
        let new = |label: &str, bytes: u64, usage| {
            // A binding may not be empty.
            let size = bytes.max(ENTRY);
            device.create_buffer(&wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
        };
        let memory = |label, len: usize| new(label, len as u64 * 4, MEMORY);
        let table = |label, bytes| new(label, bytes, wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST);
        Buffers {
            vars: memory("parameters", vars),
            inputs: memory("data", inputs),
            arena: memory("values", arena),
            run: table("run", 16 + 4 * MOST_PROGRAMS as u64),
            places: table("places", ENTRY * places as u64),
            steps: table("steps", ENTRY * u64::from(MOST_STEPS)),
        }
    }

    fn of(&self, space: Space) -> &wgpu::Buffer {
        match space {
            Space::Vars => &self.vars,
            Space::Inputs => &self.inputs,
            Space::Arena => &self.arena,
        }
    }

    fn all(&self) -> [&wgpu::Buffer; 6] {
        [&self.vars, &self.inputs, &self.arena, &self.run, &self.places, &self.steps]
    }
}

impl Drop for Buffers {
    /// In a page memory would otherwise stay until the garbage is collected.
    fn drop(&mut self) {
        self.all().into_iter().for_each(wgpu::Buffer::destroy);
    }
}
