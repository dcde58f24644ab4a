//! A single-line alphabet, in the spirit of Hershey's plotter fonts (1967), small enough to read.
//!
//! A glyph is a list of strokes. A stroke is a list of vertices of two digits each, x then y: capitals and digits stand
//! on y = 2 and reach to 8, small letters to 6, tails down to 0. After `-` the vertices are joined by straight lines;
//! after `~` they are the control points of a quadratic B-spline that starts in the first and ends in the last vertex.

/// Straight pieces, each from one point to another.
pub(super) type Segment = [[f64; 2]; 2];

/// The straight pieces that approximate a letter, in units of the table. `None` where there is no glyph.
pub(super) fn segments(letter: char) -> Option<Vec<Segment>> {
    let (_, strokes) = GLYPHS.iter().find(|(name, _)| *name == letter)?;
    Some(strokes.split(' ').flat_map(polyline).collect())
}

fn polyline(stroke: &str) -> Vec<Segment> {
    let (style, digits) = stroke.split_at(1);
    let digit = |byte: u8| f64::from(byte - b'0');
    let vertices: Vec<_> = digits.as_bytes().chunks_exact(2).map(|xy| [digit(xy[0]), digit(xy[1])]).collect();
    let corners = if style == "~" { spline(&vertices) } else { vertices };
    corners.windows(2).map(|pair| [pair[0], pair[1]]).collect()
}

/// Points along a quadratic B-spline: between the two ends, the curve passes through the middle of each leg of the
/// control polygon and is a parabola from one to the next.
fn spline(control: &[[f64; 2]]) -> Vec<[f64; 2]> {
    const STEPS: u8 = 8;
    let middle = |a: [f64; 2], b: [f64; 2]| [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
    let last = control.len() - 1;
    let mut curve = vec![control[0]];
    for i in 1..last {
        let from = if i == 1 { control[0] } else { middle(control[i - 1], control[i]) };
        let to = if i + 1 == last { control[last] } else { middle(control[i], control[i + 1]) };
        curve.extend((1..=STEPS).map(|step| {
            let t = f64::from(step) / f64::from(STEPS);
            let bezier =
                |axis: usize| (1.0 - t).powi(2) * from[axis] + 2.0 * t * (1.0 - t) * control[i][axis] + t.powi(2) * to[axis];
            [bezier(0), bezier(1)]
        }));
    }
    curve
}

const GLYPHS: [(char, &str); 62] = [
    ('A', "-022842 -1535"),
    ('B', "-0208 ~08383505 ~05454202"),
    ('C', "~474808024243"),
    ('D', "-0208 ~08484202"),
    ('E', "-48080242 -0535"),
    ('F', "-480802 -0535"),
    ('G', "~474808024245 -4525"),
    ('H', "-0208 -4248 -0545"),
    ('I', "-0828 -1812 -0222"),
    ('J', "-4844 ~44420204"),
    ('K', "-0208 -480542"),
    ('L', "-080242"),
    ('M', "-0208244842"),
    ('N', "-02084248"),
    ('O', "~280802424828"),
    ('P', "-0208 ~08484505"),
    ('Q', "~280802424828 -2442"),
    ('R', "-0208 ~08484505 -2542"),
    ('S', "~4748080545420203"),
    ('T', "-0848 -2822"),
    ('U', "-0804 ~04024244 -4448"),
    ('V', "-082248"),
    ('W', "-0812263248"),
    ('X', "-0842 -0248"),
    ('Y', "-082548 -2522"),
    ('Z', "-08480242"),
    ('a', "~260602424626 -4642"),
    ('b', "-0802 ~260602424626"),
    ('c', "~454606024243"),
    ('d', "-4842 ~260602424626"),
    ('e', "-0444 ~444606024243"),
    ('f', "~381816 -1612 -0626"),
    ('g', "~260602424626 -4641 ~41400001"),
    ('h', "-0802 ~04064644 -4442"),
    ('i', "-0602 -0807"),
    ('j', "-2621 ~212000 -2827"),
    ('k', "-0802 -360432"),
    ('l', "-0802"),
    ('m', "-0602 ~04062624 -2422 ~24264644 -4442"),
    ('n', "-0602 ~04064644 -4442"),
    ('o', "~260602424626"),
    ('p', "-0600 ~260602424626"),
    ('q', "~260602424626 -4640"),
    ('r', "-0602 ~040636"),
    ('s', "~3536060434320203"),
    ('t', "-1813 ~131222 -0626"),
    ('u', "-0604 ~04024244 -4642"),
    ('v', "-062246"),
    ('w', "-0612253246"),
    ('x', "-0642 -0246"),
    ('y', "-0622 -4610"),
    ('z', "-06460242"),
    ('0', "~280802424828 -1337"),
    ('1', "-062822"),
    ('2', "~0708484602 -0242"),
    ('3', "~0708484525 ~2545420203"),
    ('4', "-32380444"),
    ('5', "-480805 ~0545420203"),
    ('6', "~380804 ~260602424626"),
    ('7', "-084812"),
    ('8', "~280805454828 ~250502424525"),
    ('9', "~280804444828 ~464212"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_and_digit_has_its_own_glyph() {
        let letters: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').collect();
        assert_eq!(GLYPHS.map(|(letter, _)| letter).to_vec(), letters);
        for (i, (letter, strokes)) in GLYPHS.iter().enumerate() {
            assert!(GLYPHS[..i].iter().all(|(_, other)| other != strokes), "{letter} looks like another letter");
        }
        assert_eq!(segments('é'), None);
    }

    #[test]
    fn glyphs_stand_on_the_line_and_start_at_the_left() {
        for (letter, _) in GLYPHS {
            let corners: Vec<_> = segments(letter).unwrap().into_iter().flatten().collect();
            let low = |axis: usize| corners.iter().map(|c| c[axis]).fold(f64::INFINITY, f64::min);
            let high = |axis: usize| corners.iter().map(|c| c[axis]).fold(f64::NEG_INFINITY, f64::max);
            assert_eq!(low(0), 0.0, "{letter} starts at the left");
            assert!(high(0) <= 4.0, "{letter} is too wide");
            assert_eq!(low(1), if "gjpqy".contains(letter) { 0.0 } else { 2.0 }, "{letter} stands on the line");
            let tall = letter.is_ascii_uppercase() || letter.is_ascii_digit() || "bdfhijklt".contains(letter);
            assert_eq!(high(1), if tall { 8.0 } else { 6.0 }, "{letter} has its height");
        }
    }

    #[test]
    fn splines_pass_through_their_ends_and_the_middles_of_inner_legs() {
        let curve = spline(&[[0.0, 0.0], [0.0, 2.0], [2.0, 2.0], [2.0, 0.0]]);
        assert_eq!(curve[0], [0.0, 0.0]);
        assert_eq!(curve[8], [1.0, 2.0]);
        assert_eq!(curve[16], [2.0, 0.0]);
        assert_eq!(curve[4], [0.25, 1.5], "halfway along the first parabola");
    }
}
