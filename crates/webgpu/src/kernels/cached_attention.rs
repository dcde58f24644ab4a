use terrarium_graph::plan::{Buffer, Kernel};

use crate::shader::{Writer, literal};

/// One workgroup a head. Positions pass by in tiles of a position for each thread: first their scores, then, every thread for
/// its elements of the result, the sum of the values by weight; what was summed up before is scaled down as the largest score grows
/// (Milakov and Gimelshein 2018).
pub fn write(w: &mut Writer, kernel: &Kernel) {
    let Kernel::CachedAttention { heads, kv_heads, head_dim, context, query, key, value, keys, values, position, target } = *kernel
    else {
        unreachable!("an attention to caches, by `kernels::write`")
    };
    let (width, parts) = (kv_heads * head_dim, head_dim.div_ceil(w.threads.group));
    // The first half is for joining, the second holds a tile's weights.
    w.share(2 * w.threads.group);
    let rows = w.bits(position, "0u");
    w.line(format!("let rows = u32(same_for_all(thread, f32(min({rows}, {context}u))));"));
    w.line(format!("let first = group * {kv_heads}u / {heads}u * {head_dim}u;"));
    w.line("var largest = from_bits(0xff800000u);");
    w.line("var sum = 0.0;");
    for part in 0..parts {
        w.line(format!("var y{part} = 0.0;"));
    }
    w.line("for (var start = 0u; start <= rows; start += GROUP) {");
    w.line("let row = start + thread;");
    w.line("var score = from_bits(0xff800000u);");
    let dot = |w: &mut Writer, from: Buffer, at: &str| {
        let (q, k) = (w.number(query, &format!("group * {head_dim}u + d")), w.number(from, &format!("{at} + d")));
        w.line("score = 0.0;");
        w.line(format!("for (var d = 0u; d < {head_dim}u; d++) {{ score = fma({q}, {k}, score); }}"));
        w.line(format!("score *= {};", literal(1.0 / (head_dim as f32).sqrt())));
    };
    w.line("if (row < rows) {");
    dot(w, keys, &format!("row * {width}u + first"));
    w.line("} else if (row == rows) {");
    dot(w, key, "first");
    w.line("}");
    w.line("let before = largest;");
    w.line("largest = op_max(before, joined(thread, score, true));");
    // Beside a largest score of −∞ all weights are 0.
    w.line("var weight = 0.0;");
    w.line("if (bitcast<u32>(score) != 0xff800000u) { weight = op_exp(score - largest); }");
    w.line("var kept = 0.0;");
    w.line("if (bitcast<u32>(before) != 0xff800000u) { kept = op_exp(before - largest); }");
    w.line("parts[GROUP + thread] = weight;");
    w.line("sum = sum * kept + joined(thread, weight, false);");
    for part in 0..parts {
        let d = format!("thread + {part}u * GROUP");
        w.line(format!("if ({d} < {head_dim}u) {{"));
        w.line(format!("y{part} *= kept;"));
        let cached = w.number(values, &format!("(start + t) * {width}u + first + {d}"));
        let last = w.number(value, &format!("first + {d}"));
        w.line("let cached = min(GROUP, rows - start);");
        w.line(format!("for (var t = 0u; t < cached; t++) {{ y{part} = fma(parts[GROUP + t], {cached}, y{part}); }}"));
        w.line(format!("if (cached < GROUP) {{ y{part} = fma(parts[GROUP + cached], {last}, y{part}); }}"));
        w.line("}");
    }
    w.line("workgroupBarrier();");
    w.line("}");
    for part in 0..parts {
        let d = format!("thread + {part}u * GROUP");
        let store = w.store(target, &format!("group * {head_dim}u + {d}"), &format!("y{part} / sum"));
        w.line(format!("if ({d} < {head_dim}u) {{ {store} }}"));
    }
    w.groups(heads);
}
