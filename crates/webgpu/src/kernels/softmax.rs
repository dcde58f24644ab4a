use terrarium_graph::plan::{Buffer, Kernel};

use crate::shader::Writer;

/// One workgroup a row: the largest element, then the sum of exponentials, then the row.
pub fn write(w: &mut Writer, kernel: &Kernel) {
    let Kernel::Softmax { log, rows, cols, source, target } = *kernel else { unreachable!("a softmax, by `kernels::write`") };
    let [element, each] = sum_of_exponentials(w, source, cols);
    let value = if log { format!("{element} - (largest + log(sum))") } else { format!("op_exp({element} - largest) / sum") };
    let store = w.store(target, "start + p", &value);
    w.line(format!("{each} {{ {store} }}"));
    w.groups(rows);
}

/// Writes what a row of `cols` numbers, one a workgroup, has in common: `start`, where it lies, its `largest` number, and the `sum` of
/// exponentials of what each is below that. Gives the element at `p`, and the loop over all that are a thread's own.
pub fn sum_of_exponentials(w: &mut Writer, source: Buffer, cols: usize) -> [String; 2] {
    w.share(w.threads.group);
    let element = w.number(source, "start + p");
    let each = format!("for (var p = thread; p < {cols}u; p += GROUP)");
    w.line(format!("let start = group * {cols}u;"));
    w.line("var part = from_bits(0xff800000u);");
    w.line(format!("{each} {{ part = op_max(part, {element}); }}"));
    w.line("let largest = joined(thread, part, true);");
    w.line("part = 0.0;");
    w.line(format!("{each} {{ part += op_exp({element} - largest); }}"));
    w.line("let sum = joined(thread, part, false);");
    [element, each]
}
