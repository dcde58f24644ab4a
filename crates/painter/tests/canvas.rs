//! The page's canvas in a browser: that the picture is the same whoever paints it.
#![cfg(target_arch = "wasm32")]

use std::sync::Arc;

use terrarium_labs::scene::{Dots, Gallery, Layers, Plane, Scene, Surface, Values, Wall, WarpedGrid};
use terrarium_painter::{Painter, View, picture};
use terrarium_webgpu::Gpu;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{OffscreenCanvas, OffscreenCanvasRenderingContext2d};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const ALL: Layers = Layers { real: true, generated: true, trails: true, surface: true, grid: true, arrows: true };

/// A ring of real points, generated ones that come near it, and all else a lab shows.
fn scene(step: u32) -> Plane {
    let ring = |i: usize, radius: f32, turn: f32| {
        let (sin, cos) = (i as f32 * turn).sin_cos();
        let wobble = 0.06 * (i as f32 * 12.9898).sin();
        [(radius + wobble) * cos, (radius - wobble) * sin]
    };
    let host = |points: Vec<[f32; 2]>| Values::Host(points.into_flattened());
    let near = 0.3 + 0.08 * step as f32;
    let grid = (0..121).map(|i| {
        let [x, y] = [(i % 11) as f32 / 5.0 - 1.0, (i / 11) as f32 / 5.0 - 1.0];
        [0.8 * x + 0.2 * (3.0 * y).sin(), 0.7 * y * (1.0 + 0.4 * x)]
    });
    let realness = (0..40 * 40).map(|i| {
        let [x, y] = [(i % 40) as f32 / 20.0 - 1.0, (i / 40) as f32 / 20.0 - 1.0];
        1.0 / (1.0 + (-8.0 * (x.hypot(y) - 0.5) - 3.0 * x).exp())
    });
    Plane {
        layers: ALL,
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

/// A scene with some of its layers.
fn scene_of(step: u32, layers: Layers) -> Scene {
    let all = scene(step);
    Scene::Plane(Plane {
        layers,
        surface: all.surface.filter(|_| layers.surface),
        grid: all.grid.filter(|_| layers.grid),
        arrows: all.arrows.filter(|_| layers.arrows),
        ..all
    })
}

/// What a painter makes of the last of a few scenes, and its PNG.
async fn painted_in_turn(gpu: Option<&Gpu>, view: View, scenes: &[Scene]) -> (Vec<u8>, Vec<u8>) {
    let canvas = OffscreenCanvas::new(1, 1).expect("a canvas");
    let mut painter = Painter::new(canvas.clone(), gpu).expect("a painter");
    assert_eq!(painter.on_device(), gpu.is_some());
    painter.resize(view);
    scenes.iter().for_each(|scene| painter.paint(scene));
    let (pixels, png) = (pixels(&canvas), picture(&painter));
    (pixels, png.await.expect("a PNG"))
}

async fn painted(gpu: Option<&Gpu>, view: View, layers: Layers) -> (Vec<u8>, Vec<u8>) {
    painted_in_turn(gpu, view, &[0, 1, 2, 3].map(|step| scene_of(step, layers))).await
}

/// Values that come and go, from below black to above white, and some that are none.
fn wave(len: usize, speed: f32) -> Values {
    let value = |i: usize| if i % 97 == 96 { f32::NAN } else { 0.5 + 0.7 * (i as f32 * speed).sin() };
    Values::Host((0..len).map(value).collect())
}

/// A wall of blocks, one in colour with a picture missing, and one of pictures that are shown smaller than they are.
fn walls() -> Vec<Wall> {
    let wall = |place, [rows, columns]: [usize; 2], size: [usize; 3], values: usize| Wall {
        place,
        rows,
        columns,
        size,
        pixels: wave(values, 0.31),
        joined: false,
    };
    vec![
        wall([0.0, 0.0, 0.5, 0.5], [3, 4], [7, 6, 1], 3 * 4 * 7 * 6),
        wall([0.52, 0.0, 0.48, 0.5], [2, 3], [8, 8, 3], 6 * 8 * 8 * 3 - 1),
        wall([0.0, 0.55, 0.2, 0.45], [2, 2], [80, 70, 1], 4 * 80 * 70),
    ]
}

/// A map of pictures that touch, one of them missing.
fn map() -> Wall {
    let (size, pixels) = ([6, 5, 3], wave(24 * 6 * 5 * 3, 0.011));
    Wall { place: [0.2, 0.55, 0.7, 0.45], rows: 5, columns: 5, size, pixels, joined: true }
}

/// Dots of all kinds, and some where there is no place.
fn dots() -> Dots {
    let at = |i: u32| {
        let (sin, cos) = (2.4 * i as f32).sin_cos();
        let radius = if i % 50 == 49 { f32::NAN } else { 0.055 * (i as f32).sqrt() };
        [radius * cos, radius * sin]
    };
    let points = (0..300).map(at).collect::<Vec<_>>();
    Dots { points: Values::Host(points.into_flattened()), kinds: (0..=255).chain(0..44).collect() }
}

async fn gpu() -> Gpu {
    Gpu::request().await.expect("a device: Chromium with WebGPU switched on")
}

/// How far two pictures are apart: on average, and by how many of their pixels are far off.
fn difference(a: &[u8], b: &[u8]) -> (f64, f64) {
    assert_eq!(a.len(), b.len());
    let off: Vec<u8> = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).collect();
    let mean = off.iter().map(|v| f64::from(*v)).sum::<f64>() / off.len() as f64;
    let far = off.chunks_exact(4).filter(|pixel| pixel.iter().any(|v| *v > 48)).count();
    (mean, far as f64 / (off.len() / 4) as f64)
}

#[wasm_bindgen_test]
async fn both_painters_make_the_same_picture() {
    let gpu = gpu().await;
    for (size, scale, dark) in [([560, 560], 1.0, false), ([640, 640], 2.0, true), ([320, 400], 1.0, true)] {
        let view = View { size, scale, dark };
        let [(a, _), (b, _)] = [painted(None, view, ALL).await, painted(Some(&gpu), view, ALL).await];
        gpu.check().expect("no command was refused");
        let (mean, far) = difference(&a, &b);
        console_log!("{view:?}: {mean:.3} on average, {:.2} % far off", 100.0 * far);
        assert!(mean < 1.5 && far < 0.01, "{view:?}: {mean} on average, {far} of the pixels far off");
    }
}

#[wasm_bindgen_test]
async fn both_painters_make_the_same_of_each_layer() {
    let gpu = gpu().await;
    let view = View { size: [560, 420], scale: 1.0, dark: false };
    let none = Layers { real: false, generated: false, trails: false, surface: false, grid: false, arrows: false };
    let (empty, _) = painted(None, view, none).await;
    for layers in [
        Layers { real: true, ..none },
        Layers { generated: true, ..none },
        Layers { trails: true, ..none },
        Layers { surface: true, ..none },
        Layers { grid: true, ..none },
        Layers { arrows: true, ..none },
    ] {
        let [(a, _), (b, _)] = [painted(None, view, layers).await, painted(Some(&gpu), view, layers).await];
        let [(apart, _), (drawn, _)] = [difference(&a, &b), difference(&a, &empty)];
        console_log!("{layers:?}: {apart:.3} apart where the layer makes {drawn:.3}");
        assert!(apart < 0.25 * drawn, "{layers:?}: {apart} apart where the layer makes {drawn}");
    }
}

#[wasm_bindgen_test]
async fn a_picture_is_what_was_painted() {
    let gpu = gpu().await;
    let view = View { size: [64, 48], scale: 1.0, dark: false };
    for gpu in [None, Some(&gpu)] {
        let (_, png) = painted(gpu, view, ALL).await;
        assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
        // Width and height, the first of what a PNG tells.
        assert_eq!(png[16..24], [0, 0, 0, 64, 0, 0, 0, 48]);
        assert!(png.len() > 1000, "an empty picture");
    }
}

/// The share of pixels that are more than so far off in a channel.
fn far_off(a: &[u8], b: &[u8], far: u8) -> f64 {
    let off = a.chunks_exact(4).zip(b.chunks_exact(4)).filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > far));
    off.count() as f64 / (a.len() / 4) as f64
}

#[wasm_bindgen_test]
async fn both_painters_hang_the_same_pictures_in_the_same_places() {
    let gpu = gpu().await;
    for (size, scale, dark) in [([560, 560], 1.0, false), ([640, 700], 2.0, true), ([331, 257], 1.0, true), ([30, 20], 1.0, false)]
    {
        let view = View { size, scale, dark };
        for walls in [walls(), vec![map()]] {
            let scene = [Scene::Gallery(Gallery { walls, dots: None })];
            let [(a, _), (b, _)] = [painted_in_turn(None, view, &scene).await, painted_in_turn(Some(&gpu), view, &scene).await];
            gpu.check().expect("no command was refused");
            let off = far_off(&a, &b, 2);
            console_log!("{view:?}: {:.3} % of the pixels are off", 100.0 * off);
            // Where the middle of a pixel lies just between two of a picture's, a painter may take either.
            assert!(off < 0.01, "{view:?}: {off} of the pixels are off");
        }
    }
}

#[wasm_bindgen_test]
async fn both_painters_make_the_same_dots() {
    let gpu = gpu().await;
    let view = View { size: [560, 480], scale: 2.0, dark: false };
    let gallery = |dots| [Scene::Gallery(Gallery { walls: Vec::new(), dots })];
    let (empty, _) = painted_in_turn(None, view, &gallery(None)).await;
    let scene = gallery(Some(dots()));
    let [(a, _), (b, _)] = [painted_in_turn(None, view, &scene).await, painted_in_turn(Some(&gpu), view, &scene).await];
    let [(apart, far), (drawn, _)] = [difference(&a, &b), difference(&a, &empty)];
    console_log!("{apart:.3} apart where dots make {drawn:.3}, {:.2} % far off", 100.0 * far);
    assert!(apart < 0.1 * drawn && far < 0.001, "{apart} apart where dots make {drawn}, {far} of the pixels far off");
}

#[wasm_bindgen_test]
async fn planes_and_galleries_can_take_turns() {
    let gpu = gpu().await;
    let view = View { size: [200, 200], scale: 1.0, dark: true };
    let plane = |step| scene_of(step, Layers { generated: true, trails: true, ..Layers::default() });
    let gallery = || Scene::Gallery(Gallery { walls: walls(), dots: Some(dots()) });
    for gpu in [None, Some(&gpu)] {
        let (alone, _) = painted_in_turn(gpu, view, &[plane(2)]).await;
        let (after, _) = painted_in_turn(gpu, view, &[plane(0), plane(1), gallery(), plane(2)]).await;
        let (followed, _) = painted_in_turn(gpu, view, &[plane(1), plane(2)]).await;
        assert!(alone == after, "no trail from before the gallery");
        assert!(alone != followed, "a trail");
        let (alone, _) = painted_in_turn(gpu, view, &[gallery()]).await;
        let (after, _) = painted_in_turn(gpu, view, &[plane(0), gallery()]).await;
        // Of two pixels that are as near, a browser does not always take the same.
        assert!(far_off(&alone, &after, 2) < 0.005, "nothing of the plane");
    }
}

#[wasm_bindgen_test]
async fn galleries_that_tell_nonsense_harm_nobody() {
    let gpu = gpu().await;
    let view = View { size: [200, 200], scale: 1.0, dark: false };
    let [wall, ..] = &walls()[..] else { panic!("there are walls") };
    let nonsense = vec![
        Wall { rows: 0, ..wall.clone() },
        Wall { columns: usize::MAX, ..wall.clone() },
        Wall { size: [0, 0, 0], ..wall.clone() },
        Wall { size: [1, 1, 2], ..wall.clone() },
        Wall { place: [f32::NAN; 4], ..wall.clone() },
        Wall { place: [0.0, 0.0, 0.0, 1.0], ..wall.clone() },
        Wall { pixels: Values::Host(Vec::new()), ..wall.clone() },
        // More than a canvas can be wide, if it were tried.
        Wall { rows: 1, columns: 1 << 30, size: [1, 1, 1], ..wall.clone() },
    ];
    let dots = Dots { points: Values::Host(vec![0.0; 3]), kinds: [].into() };
    for gpu in [None, Some(&gpu)] {
        let all = Gallery { walls: nonsense.clone(), dots: Some(dots.clone()) };
        let (shown, _) = painted_in_turn(gpu, view, &[Scene::Gallery(all)]).await;
        assert_eq!(shown.len(), 4 * 200 * 200);
        for size in [[0, 0], [1, 1], [1, 300]] {
            painted_in_turn(gpu, View { size, ..view }, &[Scene::Gallery(Gallery { walls: walls(), dots: None })]).await;
        }
    }
}
