//! The number of threads changes how fast a training is, and not a bit of what it makes.

use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_graph::{Engine, Graph, ProgramId, VarId};
use terrarium_models::bench::{NAMES, workload};

/// The bits of all variables after two steps.
fn trained(graph: &Arc<Graph>, programs: &[ProgramId], threads: usize) -> Vec<u32> {
    let mut engine = Cpu::on_threads(graph.clone(), threads).unwrap();
    engine.initialise(1).unwrap();
    let steps: Vec<_> = (1..=2).flat_map(|step| programs.iter().map(move |&program| (program, step))).collect();
    engine.advance(&steps).unwrap();
    let vars: Vec<VarId> = graph.var_ids().collect();
    let values = pollster::block_on(engine.variables(&vars)).unwrap();
    values.into_iter().flatten().map(f32::to_bits).collect()
}

#[test]
fn trainings_are_the_same_to_the_bit_on_any_number_of_threads() {
    for name in NAMES {
        let made = workload(name).unwrap().unwrap();
        let graph = Arc::new(made.graph);
        let alone = trained(&graph, &made.programs, 1);
        for threads in [2, 3] {
            assert!(trained(&graph, &made.programs, threads) == alone, "{name} on {threads} threads");
        }
    }
}
