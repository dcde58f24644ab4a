//! A run with its settings, its history and what is seen of it.

use std::ops::Range;
use std::sync::Arc;

use terrarium_graph::{InputId, Pending, ProgramId, VarId, if_done};
use terrarium_webgpu::MOST_STEPS;

use crate::compare::Comparing;
use crate::engines::Engines;
use crate::error::Result;
use crate::experiment::{Experiment, Stage};
use crate::history::History;
use crate::lab::Lab;
use crate::library::{Files, Library};
use crate::protocol::{Answer, EngineKind, Opened, Question, Row, SetUp, Show, Trouble};
use crate::run::{Counters, Run, State};
use crate::scene::{Scene, Values, told};
use crate::settings::{Misfit, Settings};
use crate::workshop::Workshop;

/// A run.
pub struct Session {
    lab: &'static Lab,
    settings: Settings,
    seed: u64,
    /// The visitor's own points, text, and a model to go on from.
    points: Vec<[f32; 2]>,
    text: Arc<str>,
    base: Arc<[u8]>,
    experiment: Box<dyn Experiment>,
    run: Run,
    /// What the last turn of each player that was read tells; first on its way, then known.
    asked: Vec<Option<Pending<Vec<f32>>>>,
    readings: Vec<Option<Vec<f32>>>,
    /// What the next row of measures is made of, on its way.
    sample: Option<Pending<Sample>>,
    history: History,
    /// The latest state in which all numbers were finite.
    good: State,
}

/// What a row of measures is made of: a moment of the run.
struct Sample {
    state: State,
    /// Of those players whose turns were read since the last sample.
    readings: Vec<Option<Vec<f32>>>,
    looks: Vec<Vec<f32>>,
}

/// A run's model, to be looked at.
struct OnStage<'r> {
    run: &'r mut Run,
    /// Whether what is for painting stays on the device.
    on_device: bool,
}

impl Stage for OnStage<'_> {
    fn step(&self) -> u32 {
        self.run.counters().steps()
    }

    fn write(&mut self, input: InputId, values: &[f32]) -> Result<()> {
        self.run.write(input, values)
    }

    fn write_indices(&mut self, input: InputId, values: &[u32]) -> Result<()> {
        self.run.write_indices(input, values)
    }

    fn set(&mut self, var: VarId, values: &[f32]) -> Result<()> {
        self.run.set(var, values)
    }

    fn repeat(&mut self, program: ProgramId, steps: Range<u32>) -> Result<()> {
        self.run.repeat(program, steps)
    }

    fn variables(&mut self, vars: &[VarId]) -> Pending<Vec<Vec<f32>>> {
        self.run.variables(vars)
    }

    fn read(&mut self, program: ProgramId) -> Result<Pending<Vec<f32>>> {
        self.run.look(program)
    }

    fn show(&mut self, program: ProgramId) -> Result<Pending<Values>> {
        if self.on_device {
            return self.run.look_on_device(program);
        }
        let values = self.run.look(program)?;
        Ok(Box::pin(async move { Ok(Values::Host(values.await?)) }))
    }
}

/// What a look at a run gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    Measures(Row),
    /// Some number is none any more: the run went back to its last good state.
    NotANumber,
}

impl Session {
    /// A run at its beginning.
    ///
    /// # Errors
    /// Where the set-up is of no lab, has settings that do not fit, or data that cannot be had; or the engine cannot take it.
    pub async fn new(set_up: &SetUp, library: &dyn Library, engines: &Engines, kind: EngineKind) -> Result<Session> {
        let lab = Lab::find(&set_up.lab)?;
        let mut settings = Settings::new(lab.table);
        let workshop = Workshop::of(lab);
        for (key, value) in &set_up.changes {
            settings.set(key, value)?;
        }
        let files = Files::fetch(library, (workshop.files)(&settings, set_up)).await?;
        // A model that ships is gone on from like any other, but is not kept with the run.
        let started = match (workshop.start)(&settings) {
            Some(name) if set_up.base.is_empty() => &SetUp { base: files.bytes(name)?.into(), ..set_up.clone() },
            _ => set_up,
        };
        for (key, value) in (workshop.decided)(started)? {
            settings.set(&key, &value)?;
        }
        let experiment = (workshop.open)(&settings, started, &files)?;
        let course = experiment.course().clone();
        let good = State::first(&course, set_up.seed);
        let players = course.players.len();
        let mut run = Run::at(course, engines, kind, set_up.seed, &good).await?;
        run.follow(&experiment.live())?;
        Ok(Session {
            lab,
            settings,
            seed: set_up.seed,
            points: set_up.points.clone(),
            text: set_up.text.clone(),
            base: set_up.base.clone(),
            experiment,
            run,
            asked: (0..players).map(|_| None).collect(),
            readings: vec![None; players],
            sample: None,
            history: History::default(),
            good,
        })
    }

    /// What makes the run, with the changes made to live settings since it began.
    pub fn set_up(&self) -> SetUp {
        let changes = self.settings.changes().into_iter().map(|(key, value)| (key.to_string(), value)).collect();
        SetUp {
            lab: self.lab.slug.to_string(),
            changes,
            seed: self.seed,
            points: self.points.clone(),
            text: self.text.clone(),
            base: self.base.clone(),
        }
    }

    pub fn lab(&self) -> &'static Lab {
        self.lab
    }

    pub fn opened(&self) -> Opened {
        Opened {
            set_up: self.set_up(),
            engine: self.run.engine(),
            cost: self.run.cost(&self.experiment.rhythm()),
            turns: self.run.counters().turns.clone(),
            networks: self.experiment.course().networks(),
            charts: self.experiment.charts(),
            kinds: self.experiment.kinds(),
            history: self.history.rows().to_vec(),
        }
    }

    pub fn counters(&self) -> &Counters {
        self.run.counters()
    }

    pub fn engine(&self) -> EngineKind {
        self.run.engine()
    }

    pub fn history(&self) -> &[Row] {
        self.history.rows()
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn experiment(&self) -> &dyn Experiment {
        self.experiment.as_ref()
    }

    /// Changes a live setting.
    ///
    /// # Errors
    /// Where the value does not fit, or the setting needs a new run.
    pub fn change(&mut self, key: &str, value: &str) -> Result<()> {
        let mut settings = self.settings.clone();
        settings.set(key, value)?;
        if let Some(structural) = settings.differing(&self.settings).find(|setting| !setting.live) {
            return Err(Misfit(format!("“{}” changes with a new run only.", structural.label)).into());
        }
        self.experiment.follow(&settings);
        self.settings = settings;
        self.run.follow(&self.experiment.live())
    }

    /// Whose turn is next.
    pub fn next(&self) -> usize {
        self.run.counters().next(&self.experiment.rhythm())
    }

    /// Lets one player learn once, and asks what its turn tells besides, for the next measurement.
    pub fn advance(&mut self, player: usize) -> Result<()> {
        self.run.advance(player)?;
        self.asked[player] = Some(self.run.reading(player));
        Ok(())
    }

    /// A whole step of which measures can be taken: the turns that are left.
    pub fn step(&mut self) -> Result<()> {
        let end = self.counters().steps() + 1;
        while self.counters().steps() < end {
            self.advance(self.next())?;
        }
        Ok(())
    }

    /// Sends off whole steps of which nothing is read. [`Session::finished`] tells when they are made.
    pub fn advance_steps(&mut self, steps: u32) -> Result<()> {
        self.run.advance_steps(steps, &self.experiment.rhythm())
    }

    /// The most steps that may be sent off at once.
    pub fn most_steps(&self) -> u32 {
        MOST_STEPS / self.experiment.rhythm().into_iter().max().unwrap_or(1).max(1)
    }

    pub fn finished(&self) -> Pending<()> {
        self.run.finished()
    }

    /// Takes a sample of the run as it stands, to be measured when it arrives; training can go on meanwhile. What turns tell
    /// will be that of the last ones that were read; before one of each player was, there is nothing to measure.
    pub fn begin_measuring(&mut self) -> Result<()> {
        let state = self.run.state();
        for (program, times) in self.experiment.before_looks() {
            self.run.repeat(program, 0..times)?;
        }
        let looks = self.experiment.looks().into_iter().map(|program| self.run.look(program)).collect::<Result<Vec<_>>>()?;
        let asked: Vec<_> = self.asked.iter_mut().map(Option::take).collect();
        self.sample = Some(Box::pin(async move {
            let mut sample = Sample { state: state.await?, readings: Vec::new(), looks: Vec::new() };
            for reading in asked {
                sample.readings.push(told(reading).await?);
            }
            for look in looks {
                sample.looks.push(look.await?);
            }
            Ok(sample)
        }));
        Ok(())
    }

    pub fn is_measuring(&self) -> bool {
        self.sample.is_some()
    }

    /// Waits for the sample under way and measures it: adds a row to the history, and looks for trouble.
    pub async fn measured(&mut self) -> Result<Option<Finding>> {
        match self.sample.take() {
            Some(sample) => self.measure(sample.await?),
            None => Ok(None),
        }
    }

    /// The same if the sample has arrived.
    pub fn measured_if_there(&mut self) -> Result<Option<Finding>> {
        let Some(sample) = self.sample.as_mut().and_then(if_done) else { return Ok(None) };
        self.sample = None;
        self.measure(sample?)
    }

    fn measure(&mut self, sample: Sample) -> Result<Option<Finding>> {
        let Sample { state, readings, looks } = sample;
        for (known, told) in self.readings.iter_mut().zip(readings) {
            *known = told.or(known.take());
        }
        let Some(readings) = self.readings.iter().cloned().collect::<Option<Vec<_>>>() else { return Ok(None) };
        let finite = |numbers: &[Vec<f32>]| numbers.iter().flatten().all(|v| v.is_finite());
        if !(state.is_finite() && finite(&readings) && finite(&looks)) {
            return self.go_back().map(Some);
        }
        let step = state.counters.steps();
        self.good = state;
        let row = Row { step, values: self.experiment.measure(step, &readings, &looks) };
        self.history.push(row.clone());
        Ok(Some(Finding::Measures(row)))
    }

    /// Leaves numbers that are none for the last good state.
    fn go_back(&mut self) -> Result<Finding> {
        self.run.restore(&self.good)?;
        self.forget_readings();
        self.history.cut(self.good.counters.steps());
        self.experiment.broke();
        Ok(Finding::NotANumber)
    }

    /// What was read of turns that are undone, or had elsewhere, says nothing any more.
    fn forget_readings(&mut self) {
        self.asked.fill_with(|| None);
        self.readings.fill(None);
        self.sample = None;
    }

    /// What the run suffers from.
    pub fn trouble(&self) -> Option<Trouble> {
        self.experiment.trouble()
    }

    /// What is to be painted; its numbers stay `on_device` where the engine has one.
    pub async fn scene(&mut self, show: Show, on_device: bool) -> Result<Scene> {
        let Session { run, experiment, .. } = self;
        let step = run.counters().steps();
        let scene = experiment.scene(step, show, &mut OnStage { run, on_device })?;
        Ok(scene.await?)
    }

    /// Asks the model as it stands.
    ///
    /// # Errors
    /// Where there is no answer to that in this lab, in words.
    pub async fn ask(&mut self, question: Question, progress: &dyn Fn(f32)) -> Result<Answer> {
        let Session { run, experiment, .. } = self;
        experiment.ask(question, &mut OnStage { run, on_device: false }, progress).await
    }

    /// Moves the run to another engine.
    ///
    /// # Errors
    /// Where that engine cannot take it; the run stays where it is.
    pub async fn switch_engine(&mut self, engines: &Engines, kind: EngineKind) -> Result<()> {
        let state = self.run.state().await?;
        self.run = self.run_at(engines, kind, &state).await?;
        self.forget_readings();
        Ok(())
    }

    /// Takes the run up from its last good state on an engine, its own having failed.
    pub async fn rescue(&mut self, engines: &Engines, kind: EngineKind) -> Result<()> {
        self.run = self.run_at(engines, kind, &self.good).await?;
        self.forget_readings();
        self.history.cut(self.good.counters.steps());
        Ok(())
    }

    /// The next `steps` steps on this run's engine and on another, from its present state, which stays as it is.
    pub async fn compare(&mut self, engines: &Engines, with: EngineKind, steps: u32) -> Result<Comparing> {
        let state = self.run.state().await?;
        let own = self.run_at(engines, self.run.engine(), &state).await?;
        let other = self.run_at(engines, with, &state).await?;
        Ok(Comparing::new([own, other], self.experiment.rhythm(), steps))
    }

    /// This run at a state of it, on an engine.
    async fn run_at(&self, engines: &Engines, kind: EngineKind, state: &State) -> Result<Run> {
        let mut run = Run::at(self.experiment.course().clone(), engines, kind, self.seed, state).await?;
        run.follow(&self.experiment.live())?;
        Ok(run)
    }

    /// The run's exact state.
    pub fn state(&mut self) -> Pending<State> {
        self.run.state()
    }

    /// Takes up a state of a run of the same set-up, with its history.
    pub(crate) fn restore(&mut self, state: State, history: History) -> Result<()> {
        self.run.restore(&state)?;
        self.forget_readings();
        self.good = state;
        self.history = history;
        Ok(())
    }
}
