//! What engines are checked against: one [`table`] of cases, and checks that run any case on any engine.
//!
//! A [`Case`] is an operation, or a few of them, over given parameters. Of it the checks make a loss, the sum of its values
//! times random weights, and four programs ([`Subject`]): the value, its gradients as graph nodes, its gradients as a step
//! takes them, and second derivatives. Then
//! - [`check::engines`] compares two engines' values and gradients;
//! - [`check::gradients`] compares one engine's gradients of both kinds, and both with central differences of its values;
//! - [`check::second_derivatives`] compares second derivatives with central differences of gradients;
//! - [`check::stated`] compares values at NaN, ±∞ and ties with what the table says they are;
//!
//! Beside the table, [`optimisers`] checks rules, [`trainings`] how steps work together, [`contract`] what an
//! engine promises beside numbers, and [`drift`] compares whole runs.

mod case;
pub mod check;
mod contract;
mod drift;
mod images;
mod mismatch;
pub mod optimisers;
mod subject;
mod table;
mod texts;
pub mod trainings;

use std::sync::Arc;

use terrarium_graph::{Engine, Graph, Pending};

pub use case::{Case, Given, Stated, Values};
pub use contract::contract;
pub use drift::{Drift, drift};
pub use mismatch::{Mismatch, Tolerance};
pub use subject::Subject;
pub use table::table;

/// How to make an engine for a graph. Making and reading back are waited for, as a device in a page must be.
pub type Make<'a> = &'a dyn Fn(Arc<Graph>) -> Pending<Box<dyn Engine>>;
