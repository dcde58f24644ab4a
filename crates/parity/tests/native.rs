//! The table, natively.
#![cfg(not(target_arch = "wasm32"))]

use std::sync::Arc;

use terrarium_dfdx::Dfdx;
use terrarium_graph::{Engine, Graph, Result};
use terrarium_parity::{Case, Mismatch, check, optimisers, table};

fn dfdx(graph: Arc<Graph>) -> Result<Box<dyn Engine>> {
    Ok(Box::new(Dfdx::new(graph)?))
}

/// Runs a check on every case and shows all that failed.
fn all<T>(cases: impl IntoIterator<Item = T>, check: impl Fn(T) -> std::result::Result<(), Mismatch>) {
    let failures: Vec<String> = cases.into_iter().filter_map(|case| check(case).err()).map(|m| m.to_string()).collect();
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

fn left_to_engines() -> impl Iterator<Item = Case> {
    table().into_iter().filter(|case| case.stated.is_none())
}

#[test]
fn names_are_unique() {
    let mut names: Vec<String> = table().into_iter().map(|case| case.name).collect();
    names.sort();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn dfdx_gradients() {
    all(left_to_engines(), |case| check::gradients(&case, &dfdx));
}

#[test]
fn dfdx_second_derivatives() {
    all(left_to_engines(), |case| check::second_derivatives(&case, &dfdx));
}

#[test]
fn dfdx_stated() {
    all(table(), |case| check::stated(&case, &dfdx, true));
}

#[test]
fn dfdx_optimisers() {
    all(optimisers::rules(), |rule| optimisers::formula(rule, &dfdx));
    all([()], |()| optimisers::live_rate(&dfdx));
}
