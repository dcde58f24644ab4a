//! The whole table on every engine, natively and in the browser.

use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_dfdx::Dfdx;
use terrarium_graph::{Engine, Graph, Result};
use terrarium_parity::{Case, Make, Mismatch, check, contract, optimisers, table, trainings};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn cpu(graph: Arc<Graph>) -> Result<Box<dyn Engine>> {
    Ok(Box::new(Cpu::new(graph)?))
}

fn dfdx(graph: Arc<Graph>) -> Result<Box<dyn Engine>> {
    Ok(Box::new(Dfdx::new(graph)?))
}

/// A real device where there is one, else Mesa's software device.
#[cfg(not(target_arch = "wasm32"))]
fn webgpu(graph: Arc<Graph>) -> Result<Box<dyn Engine>> {
    use std::sync::OnceLock;
    use terrarium_webgpu::{Gpu, WebGpu};
    static GPU: OnceLock<Gpu> = OnceLock::new();
    let request = || pollster::block_on(Gpu::request()).expect("a Vulkan device: on Debian, install mesa-vulkan-drivers");
    Ok(Box::new(pollster::block_on(WebGpu::load(GPU.get_or_init(request).clone(), graph, |_, _| ()))?))
}

/// Runs a check on every case and shows all that failed.
fn all<T>(cases: impl IntoIterator<Item = T>, check: impl Fn(T) -> std::result::Result<(), Mismatch>) {
    let failures: Vec<String> = cases.into_iter().filter_map(|case| check(case).err()).map(|m| m.to_string()).collect();
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

fn left_to_engines() -> impl Iterator<Item = Case> {
    table().into_iter().filter(|case| case.stated.is_none())
}

#[wasm_bindgen_test(unsupported = test)]
fn names_are_unique() {
    let mut names: Vec<String> = table().into_iter().map(|case| case.name).collect();
    names.sort();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[wasm_bindgen_test(unsupported = test)]
fn dfdx_gradients() {
    all(left_to_engines(), |case| check::gradients(&case, &dfdx));
}

#[wasm_bindgen_test(unsupported = test)]
fn dfdx_second_derivatives() {
    all(left_to_engines(), |case| check::second_derivatives(&case, &dfdx));
}

#[wasm_bindgen_test(unsupported = test)]
fn dfdx_stated() {
    all(table(), |case| check::stated(&case, &dfdx, true));
}

#[wasm_bindgen_test(unsupported = test)]
fn dfdx_optimisers() {
    all(optimisers::rules(), |rule| optimisers::formula(rule, &dfdx));
    all([()], |()| optimisers::live_rate(&dfdx));
}

#[wasm_bindgen_test(unsupported = test)]
fn cpu_and_dfdx() {
    all(left_to_engines(), |case| check::engines(&case, &cpu, &dfdx));
}

#[wasm_bindgen_test(unsupported = test)]
fn cpu_gradients() {
    all(left_to_engines(), |case| check::gradients(&case, &cpu));
}

#[wasm_bindgen_test(unsupported = test)]
fn cpu_second_derivatives() {
    all(left_to_engines(), |case| check::second_derivatives(&case, &cpu));
}

#[wasm_bindgen_test(unsupported = test)]
fn cpu_stated() {
    all(table(), |case| check::stated(&case, &cpu, false));
}

#[wasm_bindgen_test(unsupported = test)]
fn cpu_optimisers() {
    all(optimisers::rules(), |rule| optimisers::formula(rule, &cpu));
    all(optimisers::rules(), |rule| optimisers::engines(rule, &cpu, &dfdx));
    all([()], |()| optimisers::live_rate(&cpu));
}

#[wasm_bindgen_test(unsupported = test)]
fn cpu_trainings() {
    all(trainings::trainings(), |training| trainings::engines(&training, &cpu, &dfdx));
}

#[wasm_bindgen_test(unsupported = test)]
fn contracts() {
    all([&cpu as Make, &dfdx], contract);
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::*;

    #[test]
    fn webgpu_and_cpu() {
        all(left_to_engines(), |case| check::engines(&case, &webgpu, &cpu));
    }

    #[test]
    fn webgpu_stated() {
        all(table(), |case| check::stated(&case, &webgpu, false));
    }

    #[test]
    fn webgpu_optimisers() {
        all(optimisers::rules(), |rule| optimisers::engines(rule, &webgpu, &cpu));
        all([()], |()| optimisers::live_rate(&webgpu));
    }

    #[test]
    fn webgpu_trainings() {
        all(trainings::trainings(), |training| trainings::engines(&training, &webgpu, &cpu));
    }

    #[test]
    fn webgpu_contract() {
        all([()], |()| contract(&webgpu));
    }
}
