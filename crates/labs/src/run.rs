//! A model in training on one engine: the game's steps and its exact state.

use std::sync::Arc;

use terrarium_graph::{Engine, ProgramId, VarKind};

use crate::error::Result;
use crate::gan2d::{Model, Options};
use crate::protocol::EngineKind;

/// Steps made since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub discriminator_steps: u32,
    pub generator_steps: u32,
    /// Discriminator steps since the last generator step.
    pub since_generator: u32,
}

/// All that a run needs to go on as if it had never stopped, but for its set-up.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub counters: Counters,
    /// Values of the graph's variables, in its order.
    pub variables: Vec<Vec<f32>>,
}

impl State {
    pub fn is_finite(&self) -> bool {
        self.variables.iter().flatten().all(|v| v.is_finite())
    }
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Player {
    Discriminator,
    Generator,
}

/// What a step's program tells besides learning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub loss: f32,
    /// Norm of the gradient of each layer's weights.
    pub gradient_norms: Vec<f32>,
}

impl Reading {
    pub fn is_finite(&self) -> bool {
        self.loss.is_finite() && self.gradient_norms.iter().all(|n| n.is_finite())
    }
}

/// A model in training.
pub struct Run {
    model: Arc<Model>,
    kind: EngineKind,
    engine: Box<dyn Engine>,
    seed: u64,
    counters: Counters,
}

impl Run {
    /// A run at its beginning.
    pub fn new(model: Arc<Model>, kind: EngineKind, seed: u64, options: &Options) -> Result<Run> {
        let mut engine = kind.load(model.graph.clone())?;
        engine.initialise(seed)?;
        for (input, values) in &model.resident {
            engine.write_input(*input, values)?;
        }
        let mut run = Run { model, kind, engine, seed, counters: Counters::default() };
        run.follow(options)?;
        Ok(run)
    }

    /// The same run on another engine, or once more on the same. This one stays as it is.
    pub fn fork(&mut self, kind: EngineKind, options: &Options) -> Result<Run> {
        let mut fork = Run::new(self.model.clone(), kind, self.seed, options)?;
        fork.restore(&self.state()?)?;
        Ok(fork)
    }

    /// Takes over live settings.
    pub fn follow(&mut self, options: &Options) -> Result<()> {
        for (input, value) in self.model.live(options) {
            self.engine.write_input(input, &[value])?;
        }
        Ok(())
    }

    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    pub fn engine(&self) -> EngineKind {
        self.kind
    }

    pub fn counters(&self) -> Counters {
        self.counters
    }

    pub fn state(&mut self) -> Result<State> {
        let variables = self.model.graph.var_ids().map(|var| self.engine.read_var(var)).collect::<std::result::Result<_, _>>()?;
        Ok(State { counters: self.counters, variables })
    }

    /// All parameters of the generator, and all of the discriminator.
    pub fn parameters(&mut self) -> Result<[Vec<f32>; 2]> {
        let graph = self.model.graph.clone();
        let mut networks = [Vec::new(), Vec::new()];
        for id in graph.var_ids() {
            let var = graph.var(id);
            if var.kind == VarKind::Parameter {
                let network = usize::from(!var.name.starts_with("generator"));
                networks[network].extend(self.engine.read_var(id)?);
            }
        }
        Ok(networks)
    }

    /// Goes back, or on, to a state of a run of the same model and seed.
    pub fn restore(&mut self, state: &State) -> Result<()> {
        for (var, values) in self.model.graph.var_ids().zip(&state.variables) {
            self.engine.write_var(var, values)?;
        }
        self.counters = state.counters;
        Ok(())
    }

    /// Who moves next, where the discriminator makes so many steps before each of the generator.
    pub fn next(&self, discriminator_steps: u32) -> Player {
        if self.counters.since_generator < discriminator_steps { Player::Discriminator } else { Player::Generator }
    }

    /// Lets one network learn once. What the step tells besides is computed only if it is going to be `read`.
    pub fn advance(&mut self, player: Player, read: bool) -> Result<()> {
        let (program, step) = match player {
            Player::Discriminator => {
                self.counters.since_generator += 1;
                self.counters.discriminator_steps += 1;
                (self.model.discriminator_step, self.counters.discriminator_steps)
            }
            Player::Generator => {
                self.counters.since_generator = 0;
                self.counters.generator_steps += 1;
                (self.model.generator_step, self.counters.generator_steps)
            }
        };
        let stepped = if read { self.engine.run(program, step) } else { self.engine.advance(&[(program, step)]) };
        Ok(stepped?)
    }

    /// What the step that [`Run::advance`] made last told, if that was to be read.
    pub fn reading(&mut self, player: Player) -> Result<Reading> {
        let (program, layers) = match player {
            Player::Discriminator => (self.model.discriminator_step, self.model.discriminator_layers),
            Player::Generator => (self.model.generator_step, self.model.generator_layers),
        };
        let mut scalar = |output| Ok(self.engine.output(program, output)?[0]);
        Ok(Reading { loss: scalar(0)?, gradient_norms: (1..=layers).map(scalar).collect::<Result<_>>()? })
    }

    /// Evaluates a program of the model that learns nothing, and gives its first output.
    pub fn look(&mut self, program: ProgramId) -> Result<Vec<f32>> {
        self.engine.run(program, self.counters.generator_steps + 1)?;
        Ok(self.engine.output(program, 0)?)
    }
}
