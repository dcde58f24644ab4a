//! A model in training on one engine: its steps and its exact state.

use std::future::ready;
use std::ops::Range;
use std::sync::Arc;

use terrarium_graph::{Engine, InputId, Pending, ProgramId, VarId, VarKind, plan};

use crate::engines::{Engines, Loaded};
use crate::error::Result;
use crate::experiment::{Course, network};
use crate::protocol::{EngineKind, StepCost};
use crate::scene::Values;

/// Turns had since the run began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Of each player.
    pub turns: Vec<u32>,
    /// Of each since the last step ended.
    pub since: Vec<u32>,
}

impl Counters {
    pub fn none(players: usize) -> Counters {
        Counters { turns: vec![0; players], since: vec![0; players] }
    }

    /// Steps made: the last player's turns.
    pub fn steps(&self) -> u32 {
        self.turns.last().copied().unwrap_or(0)
    }

    /// Whether the next turn is the first of a step.
    pub fn begins(&self) -> bool {
        self.since.iter().all(|turns| *turns == 0)
    }

    /// Whose turn is next, where each player has so many in a step.
    pub fn next(&self, rhythm: &[u32]) -> usize {
        let waiting = self.since.iter().zip(rhythm).position(|(had, due)| had < due);
        waiting.unwrap_or(self.since.len().saturating_sub(1))
    }

    /// Counts a turn, and gives its number among the player's.
    fn count(&mut self, player: usize) -> u32 {
        self.turns[player] += 1;
        self.since[player] += 1;
        if player + 1 == self.turns.len() {
            self.since.fill(0);
        }
        self.turns[player]
    }
}

/// All that a run needs to go on as if it had never stopped, but for its set-up.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub counters: Counters,
    /// Values of the graph's variables but for what is scratch, in its order.
    pub variables: Vec<Vec<f32>>,
}

impl State {
    /// Where a run begins.
    pub fn first(course: &Course, seed: u64) -> State {
        let variables = course.graph.kept().map(|var| course.first_values(var, seed)).collect();
        State { counters: Counters::none(course.players.len()), variables }
    }

    pub fn is_finite(&self) -> bool {
        self.variables.iter().flatten().all(|v| v.is_finite())
    }
}

/// A model in training.
pub struct Run {
    course: Arc<Course>,
    kind: EngineKind,
    engine: Loaded,
    counters: Counters,
}

impl Run {
    /// A run that has come to a state.
    pub async fn at(course: Arc<Course>, engines: &Engines, kind: EngineKind, seed: u64, state: &State) -> Result<Run> {
        let mut engine = engines.load(kind, course.graph.clone()).await?;
        engine.set_seed(seed);
        for (input, values) in &course.resident {
            engine.write_input(*input, values)?;
        }
        for (input, values) in &course.resident_indices {
            engine.write_indices(*input, values)?;
        }
        let mut run = Run { course, kind, engine, counters: Counters::default() };
        run.restore(state)?;
        Ok(run)
    }

    /// Takes over live values.
    pub fn follow(&mut self, live: &[(InputId, f32)]) -> Result<()> {
        live.iter().try_for_each(|(input, value)| self.write(*input, &[*value]))
    }

    /// Gives an input its values.
    pub fn write(&mut self, input: InputId, values: &[f32]) -> Result<()> {
        Ok(self.engine.write_input(input, values)?)
    }

    /// Gives an input of indices its values.
    pub fn write_indices(&mut self, input: InputId, values: &[u32]) -> Result<()> {
        Ok(self.engine.write_indices(input, values)?)
    }

    /// Gives a variable its values.
    pub fn set(&mut self, var: VarId, values: &[f32]) -> Result<()> {
        Ok(self.engine.write_var(var, values)?)
    }

    /// The values of variables.
    pub fn variables(&mut self, vars: &[VarId]) -> Pending<Vec<Vec<f32>>> {
        self.engine.variables(vars)
    }

    /// Runs a program that learns nothing, once for each number of a step.
    pub fn repeat(&mut self, program: ProgramId, steps: Range<u32>) -> Result<()> {
        let steps: Vec<_> = steps.map(|step| (program, step)).collect();
        Ok(self.engine.advance(&steps)?)
    }

    pub fn engine(&self) -> EngineKind {
        self.kind
    }

    /// What a whole step costs, where nothing of it is read.
    pub fn cost(&self, rhythm: &[u32]) -> StepCost {
        let turns = || self.course.players.iter().zip(rhythm);
        let flops = |program| plan(&self.course.graph, program).matmul_flops();
        let device = if let Loaded::WebGpu(engine) = &self.engine { Some(engine) } else { None };
        StepCost {
            flops: turns().map(|(&program, times)| flops(program) * u64::from(*times)).sum(),
            dispatches: device.map(|d| turns().map(|(&program, times)| d.dispatches(program, false) as u32 * times).sum()),
            gpu_bytes: device.map(|d| d.memory_bytes()),
        }
    }

    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    pub fn state(&mut self) -> Pending<State> {
        let vars: Vec<_> = self.course.graph.kept().collect();
        let (counters, variables) = (self.counters.clone(), self.engine.variables(&vars));
        Box::pin(async move { Ok(State { counters, variables: variables.await? }) })
    }

    /// All parameters, network by network.
    pub fn parameters(&mut self) -> Pending<Vec<Vec<f32>>> {
        let graph = &self.course.graph;
        let names: Vec<String> = self.course.networks().into_iter().map(|network| network.name).collect();
        let parameters: Vec<_> = graph.var_ids().filter(|&var| graph.var(var).kind == VarKind::Parameter).collect();
        let of: Vec<_> = parameters
            .iter()
            .map(|&var| names.iter().position(|name| name == network(&graph.var(var).name)).unwrap_or_default())
            .collect();
        let values = self.engine.variables(&parameters);
        Box::pin(async move {
            let mut networks = vec![Vec::new(); names.len()];
            for (network, values) in of.into_iter().zip(values.await?) {
                networks[network].extend(values);
            }
            Ok(networks)
        })
    }

    /// Goes back, or on, to a state of a run of the same model and seed.
    pub fn restore(&mut self, state: &State) -> Result<()> {
        for (var, values) in self.course.graph.kept().zip(&state.variables) {
            self.engine.write_var(var, values)?;
        }
        self.counters = state.counters.clone();
        Ok(())
    }

    /// Lets one network learn once, in a way that [`Run::reading`] can tell of.
    pub fn advance(&mut self, player: usize) -> Result<()> {
        let (program, turn) = self.turn(player);
        Ok(self.engine.run(program, turn)?)
    }

    /// Sends off whole steps, of which only what was learnt remains: for each the turns that are left of the `rhythm`.
    pub fn advance_steps(&mut self, steps: u32, rhythm: &[u32]) -> Result<()> {
        let mut turns = Vec::new();
        let end = self.counters.steps() + steps;
        while self.counters.steps() < end {
            turns.push(self.turn(self.counters.next(rhythm)));
        }
        Ok(self.engine.advance(&turns)?)
    }

    /// Counts a turn, and gives what is to be run for it.
    fn turn(&mut self, player: usize) -> (ProgramId, u32) {
        (self.course.players[player], self.counters.count(player))
    }

    /// Done when all steps sent off before are.
    pub fn finished(&self) -> Pending<()> {
        self.engine.finished()
    }

    /// All outputs, one after the other, of the turn that [`Run::advance`] made last.
    pub fn reading(&mut self, player: usize) -> Pending<Vec<f32>> {
        let outputs = self.engine.outputs(self.course.players[player]);
        Box::pin(async move { Ok(outputs.await?.concat()) })
    }

    /// Evaluates a program of the model that learns nothing, and gives its first output.
    pub fn look(&mut self, program: ProgramId) -> Result<Pending<Vec<f32>>> {
        self.engine.run(program, self.counters.steps() + 1)?;
        let outputs = self.engine.outputs(program);
        Ok(Box::pin(async move { Ok(outputs.await?.into_iter().next().unwrap_or_default()) }))
    }

    /// The same, left on the device if the engine has one.
    pub fn look_on_device(&mut self, program: ProgramId) -> Result<Pending<Values>> {
        if let Loaded::WebGpu(engine) = &mut self.engine {
            engine.run(program, self.counters.steps() + 1)?;
            let kept = engine.keep(program, 0)?;
            return Ok(Box::pin(ready(Ok(Values::Device(kept)))));
        }
        let values = self.look(program)?;
        Ok(Box::pin(async move { Ok(Values::Host(values.await?)) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_in_their_rhythm_and_the_last_ends_a_step() {
        let mut counters = Counters::none(2);
        let mut order = Vec::new();
        for _ in 0..6 {
            order.push(counters.next(&[2, 1]));
            counters.count(order[order.len() - 1]);
        }
        assert_eq!(order, [0, 0, 1, 0, 0, 1]);
        assert_eq!((counters.steps(), counters.begins(), &counters.turns), (2, true, &vec![4, 2]));
        // Out of turn: one too many of the first, then the last at once.
        (0..3).for_each(|_| _ = counters.count(0));
        assert_eq!((counters.next(&[2, 1]), counters.begins()), (1, false));
        counters.count(1);
        assert_eq!(counters.next(&[2, 1]), 0);
        counters.count(1);
        assert!(counters.begins());
    }
}
