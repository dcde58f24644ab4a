//! The next token, drawn from logits, in one workgroup. As on the cpu, what is kept is the tokens above a bar, and those equal to it
//! up to an index; both are found by halving, bit by bit.

use terrarium_graph::plan::{Kernel, Pick};

use crate::shader::Writer;

pub fn write(w: &mut Writer, kernel: &Kernel) {
    let Kernel::Sample { pick, logits, seen, settings, work, target } = *kernel else {
        unreachable!("a draw, by `kernels::write`")
    };
    let tokens = logits.len;
    let each = format!("for (var i = thread; i < {tokens}u; i += GROUP)");
    // A thread comes back to its own tokens only, so that what it notes down needs no barrier.
    let (logit, weight) = (w.number(work, "i"), w.number(work, &format!("{tokens}u + i")));
    w.share(2 * w.threads.group);
    for (name, setting) in ["temperature", "top_k", "top_p", "min_p", "penalty"].into_iter().zip(settings) {
        let value = w.number(setting, "0u");
        w.line(format!("let {name} = {value};"));
    }
    let (given, marked) = (w.number(logits, "i"), w.bits(seen, "i"));
    let note = [(work, "i".to_string(), "l"), (work, format!("{tokens}u + i"), "op_exp(below)")];
    let [note_logit, note_weight] = note.map(|(buffer, at, value)| w.store(buffer, &at, value));
    w.line("var part = from_bits(0xff800000u);");
    w.line(format!("{each} {{"));
    w.line(format!("    let l = penalised({given}, {marked}, penalty);"));
    w.line(format!("    {note_logit}"));
    w.line("    part = op_max(part, l);");
    w.line("}");
    w.line("let largest = joined(thread, part, true);");
    w.line(format!("{each} {{ let below = below_largest({logit}, largest, temperature); {note_weight} }}"));

    let kept = "(l > bar || (l == bar && i <= last))";
    // The amount that all threads have of something, each token's if a condition holds.
    let amount = |w: &mut Writer, condition: &str, of: &str| {
        w.line("part = 0.0;");
        w.line(format!("{each} {{ let l = {logit}; if ({condition} && {kept}) {{ part += {of}; }} }}"));
    };
    let stage = |w: &mut Writer, row: usize, condition: &str| {
        if pick == Pick::Stages {
            amount(w, condition, &weight);
            w.line(format!("let sum{row} = joined(thread, part, false);"));
            let store = w.store(target, &format!("{}u + i", row * tokens), &format!("select(0.0, {weight} / sum{row}, kept)"));
            w.line(format!("{each} {{ let l = {logit}; let kept = {condition} && {kept}; {store} }}"));
        }
    };
    // Keeps the first of what is kept, as few as amount to `needed`.
    let cut = |w: &mut Writer, of: &str, of_bar: &str| {
        w.line("var key = 0u;");
        w.line("for (var bit = 0x80000000u; bit > 0u; bit >>= 1u) {");
        w.line("let lowest = from_key(key | bit);");
        amount(w, "l >= lowest", of);
        // Keys above that of ∞ are no numbers.
        w.line("if (joined(thread, part, false) >= needed && (key | bit) <= 0xff800000u) { key |= bit; }");
        w.line("}");
        w.line("let next = from_key(max(key, LOWEST_KEY) + 1u);");
        w.line("let level = from_key(key);");
        amount(w, "l >= next", of);
        w.line("let above = joined(thread, part, false);");
        w.line(format!("let wanted = max(1.0, ceil((needed - above) / {of_bar}));"));
        w.line("var place = 0u;");
        w.line(format!("for (var bit = {}u; bit > 0u; bit >>= 1u) {{", tokens.next_power_of_two()));
        amount(w, "l == level && i < place + bit", "1.0");
        w.line("if (joined(thread, part, false) < wanted) { place += bit; }");
        w.line("}");
        w.line("last = select(place, min(place, last), level == bar);");
        w.line("bar = level;");
    };
    w.line("var bar = from_bits(0xff800000u);");
    w.line(format!("var last = {tokens}u;"));
    w.line("let greedy = same_for_all(thread, select(1.0, 0.0, temperature > 0.0 && !is_nan(temperature)));");
    w.line("if (greedy > 0.0) {");
    w.line("part = from_bits(0xff800000u);");
    w.line(format!("{each} {{ if ({logit} == largest) {{ part = max(part, -f32(i)); }} }}"));
    w.line("last = u32(-joined(thread, part, true));");
    w.line("bar = largest;");
    w.line("}");
    stage(w, 0, "true");
    w.line("let k = same_for_all(thread, f32(to_index(top_k)));");
    w.line(format!("if (greedy == 0.0 && k >= 1.0 && k < {tokens}.0) {{"));
    w.line("let needed = k;");
    cut(w, "1.0", "1.0");
    w.line("}");
    stage(w, 1, "true");
    w.line("let nucleus = same_for_all(thread, select(1.0, top_p, top_p < 1.0 && !is_nan(top_p)));");
    w.line("if (greedy == 0.0 && nucleus < 1.0) {");
    amount(w, "true", &weight);
    w.line("let needed = max(nucleus * joined(thread, part, false), 1.17549435e-38f);");
    cut(w, &weight, "op_exp(below_largest(level, largest, temperature))");
    w.line("}");
    stage(w, 2, "true");
    let reaches = format!("(!({weight} < min_p) || l == largest)");
    stage(w, 3, &reaches);
    if let Pick::Token { stream } = pick {
        w.line("var best = from_bits(0xff800000u);");
        w.line("var token = 0xffffffu;");
        w.line(format!("{each} {{"));
        w.line(format!("    let l = {logit};"));
        w.line(format!("    if ({kept} && {reaches}) {{"));
        w.line(format!("        let score = below_largest(l, largest, temperature) + gumbel_noise(i, {stream}u);"));
        w.line("        if (score > best) { best = score; token = i; }");
        w.line("    }");
        w.line("}");
        w.line("workgroupBarrier();");
        w.line("parts[thread] = best;");
        w.line("parts[GROUP + thread] = f32(token);");
        w.line("workgroupBarrier();");
        w.line("if (thread > 0u) { return; }");
        w.line("for (var other = 1u; other < GROUP; other++) {");
        w.line("    let candidate = u32(parts[GROUP + other]);");
        w.line("    if (parts[other] > best || (parts[other] == best && candidate < token)) { best = parts[other]; token = candidate; }");
        w.line("}");
        let to = w.bits(target, "0u");
        w.line(format!("{to} = token;"));
    }
    w.groups(1);
}
