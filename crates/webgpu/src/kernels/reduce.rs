use terrarium_graph::Reduce;
use terrarium_graph::plan::Kernel;

use crate::shader::Writer;

/// Elements from which on a workgroup shares the work of one result.
const SHARED: usize = 64;

pub fn write(w: &mut Writer, kernel: &Kernel) {
    let Kernel::Reduce { reduce, outer, reduced, inner, source, target } = *kernel else {
        unreachable!("a reduction, by `kernels::write`")
    };
    let element = w.number(source, &format!("start + p * {inner}u"));
    let results = outer * inner;
    let start = match reduce {
        Reduce::Sum => "0.0",
        Reduce::Max => "from_bits(0xff800000u)",
    };
    let join = |a: &str, b: &str| match reduce {
        Reduce::Sum => format!("{a} + {b}"),
        Reduce::Max => format!("op_max({a}, {b})"),
    };
    let whole = reduced <= SHARED || results >= 4096;
    let start_of = |i: &str| format!("let start = ({i} / {inner}u) * {}u + {i} % {inner}u;", reduced * inner);
    if whole {
        w.line(start_of("i"));
        w.line(format!("var sum = {start};"));
        w.line(format!("for (var p = 0u; p < {reduced}u; p++) {{ let e = {element}; sum = {}; }}", join("sum", "e")));
        let line = w.store(target, "i", "sum");
        w.line(line);
        w.each(results);
        return;
    }
    // One workgroup a result: every thread takes each so-manieth element, and the partial results are joined pairwise.
    w.share(w.threads.group);
    w.line("let i = group;");
    w.line(start_of("i"));
    w.line(format!("var sum = {start};"));
    w.line(format!("for (var p = thread; p < {reduced}u; p += GROUP) {{ let e = {element}; sum = {}; }}", join("sum", "e")));
    w.line(format!("let all = joined(thread, sum, {});", reduce == Reduce::Max));
    let line = w.store(target, "i", "all");
    w.line(format!("if (thread == 0u) {{ {line} }}"));
    w.groups(results);
}
