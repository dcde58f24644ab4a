use terrarium_graph::plan::Kernel;

use crate::shader::{GROUP, Shader, Writer, spread};

/// One workgroup a row: the largest element, then the sum of exponentials, then the row.
pub fn shader(program: usize, kernel: &Kernel) -> Shader {
    let Kernel::Softmax { log, rows, cols, source, target } = *kernel else { unreachable!("a softmax, by `kernels::shader`") };
    let mut w = Writer::new(program);
    let groups = spread(rows);
    let element = w.number(source, "start + p");
    let each = format!("for (var p = thread; p < {cols}u; p += {GROUP}u)");
    w.line(format!("let row = group.x + group.y * {}u;", groups[0]));
    w.line(format!("if (row >= {rows}u) {{ return; }}"));
    w.line(format!("let start = row * {cols}u;"));
    w.line("var part = from_bits(0xff800000u);");
    w.line(format!("{each} {{ part = op_max(part, {element}); }}"));
    w.line("let largest = joined(thread, part, true);");
    w.line("part = 0.0;");
    w.line(format!("{each} {{ part += exp({element} - largest); }}"));
    w.line("let sum = joined(thread, part, false);");
    let value = if log { format!("{element} - (largest + log(sum))") } else { format!("exp({element} - largest) / sum") };
    let store = w.store(target, "start + p", &value);
    w.line(format!("{each} {{ {store} }}"));
    let mut shader = w.groups(GROUP, groups);
    shader.source = format!(
        "var<workgroup> parts: array<f32, {GROUP}>;\n\
         fn joined(thread: u32, part: f32, largest: bool) -> f32 {{\n    \
             workgroupBarrier();\n    \
             parts[thread] = part;\n    \
             workgroupBarrier();\n    \
             for (var half = {}u; half > 0u; half /= 2u) {{\n        \
                 if (thread < half) {{\n            \
                     let other = parts[thread + half];\n            \
                     parts[thread] = select(parts[thread] + other, op_max(parts[thread], other), largest);\n        \
                 }}\n        \
                 workgroupBarrier();\n    \
             }}\n    \
             return parts[0];\n\
         }}\n{}",
        GROUP / 2,
        shader.source
    );
    shader
}
