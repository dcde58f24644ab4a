//! The plane on WebGPU.
//!
//! A frame is two passes. The first lays down how much of each pixel each layer covers, with every edge computed rather than
//! sampled: sixteen channels in four textures, one channel for each thing that is painted as one, in which the largest
//! coverage counts. The second pass is one triangle that lays the layers' colours over each other. So crossing lines of a
//! layer do not shine through each other, as in a 2-D canvas, and the order of drawing does not matter.

use std::sync::Arc;

use terrarium_labs::scene::{Plane, Values};
use terrarium_webgpu::Gpu;

use super::pipelines::{COVER_FORMAT, COVER_TEXTURES, Pipelines, STORES};
use crate::device::{Store, bind, pass, rgba, uniform};
use crate::hanging::len;
use crate::look::{ARROW_HEAD, ARROW_SLOPE, Dots, Ink, LEAP, LONGEST_ARROW, Look, Stroke, TRAIL};
use crate::view::View;

/// Scenes that a trail is made of: earlier ones and the present.
const SLOTS: usize = TRAIL + 1;

/// `Frame` in `frame.wgsl`, row for row.
type Frame = [[f32; 4]; 18];

/// Draws planes of one run.
pub struct PlanePainter {
    gpu: Gpu,
    pipelines: Pipelines,
    frame: wgpu::Buffer,
    stores: Stores,
    bindings: wgpu::BindGroup,
    /// The real points that were uploaded.
    real: Arc<[[f32; 2]]>,
    trail: Trail,
    cover: Cover,
}

/// The layers' numbers.
struct Stores {
    real: Store,
    /// The generated points of the last scenes, in a ring.
    generated: Store,
    grid: Store,
    arrows: Store,
    surface: Store,
}

/// Which scenes are in the ring of generated points.
#[derive(Clone, Copy, Default)]
struct Trail {
    /// Points in a scene; 0 where there was none.
    points: usize,
    /// Where in the ring the present scene is.
    newest: usize,
    /// How many there are before it.
    earlier: usize,
    step: u32,
}

/// The textures that the layers' coverage is laid down in.
struct Cover {
    size: [u32; 2],
    layers: Vec<wgpu::TextureView>,
    bindings: wgpu::BindGroup,
}

/// How much there is to draw of each layer.
struct Counts {
    real: usize,
    trail: usize,
    generated: usize,
    arrows: usize,
    rows: usize,
    columns: usize,
    surface_side: usize,
}

impl PlanePainter {
    pub fn new(gpu: &Gpu, format: wgpu::TextureFormat) -> PlanePainter {
        let pipelines = Pipelines::new(gpu, format);
        let frame = uniform(gpu, size_of::<Frame>() / size_of::<[f32; 4]>());
        let new = || Store::new(gpu);
        let stores = Stores { real: new(), generated: new(), grid: new(), arrows: new(), surface: new() };
        PlanePainter {
            bindings: stores.bind(gpu, &pipelines.frame_layout, &frame),
            cover: Cover::new(gpu, &pipelines.cover_layout, [1, 1]),
            gpu: gpu.clone(),
            pipelines,
            frame,
            stores,
            real: Arc::default(),
            trail: Trail::default(),
        }
    }

    pub fn forget_trails(&mut self) {
        self.trail = Trail::default();
    }

    pub fn paint(&mut self, scene: &Plane, view: View, target: &wgpu::TextureView) {
        if self.cover.size != view.size {
            self.cover = Cover::new(&self.gpu, &self.pipelines.cover_layout, view.size);
        }
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let counts = self.take_in(scene, &mut encoder);
        self.gpu.queue.write_buffer(&self.frame, 0, bytemuck::cast_slice(&self.frame(&counts, view)));
        self.lay_down(&counts, &mut encoder);
        let mut pass = pass(&mut encoder, std::slice::from_ref(target), [0.0; 4]);
        pass.set_pipeline(&self.pipelines.compose);
        pass.set_bind_group(0, &self.bindings, &[]);
        pass.set_bind_group(1, &self.cover.bindings, &[]);
        pass.draw(0..3, 0..1);
        drop(pass);
        self.gpu.queue.submit([encoder.finish()]);
    }

    /// Brings a scene's numbers to where the shaders find them.
    fn take_in(&mut self, scene: &Plane, encoder: &mut wgpu::CommandEncoder) -> Counts {
        let layers = scene.layers;
        let points = scene.generated.as_ref().map_or(0, len) / 2;
        self.trail = self.trail.followed_by(points, scene.step);
        let arrows = scene.arrows.as_ref().filter(|_| layers.arrows);
        let grid = scene.grid.as_ref().filter(|grid| len(&grid.points) >= 2 * grid.rows * grid.columns);
        let surface = scene.surface.as_ref().filter(|surface| len(&surface.realness) >= surface.side * surface.side);
        let [grid_points, realness] = [grid.map(|g| &g.points), surface.map(|s| &s.realness)];

        let Stores { real, generated, grid: grid_store, arrows: arrow_store, surface: surface_store } = &mut self.stores;
        let grown = [
            real.reserve(&self.gpu, 2 * scene.real.len()),
            generated.reserve(&self.gpu, 2 * points * SLOTS),
            grid_store.reserve(&self.gpu, grid_points.map_or(0, len)),
            arrow_store.reserve(&self.gpu, arrows.map_or(0, len)),
            surface_store.reserve(&self.gpu, realness.map_or(0, len)),
        ];
        if grown.contains(&true) {
            self.bindings = self.stores.bind(&self.gpu, &self.pipelines.frame_layout, &self.frame);
        }
        // The real points are the same ones all through a run.
        if !Arc::ptr_eq(&self.real, &scene.real) {
            self.real = scene.real.clone();
            self.gpu.queue.write_buffer(&self.stores.real.buffer, 0, bytemuck::cast_slice(&scene.real));
        }
        let mut put = |store: &Store, at, values: Option<&Values>| {
            if let Some(values) = values {
                store.put(&self.gpu, encoder, at, values);
            }
        };
        put(&self.stores.generated, 2 * points * self.trail.newest, scene.generated.as_ref());
        put(&self.stores.arrows, 0, arrows);
        put(&self.stores.grid, 0, grid_points);
        put(&self.stores.surface, 0, realness);
        Counts {
            real: if layers.real { scene.real.len() } else { 0 },
            trail: if layers.trails { points * self.trail.earlier } else { 0 },
            generated: if layers.generated { points } else { 0 },
            arrows: points.min(arrows.map_or(0, len) / 2),
            rows: grid.map_or(0, |grid| grid.rows),
            columns: grid.map_or(0, |grid| grid.columns),
            surface_side: surface.map_or(0, |surface| surface.side),
        }
    }

    fn frame(&self, counts: &Counts, view: View) -> Frame {
        let Look { palette, grid, real, trail, generated, arrow_halo, arrow } = Look::of(view.dark);
        let Trail { points, newest, earlier, .. } = self.trail;
        let opaque = |colour| rgba(colour, 1.0);
        let ink = |Ink { colour, alpha }| rgba(colour, alpha);
        let half = |stroke: Stroke| view.length(stroke.width) / 2.0;
        let dot = |dots: Dots| [view.length(dots.radius), half(dots.rim)];
        let ([real_radius, real_rim], [generated_radius, generated_rim]) = (dot(real), dot(generated));
        [
            [view.size[0] as f32, view.size[1] as f32, view.unit(), View::FAR],
            [points, newest, earlier, SLOTS].map(|n| n as f32),
            [counts.rows, counts.columns, counts.arrows, counts.surface_side].map(|n| n as f32),
            [LEAP, LONGEST_ARROW, view.length(ARROW_HEAD), ARROW_SLOPE],
            [real_radius, real_rim, generated_radius, generated_rim],
            [grid, trail, arrow_halo, arrow].map(half),
            opaque(palette.ground),
            opaque(palette.surface[0]),
            opaque(palette.surface[1]),
            opaque(palette.surface[2]),
            ink(grid.ink),
            ink(real.rim.ink),
            ink(real.fill),
            ink(trail.ink),
            ink(generated.rim.ink),
            ink(generated.fill),
            ink(arrow_halo.ink),
            ink(arrow.ink),
        ]
    }

    fn lay_down(&self, counts: &Counts, encoder: &mut wgpu::CommandEncoder) {
        let Pipelines { grid, real, trail, generated, arrows, .. } = &self.pipelines;
        let mut pass = pass(encoder, &self.cover.layers, [0.0; 4]);
        pass.set_bind_group(0, &self.bindings, &[]);
        for (pipeline, instances) in [
            // Along the rows, and along the columns.
            (grid, 2 * counts.rows * counts.columns),
            (real, counts.real),
            (trail, counts.trail),
            (generated, counts.generated),
            (arrows, counts.arrows),
        ] {
            if instances > 0 {
                pass.set_pipeline(pipeline);
                pass.draw(0..4, 0..instances as u32);
            }
        }
    }
}

impl Stores {
    fn bind(&self, gpu: &Gpu, layout: &wgpu::BindGroupLayout, frame: &wgpu::Buffer) -> wgpu::BindGroup {
        // In the order of `frame.wgsl`.
        let stores: [&Store; STORES] = [&self.real, &self.generated, &self.grid, &self.arrows, &self.surface];
        let mut resources = vec![frame.as_entire_binding()];
        resources.extend(stores.map(|store| store.buffer.as_entire_binding()));
        bind(gpu, layout, &resources)
    }
}

impl Trail {
    /// The trail with a scene of so many points added, or put in the place of the last if it is of the same step.
    fn followed_by(self, points: usize, step: u32) -> Trail {
        if points != self.points {
            Trail { points, step, ..Trail::default() }
        } else if step == self.step {
            self
        } else {
            Trail { points, newest: (self.newest + 1) % SLOTS, earlier: (self.earlier + 1).min(TRAIL), step }
        }
    }
}

impl Cover {
    fn new(gpu: &Gpu, layout: &wgpu::BindGroupLayout, [width, height]: [u32; 2]) -> Cover {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("coverage"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: COVER_TEXTURES as u32 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: COVER_FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
            view_formats: &[],
        });
        let layer = |layer| {
            texture.create_view(&wgpu::TextureViewDescriptor {
                dimension: Some(wgpu::TextureViewDimension::D2),
                base_array_layer: layer,
                array_layer_count: Some(1),
                ..Default::default()
            })
        };
        let all = texture.create_view(&Default::default());
        Cover {
            size: [width, height],
            layers: (0..COVER_TEXTURES as u32).map(layer).collect(),
            bindings: bind(gpu, layout, &[wgpu::BindingResource::TextureView(&all)]),
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use terrarium_labs::scene::Layers;

    use super::*;
    use crate::device::tests::target;

    #[test]
    fn frames_of_one_size_use_what_was_made_for_the_first() {
        let gpu = pollster::block_on(Gpu::request()).expect("a device");
        let view = View { size: [64, 64], ..View::default() };
        let layers = Layers { real: true, generated: true, trails: true, surface: false, grid: false, arrows: true };
        let target = target(&gpu, view.size);
        let mut painter = PlanePainter::new(&gpu, target.texture().format());
        let mut frame = |step, points: usize| {
            let values = Some(Values::Host(vec![0.5; 2 * points]));
            let scene = Plane { layers, step, generated: values.clone(), arrows: values, ..Plane::default() };
            painter.paint(&scene, view, &target);
            (painter.bindings.clone(), painter.cover.bindings.clone())
        };
        let first = frame(0, 9);
        assert!((1..20).all(|step| frame(step, 9) == first));
        // Fewer points need no more room, more do.
        assert!(frame(20, 5) == first && frame(21, 10) != first);
        gpu.check().expect("no command was refused");
    }
}
