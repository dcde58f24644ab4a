use terrarium_graph::plan::Kernel;

use super::softmax::sum_of_exponentials;
use crate::shader::Writer;

/// Forward one workgroup a row, and backward one thread an element: what a row shares is had from its result.
pub fn write(w: &mut Writer, kernel: &Kernel) {
    match *kernel {
        Kernel::CrossEntropy { classes, logits, indices, target } => {
            sum_of_exponentials(w, logits, classes);
            let index = w.bits(indices, "group");
            w.line(format!("let index = {index};"));
            w.line("var loss = from_bits(0x7fc00000u);");
            let right = w.number(logits, "start + index");
            w.line(format!("if (index < {classes}u) {{ loss = largest - {right} + log(sum); }}"));
            let store = w.store(target, "group", "loss");
            w.line(format!("if (thread == 0u) {{ {store} }}"));
            w.groups(target.len);
        }
        Kernel::CrossEntropyGradient { classes, logits, indices, result, gradient, target } => {
            w.line(format!("let row = i / {classes}u;"));
            let index = w.bits(indices, "row");
            w.line(format!("let index = {index};"));
            w.line("var slope = from_bits(0x7fc00000u);");
            w.line(format!("if (index < {classes}u) {{"));
            let (x, right) = (w.number(logits, "i"), w.number(logits, &format!("row * {classes}u + index")));
            let (y, dy) = (w.number(result, "row"), w.number(gradient, "row"));
            w.line(format!("    let share = op_exp({x} - ({right} + {y}));"));
            w.line(format!("    slope = (share - select(0.0, 1.0, i % {classes}u == index)) * {dy};"));
            w.line("}");
            let store = w.store(target, "i", "slope");
            w.line(store);
            w.each(target.len);
        }
        _ => unreachable!("a cross-entropy, by `kernels::write`"),
    }
}
