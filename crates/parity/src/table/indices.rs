use super::{any, at, case, given, numbers, of_one};
use crate::case::{Case, Values};

const NAN: f32 = f32::NAN;
const INF: f32 = f32::INFINITY;

pub(super) fn cases() -> Vec<Case> {
    [rows(), casts(), texts()].into_iter().flatten().collect()
}

/// Indices stand for themselves: the value of a row is what they are as numbers.
fn casts() -> Vec<Case> {
    let numbers_of = |indices: &[u32]| indices.iter().map(|&index| index as f32).collect::<Vec<f32>>();
    let mut cases = vec![
        case("indices as numbers", vec![at(&[0, 1, 16_777_215, u32::MAX])], |_, x| x[0].to_numbers()).is(numbers_of(&[
            0,
            1,
            16_777_215,
            u32::MAX,
        ])),
        of_one("numbers as indices", numbers([6], &[0.0, -0.0, 0.99, 1.0, 65.5, 16_777_215.0]), |x| x.to_indices().to_numbers())
            .is(numbers_of(&[0, 0, 0, 1, 65, 16_777_215]))
            .with_gradients(vec![vec![0.0; 6]]),
        of_one("what stands for no index", numbers([6], &[NAN, -1e-30, -3.0, -INF, 4_294_967_296.0, INF]), |x| {
            x.to_indices().to_numbers()
        })
        .is(numbers_of(&[u32::MAX; 6])),
        case("gather from where a computed number says", vec![any([5, 3]), numbers([3], &[2.2, 0.2, 1.7])], |_, x| {
            (x[0] * 2.0).gather((x[1] * 2.0).to_indices())
        }),
        case("indices reshaped, sliced and back", vec![at(&[3, 1, 4, 1, 5, 9])], |_, x| {
            x[0].reshape([2, 3]).slice(1, 1..3).to_numbers().square()
        })
        .is(vec![1.0, 16.0, 25.0, 81.0]),
        case("a cast in a chain of numbers", vec![any([257]), given([257], Values::Below(17))], |_, x| {
            (x[0] + x[1].to_numbers() * 0.1).tanh() * x[1].to_numbers()
        }),
        case("a cast after a product", vec![numbers([1, 2], &[1.5, 2.0]), numbers([2, 2], &[1.0, 2.0, 3.0, -4.0])], |_, x| {
            x[0].matmul(x[1]).to_indices().to_numbers()
        })
        .is(vec![7.0, u32::MAX as f32]),
    ];
    for len in [0, 1, 3, 255, 257] {
        cases.push(case(format!("casts of {len}"), vec![given([len], Values::Below(1000)), any([len])], |_, x| {
            (x[0].to_numbers() * 0.5).to_indices().to_numbers() * x[1]
        }));
    }
    cases
}

fn texts() -> Vec<Case> {
    let windows = |n: usize, batch: usize, len: usize| {
        let given = vec![given([n], Values::Below(65)), given([batch], Values::Below((n - len) as u32 + 1)), any([65])];
        case(format!("windows of {n}, {batch} of {len}"), given, move |_, x| {
            x[2].gather(x[0].windows(x[1], len).reshape([batch * len]))
        })
    };
    const OUT: f32 = u32::MAX as f32;
    vec![
        windows(1, 1, 1),
        windows(257, 3, 17),
        windows(255, 257, 3),
        windows(300, 5, 257),
        windows(9, 0, 3),
        windows(9, 4, 0),
        case("windows beyond the text", vec![at(&[3, 1, 4]), at(&[0, 2, 3, u32::MAX, u32::MAX - 1])], |_, x| {
            x[0].windows(x[1], 3).to_numbers()
        })
        .is([[3.0, 1.0, 4.0], [4.0, OUT, OUT], [OUT; 3], [OUT; 3], [OUT; 3]].concat()),
        case("windows of nothing", vec![at(&[]), at(&[0])], |_, x| x[0].windows(x[1], 2).to_numbers()).is(vec![OUT; 2]),
        case("what is read and what is to be told", vec![at(&[5, 6, 7, 8, 9]), at(&[0, 2])], |b, x| {
            let batch = x[0].windows(x[1], 3);
            b.concat(&[batch.slice(1, 0..2).to_numbers(), batch.slice(1, 1..3).to_numbers()], 1)
        })
        .is(vec![5.0, 6.0, 6.0, 7.0, 7.0, 8.0, 8.0, 9.0]),
        case("windows from drawn starts", vec![given([33], Values::Below(7)), any([7, 3])], |b, x| {
            x[1].gather(x[0].windows(b.random_index(33 - 4, 6), 5).reshape([30]))
        }),
        case("gather rows of indices", vec![at(&[5, 6, 7, 8, 9, 4]), at(&[2, 0, 3, u32::MAX])], |_, x| {
            x[0].reshape([3, 2]).gather(x[1]).to_numbers()
        })
        .is(vec![9.0, 4.0, 5.0, 6.0, OUT, OUT, OUT, OUT]),
        case("gather many indices", vec![given([257], Values::Below(7)), given([255], Values::Below(257)), any([7])], |_, x| {
            x[2].gather(x[0].gather(x[1]))
        }),
    ]
}

fn rows() -> Vec<Case> {
    vec![
        case("gather scalars", vec![any([5]), at(&[4, 0, 4, 2])], |_, x| x[0].gather(x[1])),
        case("gather rows", vec![any([5, 3]), at(&[1, 1, 4, 0, 1, 3, 2])], |_, x| x[0].gather(x[1])),
        case("gather blocks", vec![any([3, 2, 4]), at(&[2, 0])], |_, x| x[0].gather(x[1])),
        case("gather many", vec![any([17, 3]), given([257], Values::Below(17))], |_, x| x[0].gather(x[1])),
        case("gather nothing", vec![any([5, 3]), at(&[])], |_, x| x[0].gather(x[1])),
        case("gather empty rows", vec![any([5, 0]), at(&[1, 2])], |_, x| x[0].gather(x[1])),
        case("gather from nothing", vec![any([0, 2]), at(&[0])], |_, x| x[0].gather(x[1])).is(vec![NAN; 2]),
        case("gather outside", vec![numbers([2, 2], &[1.0, 2.0, 3.0, 4.0]), at(&[1, 2, 0, u32::MAX])], |_, x| x[0].gather(x[1]))
            .is(vec![3.0, 4.0, NAN, NAN, 1.0, 2.0, NAN, NAN])
            .with_gradients(vec![vec![1.0; 4]]),
        case("scatter-add scalars", vec![any([4]), at(&[4, 0, 4, 2])], |_, x| x[0].scatter_add(x[1], 5)),
        case("scatter-add rows", vec![any([7, 3]), at(&[1, 1, 4, 0, 1, 3, 1])], |_, x| x[0].scatter_add(x[1], 5)),
        case("scatter-add blocks", vec![any([2, 2, 4]), at(&[2, 0])], |_, x| x[0].scatter_add(x[1], 3)),
        case("scatter-add many", vec![any([257, 3]), given([257], Values::Below(17))], |_, x| x[0].scatter_add(x[1], 17)),
        case("scatter-add nothing", vec![any([0, 3]), at(&[])], |_, x| x[0].scatter_add(x[1], 2)).is(vec![0.0; 6]),
        case("scatter-add to nothing", vec![any([2, 3]), at(&[0, 1])], |_, x| x[0].scatter_add(x[1], 0)).is(vec![]),
        case("scatter-add outside", vec![numbers([3], &[1.0, NAN, 4.0]), at(&[1, 2, 0])], |_, x| x[0].scatter_add(x[1], 2))
            .is(vec![4.0, 1.0])
            .with_gradients(vec![vec![1.0, NAN, 1.0]])
            .but_reference("dfdx has the gradient 0 for what is left out"),
        case("scatter-add NaN", vec![numbers([3], &[1.0, NAN, 4.0]), at(&[1, 0, 1])], |_, x| x[0].scatter_add(x[1], 3))
            .is(vec![NAN, 5.0, 0.0]),
        case("one hot", vec![at(&[2, 0, 3, 7])], |_, x| x[0].one_hot(4)).is([
            [0.0, 0.0, 1.0, 0.0],
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 1.0],
            [0.0; 4],
        ]
        .concat()),
        case("one hot of many", vec![given([3, 85], Values::Below(17))], |_, x| x[0].one_hot(17)),
        case("one hot of nothing", vec![at(&[])], |_, x| x[0].one_hot(4)),
    ]
}
