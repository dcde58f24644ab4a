use terrarium_graph::plan::Kernel;

use crate::shader::{GROUP, Writer};

/// One workgroup a row: the largest element, then the sum of exponentials, then the row.
pub fn write(w: &mut Writer, kernel: &Kernel) {
    let Kernel::Softmax { log, rows, cols, source, target } = *kernel else { unreachable!("a softmax, by `kernels::write`") };
    w.share(GROUP);
    let element = w.number(source, "start + p");
    let each = format!("for (var p = thread; p < {cols}u; p += {GROUP}u)");
    w.line(format!("let start = group * {cols}u;"));
    w.line("var part = from_bits(0xff800000u);");
    w.line(format!("{each} {{ part = op_max(part, {element}); }}"));
    w.line("let largest = joined(thread, part, true);");
    w.line("part = 0.0;");
    w.line(format!("{each} {{ part += op_exp({element} - largest); }}"));
    w.line("let sum = joined(thread, part, false);");
    let value = if log { format!("{element} - (largest + log(sum))") } else { format!("op_exp({element} - largest) / sum") };
    let store = w.store(target, "start + p", &value);
    w.line(format!("{each} {{ {store} }}"));
    w.groups(rows);
}
