//! Pipelines, one for each source, kept as long as the device.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use terrarium_graph::Result;

use crate::gpu::Gpu;
use crate::shader::Shader;

/// The layouts that all kernels share, and every pipeline made so far.
pub struct Pipelines {
    /// The memories, the stretch of the table of places, and the run.
    pub bindings: wgpu::BindGroupLayout,
    /// How far a step is ahead of the submission's first.
    pub steps: wgpu::BindGroupLayout,
    layout: wgpu::PipelineLayout,
    known: Mutex<HashMap<String, wgpu::ComputePipeline>>,
}

impl Pipelines {
    pub fn new(device: &wgpu::Device) -> Self {
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
        Pipelines { bindings, steps, layout, known: Mutex::default() }
    }

    /// The pipeline of a shader, if it was compiled.
    pub fn get(&self, shader: &Shader) -> Option<wgpu::ComputePipeline> {
        self.known().get(&shader.source).cloned()
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, wgpu::ComputePipeline>> {
        // Entries are put in whole, so that a panic elsewhere leaves none that is wrong.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn make(&self, device: &wgpu::Device, shader: &Shader) -> wgpu::ComputePipeline {
        let source = wgpu::ShaderSource::Wgsl(shader.text().into());
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor { label: None, source });
        device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: Some(&self.layout),
            module: &module,
            entry_point: Some("main"),
            compilation_options: Default::default(),
            cache: None,
        })
    }
}

impl Gpu {
    /// Sees to it that there is a pipeline for each shader; `progress` hears how many of how many there are.
    ///
    /// # Errors
    /// Where the device refuses one.
    pub(crate) async fn compile<'s>(
        &self,
        shaders: impl Iterator<Item = &'s Shader>,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<()> {
        let mut sources: HashSet<&str> = HashSet::new();
        let new: Vec<&Shader> = {
            let known = self.pipelines.known();
            shaders.filter(|s| !known.contains_key(&s.source) && sources.insert(s.source.as_str())).collect()
        };
        for (done, shader) in new.iter().enumerate() {
            progress(done, new.len());
            // Waited for one by one: a page hands pipelines out at once and makes them elsewhere, where its picture is made too.
            let (pipeline, taken) = self.guarded(|device| self.pipelines.make(device, shader));
            taken.await?;
            self.pipelines.known().insert(shader.source.clone(), pipeline);
        }
        progress(new.len(), new.len());
        Ok(())
    }
}
