//! The whole table on every engine, natively and in the browser.

use std::collections::BTreeMap;
use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_dfdx::Dfdx;
use terrarium_graph::{Engine, Graph, Pending};
use terrarium_parity::{Case, Make, Mismatch, check, contract, optimisers, table, trainings};
use terrarium_webgpu::{Gpu, WebGpu};

/// Tests that run natively and in the browser.
macro_rules! everywhere {
    ($(async fn $name:ident() $body:block)*) => {$(
        #[cfg(not(target_arch = "wasm32"))]
        #[test]
        fn $name() {
            pollster::block_on(async $body);
        }

        #[cfg(target_arch = "wasm32")]
        #[wasm_bindgen_test::wasm_bindgen_test]
        async fn $name() $body
    )*};
}

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn cpu(graph: Arc<Graph>) -> Pending<Box<dyn Engine>> {
    Box::pin(async { Ok(Box::new(Cpu::new(graph)?) as Box<dyn Engine>) })
}

fn dfdx(graph: Arc<Graph>) -> Pending<Box<dyn Engine>> {
    Box::pin(async { Ok(Box::new(Dfdx::new(graph)?) as Box<dyn Engine>) })
}

/// Loads graphs on one device. Where that is a software device it is used like a real one, whose kernels are the harder ones.
async fn webgpu() -> impl Fn(Arc<Graph>) -> Pending<Box<dyn Engine>> {
    let mut gpu = Gpu::request().await.expect("a device: on Debian, install mesa-vulkan-drivers; in Chromium, switch WebGPU on");
    gpu.software = false;
    move |graph| {
        let load = WebGpu::load(gpu.clone(), graph, |_, _| ());
        Box::pin(async { Ok(Box::new(load.await?) as Box<dyn Engine>) })
    }
}

/// Runs a check on every case and shows all that failed.
async fn all<T>(cases: impl IntoIterator<Item = T>, check: impl AsyncFn(T) -> Result<(), Mismatch>) {
    let mut failures = Vec::new();
    for case in cases {
        failures.extend(check(case).await.err().map(|mismatch| mismatch.to_string()));
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

fn left_to_engines() -> impl Iterator<Item = Case> {
    table().into_iter().filter(|case| case.stated.is_none())
}

/// Of each operation one row, with another's shapes than its neighbour: where a device is slow, and each row a few kernels to be
/// compiled.
fn one_of_each() -> impl Iterator<Item = Case> {
    let mut of_each: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for case in left_to_engines() {
        let operation = case.name.split(" of ").next().unwrap_or_default().to_string();
        of_each.entry(operation).or_default().push(case);
    }
    of_each.into_values().enumerate().map(|(i, mut rows)| rows.swap_remove(i % rows.len()))
}

everywhere! {
    async fn names_are_unique() {
        let mut names: Vec<String> = table().into_iter().map(|case| case.name).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    async fn dfdx_gradients() {
        all(left_to_engines(), async |case| check::gradients(&case, &dfdx).await).await;
    }

    async fn dfdx_second_derivatives() {
        all(left_to_engines(), async |case| check::second_derivatives(&case, &dfdx).await).await;
    }

    async fn dfdx_stated() {
        all(table(), async |case| check::stated(&case, &dfdx, true).await).await;
    }

    async fn dfdx_optimisers() {
        all(optimisers::rules(), async |rule| optimisers::formula(rule, &dfdx).await).await;
        all([()], async |()| optimisers::live_rate(&dfdx).await).await;
    }

    async fn cpu_and_dfdx() {
        all(left_to_engines(), async |case| check::engines(&case, &cpu, &dfdx).await).await;
    }

    async fn cpu_gradients() {
        all(left_to_engines(), async |case| check::gradients(&case, &cpu).await).await;
    }

    async fn cpu_second_derivatives() {
        all(left_to_engines(), async |case| check::second_derivatives(&case, &cpu).await).await;
    }

    async fn cpu_stated() {
        all(table(), async |case| check::stated(&case, &cpu, false).await).await;
    }

    async fn cpu_optimisers() {
        all(optimisers::rules(), async |rule| optimisers::formula(rule, &cpu).await).await;
        all(optimisers::rules(), async |rule| optimisers::engines(rule, &cpu, &dfdx).await).await;
        all([()], async |()| optimisers::live_rate(&cpu).await).await;
    }

    async fn cpu_trainings() {
        all(trainings::trainings(), async |training| trainings::engines(&training, &cpu, &dfdx).await).await;
    }

    async fn contracts() {
        all([&cpu as Make, &dfdx], contract).await;
    }

    async fn webgpu_and_cpu_on_one_row_of_each() {
        let webgpu = webgpu().await;
        all(one_of_each(), async |case| check::engines(&case, &webgpu, &cpu).await).await;
    }

    async fn webgpu_stated() {
        let webgpu = webgpu().await;
        all(table(), async |case| check::stated(&case, &webgpu, false).await).await;
    }

    async fn webgpu_optimisers() {
        let webgpu = webgpu().await;
        all(optimisers::rules(), async |rule| optimisers::engines(rule, &webgpu, &cpu).await).await;
        all([()], async |()| optimisers::live_rate(&webgpu).await).await;
    }

    async fn webgpu_trainings() {
        let webgpu = webgpu().await;
        all(trainings::trainings(), async |training| trainings::engines(&training, &webgpu, &cpu).await).await;
    }

    async fn webgpu_contract() {
        let webgpu = webgpu().await;
        all([()], async |()| contract(&webgpu).await).await;
    }
}

/// All rows natively, in two halves that two threads can share.
#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::*;

    fn webgpu_and_cpu(half: usize) {
        pollster::block_on(async {
            let webgpu = webgpu().await;
            let rows = left_to_engines().skip(half).step_by(2);
            all(rows, async |case| check::engines(&case, &webgpu, &cpu).await).await;
        });
    }

    #[test]
    fn webgpu_and_cpu_on_even_rows() {
        webgpu_and_cpu(0);
    }

    #[test]
    fn webgpu_and_cpu_on_odd_rows() {
        webgpu_and_cpu(1);
    }
}
