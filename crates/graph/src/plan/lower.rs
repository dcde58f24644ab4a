use std::collections::HashMap;
use std::ops::Range;

use super::arena::{self, Lifetime};
use super::fuse::Groups;
use super::program::{
    Buffer, Heads, Instr, Kernel, Layout, Load, Map, Operand, Patches, Pick, Program, Rows, Space, Update, Value,
};
use super::{join, waves};
use crate::graph::{Assign, Graph, Learn, Node, NodeId, ProgramSpec, Step, VarKind};
use crate::ops::{Attention, Noise, Normalise, Op, Scalar, Window, rows_of};
use crate::{DType, Shape, VarId};

/// Writes the kernels of a program and places their buffers.
pub(super) fn lower(graph: &Graph, spec: &ProgramSpec, groups: &Groups, side_by_side: bool) -> Program {
    let mut lower = Lower {
        graph,
        groups,
        layout: Layout::of(graph),
        slots: Vec::new(),
        slot_of: HashMap::new(),
        log_sums: HashMap::new(),
        kernels: Vec::new(),
    };

    let gradients = spec.step.as_ref().map(|step| lower.reserve_gradients(step));
    lower.write_pieces_in_place();
    let stored = lower.read_from_memory(spec);
    for group in groups.in_order() {
        lower.group(group, &stored);
    }
    let outputs: Vec<Buffer> = spec.outputs.iter().map(|(_, id)| lower.output(*id, spec)).collect();
    let assigned: Vec<_> = spec.assigns.iter().map(|assign| lower.assigned(assign, spec)).collect();
    let gradients = spec.step.as_ref().zip(gradients).map(|(step, block)| lower.updates(step, block));
    join::bias_gradients(&mut lower.kernels);
    join::updates(&mut lower.kernels);
    if side_by_side {
        let read_after: Vec<Buffer> =
            outputs.iter().copied().chain(assigned.iter().flat_map(|(value, row)| row.iter().chain([value]).copied())).collect();
        join::made_operands(&mut lower.kernels, &read_after);
        join::turned_heads(&mut lower.kernels, &read_after);
    }
    for (assign, (value, row)) in spec.assigns.iter().zip(assigned) {
        let target = lower.layout.vars[assign.var.index()];
        match row {
            None => lower.copy(value, target),
            Some(at) => lower.kernels.push(Kernel::SetRow { source: value, at, target }),
        }
    }
    let waves = if side_by_side { waves::gather(&mut lower.kernels) } else { (0..lower.kernels.len()).map(|i| i..i + 1).collect() };
    lower.place(spec.name.clone(), waves, outputs, gradients)
}

/// What an instruction of a map computes: a node, and for a stretched operand the shape it is stretched to.
type Key = (NodeId, Option<Shape>);

struct Lower<'g> {
    graph: &'g Graph,
    groups: &'g Groups<'g>,
    layout: Layout,
    /// The stretches of arena to be laid out. Until they are, they lie one after the other without end.
    slots: Vec<Slot>,
    slot_of: HashMap<NodeId, Buffer>,
    /// What an attention leaves for its gradient.
    log_sums: HashMap<NodeId, Buffer>,
    kernels: Vec<Kernel>,
}

struct Slot {
    start: usize,
    len: usize,
}

impl Lower<'_> {
    fn shape(&self, id: NodeId) -> &Shape {
        &self.graph.node(id).shape
    }

    fn new_slot(&mut self, len: usize) -> Buffer {
        // An empty slot takes a place too, so that starts differ.
        let start = self.slots.last().map_or(0, |slot| slot.start + slot.len.max(1));
        self.slots.push(Slot { start, len });
        Buffer { space: Space::Arena, offset: start, len }
    }

    /// The memory of a node, made if need be.
    fn buffer(&mut self, id: NodeId) -> Buffer {
        let base = self.groups.base(id);
        match self.graph.node(base).op {
            Op::Var(var) => self.layout.vars[var.index()],
            Op::Input(input) => self.layout.inputs[input.index()],
            _ => match self.slot_of.get(&base) {
                Some(&buffer) => buffer,
                None => {
                    let buffer = self.new_slot(self.shape(base).elements());
                    self.slot_of.insert(base, buffer);
                    buffer
                }
            },
        }
    }

    /// The memory of a node that may be a stretch of another's.
    fn stretch(&mut self, id: NodeId) -> Buffer {
        let (origin, first) = self.groups.stretch(id);
        let buffer = self.buffer(origin);
        Buffer { offset: buffer.offset + first, len: self.shape(id).elements(), ..buffer }
    }

    /// All gradients of a step lie in one slot, in the order of the parameters. A gradient that is computed for one
    /// parameter alone is written there at once; others are copied there at the end.
    fn reserve_gradients(&mut self, step: &Step) -> Buffer {
        let mut learn: Vec<_> = step.learn.iter().collect();
        learn.sort_by_key(|l| l.var);
        let block = self.new_slot(learn.iter().map(|l| self.graph.var(l.var).shape.elements()).sum());
        let mut place = 0;
        for learn in learn {
            let (base, len) = (self.groups.base(self.followed(learn)), self.graph.var(learn.var).shape.elements());
            let claimable = self.groups.group(base).is_some() && !self.slot_of.contains_key(&base);
            if claimable {
                self.slot_of.insert(base, Buffer { offset: block.offset + place, len, ..block });
            }
            place += len;
        }
        block
    }

    /// Where tensors are laid together along their outermost axis, each is written at its place at once, if a kernel makes it
    /// and it has no other place yet, nor comes again.
    fn write_pieces_in_place(&mut self) {
        // From the last on, so that pieces of pieces find their place too.
        for i in (0..self.graph.nodes.len()).rev().filter(|&i| self.groups.live[i]) {
            let node = &self.graph.nodes[i];
            let Op::Concat { axis } = node.op else { continue };
            if node.shape[..axis].iter().product::<usize>() != 1 {
                continue;
            }
            let mut place = self.buffer(NodeId(i as u32));
            for &x in &node.inputs {
                let (base, len) = (self.groups.base(x), self.shape(x).elements());
                let once = node.inputs.iter().filter(|&&other| self.groups.base(other) == base).count() == 1;
                if once && self.groups.group(base).is_some() {
                    self.slot_of.entry(base).or_insert(Buffer { len, ..place });
                }
                place.offset += len;
            }
        }
    }

    /// Nodes that something outside their own kernel reads.
    fn read_from_memory(&self, spec: &ProgramSpec) -> Vec<bool> {
        let mut read = vec![false; self.graph.nodes.len()];
        for (i, node) in self.graph.nodes.iter().enumerate().filter(|(i, _)| self.groups.live[*i]) {
            if node.op != Op::Reshape {
                let own = self.groups.group(NodeId(i as u32));
                for &x in &node.inputs {
                    let x = self.groups.base(x);
                    read[x.index()] |= own.is_none() || self.groups.group(x) != own;
                }
            }
        }
        for id in spec.outputs.iter().map(|(_, id)| *id).chain(spec.assigns.iter().flat_map(Assign::nodes)) {
            read[self.groups.base(id).index()] = true;
        }
        read
    }

    fn group(&mut self, group: &[NodeId], stored: &[bool]) {
        match (self.groups.product(group), group) {
            (Some(id), _) if let Op::Normalise(of) = self.graph.node(id).op => self.normalise(of, id, group, stored),
            (Some(id), _) => self.product(id, group, stored),
            (None, &[id]) if self.alone(id) => {}
            (None, _) => {
                let map = self.map(group, stored);
                self.kernels.push(Kernel::Map(map));
            }
        }
    }

    /// A normalisation, and what follows it.
    fn normalise(&mut self, of: Normalise, id: NodeId, group: &[NodeId], stored: &[bool]) {
        let (rows, cols) = rows_of(self.shape(id));
        let source = self.buffer(self.graph.node(id).inputs[0]);
        let tail = self.map(group, stored);
        self.kernels.push(Kernel::Normalise { of, rows, cols, source, tail });
    }

    /// A matrix product, or a fold of one, and what follows it.
    fn product(&mut self, result: NodeId, group: &[NodeId], stored: &[bool]) {
        let fold = match self.graph.node(result).op {
            Op::Fold(window) => Some(self.patches(window, result)),
            _ => None,
        };
        let node = self.graph.node(self.groups.folded(result).unwrap_or(result));
        let Op::MatMul { transpose_lhs, transpose_rhs } = node.op else { return };
        let (a, y) = (self.shape(node.inputs[0]), &node.shape);
        let r = y.rank();
        let (batch, m, k, n) = (y[..r - 2].iter().product(), y[r - 2], if transpose_lhs { a[r - 2] } else { a[r - 1] }, y[r - 1]);
        let unfold = self.groups.base(node.inputs[0]);
        let (lhs, lhs_patches) = match self.graph.node(unfold).op {
            Op::Unfold(window) if self.groups.within[unfold.index()] => {
                let pictures = self.graph.node(unfold).inputs[0];
                (pictures, Some(self.patches(window, pictures)))
            }
            _ => (node.inputs[0], None),
        };
        let kernel = Kernel::MatMul {
            batch,
            m,
            k,
            n,
            transpose_lhs,
            transpose_rhs,
            lhs: self.buffer(lhs),
            lhs_patches,
            lhs_made: None,
            rhs: self.buffer(node.inputs[1]),
            fold,
            tail: self.map(group, stored),
            rhs_sum: None,
            updates: Vec::new(),
        };
        self.kernels.push(kernel);
    }

    /// What a window sees of `pictures`, on which it slides.
    fn patches(&self, window: Window, pictures: NodeId) -> Patches {
        let shape = self.shape(pictures);
        let size = [shape[1], shape[2]];
        // The builder has seen that the window slides over them.
        Patches { window, images: shape[0], size, channels: shape[3], places: window.places(size).unwrap_or([0, 0]) }
    }

    fn map(&mut self, group: &[NodeId], stored: &[bool]) -> Map {
        let mut code = Vec::new();
        let mut values: HashMap<Key, Value> = HashMap::new();
        for &id in group {
            let node = self.graph.node(id);
            let x = |i: usize| node.inputs[i];
            let instr = match &node.op {
                Op::Const(Scalar(value)) => Instr::Const(*value),
                Op::StepNumber => Instr::StepNumber,
                Op::Noise { noise, stream } => Instr::Noise { noise: *noise, stream: *stream },
                Op::MatMul { .. } | Op::Fold(_) | Op::Normalise(_) => Instr::Product,
                Op::Broadcast => self.load(x(0), 0, &node.shape, signed(self.shape(x(0)).broadcast_strides(&node.shape))),
                Op::Permute { axes } => {
                    let strides = signed(self.shape(x(0)).strides());
                    self.load(x(0), 0, &node.shape, axes.iter().map(|&a| strides[a]).collect())
                }
                Op::Slice { axis, start } => {
                    let strides = self.shape(x(0)).strides();
                    self.load(x(0), start * strides[*axis], &node.shape, signed(strides))
                }
                Op::Reverse { axis } => {
                    let strides = self.shape(x(0)).strides();
                    let last = (node.shape[*axis] - 1) * strides[*axis];
                    let mut strides = signed(strides);
                    strides[*axis] *= -1;
                    self.load(x(0), last, &node.shape, strides)
                }
                Op::ToNumbers => Instr::ToNumbers(self.operand(x(0), &node.shape, &mut code, &mut values)),
                Op::ToIndices => Instr::ToIndices(self.operand(x(0), &node.shape, &mut code, &mut values)),
                Op::Unary(unary) => Instr::Unary(*unary, self.operand(x(0), &node.shape, &mut code, &mut values)),
                Op::Binary(binary) => {
                    let a = self.operand(x(0), &node.shape, &mut code, &mut values);
                    Instr::Binary(*binary, a, self.operand(x(1), &node.shape, &mut code, &mut values))
                }
                // Every other op has a kernel of its own.
                op => unreachable!("{} in a map", op.name()),
            };
            code.push(instr);
            values.insert((id, None), code.len() - 1);
        }
        let stores = group.iter().filter(|id| stored[id.index()]).map(|&id| (values[&(id, None)], self.buffer(id))).collect();
        let len = self.shape(group[0]).elements();
        Map { len, code, stores }
    }

    /// The value of a map's operand: one that the map has already, a constant, or a load.
    fn operand(&mut self, x: NodeId, shape: &Shape, code: &mut Vec<Instr>, values: &mut HashMap<Key, Value>) -> Value {
        let base = self.groups.base(x);
        // Only an operand with all elements is the same however it is shaped.
        let key = if self.shape(base).elements() == shape.elements() { (base, None) } else { (x, Some(shape.clone())) };
        if let Some(&value) = values.get(&key) {
            return value;
        }
        let instr = match self.graph.node(base).op {
            Op::Const(Scalar(value)) => Instr::Const(value),
            Op::StepNumber => Instr::StepNumber,
            _ => self.load(x, 0, shape, signed(self.shape(x).broadcast_strides(shape))),
        };
        code.push(instr);
        values.insert(key, code.len() - 1);
        code.len() - 1
    }

    fn load(&mut self, x: NodeId, offset: usize, shape: &Shape, strides: Vec<isize>) -> Instr {
        let buffer = self.buffer(x);
        let (dims, strides) = collapse(shape, &strides);
        let load = Load { buffer, offset, dims, strides };
        match self.graph.node(x).dtype {
            DType::F32 => Instr::Load(load),
            DType::U32 => Instr::LoadIndices(load),
        }
    }

    /// Kernels of a node that is computed by itself; false if it is elementwise.
    fn alone(&mut self, id: NodeId) -> bool {
        let node = self.graph.node(id);
        let inputs: Vec<Buffer> = match node.op {
            Op::Reduce { .. }
            | Op::Unfold(_)
            | Op::Fold(_)
            | Op::Softmax { .. }
            | Op::CachedAttention { .. }
            | Op::NormaliseGradient(_)
            | Op::Attention { .. }
            | Op::AttentionGradient { .. }
            | Op::Rotary { .. }
            | Op::CrossEntropy
            | Op::CrossEntropyGradient
            | Op::Gather
            | Op::ScatterAdd
            | Op::OneHot
            | Op::Windows
            | Op::Sample { .. }
            | Op::SamplingStages
            | Op::Pad { .. }
            | Op::Concat { .. } => node.inputs.iter().map(|&x| self.stretch(x)).collect(),
            Op::Noise { noise: Noise::Index { .. } | Noise::Shuffled(_), .. } => vec![],
            _ => return false,
        };
        let target = self.buffer(id);
        let x = |i: usize| self.shape(node.inputs[i]);
        let row = |shape: &Shape| shape[1..].iter().product();
        match node.op {
            Op::Reduce { reduce, from, to } => {
                let (outer, reduced, inner) =
                    (x(0)[..from].iter().product(), x(0)[from..to].iter().product(), x(0)[to..].iter().product());
                self.kernels.push(Kernel::Reduce { reduce, outer, reduced, inner, source: inputs[0], target });
            }
            Op::Unfold(window) => {
                let patches = self.patches(window, node.inputs[0]);
                self.kernels.push(Kernel::Unfold { patches, source: inputs[0], target });
            }
            Op::Fold(window) => {
                let patches = self.patches(window, id);
                self.kernels.push(Kernel::Fold { patches, source: inputs[0], target });
            }
            Op::Softmax { log } => {
                let cols = node.shape[node.shape.rank() - 1];
                let rows = node.shape[..node.shape.rank() - 1].iter().product();
                self.kernels.push(Kernel::Softmax { log, rows, cols, source: inputs[0], target });
            }
            Op::NormaliseGradient(of) => {
                let (rows, cols) = rows_of(&node.shape);
                self.kernels.push(Kernel::NormaliseGradient { of, rows, cols, source: inputs[0], gradient: inputs[1], target });
            }
            Op::CachedAttention { heads } => {
                let head_dim = x(0).elements() / heads;
                let (kv_heads, context) = (x(1).elements() / head_dim, x(3)[0]);
                let &[query, key, value, keys, values, position] = &inputs[..] else { return false };
                self.kernels.push(Kernel::CachedAttention {
                    heads,
                    kv_heads,
                    head_dim,
                    context,
                    query,
                    key,
                    value,
                    keys,
                    values,
                    position,
                    target,
                    turned: None,
                });
            }
            Op::Attention { of, columns } => self.attention(id, of, columns, &inputs, target),
            Op::AttentionGradient { of, columns } => self.attention_gradient(id, of, columns, &inputs, target),
            Op::Rotary { of, heads, back } => {
                let r = node.shape.rank();
                let (time, width, source, start) = (node.shape[r - 2], node.shape[r - 1], inputs[0], inputs[1]);
                self.kernels.push(Kernel::Rotary { of, heads, back, time, width, source, start, target });
            }
            Op::CrossEntropy | Op::CrossEntropyGradient => {
                let (classes, logits, indices) = (x(0)[x(0).rank() - 1], inputs[0], inputs[1]);
                self.kernels.push(match inputs[2..] {
                    [result, gradient] => Kernel::CrossEntropyGradient { classes, logits, indices, result, gradient, target },
                    _ => Kernel::CrossEntropy { classes, logits, indices, target },
                });
            }
            Op::Gather => {
                let (rows, width) = (x(0)[0], row(x(0)));
                self.kernels.push(Kernel::Gather { rows, width, table: inputs[0], indices: inputs[1], target });
            }
            Op::ScatterAdd => {
                let (rows, width) = (node.shape[0], row(&node.shape));
                self.kernels.push(Kernel::ScatterAdd { rows, width, source: inputs[0], indices: inputs[1], target });
            }
            Op::OneHot => {
                let classes = node.shape[node.shape.rank() - 1];
                self.kernels.push(Kernel::OneHot { classes, indices: inputs[0], target });
            }
            Op::Sample { .. } | Op::SamplingStages => {
                let pick = match node.op {
                    Op::Sample { stream } => Pick::Token { stream },
                    _ => Pick::Stages,
                };
                let &[logits, seen, temperature, top_k, top_p, min_p, penalty] = &inputs[..] else { return false };
                let work = self.new_slot(2 * logits.len);
                let settings = [temperature, top_k, top_p, min_p, penalty];
                self.kernels.push(Kernel::Sample { pick, logits, seen, settings, work, target });
            }
            Op::Windows => {
                let len = node.shape[node.shape.rank() - 1];
                self.kernels.push(Kernel::Windows { len, text: inputs[0], starts: inputs[1], target });
            }
            Op::Noise { noise: Noise::Index { below }, stream } => self.kernels.push(Kernel::Indices { below, stream, target }),
            Op::Noise { noise: Noise::Shuffled(shuffle), stream } => {
                self.kernels.push(Kernel::Shuffled { shuffle, stream, target })
            }
            Op::Pad { axis, before } => {
                self.kernels.push(Kernel::Zero { target });
                self.insert(id, axis, 0, before, inputs[0], target);
            }
            Op::Concat { axis } => {
                let mut start = 0;
                for (i, source) in inputs.into_iter().enumerate() {
                    self.insert(id, axis, i, start, source, target);
                    start += self.shape(node.inputs[i])[axis];
                }
            }
            _ => return false,
        }
        true
    }

    fn attention(&mut self, id: NodeId, of: Attention, columns: [usize; 3], inputs: &[Buffer], target: Buffer) {
        let heads = self.heads(id, id, of, columns);
        let wants_log_sums = |(i, node): (usize, &Node)| {
            self.groups.live[i] && matches!(node.op, Op::AttentionGradient { .. }) && node.inputs[3] == id
        };
        let log_sums = self.graph.nodes.iter().enumerate().any(wants_log_sums).then(|| {
            let log_sums = self.new_slot(heads.batch * heads.heads * heads.queries);
            self.log_sums.insert(id, log_sums);
            log_sums
        });
        let (queries, keys, values) = (inputs[0], inputs[1], inputs[2]);
        self.kernels.push(Kernel::Attention { heads, queries, keys, values, target, log_sums });
    }

    fn attention_gradient(&mut self, id: NodeId, of: Attention, columns: [usize; 3], inputs: &[Buffer], target: Buffer) {
        let result = self.graph.node(id).inputs[3];
        let heads = self.heads(id, result, of, columns);
        let (width, kv_width) = (of.heads * heads.head_dim, of.kv_heads * heads.head_dim);
        let places = if self.shape(id).rank() == 1 {
            let (queries, keys) = (heads.batch * heads.queries * width, heads.batch * heads.keys * kv_width);
            [(0, width), (queries, kv_width), (queries + keys, kv_width)].map(|(first, stride)| Rows { first, stride })
        } else {
            heads.places
        };
        // The attention itself was lowered before what reads its value.
        let (&[queries, keys, values, result, gradient], Some(&log_sums)) = (inputs, self.log_sums.get(&result)) else { return };
        self.kernels.push(Kernel::AttentionGradient { heads, queries, keys, values, result, log_sums, gradient, target, places });
    }

    /// The sizes of an attention whose result is the node `result`, from the first inputs of the node `id`.
    fn heads(&self, id: NodeId, result: NodeId, of: Attention, columns: [usize; 3]) -> Heads {
        let Attention { heads, kv_heads, causal } = of;
        let inputs = &self.graph.node(id).inputs;
        let y = self.shape(result);
        Heads {
            batch: y[0],
            queries: y[1],
            keys: self.shape(inputs[1])[1],
            heads,
            kv_heads,
            head_dim: y[2] / heads,
            causal,
            places: std::array::from_fn(|i| Rows { first: columns[i], stride: self.shape(inputs[i])[2] }),
        }
    }

    fn insert(&mut self, id: NodeId, axis: usize, input: usize, start: usize, source: Buffer, target: Buffer) {
        let node = self.graph.node(id);
        let inner: usize = node.shape[axis + 1..].iter().product();
        let block = self.shape(node.inputs[input])[axis] * inner;
        if source == (Buffer { offset: target.offset + start * inner, len: source.len, ..target }) {
            return;
        }
        self.kernels.push(Kernel::Insert { block, stride: node.shape[axis] * inner, offset: start * inner, source, target });
    }

    /// The optimiser's kernels: one for each stretch over which parameters and moments lie without a gap.
    fn updates(&mut self, step: &Step, block: Buffer) -> Buffer {
        let mut learn: Vec<_> = step.learn.iter().collect();
        learn.sort_by_key(|l| l.var);
        let learning_rate = self.rate(step.optimiser.learning_rate);
        let mut stretches: Vec<(Buffer, Buffer, Vec<Buffer>, Operand)> = Vec::new();
        let mut place = block.offset;
        for learn in learn {
            let parameters = self.layout.vars[learn.var.index()];
            let gradients = Buffer { offset: place, len: parameters.len, ..block };
            place += parameters.len;
            self.copy_gradient(self.followed(learn), gradients);
            let moments: Vec<Buffer> = (0..step.optimiser.rule.moments()).filter_map(|slot| self.moment(learn.var, slot)).collect();
            let rank = self.graph.var(learn.var).shape.rank();
            let decay = step.optimiser.decay_of(rank).map_or(Operand::Const(0.0), |id| self.rate(id));
            let follow = |p, m: &[Buffer]| follows(p, &parameters) && m.iter().zip(&moments).all(|(m, next)| follows(m, next));
            match stretches.last_mut() {
                Some((p, g, m, d)) if *d == decay && follow(p, m) => {
                    p.len += parameters.len;
                    g.len += parameters.len;
                    m.iter_mut().for_each(|m| m.len += parameters.len);
                }
                _ => stretches.push((parameters, gradients, moments, decay)),
            }
        }
        for (parameters, gradients, moments, weight_decay) in stretches {
            let rule = step.optimiser.rule;
            self.kernels.push(Kernel::Update(Update { rule, parameters, gradients, moments, learning_rate, weight_decay }));
        }
        block
    }

    fn rate(&mut self, id: NodeId) -> Operand {
        match self.graph.node(self.groups.base(id)).op {
            Op::Const(Scalar(value)) => Operand::Const(value),
            _ => Operand::Buffer(self.buffer(id)),
        }
    }

    fn moment(&self, var: VarId, slot: u8) -> Option<Buffer> {
        let kind = VarKind::Moment { of: var, slot };
        self.graph.vars.iter().position(|v| v.kind == kind).map(|i| self.layout.vars[i])
    }

    /// What a parameter's update follows: its gradient, clipped where that is asked for.
    fn followed(&self, learn: &Learn) -> NodeId {
        self.graph.node(learn.update).inputs[0]
    }

    /// Brings a gradient to its place among the others, if it was not written there.
    fn copy_gradient(&mut self, gradient: NodeId, to: Buffer) {
        let from = self.buffer(gradient);
        if from != to {
            self.copy(from, to);
        }
    }

    /// Where an output, or what a state becomes, is read after the run. A variable that the run changes is copied first: outputs
    /// are the values before the update.
    fn output(&mut self, id: NodeId, spec: &ProgramSpec) -> Buffer {
        let buffer = self.buffer(id);
        let learns = |var: VarId| spec.step.iter().flat_map(|step| &step.learn).any(|learn| learn.var == var);
        let changes = |var: VarId| learns(var) || spec.assigns.iter().any(|assign| assign.var == var);
        match self.graph.node(self.groups.base(id)).op {
            Op::Var(var) if changes(var) => {
                let kept = self.new_slot(buffer.len);
                self.copy(buffer, kept);
                kept
            }
            _ => buffer,
        }
    }

    /// Where a state's new value lies at the end of a run, and which row it is, if it is one.
    fn assigned(&mut self, assign: &Assign, spec: &ProgramSpec) -> (Buffer, Option<Buffer>) {
        let is_stretch = assign.row.is_some() && self.groups.stretch(assign.value).0 != self.groups.base(assign.value);
        let value = if is_stretch { self.stretch(assign.value) } else { self.output(assign.value, spec) };
        (value, assign.row.map(|row| self.buffer(row)))
    }

    fn copy(&mut self, from: Buffer, to: Buffer) {
        let load = Load { buffer: from, offset: 0, dims: vec![to.len], strides: vec![1] };
        self.kernels.push(Kernel::Map(Map { len: to.len, code: vec![Instr::Load(load)], stores: vec![(0, to)] }));
    }

    /// Lays out the arena and writes the places into the kernels.
    fn place(mut self, name: String, waves: Vec<Range<usize>>, mut outputs: Vec<Buffer>, gradients: Option<Buffer>) -> Program {
        let end = waves.len();
        let slots = std::mem::take(&mut self.slots);
        let slot = |buffer: &Buffer| slots.partition_point(|slot| slot.start <= buffer.offset) - 1;
        let mut lifetimes: Vec<Option<Lifetime>> = vec![None; slots.len()];
        let mut seen = |buffer: &Buffer, time: usize| {
            if buffer.space == Space::Arena {
                let len = slots[slot(buffer)].len;
                lifetimes[slot(buffer)].get_or_insert(Lifetime { len, first: time, last: time }).last = time;
            }
        };
        for (time, wave) in waves.iter().enumerate() {
            for kernel in &self.kernels[wave.clone()] {
                let (reads, writes) = kernel.buffers();
                reads.iter().chain(&writes).for_each(|buffer| seen(buffer, time));
            }
        }
        outputs.iter().chain(&gradients).for_each(|buffer| seen(buffer, end));

        let used: Vec<Lifetime> = lifetimes.iter().flatten().copied().collect();
        let (places, arena_len) = arena::place(&used);
        let mut places = places.into_iter();
        let offsets: Vec<usize> = lifetimes.iter().map(|l| l.and_then(|_| places.next()).unwrap_or(0)).collect();
        let settle = |buffer: &mut Buffer| {
            if buffer.space == Space::Arena {
                let slot = slot(buffer);
                buffer.offset = offsets[slot] + buffer.offset - slots[slot].start;
            }
        };
        self.kernels.iter_mut().for_each(|kernel| kernel.for_each_buffer(settle));
        outputs.iter_mut().for_each(settle);
        Program { name, kernels: self.kernels, waves, outputs, arena_len, live_len: arena::most_alive(&used) }
    }
}

fn follows(a: &Buffer, b: &Buffer) -> bool {
    a.space == b.space && a.offset + a.len == b.offset
}

/// Strides that may be turned round.
fn signed(strides: Vec<usize>) -> Vec<isize> {
    strides.into_iter().map(|stride| stride as isize).collect()
}

/// Sizes and strides with neighbouring axes joined where one stride serves both, and axes of size 1 left out.
fn collapse(dims: &[usize], strides: &[isize]) -> (Vec<usize>, Vec<isize>) {
    let mut joined: Vec<(usize, isize)> = Vec::new();
    for (&dim, &stride) in dims.iter().zip(strides) {
        match joined.last_mut() {
            _ if dim == 1 => {}
            Some((d, s)) if *s == stride * dim as isize => (*d, *s) = (*d * dim, stride),
            _ => joined.push((dim, stride)),
        }
    }
    joined.into_iter().unzip()
}

#[cfg(test)]
mod tests {
    use crate::plan::{Kernel, Space, plan};
    use crate::{Builder, Init, Rule};

    #[test]
    fn a_learning_parameter_that_is_an_output_is_copied_before_its_update() {
        let b = Builder::new();
        let w = b.parameter("w", [3], Init::ZEROS);
        let descent = b.optimiser(Rule::Sgd { momentum: 0.0 }, b.scalar(0.1), None);
        let step = b.step("step", w.square().sum_all(), &[w], descent, |_| vec![("w".into(), w)]);
        let evaluation = b.program("evaluation", &[("w", w)]);
        let graph = b.finish().unwrap();

        let program = plan(&graph, step);
        let kept = program.outputs[0];
        assert_eq!(kept.space, Space::Arena);
        let written = program.kernels.iter().position(|kernel| kernel.buffers().1.contains(&kept)).unwrap();
        let updated = program.kernels.iter().position(|kernel| matches!(kernel, Kernel::Update { .. })).unwrap();
        assert!(written < updated, "{:?}", program.kernels);
        assert_eq!(plan(&graph, evaluation).outputs[0].space, Space::Vars);
    }
}
