use terrarium_graph::{Builder, Tensor, Window};

use super::{any, case, given, numbers, of_one};
use crate::case::{Case, Given, Values};

pub(super) fn cases() -> Vec<Case> {
    [unfolds_and_folds(), convolutions(), layers(), edges()].into_iter().flatten().collect()
}

const fn window(kernel: [usize; 2], stride: [usize; 2], padding: [usize; 2]) -> Window {
    Window { kernel, stride, padding }
}

/// Pictures `[n, h, w, c]`, windows larger and smaller than their stride, with and without padding, and what is seen of no pixel.
const SLIDES: [([usize; 4], Window); 11] = [
    ([1, 1, 1, 1], Window::square(1, 1, 0)),
    ([1, 3, 3, 1], Window::square(3, 1, 1)),
    ([2, 5, 7, 3], window([3, 2], [2, 1], [1, 0])),
    ([1, 7, 5, 2], Window::square(4, 2, 1)),
    ([2, 7, 7, 1], Window::square(2, 3, 0)),
    ([1, 5, 5, 3], Window::square(5, 1, 2)),
    ([1, 3, 5, 2], Window::square(3, 3, 2)),
    ([3, 2, 2, 5], window([1, 1], [1, 2], [0, 1])),
    ([1, 1, 257, 1], window([1, 3], [1, 2], [0, 1])),
    ([1, 2, 3, 255], Window::square(2, 1, 0)),
    ([0, 4, 4, 2], Window::square(4, 2, 1)),
];

fn named(what: &str, pictures: [usize; 4], Window { kernel, stride, padding }: Window) -> String {
    format!("{what} of {pictures:?}, window {kernel:?}, stride {stride:?}, padding {padding:?}")
}

/// The shape of what the window sees.
fn seen([n, h, w, c]: [usize; 4], window: Window) -> [usize; 4] {
    let [rows, columns] = window.places([h, w]).expect("a window that slides over the pictures");
    [n, rows, columns, window.pixels() * c]
}

fn unfolds_and_folds() -> Vec<Case> {
    let mut cases = Vec::new();
    for (pictures, window) in SLIDES {
        let to = [pictures[1], pictures[2]];
        cases.push(of_one(named("unfold", pictures, window), any(pictures), move |x| x.unfold(window)));
        cases.push(of_one(named("fold", pictures, window), any(seen(pictures, window)), move |x| x.fold(window, to)));
    }
    cases.extend([
        of_one("upsample of [2, 3, 1, 2] by 2", any([2, 3, 1, 2]), |x| x.upsample(2)),
        of_one("upsample of [1, 2, 5, 1] by 3", any([1, 2, 5, 1]), |x| x.upsample(3)),
    ]);
    cases
}

/// Weights that keep values small.
fn kernels(seen: usize, filters: usize) -> Given {
    given([seen, filters], Values::Between(-0.5, 0.5))
}

fn convolutions() -> Vec<Case> {
    let mut cases = Vec::new();
    // Few filters and many, as products with few columns go another way.
    for ((pictures, window), filters) in SLIDES.into_iter().zip([1, 2, 5, 3, 17, 4, 1, 2, 7, 3, 4]) {
        let seen = seen(pictures, window);
        let to = [pictures[1], pictures[2]];
        let name = named("convolution", pictures, window) + &format!(", {filters} filters");
        cases.push(case(name, vec![any(pictures), kernels(seen[3], filters)], move |_, x| x[0].conv2d(x[1], window)));
        let name = named("transposed convolution", pictures, window) + &format!(" from {filters} filters");
        let given = vec![any([seen[0], seen[1], seen[2], filters]), kernels(seen[3], filters)];
        cases.push(case(name, given, move |_, x| x[0].conv2d_transpose(x[1], window, to)));
    }
    // Larger than blocks of rows and of inner elements.
    let window = Window::square(4, 2, 1);
    cases.extend([
        case("convolution of 18 × 18 × 9 to 33", vec![any([2, 18, 18, 9]), kernels(144, 33)], move |_, x| {
            x[0].conv2d(x[1], window)
        }),
        case("transposed convolution of 9 × 9 × 33 to 9", vec![any([2, 9, 9, 33]), kernels(144, 33)], move |_, x| {
            x[0].conv2d_transpose(x[1], window, [18, 18])
        }),
    ]);
    cases
}

/// Where patches or folds are part of something else's kernel, and where they cannot be.
fn layers() -> Vec<Case> {
    const SAME: Window = Window::square(3, 1, 1);
    const HALF: Window = Window::square(4, 2, 1);
    let layer = || vec![any([2, 6, 4, 3]), kernels(48, 5), any([5])];
    let back = || vec![any([2, 3, 2, 5]), kernels(48, 5), any([3])];
    fn halved<'b>(x: &[Tensor<'b>]) -> Tensor<'b> {
        (x[0].conv2d(x[1], HALF) + x[2]).tanh()
    }
    fn doubled<'b>(x: &[Tensor<'b>]) -> Tensor<'b> {
        (x[0].conv2d_transpose(x[1], HALF, [6, 4]) + x[2]).tanh()
    }
    // The penalty R1 (Mescheder et al. 2018, eq. 9) of a small discriminator.
    fn steepness<'b>(b: &'b Builder, x: &[Tensor<'b>]) -> Tensor<'b> {
        let verdicts = halved(x).reshape([2, 30]).sum(&[1]);
        b.gradients(verdicts.sum_all(), &[x[0]])[0].square().sum_all()
    }
    vec![
        case("convolution layer", layer(), |_, x| halved(x)),
        case("transposed convolution layer", back(), |_, x| doubled(x)),
        case("convolution layer, gelu, dropped out", layer(), |b, x| halved(x).gelu() * b.bernoulli(0.7, [2, 3, 2, 5])),
        case("two convolutions of the same pictures", vec![any([1, 5, 5, 2]), kernels(18, 3), kernels(18, 4)], |b, x| {
            b.concat(&[x[0].conv2d(x[1], SAME), x[0].conv2d(x[2], SAME)], 3)
        }),
        case("patches that something else reads too", vec![any([1, 4, 4, 2]), kernels(18, 3)], |_, x| {
            let patches = x[0].unfold(SAME);
            patches.matmul(x[1]) + patches.square().sum(&[3])
        }),
        case("patches on the right", vec![any([1, 4, 4, 2]), any([3, 16])], |_, x| {
            x[1].matmul(x[0].unfold(SAME).reshape([16, 18]))
        }),
        case("patches of two axes", vec![any([2, 4, 4, 1]), any([2, 18, 3])], |_, x| {
            x[0].unfold(HALF).reshape([2, 4, 16]).tanh().t().matmul(x[0].unfold(HALF).reshape([2, 4, 16])).sum(&[1, 2]) * x[1]
        }),
        case("a product that is read and folded", vec![any([1, 2, 2, 3]), kernels(32, 3)], |_, x| {
            let product = x[0].matmul(x[1].t());
            product.fold(HALF, [4, 4]) * product.tanh().mean_all()
        }),
        case("a fold of tanh of a product", vec![any([1, 2, 2, 3]), kernels(32, 3)], |_, x| {
            x[0].matmul(x[1].t()).tanh().fold(HALF, [4, 4])
        }),
        case("a fold of a product, turned", vec![any([3, 4]), kernels(3, 32)], |_, x| {
            x[0].t().matmul(x[1]).reshape([1, 2, 2, 32]).fold(HALF, [4, 4])
        }),
        case("a fold of a convolution", vec![any([1, 2, 2, 2]), kernels(18, 16)], |_, x| {
            x[0].conv2d(x[1], SAME).fold(HALF, [4, 4])
        }),
        case("a fold of a product, reshaped", vec![any([2, 3]), kernels(3, 32)], |_, x| {
            x[0].matmul(x[1]).reshape([1, 2, 2, 16]).fold(HALF, [4, 4])
        }),
        case("there and back", vec![any([1, 6, 6, 2]), kernels(32, 3)], |_, x| {
            x[0].conv2d(x[1], HALF).tanh().conv2d_transpose(x[1], HALF, [6, 6])
        }),
        case("steepness of a convolution", layer(), steepness),
        case("steepness of a transposed convolution", back(), |b, x| {
            let y = doubled(x);
            b.gradients((y * y.tanh()).sum_all(), &[x[0]])[0].square().sum_all()
        }),
        case("pictures gathered, joined and convolved", vec![any([3, 4, 4, 1]), any([2, 4, 4, 1]), kernels(16, 4)], |b, x| {
            b.concat(&[b.batch(x[0], 2), x[1].tanh()], 0).conv2d(x[2], HALF)
        }),
    ]
}

/// NaN and ∞ stay within the patches that see them, and padding is 0 beside them.
fn edges() -> Vec<Case> {
    const NAN: f32 = f32::NAN;
    const INF: f32 = f32::INFINITY;
    let pair = window([1, 2], [1, 2], [0, 1]);
    vec![
        of_one("unfold NaN and ∞", numbers([1, 1, 4, 1], &[1.0, NAN, INF, 4.0]), move |x| x.unfold(pair))
            .is(vec![0.0, 1.0, NAN, INF, 4.0, 0.0])
            .with_gradients(vec![vec![1.0; 4]]),
        of_one("fold NaN and ∞", numbers([1, 1, 3, 2], &[NAN, 1.0, NAN, INF, 4.0, INF]), move |x| x.fold(pair, [1, 4]))
            .is(vec![1.0, NAN, INF, 4.0])
            .with_gradients(vec![vec![0.0, 1.0, 1.0, 1.0, 1.0, 0.0]]),
        case(
            "convolution beside NaN",
            vec![numbers([1, 1, 4, 1], &[1.0, NAN, 3.0, 4.0]), numbers([2, 1], &[1.0, 2.0])],
            move |_, x| x[0].conv2d(x[1], pair),
        )
        .is(vec![2.0, NAN, 4.0]),
        case(
            "transposed convolution beside NaN",
            vec![numbers([1, 1, 3, 1], &[1.0, NAN, 3.0]), numbers([2, 1], &[1.0, 2.0])],
            move |_, x| x[0].conv2d_transpose(x[1], pair, [1, 4]),
        )
        .is(vec![2.0, NAN, NAN, 3.0]),
    ]
}
