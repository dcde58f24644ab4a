//! Normalisation in dfdx's terms, and its gradient, which dfdx's tape can follow too.

use dfdx::prelude::*;
use terrarium_graph::Normalise;

use crate::Numbers;
use crate::ops::{Operand, Result, flat};

type Rows = Tensor<(usize, usize), f32, Cpu>;

/// Rows `[rows, cols]`, each with its mean taken off where that is wanted, and the root that they are divided by, stretched.
fn parts<T: Tape<f32, Cpu>>(of: Normalise, x: Rows, mut tape: T) -> Result<(Rows, Rows, T)> {
    let mut rest = x;
    if of.centred {
        let mean;
        (mean, tape) = mean_of(rest.clone(), tape)?;
        (rest, tape) = rest.put_tape(tape).try_sub(mean)?.split_tape();
    }
    let (squares, tape) = rest.clone().put_tape(tape).try_square()?.split_tape();
    let (mean, tape) = mean_of(squares, tape)?;
    let (root, tape) = mean.put_tape(tape).try_add(of.epsilon.0)?.try_sqrt()?.split_tape();
    Ok((rest, root, tape))
}

/// The mean of each row, stretched.
fn mean_of<T: Tape<f32, Cpu>>(x: Rows, tape: T) -> Result<(Rows, T)> {
    let shape = *x.shape();
    let mean = x.put_tape(tape).try_mean::<(usize,), Axis<1>>()?;
    Ok(mean.try_broadcast_like::<_, Axis<1>>(&shape)?.split_tape())
}

fn rows<T: Tape<f32, Cpu>>(x: &Operand, tape: T) -> Result<(Rows, T)> {
    let cols = x.shape[x.shape.rank() - 1];
    let rows = x.numbers.clone().put_tape(tape).try_reshape_like(&(x.shape.elements() / cols, cols))?;
    Ok(rows.split_tape())
}

pub(crate) fn normalise<T: Tape<f32, Cpu>>(of: Normalise, x: &Operand, tape: T) -> Result<Numbers<T>> {
    let (x, tape) = rows(x, tape)?;
    let (rest, root, tape) = parts(of, x, tape)?;
    flat(rest.put_tape(tape).try_div(root)?)
}

/// (d − mean d − x̂ mean(d·x̂)) / root, without mean d where rows are not centred.
pub(crate) fn gradient<T: Tape<f32, Cpu>>(of: Normalise, x: &[Operand], tape: T) -> Result<Numbers<T>> {
    let (source, tape) = rows(&x[0], tape)?;
    let (d, tape) = rows(&x[1], tape)?;
    let (rest, root, tape) = parts(of, source, tape)?;
    let (normalised, tape) = rest.put_tape(tape).try_div(root.clone())?.split_tape();
    let (along, tape) = d.clone().put_tape(tape).try_mul(normalised.clone())?.split_tape();
    let (along, tape) = mean_of(along, tape)?;
    let (along, mut tape) = normalised.put_tape(tape).try_mul(along)?.split_tape();
    let mut level = d;
    if of.centred {
        let mean;
        (mean, tape) = mean_of(level.clone(), tape)?;
        (level, tape) = level.put_tape(tape).try_sub(mean)?.split_tape();
    }
    flat(level.put_tape(tape).try_sub(along)?.try_div(root)?)
}
