use terrarium_graph::Rotary;
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
    let position = w.number(start, "0u");
    angle(w, of, &format!("({position} + f32(row % {time}u))"), &format!("(pair % {pairs}u)"));
    w.line(format!("let head = row * {width}u + pair / {pairs}u * {}u;", of.head_dim));
    let [x, y] = ["a", "b"].map(|element| w.number(source, &format!("head + {element}")));
    w.line(format!("let x = {x};"));
    w.line(format!("let y = {y};"));
    for (element, value) in ["a", "b"].into_iter().zip(rotated(back)) {
        let store = w.store(target, &format!("head + {element}"), value);
        w.line(store);
    }
    w.each(target.len / width.max(1) * threads);
}

/// Names the elements of a pair of a head, `a` and `b`, and the `cosine` and `sine` of its angle at a position.
pub fn angle(w: &mut Writer, of: Rotary, position: &str, pair: &str) {
    let frequencies: Vec<String> = (0..of.head_dim / 2).map(|i| literal(of.frequency(i))).collect();
    w.line(format!("var frequencies = array<f32, {}>({});", frequencies.len(), frequencies.join(", ")));
    w.line(format!("let angle = {position} * frequencies[{pair}];"));
    w.line("let cosine = op_cos(angle);");
    w.line("let sine = op_sin(angle);");
    // The first pair says how far its two lie apart, and how far one pair lies from the next.
    let ([_, apart], [next, _]) = (of.pair(0), of.pair(1));
    w.line(format!("let a = {pair} * {next}u;"));
    w.line(format!("let b = a + {apart}u;"));
}

/// What a pair `x`, `y` is when it is turned, or turned back.
pub fn rotated(back: bool) -> [&'static str; 2] {
    if back { ["x * cosine + y * sine", "y * cosine - x * sine"] } else { ["x * cosine - y * sine", "y * cosine + x * sine"] }
}
