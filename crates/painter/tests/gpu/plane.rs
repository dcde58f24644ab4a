//! Planes.

use std::sync::Arc;

use terrarium_labs::scene::{HALF_SIDE, Layers, Plane, Scene, Surface, Values, WarpedGrid};
use terrarium_painter::palette::Palette;
use terrarium_painter::{GpuPainter, Ink, Look, View};
use terrarium_webgpu::Gpu;

use super::{FORMAT, Picture, SQUARE, assert_near, gpu, keep, over, picture};

const ALL: Layers = Layers { real: true, generated: true, trails: true, surface: true, grid: true, arrows: true };

/// What a painter makes of a plane with all its layers.
fn show(gpu: &Gpu, painter: &mut GpuPainter, view: View, plane: &Plane) -> Picture {
    let scene = Scene::Plane(Plane { layers: ALL, ..plane.clone() });
    picture(gpu, view, |target| painter.paint(&scene, view, target))
}

/// What a new painter makes of scenes of one run: the last picture.
fn painted_in_turn(view: View, scenes: &[Plane]) -> Picture {
    let gpu = gpu();
    let mut painter = GpuPainter::new(&gpu, FORMAT);
    let pictures = scenes.iter().map(|scene| show(&gpu, &mut painter, view, scene));
    pictures.last().expect("a scene")
}

fn painted(view: View, scene: Plane) -> Picture {
    painted_in_turn(view, &[scene])
}

fn host(points: &[[f32; 2]]) -> Values {
    Values::Host(points.as_flattened().to_vec())
}

fn generated(step: u32, points: &[[f32; 2]]) -> Plane {
    Plane { step, generated: Some(host(points)), ..Plane::default() }
}

#[test]
fn an_empty_scene_is_the_ground_at_every_size() {
    for (size, dark) in [([1, 1], false), ([7, 300], true), ([301, 64], false)] {
        let picture = painted(View { size, scale: 2.0, dark }, Plane::default());
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
        let scene = Plane { real, ..generated(1, &[[-0.5, 0.0], [0.0, -0.75]]) };
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
    let [one, many] = [1, 40].map(|count| painted(view, Plane { real: vec![[0.25, 0.25]; count].into(), ..Plane::default() }));
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
    let scene = Plane { real, grid: Some(grid), arrows, ..generated(1, &lost) };
    let alone = Plane { real: Arc::new([[0.5, 0.5]]), ..Plane::default() };
    assert!(painted(SQUARE, scene) == painted(SQUARE, alone));
}

#[test]
fn the_surface_is_upright_and_keeps_to_its_square() {
    let view = View { size: [301, 201], ..SQUARE };
    let Palette { ground, surface: [real, undecided, generated], .. } = Palette::LIGHT;
    // Generated on the lower left, no number on the lower right, real above.
    let realness = Values::Host(vec![0.0, f32::NAN, 1.0, 1.0]);
    let picture = painted(view, Plane { surface: Some(Surface { side: 2, realness }), ..Plane::default() });
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
    let picture = painted(SQUARE, Plane { surface: Some(Surface { side: 2, realness }), ..Plane::default() });
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
        painted(view, Plane { grid: Some(grid), ..Plane::default() })
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

    let scenes: Vec<Plane> = (0..12).map(scene).collect();
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
    let next = Plane { step: 2, ..b };
    show(&gpu, &mut painter, SQUARE, &a);
    painter.forget_trails();
    let forgotten = show(&gpu, &mut painter, SQUARE, &next);
    assert!(forgotten == painted(SQUARE, next));
}

#[test]
fn arrows_show_where_points_are_pulled_the_strongest_an_eighth_of_the_view() {
    let look = Look::of(false);
    let view = View { scale: 16.0, ..SQUARE };
    let arrows = |pulls: &[[f32; 2]]| {
        let points = &[[0.0, 0.0], [-0.75, -0.75]];
        painted(view, Plane { arrows: Some(host(pulls)), ..generated(1, points) })
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
    let scene = |step| Plane { real: Arc::new(points), arrows: Some(host(&points)), ..generated(step, &points) };
    let mut painter = GpuPainter::new(&gpu, FORMAT);
    for step in 0..2 {
        let picture = picture(&gpu, SQUARE, |target| painter.paint(&Scene::Plane(scene(step)), SQUARE, target));
        assert_eq!(picture.colours(), 1);
    }
}

#[test]
fn numbers_of_the_processor_and_of_the_device_make_the_same_picture() {
    let gpu = gpu();
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
        Plane {
            layers: ALL,
            step,
            real: Arc::new([[0.1, 0.2]]),
            generated: Some(host(&points)),
            surface: Some(Surface { side: 6, realness }),
            grid: Some(WarpedGrid { rows: 3, columns: 4, points: host(&grid) }),
            arrows: Some(host(&pulls)),
        }
    };
    let on_device = |scene: Plane| Plane {
        generated: scene.generated.as_ref().map(|values| keep(&gpu, values)),
        surface: scene.surface.map(|s| Surface { realness: keep(&gpu, &s.realness), ..s }),
        grid: scene.grid.map(|g| WarpedGrid { points: keep(&gpu, &g.points), ..g }),
        arrows: scene.arrows.as_ref().map(|values| keep(&gpu, values)),
        ..scene
    };
    let [mut a, mut b] = [(); 2].map(|()| GpuPainter::new(&gpu, FORMAT));
    for step in 0..12 {
        let host = show(&gpu, &mut a, SQUARE, &scene(step));
        let device = show(&gpu, &mut b, SQUARE, &on_device(scene(step)));
        assert!(host.colours() > 100 && host == device, "step {step}");
    }
}
