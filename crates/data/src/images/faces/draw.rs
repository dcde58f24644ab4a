//! How a face is drawn: flat colours with an even dark outline, part over part, from the shirt to the hat.

use super::super::raster::{
    Canvas, Rgb, Shape, Turn, Vec2, above, at, below, below_arc, block, circle, curve, ellipse, line, mix, polygon, rgb,
};
use super::{Background, Beard, EyeColour, Eyes, Face, Glasses, Hair, HairColour, Hat, Skin};

/// Outlines, and all that is drawn as a line.
const INK: Rgb = rgb(0x2e2434);
const WHITE: Rgb = rgb(0xfffdf8);
/// How wide outlines are.
const LINE: f32 = 1.1;

/// The line in the middle of the face: what is left of it is mirrored to the right.
const MIDDLE: f32 = 32.0;
/// The left eye.
const EYE: Vec2 = at(24.8, 33.5);
/// The height of the corners of a straight mouth.
const MOUTH: f32 = 44.2;
/// Where a hat ends.
const BRIM: f32 = 21.5;

impl Face {
    /// The picture, `[64, 64, 3]`.
    pub fn draw(&self) -> Vec<u8> {
        let mut canvas = Canvas::new(self.background.colour());
        self.draw_body(&mut canvas);
        // A head tilts about the neck.
        canvas.turn(Turn::new(self.tilt, at(MIDDLE, 52.0)));
        self.draw_hair_behind(&mut canvas);
        self.draw_neck(&mut canvas);
        self.draw_head(&mut canvas);
        self.draw_beard(&mut canvas);
        self.draw_mouth(&mut canvas);
        self.draw_eyes(&mut canvas);
        self.draw_hair(&mut canvas);
        self.draw_brows(&mut canvas);
        self.draw_glasses(&mut canvas);
        self.draw_hat(&mut canvas);
        canvas.bytes()
    }

    fn draw_body(&self, canvas: &mut Canvas) {
        outlined(canvas, self.background.shirt(), ellipse(at(MIDDLE, 69.0), 25.0, 13.0));
    }

    fn draw_neck(&self, canvas: &mut Canvas) {
        let neck = block(at(MIDDLE, 52.0), at(5.5, 7.5), 5.0);
        outlined(canvas, self.skin.colour(), neck);
        canvas.paint(self.skin.shade(), neck.within(ellipse(at(MIDDLE, 45.0), 14.0, 10.0)));
    }

    fn draw_head(&self, canvas: &mut Canvas) {
        let skin = self.skin.colour();
        outlined(canvas, skin, circle(at(14.8, 35.5), 3.6).mirrored(MIDDLE));
        canvas.paint(self.skin.shade(), circle(at(15.2, 35.7), 1.7).mirrored(MIDDLE));
        outlined(canvas, skin, head());
        let joy = self.mouth.max(0.0);
        canvas.glaze(rgb(0xee5a6c), 0.22 + 0.2 * joy, ellipse(at(20.6, 40.6), 3.4, 2.5).mirrored(MIDDLE));
        let nose = [at(30.2, 38.3), at(MIDDLE, 40.9), at(33.8, 38.3)];
        canvas.paint(mix(skin, INK, 0.5), curve(nose, 1.3));
    }

    fn draw_eyes(&self, canvas: &mut Canvas) {
        match self.eyes {
            Eyes::Round => self.draw_eye(canvas, ellipse(EYE, 4.3, 4.7), 4.7),
            Eyes::Almond => {
                let lens = circle(EYE + at(0.0, 3.4), 6.8).within(circle(EYE + at(0.0, -3.4), 6.8));
                // Its corners are cut, or their outlines would run into each other.
                self.draw_eye(canvas, lens.within(circle(EYE, 5.1)), 3.4);
            }
            Eyes::Dots => {
                let iris = mix(self.eye_colour.colour(), INK, 0.3);
                let open = ellipse(EYE, 2.3, 0.5 + 2.5 * self.openness);
                canvas.paint(INK, open.grown(0.5).mirrored(MIDDLE));
                canvas.paint(iris, open.grown(-0.5).mirrored(MIDDLE));
                self.draw_glint(canvas, open);
            }
        }
    }

    /// An eye of the outline `eye`, which reaches `half` pixels up and down, and its mirror image.
    fn draw_eye(&self, canvas: &mut Canvas, eye: impl Shape, half: f32) {
        let pupil = EYE + at(0.3, 0.2);
        outlined(canvas, WHITE, eye.mirrored(MIDDLE));
        canvas.paint(self.eye_colour.colour(), circle(pupil, 3.0).within(eye).mirrored(MIDDLE));
        canvas.paint(INK, circle(pupil, 1.6).within(eye).mirrored(MIDDLE));
        self.draw_glint(canvas, eye);
        let lid = EYE.y + half - 2.0 * half * self.openness;
        canvas.paint(self.skin.shade(), eye.within(above(lid)).mirrored(MIDDLE));
        let lashes = below(lid - 0.8).within(above(lid + 0.8));
        canvas.paint(INK, eye.grown(LINE).within(lashes).mirrored(MIDDLE));
    }

    /// Light falls on both eyes from the same side.
    fn draw_glint(&self, canvas: &mut Canvas, eye: impl Shape) {
        let glint = circle(EYE + at(1.2, -1.0), 0.95);
        canvas.glaze(WHITE, self.openness, glint.within(eye));
        let other = at(2.0 * (MIDDLE - EYE.x), 0.0);
        canvas.glaze(WHITE, self.openness, move |p| glint.within(eye)(p - other));
    }

    fn draw_brows(&self, canvas: &mut Canvas) {
        let height = 26.2 - 0.8 * (1.0 - self.brows.abs());
        let (outer, inner) = (at(19.8, height - 1.8 * self.brows), at(28.4, height + 2.5 * self.brows));
        let middle = (outer + inner) * 0.5 + at(-0.5, -1.8);
        canvas.paint(mix(self.hair_colour.colour(), INK, 0.45), curve([outer, middle, inner], 2.0).mirrored(MIDDLE));
    }

    /// Two arcs that share their corners: the upper lip rises with the corners, the lower lip falls as the mouth opens.
    fn draw_mouth(&self, canvas: &mut Canvas) {
        let smile = self.mouth;
        let open = ((smile - 0.2) / 0.8).max(0.0);
        let reach = 6.2 + 1.4 * smile.abs();
        let corner = MOUTH - 2.0 * smile;
        let upper = at(MIDDLE, MOUTH + 1.8 * smile);
        let lower = upper + at(0.0, 4.2 * open);
        let palate = below_arc(upper, reach, upper.y - corner);
        // Beyond the corners, the arcs run on beside each other.
        let between = block(at(MIDDLE, MOUTH), at(reach, 10.0), 0.0);
        let gap = palate.without(below_arc(lower, reach, lower.y - corner)).within(between);
        canvas.paint(rgb(0x8e2f45), gap);
        canvas.paint(rgb(0xf07f86), gap.within(ellipse(lower + at(0.0, 0.6), 4.0, 2.6)));
        canvas.paint(WHITE, gap.without(palate.grown(-2.0 * open)));
        for lip in [upper, lower] {
            // The control point that leads a Bézier curve through the lip.
            let control = lip * 2.0 - at(MIDDLE, corner);
            canvas.paint(INK, curve([at(MIDDLE - reach, corner), control, at(MIDDLE + reach, corner)], 1.5));
        }
    }

    fn draw_beard(&self, canvas: &mut Canvas) {
        let colour = self.hair_colour.colour();
        match self.beard {
            Beard::None => {}
            Beard::Moustache => {
                let wing = ellipse(at(27.8, 41.6), 4.6, 1.8).turned(-12.0, at(27.8, 41.6));
                outlined(canvas, colour, wing.mirrored(MIDDLE));
            }
            Beard::Goatee => outlined(canvas, colour, ellipse(at(MIDDLE, 51.3), 5.2, 3.6)),
            Beard::Full => {
                let lips = ellipse(at(MIDDLE, MOUTH + 1.0), 9.6, 5.2);
                let beard = head().grown(1.2).within(below_arc(at(MIDDLE, 40.8), 16.0, 6.0)).without(lips);
                outlined(canvas, colour, beard);
            }
        }
    }

    fn draw_hair_behind(&self, canvas: &mut Canvas) {
        match self.hair {
            Hair::Bald | Hair::Short | Hair::Parted | Hair::Spiky => {}
            Hair::Curly => self.paint_hair(canvas, circle(at(MIDDLE, 27.5), 22.5)),
            Hair::Bob => self.paint_hair(canvas, bob()),
            Hair::Long => self.paint_hair(canvas, mane()),
            Hair::Bun => self.paint_hair(canvas, circle(at(MIDDLE, 9.5), 6.2)),
        }
    }

    fn draw_hair(&self, canvas: &mut Canvas) {
        let scalp = head().grown(2.0);
        match self.hair {
            Hair::Bald => canvas.glaze(WHITE, 0.35, ellipse(at(26.0, 19.0), 4.5, 2.2).turned(-28.0, at(26.0, 19.0))),
            Hair::Short => {
                let brow = circle(at(24.0, 32.0), 10.8).mirrored(MIDDLE);
                self.paint_hair(canvas, scalp.within(above(31.5)).without(brow));
            }
            Hair::Parted => {
                let brow = circle(at(39.5, 38.5), 20.0);
                self.paint_hair(canvas, scalp.grown(1.0).within(above(30.0)).without(brow));
            }
            Hair::Spiky => {
                let spikes = polygon([
                    at(14.0, 29.0),
                    at(9.5, 19.0),
                    at(15.5, 19.5),
                    at(14.0, 8.5),
                    at(22.0, 13.0),
                    at(25.0, 3.5),
                    at(31.5, 11.0),
                    at(38.5, 3.5),
                    at(41.5, 12.5),
                    at(50.0, 8.5),
                    at(48.5, 19.5),
                    at(54.5, 19.0),
                    at(50.0, 29.0),
                    at(46.5, 23.0),
                    at(40.0, 20.0),
                    at(36.0, 23.0),
                    at(31.0, 19.5),
                    at(26.0, 22.5),
                    at(22.0, 20.0),
                    at(17.5, 23.0),
                ]);
                self.paint_hair(canvas, spikes);
            }
            Hair::Curly => {
                let curls = [[15.0, 25.5, 4.6], [20.0, 19.0, 5.0], [27.5, 16.0, 5.2]];
                let tuft = move |p: Vec2| curls.iter().map(|[x, y, r]| (p - at(*x, *y)).length() - r).fold(f32::INFINITY, f32::min);
                self.paint_hair(canvas, tuft.mirrored(MIDDLE));
            }
            Hair::Bob => self.paint_hair(canvas, bob().without(face_in_hair())),
            Hair::Long => self.paint_hair(canvas, mane().without(face_in_hair())),
            Hair::Bun => self.paint_hair(canvas, scalp.within(above_arc(at(MIDDLE, 18.5), 16.0, -11.0))),
        }
    }

    /// Hair as far as no hat covers it, with a shine where the light falls.
    fn paint_hair(&self, canvas: &mut Canvas, hair: impl Shape) {
        let colour = self.hair_colour.colour();
        match self.hat {
            Hat::None => {
                outlined(canvas, colour, hair);
                let shine = curve([at(18.6, 22.5), at(20.8, 16.6), at(27.4, 14.4)], 1.7);
                canvas.glaze(WHITE, 0.35, shine.within(hair.grown(-0.8)));
            }
            _ => outlined(canvas, colour, hair.within(below(BRIM - 2.0))),
        }
    }

    fn draw_glasses(&self, canvas: &mut Canvas) {
        match self.glasses {
            Glasses::None => {}
            Glasses::Round => self.draw_lenses(canvas, circle(EYE, 6.3)),
            Glasses::Square => self.draw_lenses(canvas, block(EYE, at(6.3, 5.4), 1.6)),
        }
    }

    fn draw_lenses(&self, canvas: &mut Canvas, lens: impl Shape) {
        canvas.glaze(WHITE, 0.22, lens.mirrored(MIDDLE));
        let rim = lens.grown(0.8).without(lens.grown(-0.6));
        let bow = line(at(18.0, EYE.y - 1.0), at(15.0, EYE.y - 1.8), 1.3);
        let bridge = curve([at(30.6, EYE.y), at(MIDDLE, EYE.y - 1.6), at(33.4, EYE.y)], 1.4);
        canvas.paint(INK, rim.and(bow).mirrored(MIDDLE));
        canvas.paint(INK, bridge);
    }

    fn draw_hat(&self, canvas: &mut Canvas) {
        match self.hat {
            Hat::None => {}
            Hat::Beanie => {
                outlined(canvas, WHITE, circle(at(MIDDLE, 5.8), 3.4));
                outlined(canvas, rgb(0xd9534f), ellipse(at(MIDDLE, BRIM), 18.5, 14.0).within(above(BRIM)));
                outlined(canvas, rgb(0xf2b8a8), block(at(MIDDLE, BRIM - 1.0), at(19.0, 3.2), 2.6));
            }
            Hat::Cap => {
                outlined(canvas, rgb(0x3f78b5), ellipse(at(MIDDLE, BRIM - 0.5), 18.5, 14.5).within(above(BRIM)));
                outlined(canvas, rgb(0x2c5686), ellipse(at(MIDDLE, BRIM + 0.5), 16.0, 3.4));
                canvas.paint(WHITE, circle(at(MIDDLE, 13.5), 2.8));
            }
            Hat::TopHat => {
                outlined(canvas, rgb(0x4a4157), block(at(MIDDLE, 12.0), at(12.5, 8.5), 1.5));
                canvas.paint(rgb(0xc2415b), block(at(MIDDLE, 16.2), at(12.5, 2.2), 0.0));
                outlined(canvas, rgb(0x4a4157), block(at(MIDDLE, BRIM - 1.2), at(20.5, 2.0), 2.0));
            }
            Hat::Crown => {
                let crown = polygon([
                    at(16.0, BRIM),
                    at(13.5, 7.0),
                    at(22.5, 13.5),
                    at(MIDDLE, 4.0),
                    at(41.5, 13.5),
                    at(50.5, 7.0),
                    at(48.0, BRIM),
                ]);
                outlined(canvas, rgb(0xf4c542), crown);
                canvas.paint(rgb(0xd64560), circle(at(MIDDLE, 16.5), 2.0));
                canvas.paint(rgb(0x3f9fd0), circle(at(22.0, 17.5), 1.6).mirrored(MIDDLE));
            }
        }
    }
}

/// A shape with an outline around it.
fn outlined(canvas: &mut Canvas, colour: Rgb, shape: impl Shape) {
    canvas.paint(INK, shape.grown(LINE));
    canvas.paint(colour, shape);
}

/// All above the arc through `tip`.
fn above_arc(tip: Vec2, reach: f32, rise: f32) -> impl Shape {
    let under = below_arc(tip, reach, rise);
    move |p| -under(p)
}

/// A skull and a narrower jaw.
fn head() -> impl Shape {
    ellipse(at(MIDDLE, 30.0), 17.0, 16.5).blended(ellipse(at(MIDDLE, 38.5), 14.5, 12.5), 5.0)
}

/// Hair down to the chin.
fn bob() -> impl Shape {
    block(at(MIDDLE, 30.5), at(20.0, 20.0), 17.0).within(above(46.0))
}

/// Hair over the shoulders.
fn mane() -> impl Shape {
    block(at(MIDDLE, 37.0), at(20.0, 26.5), 18.0)
}

/// What long hair leaves free of the face and the neck: a straight fringe above, a parting curtain below.
fn face_in_hair() -> impl Shape {
    let face = block(at(MIDDLE, 38.0), at(14.6, 14.5), 12.0);
    face.and(block(at(MIDDLE, 58.0), at(9.5, 12.0), 4.0))
}

impl Skin {
    fn colour(self) -> Rgb {
        match self {
            Skin::Porcelain => rgb(0xfbe0d0),
            Skin::Fair => rgb(0xf3c6a5),
            Skin::Golden => rgb(0xe3ab7d),
            Skin::Olive => rgb(0xc58c5c),
            Skin::Brown => rgb(0xa46b45),
            Skin::Deep => rgb(0x7b4d37),
        }
    }

    /// In the shade, and on eyelids.
    fn shade(self) -> Rgb {
        mix(self.colour(), rgb(0x7a2f3f), 0.25)
    }
}

impl HairColour {
    fn colour(self) -> Rgb {
        match self {
            HairColour::Black => rgb(0x423a4a),
            HairColour::Brown => rgb(0x74492f),
            HairColour::Auburn => rgb(0xb4552d),
            HairColour::Blond => rgb(0xedc262),
            HairColour::Gray => rgb(0xbfc0ca),
            HairColour::Blue => rgb(0x4c86d6),
            HairColour::Pink => rgb(0xe883b0),
        }
    }
}

impl EyeColour {
    fn colour(self) -> Rgb {
        match self {
            EyeColour::Brown => rgb(0x7a4a2b),
            EyeColour::Amber => rgb(0xc98a2b),
            EyeColour::Green => rgb(0x3f9a62),
            EyeColour::Blue => rgb(0x3d8ad4),
        }
    }
}

impl Background {
    fn colour(self) -> Rgb {
        match self {
            Background::Sky => rgb(0xa9d9f0),
            Background::Mint => rgb(0xb5e4cb),
            Background::Lemon => rgb(0xf8e7a0),
            Background::Peach => rgb(0xffcdb2),
            Background::Lilac => rgb(0xd5c6ef),
            Background::Dusk => rgb(0x5f6c94),
        }
    }

    fn shirt(self) -> Rgb {
        match self {
            Background::Sky => rgb(0xf08a5d),
            Background::Mint => rgb(0x3f7d8c),
            Background::Lemon => rgb(0x5d8a66),
            Background::Peach => rgb(0x3e6fa3),
            Background::Lilac => rgb(0xf2c14e),
            Background::Dusk => rgb(0xe76f7a),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Named;
    use super::super::super::raster::SIDE;
    use super::*;

    /// A face without anything that could cover anything.
    const PLAIN: Face = Face {
        skin: Skin::Fair,
        hair: Hair::Bald,
        hair_colour: HairColour::Brown,
        eyes: Eyes::Round,
        eye_colour: EyeColour::Green,
        openness: 1.0,
        brows: 0.0,
        mouth: 0.0,
        glasses: Glasses::None,
        beard: Beard::None,
        hat: Hat::None,
        tilt: 0.0,
        background: Background::Sky,
    };

    fn pixel(picture: &[u8], x: usize, y: usize) -> Rgb {
        let i = (y * SIDE + x) * 3;
        [picture[i], picture[i + 1], picture[i + 2]]
    }

    /// Where two pictures differ: left, top, right and bottom.
    fn difference(a: &[u8], b: &[u8]) -> Option<[usize; 4]> {
        let differ = (0..SIDE * SIDE).filter(|i| a[3 * i..][..3] != b[3 * i..][..3]).map(|i| (i % SIDE, i / SIDE));
        differ.fold(None, |found, (x, y)| {
            let [left, top, right, bottom] = found.unwrap_or([x, y, x, y]);
            Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
        })
    }

    #[test]
    fn colours_are_what_they_are_called() {
        for skin in Skin::ALL {
            assert_eq!(pixel(&Face { skin: *skin, ..PLAIN }.draw(), 32, 23), skin.colour());
        }
        for hair_colour in HairColour::ALL {
            let face = Face { hair: Hair::Bun, hair_colour: *hair_colour, ..PLAIN };
            assert_eq!(pixel(&face.draw(), 32, 9), hair_colour.colour());
        }
        for background in Background::ALL {
            let picture = Face { background: *background, ..PLAIN }.draw();
            assert_eq!((pixel(&picture, 0, 0), pixel(&picture, 32, 62)), (background.colour(), background.shirt()));
        }
        for eye_colour in EyeColour::ALL {
            assert_eq!(pixel(&Face { eye_colour: *eye_colour, ..PLAIN }.draw(), 23, 35), eye_colour.colour());
        }
    }

    /// An attribute shows, and shows nowhere but where it belongs: left, top, right and bottom.
    #[test]
    fn attributes_change_their_part_of_the_face() {
        let eyes = [17, 27, 46, 39];
        let parts = [
            (Face { eyes: Eyes::Almond, ..PLAIN }, eyes),
            (Face { eyes: Eyes::Dots, ..PLAIN }, eyes),
            (Face { eye_colour: EyeColour::Blue, ..PLAIN }, eyes),
            (Face { openness: 0.0, ..PLAIN }, eyes),
            (Face { openness: 0.9, ..PLAIN }, eyes),
            (Face { brows: 1.0, ..PLAIN }, [17, 21, 46, 30]),
            (Face { brows: -1.0, ..PLAIN }, [17, 21, 46, 30]),
            (Face { mouth: 0.1, ..PLAIN }, [16, 37, 47, 47]),
            (Face { mouth: 1.0, ..PLAIN }, [16, 37, 47, 53]),
            (Face { mouth: -1.0, ..PLAIN }, [23, 40, 40, 48]),
            (Face { glasses: Glasses::Round, ..PLAIN }, [13, 26, 50, 41]),
            (Face { glasses: Glasses::Square, ..PLAIN }, [13, 26, 50, 41]),
            (Face { beard: Beard::Moustache, ..PLAIN }, [21, 38, 42, 47]),
            (Face { beard: Beard::Goatee, ..PLAIN }, [25, 46, 38, 56]),
            (Face { beard: Beard::Full, ..PLAIN }, [12, 30, 51, 54]),
            (Face { hat: Hat::Beanie, ..PLAIN }, [11, 0, 52, 25]),
            (Face { hat: Hat::Cap, ..PLAIN }, [12, 0, 51, 27]),
            (Face { hat: Hat::TopHat, ..PLAIN }, [10, 0, 53, 24]),
            (Face { hat: Hat::Crown, ..PLAIN }, [10, 0, 53, 24]),
            (Face { hair: Hair::Short, ..PLAIN }, [11, 9, 52, 33]),
        ];
        let plain = PLAIN.draw();
        for (face, [left, top, right, bottom]) in parts {
            let found = difference(&plain, &face.draw()).unwrap_or_else(|| panic!("nothing changes for {face:?}"));
            let [l, t, r, b] = found;
            assert!(l >= left && t >= top && r <= right && b <= bottom, "{face:?} changes {found:?}");
        }
    }

    #[test]
    fn the_corners_of_the_mouth_rise_with_it() {
        let rise = |mouth: f32| {
            let picture = Face { mouth, ..PLAIN }.draw();
            let line = |x: usize| (41..50).find(|y| pixel(&picture, x, *y)[1] < 128).unwrap();
            assert_eq!(line(26), line(37), "both corners are as high");
            line(32) as i32 - line(26) as i32
        };
        let rises: Vec<i32> = (-5..=5).map(|step| rise(step as f32 / 5.0)).collect();
        assert!(rises.is_sorted() && rises[0] <= -2 && rises[5] == 0 && rises[10] >= 2, "{rises:?}");
    }

    #[test]
    fn a_head_tilts_to_its_side_and_leaves_the_shirt() {
        let middle_of_head = |tilt: f32| {
            let picture = Face { tilt, ..PLAIN }.draw();
            let skin: Vec<_> = (0..SIDE * SIDE).filter(|i| picture[3 * i..][..3] == PLAIN.skin.colour()).collect();
            skin.iter().map(|i| (i % SIDE) as f32).sum::<f32>() / skin.len() as f32
        };
        let [left, upright, right] = [-12.0, 0.0, 12.0].map(middle_of_head);
        assert!(left < upright - 3.0 && upright + 3.0 < right, "{left}, {upright}, {right}");
        assert_eq!(PLAIN.draw()[62 * SIDE * 3..], Face { tilt: 12.0, ..PLAIN }.draw()[62 * SIDE * 3..]);
    }

    #[test]
    fn heads_without_shine_and_glints_are_the_same_left_and_right() {
        // Hair with a hat has no shine, and closed eyes have no glint.
        for hair in Hair::ALL.iter().filter(|hair| **hair != Hair::Parted) {
            for (beard, hat) in [(Beard::Full, Hat::Cap), (Beard::Moustache, Hat::Crown), (Beard::Goatee, Hat::Beanie)] {
                let eyes = if beard == Beard::Full { Eyes::Dots } else { Eyes::Almond };
                let face = Face { hair: *hair, beard, hat, eyes, openness: 0.0, glasses: Glasses::Round, ..PLAIN };
                let picture = face.draw();
                for (x, y) in (0..SIDE / 2).flat_map(|x| (BRIM as usize + 8..SIDE).map(move |y| (x, y))) {
                    let (left, right) = (pixel(&picture, x, y), pixel(&picture, SIDE - 1 - x, y));
                    assert!((0..3).all(|i| left[i].abs_diff(right[i]) <= 1), "{face:?} at {x}, {y}: {left:?}, {right:?}");
                }
            }
        }
    }
}
