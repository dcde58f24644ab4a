//! The bench workloads, step by step as on the cpu engine, natively and in the browser.

use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_graph::{Engine, InputId, ProgramId, VarId};
use terrarium_models::bench::{Workload, workload};
use terrarium_webgpu::{Gpu, WebGpu};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn start(name: &str) -> (Workload, Arc<terrarium_graph::Graph>) {
    let workload = workload(name).expect("a workload").expect("a graph without mistakes");
    let graph = Arc::new(workload.graph.clone());
    (workload, graph)
}

fn begin(engine: &mut dyn Engine, input: Option<InputId>) {
    engine.initialise(3).expect("room for the variables");
    if let Some(input) = input {
        let len = engine.graph().input(input).shape.elements();
        let values: Vec<f32> = (0..len).map(|i| (i * 7919 % 1000) as f32 / 1000.0).collect();
        engine.write_input(input, &values).expect("as many values as the input takes");
    }
}

/// Runs `steps` steps on both engines, on the device in one submission, and gives the largest ‖a − b‖ / ‖b‖ of a variable.
async fn drift(name: &str, steps: u32) -> f32 {
    let (workload, graph) = start(name);
    let gpu = Gpu::request().await.expect("a device: natively Vulkan, in Chromium with WebGPU switched on");
    let (mut device, mut cpu) = (
        WebGpu::load(gpu, graph.clone(), |_, _| ()).await.expect("a loaded graph"),
        Cpu::new(graph.clone()).expect("a loaded graph"),
    );
    let input = workload.uniform_input.map(|name| graph.find_input(name).expect("the workload's input"));
    begin(&mut device, input);
    begin(&mut cpu, input);
    let list: Vec<(ProgramId, u32)> = (1..=steps).flat_map(|step| workload.programs.iter().map(move |&p| (p, step))).collect();
    device.advance(&list).expect("a submission");
    cpu.advance(&list).expect("steps");
    let vars: Vec<VarId> = graph.var_ids().collect();
    let values = device.variables(&vars).await.expect("a read-back");
    let expected = cpu.variables(&vars).await.expect("a read-back");
    assert_eq!(device.counts().submissions, 1);
    values.iter().zip(&expected).map(|(a, b)| distance(a, b)).fold(0.0, f32::max)
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    let norm = |x: &mut dyn Iterator<Item = f32>| x.map(|x| x * x).sum::<f32>().sqrt();
    norm(&mut a.iter().zip(b).map(|(a, b)| a - b)) / norm(&mut b.iter().copied()).max(1e-6)
}

#[wasm_bindgen_test]
async fn gan2d_in_the_browser() {
    let drift = drift("gan2d", 3).await;
    assert!(drift < 1e-3, "{drift}");
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn workloads_natively() {
    for name in ["gan2d", "vae"] {
        let drift = pollster::block_on(drift(name, 5));
        assert!(drift < 1e-3, "{name}: {drift}");
    }
}

/// What a step costs that a device does not see: how often it is told to do something, and how much is sent to it.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_step_is_few_dispatches_and_sends_next_to_nothing() {
    for (name, most) in [("gan2d", 40), ("vae", 30)] {
        let (workload, graph) = start(name);
        let gpu = pollster::block_on(Gpu::request()).expect("a Vulkan device");
        let mut device = pollster::block_on(WebGpu::load(gpu, graph, |_, _| ())).expect("a loaded graph");
        for read in [true, false] {
            let dispatches: usize = workload.programs.iter().map(|&p| device.dispatches(p, read)).sum();
            assert!(dispatches <= most, "{name} takes {dispatches}");
        }
        begin(&mut device, None);
        let before = device.counts().uploaded_bytes;
        let list: Vec<(ProgramId, u32)> = (1..=4).flat_map(|step| workload.programs.iter().map(move |&p| (p, step))).collect();
        device.advance(&list).expect("a submission");
        assert!(device.counts().uploaded_bytes - before <= 256, "{name}");
    }
}
