use terrarium_graph::Rule;
use terrarium_graph::plan::{Kernel, Operand};

use crate::shader::{Shader, Writer, literal};

/// One thread a parameter; see [`Rule`] for the formulas.
pub fn shader(program: usize, kernel: &Kernel) -> Shader {
    let Kernel::Update { rule, parameters, gradients, moments, learning_rate, weight_decay } = kernel else {
        unreachable!("an update, by `kernels::shader`")
    };
    let mut w = Writer::new(program);
    let mut operand = |name: &str, operand: Operand| {
        let value = match operand {
            Operand::Const(value) => literal(value),
            Operand::Buffer(buffer) => w.number(buffer, "0u"),
        };
        w.line(format!("let {name} = {value};"));
    };
    operand("rate", *learning_rate);
    operand("decay", *weight_decay);
    let (p, g) = (w.number(*parameters, "i"), w.number(*gradients, "i"));
    w.line(format!("let p = {p};"));
    let decoupled = matches!(rule, Rule::AdamW { .. });
    w.line(format!("let g = {g}{};", if decoupled { "" } else { " + decay * p" }));
    for (slot, moment) in moments.iter().enumerate() {
        let value = w.number(*moment, "i");
        w.line(format!("let m{slot} = {value};"));
    }
    let store_moment = |w: &mut Writer, slot: usize, value: String| {
        w.line(format!("let n{slot} = {value};"));
        let store = w.store(moments[slot], "i", &format!("n{slot}"));
        w.line(store);
    };
    let moved = match *rule {
        Rule::Sgd { momentum: 0.0 } => "p - rate * g".to_string(),
        Rule::Sgd { momentum } => {
            store_moment(&mut w, 0, format!("{} * m0 + g", literal(momentum)));
            "p - rate * n0".to_string()
        }
        Rule::RmsProp { alpha, epsilon } => {
            store_moment(&mut w, 0, format!("{} * m0 + {} * (g * g)", literal(alpha), literal(1.0 - alpha)));
            format!("p - rate * g / (sqrt(n0) + {})", literal(epsilon))
        }
        Rule::Adam { beta1, beta2, epsilon } | Rule::AdamW { beta1, beta2, epsilon } => {
            store_moment(&mut w, 0, format!("{} * m0 + {} * g", literal(beta1), literal(1.0 - beta1)));
            store_moment(&mut w, 1, format!("{} * m1 + {} * (g * g)", literal(beta2), literal(1.0 - beta2)));
            w.line("let t = step_number();");
            let bias = |beta: f32| format!("one_minus_power({}, t)", literal(beta.ln()));
            w.line(format!("let step = rate / {} * n0;", bias(beta1)));
            w.line(format!("let size = sqrt(n1 / {}) + {};", bias(beta2), literal(epsilon)));
            format!("p - (step / size{})", if decoupled { " + rate * decay * p" } else { "" })
        }
    };
    let store = w.store(*parameters, "i", &moved);
    w.line(store);
    let mut shader = w.each(parameters.len);
    // 1 − βᵗ = 1 − e^(t ln β), by its series where that is near 0 and the difference would lose what counts.
    shader.source = format!(
        "fn one_minus_power(log_beta: f32, t: u32) -> f32 {{\n    \
             let x = f32(t) * log_beta;\n    \
             let small = -x * (1.0 + x * (1.0 / 2.0 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x / 120.0))));\n    \
             return select(1.0 - exp(x), small, x > -0.1);\n\
         }}\n{}",
        shader.source
    );
    shader
}
