use terrarium_graph::plan::{Buffer, Kernel, Turned};

use super::rotary;
use crate::shader::{Writer, literal};

/// One workgroup a head. Positions pass by in tiles of a position for each thread: first their scores, then, every thread for
/// its elements of the result, the sum of the values by weight; what was summed up before is scaled down as the largest score grows
/// (Milakov and Gimelshein 2018). Where it turns the query and the key, each head does so for itself, and the first of those that
/// share a key hands it on.
pub fn write(w: &mut Writer, kernel: &Kernel) {
    let Kernel::CachedAttention { heads, kv_heads, head_dim, context, query, key, value, keys, values, position, target, turned } =
        *kernel
    else {
        unreachable!("an attention to caches, by `kernels::write`")
    };
    let (width, parts) = (kv_heads * head_dim, head_dim.div_ceil(w.threads.group));
    // The first part is for joining, the second holds a tile's weights.
    let (query_at, key_at) = (2 * w.threads.group, 2 * w.threads.group + head_dim);
    w.share(query_at);
    w.line(format!("let own = group * {head_dim}u;"));
    w.line(format!("let first = group * {kv_heads}u / {heads}u * {head_dim}u;"));
    let (of_query, of_key) = match turned {
        None => (w.number(query, "own + d"), w.number(key, "first + d")),
        Some(by) => {
            w.share(key_at + head_dim);
            turn(w, by, [(query, "own", query_at), (key, "first", key_at)]);
            (format!("parts[{query_at}u + d]"), format!("parts[{key_at}u + d]"))
        }
    };
    let rows = w.bits(position, "0u");
    w.line(format!("let rows = u32(same_for_all(thread, f32(min({rows}, {context}u))));"));
    // Behind the barriers of that all threads see what was turned.
    if let Some(Turned { target, .. }) = turned {
        w.line(format!("for (var d = thread; group % {}u == 0u && d < {head_dim}u; d += GROUP) {{", heads / kv_heads));
        let store = w.store(target, "first + d", &of_key);
        w.line(store);
        let (to, from) = (w.bits(target, &format!("{width}u + first + d")), w.bits(value, "first + d"));
        w.line(format!("{to} = {from};"));
        w.line("}");
    }
    w.line("var largest = from_bits(0xff800000u);");
    w.line("var sum = 0.0;");
    for part in 0..parts {
        w.line(format!("var y{part} = 0.0;"));
    }
    w.line("for (var start = 0u; start <= rows; start += GROUP) {");
    w.line("let row = start + thread;");
    w.line("var score = from_bits(0xff800000u);");
    let dot = |w: &mut Writer, of_key: &str| {
        w.line("score = 0.0;");
        w.line(format!("for (var d = 0u; d < {head_dim}u; d++) {{ score = fma({of_query}, {of_key}, score); }}"));
        w.line(format!("score *= {};", literal(1.0 / (head_dim as f32).sqrt())));
    };
    let of_cached_key = w.number(keys, &format!("row * {width}u + first + d"));
    w.line("if (row < rows) {");
    dot(w, &of_cached_key);
    w.line("} else if (row == rows) {");
    dot(w, &of_key);
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
        let store = w.store(target, &format!("own + {d}"), &format!("y{part} / sum"));
        w.line(format!("if ({d} < {head_dim}u) {{ {store} }}"));
    }
    w.groups(heads);
}

/// Turns heads of rows, from a place in a buffer to one that the workgroup shares.
fn turn(w: &mut Writer, by: Turned, heads: [(Buffer, &str, usize); 2]) {
    let position = w.number(by.start, "0u");
    w.line(format!("for (var pair = thread; pair < {}u; pair += GROUP) {{", by.of.head_dim / 2));
    rotary::angle(w, by.of, &position, "pair");
    for (source, head, shared) in heads {
        let [x, y] = ["a", "b"].map(|element| w.number(source, &format!("{head} + {element}")));
        w.line(format!("{{ let x = {x}; let y = {y};"));
        for (element, value) in ["a", "b"].into_iter().zip(rotary::rotated(false)) {
            w.line(format!("parts[{shared}u + {element}] = {value};"));
        }
        w.line("}");
    }
    w.line("}");
}
