//! The bench workloads, step by step as on the cpu engine, natively and in the browser.

mod common;

use std::sync::Arc;

use common::{distance, gpu, load};
use terrarium_cpu::Cpu;
use terrarium_graph::{Engine, InputId, ProgramId};
use terrarium_models::bench::{Workload, workload};
use terrarium_webgpu::Gpu;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

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

/// After so many steps, on the device in one submission, all parameters are where the cpu engine has them.
async fn check(gpu: &Gpu, name: &str, steps: u32) {
    let (workload, graph) = start(name);
    let (mut device, mut cpu) = (load(gpu, &graph).await, Cpu::new(graph.clone()).expect("a loaded graph"));
    let input = workload.uniform_input.map(|name| graph.find_input(name).expect("the workload's input"));
    begin(&mut device, input);
    begin(&mut cpu, input);
    let list: Vec<(ProgramId, u32)> = (1..=steps).flat_map(|step| workload.programs.iter().map(move |&p| (p, step))).collect();
    device.advance(&list).expect("a submission");
    cpu.advance(&list).expect("steps");
    assert_eq!(device.counts().submissions, 1);
    let apart = distance(&mut device, &mut cpu, "").await;
    assert!(apart < 1e-3, "{name}: {apart}");
}

everywhere! {
    async fn gan2d() {
        check(&gpu().await, "gan2d", 3).await;
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn workloads_as_on_real_devices() {
    pollster::block_on(async {
        let mut gpu = gpu().await;
        gpu.software = false;
        check(&gpu, "gan2d", 5).await;
        check(&gpu, "vae", 5).await;
        check(&gpu, "dcgan", 1).await;
        check(&gpu, "vae64", 1).await;
        check(&gpu, "gpt", 2).await;
    });
}

/// What a step costs that a device does not see: how often it is told to do something, and how much is sent to it.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_step_is_few_dispatches_and_sends_next_to_nothing() {
    for (name, most) in [("gan2d", 24), ("vae", 10)] {
        let (workload, graph) = start(name);
        let mut device = pollster::block_on(async { load(&gpu().await, &graph).await });
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
