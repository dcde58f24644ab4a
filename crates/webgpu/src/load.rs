//! Loading a graph: its plans, its pipelines, and all the memory that its runs will use.

use std::collections::HashMap;
use std::sync::Arc;

use terrarium_graph::plan::{Layout, Program, Purpose, plan_for};
use terrarium_graph::{Graph, ProgramId, Result};

use crate::gpu::{Gpu, error};
use crate::shader::{PLACES, Shader};
use crate::{Buffers, Counts, Dispatch, ENTRY, Loaded, MOST_PROGRAMS, MOST_STEPS, WebGpu, kernels};

impl WebGpu {
    /// Plans all programs of a graph, compiles what they need and makes their memory. Variables and inputs are zero until they
    /// are written. `progress` hears how many of how many kernels are compiled; those that an earlier load on the same device
    /// has compiled are not counted.
    ///
    /// # Errors
    /// Where the graph needs more memory than the device has, has too many programs, or the device refuses a kernel.
    pub async fn load(gpu: Gpu, graph: Arc<Graph>, progress: impl FnMut(usize, usize)) -> Result<WebGpu> {
        gpu.check()?;
        if graph.programs.len() > MOST_PROGRAMS {
            return Err(error(format!("a graph can have {MOST_PROGRAMS} programs, not {}", graph.programs.len())));
        }
        let layout = Layout::of(&graph);
        let plans: Vec<[Planned; 2]> =
            graph.program_ids().map(|id| [false, true].map(|unread| Planned::new(&gpu, &graph, id, unread))).collect();
        let shaders = || plans.iter().flatten().flat_map(|planned| &planned.shaders);
        if shaders().any(|shader| shader.places.len() > PLACES) {
            return Err(error(format!("a kernel needs more than {PLACES} buffers")));
        }
        gpu.compile(shaders(), progress).await?;

        let mut table: Vec<Vec<u32>> = Vec::new();
        let mut dispatch = |shader: &Shader| {
            let entry = table.iter().position(|places| *places == shader.places).unwrap_or_else(|| {
                table.push(shader.places.clone());
                table.len() - 1
            });
            let pipeline = gpu.pipelines.get(shader).ok_or_else(|| error("a kernel was not compiled"))?;
            Ok(Dispatch { pipeline, entry: entry as u32 * ENTRY as u32, groups: shader.groups })
        };
        let mut loaded = |planned: Planned| -> Result<Loaded> {
            Ok(Loaded { dispatches: planned.shaders.iter().map(&mut dispatch).collect::<Result<_>>()?, program: planned.program })
        };
        let arena = plans.iter().flatten().map(|p| p.program.arena_len).max().unwrap_or(0);
        let programs: Vec<[Loaded; 2]> =
            plans.into_iter().map(|[read, unread]| Ok([loaded(read)?, loaded(unread)?])).collect::<Result<_>>()?;

        for (what, len) in [("parameters", layout.vars_len()), ("data", layout.inputs_len()), ("layers' values", arena)] {
            let most = gpu.device.limits().max_buffer_size.min(gpu.device.limits().max_storage_buffer_binding_size);
            if len as u64 * 4 > most {
                let needed = len >> 18;
                return Err(error(format!("the {what} need {needed} MB in one piece, and the device has {}", most >> 20)));
            }
        }
        let ((buffers, bindings, steps), taken) = gpu.guarded(|device| {
            let buffers = Buffers::new(device, [layout.vars_len(), layout.inputs_len(), arena], table.len());
            let (bindings, steps) = bind(&gpu, &buffers);
            (buffers, bindings, steps)
        });
        taken.await?;
        gpu.queue.write_buffer(&buffers.places, 0, bytemuck::cast_slice(&spaced(&table)));
        let numbers: Vec<[u32; 1]> = (0..MOST_STEPS).map(|step| [step]).collect();
        gpu.queue.write_buffer(&buffers.steps, 0, bytemuck::cast_slice(&spaced(&numbers)));
        let (counts, kept) = (Counts::default(), HashMap::new());
        Ok(WebGpu { gpu, graph, layout, programs, buffers, bindings, steps, seed: 0, last: None, counts, kept })
    }
}

/// A program and the shaders of its waves.
struct Planned {
    program: Program,
    shaders: Vec<Shader>,
}

impl Planned {
    fn new(gpu: &Gpu, graph: &Graph, id: ProgramId, unread: bool) -> Self {
        let program = plan_for(Purpose { unread, side_by_side: true }, graph, id);
        Planned { shaders: kernels::shaders(id.index(), &program, gpu.threads()), program }
    }
}

/// The rows of a table, each at the beginning of an entry.
fn spaced(rows: &[impl AsRef<[u32]>]) -> Vec<u32> {
    let mut words = Vec::new();
    for row in rows {
        words.extend(row.as_ref());
        words.resize(words.len().next_multiple_of(ENTRY as usize / 4), 0);
    }
    words
}

/// The bind group of all kernels, and that of a step.
fn bind(gpu: &Gpu, buffers: &Buffers) -> (wgpu::BindGroup, wgpu::BindGroup) {
    let part =
        |buffer, size| wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer, offset: 0, size: wgpu::BufferSize::new(size) });
    let bind = |layout, resources: Vec<wgpu::BindingResource>| {
        let entries: Vec<_> = (0..).zip(resources).map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource }).collect();
        gpu.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries })
    };
    let Buffers { vars, inputs, arena, run, places, steps } = buffers;
    let memories = vec![
        vars.as_entire_binding(),
        inputs.as_entire_binding(),
        arena.as_entire_binding(),
        part(places, 4 * PLACES as u64),
        run.as_entire_binding(),
    ];
    (bind(&gpu.pipelines.bindings, memories), bind(&gpu.pipelines.steps, vec![part(steps, 16)]))
}
