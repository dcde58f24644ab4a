use super::{any, case, numbers, of_one};
use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    [products(), batched(), edges()].into_iter().flatten().collect()
}

/// Sizes m, k, n of `[m, k] × [k, n]`, around and off the sizes of tiles.
const SIZES: [[usize; 3]; 14] = [
    [1, 1, 1],
    [3, 5, 2],
    [1, 257, 3],
    [255, 3, 1],
    [7, 33, 257],
    [257, 1, 5],
    [64, 64, 64],
    [65, 127, 33],
    [9, 513, 17],
    [70, 300, 40],
    [0, 3, 2],
    [3, 0, 2],
    [3, 2, 0],
    [1, 3, 255],
];

/// Whether the left and the right operand are stored transposed.
const TURNS: [[bool; 2]; 4] = [[false, false], [true, false], [false, true], [true, true]];

fn products() -> Vec<Case> {
    let product = |sizes: [usize; 3], [left, right]: [bool; 2]| {
        let [m, k, n] = sizes;
        let stored = |rows, cols, turned| if turned { any([cols, rows]) } else { any([rows, cols]) };
        let given = vec![stored(m, k, left), stored(k, n, right)];
        case(name(&format!("[{m}, {k}] × [{k}, {n}]"), [left, right]), given, move |_, x| {
            let a = if left { x[0].t() } else { x[0] };
            a.matmul(if right { x[1].t() } else { x[1] })
        })
    };
    SIZES.into_iter().flat_map(|sizes| TURNS.map(|turns| product(sizes, turns))).collect()
}

fn name(product: &str, [left, right]: [bool; 2]) -> String {
    let turned = |turned, side: &str| if turned { format!(", {side} transposed") } else { String::new() };
    format!("matmul {product}{}{}", turned(left, "left"), turned(right, "right"))
}

fn batched() -> Vec<Case> {
    let product = |[left, right]: [bool; 2]| {
        let given = vec![any(if left { [3, 4, 2] } else { [3, 2, 4] }), any(if right { [3, 5, 4] } else { [3, 4, 5] })];
        case(name("[3, 2, 4] × [3, 4, 5]", [left, right]), given, move |_, x| {
            let a = if left { x[0].t() } else { x[0] };
            a.matmul(if right { x[1].t() } else { x[1] })
        })
    };
    let plain = |a: &[usize], b: &[usize]| case(format!("matmul {a:?} × {b:?}"), vec![any(a), any(b)], |_, x| x[0].matmul(x[1]));
    let mut cases: Vec<Case> = TURNS.map(product).into();
    cases.extend([
        plain(&[2, 3, 5, 4], &[2, 3, 4, 1]),
        plain(&[2, 3, 4], &[4, 5]),
        plain(&[2, 2, 3, 4], &[4, 5]),
        plain(&[0, 3, 4], &[0, 4, 5]),
        plain(&[2, 3, 0], &[2, 0, 5]),
        of_one("matmul x × xᵀ", any([3, 5]), |x| x.matmul(x.t())),
        of_one("matmul xᵀ × x", any([3, 5]), |x| x.t().matmul(x)),
        of_one("matmul x × x", any([5, 5]), |x| x.matmul(x)),
        of_one("matmul x × x reshaped", any([3, 5]), |x| x.matmul(x.reshape([5, 3]))),
    ]);
    cases
}

fn edges() -> Vec<Case> {
    const NAN: f32 = f32::NAN;
    const INF: f32 = f32::INFINITY;
    let product =
        |name: &str, a: &[f32], b: &[f32]| case(name, vec![numbers([2, 2], a), numbers([2, 2], b)], |_, x| x[0].matmul(x[1]));
    vec![
        product("matmul with NaN", &[1.0, NAN, 1.0, 2.0], &[1.0, 2.0, 0.0, 1.0]).is(vec![NAN, NAN, 1.0, 4.0]),
        product("matmul with ∞", &[1.0, INF, 1.0, 2.0], &[1.0, 2.0, 0.0, 1.0]).is(vec![NAN, INF, 1.0, 4.0]),
        case("matmul over nothing", vec![any([2, 0]), any([0, 3])], |_, x| x[0].matmul(x[1])).is(vec![0.0; 6]),
    ]
}
