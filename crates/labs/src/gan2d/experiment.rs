//! A run of the lab: its data, its model, what it is measured by and what is shown of it.

use std::sync::Arc;

use terrarium_data::points::{Kind as Data, Modes, PointSet, Points};
use terrarium_graph::{InputId, Pending, ProgramId};
use terrarium_metrics::{CoverageRule, Grid, Histogram, mode_coverage};

use super::model::{Model, SURFACE_SIDE};
use super::table::Options;
use super::trouble::{Sight, Watch};
use crate::error::{Error, Result};
use crate::experiment::{Course, Experiment, Stage};
use crate::library::Files;
use crate::protocol::{Axis, Chart, ChartLine, SetUp, Show, Trouble};
use crate::scene::{Layers, Plane, Scene, Surface, WarpedGrid, told};
use crate::settings::Settings;

/// Points that the discriminator draws its batches from.
const DATA: usize = 8192;
/// Points that generated ones are measured against: many more than are measured, so that the histogram is nearly the
/// distribution's own.
const REFERENCE: usize = 100_000;
/// Real points in the view.
const SHOWN: usize = 512;

/// Values of a row before the gradient norms: both losses, divergence, modes, quality.
const MEASURES: usize = 5;

/// The data of a run, as it is measured against.
struct Reality {
    shown: Arc<[[f32; 2]]>,
    histogram: Histogram,
    modes: Option<Modes>,
}

/// A GAN in the plane.
pub struct Gan2d {
    options: Options,
    reality: Reality,
    model: Model,
    watch: Watch,
}

impl Gan2d {
    /// # Errors
    /// Where the data cannot be made.
    pub fn open(settings: &Settings, set_up: &SetUp, _: &Files) -> Result<Box<dyn Experiment>> {
        let options = Options::of(settings);
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
        let model = Model::new(&options, &data, set_up.seed)?;
        Ok(Box::new(Gan2d { options, reality, model, watch: Watch::default() }))
    }
}

impl Experiment for Gan2d {
    fn course(&self) -> &Arc<Course> {
        &self.model.course
    }

    fn follow(&mut self, settings: &Settings) {
        self.options = Options::of(settings);
    }

    fn live(&self) -> Vec<(InputId, f32)> {
        self.model.live(&self.options)
    }

    fn rhythm(&self) -> Vec<u32> {
        vec![self.options.discriminator_steps, 1]
    }

    fn charts(&self) -> Vec<Chart> {
        let line = ChartLine::new;
        let of = self.reality.modes.as_ref().map(|modes| modes.centres.len() as u32);
        let covered = ChartLine { of, ..line(3, "Modes covered", "modes_covered", "of-modes") };
        let layers = |letter: char, count: usize| (1..=count).map(move |i| format!("{letter} {i}"));
        let layers = layers('G', self.model.generator_layers).chain(layers('D', self.model.discriminator_layers));
        vec![
            Chart::new(
                "Losses",
                "What each network tries to make small. Neither going to 0 is good: the two should balance.",
                Axis::Around,
                vec![
                    line(0, "Discriminator", "discriminator_loss", "of-discriminator"),
                    line(1, "Generator", "generator_loss", "of-generator"),
                ],
            ),
            Chart::new(
                "Jensen–Shannon divergence, in bits",
                "How far generated points are from real ones: 0 is alike, 1 is entirely apart.",
                Axis::Fixed(0.0, 1.0),
                vec![line(2, "Divergence", "divergence_bits", "of-divergence")],
            ),
            Chart {
                empty: "For data made of clusters, whose modes can be counted.".to_string(),
                ..Chart::new(
                    "Modes and quality",
                    "The share of the data’s clusters that the generator covers, and of its points that lie near one.",
                    Axis::Share,
                    vec![covered, line(4, "Near a mode", "quality", "of-quality")],
                )
            },
            Chart::of_gradient_norms(MEASURES, layers),
        ]
    }

    fn looks(&self) -> Vec<ProgramId> {
        vec![self.model.generate]
    }

    fn measure(&mut self, step: u32, readings: &[Vec<f32>], looks: &[Vec<f32>]) -> Vec<Option<f32>> {
        let [discriminator, generator] = readings else { return Vec::new() };
        let generated = looks[0].as_chunks().0;
        // There are points, and both grids are the default.
        let histogram = Histogram::new(generated, Grid::default());
        let divergence = histogram.as_ref().and_then(|h| h.jensen_shannon(&self.reality.histogram)).unwrap_or(1.0);
        let coverage = self
            .reality
            .modes
            .as_ref()
            .and_then(|modes| mode_coverage(generated, &modes.centres, modes.std, CoverageRule::default()));
        let modes = coverage.as_ref().map(|c| (c.covered, c.samples.len()));
        let quality = coverage.as_ref().map(|c| c.high_quality);
        if let Some(histogram) = histogram {
            self.watch.see_points(Sight {
                step,
                discriminator_loss: discriminator[0],
                gradient_norms: &generator[1..],
                divergence,
                modes,
                quality,
                generated: histogram,
                real: &self.reality.histogram,
                loss: self.options.loss,
            });
        }
        let share = modes.map(|(covered, of)| covered as f32 / of.max(1) as f32);
        let measures: [Option<f32>; MEASURES] = [Some(discriminator[0]), Some(generator[0]), Some(divergence), share, quality];
        let norms = generator[1..].iter().chain(&discriminator[1..]).copied().map(Some);
        measures.into_iter().chain(norms).collect()
    }

    fn broke(&mut self) {
        self.watch.broke();
    }

    fn trouble(&self) -> Option<Trouble> {
        self.watch.trouble()
    }

    fn scene(&mut self, step: u32, show: Show, stage: &mut dyn Stage) -> Result<Pending<Scene>> {
        let [real, generated, trails, surface, grid, arrows] = std::array::from_fn(|layer| show.has(layer));
        let layers = Layers { real, generated, trails, surface, grid, arrows };
        let model = &self.model;
        let mut wanted = |wanted: bool, program| if wanted { stage.show(program).map(Some) } else { Ok(None) };
        // All are asked for before any is waited for.
        let generated = wanted(layers.generated || layers.trails || layers.arrows, model.samples)?;
        let arrows = wanted(layers.arrows, model.arrows)?;
        let surface = wanted(layers.surface, model.surface)?;
        let grid = wanted(layers.grid, model.grid)?;
        let [rows, columns] = model.grid_size;
        let real = if layers.real { self.reality.shown.clone() } else { Arc::default() };
        Ok(Box::pin(async move {
            Ok(Scene::Plane(Plane {
                layers,
                step,
                real,
                generated: told(generated).await?,
                arrows: told(arrows).await?,
                surface: told(surface).await?.map(|realness| Surface { side: SURFACE_SIDE, realness }),
                grid: told(grid).await?.map(|points| WarpedGrid { rows, columns, points }),
            }))
        }))
    }
}
