//! Galleries.

use terrarium_labs::scene::{Dots, Gallery, Layers, Plane, Scene, Values, Wall};
use terrarium_painter::palette::{Palette, Rgb};
use terrarium_painter::{GpuPainter, Look, View};

use super::{FORMAT, Picture, SQUARE, assert_near, gpu, keep, picture};

/// A view whose pictures can have gaps of four pixels.
const VIEW: View = View { size: [560, 560], scale: 1.0, dark: true };

fn painted(view: View, gallery: Gallery) -> Picture {
    let gpu = gpu();
    let mut painter = GpuPainter::new(&gpu, FORMAT);
    picture(&gpu, view, |target| painter.paint(&Scene::Gallery(gallery), view, target))
}

fn hung(view: View, wall: Wall) -> Picture {
    painted(view, Gallery { walls: vec![wall], dots: None })
}

/// A row of two pictures of two by two, of which the last pixel is no number; each is 56 wide, with 4 between them.
fn pair() -> Wall {
    let pixels = Values::Host(vec![0.0, 1.0, 0.5, 0.25, 1.0, 1.0, 0.0, f32::NAN]);
    let place = [0.0, 0.0, 116.0 / 560.0, 56.0 / 560.0];
    Wall { place, rows: 1, columns: 2, size: [2, 2, 1], pixels, joined: false }
}

fn coloured(wall: Wall) -> Wall {
    let Values::Host(gray) = &wall.pixels else { panic!("it is on the device") };
    let pixels = gray.iter().flat_map(|v| [*v, 0.0, 2.0 * v]).collect();
    Wall { size: [2, 2, 3], pixels: Values::Host(pixels), ..wall }
}

/// The middles of the four pixels of a picture of two by two that is 56 wide.
fn quarters(picture: &Picture, [left, top]: [u32; 2]) -> [Rgb; 4] {
    [(14, 14), (42, 14), (14, 42), (42, 42)].map(|(x, y)| picture.pixel(left + x, top + y))
}

#[test]
fn pictures_hang_in_a_row_with_a_gap_between_them_and_crisp_pixels() {
    let picture = hung(VIEW, pair());
    assert_eq!(quarters(&picture, [0, 0]), [0, 255, 128, 64].map(|v| [v; 3]));
    assert_eq!(quarters(&picture, [60, 0]), [255, 255, 0, 0].map(|v| [v; 3]));
    let ground = [picture.pixel(56, 30), picture.pixel(59, 30), picture.pixel(116, 30), picture.pixel(30, 56)];
    assert_eq!(ground, [Palette::DARK.ground; 4]);
    assert_eq!([picture.pixel(55, 0), picture.pixel(60, 0)], [[255; 3]; 2]);
    // The ground and four shades of gray, and nothing between them.
    assert_eq!(picture.colours(), 5);

    let coloured = hung(VIEW, coloured(pair()));
    assert_eq!(quarters(&coloured, [0, 0]), [[0, 0, 0], [255, 0, 255], [128, 0, 255], [64, 0, 128]]);
    assert_eq!(quarters(&coloured, [60, 0]), [[255, 0, 255], [255, 0, 255], [0, 0, 0], [0, 0, 0]]);
}

#[test]
fn walls_hang_side_by_side_each_with_its_own_pictures() {
    let below = Wall { place: [0.5, 0.75, 56.0 / 560.0, 0.25], columns: 1, ..coloured(pair()) };
    let walls = vec![pair(), below];
    let picture = painted(VIEW, Gallery { walls, dots: None });
    assert_eq!(quarters(&picture, [60, 0]), [255, 255, 0, 0].map(|v| [v; 3]));
    // In the middle of its place: 140 high.
    assert_eq!(quarters(&picture, [280, 420 + 42]), [[0, 0, 0], [255, 0, 255], [128, 0, 255], [64, 0, 128]]);
}

#[test]
fn joined_pictures_touch_and_are_interpolated_across_their_borders() {
    let pixels = Values::Host(vec![0.0, 0.0, 1.0, 1.0, 0.5, 0.5]);
    let map = |pixels| Wall { place: [0.0, 0.0, 1.0, 1.0], rows: 2, columns: 2, size: [1, 2, 1], pixels, joined: true };
    // Twice as wide as high, so in the middle of its height; the last picture is missing.
    let view = View { size: [400, 400], ..VIEW };
    let picture = hung(view, map(pixels));
    for (x, y, shade) in [(50, 150, 0), (350, 150, 255), (50, 250, 128)] {
        assert_near(picture.pixel(x, y), [shade; 3]);
    }
    assert_near(picture.pixel(200, 110), [128; 3]);
    assert_eq!(picture.pixel(350, 299), Palette::DARK.ground);
    assert_eq!([picture.pixel(200, 99), picture.pixel(200, 300)], [Palette::DARK.ground; 2]);
}

#[test]
fn too_few_values_make_fewer_pictures_and_impossible_walls_none() {
    let first = hung(VIEW, Wall { pixels: Values::Host(vec![0.0, 1.0, 0.5, 0.25, 1.0]), ..pair() });
    assert_eq!(quarters(&first, [0, 0]), [0, 255, 128, 64].map(|v| [v; 3]));
    assert_eq!(quarters(&first, [60, 0]), [Palette::DARK.ground; 4]);

    let impossible = [
        Wall { pixels: Values::Host(Vec::new()), ..pair() },
        Wall { pixels: Values::Host(vec![1.0; 3]), ..pair() },
        Wall { rows: 0, ..pair() },
        Wall { columns: 0, ..pair() },
        Wall { columns: usize::MAX, rows: 2, ..pair() },
        Wall { size: [0, 2, 1], ..pair() },
        Wall { size: [2, 0, 1], ..pair() },
        Wall { size: [2, 2, 0], ..pair() },
        Wall { size: [usize::MAX, 2, 1], ..pair() },
        Wall { size: [2, 2, 2], ..pair() },
        Wall { place: [0.0, 0.0, 0.0, 1.0], ..pair() },
        Wall { place: [0.0, 0.0, 1.0, -1.0], ..pair() },
        Wall { place: [f32::NAN, 0.0, 1.0, 1.0], ..pair() },
        Wall { place: [0.0, 0.0, f32::INFINITY, 1.0], ..pair() },
    ];
    for wall in impossible {
        assert_eq!(hung(VIEW, wall.clone()).colours(), 1, "{wall:?}");
    }
    // The smallest canvas shows what it can.
    hung(View { size: [1, 1], ..VIEW }, pair());
}

#[test]
fn dots_lie_where_they_are_in_the_colours_of_their_kinds_and_later_ones_on_top() {
    for dark in [false, true] {
        let look = Look::of(dark);
        let view = View { scale: 160.0, dark, ..SQUARE };
        let points = vec![-0.5, 0.5, 0.5, 0.5, 0.5, -0.5, 0.0, 0.0, 0.0, 0.0];
        let dots = Dots { points: Values::Host(points), kinds: [0, 9, 13, 1, 2].into() };
        let picture = painted(view, Gallery { walls: Vec::new(), dots: Some(dots) });
        let seen = [(50, 50), (150, 50), (150, 150), (100, 100)].map(|(x, y)| picture.pixel(x, y));
        let kinds = look.palette.kinds;
        assert_eq!(seen, [kinds[0], kinds[9], kinds[3], kinds[2]]);
        // On the rim, and beyond.
        let radius = view.length(look.kind(0).radius) as u32;
        assert_near(picture.pixel(50 + radius + 1, 50), look.palette.rim);
        assert_eq!(picture.pixel(50, 150), look.palette.ground);
    }
}

#[test]
fn dots_are_no_more_than_points_and_kinds_and_what_is_no_place_is_nowhere() {
    let points = |points: &[f32]| Values::Host(points.to_vec());
    let draw =
        |points, kinds: &[u8]| painted(SQUARE, Gallery { walls: Vec::new(), dots: Some(Dots { points, kinds: kinds.into() }) });
    let one = draw(points(&[0.5, 0.5]), &[4]);
    assert!(one.colours() > 2);
    assert!(draw(points(&[0.5, 0.5, 0.0]), &[4, 4, 4]) == one);
    assert!(draw(points(&[0.5, 0.5, 0.0, 0.0]), &[4]) == one);
    let lost = [f32::NAN, 0.0, f32::INFINITY, 0.0, 0.0, -4.5, 0.5, 0.5];
    assert!(draw(points(&lost), &[1, 2, 3, 4]) == one);
    assert_eq!(draw(points(&[]), &[1, 2]).colours(), 1);
}

#[test]
fn one_painter_shows_planes_and_galleries_in_turn_without_trails_between_them() {
    let gpu = gpu();
    let mut painter = GpuPainter::new(&gpu, FORMAT);
    let mut show = |scene: &Scene| picture(&gpu, SQUARE, |target| painter.paint(scene, SQUARE, target));
    let plane = |step: u32| {
        let layers = Layers { generated: true, trails: true, ..Default::default() };
        let generated = Some(Values::Host(vec![0.1 * step as f32, 0.0]));
        Scene::Plane(Plane { layers, step, generated, ..Plane::default() })
    };
    let gallery = Scene::Gallery(Gallery { walls: vec![pair()], dots: None });
    let (first, wall, second) = (show(&plane(0)), show(&gallery), show(&plane(1)));
    assert!(first != wall && wall != second);
    assert!(show(&gallery) == wall);
    // The same as where no scene came before.
    assert!(show(&plane(1)) == second);
    assert!(show(&plane(2)) != show(&gallery));
    let mut other = GpuPainter::new(&gpu, FORMAT);
    assert!(picture(&gpu, SQUARE, |target| other.paint(&plane(1), SQUARE, target)) == second);
}

#[test]
fn numbers_of_the_processor_and_of_the_device_make_the_same_gallery() {
    let gpu = gpu();
    let [mut a, mut b] = [(); 2].map(|()| GpuPainter::new(&gpu, FORMAT));
    // More and more pictures and dots, so that buffers grow.
    for count in [1, 4, 3, 9, 20] {
        let wave = |len: usize, speed: f32| Values::Host((0..len).map(|i| (i as f32 * speed).sin()).collect());
        let wall = |left, channels, joined| {
            let (size, pixels) = ([5, 4, channels], wave(20 * channels * count, 0.37));
            Wall { place: [left, 0.1, 0.45, 0.8], rows: count.div_ceil(3), columns: 3, size, pixels, joined }
        };
        let kinds: Vec<u8> = (0..2 * count as u8).collect();
        let dots = Dots { points: wave(4 * count, 1.7), kinds: kinds.into() };
        let gallery = Gallery { walls: vec![wall(0.0, 1, false), wall(0.5, 3, true)], dots: Some(dots) };
        let on_device = |gallery: &Gallery| Gallery {
            walls: gallery.walls.iter().map(|wall| Wall { pixels: keep(&gpu, &wall.pixels), ..wall.clone() }).collect(),
            dots: gallery.dots.as_ref().map(|dots| Dots { points: keep(&gpu, &dots.points), ..dots.clone() }),
        };
        let device = Scene::Gallery(on_device(&gallery));
        let host = picture(&gpu, SQUARE, |target| a.paint(&Scene::Gallery(gallery), SQUARE, target));
        let device = picture(&gpu, SQUARE, |target| b.paint(&device, SQUARE, target));
        assert!(host.colours() > 10 && host == device, "{count}");
    }
}
