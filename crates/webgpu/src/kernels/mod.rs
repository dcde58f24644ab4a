//! One file a kernel family: from the kernels of a plan to their shaders.

mod attention;
mod cached_attention;
mod cross_entropy;
mod map;
mod matmul;
mod normalise;
mod patches;
mod reduce;
mod rotary;
mod rows;
mod sample;
mod softmax;
mod update;

use terrarium_graph::plan::{Kernel, Program};

use crate::shader::{Shader, Threads, Writer};

/// The shaders of a program, in order: one for each wave, or more where its kernels name too many buffers. `number` is the
/// program's number in its graph.
pub fn shaders(number: usize, program: &Program, threads: Threads) -> Vec<Shader> {
    let mut shaders = Vec::new();
    for wave in &program.waves {
        let mut written = Writer::new(number, threads);
        for kernel in program.kernels[wave.clone()].iter().filter(|kernel| has_work(kernel)) {
            let before = written.clone();
            write(&mut written, kernel);
            if !written.fits() {
                shaders.extend(before.finish());
                written = Writer::new(number, threads);
                write(&mut written, kernel);
            }
        }
        shaders.extend(written.finish());
    }
    shaders
}

fn has_work(kernel: &Kernel) -> bool {
    let copies_nothing = matches!(kernel, Kernel::Insert { source, .. } | Kernel::SetRow { source, .. } if source.len == 0);
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
        Kernel::Sample { .. } => sample::write(w, kernel),
        Kernel::Normalise { .. } | Kernel::NormaliseGradient { .. } => normalise::write(w, kernel),
        Kernel::CachedAttention { .. } => cached_attention::write(w, kernel),
        Kernel::Attention { .. } | Kernel::AttentionGradient { .. } => attention::write(w, kernel),
        Kernel::Rotary { .. } => rotary::write(w, kernel),
        Kernel::CrossEntropy { .. } | Kernel::CrossEntropyGradient { .. } => cross_entropy::write(w, kernel),
        Kernel::Update(update) => update::write(w, update),
        _ => rows::write(w, kernel),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::HashSet;

    use terrarium_graph::Graph;
    use terrarium_graph::plan::{Purpose, plan_for};
    use terrarium_models::bench;
    use terrarium_parity::{Subject, table, trainings};

    use super::shaders;
    use crate::shader::Threads;

    /// Every text that the engine gives a device for these graphs, as real devices and software have it.
    fn texts<'g>(graphs: impl IntoIterator<Item = &'g Graph>) -> HashSet<String> {
        let mut texts = HashSet::new();
        for graph in graphs {
            for id in graph.program_ids() {
                for unread in [false, true] {
                    let program = plan_for(Purpose { unread, side_by_side: true }, graph, id);
                    for threads in [Threads::OF_A_DEVICE, Threads::OF_SOFTWARE] {
                        texts.extend(shaders(id.index(), &program, threads).iter().map(|shader| shader.text()));
                    }
                }
            }
        }
        texts
    }

    /// What a browser would refuse is found without one.
    fn validate(texts: HashSet<String>) {
        let mut validator = naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty());
        assert!(!texts.is_empty());
        for text in texts {
            let module = naga::front::wgsl::parse_str(&text).unwrap_or_else(|e| panic!("{}\n{text}", e.emit_to_string(&text)));
            if let Err(e) = validator.validate(&module) {
                panic!("{}\n{text}", e.emit_to_string(&text));
            }
        }
    }

    #[test]
    fn kernels_of_the_table_are_valid() {
        let subjects: Vec<Subject> = table().iter().map(|case| Subject::new(case).unwrap()).collect();
        validate(texts(subjects.iter().map(|subject| &*subject.graph)));
    }

    #[test]
    fn kernels_of_trainings_and_workloads_are_valid() {
        let trainings = trainings::trainings().into_iter().map(|training| training.graph().unwrap());
        let workloads = bench::NAMES.iter().map(|name| bench::workload(name).unwrap().unwrap().graph);
        validate(texts(&trainings.chain(workloads).collect::<Vec<_>>()));
    }
}
