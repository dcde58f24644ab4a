use terrarium_graph::{Builder, Tensor};

use super::{any, case};
use crate::case::Case;

/// Noise is the same on all engines, number by number, and takes no gradient.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for shape in [&[][..], &[1], &[3], &[255], &[257], &[0], &[5, 3]] {
        let with = |name: &str, draw: for<'b> fn(&'b Builder, &[usize]) -> Tensor<'b>| {
            let shape = shape.to_vec();
            case(format!("{name} noise of {shape:?}"), vec![any([])], move |b, x| x[0] * draw(b, &shape))
        };
        cases.push(with("normal", |b, shape| b.normal(shape)));
        cases.push(with("uniform", |b, shape| b.uniform(shape)));
        cases.push(with("Bernoulli", |b, shape| b.bernoulli(0.3, shape)));
    }
    // Counts around a whole number squared, and batches that end within an epoch, with one, and after several.
    for (count, batch) in [(1, 3), (2, 5), (3, 2), (16, 16), (17, 255), (255, 7), (257, 257), (257, 0)] {
        let name = format!("shuffled index of {count} by {batch}");
        cases.push(case(name, vec![any([count, 3])], move |b, x| x[0].gather(b.shuffled_index(count, batch))));
    }
    cases.extend([
        case("two streams of noise", vec![any([])], |b, x| x[0] * b.concat(&[b.normal([5]), b.normal([5])], 0)),
        case("noise in one map with others", vec![any([257])], |b, x| {
            (x[0] + b.normal([257]) * 0.5).tanh() * b.bernoulli(0.5, [257])
        }),
        case("random indices", vec![any([17, 3])], |b, x| x[0].gather(b.random_index(17, 255))),
        case("random indices below 1", vec![any([1])], |b, x| x[0].gather(b.random_index(1, 3))),
        case("two shuffles", vec![any([17])], |b, x| x[0].gather(b.shuffled_index(17, 9)) - x[0].gather(b.shuffled_index(17, 9))),
        case("batch of a data set", vec![any([33, 2])], |b, x| b.batch(x[0], 7)),
        case("no random indices", vec![any([17, 3])], |b, x| x[0].gather(b.random_index(17, 0))),
        case("step number", vec![any([3])], |b, x| x[0] * b.step_number() + b.step_number()),
    ]);
    cases
}
