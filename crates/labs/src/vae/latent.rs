//! Ways through a latent space: from one code to another, and into the direction that means something.

/// The point of the straight way from `from` (share 0) to `to` (share 1).
pub fn straight(from: &[f32], to: &[f32], share: f32) -> Vec<f32> {
    from.iter().zip(to).map(|(a, b)| a + share * (b - a)).collect()
}

/// The same along the arc of a great circle (Shoemake 1985; for latent spaces White 2016): the direction turns evenly, and the
/// length goes evenly from the one to the other, so that no code on the way is nearer to the middle of the space than both ends.
/// Where there is no such arc, between codes that lie on a line through the middle, the way is straight.
pub fn spherical(from: &[f32], to: &[f32], share: f32) -> Vec<f32> {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let lengths = [from, to].map(|code| dot(code, code).sqrt());
    let angle = (dot(from, to) / (lengths[0] * lengths[1])).clamp(-1.0, 1.0).acos();
    let sine = angle.sin();
    // There is no angle where a length is 0.
    if sine.is_nan() || sine <= 1e-4 {
        return straight(from, to, share);
    }
    let length = lengths[0] + share * (lengths[1] - lengths[0]);
    let weights = [((1.0 - share) * angle).sin() / lengths[0], (share * angle).sin() / lengths[1]].map(|w| w * length / sine);
    from.iter().zip(to).map(|(a, b)| weights[0] * a + weights[1] * b).collect()
}

/// `code + strength · direction`
pub fn moved(code: &[f32], direction: &[f32], strength: f32) -> Vec<f32> {
    code.iter().zip(direction).map(|(z, d)| z + strength * d).collect()
}

/// From the mean of the codes of which `without` is true to that of those of which `with` is (Larsen et al. 2016, sec. 4.2); `None`
/// where there are no such codes.
pub fn direction(codes: &[Vec<f32>], without: impl Fn(usize) -> bool, with: impl Fn(usize) -> bool) -> Option<Vec<f32>> {
    Some(moved(&mean(codes, with)?, &mean(codes, without)?, -1.0))
}

fn mean(codes: &[Vec<f32>], which: impl Fn(usize) -> bool) -> Option<Vec<f32>> {
    let chosen: Vec<&Vec<f32>> = codes.iter().enumerate().filter(|(i, _)| which(*i)).map(|(_, code)| code).collect();
    let dimensions = chosen.first()?.len();
    Some((0..dimensions).map(|i| chosen.iter().map(|code| code[i]).sum::<f32>() / chosen.len() as f32).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn length(code: &[f32]) -> f32 {
        code.iter().map(|z| z * z).sum::<f32>().sqrt()
    }

    fn near(a: &[f32], b: &[f32]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-3 * (1.0 + b.abs()))
    }

    #[test]
    fn an_arc_turns_where_a_line_cuts_across() {
        let half = 0.5_f32.sqrt();
        assert!(near(&spherical(&[1.0, 0.0], &[0.0, 1.0], 0.5), &[half, half]));
        assert!(near(&straight(&[1.0, 0.0], &[0.0, 1.0], 0.5), &[0.5, 0.5]));
        assert!(near(&spherical(&[1.0, 0.0], &[0.0, 3.0], 0.5), &[2.0 * half, 2.0 * half]));
    }

    #[test]
    fn where_there_is_no_arc_the_way_is_straight() {
        assert_eq!(spherical(&[0.0, 0.0], &[0.0, 1.0], 0.5), [0.0, 0.5]);
        assert_eq!(spherical(&[1.0, 0.0], &[3.0, 0.0], 0.5), [2.0, 0.0]);
        assert_eq!(spherical(&[1.0, 0.0], &[-1.0, 0.0], 0.25), [0.5, 0.0]);
    }

    #[test]
    fn a_direction_leads_from_those_without_to_those_with() {
        let codes: Vec<Vec<f32>> = [[0.0, 1.0], [2.0, 1.0], [9.0, 9.0], [4.0, 2.0]].map(Vec::from).to_vec();
        assert_eq!(direction(&codes, |i| i < 2, |i| i == 3), Some(vec![3.0, 1.0]));
        assert_eq!(direction(&codes, |i| i < 2, |_| false), None);
        assert_eq!(direction(&[], |_| true, |_| true), None);
    }

    proptest! {
        #[test]
        fn ends_are_met_and_lengths_kept(
            from in prop::collection::vec(-3.0..3.0_f32, 5),
            to in prop::collection::vec(-3.0..3.0_f32, 5),
            share in 0.0..=1.0_f32,
        ) {
            for way in [straight, spherical] {
                prop_assert!(near(&way(&from, &to, 0.0), &from) && near(&way(&from, &to, 1.0), &to));
            }
            prop_assume!(length(&from) > 0.1 && length(&to) > 0.1);
            let to: Vec<f32> = to.iter().map(|z| z * length(&from) / length(&to)).collect();
            let cosine = from.iter().zip(&to).map(|(a, b)| a * b).sum::<f32>() / length(&from).powi(2);
            prop_assume!(cosine.abs() < 0.99);
            prop_assert!((length(&spherical(&from, &to, share)) - length(&from)).abs() < 1e-3 * length(&from));
        }
    }
}
