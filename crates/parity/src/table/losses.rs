use super::{any, at, case, given, numbers};
use crate::case::{Case, Values};

const NAN: f32 = f32::NAN;

pub(super) fn cases() -> Vec<Case> {
    let outcomes = |shape: &[usize]| given(shape, Values::Between(0.0, 1.0));
    vec![
        case("logits-BCE", vec![any([257]), outcomes(&[257])], |_, x| x[0].logits_bce(x[1])),
        case("logits-BCE of a batch against one outcome", vec![any([255, 1])], |b, x| x[0].logits_bce(b.scalar(1.0)).mean_all()),
        case(
            "logits-BCE of large logits",
            vec![numbers([4], &[100.0, 100.0, -100.0, -100.0]), numbers([4], &[1.0, 0.0, 1.0, 0.0])],
            |_, x| x[0].logits_bce(x[1]),
        )
        .is(vec![0.0, 100.0, 100.0, 0.0])
        .with_gradients(vec![vec![0.0, 1.0, -1.0, 0.0], vec![-100.0, -100.0, 100.0, 100.0]]),
        case("mean square", vec![any([3, 5]), any([3, 5])], |_, x| (x[0] - x[1]).square().mean_all()),
        case("cross-entropy", vec![any([7, 5]), given([7], Values::Below(5))], |_, x| x[0].cross_entropy(x[1])),
        case("cross-entropy of sequences", vec![any([2, 3, 17]), given([2, 3], Values::Below(17))], |_, x| {
            x[0].cross_entropy(x[1]).mean_all()
        }),
        case("cross-entropy of many classes", vec![any([3, 257]), at(&[256, 0, 100])], |_, x| x[0].cross_entropy(x[1])),
        case("cross-entropy of many rows", vec![any([255, 3]), given([255], Values::Below(3))], |_, x| {
            x[0].cross_entropy(x[1]).sum_all()
        }),
        case("cross-entropy of one row", vec![any([1, 1025]), at(&[1024])], |_, x| x[0].cross_entropy(x[1])),
        case("cross-entropy of one text", vec![any([5]), given([], Values::At(vec![3]))], |_, x| x[0].cross_entropy(x[1])),
        case("cross-entropy less the same as a logarithm", vec![any([5, 9]), given([5], Values::Below(9))], |_, x| {
            x[0].cross_entropy(x[1]) + (x[0].log_softmax() * x[1].one_hot(9)).sum(&[1]).reshape([5])
        })
        .is(vec![0.0; 5])
        .with_gradients(vec![vec![0.0; 45]]),
        case(
            "cross-entropy of large logits",
            vec![numbers([3, 2], &[1000.0, 0.0, 1000.0, 0.0, -1000.0, -1000.0]), at(&[0, 1, 1])],
            |_, x| x[0].cross_entropy(x[1]),
        )
        .is(vec![0.0, 1000.0, 2.0_f32.ln()])
        .with_gradients(vec![vec![0.0, 0.0, 1.0, -1.0, 0.5, -0.5]]),
        case("cross-entropy outside", vec![numbers([3, 2], &[1.0, 1.0, 2.0, 2.0, 3.0, 3.0]), at(&[0, 2, u32::MAX])], |_, x| {
            x[0].cross_entropy(x[1])
        })
        .is(vec![2.0_f32.ln(), NAN, NAN])
        .with_gradients(vec![vec![-0.5, 0.5, NAN, NAN, NAN, NAN]]),
        case("cross-entropy with NaN", vec![numbers([2, 2], &[1.0, NAN, 2.0, 2.0]), at(&[0, 0])], |_, x| x[0].cross_entropy(x[1]))
            .is(vec![NAN, 2.0_f32.ln()])
            .with_gradients(vec![vec![NAN, NAN, -0.5, 0.5]]),
        case("cross-entropy of no classes", vec![any([2, 0]), at(&[0, 1])], |_, x| x[0].cross_entropy(x[1])).is(vec![NAN; 2]),
        case("cross-entropy of one class", vec![any([3, 1]), at(&[0, 0, 0])], |_, x| x[0].cross_entropy(x[1])),
        case("cross-entropy of nothing", vec![any([0, 5]), at(&[])], |_, x| x[0].cross_entropy(x[1])),
        case("hinge", vec![given([257], Values::Signed(0.1, 0.8))], |_, x| (1.0 - x[0]).relu().mean_all()),
        case("Gaussian KL", vec![any([5, 3]), any([5, 3])], |_, x| {
            let (mean, log_variance) = (x[0], x[1]);
            ((mean.square() + log_variance.exp() - log_variance - 1.0) * 0.5).sum(&[1])
        }),
    ]
}
