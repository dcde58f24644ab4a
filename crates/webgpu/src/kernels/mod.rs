//! One file a kernel family: from the kernels of a plan to their shaders.

mod map;
mod matmul;
mod patches;
mod reduce;
mod rows;
mod softmax;
mod update;

use terrarium_graph::plan::{Kernel, Program};

use crate::shader::{Shader, Writer};

/// The shaders of a program, in order: one for each wave, or more where its kernels name too many buffers. `number` is the
/// program's number in its graph, and `busy` how many threads keep the device busy.
pub fn shaders(number: usize, program: &Program, busy: usize) -> Vec<Shader> {
    let mut shaders = Vec::new();
    for wave in &program.waves {
        let mut written = Writer::new(number, busy);
        for kernel in program.kernels[wave.clone()].iter().filter(|kernel| has_work(kernel)) {
            let before = written.clone();
            write(&mut written, kernel);
            if !written.fits() {
                shaders.extend(before.finish());
                written = Writer::new(number, busy);
                write(&mut written, kernel);
            }
        }
        shaders.extend(written.finish());
    }
    shaders
}

fn has_work(kernel: &Kernel) -> bool {
    let copies_nothing = matches!(kernel, Kernel::Insert { source, .. } if source.len == 0);
    !copies_nothing && kernel.buffers().1.iter().any(|buffer| buffer.len > 0)
}

fn write(w: &mut Writer, kernel: &Kernel) {
    match kernel {
        Kernel::Map(map) => map::write(w, map),
        Kernel::MatMul { fold: Some(pictures), tail, .. } => patches::folded(w, kernel, pictures, tail),
        Kernel::MatMul { .. } => matmul::write(w, kernel),
        Kernel::Unfold { .. } | Kernel::Fold { .. } => patches::write(w, kernel),
        Kernel::Reduce { .. } => reduce::write(w, kernel),
        Kernel::Softmax { .. } => softmax::write(w, kernel),
        Kernel::Update(update) => update::write(w, update),
        _ => rows::write(w, kernel),
    }
}
