use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::{Error, Graph, InputId, ProgramId, Result, VarId};

/// A result under way: there at once where the engine's memory is at hand, later where a device in a page must be waited for.
/// It tells what stood when it was asked for, whatever the engine does meanwhile.
pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// Something that runs the programs of a graph, and holds its variables and inputs meanwhile.
///
/// All engines draw the same noise for the same seed and step, so their runs can be compared number by number.
pub trait Engine {
    /// The engine's name as a visitor reads it.
    fn name(&self) -> &'static str;

    fn graph(&self) -> &Arc<Graph>;

    /// The seed of all noise drawn from now on.
    fn set_seed(&mut self, seed: u64);

    fn write_var(&mut self, var: VarId, values: &[f32]) -> Result<()>;

    fn write_input(&mut self, input: InputId, values: &[f32]) -> Result<()>;

    /// Writes an input of indices.
    fn write_indices(&mut self, input: InputId, values: &[u32]) -> Result<()>;

    /// Runs a program once. `step` counts from 1: it keys the noise and corrects the optimiser's bias.
    fn run(&mut self, program: ProgramId, step: u32) -> Result<()>;

    /// Runs training steps, in order, of which nothing will be read: what only their outputs need can be left out, and an
    /// engine may send them off together.
    fn advance(&mut self, steps: &[(ProgramId, u32)]) -> Result<()> {
        steps.iter().try_for_each(|(program, step)| self.run(*program, *step))
    }

    /// Done when all that was sent off before is.
    fn finished(&self) -> Pending<()> {
        Box::pin(ready(Ok(())))
    }

    /// All outputs of the program that ran last, in order.
    fn outputs(&mut self, program: ProgramId) -> Pending<Vec<Vec<f32>>>;

    /// The values of variables.
    fn variables(&mut self, vars: &[VarId]) -> Pending<Vec<Vec<f32>>>;

    /// One output of the program that ran last, on an engine that need not be waited for.
    fn output(&mut self, program: ProgramId, output: usize) -> Result<Vec<f32>> {
        let mut outputs = at_once(self.outputs(program))?;
        if output >= outputs.len() {
            let name = format!("{output} of {}", self.graph().program(program).name);
            return Err(Error::Unknown { what: "output", name });
        }
        Ok(outputs.swap_remove(output))
    }

    /// The values of one variable, on an engine that need not be waited for.
    fn read_var(&mut self, var: VarId) -> Result<Vec<f32>> {
        Ok(at_once(self.variables(&[var]))?.concat())
    }

    /// Gives every variable its starting value for `seed`, and seeds the noise.
    fn initialise(&mut self, seed: u64) -> Result<()> {
        self.set_seed(seed);
        let graph = self.graph().clone();
        graph.var_ids().try_for_each(|var| self.write_var(var, &graph.initial_values(var, seed)))
    }
}

/// The result of a read-back that is done already.
///
/// # Errors
/// The read-back's own, or that it must be waited for, which only engines on a device in a page have to.
pub fn at_once<T>(mut pending: Pending<T>) -> Result<T> {
    if_done(&mut pending)
        .unwrap_or_else(|| Err(Error::Engine { engine: "this", message: "values are on their way and must be waited for".into() }))
}

/// The result, if it is there.
pub fn if_done<T>(pending: &mut Pending<T>) -> Option<Result<T>> {
    match pending.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}
