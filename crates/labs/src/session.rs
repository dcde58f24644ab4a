//! A run of the 2-D GAN lab: its settings, its data, its model in training, and what is seen of it.

use std::sync::Arc;

use terrarium_data::points::{Kind as Data, Modes, PointSet, Points};
use terrarium_graph::{Pending, ProgramId, if_done};
use terrarium_metrics::{CoverageRule, Grid, Histogram, mode_coverage};
use terrarium_webgpu::MOST_STEPS;

use crate::compare::Comparing;
use crate::engines::Engines;
use crate::error::{Error, Result};
use crate::gan2d::{LAB, Model, Options, SURFACE_SIDE, TABLE};
use crate::history::History;
use crate::protocol::{EngineKind, Layers, Measures, Opened, SetUp, Trouble};
use crate::run::{Counters, Player, Reading, Run, State};
use crate::scene::{Scene, Surface, Values, WarpedGrid};
use crate::settings::{Misfit, Settings};
use crate::trouble::{Sight, Watch};

/// Points that the discriminator draws its batches from.
const DATA: usize = 8192;
/// Points that generated ones are measured against: many more than are measured, so that the histogram is nearly the
/// distribution's own.
const REFERENCE: usize = 100_000;
/// Real points in the view.
const SHOWN: usize = 512;

/// The data of a run, as it is measured against.
struct Reality {
    shown: Arc<[[f32; 2]]>,
    histogram: Histogram,
    modes: Option<Modes>,
}

/// A run.
pub struct Session {
    settings: Settings,
    options: Options,
    seed: u64,
    /// The visitor's own points.
    points: Vec<[f32; 2]>,
    reality: Reality,
    run: Run,
    /// What the last steps that were read tell, of the discriminator and of the generator; first on its way, then known.
    asked: [Option<Pending<Reading>>; 2],
    readings: [Option<Reading>; 2],
    /// What the next row of measures is made of, on its way.
    sample: Option<Pending<Sample>>,
    history: History,
    watch: Watch,
    /// The latest state in which all numbers were finite.
    good: State,
}

/// What a row of measures is made of: a moment of the run.
struct Sample {
    state: State,
    /// Of those networks whose steps were read since the last sample.
    readings: [Option<Reading>; 2],
    generated: Vec<[f32; 2]>,
}

/// What a look at a run gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    Measures(Measures),
    /// Some number is none any more: the run went back to its last good state.
    NotANumber,
}

impl Session {
    /// A run at its beginning.
    ///
    /// # Errors
    /// Where the set-up is of another lab, has settings that do not fit, or data that cannot be made.
    pub async fn new(set_up: &SetUp, engines: &Engines, kind: EngineKind) -> Result<Session> {
        if set_up.lab != LAB {
            return Err(Error(format!("There is no lab “{}” here.", set_up.lab)));
        }
        let mut settings = Settings::new(&TABLE);
        for (key, value) in &set_up.changes {
            settings.set(key, value)?;
        }
        let options = Options::of(&settings);
        let custom = match options.data {
            Data::Custom => Points::from_drawn(&set_up.points)?,
            _ => Points::default(),
        };
        let set = PointSet::new(options.data, &options.word, &custom)?;
        let data = set.sample(DATA, set_up.seed).xy;
        // Another seed than that of the data, and the same in every run.
        let reference = set.sample(REFERENCE, 0x7265_6665_7265_6e63).xy;
        let histogram =
            Histogram::new(&reference, Grid::default()).ok_or_else(|| Error("There are no points to learn from.".to_string()))?;
        let reality = Reality { shown: data.iter().copied().take(SHOWN).collect(), histogram, modes: set.modes() };

        let model = Arc::new(Model::new(&options, &data, set_up.seed)?);
        let good = State::first(&model, set_up.seed);
        let run = Run::new(model, engines, kind, set_up.seed, &options).await?;
        Ok(Session {
            settings,
            options,
            seed: set_up.seed,
            points: set_up.points.clone(),
            reality,
            run,
            asked: Default::default(),
            readings: Default::default(),
            sample: None,
            history: History::default(),
            watch: Watch::default(),
            good,
        })
    }

    /// What makes the run, with the changes made to live settings since it began.
    pub fn set_up(&self) -> SetUp {
        let changes = self.settings.changes().into_iter().map(|(key, value)| (key.to_string(), value)).collect();
        SetUp { lab: LAB.to_string(), changes, seed: self.seed, points: self.points.clone() }
    }

    pub fn opened(&self) -> Opened {
        let (model, counters) = (self.run.model(), self.run.counters());
        let names = |letter: &str, layers: usize| (1..=layers).map(|i| format!("{letter} {i}")).collect::<Vec<_>>();
        let mut layers = names("G", model.generator_layers);
        layers.extend(names("D", model.discriminator_layers));
        Opened {
            set_up: self.set_up(),
            engine: self.run.engine(),
            cost: self.run.cost(self.options.discriminator_steps),
            discriminator_steps: counters.discriminator_steps,
            generator_steps: counters.generator_steps,
            generator_parameters: model.parameter_count("generator") as u32,
            discriminator_parameters: model.parameter_count("discriminator") as u32,
            layers,
            history: self.history.rows().to_vec(),
        }
    }

    pub fn counters(&self) -> Counters {
        self.run.counters()
    }

    pub fn engine(&self) -> EngineKind {
        self.run.engine()
    }

    pub fn history(&self) -> &[Measures] {
        self.history.rows()
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
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
        self.options = Options::of(&settings);
        self.settings = settings;
        self.run.follow(&self.options)
    }

    /// Who moves next.
    pub fn next(&self) -> Player {
        self.run.next(self.options.discriminator_steps)
    }

    /// Lets one network learn once, and asks what its step tells besides, for the next measurement.
    pub fn advance(&mut self, player: Player) -> Result<()> {
        self.run.advance(player)?;
        self.asked[player as usize] = Some(self.run.reading(player));
        Ok(())
    }

    /// A whole step of which measures can be taken: the discriminator's turns, then the generator's.
    pub fn step(&mut self) -> Result<()> {
        while self.next() == Player::Discriminator {
            self.advance(Player::Discriminator)?;
        }
        self.advance(Player::Generator)
    }

    /// Sends off whole steps of which nothing is read. [`Session::finished`] tells when they are made.
    pub fn advance_steps(&mut self, steps: u32) -> Result<()> {
        self.run.advance_steps(steps, self.options.discriminator_steps)
    }

    /// The most steps that may be sent off at once.
    pub fn most_steps(&self) -> u32 {
        MOST_STEPS / self.options.discriminator_steps.max(1)
    }

    pub fn finished(&self) -> Pending<()> {
        self.run.finished()
    }

    /// Takes a sample of the run as it stands, to be measured when it arrives; training can go on meanwhile. The losses and
    /// gradients will be those of the last steps that were read; before a step of each network was, there is nothing to measure.
    pub fn begin_measuring(&mut self) -> Result<()> {
        let state = self.run.state();
        let generated = self.run.look(self.run.model().generate)?;
        let [discriminator, generator] = std::mem::take(&mut self.asked);
        self.sample = Some(Box::pin(async move {
            let readings = [told(discriminator).await?, told(generator).await?];
            Ok(Sample { state: state.await?, readings, generated: points(generated.await?) })
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
        let Sample { state, readings, generated } = sample;
        for (known, told) in self.readings.iter_mut().zip(readings) {
            *known = told.or(known.take());
        }
        let [Some(discriminator), Some(generator)] = &self.readings else { return Ok(None) };
        if !(state.is_finite() && discriminator.is_finite() && generator.is_finite()) {
            return self.go_back().map(Some);
        }
        let step = state.counters.generator_steps;
        self.good = state;
        // There are points, and both grids are the default.
        let histogram = Histogram::new(&generated, Grid::default());
        let divergence = histogram.as_ref().and_then(|h| h.jensen_shannon(&self.reality.histogram)).unwrap_or(1.0);
        let coverage = self
            .reality
            .modes
            .as_ref()
            .and_then(|modes| mode_coverage(&generated, &modes.centres, modes.std, CoverageRule::default()));
        let measures = Measures {
            step,
            discriminator_loss: discriminator.loss,
            generator_loss: generator.loss,
            divergence,
            modes: coverage.as_ref().map(|c| (c.covered as u32, c.samples.len() as u32)),
            quality: coverage.as_ref().map(|c| c.high_quality),
            gradient_norms: [&generator.gradient_norms[..], &discriminator.gradient_norms[..]].concat(),
        };
        if let Some(histogram) = histogram {
            self.watch.see(&Sight {
                measures: &measures,
                generated: histogram,
                real: &self.reality.histogram,
                loss: self.options.loss,
                generator_layers: self.run.model().generator_layers,
            });
        }
        self.history.push(measures.clone());
        Ok(Some(Finding::Measures(measures)))
    }

    /// Leaves numbers that are none for the last good state.
    fn go_back(&mut self) -> Result<Finding> {
        self.run.restore(&self.good)?;
        self.forget_readings();
        self.history.cut(self.good.counters.generator_steps);
        self.watch.broke();
        Ok(Finding::NotANumber)
    }

    /// What was read of steps that are undone, or made elsewhere, says nothing any more.
    fn forget_readings(&mut self) {
        self.asked = Default::default();
        self.readings = Default::default();
        self.sample = None;
    }

    /// What the run suffers from.
    pub fn trouble(&self) -> Option<Trouble> {
        self.watch.trouble()
    }

    /// What is to be painted, with only the layers that are switched on; their numbers stay `on_device` where the engine has
    /// one.
    pub async fn scene(&mut self, layers: Layers, on_device: bool) -> Result<Scene> {
        let model = self.run.model().clone();
        let mut look = |wanted: bool, program: ProgramId| -> Result<Option<Pending<Values>>> {
            match (wanted, on_device) {
                (false, _) => Ok(None),
                (true, true) => self.run.look_on_device(program).map(Some),
                (true, false) => {
                    let values = self.run.look(program)?;
                    Ok(Some(Box::pin(async move { Ok(Values::Host(values.await?)) })))
                }
            }
        };
        // All are asked for before any is waited for.
        let generated = look(layers.generated || layers.trails || layers.arrows, model.samples)?;
        let arrows = look(layers.arrows, model.arrows)?;
        let surface = look(layers.surface, model.surface)?;
        let grid = look(layers.grid, model.grid)?;
        let [rows, columns] = model.grid_size;
        Ok(Scene {
            step: self.run.counters().generator_steps,
            real: if layers.real { self.reality.shown.clone() } else { Arc::default() },
            generated: told(generated).await?,
            arrows: told(arrows).await?,
            surface: told(surface).await?.map(|realness| Surface { side: SURFACE_SIDE, realness }),
            grid: told(grid).await?.map(|points| WarpedGrid { rows, columns, points }),
        })
    }

    /// Moves the run to another engine.
    ///
    /// # Errors
    /// Where that engine cannot take it; the run stays where it is.
    pub async fn switch_engine(&mut self, engines: &Engines, kind: EngineKind) -> Result<()> {
        self.run = self.run.fork(engines, kind, &self.options).await?;
        self.forget_readings();
        Ok(())
    }

    /// Takes the run up from its last good state on an engine, its own having failed.
    pub async fn rescue(&mut self, engines: &Engines, kind: EngineKind) -> Result<()> {
        self.run = Run::at(self.run.model().clone(), engines, kind, self.seed, &self.options, &self.good).await?;
        self.forget_readings();
        self.history.cut(self.good.counters.generator_steps);
        Ok(())
    }

    /// The next `steps` steps on this run's engine and on another, from its present state, which stays as it is.
    pub async fn compare(&mut self, engines: &Engines, with: EngineKind, steps: u32) -> Result<Comparing> {
        let own = self.run.fork(engines, self.run.engine(), &self.options).await?;
        let other = self.run.fork(engines, with, &self.options).await?;
        Ok(Comparing::new([own, other], self.options.discriminator_steps, steps))
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

    pub(crate) fn model(&self) -> &Model {
        self.run.model()
    }
}

/// Row-major `[n, 2]` as points.
fn points(flat: Vec<f32>) -> Vec<[f32; 2]> {
    flat.as_chunks().0.to_vec()
}

/// What was asked for, once it has arrived.
async fn told<T>(asked: Option<Pending<T>>) -> terrarium_graph::Result<Option<T>> {
    match asked {
        Some(pending) => pending.await.map(Some),
        None => Ok(None),
    }
}
