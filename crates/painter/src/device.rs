//! What both painters on WebGPU are made of.

use std::borrow::Cow;

use terrarium_labs::scene::Values;
use terrarium_webgpu::Gpu;

use crate::palette::Rgb;

/// Numbers for shaders to read, in a buffer that grows as needed.
pub struct Store {
    pub buffer: wgpu::Buffer,
}

impl Store {
    pub fn new(gpu: &Gpu) -> Store {
        // A binding must not be empty, and a point has two coordinates.
        Store { buffer: buffer(gpu, 2, wgpu::BufferUsages::STORAGE) }
    }

    /// Makes room for so many numbers. If that takes another buffer, what was in the old one is gone, and it says `true`.
    pub fn reserve(&mut self, gpu: &Gpu, len: usize) -> bool {
        let grows = self.buffer.size() < 4 * len as u64;
        if grows {
            self.buffer = buffer(gpu, len, wgpu::BufferUsages::STORAGE);
        }
        grows
    }

    /// Puts numbers at a place that was reserved: uploads them, or copies them on the device.
    pub fn put(&self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder, at: usize, values: &Values) {
        let at = 4 * at as u64;
        match values {
            Values::Host(numbers) => gpu.queue.write_buffer(&self.buffer, at, bytemuck::cast_slice(numbers)),
            Values::Device(kept) => encoder.copy_buffer_to_buffer(&kept.buffer, 0, &self.buffer, at, 4 * kept.len as u64),
        }
    }
}

fn buffer(gpu: &Gpu, len: usize, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 4 * len as u64,
        usage: usage | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

/// A buffer for what all shaders of a frame know.
pub fn uniform(gpu: &Gpu, rows: usize) -> wgpu::Buffer {
    buffer(gpu, 4 * rows, wgpu::BufferUsages::UNIFORM)
}

pub fn rgba(colour: Rgb, alpha: f32) -> [f32; 4] {
    let [r, g, b] = colour.map(|c| f32::from(c) / 255.0);
    [r, g, b, alpha]
}

pub fn layout(gpu: &Gpu, stages: wgpu::ShaderStages, types: &[wgpu::BindingType]) -> wgpu::BindGroupLayout {
    let entry = |(binding, &ty)| wgpu::BindGroupLayoutEntry { binding, visibility: stages, ty, count: None };
    let entries: Vec<_> = (0..).zip(types).map(entry).collect();
    gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries })
}

/// The layout of a [`uniform`] and so many [`Store`]s.
pub fn buffer_layout(gpu: &Gpu, stages: wgpu::ShaderStages, stores: usize) -> wgpu::BindGroupLayout {
    let binding = |ty| wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None };
    let mut types = vec![binding(wgpu::BufferBindingType::Storage { read_only: true }); 1 + stores];
    types[0] = binding(wgpu::BufferBindingType::Uniform);
    layout(gpu, stages, &types)
}

pub fn bind(gpu: &Gpu, layout: &wgpu::BindGroupLayout, resources: &[wgpu::BindingResource]) -> wgpu::BindGroup {
    let entries: Vec<_> =
        (0..).zip(resources.iter().cloned()).map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource }).collect();
    gpu.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries })
}

/// A shader module's text and its two entry points.
pub struct Shader {
    pub source: &'static str,
    pub vertex: &'static str,
    pub fragment: &'static str,
}

impl Shader {
    pub fn pipeline(
        &self,
        gpu: &Gpu,
        layouts: &[Option<&wgpu::BindGroupLayout>],
        topology: wgpu::PrimitiveTopology,
        targets: &[Option<wgpu::ColorTargetState>],
    ) -> wgpu::RenderPipeline {
        let module = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(Cow::Borrowed(self.source)),
        });
        let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: layouts,
            immediate_size: 0,
        });
        gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(self.fragment),
            layout: Some(&layout),
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some(self.vertex),
                compilation_options: Default::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState { topology, ..Default::default() },
            depth_stencil: None,
            multisample: Default::default(),
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some(self.fragment),
                compilation_options: Default::default(),
                targets,
            }),
            multiview_mask: None,
            cache: None,
        })
    }
}

/// A pass over the whole of some textures, which begin as one colour.
pub fn pass<'e>(encoder: &'e mut wgpu::CommandEncoder, targets: &[wgpu::TextureView], ground: [f32; 4]) -> wgpu::RenderPass<'e> {
    let [r, g, b, a] = ground.map(f64::from);
    let ops = wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a }), store: wgpu::StoreOp::Store };
    let attachment = |view| Some(wgpu::RenderPassColorAttachment { view, depth_slice: None, resolve_target: None, ops });
    let attachments: Vec<_> = targets.iter().map(attachment).collect();
    let descriptor = wgpu::RenderPassDescriptor { color_attachments: &attachments, ..Default::default() };
    encoder.begin_render_pass(&descriptor)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
pub mod tests {
    use super::*;

    /// Something to draw on.
    pub fn target(gpu: &Gpu, [width, height]: [u32; 2]) -> wgpu::TextureView {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8Unorm,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        texture.create_view(&Default::default())
    }
}
