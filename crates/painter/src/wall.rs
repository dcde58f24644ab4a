//! Many small pictures side by side, as a generator of pictures makes them.

use terrarium_labs::scene::Values;
use terrarium_webgpu::Gpu;

use crate::device::{Shader, Store, bind, buffer_layout, len, pass, rgba, uniform};
use crate::palette::Palette;
use crate::view::View;

/// Pictures of one size.
pub struct Images<'v> {
    /// From 0, black, to 1: `[count, height, width, channels]`.
    pub values: &'v Values,
    pub count: usize,
    pub height: usize,
    pub width: usize,
    /// 1 for grey, 3 for red, green and blue.
    pub channels: usize,
    /// Whether what lies between a picture's pixels is interpolated.
    pub smooth: bool,
}

/// The gap between pictures in CSS pixels.
const GAP: f32 = 4.0;

/// `Frame` in `wall.wgsl`, row for row.
type Frame = [[f32; 4]; 4];

/// Draws pictures with WebGPU as a wall: row after row, as large as they all fit.
pub struct Wall {
    gpu: Gpu,
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    frame: wgpu::Buffer,
    values: Store,
    bindings: wgpu::BindGroup,
}

impl Wall {
    /// A wall for textures of a format, which must not be one that converts to sRGB.
    pub fn new(gpu: &Gpu, format: wgpu::TextureFormat) -> Wall {
        let layout = buffer_layout(gpu, wgpu::ShaderStages::FRAGMENT, 1);
        let shader = Shader { source: include_str!("wall.wgsl"), vertex: "everywhere", fragment: "hang" };
        let triangles = wgpu::PrimitiveTopology::TriangleList;
        let pipeline = shader.pipeline(gpu, &[Some(&layout)], triangles, &[Some(format.into())]);
        let (frame, values) = (uniform(gpu, size_of::<Frame>() / size_of::<[f32; 4]>()), Store::new(gpu));
        let bindings = bind(gpu, &layout, &[&frame, &values.buffer].map(wgpu::Buffer::as_entire_binding));
        Wall { gpu: gpu.clone(), pipeline, layout, frame, values, bindings }
    }

    /// Draws on a target of the view's size; fewer pictures if there are fewer values. Numbers on a device must be on the
    /// painter's.
    pub fn paint(&mut self, images: &Images, view: View, target: &wgpu::TextureView) {
        let one = images.height * images.width * images.channels;
        let count = images.count.min(len(images.values).checked_div(one).unwrap_or(0));
        if self.values.reserve(&self.gpu, len(images.values)) {
            let buffers = [&self.frame, &self.values.buffer];
            self.bindings = bind(&self.gpu, &self.layout, &buffers.map(wgpu::Buffer::as_entire_binding));
        }
        let gap = (GAP * view.scale).round();
        let Hanging { columns, start, picture } = hang(count, [images.width, images.height], view.size, gap);
        let shape = [images.height, images.width, images.channels].map(|n| n as f32);
        let frame: Frame = [
            [start[0], start[1], picture[0], picture[1]],
            [picture[0] + gap, picture[1] + gap, columns as f32, count as f32],
            [shape[0], shape[1], shape[2], f32::from(u8::from(images.smooth))],
            rgba(Palette::of(view.dark).ground, 1.0),
        ];
        self.gpu.queue.write_buffer(&self.frame, 0, bytemuck::cast_slice(&frame));
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.values.put(&self.gpu, &mut encoder, 0, images.values);
        let mut pass = pass(&mut encoder, std::slice::from_ref(target));
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bindings, &[]);
        pass.draw(0..3, 0..1);
        drop(pass);
        self.gpu.queue.submit([encoder.finish()]);
    }
}

/// Where pictures hang, in device pixels.
#[derive(Debug, PartialEq)]
struct Hanging {
    columns: usize,
    /// Where the first begins.
    start: [f32; 2],
    /// How large one is.
    picture: [f32; 2],
}

/// Finds the number of columns that lets pictures of a size, width first, be largest.
fn hang(count: usize, [width, height]: [usize; 2], view: [u32; 2], gap: f32) -> Hanging {
    let view = view.map(|side| side as f32);
    let rows = |columns: usize| count.div_ceil(columns);
    let room = |side: f32, pictures: usize, size: usize| (side - gap * (pictures + 1) as f32) / (pictures * size) as f32;
    // Device pixels to a pixel of a picture.
    let zoom = |columns: usize| room(view[0], columns, width).min(room(view[1], rows(columns), height));
    let columns = (1..=count.max(1)).max_by(|a, b| zoom(*a).total_cmp(&zoom(*b))).unwrap_or(1);
    let zoom = if count > 0 { zoom(columns).max(0.0) } else { 0.0 };
    // Whole pixels, so that all gaps are alike.
    let picture = [width, height].map(|size| (zoom * size as f32).floor().max(1.0));
    let wall = |pictures: usize, size: f32| pictures as f32 * (size + gap) - gap;
    let start =
        [((view[0] - wall(columns, picture[0])) / 2.0).floor(), ((view[1] - wall(rows(columns), picture[1])) / 2.0).floor()];
    Hanging { columns, start, picture }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_hang_as_large_as_they_all_fit() {
        let hanging = hang(6, [28, 28], [300, 204], 4.0);
        // 3 × 2: across, 300 − 4 · 4 by 3 is 94; down, 204 − 3 · 4 by 2 is 96.
        assert_eq!(hanging, Hanging { columns: 3, start: [5.0, 6.0], picture: [94.0, 94.0] });
        assert_eq!(hang(0, [28, 28], [300, 200], 4.0).columns, 1);
        assert_eq!(hang(3, [8, 8], [20, 200], 2.0).columns, 1);
        assert_eq!(hang(3, [8, 8], [200, 20], 2.0).columns, 3);
    }
}
