//! Matrix products. Every thread sums up a small tile of the product in registers and reads its operands straight from memory:
//! neighbouring threads take neighbouring columns, so that reads fall together, and the products here are small enough for the
//! caches to do the rest. Where a product has few elements and a long inner axis, several threads share a tile.

use terrarium_graph::plan::{Kernel, Made, Map};

use super::{map, normalise, patches, update};
use crate::shader::{Threads, Writer};

/// How a product is divided among threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Division {
    /// Rows and columns of a thread's tile.
    pub tile: (usize, usize),
    /// Threads that share a tile, each taking a part of the inner axis.
    pub shares: usize,
}

impl Division {
    /// The larger a tile, the less is read for each multiplication; but a device wants to be busy. So tiles are as large as
    /// leaves it threads enough, and where even small ones do not, several threads share each.
    pub fn of(batch: usize, m: usize, k: usize, n: usize, threads: Threads) -> Division {
        let Threads { busy, group } = threads;
        let tiles = |(rows, cols): (usize, usize)| batch * m.div_ceil(rows) * n.div_ceil(cols);
        let within = |(rows, cols): (usize, usize)| (rows.min(m), cols.min(n));
        let candidates = [((8, 4), busy), ((4, 4), busy / 4), ((2, 4), busy / 4)];
        let large = candidates.into_iter().map(|(tile, enough)| (within(tile), enough));
        let tile = large.into_iter().find(|&(tile, enough)| tiles(tile) >= enough).map_or(within((2, 2)), |(tile, _)| tile);
        let mut shares = 1;
        while shares < group / 4 && tiles(tile) * shares < busy && k / (shares * 2) >= 16 {
            shares *= 2;
        }
        Division { tile, shares }
    }
}

pub fn write(w: &mut Writer, kernel: &Kernel) {
    let Kernel::MatMul {
        batch,
        m,
        k,
        n,
        transpose_lhs,
        transpose_rhs,
        lhs,
        lhs_patches,
        ref lhs_made,
        rhs,
        ref tail,
        rhs_sum,
        ref updates,
        ..
    } = *kernel
    else {
        unreachable!("a product, by `kernels::write`")
    };
    let Division { tile: (rows, cols), shares } = Division::of(batch, m, k, n, w.threads);
    let (row_tiles, col_tiles) = (m.div_ceil(rows), n.div_ceil(cols));
    let tiles = batch * row_tiles * col_tiles;
    let per_group = w.threads.group / shares;
    // A row that is made lies behind what is joined.
    let row_at = w.threads.group * (rows * cols).max(1);
    if let Some(made) = lhs_made {
        make_row(w, made, k, row_at);
    }

    // Threads that share a tile are `per_group` apart, so that neighbours take neighbouring tiles.
    w.line(format!("let tile = group * {per_group}u + thread % {per_group}u;"));
    w.line(format!("let share = thread / {per_group}u;"));
    w.line(format!("let here = tile < {tiles}u;"));
    w.line(format!("let batch = tile / {}u;", row_tiles * col_tiles));
    w.line(format!("let row = (tile / {col_tiles}u) % {row_tiles}u * {rows}u;"));
    // A thread's columns lie apart, so that at one time neighbouring threads read neighbouring elements.
    w.line(format!("let col = tile % {col_tiles}u;"));

    let (row_stride, lhs_stride) = if transpose_lhs { (1, m) } else { (k, 1) };
    let (col_stride, rhs_stride) = if transpose_rhs { (k, 1) } else { (1, n) };
    // Tiles that reach over the edge read its last row or column again.
    for r in 0..rows {
        let number = format!("min(row + {r}u, {}u)", m - 1);
        match &lhs_patches {
            None => w.line(format!("let a{r} = batch * {}u + {number} * {row_stride}u;", m * k)),
            Some(of) if transpose_lhs => patches::column(w, of, &format!("a{r}"), &number),
            Some(of) => patches::place(w, of, &format!("a{r}"), &number),
        }
    }
    for c in 0..cols {
        w.line(format!("let c{c} = min(col + {}u, {}u);", c * col_tiles, n - 1));
        w.line(format!("let b{c} = batch * {}u + c{c} * {col_stride}u;", k * n));
    }
    for r in 0..rows {
        for c in 0..cols {
            w.line(format!("var s{r}{c} = 0.0;"));
        }
    }
    let sums = rhs_sum.is_some();
    for c in (0..cols).filter(|_| sums) {
        w.line(format!("var t{c} = 0.0;"));
    }
    w.line("if (here) {");
    w.line(format!("for (var p = share; p < {k}u; p += {shares}u) {{"));
    match &lhs_patches {
        None => {}
        Some(of) if transpose_lhs => patches::place(w, of, "inner", "p"),
        Some(of) => patches::column(w, of, "inner", "p"),
    }
    for r in 0..rows {
        match &lhs_patches {
            None => {
                let element = match lhs_made {
                    Some(_) => format!("parts[{row_at}u + p]"),
                    None => w.number(lhs, &format!("a{r} + p * {lhs_stride}u")),
                };
                w.line(format!("    let x{r} = {element};"));
            }
            Some(of) => {
                let row = format!("a{r}");
                let (place, column) = if transpose_lhs { ("inner", row.as_str()) } else { (row.as_str(), "inner") };
                patches::element(w, of, lhs, &format!("x{r}"), place, column);
            }
        }
    }
    for c in 0..cols {
        let element = w.number(rhs, &format!("b{c} + p * {rhs_stride}u"));
        w.line(format!("    let y{c} = {element};"));
    }
    for c in 0..cols {
        for r in 0..rows {
            w.line(format!("    s{r}{c} = fma(x{r}, y{c}, s{r}{c});"));
        }
        if sums {
            w.line(format!("    t{c} += y{c};"));
        }
    }
    w.line("}");
    w.line("}");
    if shares > 1 {
        share(w, rows, cols, sums, shares, per_group);
    } else {
        w.line("if (!here) { return; }");
    }
    for (number, update) in updates.iter().enumerate() {
        update::rates(w, update, number);
    }
    // What follows the product is written once for all rows, so that there is less to compile: rows take turns in the first's place.
    w.line(format!("for (var r = row; r < min(row + {rows}u, {m}u); r++) {{"));
    for c in 0..cols {
        w.line(format!("if (col + {}u < {n}u) {{", c * col_tiles));
        w.line(format!("let i = (batch * {m}u + r) * {n}u + c{c};"));
        map::element(w, tail, "i", &format!("s0{c}"));
        for (value, stored) in &tail.stores {
            for (number, update) in updates.iter().enumerate().filter(|(_, update)| update.gradients == *stored) {
                update::element(w, update, number, "i", &format!("v{value}"));
            }
        }
        w.line("}");
    }
    for r in 1..rows {
        for c in 0..cols {
            w.line(format!("s{}{c} = s{r}{c};", r - 1));
        }
    }
    w.line("}");
    if let Some(sum) = rhs_sum {
        for c in 0..cols {
            w.line(format!("if (row == 0u && col + {}u < {n}u) {{", c * col_tiles));
            let store = w.store(sum, &format!("c{c}"), &format!("t{c}"));
            w.line(store);
            for (number, update) in updates.iter().enumerate().filter(|(_, update)| update.gradients == sum) {
                update::element(w, update, number, &format!("c{c}"), &format!("t{c}"));
            }
            w.line("}");
        }
    }
    w.groups(tiles.div_ceil(per_group));
}

/// Puts the row that is the left operand where the workgroup shares it.
fn make_row(w: &mut Writer, Made { normalised, map, value }: &Made, cols: usize, at: usize) {
    w.share(at + cols);
    let x = normalised.map(|(of, source)| {
        w.line("let start = 0u;");
        normalise::statistics(w, of, cols, source);
        format!("(({} - mean) * scale)", w.number(source, "i"))
    });
    w.line(format!("{} {{", normalise::each(cols)));
    w.line("let i = p;");
    map::element(w, &Map { stores: Vec::new(), ..map.clone() }, "i", x.as_deref().unwrap_or_default());
    w.line(format!("parts[{at}u + i] = v{value};"));
    for (value, buffer) in &map.stores {
        let store = w.store(*buffer, "i", &format!("v{value}"));
        w.line(format!("if (group == 0u) {{ {store} }}"));
    }
    w.line("}");
    w.line("workgroupBarrier();");
}

/// Joins the shares of a tile: all but the first thread hand theirs over and are done.
fn share(w: &mut Writer, rows: usize, cols: usize, sums: bool, shares: usize, per_group: usize) {
    let mut names: Vec<String> = (0..rows).flat_map(|r| (0..cols).map(move |c| format!("s{r}{c}"))).collect();
    names.extend((0..cols).filter(|_| sums).map(|c| format!("t{c}")));
    w.share(names.len() * w.threads.group);
    for (i, name) in names.iter().enumerate() {
        w.line(format!("parts[{i}u * GROUP + thread] = {name};"));
    }
    w.line("workgroupBarrier();");
    w.line("if (share > 0u || !here) { return; }");
    w.line(format!("for (var other = 1u; other < {shares}u; other++) {{"));
    for (i, name) in names.iter().enumerate() {
        w.line(format!("    {name} += parts[{i}u * GROUP + thread + other * {per_group}u];"));
    }
    w.line("}");
}
