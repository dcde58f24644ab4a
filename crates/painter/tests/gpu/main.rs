//! What the painter on WebGPU promises, pixel by pixel, on whatever device there is.
#![cfg(not(target_arch = "wasm32"))]

mod gallery;
mod plane;

use terrarium_labs::scene::{HALF_SIDE, Values};
use terrarium_painter::palette::Rgb;
use terrarium_painter::{Ink, View};
use terrarium_webgpu::{Gpu, Kept};

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

/// The same numbers on the device.
fn keep(gpu: &Gpu, values: &Values) -> Values {
    match values {
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
    }
}

fn over(below: Rgb, Ink { colour, alpha }: Ink) -> Rgb {
    std::array::from_fn(|i| (f32::from(below[i]) + alpha * (f32::from(colour[i]) - f32::from(below[i]))).round() as u8)
}

#[track_caller]
fn assert_near(seen: Rgb, expected: Rgb) {
    let off = seen.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max();
    assert!(off <= Some(2), "{seen:?} is not {expected:?}");
}
