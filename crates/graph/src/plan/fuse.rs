use crate::graph::{Graph, NodeId, ProgramSpec};
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
}

const NONE: usize = usize::MAX;

/// What a node's kernel can do beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Elementwise: one instruction of a map.
    Map,
    /// Elementwise chains may follow in the same kernel.
    MatMul,
    /// A kernel of its own.
    Alone,
}

impl<'g> Groups<'g> {
    pub fn of(graph: &'g Graph, spec: &ProgramSpec) -> Self {
        let live = live(graph, spec);
        let nodes = graph.nodes.len();
        let mut groups = Groups { graph, live, parent: vec![NONE; nodes], members: vec![Vec::new(); nodes] };
        let materialised = groups.leaves_needed_in_memory(spec);
        for (i, &in_memory) in materialised.iter().enumerate() {
            let has_kernel = match graph.nodes[i].op {
                Op::Var(_) | Op::Input(_) | Op::Reshape | Op::Update { .. } => false,
                Op::Const(_) | Op::StepNumber => in_memory,
                _ => true,
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
                op if kind(op) == Kind::Map && !is_view(op) => 0,
                _ => node.inputs.len(),
            };
            node.inputs[..from_memory].iter().for_each(|&x| needed[self.base(x).index()] = true);
        }
        for (_, id) in &spec.outputs {
            needed[self.base(*id).index()] = true;
        }
        needed
    }

    fn join_inputs(&mut self, id: NodeId) {
        for i in 0..self.graph.node(id).inputs.len() {
            let x = self.base(self.graph.node(id).inputs[i]);
            if let (Some(own), Some(other)) = (self.group(id), self.group(x))
                && own != other
                && self.is_soft(id, x)
                && !(self.has_matmul(own) && self.has_matmul(other))
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
        kind(&node.op) == Kind::Map
            && !is_view(&node.op)
            && kind(&input.op) != Kind::Alone
            && node.shape.elements() == input.shape.elements()
    }

    fn has_matmul(&self, group: usize) -> bool {
        self.members[group].iter().any(|&id| kind(&self.graph.node(id).op) == Kind::MatMul)
    }

    /// Groups that must come before, and whether the edge is soft.
    fn before(&self, group: usize) -> Vec<(usize, bool)> {
        let mut before = Vec::new();
        for &id in &self.members[group] {
            for &x in &self.graph.node(id).inputs {
                let x = self.base(x);
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

fn kind(op: &Op) -> Kind {
    match op {
        Op::Noise { noise: Noise::Index { .. }, .. } => Kind::Alone,
        Op::Unary(_) | Op::Binary(_) | Op::Const(_) | Op::StepNumber | Op::Noise { .. } => Kind::Map,
        op if is_view(op) => Kind::Map,
        Op::MatMul { .. } => Kind::MatMul,
        _ => Kind::Alone,
    }
}

/// Whether the op only reads its input in another order, as a map's load does.
fn is_view(op: &Op) -> bool {
    matches!(op, Op::Broadcast | Op::Permute { .. } | Op::Slice { .. })
}

/// What the program's outputs and updates depend on.
fn live(graph: &Graph, spec: &ProgramSpec) -> Vec<bool> {
    let mut live = vec![false; graph.nodes.len()];
    let updates = spec.step.iter().flat_map(|step| step.learn.iter().map(|learn| learn.update));
    let mut stack: Vec<NodeId> = spec.outputs.iter().map(|(_, id)| *id).chain(updates).collect();
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut live[id.index()], true) {
            stack.extend(&graph.node(id).inputs);
        }
    }
    live
}
