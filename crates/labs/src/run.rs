//! A model in training on one engine: the game's steps and its exact state.

use std::future::ready;
use std::sync::Arc;

use terrarium_graph::{Engine, Pending, ProgramId, VarKind, plan};

use crate::engines::{Engines, Loaded};
use crate::error::Result;
use crate::gan2d::{Model, Options};
use crate::protocol::{EngineKind, StepCost};
use crate::scene::Values;

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
    /// Where a run of a model begins.
    pub fn first(model: &Model, seed: u64) -> State {
        let variables = model.graph.var_ids().map(|var| model.graph.initial_values(var, seed)).collect();
        State { counters: Counters::default(), variables }
    }

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
    engine: Loaded,
    seed: u64,
    counters: Counters,
}

impl Run {
    /// A run at its beginning.
    pub async fn new(model: Arc<Model>, engines: &Engines, kind: EngineKind, seed: u64, options: &Options) -> Result<Run> {
        let first = State::first(&model, seed);
        Run::at(model, engines, kind, seed, options, &first).await
    }

    /// A run that has come to a state.
    pub async fn at(
        model: Arc<Model>,
        engines: &Engines,
        kind: EngineKind,
        seed: u64,
        options: &Options,
        state: &State,
    ) -> Result<Run> {
        let mut engine = engines.load(kind, model.graph.clone()).await?;
        engine.set_seed(seed);
        for (input, values) in &model.resident {
            engine.write_input(*input, values)?;
        }
        let mut run = Run { model, kind, engine, seed, counters: Counters::default() };
        run.restore(state)?;
        run.follow(options)?;
        Ok(run)
    }

    /// The same run on another engine, or once more on the same. This one stays as it is.
    pub async fn fork(&mut self, engines: &Engines, kind: EngineKind, options: &Options) -> Result<Run> {
        let state = self.state().await?;
        Run::at(self.model.clone(), engines, kind, self.seed, options, &state).await
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

    /// What a whole step costs, where nothing of it is read.
    pub fn cost(&self, discriminator_steps: u32) -> StepCost {
        let turns = [(self.model.discriminator_step, discriminator_steps), (self.model.generator_step, 1)];
        let flops = |program| plan(&self.model.graph, program).matmul_flops();
        let device = if let Loaded::WebGpu(engine) = &self.engine { Some(engine) } else { None };
        StepCost {
            flops: turns.iter().map(|&(program, times)| flops(program) * u64::from(times)).sum(),
            dispatches: device.map(|d| turns.iter().map(|&(program, times)| d.dispatches(program, false) as u32 * times).sum()),
            gpu_bytes: device.map(|d| d.memory_bytes()),
        }
    }

    pub fn counters(&self) -> Counters {
        self.counters
    }

    pub fn state(&mut self) -> Pending<State> {
        let vars: Vec<_> = self.model.graph.var_ids().collect();
        let (counters, variables) = (self.counters, self.engine.variables(&vars));
        Box::pin(async move { Ok(State { counters, variables: variables.await? }) })
    }

    /// All parameters of the generator, and all of the discriminator.
    pub fn parameters(&mut self) -> Pending<[Vec<f32>; 2]> {
        let graph = &self.model.graph;
        let parameters: Vec<_> = graph.var_ids().filter(|&var| graph.var(var).kind == VarKind::Parameter).collect();
        let networks: Vec<usize> =
            parameters.iter().map(|&var| usize::from(!graph.var(var).name.starts_with("generator"))).collect();
        let values = self.engine.variables(&parameters);
        Box::pin(async move {
            let mut of_networks = [Vec::new(), Vec::new()];
            for (network, values) in networks.into_iter().zip(values.await?) {
                of_networks[network].extend(values);
            }
            Ok(of_networks)
        })
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

    /// Lets one network learn once, in a way that [`Run::reading`] can tell of.
    pub fn advance(&mut self, player: Player) -> Result<()> {
        let (program, step) = self.turn(player);
        Ok(self.engine.run(program, step)?)
    }

    /// Sends off whole steps, of which only what was learnt remains: for each the discriminator's turns that are left, then the
    /// generator's.
    pub fn advance_steps(&mut self, steps: u32, discriminator_steps: u32) -> Result<()> {
        let mut turns = Vec::new();
        for _ in 0..steps {
            while self.next(discriminator_steps) == Player::Discriminator {
                turns.push(self.turn(Player::Discriminator));
            }
            turns.push(self.turn(Player::Generator));
        }
        Ok(self.engine.advance(&turns)?)
    }

    /// Counts a network's turn, and gives what is to be run for it.
    fn turn(&mut self, player: Player) -> (ProgramId, u32) {
        match player {
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
        }
    }

    /// Done when all steps sent off before are.
    pub fn finished(&self) -> Pending<()> {
        self.engine.finished()
    }

    /// What the step that [`Run::advance`] made last told.
    pub fn reading(&mut self, player: Player) -> Pending<Reading> {
        let program = match player {
            Player::Discriminator => self.model.discriminator_step,
            Player::Generator => self.model.generator_step,
        };
        let outputs = self.engine.outputs(program);
        Box::pin(async move {
            let scalars = outputs.await?.concat();
            let (loss, gradient_norms) =
                scalars.split_first().map_or((f32::NAN, Vec::new()), |(loss, norms)| (*loss, norms.to_vec()));
            Ok(Reading { loss, gradient_norms })
        })
    }

    /// Evaluates a program of the model that learns nothing, and gives its first output.
    pub fn look(&mut self, program: ProgramId) -> Result<Pending<Vec<f32>>> {
        self.engine.run(program, self.counters.generator_steps + 1)?;
        let outputs = self.engine.outputs(program);
        Ok(Box::pin(async move { Ok(outputs.await?.into_iter().next().unwrap_or_default()) }))
    }

    /// The same, left on the device if the engine has one.
    pub fn look_on_device(&mut self, program: ProgramId) -> Result<Pending<Values>> {
        if let Loaded::WebGpu(engine) = &mut self.engine {
            engine.run(program, self.counters.generator_steps + 1)?;
            let kept = engine.keep(program, 0)?;
            return Ok(Box::pin(ready(Ok(Values::Device(kept)))));
        }
        let values = self.look(program)?;
        Ok(Box::pin(async move { Ok(Values::Host(values.await?)) }))
    }
}
