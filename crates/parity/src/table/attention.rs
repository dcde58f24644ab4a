use terrarium_graph::{Attention, Tensor};

use super::{any, case, numbers};
use crate::case::{Case, Given};

const NAN: f32 = f32::NAN;

pub(super) fn cases() -> Vec<Case> {
    [of_projections(), of_tensors(), composed(), edges()].into_iter().flatten().map(Case::once_derivable).collect()
}

fn full(heads: usize, kv_heads: usize) -> Attention {
    Attention { heads, kv_heads, causal: false }
}

fn causal(heads: usize, kv_heads: usize) -> Attention {
    Attention { causal: true, ..full(heads, kv_heads) }
}

fn called(of: Attention) -> String {
    let Attention { heads, kv_heads, causal } = of;
    format!("{} attention, {heads} heads on {kv_heads}", if causal { "causal" } else { "full" })
}

/// Attention whose queries, keys and values are the columns of one projection.
fn within(x: Tensor<'_>, of: Attention) -> Tensor<'_> {
    let head_dim = x.shape()[2] / (of.heads + 2 * of.kv_heads);
    let (keys, values) = (of.heads * head_dim, (of.heads + of.kv_heads) * head_dim);
    x.slice(2, 0..keys).attention(x.slice(2, keys..values), x.slice(2, values..x.shape()[2]), of)
}

/// Sizes batch, time, heads, kv_heads, head_dim: off and on the sizes of tiles, longer than a block of queries.
fn of_projections() -> Vec<Case> {
    let sizes: [[usize; 5]; 10] = [
        [1, 1, 1, 1, 1],
        [2, 3, 1, 1, 3],
        [1, 5, 2, 1, 4],
        [2, 64, 2, 2, 16],
        [1, 33, 4, 2, 5],
        [1, 255, 1, 1, 3],
        [1, 257, 2, 1, 2],
        [2, 7, 3, 3, 33],
        [1, 10, 1, 1, 130],
        [0, 3, 2, 2, 4],
    ];
    let mut cases = Vec::new();
    for [batch, time, heads, kv_heads, head_dim] in sizes {
        for of in [full(heads, kv_heads), causal(heads, kv_heads)] {
            let rows = [batch, time, (heads + 2 * kv_heads) * head_dim];
            cases.push(case(format!("{} of {rows:?}", called(of)), vec![any(rows)], move |_, x| within(x[0], of)));
        }
    }
    cases
}

/// Attention whose queries, keys and values are tensors of their own, with as many keys as queries and with others.
fn of_tensors() -> Vec<Case> {
    let of = |name: &str, given: Vec<Given>, of: Attention| {
        case(format!("{name} {}", called(of)), given, move |_, x| x[0].attention(x[1], x[2], of))
    };
    vec![
        of("separate", vec![any([2, 5, 8]), any([2, 5, 4]), any([2, 5, 4])], causal(4, 2)),
        of("crossing", vec![any([2, 5, 6]), any([2, 9, 6]), any([2, 9, 6])], full(2, 2)),
        of("crossing, one query,", vec![any([3, 1, 6]), any([3, 70, 2]), any([3, 70, 2])], full(3, 1)),
        of("crossing, many queries,", vec![any([1, 131, 6]), any([1, 3, 3]), any([1, 3, 3])], full(2, 1)),
        of("no queries,", vec![any([2, 0, 6]), any([2, 3, 6]), any([2, 3, 6])], full(2, 2)),
        case("attention of one tensor to itself", vec![any([2, 6, 4])], |_, x| x[0].attention(x[0], x[0], causal(2, 2))),
        case("attention of two tensors", vec![any([2, 6, 4]), any([2, 3, 9])], |_, x| {
            x[0].attention(x[1].slice(2, 1..5), x[1].slice(2, 5..9), full(2, 2))
        }),
        case("attention of columns in another order", vec![any([2, 6, 12])], |_, x| {
            x[0].slice(2, 8..12).attention(x[0].slice(2, 0..4), x[0].slice(2, 4..8), causal(1, 1))
        }),
    ]
}

/// In place of a loss, between products, and beside the same written out as products and a softmax.
fn composed() -> Vec<Case> {
    vec![
        case("attention between products", vec![any([2, 9, 6]), any([6, 16]), any([8, 6])], |_, x| {
            (within(x[0].matmul(x[1]), causal(2, 1)).matmul(x[2]) + x[0]).square().mean_all()
        }),
        case("attention less the same as products and a softmax", vec![any([2, 9, 12])], |_, x| {
            let head = |part: usize, head: usize| x[0].slice(2, part * 4 + head * 2..part * 4 + head * 2 + 2);
            let written_out = |i: usize| (head(0, i).matmul(head(1, i).t()) * 0.5_f32.sqrt()).softmax().matmul(head(2, i));
            within(x[0], full(2, 2)) - x[0].builder().concat(&[written_out(0), written_out(1)], 2)
        })
        .is(vec![0.0; 72])
        .with_gradients(vec![vec![0.0; 216]]),
    ]
}

fn edges() -> Vec<Case> {
    let one_head = |name: &str, rows: &[f32], of: Attention| {
        case(name, vec![numbers([1, rows.len() / 3, 3], rows)], move |_, x| within(x[0], of))
    };
    vec![
        // Rows are query, key, value; weights are e⁰ : e^1000 and the like.
        one_head("attention with large scores", &[1.0, 0.0, 3.0, 1000.0, 1.0, 5.0], full(1, 1))
            .is(vec![(3.0 + std::f32::consts::E * 5.0) / (1.0 + std::f32::consts::E), 5.0]),
        one_head("attention, causal, of a first query", &[7.0, -3.0, 3.0, 0.0, 1.0, 5.0], causal(1, 1)).is(vec![3.0, 4.0]),
        one_head("attention with NaN in a query", &[NAN, 0.0, 3.0, 0.0, 1.0, 5.0], full(1, 1)).is(vec![NAN, 4.0]),
        one_head("attention with NaN in a key", &[1.0, NAN, 3.0, 0.0, 1.0, 5.0], causal(1, 1)).is(vec![NAN, NAN]),
        one_head("attention with NaN in a value", &[0.0, 1.0, NAN, 0.0, 1.0, 5.0], full(1, 1)).is(vec![NAN, NAN]),
        case("attention without keys", vec![any([2, 1, 3]), any([2, 0, 3]), any([2, 0, 3])], |_, x| {
            x[0].attention(x[1], x[2], full(1, 1))
        })
        .is(vec![0.0; 6])
        .with_gradients(vec![vec![0.0; 6], vec![], vec![]]),
    ]
}
