//! Each operation, in dfdx's terms.

use dfdx::prelude::*;
use terrarium_graph::{Binary, Node, Op, Reduce, Rotary, Shape, Unary};

use crate::layout::{pixels, places, stretched};
use crate::{Numbers, values};
use crate::{attention, normalise};

pub(crate) type Result<T> = std::result::Result<T, CpuError>;

/// Numbers that a node reads, with their shape.
pub(crate) struct Operand<'a> {
    pub numbers: Numbers,
    pub shape: &'a Shape,
    /// Whether an earlier operand is the same dfdx tensor.
    pub repeated: bool,
}

/// The value of an operation over numbers; `tape` notes what the gradient needs. `indices` are those of an operation that
/// is told places.
pub(crate) fn apply<T>(node: &Node, mut x: Vec<Operand>, indices: Option<&[u32]>, mut tape: T) -> Result<Numbers<T>>
where
    T: Tape<f32, Cpu>,
{
    for repeated in x.iter_mut().filter(|x| x.repeated) {
        (repeated.numbers, tape) = renamed(repeated.numbers.clone().put_tape(tape))?.split_tape();
    }
    let shapes: Vec<&Shape> = x.iter().map(|x| x.shape).collect();
    if let Some(places) = places(node, &shapes) {
        return take(end_to_end(&x, tape)?, places);
    }
    match node.op {
        Op::Normalise(of) => return normalise::normalise(of, &x[0], tape),
        Op::NormaliseGradient(of) => return normalise::gradient(of, &x, tape),
        Op::Attention { of, columns } => return attention::attention(node, of, columns, &x, tape),
        Op::AttentionGradient { of, columns } => {
            let gradient = attention::gradient(node, of, columns, &x)?;
            let len = gradient.len();
            return Ok(x[0].numbers.device().try_tensor_from_vec(gradient, (len,))?.put_tape(tape));
        }
        _ => {}
    }
    let first = x[0].numbers.clone().put_tape(tape);
    match (&node.op, indices) {
        (Op::Unary(op), _) => unary(*op, first),
        (Op::Binary(op), _) => {
            let (lhs, tape) = stretch(first, x[0].shape, &node.shape)?.split_tape();
            let (rhs, tape) = stretch(x[1].numbers.clone().put_tape(tape), x[1].shape, &node.shape)?.split_tape();
            binary(*op, lhs.put_tape(tape), rhs)
        }
        (Op::Reshape, _) => Ok(first),
        (Op::Reduce { reduce, from, to }, _) => {
            let sizes = x[0].shape;
            let product = |sizes: &[usize]| sizes.iter().product::<usize>();
            let (outer, inner) = (product(&sizes[..*from]), product(&sizes[*to..]));
            let blocks = first.try_reshape_like(&(outer, product(&sizes[*from..*to]), inner))?;
            flat(match reduce {
                Reduce::Sum => blocks.try_sum::<(usize, usize), Axis<1>>()?,
                Reduce::Max => blocks.try_max::<(usize, usize), Axis<1>>()?,
            })
        }
        (Op::MatMul { transpose_lhs, transpose_rhs }, _) => {
            let (lhs, tape) = matrices(first, x[0].shape, *transpose_lhs)?.split_tape();
            let rhs = matrices(x[1].numbers.clone(), x[1].shape, *transpose_rhs)?;
            flat(lhs.put_tape(tape).try_matmul(rhs)?)
        }
        (Op::Unfold(window), _) => {
            let pictures = x[0].shape;
            take_rows(first, pictures[..3].iter().product(), 0.0, pixels(window, pictures))
        }
        (Op::Fold(window), _) => {
            let at = pixels(window, &node.shape);
            scatter_add(first, at.len(), node.shape[..3].iter().product(), at.into_iter())
        }
        (Op::Softmax { log }, _) => {
            let cols = node.shape[node.shape.rank() - 1];
            let rows = first.try_reshape_like(&(node.shape.elements() / cols, cols))?;
            flat(if *log { rows.try_log_softmax::<Axis<1>>()? } else { rows.try_softmax::<Axis<1>>()? })
        }
        (Op::CachedAttention { heads }, Some(at)) => {
            let (first, tape) = first.split_tape();
            Ok(cached_attention(&first, &x[1..], *heads, at[0])?.put_tape(tape))
        }
        (Op::Rotary { of, heads, back }, _) => {
            let start = values(&x[1].numbers)[0];
            let (cosines, sines, partners) = rotation(node, of, *heads, start);
            let constant = |numbers: Vec<f32>| first.device().try_tensor_from_vec(numbers, (node.shape.elements(),));
            let sines = if *back { sines.into_iter().map(|sine| -sine).collect() } else { sines };
            let (cosines, sines) = (constant(cosines)?, constant(sines)?);
            let (turned, tape) = take(first, partners)?.try_mul(sines)?.split_tape();
            x[0].numbers.clone().put_tape(tape).try_mul(cosines)?.try_add(turned)
        }
        (Op::CrossEntropy, Some(at)) => {
            let (shape, count) = (x[0].shape, at.len());
            let classes = shape[shape.rank() - 1];
            let logits = first.try_reshape_like(&(count, classes))?;
            // Where there is no such class, another's logarithm is made NaN.
            let place = |(row, &class): (usize, &u32)| row * classes + Some(class as usize).filter(|&c| c < classes).unwrap_or(0);
            let picked = take(flat(logits.try_log_softmax::<Axis<1>>()?)?, at.iter().enumerate().map(place).collect())?;
            let signs = at.iter().map(|&class| if (class as usize) < classes { -1.0 } else { f32::NAN }).collect();
            let signs = picked.device().try_tensor_from_vec(signs, (count,))?;
            picked.try_mul(signs)
        }
        (Op::CrossEntropyGradient, Some(at)) => {
            let (count, len) = (at.len(), node.shape.elements());
            let classes = len / count;
            let shares = flat(first.try_reshape_like(&(count, classes))?.try_softmax::<Axis<1>>()?)?;
            let right = |i: usize| match at[i / classes] as usize {
                class if class >= classes => f32::NAN,
                class if class == i % classes => 1.0,
                _ => 0.0,
            };
            let right = shares.device().try_tensor_from_vec((0..len).map(right).collect(), (len,))?;
            let (slopes, tape) = shares.try_sub(right)?.split_tape();
            let dy = take(x[2].numbers.clone().put_tape(tape), (0..len).map(|i| i / classes).collect())?;
            dy.try_mul(slopes)
        }
        (Op::Gather, Some(at)) => {
            let rows = x[0].shape[0];
            take_rows(first, rows, f32::NAN, at.iter().map(|&place| (place as usize).min(rows)).collect())
        }
        (Op::ScatterAdd, Some(at)) => scatter_add(first, x[0].shape[0], node.shape[0], at.iter().map(|&place| place as usize)),
        (op, _) => unreachable!("{} is no operation over numbers", op.name()),
    }
}

fn unary<T: Tape<f32, Cpu>>(op: Unary, x: Numbers<T>) -> Result<Numbers<T>> {
    match op {
        Unary::Neg => x.try_negate(),
        Unary::Abs => x.try_abs(),
        Unary::Square => x.try_square(),
        Unary::Exp => x.try_exp(),
        Unary::Log => x.try_ln(),
        Unary::Sqrt => x.try_sqrt(),
        Unary::Recip => x.try_recip(),
        Unary::Sin => x.try_sin(),
        Unary::Cos => x.try_cos(),
        Unary::Relu => x.try_relu(),
        Unary::Sigmoid => x.try_sigmoid(),
        Unary::Tanh => x.try_tanh(),
        // dfdx has no softplus, but softplus(x) is the cross-entropy of the logit x and the outcome 0.
        Unary::Softplus => {
            let zeros = x.device().try_zeros_like(x.shape())?;
            x.try_bce_with_logits(zeros)
        }
        // Constant but for a jump, so that their gradient is none: dfdx's tape need not know of them.
        Unary::Sign => jump(x, |x| if x == 0.0 || x.is_nan() { x } else { x.signum() }),
        Unary::Positive => jump(x, |x| if x > 0.0 { 1.0 } else { 0.0 }),
    }
}

fn jump<T: Tape<f32, Cpu>>(x: Numbers<T>, f: impl Fn(f32) -> f32) -> Result<Numbers<T>> {
    let (x, tape) = x.split_tape();
    let moved: Vec<f32> = values(&x).into_iter().map(f).collect();
    let len = moved.len();
    Ok(x.device().try_tensor_from_vec(moved, (len,))?.put_tape(tape))
}

fn binary<T: Tape<f32, Cpu>>(op: Binary, lhs: Numbers<T>, rhs: Numbers) -> Result<Numbers<T>> {
    match op {
        Binary::Add => lhs.try_add(rhs),
        Binary::Sub => lhs.try_sub(rhs),
        Binary::Mul => lhs.try_mul(rhs),
        Binary::Div => lhs.try_div(rhs),
        Binary::Max => lhs.try_maximum(rhs),
        Binary::Min => lhs.try_minimum(rhs),
    }
}

/// The same numbers under an id of their own. dfdx keeps gradients by id, and the operands of one operation must have
/// different ones.
fn renamed<T: Tape<f32, Cpu>>(x: Numbers<T>) -> Result<Numbers<T>> {
    x.try_mul(1.0)
}

/// The elements at these places.
pub(crate) fn take<T: Tape<f32, Cpu>>(x: Numbers<T>, places: Vec<usize>) -> Result<Numbers<T>> {
    let len = places.len();
    let places = x.device().try_tensor_from_vec(places, (len,))?;
    x.try_gather(places)
}

fn stretch<T: Tape<f32, Cpu>>(x: Numbers<T>, from: &Shape, to: &Shape) -> Result<Numbers<T>> {
    if from.elements() == to.elements() { Ok(x) } else { take(x, stretched(from, to)) }
}

/// All operands one after the other, and a zero behind them.
fn end_to_end<T: Tape<f32, Cpu>>(x: &[Operand], tape: T) -> Result<Numbers<T>> {
    let zero: Numbers = x[0].numbers.device().try_zeros_like(&(1,))?;
    let (mut all, mut tape) = (zero, tape);
    for operand in x.iter().rev().filter(|operand| operand.shape.elements() > 0) {
        let joined = (operand.numbers.clone().put_tape(tape), all).try_concat_along(Axis::<0>)?;
        (all, tape) = joined.split_tape();
    }
    Ok(all.put_tape(tape))
}

type Matrices<T> = Tensor<(usize, usize, usize), f32, Cpu, T>;

/// `[…, rows, cols]` as `[batch, rows, cols]`, and turned if it is stored transposed.
fn matrices<T: Tape<f32, Cpu>>(x: Numbers<T>, shape: &Shape, turn: bool) -> Result<Matrices<T>> {
    let (rows, cols) = (shape[shape.rank() - 2], shape[shape.rank() - 1]);
    let x = x.try_reshape_like(&(shape.elements() / (rows * cols), rows, cols))?;
    if turn { x.try_permute::<_, Axes3<0, 2, 1>>() } else { Ok(x) }
}

pub(crate) fn flat<S: dfdx::shapes::Shape, T: Tape<f32, Cpu>>(x: Tensor<S, f32, Cpu, T>) -> Result<Numbers<T>> {
    let len = x.shape().num_elements();
    x.try_reshape_like(&(len,))
}

/// Rows of `[rows, …]` at these places; the place `rows` is a row of `outside`.
fn take_rows<T: Tape<f32, Cpu>>(x: Numbers<T>, rows: usize, outside: f32, places: Vec<usize>) -> Result<Numbers<T>> {
    let width = x.shape().0 / rows;
    let (x, tape) = x.split_tape();
    let device = x.device().clone();
    let beyond = device.try_tensor_from_vec(vec![outside; width], (1, width))?;
    let table = (x.try_reshape_like(&(rows, width))?.put_tape(tape), beyond).try_concat_along(Axis::<0>)?;
    let count = places.len();
    let places = device.try_tensor_from_vec(places, (count,))?;
    flat(table.try_gather::<(usize, usize), _>(places)?)
}

/// dfdx adds nothing to places; so each row of the result takes the rows that belong to it, and sums them.
fn scatter_add<T: Tape<f32, Cpu>>(x: Numbers<T>, count: usize, rows: usize, at: impl Iterator<Item = usize>) -> Result<Numbers<T>> {
    let width = x.shape().0 / count;
    let mut sources: Vec<Vec<usize>> = vec![Vec::new(); rows];
    for (source, place) in at.enumerate() {
        if let Some(sources) = sources.get_mut(place) {
            sources.push(source);
        }
    }
    let most = sources.iter().map(Vec::len).max().unwrap_or(0).max(1);
    sources.iter_mut().for_each(|sources| sources.resize(most, count));
    let taken = take_rows(x, count, 0.0, sources.concat())?;
    flat(taken.try_reshape_like(&(rows, most, width))?.try_sum::<(usize, usize), Axis<1>>()?)
}

/// Head by head, over the rows of the caches that count and the new one behind them. `x` is key, value and the two caches.
fn cached_attention(query: &Numbers, x: &[Operand], heads: usize, position: u32) -> Result<Numbers> {
    let (device, query) = (query.device(), values(query));
    let (head_dim, rows) = (query.len() / heads, (position as usize).min(x[2].shape[0]));
    let width = x[0].shape.elements();
    let all = |newest: usize, cache: usize| -> Vec<f32> {
        let cached = values(&x[cache].numbers);
        [&cached[..rows * width], &values(&x[newest].numbers)].concat()
    };
    let (keys, values) = (all(0, 2), all(1, 3));
    let mut result = Vec::new();
    for (head, query) in query.chunks_exact(head_dim).enumerate() {
        let first = head * (width / head_dim) / heads * head_dim;
        let of_head =
            |rows: &[f32]| -> Vec<f32> { rows.chunks_exact(width).flat_map(|row| row[first..first + head_dim].to_vec()).collect() };
        let matrix = |rows: Vec<f32>| {
            let count = rows.len() / head_dim;
            device.try_tensor_from_vec(rows, (count, head_dim))
        };
        let keys = matrix(of_head(&keys))?.try_permute::<_, Axes2<1, 0>>()?;
        let scores = matrix(query.to_vec())?.try_matmul(keys)?.try_mul(1.0 / (head_dim as f32).sqrt())?;
        result.extend(scores.try_softmax::<Axis<1>>()?.try_matmul(matrix(of_head(&values))?)?.as_vec());
    }
    let len = result.len();
    device.try_tensor_from_vec(result, (len,))
}

/// For each element of a rotation by what it is multiplied, by what its partner, and where that is.
fn rotation(node: &Node, of: &Rotary, heads: usize, start: f32) -> (Vec<f32>, Vec<f32>, Vec<usize>) {
    let rank = node.shape.rank();
    let (time, width, len) = (node.shape[rank - 2], node.shape[rank - 1], node.shape.elements());
    let (mut cosines, mut sines, mut partners) = (vec![1.0; len], vec![0.0; len], (0..len).collect::<Vec<usize>>());
    for row in 0..len / width {
        let position = start + (row % time) as f32;
        for head in 0..heads {
            for i in 0..of.head_dim / 2 {
                let (sine, cosine) = f64::from(position * of.frequency(i)).sin_cos();
                let [a, b] = of.pair(i).map(|element| row * width + head * of.head_dim + element);
                (cosines[a], cosines[b]) = (cosine as f32, cosine as f32);
                (sines[a], sines[b]) = (-sine as f32, sine as f32);
                (partners[a], partners[b]) = (b, a);
            }
        }
    }
    (cosines, sines, partners)
}

/// What an operation makes of no numbers at all, everywhere.
pub(crate) fn of_nothing(op: &Op) -> f32 {
    match op {
        Op::Reduce { reduce: Reduce::Max, .. } => f32::NEG_INFINITY,
        Op::Gather | Op::CrossEntropy => f32::NAN,
        _ => 0.0,
    }
}
