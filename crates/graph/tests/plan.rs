//! What the planner promises: dead nodes are dropped, chains are fused, and the arena is hardly longer than it must be.

use terrarium_graph::plan::{Kernel, Program, Purpose, Space, plan_for};
use terrarium_graph::{Attention, Builder, Cache, Error, Graph, Init, Pairs, Rotary, Rule, Scalar, Tensor, VarKind, Window, plan};

fn layer<'b>(b: &'b Builder, name: &str, x: Tensor<'b>, width: usize) -> (Tensor<'b>, [Tensor<'b>; 2]) {
    let fan_in = x.shape()[1];
    let weight = b.parameter(format!("{name}.weight"), [fan_in, width], Init::he(fan_in));
    let bias = b.parameter(format!("{name}.bias"), [width], Init::ZEROS);
    (x.matmul(weight) + bias, [weight, bias])
}

/// A perceptron of `depth` hidden layers that learns to give its input back.
fn perceptron(depth: usize, width: usize, batch: usize) -> Graph {
    let b = Builder::new();
    let x = b.input("x", [batch, 2]);
    let (mut h, mut parameters) = (x, Vec::new());
    for i in 0..depth {
        let (y, p) = layer(&b, &format!("hidden{i}"), h, width);
        h = y.relu();
        parameters.extend(p);
    }
    let (y, p) = layer(&b, "out", h, 2);
    parameters.extend(p);
    let loss = (y - x).square().mean_all();
    let adam = b.optimiser(Rule::adam(), b.scalar(1e-3), None);
    b.step("step", loss, &parameters, adam, |_| vec![("loss".into(), loss)]);
    b.program("forward", &[("y", y)]);
    b.finish().unwrap()
}

fn planned(graph: &Graph, program: &str) -> Program {
    plan(graph, graph.find_program(program).unwrap())
}

/// Planned to be run kernel by kernel, and wave by wave.
fn both(graph: &Graph, program: &str) -> [Program; 2] {
    let id = graph.find_program(program).unwrap();
    [false, true].map(|side_by_side| plan_for(Purpose { unread: false, side_by_side }, graph, id))
}

fn count(program: &Program, what: fn(&Kernel) -> bool) -> usize {
    program.kernels.iter().filter(|k| what(k)).count()
}

#[test]
fn a_layer_is_one_kernel() {
    let program = planned(&perceptron(3, 64, 32), "forward");
    assert!(program.kernels.iter().all(|k| matches!(k, Kernel::MatMul { .. })), "{:#?}", program.kernels);
    assert_eq!(program.kernels.len(), 4);
}

#[test]
fn a_step_multiplies_thrice_a_layer() {
    let program = planned(&perceptron(3, 64, 32), "step");
    // Forward, the weight's gradient, the input's gradient; the first layer's input needs none.
    assert_eq!(count(&program, |k| matches!(k, Kernel::MatMul { .. })), 3 * 4 - 1);
}

/// Gradients that products make are used up by the same products, which the plan has behind all that read the parameters.
#[test]
fn a_step_updates_each_parameter_once_and_after_its_last_use() {
    let graph = perceptron(3, 64, 32);
    let len = graph.vars.iter().filter(|v| v.kind == VarKind::Parameter).map(|v| v.shape.elements()).sum();
    for program in both(&graph, "step") {
        let mut updated = vec![false; len];
        for kernel in &program.kernels {
            let reads = kernel.buffers().0;
            let used: Vec<usize> =
                reads.iter().filter(|r| r.space == Space::Vars).flat_map(|r| r.offset..r.offset + r.len).collect();
            assert!(used.iter().all(|&i| !updated[i]), "{kernel:?} reads what has moved");
            if let Kernel::MatMul { updates, .. } = kernel {
                for parameters in updates.iter().map(|update| update.parameters) {
                    updated[parameters.offset..parameters.offset + parameters.len].iter_mut().for_each(|u| {
                        assert!(!*u);
                        *u = true;
                    });
                }
            }
        }
        assert!(updated.iter().all(|&u| u), "all gradients are made by products");
        assert_eq!(count(&program, |k| matches!(k, Kernel::Update(_))), 0);
    }
}

/// A wave a layer forward, with the loss as the last one's tail, and a wave a layer backward: a weight moves beside the gradient
/// of what lies before its layer. What is put out costs no wave of its own.
#[test]
fn a_step_has_two_waves_a_layer() {
    let [_, program] = both(&perceptron(3, 64, 32), "step");
    let layers = 4;
    assert_eq!(program.waves.len(), 2 * layers, "{program:#?}");
    assert!(program.waves.len() < program.kernels.len());
}

#[test]
fn what_runs_side_by_side_writes_nothing_that_another_touches() {
    let [_, program] = both(&perceptron(4, 33, 65), "step");
    for wave in &program.waves {
        for (i, kernel) in program.kernels[wave.clone()].iter().enumerate() {
            for other in &program.kernels[wave.start + i + 1..wave.end] {
                let ((a_reads, a_writes), (b_reads, b_writes)) = (kernel.buffers(), other.buffers());
                assert!(a_writes.iter().all(|w| b_reads.iter().chain(&b_writes).all(|x| !w.meets(x))), "{kernel:?} {other:?}");
                assert!(b_writes.iter().all(|w| a_reads.iter().all(|x| !w.meets(x))), "{kernel:?} {other:?}");
            }
        }
    }
}

#[test]
fn the_arena_is_hardly_longer_than_what_lives_at_once() {
    for (depth, width, batch) in [(0, 1, 1), (1, 3, 255), (3, 128, 256), (6, 257, 17), (12, 64, 64)] {
        for name in ["step", "forward"] {
            for program in both(&perceptron(depth, width, batch), name) {
                assert!(program.arena_len >= program.live_len);
                let most = program.live_len + program.live_len / 10;
                assert!(program.arena_len <= most, "{name} {depth}×{width}: {} against {}", program.arena_len, program.live_len);
            }
        }
    }
}

/// The bound itself, counted by hand: two layers' values take turns.
#[test]
fn a_forward_pass_keeps_two_layers_alive() {
    let program = planned(&perceptron(5, 100, 10), "forward");
    assert_eq!(program.live_len, 2 * 10 * 100);
    assert_eq!(program.arena_len, 2 * 10 * 100);
}

#[test]
fn kernels_write_nothing_that_they_read_and_stay_inside() {
    let program = planned(&perceptron(4, 33, 65), "step");
    for kernel in &program.kernels {
        let (reads, writes) = kernel.buffers();
        for write in &writes {
            assert!(write.space != Space::Arena || write.offset + write.len <= program.arena_len);
            for read in reads.iter().filter(|r| r.space == write.space) {
                assert!(read.offset + read.len <= write.offset || write.offset + write.len <= read.offset, "{kernel:?}");
            }
        }
    }
}

/// A step of a network that halves pictures and doubles them back keeps no patches: they would be four times the pictures, or
/// sixteen times the halved ones.
#[test]
fn convolutions_make_no_patches() {
    const HALVING: Window = Window::square(4, 2, 1);
    let b = Builder::new();
    let (x, init) = (b.input("x", [8, 16, 16, 4]), Init::Normal(0.1));
    let kernels = ["first", "second", "third"].map(|name| b.parameter(name, [64, 4], init));
    let small = x.conv2d(kernels[0], HALVING).tanh();
    let y = small.conv2d(kernels[1], HALVING).tanh().conv2d_transpose(kernels[2], HALVING, [8, 8]);
    let sgd = b.optimiser(Rule::Sgd { momentum: 0.0 }, b.scalar(0.1), None);
    b.step("step", (y - small).square().sum_all(), &kernels, sgd, |_| vec![]);
    let program = planned(&b.finish().unwrap(), "step");
    assert_eq!(count(&program, |k| matches!(k, Kernel::Unfold { .. } | Kernel::Fold { .. })), 0, "{:#?}", program.kernels);
    // Three forward, three for the kernels' gradients, two for what goes back; one of each kind folds.
    assert_eq!(count(&program, |k| matches!(k, Kernel::MatMul { .. })), 8);
    assert_eq!(count(&program, |k| matches!(k, Kernel::MatMul { fold: Some(_), .. })), 2);
    let patches_of_x = 8 * 8 * 8 * 64;
    assert!(program.arena_len < patches_of_x / 2, "{}", program.arena_len);
}

/// What is not only an operand is made: patches that are put out, a product that something else reads beside its fold.
#[test]
fn patches_and_products_that_are_read_are_made() {
    let b = Builder::new();
    let window = Window::square(2, 1, 0);
    let patches = b.input("x", [1, 3, 3, 1]).unfold(window);
    let product = patches.reshape([4, 4]).matmul(b.input("w", [4, 4]));
    let folded = product.reshape([1, 2, 2, 4]).fold(window, [3, 3]);
    b.program("both", &[("patches", patches), ("product", product), ("folded", folded)]);
    let program = planned(&b.finish().unwrap(), "both");
    assert_eq!(count(&program, |k| matches!(k, Kernel::Unfold { .. } | Kernel::Fold { .. })), 2);
}

/// Some pictures turned round, the others as they are: one kernel reads both.
#[test]
fn reversing_needs_no_kernel_of_its_own() {
    let b = Builder::new();
    let [kept, turned] = ["kept", "turned"].map(|name| b.input(name, [8, 1, 1, 1]));
    let x = b.input("x", [8, 4, 5, 3]);
    b.program("mixed", &[("y", x * kept + x.reverse(2) * turned)]);
    let program = planned(&b.finish().unwrap(), "mixed");
    assert!(matches!(program.kernels[..], [Kernel::Map(_)]), "{:#?}", program.kernels);
}

#[test]
fn what_does_not_learn_costs_nothing() {
    let b = Builder::new();
    let x = b.input("x", [8, 4]);
    let (h, _frozen) = layer(&b, "frozen", x, 16);
    let (y, learning) = layer(&b, "learning", h.tanh(), 1);
    let loss = y.square().mean_all();
    let sgd = b.optimiser(Rule::Sgd { momentum: 0.0 }, b.scalar(0.1), None);
    b.step("step", loss, &learning, sgd, |_| vec![]);
    let graph = b.finish().unwrap();
    let program = planned(&graph, "step");
    // Two layers forward and one weight's gradient; nothing goes back through the frozen layer.
    assert_eq!(count(&program, |k| matches!(k, Kernel::MatMul { .. })), 3);
    assert!(graph.vars.iter().all(|v| !v.name.contains("moment")), "plain descent keeps no moments");
}

#[test]
fn mistakes_name_the_operation_and_both_shapes() {
    let message = |build: fn(&Builder)| {
        let b = Builder::new();
        build(&b);
        b.finish().map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(
        message(|b| _ = b.input("a", [4, 3]).matmul(b.input("b", [2, 5]))),
        "matmul: lhs [4, 3], rhs [2, 5]: inner sizes 3 and 2 differ"
    );
    assert_eq!(
        message(|b| _ = b.input("a", [4, 3]) + b.input("b", [2, 3])),
        "add: lhs [4, 3], rhs [2, 3]: sizes must be equal, or 1 where they are stretched"
    );
    assert_eq!(message(|b| _ = b.input("a", [4, 3]).reshape([5, 2])), "reshape: [4, 3] has 12 elements, [5, 2] has 10");
    assert_eq!(
        message(|b| _ = b.input("table", [4, 3]).gather(b.input("at", [2]))),
        "gather: operand 2 must be indices, not numbers"
    );
    const CACHE: for<'b> fn(&'b Builder, usize) -> Cache<'b> = |b, width| {
        let [keys, values] = ["keys", "values"].map(|name| b.state(name, [9, width], Init::ZEROS));
        Cache { keys, values, position: b.scalar(0.0) }
    };
    assert_eq!(
        message(|b| _ = b.input("q", [8]).cached_attention(2, b.input("k", [4]), b.input("v", [8]), CACHE(b, 4))),
        "cached attention: key [4], value [8], caches [9, 4] and [9, 4]: their rows differ"
    );
    assert_eq!(
        message(|b| _ = b.input("q", [8]).cached_attention(3, b.input("k", [4]), b.input("v", [4]), CACHE(b, 4))),
        "cached attention: 3 heads do not share 8 elements, and 4 of a key, evenly"
    );
    assert_eq!(
        message(|b| {
            let q = b.input("q", [8]);
            let y = q.cached_attention(2, b.input("k", [4]), b.input("v", [4]), CACHE(b, 4));
            b.gradients(y.sum_all(), &[q]);
        }),
        "cached attention: it is for sampling and has no gradient; train with attention over whole texts"
    );
    assert_eq!(message(|b| _ = b.input("x", [2, 3]).reverse(2)), "reverse: [2, 3] has no axis 2");
    assert_eq!(message(|b| _ = b.shuffled_index(0, 4)), "shuffled index: there is nothing to shuffle");
    const WINDOW: Window = Window { kernel: [4, 4], stride: [2, 2], padding: [0, 1] };
    assert_eq!(message(|b| _ = b.input("x", [3, 5]).unfold(WINDOW)), "unfold: pictures are [n, h, w, c], not [3, 5]");
    assert_eq!(
        message(|b| _ = b.input("x", [1, 3, 5, 1]).unfold(WINDOW)),
        "unfold: a window of [4, 4] with stride [2, 2] does not slide over [3, 5] padded by [0, 1]"
    );
    assert_eq!(
        message(|b| _ = b.input("x", [1, 2, 2, 48]).fold(WINDOW, [6, 6])),
        "fold: [1, 2, 2, 48]: on [6, 6] the window takes [2, 3] places"
    );
    assert_eq!(
        message(|b| _ = b.input("x", [1, 2, 2, 8]).fold(WINDOW, [6, 4])),
        "fold: [1, 2, 2, 8]: 8 elements are not some for each of 16 pixels of [4, 4]"
    );
    assert_eq!(
        message(|b| b.assign(b.program("p", &[]), b.state("mean", [3], Init::ZEROS), b.input("x", [2]))),
        "assign: the state “mean” [3] does not take [2]"
    );
    assert_eq!(
        message(|b| b.assign_row(b.program("p", &[]), b.state("cache", [5, 3], Init::ZEROS), b.scalar(0.0), b.input("x", [2]))),
        "assign row: the state “cache” [5, 3] does not take [2] as a row"
    );
    assert_eq!(
        message(|b| b.assign(b.program("p", &[]), b.parameter("w", [2], Init::ZEROS), b.input("x", [2]))),
        "assign: “w” is no state"
    );
    const ROTARY: Rotary = Rotary { head_dim: 4, base: Scalar(10_000.0), pairs: Pairs::Halves };
    assert_eq!(
        message(|b| _ = b.input("x", [2, 8]).rotary(b.scalar(0.0), 2, Rotary { head_dim: 3, ..ROTARY })),
        "rotary: a head of 3 elements does not come in pairs"
    );
    assert_eq!(
        message(|b| _ = b.input("x", [2, 7]).rotary(b.scalar(0.0), 2, ROTARY)),
        "rotary: [2, 7] has no rows of 2 heads of 4"
    );
    const ATTENTION: Attention = Attention { heads: 4, kv_heads: 2, causal: true };
    fn attend(b: &Builder, q: [usize; 3], k: [usize; 3], of: Attention) {
        let k = b.input("k", k);
        b.input("q", q).attention(k, k, of);
    }
    assert_eq!(
        message(|b| attend(b, [2, 5, 12], [2, 5, 4], ATTENTION)),
        "attention: queries [2, 5, 12] of 4 heads, keys [2, 5, 4] of 2: every head needs the same width"
    );
    assert_eq!(
        message(|b| attend(b, [2, 5, 8], [2, 6, 4], ATTENTION)),
        "attention: queries [2, 5, 8], keys [2, 6, 4]: where queries see the keys up to their place, there are as many of both"
    );
    assert_eq!(
        message(|b| attend(b, [2, 5, 8], [2, 5, 6], Attention { kv_heads: 3, ..ATTENTION })),
        "attention: 4 heads cannot share 3 heads of keys evenly"
    );
    assert_eq!(
        message(|b| {
            let x = b.input("x", [1, 3, 8]);
            let of = Attention { kv_heads: 4, ..ATTENTION };
            let slope = b.gradients(x.attention(x, x, of).sum_all(), &[x])[0];
            b.gradients(slope.sum_all(), &[x]);
        }),
        "attention: it has first derivatives only; where second ones are needed, write it as products and a softmax"
    );
    assert_eq!(message(|b| _ = b.gradients(b.input("a", [2]), &[])), "gradients: the loss must be a scalar, not [2]");
}

/// Queries, keys and values are read from one projection where they lie, and all three gradients are made there at once: no kernel
/// moves rows.
#[test]
fn attention_cuts_nothing_out() {
    let b = Builder::new();
    let x = b.input("x", [2, 6, 8]);
    let weight = b.parameter("weight", [8, 24], Init::he(8));
    let qkv = x.matmul(weight);
    let of = Attention { heads: 2, kv_heads: 2, causal: true };
    let y = qkv.slice(2, 0..8).attention(qkv.slice(2, 8..16), qkv.slice(2, 16..24), of);
    let loss = y.square().sum_all();
    let descent = b.optimiser(Rule::Sgd { momentum: 0.0 }, b.scalar(0.1), None);
    b.step("step", loss, &[weight], descent, |_| vec![]);
    let program = planned(&b.finish().unwrap(), "step");
    let attends = |k: &Kernel| matches!(k, Kernel::Attention { .. } | Kernel::AttentionGradient { .. });
    assert_eq!(count(&program, attends), 2);
    assert_eq!(count(&program, |k| matches!(k, Kernel::MatMul { .. })), 2);
    // Beside them only the square's derivative.
    assert_eq!(program.kernels.len(), 5, "{:#?}", program.kernels);
    // Two products forward and five backward, of 21 pairs in each of 4 heads of 4; and the projection's, 12 rows of 8 by 24, twice.
    assert_eq!(program.matmul_flops(), 7 * 2 * 21 * 4 * 4 + 2 * 2 * 12 * 8 * 24);
}

/// The first mistake is told, not its echoes.
#[test]
fn a_mistake_is_told_once() {
    let b = Builder::new();
    let wrong = b.input("a", [4, 3]).matmul(b.input("b", [2, 5]));
    let _ = (wrong + b.input("c", [7])).sum(&[9]).softmax();
    assert!(matches!(b.finish(), Err(Error::Op { op: "matmul", .. })));
}

/// A product normalises its one row itself. Query, key and value are read, and rows of caches set, where it left them; caches cost
/// no wave of their own.
#[test]
fn a_decoding_layer_is_three_waves() {
    let b = Builder::new();
    let [keys, values] = ["keys", "values"].map(|name| b.state(name, [16, 8], Init::ZEROS));
    let (position, x) = (b.state("position", [], Init::ZEROS), b.input("x", [1, 8]));
    let [gain, shift] = ["gain", "shift"].map(|name| b.parameter(name, [8], Init::ZEROS));
    let all = (x.normalised(1e-5) * gain + shift).matmul(b.parameter("projection", [8, 24], Init::ZEROS))
        + b.parameter("bias", [24], Init::ZEROS);
    let [query, key, value] = [0, 8, 16].map(|start| all.slice(1, start..start + 8));
    let seen = query.cached_attention(2, key, value, Cache { keys, values, position });
    let y = seen.matmul(b.parameter("output", [8, 8], Init::ZEROS)) + x;
    let next = b.program("next", &[("y", y)]);
    b.assign_row(next, keys, position, key.reshape([8]));
    b.assign_row(next, values, position, value.reshape([8]));
    let [one_by_one, program] = both(&b.finish().unwrap(), "next");
    // The position becomes an index beside the first product.
    assert_eq!((program.waves.len(), program.kernels.len()), (3, 6), "{program:#?}");
    // Where there is nothing to wait for, it is a kernel of its own.
    assert_eq!(count(&one_by_one, |k| matches!(k, Kernel::Normalise { .. })), 1);
}

/// The first product of a row makes it, and leaves it for others; the product of a few elementwise operations computes them.
#[test]
fn products_make_their_rows() {
    let b = Builder::new();
    let weight = |name, sizes: [usize; 2]| b.parameter(name, sizes, Init::ZEROS);
    let row = (b.input("x", [1, 8])).normalised(1e-5);
    let gated = row.matmul(weight("expand", [8, 32]));
    let hidden = gated.slice(1, 0..16).silu() * gated.slice(1, 16..32);
    let y = hidden.matmul(weight("contract", [16, 8])) + row;
    b.program("layer", &[("y", y), ("row", row)]);
    let [one_by_one, program] = both(&b.finish().unwrap(), "layer");
    assert_eq!((one_by_one.kernels.len(), program.kernels.len()), (4, 2), "{program:#?}");
    let made = |kernel: &Kernel| match kernel {
        Kernel::MatMul { lhs_made: Some(made), .. } => Some((made.normalised.is_some(), made.map.stores.len())),
        _ => None,
    };
    assert_eq!(program.kernels.iter().map(made).collect::<Vec<_>>(), [Some((true, 1)), Some((false, 0))]);
}

/// Attention to caches turns what is its own; where something else wants the turned query too, it is turned before.
#[test]
fn turning_a_row_is_no_wave() {
    let turns = |query_is_read: bool| {
        let b = Builder::new();
        let [keys, values] = ["keys", "values"].map(|name| b.state(name, [16, 4], Init::ZEROS));
        let (position, x) = (b.state("position", [], Init::ZEROS), b.input("x", [1, 8]));
        let of = Rotary { head_dim: 4, base: Scalar(10_000.0), pairs: Pairs::Halves };
        let all = x.matmul(b.parameter("projection", [8, 16], Init::ZEROS)).rotary(position, 3, of);
        let [query, key, value] = [(0, 8), (8, 4), (12, 4)].map(|(start, len)| all.slice(1, start..start + len));
        let y = query.cached_attention(2, key, value, Cache { keys, values, position });
        let outputs = [("y", y), ("query", query.reshape([8]))];
        let next = b.program("next", if query_is_read { &outputs } else { &outputs[..1] });
        b.assign_row(next, keys, position, key.reshape([4]));
        b.assign_row(next, values, position, value.reshape([4]));
        let [one_by_one, program] = both(&b.finish().unwrap(), "next");
        [one_by_one, program].map(|program| count(&program, |k| matches!(k, Kernel::Rotary { .. })))
    };
    assert_eq!([turns(false), turns(true)], [[1, 0], [1, 1]]);
}

/// What a program puts out is numbers: the bits of indices would be read as nonsense.
#[test]
fn indices_are_put_out_as_numbers_only() {
    let b = Builder::new();
    let tokens = b.index_input("tokens", [3]);
    b.program("tokens", &[("tokens", tokens)]);
    assert_eq!(b.finish().unwrap_err().to_string(), "program: operand 1 must be numbers, not indices");
}

/// A token kept in a state becomes an index where it is read: in one kernel with what is computed of it.
#[test]
fn casts_are_part_of_chains() {
    let b = Builder::new();
    let (token, table) = (b.state("token", [1], Init::ZEROS), b.parameter("embedding", [65, 8], Init::ZEROS));
    b.program("embedded", &[("y", table.gather((token + 1.0).to_indices()))]);
    let program = planned(&b.finish().unwrap(), "embedded");
    assert!(matches!(program.kernels[..], [Kernel::Map(_), Kernel::Gather { .. }]), "{:#?}", program.kernels);
}
