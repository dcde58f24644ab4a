use super::{any, at, case, given, numbers};
use crate::case::{Case, Values};

const NAN: f32 = f32::NAN;

pub(super) fn cases() -> Vec<Case> {
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
