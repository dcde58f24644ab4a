//! What the engine's tests share.

use std::sync::Arc;

use terrarium_graph::{Engine, Graph, VarId, VarKind};
use terrarium_webgpu::{Gpu, WebGpu};

/// Tests that run natively and in the browser.
#[macro_export]
macro_rules! everywhere {
    ($($(#[$doc:meta])* async fn $name:ident() $body:block)*) => {$(
        $(#[$doc])*
        #[cfg(not(target_arch = "wasm32"))]
        #[test]
        fn $name() {
            pollster::block_on(async $body);
        }

        $(#[$doc])*
        #[cfg(target_arch = "wasm32")]
        #[wasm_bindgen_test::wasm_bindgen_test]
        async fn $name() $body
    )*};
}

pub async fn gpu() -> Gpu {
    Gpu::request().await.expect("a device: natively Vulkan, in Chromium with WebGPU switched on")
}

pub async fn load(gpu: &Gpu, graph: &Arc<Graph>) -> WebGpu {
    WebGpu::load(gpu.clone(), graph.clone(), |_, _| ()).await.expect("a loaded graph")
}

/// ‖a − b‖ / ‖b‖ of the parameters whose names begin so, all taken together.
#[allow(dead_code, reason = "not every test compares")]
pub async fn distance(a: &mut dyn Engine, b: &mut dyn Engine, names: &str) -> f32 {
    let graph = a.graph().clone();
    let is_meant = |id: &VarId| graph.var(*id).kind == VarKind::Parameter && graph.var(*id).name.starts_with(names);
    let vars: Vec<VarId> = graph.var_ids().filter(is_meant).collect();
    let values = [a.variables(&vars).await, b.variables(&vars).await].map(|values| values.expect("a read-back").concat());
    let norm = |x: &mut dyn Iterator<Item = f32>| x.map(|x| x * x).sum::<f32>().sqrt();
    norm(&mut values[0].iter().zip(&values[1]).map(|(a, b)| a - b)) / norm(&mut values[1].iter().copied())
}
