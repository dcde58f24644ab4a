//! What computes one token after the other. None of it has derivatives.

use terrarium_graph::{Cache, Tensor};

use super::{any, at, case, numbers};
use crate::case::{Case, Given};

const NAN: f32 = f32::NAN;

pub(super) fn cases() -> Vec<Case> {
    cached_attention()
}

/// Query, key, value and the two caches, then the position.
fn attend<'b>(heads: usize, x: &[Tensor<'b>]) -> Tensor<'b> {
    x[0].cached_attention(heads, x[1], x[2], Cache { keys: x[3], values: x[4], position: x[5] })
}

fn cached_attention() -> Vec<Case> {
    let given = |heads: usize, kv_heads: usize, head_dim: usize, context: usize| -> Vec<Given> {
        let width = kv_heads * head_dim;
        let sizes = [vec![heads * head_dim], vec![width], vec![width], vec![context, width], vec![context, width]];
        sizes.into_iter().map(|sizes| any(sizes).fixed()).collect()
    };
    let sized = |sizes: [usize; 4], position: u32| {
        let [heads, kv_heads, head_dim, context] = sizes;
        let name = format!("cached attention of {heads} heads to {kv_heads}, {head_dim} wide, at {position} of {context}");
        case(name, [given(heads, kv_heads, head_dim, context), vec![at(&[position])]].concat(), move |_, x| attend(heads, x))
    };
    let mut cases = Vec::new();
    for position in [0, 1, 3, 63, 64, 65, 127, 255, 257, u32::MAX] {
        cases.push(sized([4, 4, 32, 257], position));
    }
    for sizes in [[1, 1, 1, 1], [3, 1, 3, 3], [6, 2, 5, 9], [1, 1, 257, 3], [2, 2, 64, 0], [2, 1, 255, 65], [8, 4, 16, 128]] {
        cases.push(sized(sizes, 2));
    }
    let small = |query: f32, keys: &[f32], values: &[f32], position: f32| -> Vec<Given> {
        let rows = keys.len() - 1;
        let newest = |of: &[f32]| numbers([1], &of[rows..]).fixed();
        let cache = |of: &[f32]| numbers([rows, 1], &of[..rows]).fixed();
        vec![
            numbers([1], &[query]).fixed(),
            newest(keys),
            newest(values),
            cache(keys),
            cache(values),
            numbers([], &[position]).fixed(),
        ]
    };
    let one = |name: &str, given: Vec<Given>| case(name, given, |_, x| attend(1, x));
    cases.extend([
        one("cached attention to equal keys", small(2.0, &[1.0, 1.0, 5.0, 1.0], &[3.0, 9.0, NAN, 6.0], 2.9)).is(vec![6.0]),
        one("cached attention to large keys", small(100.0, &[-100.0, 100.0, -100.0], &[3.0, 9.0, 6.0], 2.0)).is(vec![9.0]),
        one("cached attention to NaN", small(2.0, &[1.0, NAN, 1.0], &[3.0, 9.0, 6.0], 2.0)).is(vec![NAN]),
        one("cached attention at no position", small(0.0, &[1.0, 2.0, 3.0], &[3.0, 9.0, 6.0], NAN)).is(vec![6.0]),
        // Query, key and value are stretches of one product.
        case(
            "cached attention of a projection",
            vec![any([1, 8]).fixed(), any([8, 24]).fixed(), any([4, 8]).fixed(), any([4, 8]).fixed(), at(&[3])],
            |_, x| {
                let all = x[0].matmul(x[1]);
                let part = |i: usize| all.slice(1, 8 * i..8 * (i + 1));
                part(0).cached_attention(2, part(1), part(2), Cache { keys: x[2], values: x[3], position: x[4] }).tanh()
            },
        ),
    ]);
    cases
}
