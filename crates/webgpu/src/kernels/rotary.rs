use terrarium_graph::plan::Kernel;

use crate::shader::{Writer, literal};

/// One thread a pair, or two elements that are left as they are.
pub fn write(w: &mut Writer, kernel: &Kernel) {
    let Kernel::Rotary { of, heads, back, time, width, source, start, target } = *kernel else {
        unreachable!("a rotation, by `kernels::write`")
    };
    let (pairs, turned) = (of.head_dim / 2, heads * of.head_dim / 2);
    // A row that is wider by one has a last thread for its last element alone.
    let threads = turned + (width - 2 * turned).div_ceil(2);
    let frequencies: Vec<String> = (0..pairs).map(|i| literal(of.frequency(i))).collect();
    w.line(format!("let row = i / {threads}u;"));
    w.line(format!("let pair = i % {threads}u;"));
    w.line(format!("if (pair >= {turned}u) {{"));
    for offset in 0..2 {
        let place = format!("row * {width}u + 2u * pair + {offset}u");
        let (to, from) = (w.bits(target, &place), w.bits(source, &place));
        w.line(format!("    if (2u * pair + {offset}u < {width}u) {{ {to} = {from}; }}"));
    }
    w.line("    return;");
    w.line("}");
    w.line(format!("var frequencies = array<f32, {pairs}>({});", frequencies.join(", ")));
    let position = w.number(start, "0u");
    w.line(format!("let angle = ({position} + f32(row % {time}u)) * frequencies[pair % {pairs}u];"));
    w.line("let cosine = op_cos(angle);");
    w.line(format!("let sine = {}op_sin(angle);", if back { "-" } else { "" }));
    // The first pair says how far its two lie apart, and how far one pair lies from the next.
    let ([_, apart], [next, _]) = (of.pair(0), of.pair(1));
    w.line(format!("let a = row * {width}u + pair / {pairs}u * {}u + pair % {pairs}u * {next}u;", of.head_dim));
    w.line(format!("let b = a + {apart}u;"));
    for (name, place) in [("x", "a"), ("y", "b")] {
        let element = w.number(source, place);
        w.line(format!("let {name} = {element};"));
    }
    for (place, value) in [("a", "x * cosine - y * sine"), ("b", "y * cosine + x * sine")] {
        let store = w.store(target, place, value);
        w.line(store);
    }
    w.each(target.len / width.max(1) * threads);
}
