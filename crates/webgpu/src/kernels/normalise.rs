//! One workgroup a row.

use terrarium_graph::Normalise;
use terrarium_graph::plan::{Buffer, Kernel};

use super::map;
use crate::shader::{Writer, literal};

pub fn write(w: &mut Writer, kernel: &Kernel) {
    match *kernel {
        Kernel::Normalise { of, rows, cols, source, ref tail } => {
            w.line(format!("let start = group * {cols}u;"));
            statistics(w, of, cols, source);
            let x = w.number(source, "i");
            w.line(format!("{} {{", each(cols)));
            w.line("let i = start + p;");
            map::element(w, tail, "i", &format!("(({x} - mean) * scale)"));
            w.line("}");
            w.groups(rows);
        }
        Kernel::NormaliseGradient { of, rows, cols, source, gradient, target } => {
            let each = each(cols);
            w.line(format!("let start = group * {cols}u;"));
            statistics(w, of, cols, source);
            let (x, dy) = (w.number(source, "start + p"), w.number(gradient, "start + p"));
            w.line("part = 0.0;");
            w.line(format!("{each} {{ part += {dy} * (({x} - mean) * scale); }}"));
            w.line(format!("let along = joined(thread, part, false) / {cols}.0;"));
            w.line("var level = 0.0;");
            if of.centred {
                w.line("part = 0.0;");
                w.line(format!("{each} {{ part += {dy}; }}"));
                w.line(format!("level = joined(thread, part, false) / {cols}.0;"));
            }
            let store = w.store(target, "start + p", &format!("scale * ({dy} - level - ({x} - mean) * scale * along)"));
            w.line(format!("{each} {{ {store} }}"));
            w.groups(rows);
        }
        _ => unreachable!("a normalisation or its gradient, by `kernels::write`"),
    }
}

/// Names what is taken off the row from `start` on, `mean`, and what the rest is multiplied by, `scale`; leaves a variable `part`.
pub fn statistics(w: &mut Writer, of: Normalise, cols: usize, source: Buffer) {
    w.share(w.threads.group);
    let (x, each) = (w.number(source, "start + p"), each(cols));
    w.line("var mean = 0.0;");
    w.line("var part = 0.0;");
    if of.centred {
        w.line(format!("{each} {{ part += {x}; }}"));
        w.line(format!("mean = joined(thread, part, false) / {cols}.0;"));
        w.line("part = 0.0;");
    }
    w.line(format!("{each} {{ part += ({x} - mean) * ({x} - mean); }}"));
    w.line(format!("let scale = 1.0 / sqrt(joined(thread, part, false) / {cols}.0 + {});", literal(of.epsilon.0)));
}

/// A loop that brings each column `p` to one of the threads.
pub fn each(cols: usize) -> String {
    format!("for (var p = thread; p < {cols}u; p += GROUP)")
}
