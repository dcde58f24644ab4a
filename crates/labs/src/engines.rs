//! The engines there are, by name.

use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_dfdx::Dfdx;
use terrarium_graph::{Engine, Graph, Result};

use crate::protocol::EngineKind;

impl EngineKind {
    pub const ALL: [EngineKind; 2] = [EngineKind::Cpu, EngineKind::Dfdx];

    /// Its name in flags and reports.
    pub fn slug(self) -> &'static str {
        match self {
            EngineKind::Cpu => "cpu",
            EngineKind::Dfdx => "dfdx",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        EngineKind::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// An engine of this kind with a graph loaded.
    ///
    /// # Errors
    /// Where the engine cannot run the graph, or there is too little memory.
    pub fn load(self, graph: Arc<Graph>) -> Result<Box<dyn Engine>> {
        Ok(match self {
            EngineKind::Cpu => Box::new(Cpu::new(graph)?),
            EngineKind::Dfdx => Box::new(Dfdx::new(graph)?),
        })
    }
}
