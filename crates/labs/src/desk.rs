//! Where a run is worked on: commands come in, time passes, events go out. The page's worker is a thin shell around it.

use crate::protocol::{Command, Event, Layers};
use crate::scene::Scene;

/// A run and everything around it that does not need a page.
pub struct Desk {
    clock: Box<dyn Fn() -> f64>,
}

impl Desk {
    /// `clock` tells milliseconds since any fixed moment.
    pub fn new(clock: impl Fn() -> f64 + 'static) -> Self {
        Desk { clock: Box::new(clock) }
    }

    /// Carries out a command. [`Command::Layers`], [`Command::View`] and [`Command::Picture`] are for whoever paints, and
    /// do nothing here.
    pub fn handle(&mut self, command: Command) -> Vec<Event> {
        let _ = (command, (self.clock)());
        Vec::new()
    }

    /// Works for about `budget_ms`, if there is work: trains, compares, measures.
    pub fn tick(&mut self, budget_ms: f64) -> Vec<Event> {
        let _ = budget_ms;
        Vec::new()
    }

    /// Milliseconds until there is work: 0 while a run plays at full pace, and `None` if there is none before the next
    /// command.
    pub fn wait_ms(&self) -> Option<f64> {
        None
    }

    /// A number that changes whenever the scene may have.
    pub fn revision(&self) -> u64 {
        0
    }

    /// What is to be painted, with only the layers that are switched on; `None` before the first run.
    pub fn scene(&mut self, layers: Layers) -> Option<Scene> {
        let _ = layers;
        None
    }
}
