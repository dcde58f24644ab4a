use terrarium_graph::Reduce;
use terrarium_graph::plan::Kernel;

use crate::shader::{GROUP, Shader, Writer, spread};

/// Elements from which on a workgroup shares the work of one result.
const SHARED: usize = 64;

pub fn shader(program: usize, kernel: &Kernel) -> Shader {
    let Kernel::Reduce { reduce, outer, reduced, inner, source, target } = *kernel else {
        unreachable!("a reduction, by `kernels::shader`")
    };
    let mut w = Writer::new(program);
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
        return w.each(results);
    }
    // One workgroup a result: every thread takes each so-manieth element, and the partial results are joined pairwise.
    let groups = spread(results);
    w.line(format!("let i = group.x + group.y * {}u;", groups[0]));
    w.line(format!("if (i >= {results}u) {{ return; }}"));
    w.line(start_of("i"));
    w.line(format!("var sum = {start};"));
    w.line(format!("for (var p = thread; p < {reduced}u; p += {GROUP}u) {{ let e = {element}; sum = {}; }}", join("sum", "e")));
    w.line("parts[thread] = sum;");
    w.line("workgroupBarrier();");
    w.line(format!("for (var half = {}u; half > 0u; half /= 2u) {{", GROUP / 2));
    w.line(format!("    if (thread < half) {{ parts[thread] = {}; }}", join("parts[thread]", "parts[thread + half]")));
    w.line("    workgroupBarrier();");
    w.line("}");
    let line = w.store(target, "i", "parts[0]");
    w.line(format!("if (thread == 0u) {{ {line} }}"));
    let mut shader = w.groups(GROUP, groups);
    shader.source = format!("var<workgroup> parts: array<f32, {GROUP}>;\n{}", shader.source);
    shader
}
