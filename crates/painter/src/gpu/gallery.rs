//! Galleries on WebGPU.
//!
//! A frame is one pass over the ground: a rectangle for each wall, whose shader finds for each of its pixels the picture and the
//! place in it; then the rims of all dots, and then all their fills.

use std::sync::Arc;

use terrarium_labs::scene::{Dots, Gallery, Wall};
use terrarium_webgpu::Gpu;

use crate::device::{Shader, Store, bind, buffer_layout, pass, rgba, uniform};
use crate::hanging::{Hanging, hang, len};
use crate::look::Look;
use crate::view::View;

/// `Frame` in `gallery.wgsl`, row for row.
type Frame = [[f32; 4]; 14];

/// `Wall` in `gallery.wgsl`, number for number; fractions are given by their bits.
type Row = [u32; 16];

/// Draws galleries. Buffers are made when they are first needed and used again.
pub struct GalleryPainter {
    gpu: Gpu,
    walls: wgpu::RenderPipeline,
    rims: wgpu::RenderPipeline,
    fills: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    frame: wgpu::Buffer,
    stores: Stores,
    bindings: wgpu::BindGroup,
    /// The kinds that were uploaded.
    kinds: Arc<[u8]>,
}

struct Stores {
    walls: Store,
    /// The pixels of all walls, one after the other.
    pixels: Store,
    points: Store,
    kinds: Store,
}

impl GalleryPainter {
    pub fn new(gpu: &Gpu, format: wgpu::TextureFormat) -> GalleryPainter {
        let layout = buffer_layout(gpu, wgpu::ShaderStages::VERTEX_FRAGMENT, 4);
        let pipeline = |vertex, fragment| {
            let source = concat!(include_str!("gallery.wgsl"), include_str!("quad.wgsl"));
            let target =
                wgpu::ColorTargetState { blend: Some(wgpu::BlendState::ALPHA_BLENDING), ..wgpu::ColorTargetState::from(format) };
            let strip = wgpu::PrimitiveTopology::TriangleStrip;
            Shader { source, vertex, fragment }.pipeline(gpu, &[Some(&layout)], strip, &[Some(target)])
        };
        let frame = uniform(gpu, size_of::<Frame>() / size_of::<[f32; 4]>());
        let new = || Store::new(gpu);
        let mut stores = Stores { walls: new(), pixels: new(), points: new(), kinds: new() };
        // A binding must hold a wall even where there is none.
        stores.walls.reserve(gpu, size_of::<Row>() / size_of::<u32>());
        GalleryPainter {
            gpu: gpu.clone(),
            walls: pipeline("wall_quad", "hang"),
            rims: pipeline("kind_dot", "paint_rim"),
            fills: pipeline("kind_dot", "paint_fill"),
            bindings: stores.bind(gpu, &layout, &frame),
            layout,
            frame,
            stores,
            kinds: Arc::default(),
        }
    }

    pub fn paint(&mut self, gallery: &Gallery, view: View, target: &wgpu::TextureView) {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let hung: Vec<_> = gallery.walls.iter().filter_map(|wall| Some((wall, hang(wall, view)?))).collect();
        self.take_in(&hung, gallery.dots.as_ref(), &mut encoder);
        let look = Look::of(view.dark);
        let ground = rgba(look.palette.ground, 1.0);
        self.gpu.queue.write_buffer(&self.frame, 0, bytemuck::cast_slice(&frame(&look, view)));
        let dots = gallery.dots.as_ref().map_or(0, |dots| dots.kinds.len().min(len(&dots.points) / 2));

        let mut pass = pass(&mut encoder, std::slice::from_ref(target), ground);
        pass.set_bind_group(0, &self.bindings, &[]);
        for (pipeline, instances) in [(&self.walls, hung.len()), (&self.rims, dots), (&self.fills, dots)] {
            if instances > 0 {
                pass.set_pipeline(pipeline);
                pass.draw(0..4, 0..instances as u32);
            }
        }
        drop(pass);
        self.gpu.queue.submit([encoder.finish()]);
    }

    /// Brings a gallery's numbers to where the shaders find them.
    fn take_in(&mut self, hung: &[(&Wall, Hanging)], dots: Option<&Dots>, encoder: &mut wgpu::CommandEncoder) {
        // Where each wall's pixels begin.
        let mut firsts = Vec::with_capacity(hung.len());
        let mut end = 0;
        for (wall, _) in hung {
            firsts.push(end);
            end += len(&wall.pixels);
        }
        let Stores { walls, pixels, points, kinds } = &mut self.stores;
        let grown = [
            walls.reserve(&self.gpu, hung.len() * size_of::<Row>() / size_of::<u32>()),
            pixels.reserve(&self.gpu, end),
            points.reserve(&self.gpu, dots.map_or(0, |dots| len(&dots.points))),
            kinds.reserve(&self.gpu, dots.map_or(0, |dots| dots.kinds.len())),
        ];
        if grown.contains(&true) {
            self.bindings = self.stores.bind(&self.gpu, &self.layout, &self.frame);
        }
        let rows: Vec<Row> = hung.iter().zip(&firsts).map(|((wall, hanging), first)| row(wall, hanging, *first)).collect();
        self.gpu.queue.write_buffer(&self.stores.walls.buffer, 0, bytemuck::cast_slice(&rows));
        for ((wall, _), first) in hung.iter().zip(firsts) {
            self.stores.pixels.put(&self.gpu, encoder, first, &wall.pixels);
        }
        let Some(dots) = dots else { return };
        self.stores.points.put(&self.gpu, encoder, 0, &dots.points);
        // Labels are often the same ones all through a run.
        if !Arc::ptr_eq(&self.kinds, &dots.kinds) {
            self.kinds = dots.kinds.clone();
            let kinds: Vec<u32> = dots.kinds.iter().map(|kind| u32::from(*kind)).collect();
            self.gpu.queue.write_buffer(&self.stores.kinds.buffer, 0, bytemuck::cast_slice(&kinds));
        }
    }
}

impl Stores {
    fn bind(&self, gpu: &Gpu, layout: &wgpu::BindGroupLayout, frame: &wgpu::Buffer) -> wgpu::BindGroup {
        // In the order of `gallery.wgsl`.
        let buffers = [frame, &self.walls.buffer, &self.pixels.buffer, &self.points.buffer, &self.kinds.buffer];
        bind(gpu, layout, &buffers.map(wgpu::Buffer::as_entire_binding))
    }
}

fn frame(look: &Look, view: View) -> Frame {
    let [width, height] = view.size.map(|side| side as f32);
    let dot = look.kind(0);
    let mut frame = [[0.0; 4]; 14];
    frame[0] = [width, height, view.edge() / 2.0, View::FAR_OFF];
    frame[1] = [view.length(dot.radius), view.length(dot.rim.width) / 2.0, 0.0, 0.0];
    frame[2] = rgba(dot.rim.ink.colour, dot.rim.ink.alpha);
    frame[3] = rgba(look.palette.ground, 1.0);
    for (kind, row) in (0..).zip(&mut frame[4..]) {
        let fill = look.kind(kind).fill;
        *row = rgba(fill.colour, fill.alpha);
    }
    frame
}

/// That all this fits in 32 bits, [`hang`] has seen to.
fn row(wall: &Wall, hanging: &Hanging, first: usize) -> Row {
    let Hanging { rows, columns, count, start, picture, pitch, smooth } = *hanging;
    let [height, width, channels] = wall.size;
    let mut row = [0; 16];
    row[..6].copy_from_slice([start, picture, pitch].map(|pair| pair.map(f32::to_bits)).as_flattened());
    let numbers = [columns, rows, width, height, channels, count, first, usize::from(wall.joined), usize::from(smooth)];
    row[6..15].copy_from_slice(&numbers.map(|n| n as u32));
    row
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use terrarium_labs::scene::Values;

    use super::*;
    use crate::device::tests::target;

    #[test]
    fn frames_of_one_size_use_what_was_made_for_the_first() {
        let gpu = pollster::block_on(Gpu::request()).expect("a device");
        let view = View { size: [64, 64], ..View::default() };
        let target = target(&gpu, view.size);
        let mut painter = GalleryPainter::new(&gpu, target.texture().format());
        let mut frame = |pictures: usize, dots: usize| {
            let wall = |joined| {
                let pixels = Values::Host(vec![0.5; 4 * pictures]);
                Wall { place: [0.0, 0.0, 1.0, 1.0], rows: 1, columns: pictures, size: [2, 2, 1], pixels, joined }
            };
            let dots = Dots { points: Values::Host(vec![0.5; 2 * dots]), kinds: vec![0; dots].into() };
            painter.paint(&Gallery { walls: vec![wall(false), wall(true)], dots: Some(dots) }, view, &target);
            painter.bindings.clone()
        };
        let first = frame(9, 9);
        assert!((0..20).all(|_| frame(9, 9) == first));
        // Fewer need no more room, more do.
        assert!(frame(5, 5) == first);
        let more = frame(10, 9);
        assert!(more != first && frame(9, 10) != more);
        gpu.check().expect("no command was refused");
    }
}
