//! The page's canvas in a browser: that the picture is the same whoever paints it.
#![cfg(target_arch = "wasm32")]

use std::sync::Arc;

use terrarium_labs::protocol::Layers;
use terrarium_labs::scene::{Scene, Surface, Values, WarpedGrid};
use terrarium_painter::{Painter, View, picture};
use terrarium_webgpu::Gpu;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{OffscreenCanvas, OffscreenCanvasRenderingContext2d};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const ALL: Layers = Layers { real: true, generated: true, trails: true, surface: true, grid: true, arrows: true };

/// A ring of real points, generated ones that come near it, and all else a lab shows.
fn scene(step: u32) -> Scene {
    let ring = |i: usize, radius: f32, turn: f32| {
        let (sin, cos) = (i as f32 * turn).sin_cos();
        let wobble = 0.06 * (i as f32 * 12.9898).sin();
        [(radius + wobble) * cos, (radius - wobble) * sin]
    };
    let host = |points: Vec<[f32; 2]>| Values::Host(points.into_flattened());
    let near = 0.3 + 0.03 * step as f32;
    let grid = (0..121).map(|i| {
        let [x, y] = [(i % 11) as f32 / 5.0 - 1.0, (i / 11) as f32 / 5.0 - 1.0];
        [0.8 * x + 0.2 * (3.0 * y).sin(), 0.7 * y * (1.0 + 0.4 * x)]
    });
    let realness = (0..40 * 40).map(|i| {
        let [x, y] = [(i % 40) as f32 / 20.0 - 1.0, (i / 40) as f32 / 20.0 - 1.0];
        1.0 / (1.0 + (-8.0 * (x.hypot(y) - 0.5) - 3.0 * x).exp())
    });
    Scene {
        step,
        real: (0..300).map(|i| ring(i, 0.8, 0.785)).collect::<Arc<[_]>>(),
        generated: Some(host((0..300).map(|i| ring(i, near, 0.31)).collect())),
        surface: Some(Surface { side: 40, realness: Values::Host(realness.collect()) }),
        grid: Some(WarpedGrid { rows: 11, columns: 11, points: host(grid.collect()) }),
        arrows: Some(host((0..60).map(|i| ring(i, 0.3, 0.31)).collect())),
    }
}

/// The pixels on a canvas, red, green, blue and opacity each.
fn pixels(canvas: &OffscreenCanvas) -> Vec<u8> {
    let [width, height] = [canvas.width(), canvas.height()];
    let copy = OffscreenCanvas::new(width, height).expect("a canvas");
    let context = copy.get_context("2d").expect("2-D canvases").expect("2-D canvases");
    let context: OffscreenCanvasRenderingContext2d = context.unchecked_into();
    context.draw_image_with_offscreen_canvas(canvas, 0.0, 0.0).expect("a picture");
    context.get_image_data(0.0, 0.0, width.into(), height.into()).expect("pixels").data().0
}

/// What a painter makes of the last of ten scenes, and its PNG.
async fn painted(gpu: Option<&Gpu>, view: View, layers: Layers) -> (Vec<u8>, Vec<u8>) {
    let canvas = OffscreenCanvas::new(1, 1).expect("a canvas");
    let mut painter = Painter::new(canvas.clone(), gpu).expect("a painter");
    assert_eq!(painter.on_device(), gpu.is_some());
    painter.resize(view);
    (0..10).for_each(|step| painter.paint(&scene(step), layers));
    let (pixels, png) = (pixels(&canvas), picture(&painter));
    (pixels, png.await.expect("a PNG"))
}

#[wasm_bindgen_test]
async fn both_painters_make_the_same_picture() {
    let gpu = Gpu::request().await.expect("a device: Chromium with WebGPU switched on");
    let none = Layers { real: false, generated: false, trails: false, surface: true, grid: true, arrows: false };
    for (layers, name) in [
        (ALL, "all"),
        (Layers { real: true, ..none }, "real"),
        (Layers { trails: true, ..none }, "trails"),
        (Layers { generated: true, ..none }, "generated"),
        (Layers { arrows: true, ..none }, "arrows"),
    ] {
        for (size, scale, dark) in [([560, 560], 1.0, false), ([1120, 1120], 2.0, true), ([320, 400], 1.0, true)] {
            let view = View { size, scale, dark };
            let (expected, _) = painted(None, view, layers).await;
            let (seen, _) = painted(Some(&gpu), view, layers).await;
            gpu.check().expect("no command was refused");
            assert_eq!(expected.len(), seen.len());
            let off: Vec<u8> = expected.iter().zip(&seen).map(|(a, b)| a.abs_diff(*b)).collect();
            let mean = off.iter().map(|v| f64::from(*v)).sum::<f64>() / off.len() as f64;
            let far = off.chunks_exact(4).filter(|pixel| pixel.iter().any(|v| *v > 48)).count();
            let (worst, most) = off.iter().enumerate().max_by_key(|(_, v)| **v).expect("pixels");
            let [x, y] = [worst as u32 / 4 % size[0], worst as u32 / 4 / size[0]];
            console_log!("{name} {view:?}: mean {mean:.3}, {far} pixels far off, most {most} at {x}, {y}");
            assert!(mean < 1.0, "{name} {view:?}");
        }
    }
}

#[wasm_bindgen_test]
async fn a_picture_is_what_was_painted() {
    let gpu = Gpu::request().await.expect("a device: Chromium with WebGPU switched on");
    let view = View { size: [64, 48], scale: 1.0, dark: false };
    for gpu in [None, Some(&gpu)] {
        let (_, png) = painted(gpu, view, ALL).await;
        assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
        // Width and height, the first of what a PNG tells.
        assert_eq!(png[16..24], [0, 0, 0, 64, 0, 0, 0, 48]);
        assert!(png.len() > 1000, "an empty picture");
    }
}
