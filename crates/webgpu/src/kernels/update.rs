use terrarium_graph::Rule;
use terrarium_graph::plan::{Operand, Update};

use crate::shader::{Writer, literal};

/// One thread a parameter.
pub fn write(w: &mut Writer, update: &Update) {
    rates(w, update, 0);
    let gradient = w.number(update.gradients, "i");
    element(w, update, 0, "i", &gradient);
    w.each(update.parameters.len);
}

/// Writes what all elements of the update of this number share.
pub fn rates(w: &mut Writer, update: &Update, number: usize) {
    let operands = [("rate", update.learning_rate), ("decay", update.weight_decay)];
    for (name, operand) in operands {
        let value = match operand {
            Operand::Const(value) => literal(value),
            Operand::Buffer(buffer) => w.number(buffer, "0u"),
        };
        w.line(format!("let {name}{number} = {value};"));
    }
    if let Rule::Adam { beta1, beta2, .. } | Rule::AdamW { beta1, beta2, .. } = update.rule {
        let bias = |beta: f32| format!("one_minus_power({}, step_number())", literal(beta.ln()));
        w.line(format!("let first{number} = rate{number} / {};", bias(beta1)));
        w.line(format!("let second{number} = {};", bias(beta2)));
    }
}

/// Writes the update of the parameter whose number `i` names, by a gradient that is at hand; see [`Rule`] for the formulas.
pub fn element(w: &mut Writer, update: &Update, number: usize, i: &str, gradient: &str) {
    let Update { rule, parameters, moments, .. } = update;
    w.line("{");
    let p = w.number(*parameters, i);
    w.line(format!("let p = {p};"));
    let decoupled = matches!(rule, Rule::AdamW { .. });
    w.line(if decoupled { format!("let g = {gradient};") } else { format!("let g = {gradient} + decay{number} * p;") });
    for (slot, moment) in moments.iter().enumerate() {
        let value = w.number(*moment, i);
        w.line(format!("let m{slot} = {value};"));
    }
    let store_moment = |w: &mut Writer, slot: usize, value: String| {
        w.line(format!("let n{slot} = {value};"));
        let store = w.store(moments[slot], i, &format!("n{slot}"));
        w.line(store);
    };
    let moved = match *rule {
        Rule::Sgd { momentum: 0.0 } => format!("p - rate{number} * g"),
        Rule::Sgd { momentum } => {
            store_moment(w, 0, format!("{} * m0 + g", literal(momentum)));
            format!("p - rate{number} * n0")
        }
        Rule::RmsProp { alpha, epsilon } => {
            store_moment(w, 0, format!("{} * m0 + {} * (g * g)", literal(alpha), literal(1.0 - alpha)));
            format!("p - rate{number} * g / (sqrt(n0) + {})", literal(epsilon))
        }
        Rule::Adam { beta1, beta2, epsilon } | Rule::AdamW { beta1, beta2, epsilon } => {
            store_moment(w, 0, format!("{} * m0 + {} * g", literal(beta1), literal(1.0 - beta1)));
            store_moment(w, 1, format!("{} * m1 + {} * (g * g)", literal(beta2), literal(1.0 - beta2)));
            w.line(format!("let size = sqrt(n1 / second{number}) + {};", literal(epsilon)));
            let decay = if decoupled { format!(" + rate{number} * decay{number} * p") } else { String::new() };
            format!("p - (first{number} * n0 / size{decay})")
        }
    };
    let store = w.store(*parameters, i, &moved);
    w.line(store);
    w.line("}");
}
