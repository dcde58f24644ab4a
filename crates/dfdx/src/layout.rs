//! Operations that only lay elements out anew, all in one way: each element of the result names the place it is taken from.

use terrarium_graph::{Node, Op, Shape, Window};

/// For each element of the node, its place among the elements of the inputs laid one after the other. The place after the
/// last is a zero. `None` if the operation does more than lay out.
pub(crate) fn places(node: &Node, inputs: &[&Shape]) -> Option<Vec<usize>> {
    let to = &node.shape;
    Some(match &node.op {
        Op::Broadcast => stretched(inputs[0], to),
        Op::Permute { axes } => {
            let strides = inputs[0].strides();
            strided(to, 0, &axes.iter().map(|&axis| strides[axis]).collect::<Vec<_>>())
        }
        Op::Slice { axis, start } => {
            let strides = inputs[0].strides();
            strided(to, start * strides[*axis], &strides)
        }
        Op::Reverse { axis } => {
            let ((outer, inner), size) = (around(to, *axis), to[*axis]);
            (0..outer * size * inner).map(|e| (e / inner / size * size + size - 1 - e / inner % size) * inner + e % inner).collect()
        }
        Op::Pad { axis, before } => {
            let (outer, inner) = around(to, *axis);
            let (size, from) = (to[*axis], inputs[0][*axis]);
            let zero = inputs[0].elements();
            let place = |o: usize, along: usize, i: usize| match along.checked_sub(*before) {
                Some(a) if a < from => (o * from + a) * inner + i,
                _ => zero,
            };
            (0..outer * size * inner).map(|e| place(e / inner / size, e / inner % size, e % inner)).collect()
        }
        Op::Concat { axis } => {
            let (outer, inner) = around(to, *axis);
            let mut places = Vec::with_capacity(to.elements());
            for o in 0..outer {
                let mut first = 0;
                for input in inputs {
                    let row = input[*axis] * inner;
                    places.extend(first + o * row..first + (o + 1) * row);
                    first += input.elements();
                }
            }
            places
        }
        _ => return None,
    })
}

/// For each place of a window on `pictures`, and each of the window's pixels, which of all pixels it sees; the number after the last
/// for one on the padding.
pub(crate) fn pixels(window: &Window, pictures: &Shape) -> Vec<usize> {
    let (n, size) = (pictures[0], [pictures[1], pictures[2]]);
    // The builder has seen that the window slides over the pictures.
    let places = window.places(size).unwrap_or([0, 0]);
    let along = |axis: usize, place: usize, offset: usize| {
        let at = (place * window.stride[axis] + offset).checked_sub(window.padding[axis]);
        at.filter(|&at| at < size[axis])
    };
    let mut pixels = Vec::with_capacity(n * places[0] * places[1] * window.pixels());
    for image in 0..n {
        for place in 0..places[0] * places[1] {
            for offset in 0..window.pixels() {
                let y = along(0, place / places[1], offset / window.kernel[1]);
                let x = along(1, place % places[1], offset % window.kernel[1]);
                pixels.push(y.zip(x).map_or(n * size[0] * size[1], |(y, x)| (image * size[0] + y) * size[1] + x));
            }
        }
    }
    pixels
}

/// Places of a tensor of shape `from` read as if it had the shape `to`, which it broadcasts to.
pub(crate) fn stretched(from: &Shape, to: &Shape) -> Vec<usize> {
    strided(to, 0, &from.broadcast_strides(to))
}

/// Numbers of elements outside and inside an axis.
fn around(shape: &Shape, axis: usize) -> (usize, usize) {
    (shape[..axis].iter().product(), shape[axis + 1..].iter().product())
}

fn strided(sizes: &[usize], offset: usize, strides: &[usize]) -> Vec<usize> {
    sizes.iter().zip(strides).fold(vec![offset], |places, (&size, &stride)| {
        places.iter().flat_map(|place| (0..size).map(move |i| place + i * stride)).collect()
    })
}
