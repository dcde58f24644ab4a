use terrarium_graph::Shuffle;
use terrarium_graph::plan::Kernel;

use crate::shader::Writer;

/// Kernels that move rows and indices: one thread for each element written.
pub fn write(w: &mut Writer, kernel: &Kernel) {
    match *kernel {
        Kernel::Gather { rows, width, table, indices, target } => {
            let row = w.bits(indices, &format!("i / {width}u"));
            w.line(format!("let row = {row};"));
            w.line("var value = OUTSIDE;");
            let element = w.bits(table, &format!("row * {width}u + i % {width}u"));
            w.line(format!("if (row < {rows}u) {{ value = {element}; }}"));
            let to = w.bits(target, "i");
            w.line(format!("{to} = value;"));
            w.each(target.len);
        }
        Kernel::ScatterAdd { width, source, indices, target, .. } => {
            // Each element looks for its rows: no two threads write one place, so the order of the sum is fixed.
            let (row, element) = (w.bits(indices, "p"), w.number(source, &format!("p * {width}u + i % {width}u")));
            w.line("var sum = 0.0;");
            w.line(format!("for (var p = 0u; p < {}u; p++) {{", indices.len));
            w.line(format!("    if ({row} == i / {width}u) {{ sum += {element}; }}"));
            w.line("}");
            let store = w.store(target, "i", "sum");
            w.line(store);
            w.each(target.len);
        }
        Kernel::OneHot { classes, indices, target } => {
            let index = w.bits(indices, &format!("i / {classes}u"));
            let store = w.store(target, "i", &format!("select(0.0, 1.0, {index} == i % {classes}u)"));
            w.line(store);
            w.each(target.len);
        }
        Kernel::Windows { len, text, starts, target } => {
            let (start, symbol) = (w.bits(starts, &format!("i / {len}u")), w.bits(text, &format!("start + i % {len}u")));
            w.line(format!("let start = {start};"));
            w.line("var value = OUTSIDE;");
            // Taken from the length, so that a start near 2³² does not come round to the text's beginning.
            w.line(format!("if (start < {0}u && i % {len}u < {0}u - start) {{ value = {symbol}; }}", text.len));
            let to = w.bits(target, "i");
            w.line(format!("{to} = value;"));
            w.each(target.len);
        }
        Kernel::Indices { below, stream, target } => {
            let to = w.bits(target, "i");
            w.line(format!("{to} = multiply_high(noise_bits(i / 4u, {stream}u)[i % 4u], {below}u);"));
            w.each(target.len);
        }
        Kernel::Shuffled { shuffle, stream, target } => {
            let (to, [a, b]) = (w.bits(target, "i"), shuffle.sides());
            let (batch, count, rounds) = (target.len, shuffle.count(), Shuffle::ROUNDS);
            w.line(format!("let shuffle = Shuffle({count}u, vec2({a}u, {b}u), {rounds}u, {stream}u);"));
            w.line(format!("{to} = shuffled_index(i, {batch}u, shuffle);"));
            w.each(target.len);
        }
        Kernel::Zero { target } => {
            let to = w.bits(target, "i");
            w.line(format!("{to} = 0u;"));
            w.each(target.len);
        }
        Kernel::SetRow { source, at, target } => {
            let (row, width) = (w.bits(at, "0u"), source.len);
            w.line(format!("let row = {row};"));
            let (to, from) = (w.bits(target, &format!("row * {width}u + i")), w.bits(source, "i"));
            w.line(format!("if (row < {}u) {{ {to} = {from}; }}", target.len / width));
            w.each(width);
        }
        Kernel::Insert { block, stride, offset, source, target } => {
            let to = w.bits(target, &format!("{offset}u + (i / {block}u) * {stride}u + i % {block}u"));
            let from = w.bits(source, "i");
            w.line(format!("{to} = {from};"));
            w.each(source.len);
        }
        _ => unreachable!("kernels of other kinds have files of their own, by `kernels::write`"),
    }
}
