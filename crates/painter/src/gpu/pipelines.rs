//! The shaders of a plane.

use terrarium_webgpu::Gpu;

use crate::device::{Shader, buffer_layout, layout};

pub const COVER_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
pub const COVER_TEXTURES: usize = 4;

/// Numbers of layers that the shaders read.
pub const STORES: usize = 5;

/// What draws the layers, and what puts them together.
pub struct Pipelines {
    pub grid: wgpu::RenderPipeline,
    pub real: wgpu::RenderPipeline,
    pub trail: wgpu::RenderPipeline,
    pub generated: wgpu::RenderPipeline,
    pub arrows: wgpu::RenderPipeline,
    pub compose: wgpu::RenderPipeline,
    pub frame_layout: wgpu::BindGroupLayout,
    pub cover_layout: wgpu::BindGroupLayout,
}

impl Pipelines {
    pub fn new(gpu: &Gpu, format: wgpu::TextureFormat) -> Pipelines {
        let frame_layout = buffer_layout(gpu, wgpu::ShaderStages::VERTEX_FRAGMENT, STORES);
        let cover = wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: false },
            view_dimension: wgpu::TextureViewDimension::D2Array,
            multisampled: false,
        };
        let cover_layout = layout(gpu, wgpu::ShaderStages::FRAGMENT, &[cover]);
        // Which of the four textures a shader writes is told by the shader, and once more here.
        let shape = |vertex, fragment, written: [bool; COVER_TEXTURES]| {
            let source = concat!(include_str!("frame.wgsl"), include_str!("quad.wgsl"), include_str!("shapes.wgsl"));
            let strip = wgpu::PrimitiveTopology::TriangleStrip;
            Shader { source, vertex, fragment }.pipeline(gpu, &[Some(&frame_layout)], strip, &written.map(cover_target))
        };
        let compose = Shader {
            source: concat!(include_str!("frame.wgsl"), include_str!("compose.wgsl")),
            vertex: "everywhere",
            fragment: "compose",
        };
        let layouts = [Some(&frame_layout), Some(&cover_layout)];
        Pipelines {
            grid: shape("grid_line", "cover_grid", [false, true, false, false]),
            real: shape("real_dot", "cover_real", [true, false, false, false]),
            trail: shape("trail_line", "cover_trail", [false, false, true, true]),
            generated: shape("generated_dot", "cover_generated", [true, false, false, false]),
            arrows: shape("arrow_line", "cover_arrow", [false, true, false, false]),
            compose: compose.pipeline(gpu, &layouts, wgpu::PrimitiveTopology::TriangleList, &[Some(format.into())]),
            frame_layout,
            cover_layout,
        }
    }
}

/// A texture of coverage as a pipeline sees it: it keeps the largest, or is left alone.
fn cover_target(written: bool) -> Option<wgpu::ColorTargetState> {
    let largest = wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::One,
        dst_factor: wgpu::BlendFactor::One,
        operation: wgpu::BlendOperation::Max,
    };
    Some(wgpu::ColorTargetState {
        format: COVER_FORMAT,
        blend: written.then_some(wgpu::BlendState { color: largest, alpha: largest }),
        write_mask: if written { wgpu::ColorWrites::ALL } else { wgpu::ColorWrites::empty() },
    })
}
