//! One run of a program.

use std::collections::BTreeSet;

use dfdx::prelude::*;
use terrarium_graph::philox::{Domain, Stream, below};
use terrarium_graph::{DType, Node, NodeId, Noise, Op, Result, Scalar, Step, Unary, to_index};

use crate::layout::places;
use crate::ops::{self, Operand};
use crate::sampling::Sampling;
use crate::{Dfdx, Numbers, Value, failed, in_words, values};

/// The values of the nodes that have been needed so far.
pub(crate) struct Run<'e> {
    engine: &'e Dfdx,
    step: u32,
    values: Vec<Option<Value>>,
    /// Whether dfdx's tape follows a node.
    traced: Vec<bool>,
    tape: OwnedTape<f32, Cpu>,
}

impl<'e> Run<'e> {
    pub fn new(engine: &'e Dfdx, step: u32) -> Self {
        let nodes = engine.graph.nodes.len();
        Run { engine, step, values: vec![None; nodes], traced: vec![false; nodes], tape: OwnedTape::default() }
    }

    /// The gradients of a step's loss by dfdx's tape, in the order of `learn`. From here on they are also the values of
    /// the nodes that stand for them.
    pub fn differentiate(&mut self, step: &Step) -> Result<Vec<Numbers>> {
        for (i, node) in self.engine.graph.nodes.iter().enumerate() {
            self.traced[i] = match node.op {
                Op::Var(var) => step.learn.iter().any(|learn| learn.var == var),
                Op::Unary(Unary::Sign | Unary::Positive) | Op::OneHot | Op::ToIndices => false,
                _ => node.inputs.iter().any(|x| self.traced[x.index()]),
            };
        }
        let loss = self.numbers(step.loss)?;
        let tape = std::mem::take(&mut self.tape);
        let loss = loss.put_tape(tape).try_sum::<Rank0, Axis<0>>().map_err(in_words)?;
        let mut gradients = loss.try_backward().map_err(in_words)?;
        self.traced.fill(false);
        let gradient = |var: &Numbers| {
            // What the loss does not depend on has no gradient in dfdx, and is allocated as 0.
            gradients.try_alloc_for(var).map_err(in_words)?;
            Ok(gradients.get(var))
        };
        let gradients: Vec<Numbers> =
            step.learn.iter().map(|learn| &self.engine.vars[learn.var.index()]).map(gradient).collect::<Result<_>>()?;
        for (learn, gradient) in step.learn.iter().zip(&gradients) {
            self.values[learn.gradient.index()] = Some(Value::Numbers(gradient.clone()));
        }
        Ok(gradients)
    }

    /// The values of a node; indices as numbers.
    pub fn read(&mut self, id: NodeId) -> Result<Vec<f32>> {
        Ok(match self.value(id)? {
            Value::Numbers(numbers) => values(&numbers),
            Value::Indices(indices) => indices.into_iter().map(|i| i as f32).collect(),
        })
    }

    pub fn read_scalar(&mut self, id: NodeId) -> Result<f32> {
        self.read(id)?.first().copied().ok_or_else(|| failed("a setting of the optimiser is no scalar"))
    }

    /// The one index of a node.
    pub fn index(&mut self, id: NodeId) -> Result<u32> {
        match self.value(id)? {
            Value::Indices(indices) if indices.len() == 1 => Ok(indices[0]),
            _ => Err(failed("one index is needed")),
        }
    }

    fn numbers(&mut self, id: NodeId) -> Result<Numbers> {
        match self.value(id)? {
            Value::Numbers(numbers) => Ok(numbers),
            Value::Indices(_) => Err(failed("indices where numbers are needed")),
        }
    }

    fn value(&mut self, id: NodeId) -> Result<Value> {
        for needed in self.missing(id) {
            let value = self.compute(needed)?;
            self.values[needed.index()] = Some(value);
        }
        self.values[id.index()].clone().ok_or_else(|| failed("a node was not computed"))
    }

    /// The nodes that must be computed for this one. Their order is that of building, in which inputs come first.
    fn missing(&self, id: NodeId) -> BTreeSet<NodeId> {
        let (mut missing, mut stack) = (BTreeSet::new(), vec![id]);
        while let Some(id) = stack.pop() {
            if self.values[id.index()].is_none() && missing.insert(id) {
                stack.extend(&self.engine.graph.node(id).inputs);
            }
        }
        missing
    }

    fn compute(&mut self, id: NodeId) -> Result<Value> {
        let engine = self.engine;
        let node = engine.graph.node(id);
        match &node.op {
            Op::Var(var) => Ok(Value::Numbers(engine.vars[var.index()].clone())),
            Op::Input(input) => Ok(engine.inputs[input.index()].clone()),
            Op::Const(Scalar(value)) => self.made(vec![*value; node.shape.elements()]),
            Op::StepNumber => self.made(vec![self.step as f32]),
            Op::Noise { noise, stream } => self.noise(*noise, *stream, node.shape.elements()),
            Op::OneHot => self.one_hot(node),
            Op::ToNumbers => self.made(self.indices(node, 0)?.iter().map(|&index| index as f32).collect()),
            Op::ToIndices => Ok(Value::Indices(values(&self.numbers(node.inputs[0])?).into_iter().map(to_index).collect())),
            Op::Sample { stream } => {
                let stream = Stream::new(engine.seed, Domain::Noise, *stream, self.step);
                Ok(Value::Indices(vec![self.sampling(node)?.token(&stream)]))
            }
            Op::SamplingStages => {
                let stages = self.sampling(node)?.stages();
                self.made(stages)
            }
            _ if node.dtype == DType::U32 => self.moved_indices(node),
            Op::Update { .. } => Err(failed("an update has no value")),
            _ => self.apply(id),
        }
    }

    /// The value of a node that computes with numbers.
    fn apply(&mut self, id: NodeId) -> Result<Value> {
        let graph = &self.engine.graph;
        let node = graph.node(id);
        let (mut operands, mut indices): (Vec<Operand>, Option<&[u32]>) = (Vec::new(), None);
        for (i, &x) in node.inputs.iter().enumerate() {
            match &self.values[x.index()] {
                Some(Value::Numbers(numbers)) => operands.push(Operand {
                    numbers: numbers.clone(),
                    shape: &graph.node(x).shape,
                    repeated: node.inputs[..i].iter().any(|&earlier| self.tensor_of(earlier) == self.tensor_of(x)),
                }),
                Some(Value::Indices(at)) => indices = Some(at),
                None => return Err(failed(format!("{} has an input without a value", node.op.name()))),
            }
        }
        // dfdx takes no empty tensors.
        let len = node.shape.elements();
        if len == 0 || operands.iter().all(|x| x.shape.elements() == 0) {
            return self.made(vec![ops::of_nothing(&node.op); len]);
        }
        let result = if self.traced[id.index()] {
            let tape = std::mem::take(&mut self.tape);
            let (result, tape) = ops::apply(node, operands, indices, tape).map_err(in_words)?.split_tape();
            self.tape = tape;
            result
        } else {
            ops::apply(node, operands, indices, NoneTape).map_err(in_words)?
        };
        Ok(Value::Numbers(result))
    }

    /// The node whose dfdx tensor this one shares: reshaping makes no new one.
    fn tensor_of(&self, mut id: NodeId) -> NodeId {
        while let Node { op: Op::Reshape, inputs, .. } = self.engine.graph.node(id) {
            id = inputs[0];
        }
        id
    }

    fn made(&self, values: Vec<f32>) -> Result<Value> {
        let len = values.len();
        Ok(Value::Numbers(self.engine.device.try_tensor_from_vec(values, (len,)).map_err(in_words)?))
    }

    fn noise(&self, noise: Noise, stream: u32, len: usize) -> Result<Value> {
        let source = Stream::new(self.engine.seed, Domain::Noise, stream, self.step);
        let mut values = vec![0.0; len];
        match noise {
            Noise::Normal => source.fill(0, &mut values, Stream::normal),
            Noise::Uniform => source.fill(0, &mut values, Stream::uniform),
            Noise::Bernoulli(Scalar(probability)) => {
                source.fill(0, &mut values, Stream::uniform);
                values.iter_mut().for_each(|u| *u = if *u < probability { 1.0 } else { 0.0 });
            }
            Noise::Index { below: count } => {
                let mut indices = vec![0; len];
                source.fill(0, &mut indices, |source, block| source.bits(block).map(|bits| below(bits, count)));
                return Ok(Value::Indices(indices));
            }
            Noise::Shuffled(shuffle) => {
                let mut indices = vec![0; len];
                shuffle.batch(self.engine.seed, stream, self.step, &mut indices);
                return Ok(Value::Indices(indices));
            }
        }
        self.made(values)
    }

    fn sampling(&mut self, node: &Node) -> Result<Sampling> {
        let inputs = node.inputs.iter().map(|&x| self.read(x)).collect::<Result<Vec<_>>>()?;
        let setting = |i: usize| f64::from(inputs[i][0]);
        Ok(Sampling::new(&inputs[0], &inputs[1], [2, 3, 4, 5, 6].map(setting)))
    }

    /// The indices that a node reads as its operand of this number.
    fn indices(&self, node: &Node, operand: usize) -> Result<&[u32]> {
        match &self.values[node.inputs[operand].index()] {
            Some(Value::Indices(indices)) => Ok(indices),
            _ => Err(failed(format!("{} needs indices", node.op.name()))),
        }
    }

    /// The value of a node that lays indices out anew. What comes from outside is the largest.
    fn moved_indices(&self, node: &Node) -> Result<Value> {
        let from = self.indices(node, 0)?;
        let place = |place: u64| usize::try_from(place).ok().and_then(|at| from.get(at)).copied().unwrap_or(u32::MAX);
        let moved: Vec<u32> = match node.op {
            Op::Reshape => from.to_vec(),
            Op::Gather => {
                let table = &self.engine.graph.node(node.inputs[0]).shape;
                let width = table[1..].iter().product::<usize>() as u64;
                let row = |&row: &u32| (0..width).map(move |i| place(u64::from(row) * width + i));
                self.indices(node, 1)?.iter().flat_map(row).collect()
            }
            Op::Windows => {
                let len = node.shape[node.shape.rank() - 1] as u64;
                let window = |&start: &u32| (0..len).map(move |i| place(u64::from(start) + i));
                self.indices(node, 1)?.iter().flat_map(window).collect()
            }
            _ => {
                let shape = &self.engine.graph.node(node.inputs[0]).shape;
                let places = places(node, &[shape]).ok_or_else(|| failed(format!("{} takes no indices", node.op.name())))?;
                places.into_iter().map(|at| place(at as u64)).collect()
            }
        };
        Ok(Value::Indices(moved))
    }

    fn one_hot(&self, node: &Node) -> Result<Value> {
        let classes = node.shape[node.shape.rank() - 1];
        let row = |&index: &u32| (0..classes).map(move |class| if class == index as usize { 1.0 } else { 0.0 });
        self.made(self.indices(node, 0)?.iter().flat_map(row).collect())
    }
}
