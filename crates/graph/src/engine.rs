use std::sync::Arc;

use crate::{Graph, InputId, ProgramId, Result, VarId};

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

    fn read_var(&mut self, var: VarId) -> Result<Vec<f32>>;

    fn write_input(&mut self, input: InputId, values: &[f32]) -> Result<()>;

    /// Writes an input of indices.
    fn write_indices(&mut self, input: InputId, values: &[u32]) -> Result<()>;

    /// Runs a program once. `step` counts from 1: it keys the noise and corrects the optimiser's bias.
    fn run(&mut self, program: ProgramId, step: u32) -> Result<()>;

    /// Runs a training step of which nothing will be read, so that what only its outputs need can be left out.
    fn advance(&mut self, program: ProgramId, step: u32) -> Result<()> {
        self.run(program, step)
    }

    /// An output of the program that ran last. It holds until another program runs.
    fn output(&mut self, program: ProgramId, output: usize) -> Result<Vec<f32>>;

    /// Gives every variable its starting value for `seed`, and seeds the noise.
    fn initialise(&mut self, seed: u64) -> Result<()> {
        self.set_seed(seed);
        let graph = self.graph().clone();
        graph.var_ids().try_for_each(|var| self.write_var(var, &graph.initial_values(var, seed)))
    }
}
