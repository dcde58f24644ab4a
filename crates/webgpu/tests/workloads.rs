//! The bench workloads, step by step as on the cpu engine, natively and in the browser.

mod common;

use std::sync::Arc;

use common::{distance, gpu, load};
use terrarium_cpu::Cpu;
#[cfg(not(target_arch = "wasm32"))]
use terrarium_graph::{Builder, Graph, Sampling, VarKind};
use terrarium_graph::{Engine, InputId, ProgramId};
use terrarium_models::bench::{Workload, workload};
#[cfg(not(target_arch = "wasm32"))]
use terrarium_models::{
    transformer::{FeedForward, NormKind, Order, Positions, Settings, Transformer},
    writer::Writer,
};
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

/// Four layers as they are in GPT-2, in Llama, and in the first Transformer.
#[cfg(not(target_arch = "wasm32"))]
fn transformers() -> [Settings; 3] {
    let like_gpt2 = Settings {
        vocabulary: 65,
        context: 40,
        layers: 4,
        width: 64,
        heads: 4,
        kv_heads: 4,
        hidden: 128,
        tied: false,
        ..Settings::GPT2
    };
    let like_llama = Settings {
        kv_heads: 2,
        positions: Positions::Rotary,
        norm: NormKind::Rms,
        feed_forward: FeedForward::SwiGlu,
        biases: false,
        ..like_gpt2.clone()
    };
    let like_the_first =
        Settings { positions: Positions::Sinusoidal, order: Order::Post, feed_forward: FeedForward::Relu, ..like_gpt2.clone() };
    [like_gpt2, like_llama, like_the_first]
}

/// One token after the other, over the end of the context.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_token_is_few_dispatches_and_that_of_the_processor() {
    for settings in transformers() {
        let b = Builder::new();
        let model = Transformer::new(&b, "transformer", settings.clone());
        let next = Writer::new(&b, "writing", &settings).next("next", &model, None, |logits, seen| {
            let [temperature, top_k, top_p, min_p, repetition_penalty] = [0.9, 20.0, 0.8, 0.01, 1.1].map(|rule| b.scalar(rule));
            logits.sample(&Sampling { temperature, top_k, top_p, min_p, repetition_penalty, seen })
        });
        drop(model);
        let graph: Arc<Graph> = Arc::new(b.finish().expect("a graph without mistakes"));
        let written = |engine: &mut dyn Engine| {
            engine.initialise(3).expect("room for the variables");
            // So that what is written depends on them more than on chance.
            for parameter in graph.var_ids().filter(|&id| graph.var(id).kind == VarKind::Parameter) {
                let larger = engine.read_var(parameter).expect("a read-back").iter().map(|w| 5.0 * w).collect::<Vec<f32>>();
                engine.write_var(parameter, &larger).expect("as many values");
            }
            let steps: Vec<(ProgramId, u32)> = (1..=50).map(|step| (next, step)).collect();
            engine.advance(&steps).expect("a submission");
            engine.read_var(graph.find_var("writing.tokens").expect("what is written")).expect("a read-back")
        };
        let of_cpu = written(&mut Cpu::new(graph.clone()).expect("a loaded graph"));
        for software in [false, true] {
            let mut device = pollster::block_on(async {
                let mut gpu = gpu().await;
                gpu.software = software;
                load(&gpu, &graph).await
            });
            for read in [true, false] {
                assert!(device.dispatches(next, read) <= 30, "{settings:?} takes {}", device.dispatches(next, read));
            }
            assert_eq!(written(&mut device), of_cpu, "{settings:?}");
        }
    }
}
