use terrarium_graph::{Attention, Pairs, Rotary, Scalar};

use super::{any, at, case, numbers};
use crate::case::Case;

fn rotary(head_dim: usize, pairs: Pairs) -> Rotary {
    Rotary { head_dim, base: Scalar(10_000.0), pairs }
}

pub(super) fn cases() -> Vec<Case> {
    // Rows, heads that are turned, of how many elements, and where they start.
    let sizes: [(&[usize], usize, usize, f32); 8] = [
        (&[1, 2], 1, 2, 0.0),
        (&[1, 3, 6], 1, 6, 1.0),
        (&[2, 3, 8], 2, 4, 0.0),
        (&[2, 5, 21], 3, 6, 7.0),
        (&[255, 2], 1, 2, 2.0),
        (&[1, 257, 12], 2, 4, 0.0),
        (&[2, 2, 3, 10], 1, 10, 500.0),
        (&[3, 0, 8], 2, 4, 0.0),
    ];
    let mut cases = Vec::new();
    for (rows, heads, head_dim, start) in sizes {
        for pairs in [Pairs::Halves, Pairs::Neighbours] {
            let name = format!("rotary of {heads} heads of {head_dim} in {rows:?} from {start}, {pairs:?}");
            let given = vec![any(rows), numbers([], &[start]).fixed()];
            cases.push(case(name, given, move |_, x| x[0].rotary(x[1], heads, rotary(head_dim, pairs))));
        }
    }
    let (sine, cosine) = 1.0_f32.sin_cos();
    let (slow_sine, slow_cosine) = 0.01_f32.sin_cos();
    let turned = |name: &str, pairs: Pairs| {
        let given = vec![numbers([2, 5], &[1.0, 2.0, 3.0, 4.0, 5.0, 1.0, 2.0, 3.0, 4.0, f32::NAN]), at(&[0])];
        case(name, given, move |_, x| x[0].rotary(x[1], 1, rotary(4, pairs)))
    };
    let pair = |a: f32, b: f32, sine: f32, cosine: f32| [a * cosine - b * sine, b * cosine + a * sine];
    let ([a, c], [b, d]) = (pair(1.0, 3.0, sine, cosine), pair(2.0, 4.0, slow_sine, slow_cosine));
    let ([e, f], [g, h]) = (pair(1.0, 2.0, sine, cosine), pair(3.0, 4.0, slow_sine, slow_cosine));
    cases.extend([
        turned("rotary, halves of a head", Pairs::Halves).is(vec![1.0, 2.0, 3.0, 4.0, 5.0, a, b, c, d, f32::NAN]),
        turned("rotary, neighbours in a head", Pairs::Neighbours).is(vec![1.0, 2.0, 3.0, 4.0, 5.0, e, f, g, h, f32::NAN]),
        case("rotary of queries and keys before attention", vec![any([2, 7, 16]), at(&[3])], |_, x| {
            let turned = x[0].rotary(x[1], 3, rotary(4, Pairs::Halves));
            let of = Attention { heads: 2, kv_heads: 1, causal: true };
            turned.slice(2, 0..8).attention(turned.slice(2, 8..12), turned.slice(2, 12..16), of)
        })
        .once_derivable(),
    ]);
    cases
}
