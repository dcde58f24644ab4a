//! Off the web a thread may wait, so the engine can be used like any other.

use std::sync::Arc;

use terrarium_graph::{Engine, Error, Graph, InputId, ProgramId, Result, VarId};

use crate::WebGpu;

impl Engine for WebGpu {
    fn name(&self) -> &'static str {
        "WebGPU"
    }

    fn graph(&self) -> &Arc<Graph> {
        self.graph()
    }

    fn set_seed(&mut self, seed: u64) {
        self.set_seed(seed);
    }

    fn write_var(&mut self, var: VarId, values: &[f32]) -> Result<()> {
        self.write_var(var, values)
    }

    fn read_var(&mut self, var: VarId) -> Result<Vec<f32>> {
        Ok(pollster::block_on(self.variables(&[var]))?.concat())
    }

    fn write_input(&mut self, input: InputId, values: &[f32]) -> Result<()> {
        self.write_input(input, values)
    }

    fn write_indices(&mut self, input: InputId, values: &[u32]) -> Result<()> {
        self.write_indices(input, values)
    }

    fn run(&mut self, program: ProgramId, step: u32) -> Result<()> {
        self.run(program, step)
    }

    fn advance(&mut self, program: ProgramId, step: u32) -> Result<()> {
        self.advance(&[(program, step)])
    }

    fn output(&mut self, program: ProgramId, output: usize) -> Result<Vec<f32>> {
        let mut outputs = pollster::block_on(self.outputs(program))?;
        if output >= outputs.len() {
            let name = format!("{output} of {}", self.graph().program(program).name);
            return Err(Error::Unknown { what: "output", name });
        }
        Ok(outputs.swap_remove(output))
    }
}
