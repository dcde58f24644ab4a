//! The reference engine: it interprets the forward graph on dfdx tensors and lets dfdx's own tape differentiate a step's
//! loss. It shares no gradient rule, no kernel and no plan with the other engines, so that it can judge them.
//!
//! dfdx means something else than the graph in a few corners, which this engine leaves as dfdx has them:
//! - NaN: `relu`, `max`, `min` and the largest of axes leave NaN out, where the graph's operations let it through;
//! - ties: the gradient of the largest of axes goes whole to each of several equals, where the graph's is shared;
//! - places outside: what `scatter_add` leaves out has the gradient 0, where the graph's is NaN;
//! - infinities: `softplus` of ±∞ is NaN, as dfdx's logits-BCE is.
//!
//! The table of `terrarium-parity` states each of these, and its tests fail where one no longer holds.

mod attention;
mod layout;
mod normalise;
mod ops;
mod run;
mod sampling;
mod update;

use std::future::ready;
use std::sync::Arc;

use dfdx::prelude::*;
use terrarium_graph::{Assign, DType, Engine, Error, Graph, InputId, Pending, ProgramId, Result, VarId};

use run::Run;

/// Numbers of any shape, laid out row-major: the graph knows the shape.
type Numbers<T = NoneTape> = Tensor<(usize,), f32, Cpu, T>;

/// A node's value.
#[derive(Clone)]
enum Value {
    Numbers(Numbers),
    Indices(Vec<u32>),
}

/// Runs the programs of a graph on dfdx.
pub struct Dfdx {
    graph: Arc<Graph>,
    device: Cpu,
    seed: u64,
    vars: Vec<Numbers>,
    inputs: Vec<Value>,
    /// What ran last, and its outputs.
    ran: Option<(ProgramId, Vec<Vec<f32>>)>,
}

impl Dfdx {
    /// An engine whose variables and inputs are all 0.
    ///
    /// # Errors
    /// If there is not enough memory.
    pub fn new(graph: Arc<Graph>) -> Result<Dfdx> {
        let device = Cpu::default();
        let zeros = |len: usize| device.try_zeros_like(&(len,)).map_err(in_words);
        let vars = graph.vars.iter().map(|var| zeros(var.shape.elements())).collect::<Result<_>>()?;
        let inputs = graph.inputs.iter().map(|input| {
            let len = input.shape.elements();
            Ok(match input.dtype {
                DType::F32 => Value::Numbers(zeros(len)?),
                DType::U32 => Value::Indices(vec![0; len]),
            })
        });
        let inputs = inputs.collect::<Result<_>>()?;
        Ok(Dfdx { graph, device, seed: 0, vars, inputs, ran: None })
    }
}

impl Engine for Dfdx {
    fn name(&self) -> &'static str {
        "Reference (dfdx)"
    }

    fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    fn write_var(&mut self, var: VarId, values: &[f32]) -> Result<()> {
        let to = &mut self.vars[var.index()];
        check_size(|| format!("variable “{}”", self.graph.var(var).name), to.shape().0, values.len())?;
        to.copy_from(values);
        Ok(())
    }

    fn write_input(&mut self, input: InputId, values: &[f32]) -> Result<()> {
        let name = &self.graph.input(input).name;
        match &mut self.inputs[input.index()] {
            Value::Numbers(to) => {
                check_size(|| format!("input “{name}”"), to.shape().0, values.len())?;
                to.copy_from(values);
                Ok(())
            }
            Value::Indices(_) => Err(failed(format!("the input “{name}” takes indices, not numbers"))),
        }
    }

    fn write_indices(&mut self, input: InputId, values: &[u32]) -> Result<()> {
        let name = &self.graph.input(input).name;
        match &mut self.inputs[input.index()] {
            Value::Indices(to) => {
                check_size(|| format!("input “{name}”"), to.len(), values.len())?;
                to.copy_from_slice(values);
                Ok(())
            }
            Value::Numbers(_) => Err(failed(format!("the input “{name}” takes numbers, not indices"))),
        }
    }

    fn run(&mut self, program: ProgramId, step: u32) -> Result<()> {
        // An error must not leave the outputs of an earlier run behind.
        self.ran = None;
        let graph = self.graph.clone();
        let spec = graph.program(program);
        let mut run = Run::new(self, step);
        let gradients = match &spec.step {
            Some(step) => run.differentiate(step)?,
            None => Vec::new(),
        };
        let outputs = spec.outputs.iter().map(|(_, node)| run.read(*node)).collect::<Result<_>>()?;
        let assigned = |assign: &Assign| Ok((run.read(assign.value)?, assign.row.map(|row| run.index(row)).transpose()?));
        let assigned: Vec<(Vec<f32>, Option<u32>)> = spec.assigns.iter().map(assigned).collect::<Result<_>>()?;
        if let Some(taken) = &spec.step {
            let rate = run.read_scalar(taken.optimiser.learning_rate)?;
            let decay = taken.optimiser.weight_decay.map(|node| run.read_scalar(node)).transpose()?;
            let longest = taken.optimiser.longest_gradient.map(|node| run.read_scalar(node)).transpose()?;
            let scale = longest.map_or(1.0, |longest| update::scale(&gradients, longest));
            for (learn, gradient) in taken.learn.iter().zip(&gradients) {
                let decay = decay.filter(|_| taken.optimiser.decay_of(graph.var(learn.var).shape.rank()).is_some());
                let settings = update::Settings { rule: taken.optimiser.rule, rate, decay, scale, step };
                update::update(&mut self.vars, &graph, learn.var, &settings, gradient)?;
            }
        }
        for (assign, (value, row)) in spec.assigns.iter().zip(&assigned) {
            let var = &mut self.vars[assign.var.index()];
            match row {
                None => var.copy_from(value),
                Some(row) => {
                    let mut rows = values(var);
                    if let Some(place) = rows.chunks_exact_mut(value.len().max(1)).nth(*row as usize) {
                        place.copy_from_slice(value);
                    }
                    var.copy_from(&rows);
                }
            }
        }
        self.ran = Some((program, outputs));
        Ok(())
    }

    fn outputs(&mut self, program: ProgramId) -> Pending<Vec<Vec<f32>>> {
        let outputs = match &self.ran {
            Some((ran, outputs)) if *ran == program => Ok(outputs.clone()),
            _ => Err(failed(format!("the program “{}” is not the one that ran last", self.graph.program(program).name))),
        };
        Box::pin(ready(outputs))
    }

    fn variables(&mut self, vars: &[VarId]) -> Pending<Vec<Vec<f32>>> {
        Box::pin(ready(Ok(vars.iter().map(|var| values(&self.vars[var.index()])).collect())))
    }
}

fn failed(message: impl ToString) -> Error {
    Error::Engine { engine: "dfdx", message: message.to_string() }
}

/// What dfdx says in the way of errors, in words.
fn in_words(error: CpuError) -> Error {
    match error {
        CpuError::OutOfMemory => failed("there is not enough memory"),
        CpuError::WrongNumElements => failed("a tensor was given values of the wrong number"),
    }
}

fn check_size(what: impl FnOnce() -> String, expected: usize, got: usize) -> Result<()> {
    if expected == got { Ok(()) } else { Err(Error::Size { what: what(), expected, got }) }
}

fn values(numbers: &Numbers) -> Vec<f32> {
    let mut values = vec![0.0; numbers.shape().0];
    numbers.copy_into(&mut values);
    values
}
