//! The fast engine: planned programs as WGSL on WebGPU, in the page's worker and natively.
//!
//! All resources are made when a graph is loaded. A step is a fixed list of dispatches over one bind group; which kernel and
//! which step it is come by dynamic offsets into two small tables. So a submission of many steps uploads nothing but one
//! small uniform: the seed, the steps it starts from, and live values that have changed.

mod gpu;
mod kernels;
mod shader;

use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;

pub use gpu::Gpu;
use gpu::error;
use shader::{PLACES, Shader};
use terrarium_graph::plan::{Buffer, Layout, Program, Space, plan, plan_unread};
use terrarium_graph::{DType, Engine, Error, Graph, InputId, Pending, ProgramId, Result, VarId};

/// Steps of one program that one submission can hold.
pub const MOST_STEPS: u32 = 1024;
/// Programs of a graph, as the run's uniform has room for.
const MOST_PROGRAMS: usize = 16;
/// Bytes from one entry of a table to the next: the alignment of dynamic offsets.
const ENTRY: u64 = 256;

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
    groups: [u32; 3],
}

struct Buffers {
    vars: wgpu::Buffer,
    inputs: wgpu::Buffer,
    arena: wgpu::Buffer,
    run: wgpu::Buffer,
}

impl WebGpu {
    /// Plans and loads all programs of a graph. Variables and inputs are zero until they are written.
    ///
    /// # Errors
    /// Where the graph needs more memory than the device has, or has too many programs.
    pub fn new(gpu: Gpu, graph: Arc<Graph>) -> Result<WebGpu> {
        if graph.programs.len() > MOST_PROGRAMS {
            return Err(error(format!("a graph can have {MOST_PROGRAMS} programs, not {}", graph.programs.len())));
        }
        let layout = Layout::of(&graph);
        let plans: Vec<[Program; 2]> = graph.program_ids().map(|id| [plan(&graph, id), plan_unread(&graph, id)]).collect();
        let arena = plans.iter().flatten().map(|p| p.arena_len).max().unwrap_or(0);
        let memory = |label: &str, len: usize| {
            let size = (len.max(1) * 4) as u64;
            let most = gpu.device.limits().max_buffer_size.min(gpu.device.limits().max_storage_buffer_binding_size);
            if size > most {
                return Err(error(format!("{label} need {} MB in one piece, and the device has {}", size >> 20, most >> 20)));
            }
            let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
            Ok(buffer(&gpu.device, label, size, usage))
        };
        let buffers = Buffers {
            vars: memory("the parameters", layout.vars_len())?,
            inputs: memory("the data", layout.inputs_len())?,
            arena: memory("the layers' values", arena)?,
            run: buffer(
                &gpu.device,
                "run",
                16 + 4 * MOST_PROGRAMS as u64,
                wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            ),
        };

        let mut loader = Loader::new(&gpu.device);
        let programs: Vec<[Loaded; 2]> =
            plans.into_iter().enumerate().map(|(i, both)| both.map(|program| loader.load(i, program))).collect();
        if loader.table.iter().any(|shader| shader.len() > PLACES) {
            return Err(error(format!("a kernel needs more than {PLACES} buffers")));
        }
        let (bindings, steps) = loader.bind(&gpu, &buffers);
        let counts = Counts::default();
        let engine =
            WebGpu { gpu, graph, layout, programs, buffers, bindings, steps, seed: 0, last: None, counts, kept: HashMap::new() };
        engine.gpu.check()?;
        Ok(engine)
    }

    pub fn counts(&self) -> Counts {
        self.counts
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
            let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
            Kept { buffer: buffer(device, "kept", bytes.max(4), usage), len: source.len }
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
                    let [x, y, z] = dispatch.groups;
                    pass.dispatch_workgroups(x, y, z);
                    self.counts.dispatches += 1;
                }
            }
        }
        self.gpu.queue.submit([encoder.finish()]);
        self.counts.submissions += 1;
        self.last = steps.last().map(|(program, _)| *program).filter(|_| read);
        Ok(())
    }

    /// Copies stretches of memory into one staging buffer and waits for it: however many they are, this costs one read-back.
    fn read(&self, sources: Vec<Buffer>) -> Pending<Vec<Vec<f32>>> {
        let len: usize = sources.iter().map(|b| b.len).sum();
        let staging = buffer(
            &self.gpu.device,
            "staging",
            (len.max(1) * 4) as u64,
            wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        );
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let mut at = 0;
        for source in sources.iter().filter(|b| b.len > 0) {
            let bytes = source.len as u64 * 4;
            encoder.copy_buffer_to_buffer(self.buffers.of(source.space), source.offset as u64 * 4, &staging, at, bytes);
            at += bytes;
        }
        self.gpu.queue.submit([encoder.finish()]);
        let gpu = self.gpu.clone();
        Box::pin(async move {
            let values = gpu.map(&staging).await?;
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
    fn of(&self, space: Space) -> &wgpu::Buffer {
        match space {
            Space::Vars => &self.vars,
            Space::Inputs => &self.inputs,
            Space::Arena => &self.arena,
        }
    }
}

fn buffer(device: &wgpu::Device, label: &str, size: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
}

/// Makes pipelines, one for each source, and the table of places.
struct Loader<'d> {
    device: &'d wgpu::Device,
    bindings: wgpu::BindGroupLayout,
    steps: wgpu::BindGroupLayout,
    layout: wgpu::PipelineLayout,
    pipelines: HashMap<String, wgpu::ComputePipeline>,
    table: Vec<Vec<u32>>,
}

impl<'d> Loader<'d> {
    fn new(device: &'d wgpu::Device) -> Self {
        let entry = |binding, ty, dynamic| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: dynamic, min_binding_size: None },
            count: None,
        };
        let layout = |entries: &[_]| device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries });
        let storage = wgpu::BufferBindingType::Storage { read_only: false };
        let uniform = wgpu::BufferBindingType::Uniform;
        let bindings = layout(&[
            entry(0, storage, false),
            entry(1, storage, false),
            entry(2, storage, false),
            entry(3, uniform, true),
            entry(4, uniform, false),
        ]);
        let steps = layout(&[entry(0, uniform, true)]);
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&bindings), Some(&steps)],
            immediate_size: 0,
        });
        Loader { device, bindings, steps, layout, pipelines: HashMap::new(), table: Vec::new() }
    }

    fn load(&mut self, number: usize, program: Program) -> Loaded {
        let shaders: Vec<Shader> = program.kernels.iter().filter_map(|kernel| kernels::shader(number, kernel)).collect();
        let dispatches = shaders.into_iter().map(|shader| self.dispatch(shader)).collect();
        Loaded { program, dispatches }
    }

    fn dispatch(&mut self, shader: Shader) -> Dispatch {
        let entry = self.table.iter().position(|places| *places == shader.places).unwrap_or_else(|| {
            self.table.push(shader.places.clone());
            self.table.len() - 1
        });
        Dispatch { groups: shader.groups, entry: entry as u32 * ENTRY as u32, pipeline: self.pipeline(shader) }
    }

    fn pipeline(&mut self, shader: Shader) -> wgpu::ComputePipeline {
        if let Some(known) = self.pipelines.get(&shader.source) {
            return known.clone();
        }
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(shader.text().into()),
        });
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: Some(&self.layout),
            module: &module,
            entry_point: Some("main"),
            compilation_options: Default::default(),
            cache: None,
        });
        self.pipelines.insert(shader.source, pipeline.clone());
        pipeline
    }

    fn bind(&self, gpu: &Gpu, buffers: &Buffers) -> (wgpu::BindGroup, wgpu::BindGroup) {
        let table = |label: &str, rows: &mut dyn Iterator<Item = &[u32]>| {
            let mut words: Vec<u32> = Vec::new();
            for row in rows {
                words.extend(row);
                words.resize(words.len().next_multiple_of(ENTRY as usize / 4), 0);
            }
            words.resize(words.len().max(ENTRY as usize / 4), 0);
            let usage = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
            let table = buffer(&gpu.device, label, words.len() as u64 * 4, usage);
            gpu.queue.write_buffer(&table, 0, bytemuck::cast_slice(&words));
            table
        };
        let places = table("places", &mut self.table.iter().map(Vec::as_slice));
        let numbers: Vec<u32> = (0..MOST_STEPS).collect();
        let steps = table("steps", &mut numbers.chunks(1));

        let part = |buffer, size| {
            wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer, offset: 0, size: wgpu::BufferSize::new(size) })
        };
        let bind = |layout, resources: Vec<wgpu::BindingResource>| {
            let entries: Vec<_> = resources
                .into_iter()
                .enumerate()
                .map(|(i, resource)| wgpu::BindGroupEntry { binding: i as u32, resource })
                .collect();
            gpu.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries })
        };
        let Buffers { vars, inputs, arena, run } = buffers;
        let whole = |buffer: &'_ wgpu::Buffer| buffer.size();
        let bindings = bind(
            &self.bindings,
            vec![
                part(vars, whole(vars)),
                part(inputs, whole(inputs)),
                part(arena, whole(arena)),
                part(&places, 4 * PLACES as u64),
                part(run, whole(run)),
            ],
        );
        (bindings, bind(&self.steps, vec![part(&steps, 16)]))
    }
}
