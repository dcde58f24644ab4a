//! What a window sees of pictures, as a matrix: element by element, and as an operand that lies in no memory.

use terrarium_graph::plan::{Buffer, Kernel, Map, Patches};

use super::map;
use super::matmul::Division;
use crate::shader::Writer;

/// Patches and pictures as kernels of their own: one thread for each element written.
pub fn write(w: &mut Writer, kernel: &Kernel) {
    match kernel {
        Kernel::Unfold { patches, source, target } => {
            let columns = patches.columns();
            place(w, patches, "row", &format!("(i / {columns}u)"));
            column(w, patches, "column", &format!("(i % {columns}u)"));
            element(w, patches, *source, "seen", "row", "column");
            let store = w.store(*target, "i", "seen");
            w.line(store);
            w.each(target.len);
        }
        Kernel::Fold { patches, source, target } => {
            let Patches { window, size: [height, width], channels, places: [rows, cols], .. } = patches;
            let [[kh, kw], [sh, sw], [ph, pw]] = [window.kernel, window.stride, window.padding];
            w.line(format!("let pixel = i / {channels}u;"));
            w.line(format!("let y = pixel / {width}u % {height}u + {ph}u;"));
            w.line(format!("let x = pixel % {width}u + {pw}u;"));
            w.line(format!("let image = pixel / {}u;", height * width));
            w.line("var sum = 0.0;");
            // The kernel's rows and columns that see the pixel from some place: every stride-th.
            w.line(format!("for (var ky = y % {sh}u; ky < min({kh}u, y + 1u); ky += {sh}u) {{"));
            w.line(format!("for (var kx = x % {sw}u; kx < min({kw}u, x + 1u); kx += {sw}u) {{"));
            w.line(format!("    let row = (y - ky) / {sh}u;"));
            w.line(format!("    let col = (x - kx) / {sw}u;"));
            let at = format!(
                "((image * {rows}u + row) * {cols}u + col) * {}u + (ky * {kw}u + kx) * {channels}u + i % {channels}u",
                patches.columns()
            );
            let element = w.number(*source, &at);
            w.line(format!("    if (row < {rows}u && col < {cols}u) {{ sum += {element}; }}"));
            w.line("}");
            w.line("}");
            let store = w.store(*target, "i", "sum");
            w.line(store);
            w.each(target.len);
        }
        _ => unreachable!("patches or pictures, by `kernels::write`"),
    }
}

/// Names the row of this number: the window's upper left corner, which may lie off the picture, and where its element lies.
pub fn place(w: &mut Writer, patches: &Patches, name: &str, number: &str) {
    let Patches { window, size: [height, width], channels, places: [rows, cols], .. } = patches;
    let [[sh, sw], [ph, pw]] = [window.stride, window.padding];
    w.line(format!("let {name}_top = {number} / {cols}u % {rows}u * {sh}u - {ph}u;"));
    w.line(format!("let {name}_left = {number} % {cols}u * {sw}u - {pw}u;"));
    let line = format!("{number} / {}u * {height}u + {name}_top", rows * cols);
    w.line(format!("let {name}_start = (({line}) * {width}u + {name}_left) * {channels}u;"));
}

/// Names the column of this number: how far below and right of the window's corner, and how far from its element.
pub fn column(w: &mut Writer, patches: &Patches, name: &str, number: &str) {
    let Patches { window, size: [_, width], channels, .. } = patches;
    let kw = window.kernel[1];
    w.line(format!("let {name}_below = {number} / {}u;", kw * channels));
    w.line(format!("let {name}_right = {number} / {channels}u % {kw}u;"));
    w.line(format!("let {name}_ahead = ({name}_below * {width}u + {name}_right) * {channels}u + {number} % {channels}u;"));
}

/// Names the element of a row and a column: 0 where it lies on the padding, which the wrapped differences tell too.
pub fn element(w: &mut Writer, patches: &Patches, pictures: Buffer, name: &str, place: &str, column: &str) {
    let [height, width] = patches.size;
    let inside = format!("{place}_top + {column}_below < {height}u && {place}_left + {column}_right < {width}u");
    let value = w.number(pictures, &format!("{place}_start + {column}_ahead"));
    w.line(format!("var {name} = 0.0;"));
    w.line(format!("if ({inside}) {{ {name} = {value}; }}"));
}

/// The fold of a product, without the product: each thread sums up a small tile of pixels and channels, over the places that see
/// them. Pixels that lie a stride apart are seen by the same parts of the kernel, so a tile's pixels do: they are of one phase.
pub fn folded(w: &mut Writer, kernel: &Kernel, patches: &Patches, tail: &Map) {
    let Kernel::MatMul { m, k, n, transpose_lhs, transpose_rhs, lhs, rhs, .. } = *kernel else {
        unreachable!("a product, by `kernels::write`")
    };
    let Patches { window, images, size: [height, width], channels, places: [place_rows, place_cols] } = *patches;
    let [[kh, kw], [sh, sw], [ph, pw]] = [window.kernel, window.stride, window.padding];
    let (high, wide) = (height.div_ceil(sh), width.div_ceil(sw));
    let pixels = images * high * wide;
    let taps = kh.div_ceil(sh) * kw.div_ceil(sw);
    let Division { tile: (rows, cols), .. } = Division::of(sh * sw, pixels, k * taps, channels, w.threads);
    let (row_tiles, col_tiles) = (pixels.div_ceil(rows), channels.div_ceil(cols));
    let tiles = sh * sw * row_tiles * col_tiles;

    w.line("let tile = group * GROUP + thread;");
    w.line(format!("if (tile >= {tiles}u) {{ return; }}"));
    w.line(format!("let col = tile % {col_tiles}u;"));
    w.line(format!("let row = tile / {col_tiles}u % {row_tiles}u * {rows}u;"));
    w.line(format!("let phase = tile / {}u;", row_tiles * col_tiles));
    w.line(format!("let phase_y = phase / {sw}u + {ph}u;"));
    w.line(format!("let phase_x = phase % {sw}u + {pw}u;"));
    for r in 0..rows {
        w.line(format!("let pixel{r} = min(row + {r}u, {}u);", pixels - 1));
        // The first place that sees the pixel; the next ones lie before it.
        w.line(format!("let y{r} = pixel{r} / {wide}u % {high}u + phase_y / {sh}u;"));
        w.line(format!("let x{r} = pixel{r} % {wide}u + phase_x / {sw}u;"));
    }
    for c in 0..cols {
        w.line(format!("let c{c} = min(col + {}u, {}u);", c * col_tiles, channels - 1));
        for r in 0..rows {
            w.line(format!("var s{r}{c} = 0.0;"));
        }
    }
    let (row_stride, lhs_stride) = if transpose_lhs { (1, m) } else { (k, 1) };
    let (col_stride, rhs_stride) = if transpose_rhs { (k, 1) } else { (1, n) };
    w.line("var back_y = 0u;");
    w.line(format!("for (var ky = phase_y % {sh}u; ky < {kh}u; ky += {sh}u) {{"));
    w.line("var back_x = 0u;");
    w.line(format!("for (var kx = phase_x % {sw}u; kx < {kw}u; kx += {sw}u) {{"));
    for r in 0..rows {
        w.line(format!("let seen{r} = y{r} - back_y < {place_rows}u && x{r} - back_x < {place_cols}u;"));
        let place = format!("(pixel{r} / {}u * {place_rows}u + y{r} - back_y) * {place_cols}u + x{r} - back_x", high * wide);
        w.line(format!("let a{r} = select(0u, ({place}) * {row_stride}u, seen{r});"));
    }
    for c in 0..cols {
        w.line(format!("let b{c} = ((ky * {kw}u + kx) * {channels}u + c{c}) * {col_stride}u;"));
    }
    w.line(format!("for (var p = 0u; p < {k}u; p++) {{"));
    for r in 0..rows {
        let element = w.number(lhs, &format!("a{r} + p * {lhs_stride}u"));
        w.line(format!("    let l{r} = select(0.0, {element}, seen{r});"));
    }
    for c in 0..cols {
        let element = w.number(rhs, &format!("b{c} + p * {rhs_stride}u"));
        w.line(format!("    let r{c} = {element};"));
        for r in 0..rows {
            w.line(format!("    s{r}{c} = fma(l{r}, r{c}, s{r}{c});"));
        }
    }
    w.line("}");
    w.line("back_x += 1u;");
    w.line("}");
    w.line("back_y += 1u;");
    w.line("}");
    // As after any product: rows take turns in the first's place.
    w.line(format!("for (var pixel = row; pixel < min(row + {rows}u, {pixels}u); pixel++) {{"));
    w.line(format!("let y = pixel / {wide}u % {high}u * {sh}u + phase / {sw}u;"));
    w.line(format!("let x = pixel % {wide}u * {sw}u + phase % {sw}u;"));
    for c in 0..cols {
        w.line(format!("if (y < {height}u && x < {width}u && col + {}u < {channels}u) {{", c * col_tiles));
        let image = format!("pixel / {}u", high * wide);
        w.line(format!("let i = (({image} * {height}u + y) * {width}u + x) * {channels}u + c{c};"));
        map::element(w, tail, "i", &format!("s0{c}"));
        w.line("}");
    }
    for r in 1..rows {
        for c in 0..cols {
            w.line(format!("s{}{c} = s{r}{c};", r - 1));
        }
    }
    w.line("}");
    w.groups(tiles.div_ceil(w.threads.group));
}
