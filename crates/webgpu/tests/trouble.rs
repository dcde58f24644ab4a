//! What goes wrong on a device is told in words, natively and in the browser, and nothing waits for ever.

mod common;

use std::sync::Arc;

use common::{gpu, load};
use terrarium_graph::{Builder, Engine, Graph, Init, Result};
use terrarium_webgpu::WebGpu;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Doubles a parameter of `len` numbers.
fn graph(len: usize) -> Arc<Graph> {
    let b = Builder::new();
    let w = b.parameter("w", [len], Init::Normal(1.0));
    b.program("double", &[("doubled", w * 2.0)]);
    Arc::new(b.finish().expect("a graph without mistakes"))
}

fn words<T>(result: Result<T>) -> String {
    result.map(|_| ()).expect_err("trouble").to_string()
}

everywhere! {
    async fn a_lost_device_says_so_and_keeps_nobody_waiting() {
        let (gpu, graph) = (gpu().await, graph(100));
        let mut engine = load(&gpu, &graph).await;
        let (double, vars) = (graph.find_program("double").expect("the program"), [graph.find_var("w").expect("the parameter")]);
        engine.initialise(1).expect("room for the parameter");
        engine.run(double, 1).expect("a run");
        let under_way = [engine.outputs(double), engine.variables(&vars)];
        gpu.destroy();
        for pending in under_way {
            // It ends: in an error, or with what the device had done before it was lost.
            if let Ok(values) = pending.await {
                assert_eq!(values[0].len(), 100);
            }
        }
        assert!(words(engine.finished().await).contains("lost"));
        assert!(words(gpu.check()).contains("lost"));
        assert!(words(engine.run(double, 2)).contains("lost"));
        assert!(words(engine.advance(&[(double, 3)])).contains("lost"));
        assert!(words(engine.outputs(double).await).contains("lost"));
        assert!(words(engine.variables(&vars).await).contains("lost"));
        assert!(words(WebGpu::load(gpu, graph, |_, _| ()).await).contains("lost"));
    }
}

everywhere! {
    async fn what_does_not_fit_is_refused_and_leaves_the_device_good() {
        let gpu = gpu().await;
        let most = gpu.device.limits().max_storage_buffer_binding_size / 4;
        let message = words(WebGpu::load(gpu.clone(), graph(most as usize + 1), |_, _| ()).await);
        assert!(message.contains("parameters") && message.contains("MB"), "{message}");
        gpu.check().expect("a good device");
        load(&gpu, &graph(100)).await;
    }
}

everywhere! {
    async fn a_read_back_that_nobody_waits_for_is_in_nobodys_way() {
        let (gpu, graph) = (gpu().await, graph(100));
        let mut engine = load(&gpu, &graph).await;
        let vars = [graph.find_var("w").expect("the parameter")];
        engine.initialise(1).expect("room for the parameter");
        let expected = [graph.initial_values(vars[0], 1)];
        let before = engine.memory_bytes();
        for _ in 0..20 {
            drop(engine.variables(&vars));
            assert_eq!(engine.variables(&vars).await.expect("values"), expected);
        }
        // One buffer for what was waited for; what was not is given up.
        assert_eq!(engine.memory_bytes() - before, 512);
        gpu.check().expect("a good device");
    }
}

everywhere! {
    async fn pipelines_are_shared_by_all_loads_on_a_device() {
        let (gpu, graph) = (gpu().await, graph(100));
        let mut compiled = [Vec::new(), Vec::new()];
        for heard in &mut compiled {
            WebGpu::load(gpu.clone(), graph.clone(), |done, of| heard.push((done, of))).await.expect("a loaded graph");
        }
        assert_eq!(compiled, [vec![(0, 1), (1, 1)], vec![(0, 0)]]);
    }
}
