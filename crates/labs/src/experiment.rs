//! What a lab trains and measures, whatever it is.

use std::future::ready;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;

use terrarium_graph::{Graph, InputId, Pending, ProgramId, VarId, VarKind};

use crate::error::{Error, Result};
use crate::protocol::{Answer, Chart, Network, Question, Show, Trouble};
use crate::scene::{Scene, Values};
use crate::settings::Settings;

/// What is trained.
pub struct Course {
    pub graph: Arc<Graph>,
    /// Programs by which networks learn in turn. The turn of the last ends a step.
    pub players: Vec<ProgramId>,
    /// What stays in an engine all through a run.
    pub resident: Vec<(InputId, Vec<f32>)>,
    /// The same of indices.
    pub resident_indices: Vec<(InputId, Vec<u32>)>,
    /// What some variables start as, instead of values of their own.
    pub start: Vec<(VarId, Vec<f32>)>,
}

impl Course {
    /// What a variable starts as in a run with this seed.
    pub fn first_values(&self, var: VarId, seed: u64) -> Vec<f32> {
        let started = self.start.iter().find(|(started, _)| *started == var);
        started.map_or_else(|| self.graph.initial_values(var, seed), |(_, values)| values.clone())
    }

    /// The networks, which are what the names of parameters begin with.
    pub fn networks(&self) -> Vec<Network> {
        let mut networks: Vec<Network> = Vec::new();
        for var in self.graph.vars.iter().filter(|var| var.kind == VarKind::Parameter) {
            let (name, elements) = (network(&var.name), var.shape.elements() as u32);
            match networks.iter_mut().find(|network| network.name == name) {
                Some(network) => network.parameters += elements,
                None => networks.push(Network { name: name.to_string(), parameters: elements }),
            }
        }
        networks
    }
}

/// The network that a parameter is of.
pub(crate) fn network(parameter: &str) -> &str {
    parameter.split('.').next().unwrap_or(parameter)
}

/// A model as it stands, to be looked at. Programs that are evaluated here learn nothing, and only their first output counts.
pub trait Stage {
    /// Steps made.
    fn step(&self) -> u32;

    /// Gives an input its values, for the programs evaluated from now on.
    fn write(&mut self, input: InputId, values: &[f32]) -> Result<()>;

    /// The same for an input of indices.
    fn write_indices(&mut self, input: InputId, values: &[u32]) -> Result<()>;

    /// Gives a variable that programs assign its values.
    fn set(&mut self, var: VarId, values: &[f32]) -> Result<()>;

    /// Runs a program once for each of these numbers of steps, by which its noise goes.
    fn repeat(&mut self, program: ProgramId, steps: Range<u32>) -> Result<()>;

    /// The values of variables.
    fn variables(&mut self, vars: &[VarId]) -> Pending<Vec<Vec<f32>>>;

    /// Evaluates a program, for the processor.
    fn read(&mut self, program: ProgramId) -> Result<Pending<Vec<f32>>>;

    /// Evaluates a program, for whoever paints.
    fn show(&mut self, program: ProgramId) -> Result<Pending<Values>>;
}

/// An answer on its way.
pub type Asked<'a> = Pin<Box<dyn Future<Output = Result<Answer>> + 'a>>;

/// A lab's set-up in the making: its model, what it is measured by, and what is shown of it.
pub trait Experiment {
    fn course(&self) -> &Arc<Course>;

    /// Takes over live settings.
    fn follow(&mut self, settings: &Settings);

    /// What a checkpoint is to tell of the run besides, by name.
    fn metadata(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The inputs that follow live settings, with their values.
    fn live(&self) -> Vec<(InputId, f32)>;

    /// How often each player learns in a step.
    fn rhythm(&self) -> Vec<u32>;

    /// What the values of a row of measures are, as charts.
    fn charts(&self) -> Vec<Chart>;

    /// What the colours of the scenes' dots stand for, in the order of their kinds.
    fn kinds(&self) -> Vec<String> {
        Vec::new()
    }

    /// Programs that are run so many times each before a row of measures is taken, for the looks to see what these have made.
    fn before_looks(&self) -> Vec<(ProgramId, u32)> {
        Vec::new()
    }

    /// Programs whose first outputs a row of measures is made of, besides what the players' steps tell.
    fn looks(&self) -> Vec<ProgramId>;

    /// A row of measures: of all outputs, one after the other, of the step of each player that was read last, and of what the
    /// looks gave. All of these are finite.
    fn measure(&mut self, step: u32, readings: &[Vec<f32>], looks: &[Vec<f32>]) -> Vec<Option<f32>>;

    /// The run met a number that is none, and went back.
    fn broke(&mut self);

    /// What the run suffers from.
    fn trouble(&self) -> Option<Trouble>;

    /// What is to be painted at a step.
    fn scene(&mut self, step: u32, show: Show, stage: &mut dyn Stage) -> Result<Pending<Scene>>;

    /// Answers what a visitor asks. An answer that takes a while tells `progress`, from 0 to 1.
    fn ask<'a>(&'a mut self, _question: Question, _stage: &'a mut dyn Stage, _progress: &'a dyn Fn(f32)) -> Asked<'a> {
        unanswered()
    }
}

/// What a lab says to a question that is none of its own.
pub fn unanswered<'a>() -> Asked<'a> {
    Box::pin(ready(Err(Error("This lab has no answer to that.".to_string()))))
}
