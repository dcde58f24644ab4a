//! A run of the 2-D GAN lab: its settings, its data, its model in training, and what is seen of it.

use std::sync::Arc;

use terrarium_data::points::{Kind as Data, Modes, PointSet, Points};
use terrarium_metrics::{CoverageRule, Grid, Histogram, mode_coverage};

use crate::compare::Comparing;
use crate::error::{Error, Result};
use crate::gan2d::{LAB, LossKind, Model, Options, SURFACE_SIDE, TABLE};
use crate::history::History;
use crate::protocol::{EngineKind, Layers, Measures, Opened, SetUp, Trouble};
use crate::run::{Counters, Player, Reading, Run, State};
use crate::scene::{Scene, Surface, WarpedGrid};
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
    /// What the last steps that were read told, of the discriminator and of the generator.
    readings: [Option<Reading>; 2],
    history: History,
    watch: Watch,
    /// The latest state in which all numbers were finite.
    good: State,
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
    pub fn new(set_up: &SetUp, engine: EngineKind) -> Result<Session> {
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
        let mut run = Run::new(model, engine, set_up.seed, &options)?;
        let good = run.state()?;
        Ok(Session {
            settings,
            options,
            seed: set_up.seed,
            points: set_up.points.clone(),
            reality,
            run,
            readings: Default::default(),
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

    /// Lets one network learn once. What its step tells besides is kept for [`Session::measure`] if `read`.
    pub fn advance(&mut self, player: Player, read: bool) -> Result<()> {
        self.run.advance(player, read)?;
        if read {
            self.readings[player as usize] = Some(self.run.reading(player)?);
        }
        Ok(())
    }

    /// A whole step: the discriminator's turns, then the generator's.
    pub fn step(&mut self, read: bool) -> Result<()> {
        while self.next() == Player::Discriminator {
            self.advance(Player::Discriminator, read)?;
        }
        self.advance(Player::Generator, read)
    }

    /// Measures the run as it stands, adds a row to its history, and looks for trouble. The losses and gradients are those
    /// of the last steps that were read; before a step of each network was, there is nothing to measure.
    pub fn measure(&mut self) -> Result<Option<Finding>> {
        let [Some(discriminator), Some(generator)] = &self.readings else { return Ok(None) };
        let state = self.run.state()?;
        if !(state.is_finite() && discriminator.is_finite() && generator.is_finite()) {
            return self.go_back().map(Some);
        }
        self.good = state;
        let generated = points(self.run.look(self.run.model().generate)?);
        // There are points, and both grids are the default.
        let histogram = Histogram::new(&generated, Grid::default());
        let divergence = histogram.as_ref().and_then(|h| h.jensen_shannon(&self.reality.histogram)).unwrap_or(1.0);
        let coverage = self
            .reality
            .modes
            .as_ref()
            .and_then(|modes| mode_coverage(&generated, &modes.centres, modes.std, CoverageRule::default()));
        let measures = Measures {
            step: self.run.counters().generator_steps,
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

    fn go_back(&mut self) -> Result<Finding> {
        self.run.restore(&self.good)?;
        self.readings = Default::default();
        self.history.cut(self.good.counters.generator_steps);
        self.watch.broke();
        Ok(Finding::NotANumber)
    }

    /// What the run suffers from.
    pub fn trouble(&self) -> Option<Trouble> {
        self.watch.trouble()
    }

    /// What is to be painted, with only the layers that are switched on.
    pub fn scene(&mut self, layers: Layers) -> Result<Scene> {
        let model = self.run.model().clone();
        let mut scene = Scene::default();
        if layers.real {
            scene.real = self.reality.shown.clone();
        }
        if layers.generated || layers.trails || layers.arrows {
            scene.generated = points(self.run.look(model.samples)?);
        }
        if layers.arrows {
            scene.arrows = points(self.run.look(model.arrows)?);
        }
        if layers.surface {
            scene.surface = Some(surface(self.options.loss, self.run.look(model.surface)?));
        }
        if layers.grid {
            let [rows, columns] = model.grid_size;
            scene.grid = Some(WarpedGrid { rows, columns, points: points(self.run.look(model.grid)?) });
        }
        Ok(scene)
    }

    /// Moves the run to another engine.
    pub fn switch_engine(&mut self, kind: EngineKind) -> Result<()> {
        self.run = self.run.fork(kind, &self.options)?;
        Ok(())
    }

    /// The next `steps` steps on this run's engine and on another, from its present state, which stays as it is.
    pub fn compare(&mut self, with: EngineKind, steps: u32) -> Result<Comparing> {
        let runs = [self.run.fork(self.run.engine(), &self.options)?, self.run.fork(with, &self.options)?];
        Ok(Comparing::new(runs, self.options.discriminator_steps, steps))
    }

    /// The run's exact state.
    pub fn state(&mut self) -> Result<State> {
        self.run.state()
    }

    /// Takes up a state of a run of the same set-up, with its history.
    pub(crate) fn restore(&mut self, state: State, history: History) -> Result<()> {
        self.run.restore(&state)?;
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

/// The discriminator's outputs as a surface, by what they mean under a loss.
fn surface(loss: LossKind, verdicts: Vec<f32>) -> Surface {
    let probability = |logit: f32| 1.0 / (1.0 + (-logit).exp());
    let between = |[low, high]: [f32; 2]| {
        // Where all verdicts are alike, all are undecided.
        move |v: f32| if high > low { ((v - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 }
    };
    let (realness, scale, meaning): (Vec<f32>, _, _) = match loss {
        LossKind::NonSaturating | LossKind::Minimax => {
            (verdicts.into_iter().map(probability).collect(), [0.0, 1.0], "probability of being real")
        }
        LossKind::LeastSquares => {
            (verdicts.into_iter().map(between([0.0, 1.0])).collect(), [0.0, 1.0], "verdict: 1 real, 0 generated")
        }
        LossKind::Hinge => (verdicts.into_iter().map(between([-1.0, 1.0])).collect(), [-1.0, 1.0], "verdict: 1 real, −1 generated"),
        LossKind::Wasserstein => {
            let scale = verdicts.iter().fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], &v| [low.min(v), high.max(v)]);
            (verdicts.into_iter().map(between(scale)).collect(), scale, "critic’s value")
        }
    };
    Surface { side: SURFACE_SIDE, realness, scale, meaning }
}
