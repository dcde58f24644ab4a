//! From a program of a graph to a list of kernels with every buffer placed.
//!
//! Three passes: [`fuse`] gathers nodes into groups that one kernel computes, [`lower`] writes the kernels in order, and
//! [`arena`] lays out what they pass to each other.

mod arena;
mod fuse;
mod lower;
mod program;

pub use program::{Buffer, Instr, Kernel, Layout, Load, Map, Operand, Program, Space, Value};

use crate::graph::{Graph, ProgramId, ProgramSpec};

/// Plans a program: drops what it does not need, fuses elementwise chains into one kernel or into the matmul before them,
/// orders the kernels and places every buffer.
pub fn plan(graph: &Graph, program: ProgramId) -> Program {
    let spec = graph.program(program);
    lower::lower(graph, spec, &fuse::Groups::of(graph, spec))
}

/// Plans a training step of which nothing will be read: what only its outputs need is dropped.
pub fn plan_unread(graph: &Graph, program: ProgramId) -> Program {
    let spec = ProgramSpec { outputs: Vec::new(), ..graph.program(program).clone() };
    lower::lower(graph, &spec, &fuse::Groups::of(graph, &spec))
}
