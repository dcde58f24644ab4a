use crate::graph::{Assign, Graph, NodeId, ProgramSpec};
use crate::ops::{Noise, Op};

/// Which nodes one kernel computes together.
///
/// An elementwise node joins the groups of its inputs, if no other path leads from the one group to the other: then all
/// of a merged group's inputs can be computed before it and all its users after it.
pub(super) struct Groups<'g> {
    graph: &'g Graph,
    pub live: Vec<bool>,
    /// Group of each node, by union and find; a node without a kernel of its own is `NONE`.
    parent: Vec<usize>,
    members: Vec<Vec<NodeId>>,
    /// Nodes that are done by the one kernel that reads them: patches by the products they go into, a product by the fold of it.
    pub within: Vec<bool>,
}

const NONE: usize = usize::MAX;

/// What a node's kernel can do beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Elementwise: one instruction of a map.
    Map,
    /// A matrix product, folded or not, or a normalisation: elementwise chains may follow in the same kernel.
    Product,
    /// A kernel of its own.
    Alone,
}

impl<'g> Groups<'g> {
    pub fn of(graph: &'g Graph, spec: &ProgramSpec) -> Self {
        let live = live(graph, spec);
        let nodes = graph.nodes.len();
        let mut groups =
            Groups { graph, live, parent: vec![NONE; nodes], members: vec![Vec::new(); nodes], within: vec![false; nodes] };
        groups.put_within(spec);
        let materialised = groups.leaves_needed_in_memory(spec);
        for (i, &in_memory) in materialised.iter().enumerate() {
            let has_kernel = match graph.nodes[i].op {
                Op::Var(_) | Op::Input(_) | Op::Reshape | Op::Update { .. } => false,
                Op::Const(_) | Op::StepNumber => in_memory,
                _ => !groups.within[i],
            };
            if groups.live[i] && has_kernel {
                groups.parent[i] = i;
                groups.members[i].push(NodeId(i as u32));
                groups.join_inputs(NodeId(i as u32));
            }
        }
        groups
    }

    /// The node whose memory `id` shares: reshaping moves nothing.
    pub fn base(&self, mut id: NodeId) -> NodeId {
        while matches!(self.graph.node(id).op, Op::Reshape) {
            id = self.graph.node(id).inputs[0];
        }
        id
    }

    /// The node whose memory holds the elements of `id`, and where among them they begin: neither reshaping nor cutting a stretch
    /// out, where that is left to who reads it, moves anything.
    pub fn stretch(&self, id: NodeId) -> (NodeId, usize) {
        let base = self.base(id);
        let node = self.graph.node(base);
        match node.op {
            Op::Slice { axis, start } if self.within[base.index()] => {
                let (origin, first) = self.stretch(node.inputs[0]);
                (origin, first + start * self.graph.node(node.inputs[0]).shape.strides()[axis])
            }
            _ => (base, 0),
        }
    }

    /// The group of a node, if a kernel computes it.
    pub fn group(&self, id: NodeId) -> Option<usize> {
        let mut i = id.index();
        if self.parent[i] == NONE {
            return None;
        }
        while self.parent[i] != i {
            i = self.parent[i];
        }
        Some(i)
    }

    /// The members of each group, in order, groups sorted so that inputs come first.
    pub fn in_order(&self) -> Vec<&[NodeId]> {
        let mut waiting: Vec<usize> = (0..self.parent.len()).filter(|&i| self.parent[i] == i).collect();
        // By their last member, so that the order of building is kept where it may be.
        waiting.sort_by_key(|&g| self.members[g].last().map(|id| id.index()));
        let mut order = Vec::new();
        let mut done = vec![false; self.parent.len()];
        for group in waiting {
            self.visit(group, &mut done, &mut order);
        }
        order.into_iter().map(|g| self.members[g].as_slice()).collect()
    }

    fn visit(&self, group: usize, done: &mut [bool], order: &mut Vec<usize>) {
        if !std::mem::replace(&mut done[group], true) {
            for (before, _) in self.before(group) {
                self.visit(before, done, order);
            }
            order.push(group);
        }
    }

    /// Constants that are no instruction of a map, because something else reads them.
    fn leaves_needed_in_memory(&self, spec: &ProgramSpec) -> Vec<bool> {
        let mut needed = vec![false; self.graph.nodes.len()];
        for i in (0..needed.len()).filter(|&i| self.live[i]) {
            let node = &self.graph.nodes[i];
            let from_memory = match &node.op {
                Op::Reshape => 0,
                // An update takes its rates as they are, if they are constants.
                Op::Update { .. } => 1,
                op if self.kind(NodeId(i as u32)) == Kind::Map && !is_view(op) => 0,
                _ => node.inputs.len(),
            };
            node.inputs[..from_memory].iter().for_each(|&x| needed[self.base(x).index()] = true);
        }
        for id in read_after(spec) {
            needed[self.base(id).index()] = true;
        }
        needed
    }

    /// Settles which nodes are done within the kernels that read them.
    fn put_within(&mut self, spec: &ProgramSpec) {
        // Who reads each node, and as which operand.
        let mut readers: Vec<Vec<(NodeId, usize)>> = vec![Vec::new(); self.graph.nodes.len()];
        for i in (0..readers.len()).filter(|&i| self.live[i] && self.graph.nodes[i].op != Op::Reshape) {
            for (operand, &x) in self.graph.nodes[i].inputs.iter().enumerate() {
                readers[self.base(x).index()].push((NodeId(i as u32), operand));
            }
        }
        let op = |id: NodeId| &self.graph.node(id).op;
        // What is read after the run must be made; but the row of a state may be a stretch of something.
        let is_stretch = |assign: &Assign| assign.row.is_some() && matches!(op(self.base(assign.value)), Op::Slice { .. });
        let stretches = spec.assigns.iter().filter(|assign| is_stretch(assign)).map(|assign| assign.value);
        let mut made = vec![0; readers.len()];
        read_after(spec).for_each(|id| made[self.base(id).index()] += 1);
        stretches.for_each(|id| made[self.base(id).index()] -= 1);
        let is_matrix_product = |id: NodeId| matches!(op(id), Op::MatMul { .. }) && self.graph.node(id).shape.rank() == 2;
        let patches_of = |id: NodeId| self.base(self.graph.node(id).inputs[0]);
        let within = |i: usize| {
            let (node, readers) = (&self.graph.nodes[i], readers[i].as_slice());
            match (&node.op, readers) {
                _ if made[i] > 0 => false,
                (Op::Slice { axis, .. }, _) => {
                    let one_stretch = node.shape[..*axis].iter().product::<usize>() == 1;
                    // A variable may change before its row is read.
                    let stays = !matches!(op(self.base(node.inputs[0])), Op::Var(_) | Op::Slice { .. });
                    one_stretch && stays && readers.iter().all(|&(reader, _)| matches!(op(reader), Op::CachedAttention { .. }))
                }
                (Op::Unfold(_), [_, ..]) => {
                    let columns = self.graph.nodes[i].shape[3];
                    readers.iter().all(|&(reader, operand)| {
                        let product = self.graph.node(reader);
                        is_matrix_product(reader) && operand == 0 && self.graph.node(product.inputs[0]).shape[1] == columns
                    })
                }
                (Op::MatMul { .. }, &[(reader, _)]) => {
                    let id = NodeId(i as u32);
                    let seen = self.graph.node(self.graph.node(reader).inputs[0]).shape.last().copied();
                    matches!(op(reader), Op::Fold(_))
                        && is_matrix_product(id)
                        && seen == self.graph.node(id).shape.last().copied()
                        // A kernel that gathers its left operand from pictures does not lay its result together to some too.
                        && !matches!(op(patches_of(id)), Op::Unfold(_))
                }
                _ => false,
            }
        };
        self.within = (0..readers.len()).map(within).collect();
    }

    /// The nodes whose values the kernel of a node reads: its inputs, or theirs where an input is done within it.
    pub fn sources(&self, id: NodeId) -> Vec<NodeId> {
        let inputs = self.graph.node(id).inputs.iter().map(|&x| self.base(x));
        inputs.flat_map(|x| if self.within[x.index()] { self.sources(x) } else { vec![x] }).collect()
    }

    /// The matrix product that a fold does on its way, if it does.
    pub fn folded(&self, id: NodeId) -> Option<NodeId> {
        let node = self.graph.node(id);
        let product = || Some(self.base(node.inputs[0])).filter(|x| self.within[x.index()]);
        if matches!(node.op, Op::Fold(_)) { product() } else { None }
    }

    /// Whether a group's kernel is a matrix product or a normalisation, and the node that is its result: that, or the fold of a product.
    pub fn product(&self, group: &[NodeId]) -> Option<NodeId> {
        group.iter().copied().find(|&id| self.kind(id) == Kind::Product)
    }

    fn join_inputs(&mut self, id: NodeId) {
        for x in self.sources(id) {
            if let (Some(own), Some(other)) = (self.group(id), self.group(x))
                && own != other
                && self.is_soft(id, x)
                && !(self.product(&self.members[own]).is_some() && self.product(&self.members[other]).is_some())
                && !self.reaches(own, other)
                && !self.reaches(other, own)
            {
                let moved = std::mem::take(&mut self.members[other]);
                self.members[own].extend(moved);
                self.members[own].sort_unstable();
                self.parent[other] = own;
            }
        }
    }

    /// Whether `id` can take `x`, its input, element by element out of the same kernel.
    fn is_soft(&self, id: NodeId, x: NodeId) -> bool {
        let (node, input) = (self.graph.node(id), self.graph.node(x));
        self.kind(id) == Kind::Map
            && !is_view(&node.op)
            && self.kind(x) != Kind::Alone
            && node.shape.elements() == input.shape.elements()
    }

    fn kind(&self, id: NodeId) -> Kind {
        match &self.graph.node(id).op {
            Op::Noise { noise: Noise::Index { .. } | Noise::Shuffled(_), .. } => Kind::Alone,
            Op::ToNumbers | Op::ToIndices => Kind::Map,
            Op::Unary(_) | Op::Binary(_) | Op::Const(_) | Op::StepNumber | Op::Noise { .. } => Kind::Map,
            op if is_view(op) => Kind::Map,
            Op::MatMul { .. } | Op::Normalise(_) => Kind::Product,
            Op::Fold(_) if self.folded(id).is_some() => Kind::Product,
            _ => Kind::Alone,
        }
    }

    /// Groups that must come before, and whether the edge is soft.
    fn before(&self, group: usize) -> Vec<(usize, bool)> {
        let mut before = Vec::new();
        for &id in &self.members[group] {
            for x in self.sources(id) {
                if let Some(other) = self.group(x)
                    && !(other == group && self.is_soft(id, x))
                {
                    before.push((other, self.is_soft(id, x)));
                }
            }
        }
        before
    }

    /// Whether a path other than soft edges straight from it leads from `from` to `to`.
    fn reaches(&self, from: usize, to: usize) -> bool {
        let mut seen = vec![false; self.parent.len()];
        let mut stack: Vec<usize> = Vec::new();
        for (group, soft) in self.before(to) {
            match (group == from, soft) {
                (true, false) => return true,
                (true, true) => {}
                (false, _) => stack.push(group),
            }
        }
        while let Some(group) = stack.pop() {
            if group == from {
                return true;
            }
            // What was built before all of `from` cannot depend on it.
            let newest = self.members[group].last();
            if !std::mem::replace(&mut seen[group], true) && newest > self.members[from].first() {
                stack.extend(self.before(group).into_iter().map(|(g, _)| g));
            }
        }
        false
    }
}

/// What is read when the program has run: outputs, and what states become.
fn read_after(spec: &ProgramSpec) -> impl Iterator<Item = NodeId> {
    spec.outputs.iter().map(|(_, id)| *id).chain(spec.assigns.iter().flat_map(Assign::nodes))
}

/// Whether the op only reads its input in another order, as a map's load does.
fn is_view(op: &Op) -> bool {
    matches!(op, Op::Broadcast | Op::Permute { .. } | Op::Slice { .. } | Op::Reverse { .. })
}

/// What the program's outputs and updates depend on.
fn live(graph: &Graph, spec: &ProgramSpec) -> Vec<bool> {
    let mut live = vec![false; graph.nodes.len()];
    let updates = spec.step.iter().flat_map(|step| step.learn.iter().map(|learn| learn.update));
    let mut stack: Vec<NodeId> = read_after(spec).chain(updates).collect();
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut live[id.index()], true) {
            stack.extend(&graph.node(id).inputs);
        }
    }
    live
}
