//! One file a kernel family: from a kernel of the plan to its shader.

mod map;
mod matmul;
mod reduce;
mod rows;
mod softmax;
mod update;

use terrarium_graph::plan::Kernel;

use crate::shader::Shader;

/// The shader of a kernel, or none where it has nothing to do. `program` is the number of the program it belongs to.
pub fn shader(program: usize, kernel: &Kernel) -> Option<Shader> {
    let (_, writes) = kernel.buffers();
    let copies_nothing = matches!(kernel, Kernel::Insert { source, .. } if source.len == 0);
    if copies_nothing || writes.iter().all(|buffer| buffer.len == 0) {
        return None;
    }
    Some(match kernel {
        Kernel::Map(map) => map::shader(program, map),
        Kernel::MatMul { .. } => matmul::shader(program, kernel),
        Kernel::Reduce { .. } => reduce::shader(program, kernel),
        Kernel::Softmax { .. } => softmax::shader(program, kernel),
        Kernel::Update { .. } => update::shader(program, kernel),
        _ => rows::shader(program, kernel),
    })
}
