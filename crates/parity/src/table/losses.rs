use super::{any, at, case, given, numbers};
use crate::case::{Case, Values};

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
        case("cross-entropy of one class", vec![any([3, 1]), at(&[0, 0, 0])], |_, x| x[0].cross_entropy(x[1])),
        case("cross-entropy of nothing", vec![any([0, 5]), at(&[])], |_, x| x[0].cross_entropy(x[1])),
        case("hinge", vec![given([257], Values::Signed(0.1, 0.8))], |_, x| (1.0 - x[0]).relu().mean_all()),
        case("Gaussian KL", vec![any([5, 3]), any([5, 3])], |_, x| {
            let (mean, log_variance) = (x[0], x[1]);
            ((mean.square() + log_variance.exp() - log_variance - 1.0) * 0.5).sum(&[1])
        }),
    ]
}
