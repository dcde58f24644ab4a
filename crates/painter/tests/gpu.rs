//! What the painter on WebGPU promises, pixel by pixel, on whatever device there is.
#![cfg(not(target_arch = "wasm32"))]

use std::sync::Arc;

use terrarium_labs::protocol::Layers;
use terrarium_labs::scene::{HALF_SIDE, Scene, Surface, Values, WarpedGrid};
use terrarium_painter::palette::{Palette, Rgb};
use terrarium_painter::{GpuPainter, Images, Ink, Look, View, Wall};
use terrarium_webgpu::{Gpu, Kept};

const ALL: Layers = Layers { real: true, generated: true, trails: true, surface: true, grid: true, arrows: true };
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Odd, so that the plane's middle is a pixel's.
const SQUARE: View = View { size: [201, 201], scale: 1.0, dark: false };

fn gpu() -> Gpu {
    pollster::block_on(Gpu::request()).expect("a device")
}

#[derive(PartialEq)]
struct Picture {
    size: [u32; 2],
    pixels: Vec<[u8; 4]>,
}

impl Picture {
    fn pixel(&self, x: u32, y: u32) -> Rgb {
        let [r, g, b, _] = self.pixels[(y * self.size[0] + x) as usize];
        [r, g, b]
    }

    /// The pixel at a place of the plane.
    fn at(&self, x: f32, y: f32) -> Rgb {
        let [width, height] = self.size.map(|side| side as f32);
        let unit = width.min(height) / (2.0 * HALF_SIDE);
        self.pixel((width / 2.0 + unit * x) as u32, (height / 2.0 - unit * y) as u32)
    }

    fn colours(&self) -> usize {
        let mut pixels = self.pixels.clone();
        pixels.sort();
        pixels.dedup();
        pixels.len()
    }
}

/// What is drawn on a texture of a view's size.
fn picture(gpu: &Gpu, view: View, draw: impl FnOnce(&wgpu::TextureView)) -> Picture {
    let [width, height] = view.size;
    let size = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: FORMAT,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    });
    draw(&texture.create_view(&Default::default()));
    let row = (4 * width).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let staging = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: u64::from(row * height),
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(row), rows_per_image: None };
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(texture.as_image_copy(), wgpu::TexelCopyBufferInfo { buffer: &staging, layout }, size);
    gpu.queue.submit([encoder.finish()]);
    staging.map_async(wgpu::MapMode::Read, .., |mapped| mapped.expect("a read-back"));
    gpu.device.poll(wgpu::PollType::wait_indefinitely()).expect("the device answers");
    gpu.check().expect("no command was refused");
    let bytes = staging.get_mapped_range(..).expect("it is mapped");
    let rows = bytes.chunks_exact(row as usize);
    let pixels = rows.flat_map(|row| row[..4 * width as usize].as_chunks::<4>().0).copied().collect();
    Picture { size: view.size, pixels }
}

/// What a new painter makes of scenes of one run: the last picture.
fn painted_in_turn(view: View, scenes: &[Scene]) -> Picture {
    let gpu = gpu();
    let mut painter = GpuPainter::new(&gpu, FORMAT);
    let pictures = scenes.iter().map(|scene| picture(&gpu, view, |target| painter.paint(scene, ALL, view, target)));
    pictures.last().expect("a scene")
}

fn painted(view: View, scene: Scene) -> Picture {
    painted_in_turn(view, &[scene])
}

fn host(points: &[[f32; 2]]) -> Values {
    Values::Host(points.as_flattened().to_vec())
}

fn generated(step: u32, points: &[[f32; 2]]) -> Scene {
    Scene { step, generated: Some(host(points)), ..Scene::default() }
}

fn over(below: Rgb, Ink { colour, alpha }: Ink) -> Rgb {
    std::array::from_fn(|i| (f32::from(below[i]) + alpha * (f32::from(colour[i]) - f32::from(below[i]))).round() as u8)
}

#[track_caller]
fn assert_near(seen: Rgb, expected: Rgb) {
    let off = seen.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max();
    assert!(off <= Some(2), "{seen:?} is not {expected:?}");
}

#[test]
fn an_empty_scene_is_the_ground_at_every_size() {
    for (size, dark) in [([1, 1], false), ([7, 300], true), ([301, 64], false)] {
        let picture = painted(View { size, scale: 2.0, dark }, Scene::default());
        assert_eq!(picture.colours(), 1);
        assert_eq!(picture.pixel(size[0] - 1, size[1] - 1), Palette::of(dark).ground);
    }
}

#[test]
fn points_lie_where_they_are_and_generated_ones_on_top() {
    for dark in [false, true] {
        let look = Look::of(dark);
        let view = View { scale: 4.0, dark, ..SQUARE };
        let real: Arc<[[f32; 2]]> = Arc::new([[0.5, 0.75], [-0.5, 0.0]]);
        let scene = Scene { real, ..generated(1, &[[-0.5, 0.0], [0.0, -0.75]]) };
        let picture = painted(view, scene);
        let real = over(look.palette.ground, look.real.fill);
        assert_near(picture.at(0.5, 0.75), real);
        assert_near(picture.at(-0.5, 0.0), over(real, look.generated.fill));
        assert_near(picture.at(0.0, -0.75), over(look.palette.ground, look.generated.fill));
        assert_eq!(picture.at(0.5, -0.75), look.palette.ground);
    }
}

#[test]
fn points_of_one_layer_do_not_shine_through_each_other() {
    let view = View { scale: 4.0, ..SQUARE };
    let [one, many] = [1, 40].map(|count| painted(view, Scene { real: vec![[0.25, 0.25]; count].into(), ..Scene::default() }));
    assert!(one.colours() > 3 && one == many);
}

#[test]
fn what_is_no_place_is_drawn_nowhere_and_harms_nothing() {
    let (nan, infinite) = (f32::NAN, f32::INFINITY);
    let lost = [[nan, 0.0], [0.0, nan], [infinite, 0.0], [0.0, -infinite], [1e30, 0.0], [0.0, -5.5]];
    let nowhere = painted_in_turn(SQUARE, &[generated(1, &lost), generated(2, &lost)]);
    assert_eq!(nowhere.colours(), 1);

    let real: Arc<[[f32; 2]]> = [&lost[..], &[[0.5, 0.5]]].concat().into();
    let grid = WarpedGrid { rows: 2, columns: 3, points: host(&lost) };
    let arrows = Some(host(&[[0.1, 0.0], [nan, nan], [infinite, 0.0], [1e38, 1e38]]));
    let scene = Scene { real, grid: Some(grid), arrows, ..generated(1, &lost) };
    let alone = Scene { real: Arc::new([[0.5, 0.5]]), ..Scene::default() };
    assert!(painted(SQUARE, scene) == painted(SQUARE, alone));
}

#[test]
fn the_surface_is_upright_and_keeps_to_its_square() {
    let view = View { size: [301, 201], ..SQUARE };
    let Palette { ground, surface: [real, undecided, generated], .. } = Palette::LIGHT;
    // Generated on the lower left, no number on the lower right, real above.
    let realness = Values::Host(vec![0.0, f32::NAN, 1.0, 1.0]);
    let picture = painted(view, Scene { surface: Some(Surface { side: 2, realness }), ..Scene::default() });
    assert_near(picture.at(-1.2, 1.2), real);
    assert_near(picture.at(1.2, 1.2), real);
    assert_near(picture.at(-1.2, -1.2), generated);
    assert_near(picture.at(1.2, -1.2), undecided);
    assert_near(picture.at(-1.2, 0.0), undecided);
    assert_eq!(picture.pixel(40, 100), ground);
    assert_eq!(picture.pixel(260, 100), ground);
}

#[test]
fn between_cells_logits_are_interpolated() {
    let [likely, unlikely] = [0.9_f32, 0.001];
    let realness = Values::Host(vec![likely, unlikely, likely, unlikely]);
    let picture = painted(SQUARE, Scene { surface: Some(Surface { side: 2, realness }), ..Scene::default() });
    let logit = |p: f32| (p / (1.0 - p)).ln();
    let middle = 1.0 / (1.0 + (-(logit(likely) + logit(unlikely)) / 2.0).exp());
    assert_near(picture.at(0.0, 0.0), Palette::LIGHT.verdict(middle));
}

#[test]
fn the_grid_joins_neighbours_and_no_others() {
    let view = View { scale: 40.0, ..SQUARE };
    let line = over(Palette::LIGHT.ground, Look::of(false).grid.ink);
    let grid = |rows, columns, points: &[[f32; 2]]| {
        let grid = WarpedGrid { rows, columns, points: host(points) };
        painted(view, Scene { grid: Some(grid), ..Scene::default() })
    };
    let square = grid(2, 2, &[[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]);
    for (x, y) in [(0.0, -1.0), (0.0, 1.0), (-1.0, 0.0), (1.0, 0.0), (1.0, 1.0)] {
        assert_near(square.at(x, y), line);
    }
    assert_eq!(square.at(0.0, 0.0), Palette::LIGHT.ground);

    // Noise of one dimension: one row, which breaks where a point is nowhere.
    let row = grid(1, 5, &[[-1.0, 0.0], [-0.5, 0.0], [f32::NAN, 0.0], [0.5, 0.0], [1.0, 0.0]]);
    assert_near(row.at(-0.75, 0.0), line);
    assert_near(row.at(0.75, 0.0), line);
    assert_eq!(row.at(0.0, 0.0), Palette::LIGHT.ground);

    // Too few numbers for its size.
    assert_eq!(grid(3, 3, &[[0.0, 0.0]; 4]).colours(), 1);
}

#[test]
fn trails_follow_points_and_leave_out_leaps() {
    let look = Look::of(false);
    // The first point moves to the right step by step, the second leaps to and fro.
    let scene =
        |step: u32| generated(step, &[[-0.8 + 0.15 * step as f32, 0.0], [if step.is_multiple_of(2) { -0.9 } else { 0.9 }, 0.9]]);
    let view = View { scale: 6.0, ..SQUARE };
    let trail = |share: f32| {
        let Ink { colour, alpha } = look.trail.ink;
        over(look.palette.ground, Ink { colour, alpha: alpha * share })
    };
    let two = painted_in_turn(view, &[scene(0), scene(1)]);
    assert_near(two.at(-0.725, 0.0), trail(1.0 / 2.0));
    assert_eq!(two.at(0.0, 0.9), look.palette.ground);

    let scenes: Vec<Scene> = (0..12).map(scene).collect();
    let twelve = painted_in_turn(view, &scenes);
    assert_near(twelve.at(-0.8 + 0.15 * 10.5, 0.0), trail(8.0 / 9.0));
    assert_near(twelve.at(-0.8 + 0.15 * 3.5, 0.0), trail(1.0 / 9.0));
    assert_eq!(twelve.at(-0.8 + 0.15 * 2.5, 0.0), look.palette.ground);
}

#[test]
fn a_scene_painted_again_leaves_no_trail_and_neither_does_another_run() {
    let (a, b) = (generated(1, &[[0.0, 0.0]]), generated(1, &[[0.15, 0.0]]));
    assert!(painted_in_turn(SQUARE, &[a.clone(), b.clone()]) == painted(SQUARE, b.clone()));
    let other_number = generated(2, &[[0.1, 0.0]; 2]);
    assert!(painted_in_turn(SQUARE, &[a.clone(), other_number.clone()]) == painted(SQUARE, other_number));

    let gpu = gpu();
    let mut painter = GpuPainter::new(&gpu, FORMAT);
    let next = Scene { step: 2, ..b };
    picture(&gpu, SQUARE, |target| painter.paint(&a, ALL, SQUARE, target));
    painter.forget_trails();
    let forgotten = picture(&gpu, SQUARE, |target| painter.paint(&next, ALL, SQUARE, target));
    assert!(forgotten == painted(SQUARE, next));
}

#[test]
fn arrows_show_where_points_are_pulled_the_strongest_an_eighth_of_the_view() {
    let look = Look::of(false);
    let view = View { scale: 16.0, ..SQUARE };
    let arrows = |pulls: &[[f32; 2]]| {
        let points = &[[0.0, 0.0], [-0.75, -0.75]];
        painted(view, Scene { arrows: Some(host(pulls)), ..generated(1, points) })
    };
    let pulled = arrows(&[[100.0, 0.0], [0.0, 50.0]]);
    let longest = 0.25 * HALF_SIDE;
    assert_near(pulled.at(0.5 * longest, 0.0), look.arrow.ink.colour);
    assert_near(pulled.at(0.9 * longest, 0.0), look.arrow.ink.colour);
    assert_near(pulled.at(-0.75, -0.75 + 0.4 * longest), look.arrow.ink.colour);
    assert_eq!(pulled.at(1.5 * longest, 0.0), look.palette.ground);
    assert_eq!(pulled.at(-0.75, -0.75 + longest), look.palette.ground);
    // Short ones keep their length, and what vanishes is not drawn.
    assert!(arrows(&[[0.0, 0.0], [0.001, 0.0]]) == painted(view, generated(1, &[[0.0, 0.0], [-0.75, -0.75]])));
}

#[test]
fn layers_that_are_switched_off_are_not_drawn() {
    let gpu = gpu();
    let points = [[0.0, 0.0], [0.5, 0.5]];
    let none = Layers { real: false, generated: false, trails: false, surface: false, grid: false, arrows: false };
    let scene = |step| Scene { real: Arc::new(points), arrows: Some(host(&points)), ..generated(step, &points) };
    let mut painter = GpuPainter::new(&gpu, FORMAT);
    for step in 0..2 {
        let picture = picture(&gpu, SQUARE, |target| painter.paint(&scene(step), none, SQUARE, target));
        assert_eq!(picture.colours(), 1);
    }
}

#[test]
fn numbers_of_the_processor_and_of_the_device_make_the_same_picture() {
    let gpu = gpu();
    let keep = |values: &Values| match values {
        Values::Host(numbers) => {
            let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: 4 * numbers.len() as u64,
                usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            });
            gpu.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(numbers));
            Values::Device(Kept { buffer, len: numbers.len() })
        }
        Values::Device(_) => panic!("it is on the device"),
    };
    // More and more points, so that buffers grow.
    let scene = |step: u32| {
        let at = |i: u32, turn: f32| {
            let (sin, cos) = (i as f32 * turn + 0.02 * step as f32).sin_cos();
            [0.9 * cos, 0.9 * sin]
        };
        let points: Vec<_> = (0..10 + step / 4 * 50).map(|i| at(i, 0.61)).collect();
        let grid: Vec<_> = (0..12).map(|i| at(i, 1.3)).collect();
        let pulls: Vec<_> = (0..5 + step).map(|i| at(i, 2.1)).collect();
        let realness = Values::Host((0..36).map(|i| (i * 7 % 36) as f32 / 35.0).collect());
        Scene {
            step,
            real: Arc::new([[0.1, 0.2]]),
            generated: Some(host(&points)),
            surface: Some(Surface { side: 6, realness }),
            grid: Some(WarpedGrid { rows: 3, columns: 4, points: host(&grid) }),
            arrows: Some(host(&pulls)),
        }
    };
    let on_device = |scene: Scene| Scene {
        generated: scene.generated.as_ref().map(keep),
        surface: scene.surface.map(|s| Surface { realness: keep(&s.realness), ..s }),
        grid: scene.grid.map(|g| WarpedGrid { points: keep(&g.points), ..g }),
        arrows: scene.arrows.as_ref().map(keep),
        ..scene
    };
    let [mut a, mut b] = [(); 2].map(|()| GpuPainter::new(&gpu, FORMAT));
    for step in 0..12 {
        let host = picture(&gpu, SQUARE, |target| a.paint(&scene(step), ALL, SQUARE, target));
        let device = picture(&gpu, SQUARE, |target| b.paint(&on_device(scene(step)), ALL, SQUARE, target));
        assert!(host.colours() > 100 && host == device, "step {step}");
    }
}

#[test]
fn pictures_hang_on_a_wall_with_gaps_between() {
    let gpu = gpu();
    let view = View { size: [124, 64], scale: 1.0, dark: true };
    // Two pictures of two by two, of which the last pixel is no number.
    let grey = [0.0, 1.0, 0.5, 0.25, 1.0, 1.0, 0.0, f32::NAN];
    let colour: Vec<f32> = grey.iter().flat_map(|v| [*v, 0.0, 2.0 * v]).collect();
    let mut wall = Wall::new(&gpu, FORMAT);
    let mut hang = |values: &[f32], channels, smooth| {
        let values = &Values::Host(values.to_vec());
        let images = Images { values, count: 2, height: 2, width: 2, channels, smooth };
        picture(&gpu, view, |target| wall.paint(&images, view, target))
    };
    // Each is 56 wide, with 4 between and around.
    let picture = hang(&grey, 1, false);
    let centres = |first: u32| [(first + 14, 18), (first + 42, 18), (first + 14, 46), (first + 42, 46)];
    let seen: Vec<Rgb> = [centres(4), centres(64)].as_flattened().iter().map(|(x, y)| picture.pixel(*x, *y)).collect();
    assert_eq!(seen, [0, 255, 128, 64, 255, 255, 0, 0].map(|v| [v; 3]));
    assert_eq!([picture.pixel(61, 30), picture.pixel(2, 30), picture.pixel(30, 2)], [Palette::DARK.ground; 3]);

    let picture = hang(&colour, 3, true);
    assert_eq!(picture.pixel(4, 4), [0, 0, 0]);
    assert_eq!(picture.pixel(59, 4), [255, 0, 255]);
    assert_near(picture.pixel(32, 4), [132, 0, 132]);
}
