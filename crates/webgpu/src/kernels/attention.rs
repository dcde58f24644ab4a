//! Attention in the manner of Dao et al. 2022: a workgroup has a few rows of its own, queries or keys, and goes through the rows
//! that they meet a tile at a time. Its threads are first spread over the pairs of both, to score them, and then over the columns of
//! its own rows, to sum up what the scores weigh.

use terrarium_graph::plan::{Buffer, Heads, Kernel, Rows};

use crate::shader::{Threads, Writer, literal};

/// Rows that a workgroup has of its own.
const OWN: usize = 8;

/// What a workgroup scores at a time.
#[derive(Clone, Copy)]
struct Tile {
    /// Rows that it meets.
    wide: usize,
    /// Own rows that a thread scores, each against one row that is met.
    scored: usize,
    /// Scores: one for each pair.
    scores: usize,
}

impl Tile {
    fn of(threads: Threads) -> Tile {
        let wide = threads.group.min(32);
        Tile { wide, scored: OWN * wide / threads.group, scores: OWN * wide }
    }
}

pub fn write(w: &mut Writer, kernel: &Kernel) {
    match *kernel {
        Kernel::Attention { heads, target, log_sums, .. } if heads.keys == 0 => {
            for (buffer, value) in [(target, 0.0)].into_iter().chain(log_sums.map(|sums| (sums, f32::NEG_INFINITY))) {
                constant(w, buffer, value);
            }
        }
        Kernel::Attention { heads, queries, keys, values, target, log_sums } => {
            let [q, k, v] = rows(heads, [queries, keys, values], heads.places);
            forward(w, heads, [q, k, v], target, log_sums);
        }
        Kernel::AttentionGradient { heads, target, .. } if heads.keys == 0 => constant(w, target, 0.0),
        Kernel::AttentionGradient { heads, queries, keys, values, result, log_sums, gradient, target, places } => {
            let made = Rows { first: 0, stride: heads.heads * heads.head_dim };
            let [q, k, v] = rows(heads, [queries, keys, values], heads.places);
            let [y, dy] = [result, gradient].map(|buffer| Source { buffer, rows: made, heads });
            let [dq, dk, dv] = rows(heads, [target; 3], places);
            let read = Read { q, k, v, y, dy, log_sums };
            if heads.queries > 0 {
                queries_gradient(w, &read, dq);
            }
            keys_gradient(w, &read, dk, dv);
        }
        _ => unreachable!("an attention, by `kernels::write`"),
    }
}

fn constant(w: &mut Writer, target: Buffer, value: f32) {
    let store = w.store(target, "i", &literal(value));
    w.line(store);
    w.each(target.len);
}

/// Rows of heads in a buffer.
#[derive(Clone, Copy)]
struct Source {
    buffer: Buffer,
    rows: Rows,
    heads: Heads,
}

fn rows(heads: Heads, buffers: [Buffer; 3], places: [Rows; 3]) -> [Source; 3] {
    std::array::from_fn(|i| Source { buffer: buffers[i], rows: places[i], heads })
}

impl Source {
    /// Where a head of a row begins.
    fn place(&self, row: &str, head: &str) -> String {
        format!("{}u + ({row}) * {}u + {head} * {}u", self.rows.first, self.rows.stride, self.heads.head_dim)
    }
}

/// What the gradient reads.
struct Read {
    q: Source,
    k: Source,
    v: Source,
    y: Source,
    dy: Source,
    log_sums: Buffer,
}

/// How the threads of a workgroup share the columns of its own rows.
#[derive(Clone, Copy)]
struct Columns {
    head_dim: usize,
    /// Threads side by side, and the columns that each takes, which lie as many apart.
    threads: usize,
    columns: usize,
    /// Own rows that a thread takes.
    rows: usize,
}

impl Columns {
    fn of(head_dim: usize, threads: Threads) -> Columns {
        let Threads { group, .. } = threads;
        let sides = (1..=OWN).rev().find(|sides| OWN.is_multiple_of(*sides) && sides * head_dim <= group).unwrap_or(1);
        let threads = group / sides;
        Columns { head_dim, threads, columns: head_dim.div_ceil(threads), rows: OWN / sides }
    }

    /// Names the thread's columns and its first row, and starts its sums at 0.
    fn begin(self, w: &mut Writer, sums: &[&str]) {
        for c in 0..self.columns {
            w.line(format!("let c{c} = thread % {}u + {}u;", self.threads, c * self.threads));
        }
        w.line(format!("let row = thread / {}u * {}u;", self.threads, self.rows));
        for (r, c, name) in self.each(sums) {
            w.line(format!("var {name}{r}_{c} = 0.0;"));
        }
    }

    fn each<'s>(self, sums: &'s [&'s str]) -> impl Iterator<Item = (usize, usize, &'s str)> {
        (0..self.rows).flat_map(move |r| (0..self.columns).flat_map(move |c| sums.iter().map(move |name| (r, c, *name))))
    }

    /// Adds to the sums of this name the columns of `count` rows that are met, weighed by the scores from `scores` on.
    fn add(self, w: &mut Writer, sums: &str, scores: usize, met: Source, row: &str, head: &str) {
        let Tile { wide, .. } = Tile::of(w.threads);
        w.line(format!("for (var n = 0u; n < count; n++) {{ let at = {};", met.place(&format!("{row} + n"), head)));
        for c in 0..self.columns {
            let element = w.number(met.buffer, &format!("at + min(c{c}, {}u)", self.head_dim - 1));
            w.line(format!("    let x{c} = {element};"));
        }
        for r in 0..self.rows {
            w.line(format!("    let share{r} = parts[{scores}u + (row + {r}u) * {wide}u + n];"));
            for c in 0..self.columns {
                w.line(format!("    {sums}{r}_{c} = fma(share{r}, x{c}, {sums}{r}_{c});"));
            }
        }
        w.line("}");
    }

    /// Stores a value for each sum, named by row and column, where the workgroup's own rows are.
    fn store(self, w: &mut Writer, to: Source, row: &str, count: usize, head: &str, value: impl Fn(usize, usize) -> String) {
        for r in 0..self.rows {
            for c in 0..self.columns {
                let place = to.place(&format!("{row} + row + {r}u"), head);
                let store = w.store(to.buffer, &format!("{place} + c{c}"), &value(r, c));
                w.line(format!("if (first + row + {r}u < {count}u && c{c} < {}u) {{ {store} }}", self.head_dim));
            }
        }
    }
}

/// Names what a workgroup is about: `batch`, `head` of so many, and the `first` of its own rows of so many.
fn begin(w: &mut Writer, heads: usize, own: usize) -> usize {
    let Tile { wide, scored, .. } = Tile::of(w.threads);
    let tiles = own.div_ceil(OWN);
    w.line(format!("let first = group % {tiles}u * {OWN}u;"));
    w.line(format!("let head = group / {tiles}u % {heads}u;"));
    w.line(format!("let batch = group / {}u;", tiles * heads));
    w.line(format!("let lane = thread % {wide}u;"));
    w.line(format!("let side = thread / {wide}u * {scored}u;"));
    tiles * heads
}

/// Names where the own rows lie that a thread scores: `name0`, `name1`, …
fn own(w: &mut Writer, name: &str, source: Source, count: usize, head: &str) {
    let Tile { scored, .. } = Tile::of(w.threads);
    for r in 0..scored {
        let row = format!("batch * {count}u + min(first + side + {r}u, {}u)", count.saturating_sub(1));
        w.line(format!("let {name}{r} = {};", source.place(&row, head)));
    }
}

/// Names where the row that a thread meets lies.
fn met(w: &mut Writer, name: &str, source: Source, count: usize, head: &str) {
    let row = format!("batch * {count}u + min(start + lane, {}u)", count.saturating_sub(1));
    w.line(format!("let {name} = {};", source.place(&row, head)));
}

/// Rows whose places are named.
type Named<'n> = (&'n str, Source);

/// Sums up the products of own rows with the row that is met: `sum0`, `sum1`, … for each (sum, own, met).
fn products(w: &mut Writer, head_dim: usize, pairs: &[(&str, Named, Named)]) {
    let Tile { scored, .. } = Tile::of(w.threads);
    for (sum, ..) in pairs {
        (0..scored).for_each(|r| w.line(format!("var {sum}{r} = 0.0;")));
    }
    w.line(format!("for (var c = 0u; c < {head_dim}u; c++) {{"));
    for (sum, (own, own_source), (met, met_source)) in pairs {
        let element = w.number(met_source.buffer, &format!("{met} + c"));
        w.line(format!("    let of_{sum} = {element};"));
        for r in 0..scored {
            let element = w.number(own_source.buffer, &format!("{own}{r} + c"));
            w.line(format!("    {sum}{r} = fma({element}, of_{sum}, {sum}{r});"));
        }
    }
    w.line("}");
}

fn forward(w: &mut Writer, heads: Heads, [q, k, v]: [Source; 3], target: Buffer, log_sums: Option<Buffer>) {
    let Tile { wide, scored, scores } = Tile::of(w.threads);
    let Heads { batch, queries, keys, head_dim, .. } = heads;
    w.share(scores + OWN);
    let groups = begin(w, heads.heads, queries);
    let kv_head = format!("(head / {}u)", heads.heads / heads.kv_heads);
    let columns = Columns::of(head_dim, w.threads);
    columns.begin(w, &["sum"]);
    own(w, "q", q, queries, "head");
    // Of an own row each, for the first threads: the largest score yet, and the sum of exponentials less that.
    w.line("var largest = from_bits(0xff800000u);");
    w.line("var total = 0.0;");
    let end = if heads.causal { format!("min(first + {OWN}u, {keys}u)") } else { format!("{keys}u") };
    w.line(format!("for (var start = 0u; start < {end}; start += {wide}u) {{"));
    met(w, "k", k, keys, &kv_head);
    products(w, head_dim, &[("score", ("q", q), ("k", k))]);
    for r in 0..scored {
        let last = if heads.causal { format!("min(first + side + {r}u, {}u)", keys - 1) } else { format!("{}u", keys - 1) };
        let score = format!("select(from_bits(0xff800000u), score{r} * {}, start + lane <= {last})", literal(heads.scale()));
        w.line(format!("parts[(side + {r}u) * {wide}u + lane] = {score};"));
    }
    w.line("workgroupBarrier();");
    w.line(format!("if (thread < {OWN}u) {{"));
    w.line("    let before = largest;");
    w.line(format!("    for (var n = 0u; n < {wide}u; n++) {{ largest = op_max(largest, parts[thread * {wide}u + n]); }}"));
    w.line("    let fade = op_exp(before - largest);");
    w.line("    total *= fade;");
    w.line(format!("    for (var n = thread * {wide}u; n < (thread + 1u) * {wide}u; n++) {{"));
    w.line("        let share = op_exp(parts[n] - largest);");
    w.line("        parts[n] = share;");
    w.line("        total += share;");
    w.line("    }");
    w.line(format!("    parts[{scores}u + thread] = fade;"));
    w.line("}");
    w.line("workgroupBarrier();");
    for (r, c, sum) in columns.each(&["sum"]) {
        w.line(format!("{sum}{r}_{c} *= parts[{scores}u + row + {r}u];"));
    }
    w.line(format!("let count = min({wide}u, {keys}u - start);"));
    columns.add(w, "sum", 0, v, &format!("batch * {keys}u + start"), &kv_head);
    w.line("workgroupBarrier();");
    w.line("}");
    w.line(format!("if (thread < {OWN}u) {{"));
    w.line(format!("    parts[{scores}u + thread] = total;"));
    if let Some(log_sums) = log_sums {
        let place = format!("(batch * {}u + head) * {queries}u + first + thread", heads.heads);
        let store = w.store(log_sums, &place, "largest + log(total)");
        w.line(format!("    if (first + thread < {queries}u) {{ {store} }}"));
    }
    w.line("}");
    w.line("workgroupBarrier();");
    let to = Source { buffer: target, rows: Rows { first: 0, stride: heads.heads * head_dim }, heads };
    columns.store(w, to, &format!("batch * {queries}u + first"), queries, "head", |r, c| {
        format!("sum{r}_{c} / parts[{scores}u + row + {r}u]")
    });
    w.groups(groups * batch);
}

/// dQ = dS·K: own rows are queries, and keys are met.
fn queries_gradient(w: &mut Writer, read: &Read, dq: Source) {
    let Tile { wide, scored, scores } = Tile::of(w.threads);
    let Read { q, k, v, y, dy, log_sums } = *read;
    let heads = q.heads;
    let Heads { batch, queries, keys, head_dim, .. } = heads;
    w.share(scores + OWN);
    let groups = begin(w, heads.heads, queries);
    let kv_head = format!("(head / {}u)", heads.heads / heads.kv_heads);
    let columns = Columns::of(head_dim, w.threads);
    columns.begin(w, &["sum"]);
    own(w, "q", q, queries, "head");
    own(w, "dy", dy, queries, "head");
    w.line(format!("if (thread < {OWN}u) {{"));
    w.line(format!("    let place = {};", y.place(&format!("batch * {queries}u + min(first + thread, {}u)", queries - 1), "head")));
    let (value, slope) = (w.number(y.buffer, "place + c"), w.number(dy.buffer, "place + c"));
    w.line("    var mean = 0.0;");
    w.line(format!("    for (var c = 0u; c < {head_dim}u; c++) {{ mean = fma({value}, {slope}, mean); }}"));
    w.line(format!("    parts[{scores}u + thread] = mean;"));
    w.line("}");
    w.line("workgroupBarrier();");
    for r in 0..scored {
        w.line(format!("let i{r} = min(first + side + {r}u, {}u);", queries - 1));
        let log_sum = w.number(log_sums, &format!("(batch * {}u + head) * {queries}u + i{r}", heads.heads));
        w.line(format!("let log_sum{r} = {log_sum};"));
        w.line(format!("let mean{r} = parts[{scores}u + side + {r}u];"));
    }
    let end = if heads.causal { format!("min(first + {OWN}u, {keys}u)") } else { format!("{keys}u") };
    w.line(format!("for (var start = 0u; start < {end}; start += {wide}u) {{"));
    met(w, "k", k, keys, &kv_head);
    met(w, "v", v, keys, &kv_head);
    products(w, head_dim, &[("score", ("q", q), ("k", k)), ("slope", ("dy", dy), ("v", v))]);
    let scale = literal(heads.scale());
    for r in 0..scored {
        let last = if heads.causal { format!("i{r}") } else { format!("{}u", keys - 1) };
        let slope = format!("op_exp(score{r} * {scale} - log_sum{r}) * (slope{r} - mean{r}) * {scale}");
        w.line(format!("parts[(side + {r}u) * {wide}u + lane] = select(0.0, {slope}, start + lane <= {last});"));
    }
    w.line("workgroupBarrier();");
    w.line(format!("let count = min({wide}u, {keys}u - start);"));
    columns.add(w, "sum", 0, k, &format!("batch * {keys}u + start"), &kv_head);
    w.line("workgroupBarrier();");
    w.line("}");
    columns.store(w, dq, &format!("batch * {queries}u + first"), queries, "head", |r, c| format!("sum{r}_{c}"));
    w.groups(groups * batch);
}

/// dK = dSᵀ·Q and dV = Pᵀ·dY: own rows are keys, and queries are met, of each head that shares the keys.
fn keys_gradient(w: &mut Writer, read: &Read, dk: Source, dv: Source) {
    let Tile { wide, scored, scores } = Tile::of(w.threads);
    let Read { q, k, v, y, dy, log_sums } = *read;
    let heads = q.heads;
    let Heads { batch, queries, keys, head_dim, .. } = heads;
    w.share(2 * scores);
    let groups = begin(w, heads.kv_heads, keys);
    let columns = Columns::of(head_dim, w.threads);
    columns.begin(w, &["dk", "dv"]);
    own(w, "k", k, keys, "head");
    own(w, "v", v, keys, "head");
    let sharing = heads.heads / heads.kv_heads;
    w.line(format!("for (var h = head * {sharing}u; h < (head + 1u) * {sharing}u; h++) {{"));
    let start = if heads.causal { format!("first / {wide}u * {wide}u") } else { "0u".to_string() };
    w.line(format!("for (var start = {start}; start < {queries}u; start += {wide}u) {{"));
    for (name, source) in [("q", q), ("dy", dy), ("y", y)] {
        met(w, name, source, queries, "h");
    }
    w.line(format!("let i = min(start + lane, {}u);", queries.saturating_sub(1)));
    let log_sum = w.number(log_sums, &format!("(batch * {}u + h) * {queries}u + i", heads.heads));
    w.line(format!("let log_sum = {log_sum};"));
    products(w, head_dim, &[("score", ("k", k), ("q", q)), ("slope", ("v", v), ("dy", dy))]);
    let (value, slope) = (w.number(y.buffer, "y + c"), w.number(dy.buffer, "dy + c"));
    w.line("var mean = 0.0;");
    w.line(format!("for (var c = 0u; c < {head_dim}u; c++) {{ mean = fma({value}, {slope}, mean); }}"));
    let scale = literal(heads.scale());
    for r in 0..scored {
        let own = format!("first + side + {r}u");
        let seen =
            if heads.causal { format!("start + lane < {queries}u && {own} <= i") } else { format!("start + lane < {queries}u") };
        w.line(format!("let share{r} = select(0.0, op_exp(score{r} * {scale} - log_sum), {seen});"));
        let place = format!("(side + {r}u) * {wide}u + lane");
        w.line(format!("parts[{place}] = select(0.0, share{r} * (slope{r} - mean) * {scale}, {seen});"));
        w.line(format!("parts[{scores}u + {place}] = share{r};"));
    }
    w.line("workgroupBarrier();");
    w.line(format!("let count = min({wide}u, {queries}u - start);"));
    let row = format!("batch * {queries}u + start");
    columns.add(w, "dk", 0, q, &row, "h");
    columns.add(w, "dv", scores, dy, &row, "h");
    w.line("workgroupBarrier();");
    w.line("}");
    w.line("}");
    let row = format!("batch * {keys}u + first");
    columns.store(w, dk, &row, keys, "head", |r, c| format!("dk{r}_{c}"));
    columns.store(w, dv, &row, keys, "head", |r, c| format!("dv{r}_{c}"));
    w.groups(groups * batch);
}
