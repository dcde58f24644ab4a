//! Training grows no memory, however long: a short version of an hour.

mod common;

use std::sync::Arc;

use common::{gpu, load};
use terrarium_graph::{Builder, Engine, ProgramId, Rule, VarId};
use terrarium_models::mlp::{Activation, Mlp, Start};
use terrarium_webgpu::{Gpu, WebGpu};

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const STEPS: u32 = 50;

/// A submission of steps, one step that is read, and a read-back that is given up, as where a page looks and looks away.
async fn round(engine: &mut WebGpu, program: ProgramId, vars: &[VarId], number: u32) {
    let first = number * (STEPS + 1) + 1;
    let list: Vec<(ProgramId, u32)> = (first..first + STEPS).map(|step| (program, step)).collect();
    engine.advance(&list).expect("a submission");
    engine.run(program, first + STEPS).expect("a step");
    let (outputs, variables) = (engine.outputs(program), engine.variables(vars));
    let kept = engine.keep(program, 0).expect("a copy");
    assert_eq!(kept.len, 1);
    drop(engine.variables(vars));
    let loss = outputs.await.expect("a loss").concat();
    assert!(loss[0].is_finite() && variables.await.expect("parameters").len() == vars.len());
}

/// Bytes on the device, and of what cannot be seen from there: in a page the program's own memory, natively the resources that
/// the device has an account of.
fn used(gpu: &Gpu, engine: &WebGpu) -> (u64, usize) {
    #[cfg(target_arch = "wasm32")]
    let (_, unseen) = (gpu, core::arch::wasm32::memory_size(0));
    #[cfg(not(target_arch = "wasm32"))]
    let unseen = {
        let report = gpu.instance.generate_report().expect("an account");
        let hub = report.hub_report();
        [&hub.buffers, &hub.bind_groups, &hub.compute_pipelines, &hub.command_buffers].iter().map(|kind| kind.num_allocated).sum()
    };
    (engine.memory_bytes(), unseen)
}

everywhere! {
    async fn thousands_of_steps_grow_nothing() {
        let b = Builder::new();
        let network = Mlp::new(&b, "network", &[2, 8, 1], Activation::Tanh, Start::Glorot);
        let x = b.normal([16, 2]);
        let loss = (network.forward(x) - x.slice(1, 0..1)).square().mean_all();
        let adam = b.optimiser(Rule::adam(), b.scalar(1e-3), None);
        let program = b.step("step", loss, &network.parameters(), adam, |_| vec![("loss".into(), loss)]);
        drop(network);
        let graph = Arc::new(b.finish().expect("a graph without mistakes"));
        let vars: Vec<VarId> = graph.var_ids().collect();

        let gpu = gpu().await;
        let mut engine = load(&gpu, &graph).await;
        engine.initialise(1).expect("room for the variables");
        for number in 0..10 {
            round(&mut engine, program, &vars, number).await;
        }
        let before = used(&gpu, &engine);
        for number in 10..60 {
            round(&mut engine, program, &vars, number).await;
        }
        assert_eq!(used(&gpu, &engine), before);
        gpu.check().expect("a good device");
    }
}
