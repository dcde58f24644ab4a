//! From a program of a graph to a list of kernels with every buffer placed.
//!
//! Passes: [`fuse`] gathers nodes into groups that one kernel computes, [`lower`] writes the kernels in order, [`join`] lets
//! products do small work on their way, [`waves`] gathers what can run side by side, and [`arena`] lays out what kernels pass
//! to each other.

mod arena;
mod fuse;
mod join;
mod lower;
mod program;
mod waves;

pub use program::{
    Buffer, Heads, Instr, Kernel, Layout, Load, Made, Map, Operand, Patches, Pick, Program, Rows, Space, Turned, Update, Value,
};

use crate::graph::{Graph, ProgramId};

/// What a plan is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purpose {
    /// Nothing will be read after the run: what only a step's outputs need is dropped.
    pub unread: bool,
    /// The engine runs the kernels of a wave side by side, so waves are few and wide, and small work that saves one is done more
    /// than once. Else each kernel is a wave, which needs less memory.
    pub side_by_side: bool,
}

/// Plans a program to be run kernel by kernel, and read.
pub fn plan(graph: &Graph, program: ProgramId) -> Program {
    plan_for(Purpose::default(), graph, program)
}

/// Plans a program: drops what it does not need, fuses elementwise chains into one kernel or into the matmul before them,
/// orders the kernels and places every buffer.
pub fn plan_for(purpose: Purpose, graph: &Graph, program: ProgramId) -> Program {
    let mut spec = graph.program(program).clone();
    if purpose.unread {
        spec.outputs.clear();
    }
    lower::lower(graph, &spec, &fuse::Groups::of(graph, &spec), purpose.side_by_side)
}
