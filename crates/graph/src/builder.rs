use std::cell::{Ref, RefCell};
use std::collections::HashMap;

use crate::graph::{Assign, DType, Graph, Input, InputId, Learn, Node, NodeId, ProgramId, ProgramSpec, Step, Var, VarId, VarKind};
use crate::init::Init;
use crate::ops::{Binary, Op, Scalar, Unary};
use crate::optim::{Optimiser, Rule};
use crate::{Error, Result, Shape};

/// Builds a [`Graph`]. Its tensors are handles that compute nothing; operators and methods on them add nodes.
///
/// A mistake is kept until [`Builder::finish`], which returns the first one, so that models read like their papers:
/// `(x.matmul(w) + b).relu()`.
#[derive(Default)]
pub struct Builder {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    graph: Graph,
    /// Equal operations on equal inputs are one node.
    known: HashMap<(Op, Vec<NodeId>, Shape), NodeId>,
    streams: u32,
    error: Option<Error>,
}

/// A node of a graph that is being built.
#[derive(Clone, Copy)]
pub struct Tensor<'b> {
    pub(crate) builder: &'b Builder,
    pub(crate) id: NodeId,
}

impl<'b> Tensor<'b> {
    pub fn shape(self) -> Shape {
        self.builder.peek(self.id).shape.clone()
    }

    pub fn id(self) -> NodeId {
        self.id
    }

    /// Whether it holds numbers or indices.
    pub fn dtype(self) -> DType {
        self.builder.peek(self.id).dtype
    }

    pub(crate) fn op(self) -> Op {
        self.builder.peek(self.id).op.clone()
    }

    pub(crate) fn input(self, index: usize) -> Tensor<'b> {
        let id = self.builder.peek(self.id).inputs[index];
        self.builder.tensor(id)
    }

    /// The builder that this tensor belongs to.
    pub fn builder(self) -> &'b Builder {
        self.builder
    }
}

impl Builder {
    pub fn new() -> Self {
        Self::default()
    }

    /// A parameter of the model, made anew; a second of the same name is an error.
    pub fn parameter(&self, name: impl Into<String>, shape: impl Into<Shape>, init: Init) -> Tensor<'_> {
        self.variable("parameter", Var { name: name.into(), shape: shape.into(), init, kind: VarKind::Parameter })
    }

    /// A variable that does not learn, but becomes what programs [`assign`](Builder::assign) to it: a running statistic, an
    /// average of weights. No gradient moves it. Its name is a parameter's for all that, and not given twice.
    pub fn state(&self, name: impl Into<String>, shape: impl Into<Shape>, init: Init) -> Tensor<'_> {
        self.variable("state", Var { name: name.into(), shape: shape.into(), init, kind: VarKind::State })
    }

    /// A state of the shape and the kind of start that `variable` has, named `prefix.` and its name: for what follows it, as its average
    /// over a run does.
    pub fn state_like<'b>(&'b self, prefix: &str, variable: Tensor<'b>) -> Tensor<'b> {
        let Op::Var(var) = variable.op() else {
            return self.fail(Error::op("state", format!("there are none like the result of {}", variable.op().name())));
        };
        let var = self.state.borrow().graph.var(var).clone();
        self.state(format!("{prefix}.{}", var.name), var.shape, var.init)
    }

    /// A state for what is of no worth once a run is left: a checkpoint does not have it.
    pub fn scratch(&self, name: impl Into<String>, shape: impl Into<Shape>, init: Init) -> Tensor<'_> {
        self.variable("scratch", Var { name: name.into(), shape: shape.into(), init, kind: VarKind::Scratch })
    }

    fn variable(&self, what: &'static str, var: Var) -> Tensor<'_> {
        if self.state.borrow().graph.vars.iter().any(|v| v.name == var.name) {
            return self.fail(Error::op(what, format!("there are two variables named “{}”", var.name)));
        }
        let shape = var.shape.clone();
        let var = self.add_var(var);
        self.node(Op::Var(var), &[], shape)
    }

    /// Numbers that the host writes.
    pub fn input(&self, name: impl Into<String>, shape: impl Into<Shape>) -> Tensor<'_> {
        self.add_input(name.into(), shape.into(), DType::F32)
    }

    /// Indices that the host writes.
    pub fn index_input(&self, name: impl Into<String>, shape: impl Into<Shape>) -> Tensor<'_> {
        self.add_input(name.into(), shape.into(), DType::U32)
    }

    fn add_input(&self, name: String, shape: Shape, dtype: DType) -> Tensor<'_> {
        let input = {
            let inputs = &mut self.state.borrow_mut().graph.inputs;
            inputs.push(Input { name, shape: shape.clone(), dtype });
            InputId(inputs.len() as u32 - 1)
        };
        self.typed_node(Op::Input(input), &[], shape, dtype)
    }

    /// A program that is only evaluated.
    pub fn program<'b>(&'b self, name: &str, outputs: &[(&str, Tensor<'b>)]) -> ProgramId {
        self.add_program(name, outputs, None)
    }

    /// A program that takes one training step: `loss`, a scalar, falls as the `learning` parameters move. `outputs` are
    /// told the gradients, in the order of `learning`, and say what is to be read after the step; the values are those
    /// before the update.
    pub fn step<'b>(
        &'b self,
        name: &str,
        loss: Tensor<'b>,
        learning: &[Tensor<'b>],
        optimiser: Optimiser,
        outputs: impl FnOnce(&[Tensor<'b>]) -> Vec<(String, Tensor<'b>)>,
    ) -> ProgramId {
        self.step_along(name, loss, learning, &self.gradients(loss, learning), optimiser, outputs)
    }

    /// The same where the `gradients` of the loss are built already: part by part, say, so that the parts of a large batch need
    /// memory one after the other.
    pub fn step_along<'b>(
        &'b self,
        name: &str,
        loss: Tensor<'b>,
        learning: &[Tensor<'b>],
        gradients: &[Tensor<'b>],
        optimiser: Optimiser,
        outputs: impl FnOnce(&[Tensor<'b>]) -> Vec<(String, Tensor<'b>)>,
    ) -> ProgramId {
        let scale = optimiser.longest_gradient.map(|longest| {
            let squares = gradients.iter().fold(self.scalar(0.0), |sum, g| sum + g.square().sum_all());
            (self.tensor(longest) / squares.sqrt()).min(self.scalar(1.0))
        });
        let learn = learning.iter().zip(gradients).filter_map(|(p, &g)| self.update(*p, g, scale, optimiser)).collect();
        let outputs = outputs(gradients);
        let named: Vec<(&str, Tensor)> = outputs.iter().map(|(name, tensor)| (name.as_str(), *tensor)).collect();
        self.add_program(name, &named, Some(Step { loss: loss.id, learn, optimiser }))
    }

    fn add_program(&self, name: &str, outputs: &[(&str, Tensor<'_>)], step: Option<Step>) -> ProgramId {
        let read: Vec<Tensor> = outputs.iter().map(|(_, tensor)| *tensor).collect();
        self.numbers("program", &read, || Ok(self.scalar(0.0)));
        let outputs = outputs.iter().map(|(name, tensor)| (name.to_string(), tensor.id)).collect();
        let programs = &mut self.state.borrow_mut().graph.programs;
        programs.push(ProgramSpec { name: name.to_string(), outputs, step, assigns: Vec::new() });
        ProgramId(programs.len() as u32 - 1)
    }

    /// At the end of each run of `program`, `state` becomes `value`, which is computed from what variables were before the run.
    pub fn assign<'b>(&'b self, program: ProgramId, state: Tensor<'b>, value: Tensor<'b>) {
        self.numbers("assign", &[state, value], || self.add_assign("assign", program, state, value, None));
    }

    /// At the end of each run of `program`, row `at` of `state` `[rows, …]` becomes `row` `[…]`; the others stay where they are. `at`
    /// is one index, or one number that is made an index ([`Tensor::to_indices`]); at a place outside nothing changes.
    pub fn assign_row<'b>(&'b self, program: ProgramId, state: Tensor<'b>, at: Tensor<'b>, row: Tensor<'b>) {
        const OP: &str = "assign row";
        let at = if at.dtype() == DType::F32 { at.to_indices() } else { at };
        self.checked(OP, &[state, at, row], &[DType::F32, DType::U32, DType::F32], || {
            if at.shape().elements() != 1 {
                return Err(Error::op(OP, format!("one place is needed, not {}", at.shape())));
            }
            self.add_assign(OP, program, state, row, Some(at))
        });
    }

    fn add_assign<'b>(
        &'b self,
        op: &'static str,
        program: ProgramId,
        state: Tensor<'b>,
        value: Tensor<'b>,
        row: Option<Tensor<'b>>,
    ) -> Result<Tensor<'b>> {
        let Op::Var(var) = state.op() else {
            return Err(Error::op(op, format!("only states are assigned, not the result of {}", state.op().name())));
        };
        let (to, from) = (state.shape(), value.shape());
        let graph = &mut self.state.borrow_mut().graph;
        let name = &graph.vars[var.index()].name;
        if !matches!(graph.var(var).kind, VarKind::State | VarKind::Scratch) {
            return Err(Error::op(op, format!("“{name}” is no state")));
        }
        let (fits, part) = match row {
            None => (to == from, ""),
            Some(_) => (to.get(1..) == Some(&from[..]), " as a row"),
        };
        if !fits {
            return Err(Error::op(op, format!("the state “{name}” {to} does not take {from}{part}")));
        }
        let assigns = &mut graph.programs[program.index()].assigns;
        if assigns.iter().any(|assign| assign.var == var) {
            return Err(Error::op(op, format!("“{name}” is assigned twice in one program")));
        }
        assigns.push(Assign { var, value: value.id, row: row.map(|row| row.id) });
        Ok(value)
    }

    /// An optimiser with live values: scalars, so that they can be inputs or schedules.
    pub fn optimiser(&self, rule: Rule, learning_rate: Tensor<'_>, weight_decay: Option<Tensor<'_>>) -> Optimiser {
        Optimiser {
            rule,
            learning_rate: learning_rate.id,
            weight_decay: weight_decay.map(|w| w.id),
            only_matrices_decay: false,
            longest_gradient: None,
        }
    }

    fn update<'b>(
        &'b self,
        parameter: Tensor<'b>,
        gradient: Tensor<'b>,
        scale: Option<Tensor<'b>>,
        optimiser: Optimiser,
    ) -> Option<Learn> {
        let Op::Var(var) = parameter.op() else {
            self.fail(Error::op("step", format!("only parameters learn, not the result of {}", parameter.op().name())));
            return None;
        };
        let (name, shape) = (self.state.borrow().graph.var(var).name.clone(), parameter.shape());
        if self.state.borrow().graph.var(var).kind != VarKind::Parameter {
            self.fail(Error::op("step", format!("only parameters learn, and “{name}” is a state")));
            return None;
        }
        for slot in 0..optimiser.rule.moments() {
            let name = format!("{name}.moment{}", slot + 1);
            if self.state.borrow().graph.find_var(&name).is_err() {
                let kind = VarKind::Moment { of: var, slot };
                self.add_var(Var { name, shape: shape.clone(), init: Init::ZEROS, kind });
            }
        }
        let live = [Some(optimiser.learning_rate), optimiser.decay_of(shape.rank())];
        let followed = scale.map_or(gradient, |scale| gradient * scale);
        let inputs: Vec<_> = std::iter::once(followed).chain(live.into_iter().flatten().map(|id| self.tensor(id))).collect();
        let update = self.node(Op::Update { var }, &inputs, shape);
        Some(Learn { var, gradient: gradient.id, update: update.id })
    }

    /// The graph, or the first mistake made in building it.
    pub fn finish(self) -> Result<Graph> {
        let state = self.state.into_inner();
        state.error.map_or(Ok(state.graph), Err)
    }

    fn add_var(&self, var: Var) -> VarId {
        let vars = &mut self.state.borrow_mut().graph.vars;
        vars.push(var);
        VarId(vars.len() as u32 - 1)
    }

    pub(crate) fn next_stream(&self) -> u32 {
        let mut state = self.state.borrow_mut();
        state.streams += 1;
        state.streams - 1
    }

    pub(crate) fn tensor(&self, id: NodeId) -> Tensor<'_> {
        Tensor { builder: self, id }
    }

    pub(crate) fn peek(&self, id: NodeId) -> Ref<'_, Node> {
        Ref::map(self.state.borrow(), |state| state.graph.node(id))
    }

    /// Notes a mistake, if it is the first, and gives something to go on with.
    pub(crate) fn fail(&self, error: Error) -> Tensor<'_> {
        self.state.borrow_mut().error.get_or_insert(error);
        self.scalar(f32::NAN)
    }

    fn failed(&self) -> bool {
        self.state.borrow().error.is_some()
    }

    /// Adds a node over tensors that must all be numbers.
    pub(crate) fn numbers<'b>(
        &'b self,
        op: &'static str,
        inputs: &[Tensor<'b>],
        make: impl FnOnce() -> Result<Tensor<'b>>,
    ) -> Tensor<'b> {
        self.checked(op, inputs, &vec![DType::F32; inputs.len()], make)
    }

    /// Adds a node over tensors of these types.
    pub(crate) fn checked<'b>(
        &'b self,
        op: &'static str,
        inputs: &[Tensor<'b>],
        types: &[DType],
        make: impl FnOnce() -> Result<Tensor<'b>>,
    ) -> Tensor<'b> {
        // After a mistake shapes mean nothing, and whatever else goes wrong is its echo.
        if self.failed() {
            return self.scalar(f32::NAN);
        }
        for (place, (input, expected)) in inputs.iter().zip(types).enumerate() {
            if self.peek(input.id).dtype != *expected {
                return self.fail(Error::op(
                    op,
                    format!(
                        "operand {} must be {}",
                        place + 1,
                        match expected {
                            DType::F32 => "numbers, not indices",
                            DType::U32 => "indices, not numbers",
                        }
                    ),
                ));
            }
        }
        make().unwrap_or_else(|error| self.fail(error))
    }

    pub(crate) fn node<'b>(&'b self, op: Op, inputs: &[Tensor<'b>], shape: Shape) -> Tensor<'b> {
        let dtype = match op {
            // What only moves elements takes them as they are.
            Op::Reshape | Op::Slice { .. } | Op::Gather => inputs[0].dtype(),
            _ => DType::F32,
        };
        self.simpler(&op, inputs, &shape).unwrap_or_else(|| self.typed_node(op, inputs, shape, dtype))
    }

    pub(crate) fn typed_node(&self, op: Op, inputs: &[Tensor<'_>], shape: Shape, dtype: DType) -> Tensor<'_> {
        let inputs: Vec<NodeId> = inputs.iter().map(|t| t.id).collect();
        let mut state = self.state.borrow_mut();
        let key = (op, inputs, shape);
        let id = match state.known.get(&key) {
            Some(&id) => id,
            None => {
                let id = NodeId(state.graph.nodes.len() as u32);
                let (op, inputs, shape) = key.clone();
                state.graph.nodes.push(Node { op, inputs, shape, dtype });
                state.known.insert(key, id);
                id
            }
        };
        drop(state);
        self.tensor(id)
    }

    /// Two padded tensors whose sum only lays them together: the gradient of taking a tensor apart.
    fn laid_together<'b>(&'b self, a: Tensor<'b>, b: Tensor<'b>) -> Option<Tensor<'b>> {
        let (Op::Pad { axis, before: a_before }, Op::Pad { axis: b_axis, before: b_before }) = (a.op(), b.op()) else {
            return None;
        };
        let (a_len, b_len, len) = (a.input(0).shape()[axis], b.input(0).shape()[b_axis], a.shape()[axis]);
        let follow = |before: usize, first: usize, second: usize| before == first && first + second == len;
        match axis == b_axis && a.shape() == b.shape() {
            true if a_before == 0 && follow(b_before, a_len, b_len) => Some(self.concat(&[a.input(0), b.input(0)], axis)),
            true if b_before == 0 && follow(a_before, b_len, a_len) => Some(self.concat(&[b.input(0), a.input(0)], axis)),
            _ => None,
        }
    }

    /// What a node comes down to where that is plain: gradient rules leave x·1, x+0, −(−x) and constants behind.
    fn simpler<'b>(&'b self, op: &Op, inputs: &[Tensor<'b>], shape: &Shape) -> Option<Tensor<'b>> {
        let constant = |t: Tensor<'b>| if let Op::Const(Scalar(value)) = t.op() { Some(value) } else { None };
        match (op, inputs) {
            (Op::Unary(Unary::Neg), [x]) => match x.op() {
                Op::Unary(Unary::Neg) => Some(x.input(0)),
                Op::Const(Scalar(value)) => Some(self.constant(-value, shape.clone())),
                _ => None,
            },
            (Op::Broadcast | Op::Reshape | Op::Reverse { .. }, [x]) => {
                if let Some(value) = constant(*x) {
                    return Some(self.constant(value, shape.clone()));
                }
                // A view of the same kind of view is one view, or what was viewed.
                (x.op() == *op).then(|| {
                    let origin = x.input(0);
                    if origin.shape() == *shape { origin } else { self.node(op.clone(), &[origin], shape.clone()) }
                })
            }
            (Op::Binary(Binary::Add), [a, b]) if let Some(whole) = self.laid_together(*a, *b) => Some(whole),
            (Op::Binary(binary), [a, b]) => {
                let (left, right) = (constant(*a), constant(*b));
                if let (Some(l), Some(r)) = (left, right) {
                    let value = match binary {
                        Binary::Add => l + r,
                        Binary::Sub => l - r,
                        Binary::Mul => l * r,
                        Binary::Div => l / r,
                        Binary::Max | Binary::Min => return None,
                    };
                    return Some(self.constant(value, shape.clone()));
                }
                let kept = match (binary, left, right) {
                    (Binary::Add, Some(0.0), _) | (Binary::Mul, Some(1.0), _) => *b,
                    (Binary::Add | Binary::Sub, _, Some(0.0)) | (Binary::Mul | Binary::Div, _, Some(1.0)) => *a,
                    (Binary::Sub, Some(0.0), _) => -*b,
                    _ => return None,
                };
                Some(kept.broadcast_to(shape.clone()))
            }
            _ => None,
        }
    }
}
