use terrarium_graph::plan::{Instr, Load, Map};
use terrarium_graph::{Binary, Noise, Scalar, Unary};

use crate::shader::{Writer, literal};

/// One thread an element.
pub fn write(w: &mut Writer, map: &Map) {
    element(w, map, "i", "0.0");
    w.each(map.len);
}

/// Writes a map for the element whose number `i` names; `product` is the matrix product's element. Value 3 is named `v3`.
pub fn element(w: &mut Writer, map: &Map, i: &str, product: &str) {
    for (value, instr) in map.code.iter().enumerate() {
        let mut is_index = false;
        let text = match instr {
            Instr::Load(load) => {
                let index = index(load, i);
                w.number(load.buffer, &index)
            }
            Instr::LoadIndices(load) => {
                is_index = true;
                let index = index(load, i);
                w.bits(load.buffer, &index)
            }
            Instr::ToIndices(x) => {
                is_index = true;
                format!("to_index(v{x})")
            }
            Instr::ToNumbers(x) => format!("f32(v{x})"),
            Instr::Product => product.to_string(),
            Instr::Const(value) => literal(*value),
            Instr::StepNumber => "f32(step_number())".to_string(),
            Instr::Noise { noise, stream } => draw(*noise, *stream, i),
            Instr::Unary(op, x) => unary(*op, &format!("v{x}")),
            Instr::Binary(op, a, b) => binary(*op, &format!("v{a}"), &format!("v{b}")),
        };
        w.line(format!("let v{value} = {text};"));
        for (_, buffer) in map.stores.iter().filter(|(v, _)| *v == value) {
            let line =
                if is_index { format!("{} = v{value};", w.bits(*buffer, i)) } else { w.store(*buffer, i, &format!("v{value}")) };
            w.line(line);
        }
    }
}

/// Where element `i` of a load lies in its buffer.
fn index(load: &Load, i: &str) -> String {
    if load.is_contiguous() {
        return i.to_string();
    }
    let mut terms: Vec<String> = if load.offset > 0 { vec![format!("{}u", load.offset)] } else { vec![] };
    // What reversed axes take off, of which there is always enough before.
    let mut less: Vec<String> = Vec::new();
    let mut below = 1;
    for (axis, (&dim, &stride)) in load.dims.iter().zip(&load.strides).enumerate().rev() {
        if stride != 0 && dim > 1 {
            let outer = if below == 1 { i.to_string() } else { format!("{i} / {below}u") };
            // The outermost part needs no remainder.
            let part = if axis == 0 { format!("({outer})") } else { format!("({outer} % {dim}u)") };
            let step = stride.unsigned_abs();
            let term = if step == 1 { part } else { format!("{part} * {step}u") };
            if stride > 0 { terms.push(term) } else { less.push(term) }
        }
        below *= dim;
    }
    let sum = if terms.is_empty() { "0u".to_string() } else { terms.join(" + ") };
    less.into_iter().fold(sum, |sum, term| format!("{sum} - {term}"))
}

fn draw(noise: Noise, stream: u32, i: &str) -> String {
    match noise {
        Noise::Normal => format!("normal_noise({i}, {stream}u)"),
        Noise::Uniform => format!("uniform_noise({i}, {stream}u)"),
        Noise::Bernoulli(Scalar(p)) => format!("bernoulli_noise({i}, {stream}u, {})", literal(p)),
        Noise::Index { .. } | Noise::Shuffled(_) => unreachable!("indices are no numbers, and have kernels of their own"),
    }
}

fn unary(op: Unary, x: &str) -> String {
    match op {
        Unary::Neg => format!("-{x}"),
        Unary::Abs => format!("abs({x})"),
        Unary::Sign => format!("op_sign({x})"),
        Unary::Positive => format!("op_positive({x})"),
        Unary::Square => format!("{x} * {x}"),
        Unary::Exp => format!("op_exp({x})"),
        Unary::Log => format!("op_log({x})"),
        Unary::Sqrt => format!("sqrt({x})"),
        Unary::Recip => format!("1.0 / {x}"),
        Unary::Sin => format!("op_sin({x})"),
        Unary::Cos => format!("op_cos({x})"),
        Unary::Relu => format!("op_relu({x})"),
        Unary::Sigmoid => format!("op_sigmoid({x})"),
        Unary::Tanh => format!("op_tanh({x})"),
        Unary::Softplus => format!("op_softplus({x})"),
    }
}

fn binary(op: Binary, a: &str, b: &str) -> String {
    match op {
        Binary::Add => format!("{a} + {b}"),
        Binary::Sub => format!("{a} - {b}"),
        Binary::Mul => format!("{a} * {b}"),
        Binary::Div => format!("{a} / {b}"),
        Binary::Max => format!("op_max({a}, {b})"),
        Binary::Min => format!("op_min({a}, {b})"),
    }
}
