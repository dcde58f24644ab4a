//! A run of the lab: its pictures, its model, and what it is measured by.

use std::f32::consts::LN_2;
use std::sync::Arc;

use terrarium_graph::{InputId, Pending, ProgramId};

use super::answer::{Asking, Notes};
use super::model::Model;
use super::table::{LikelihoodKind, Options};
use crate::error::Result;
use crate::experiment::{Asked, Course, Experiment, Stage, unanswered};
use crate::library::Files;
use crate::pictures::{Pictures, Range};
use crate::protocol::{Axis, Chart, ChartLine, Question, SetUp, Show, Trouble, TroubleKind};
use crate::scene::{Dots, Gallery, Scene, Wall, told};
use crate::settings::Settings;
use crate::trouble::Suspicion;

/// A latent dimension is used where it says more than this, in nats a picture.
const USED: f32 = 0.05;
/// The least divergence that a chart over orders of magnitude shows; rounding brings unused dimensions to 0 or just below.
const LEAST: f32 = 1e-6;
/// More dimensions than these are charted by [`RANKS`] instead of one by one.
const MOST_LINES: usize = 16;
/// Where a dimension stands among all, ordered by what they say, and what it is called.
const RANKS: [(f32, &str, &str); 5] = [
    (0.0, "Most", "kl_most"),
    (0.25, "Upper quarter", "kl_upper_quarter"),
    (0.5, "Middle", "kl_middle"),
    (0.75, "Lower quarter", "kl_lower_quarter"),
    (1.0, "Least", "kl_least"),
];

/// The number of the view that is a map.
const MAP: u32 = 1;
/// Values of a row before those of single dimensions: training reconstruction, KL and bound, held-out bound in nats and in bits,
/// share of the dimensions used.
const MEASURES: usize = 6;

/// A variational autoencoder of pictures.
pub struct VaeLab {
    options: Options,
    seed: u64,
    pictures: Pictures,
    model: Model,
    notes: Notes,
    /// What the dots of the map are coloured by: the kind of each held-out picture that is measured by.
    kinds: Arc<[u8]>,
    collapse: Suspicion,
    broke: bool,
    measured_at: u32,
}

impl VaeLab {
    /// # Errors
    /// Where the pictures cannot be had.
    pub fn open(settings: &Settings, set_up: &SetUp, files: &Files) -> Result<Box<dyn Experiment>> {
        let options = Options::of(settings);
        let pictures = Pictures::new(options.source, files, set_up.seed)?;
        let model = Model::new(&options, &pictures, set_up.seed)?;
        Ok(Box::new(VaeLab {
            seed: set_up.seed,
            kinds: kinds(&pictures, model.measured),
            notes: Notes::new(&pictures, options.latent),
            options,
            pictures,
            model,
            collapse: Suspicion::default(),
            broke: false,
            measured_at: 0,
        }))
    }

    /// Bits that a value of a picture costs under a bound of `elbo` nats. A density of a Gaussian is taken as that of one of 256
    /// shades, which is what our pictures have.
    fn bits(&self, elbo: f32) -> f32 {
        let shades = match self.options.likelihood {
            LikelihoodKind::Bernoulli => 0.0,
            LikelihoodKind::Gaussian => 8.0,
        };
        shades - elbo / (self.pictures.size.bytes() as f32 * LN_2)
    }

    /// What is charted of the divergences of all latent dimensions.
    fn charted(&self, divergence: &[f32]) -> Vec<Option<f32>> {
        let shown = |kl: f32| Some(kl.max(LEAST));
        if divergence.len() <= MOST_LINES {
            return divergence.iter().copied().map(shown).collect();
        }
        let mut ordered = divergence.to_vec();
        ordered.sort_unstable_by(|a, b| b.total_cmp(a));
        let last = (ordered.len() - 1) as f32;
        RANKS.iter().map(|(rank, ..)| shown(ordered[(rank * last).round() as usize])).collect()
    }

    /// Name and key of each of [`VaeLab::charted`].
    fn charted_names(&self) -> Vec<(String, String)> {
        match self.options.latent {
            latent @ ..=MOST_LINES => (1..=latent).map(|i| (format!("z {i}"), format!("kl_{i}"))).collect(),
            _ => RANKS.iter().map(|(_, name, key)| (name.to_string(), key.to_string())).collect(),
        }
    }
}

impl Experiment for VaeLab {
    fn course(&self) -> &Arc<Course> {
        &self.model.course
    }

    fn follow(&mut self, settings: &Settings) {
        self.options = Options::of(settings);
        self.notes.forget();
    }

    fn live(&self) -> Vec<(InputId, f32)> {
        self.model.live(&self.options)
    }

    fn rhythm(&self) -> Vec<u32> {
        vec![1]
    }

    fn charts(&self) -> Vec<Chart> {
        let line = ChartLine::new;
        let used = ChartLine { of: Some(self.options.latent as u32), ..line(5, "Used", "used", "of-latent") };
        let names = self.charted_names();
        let divergences = names.iter().enumerate();
        let divergences = divergences.map(|(i, (name, key))| line(MEASURES + i, name, key, &format!("of-latent of-z-{}", i + 1)));
        vec![
            Chart::new(
                "Evidence lower bound, in nats a picture",
                "How well pictures are explained: higher is better. Where the held-out line falls behind, the network learns by heart.",
                Axis::Around,
                vec![line(2, "Training", "elbo", "of-training"), line(3, "Held out", "held_out_elbo", "of-held-out")],
            ),
            Chart::new(
                "Reconstruction and KL, in nats a picture",
                "The two costs that make up the bound: what the painted picture leaves open, and what the latent space had to say.",
                Axis::Around,
                vec![line(0, "Reconstruction", "reconstruction", "of-reconstruction"), line(1, "KL", "kl", "of-kl")],
            ),
            Chart::new(
                "Held-out bits a value",
                "What it would take to write down one value of a new picture, coded with the help of this model: lower is better.",
                Axis::Around,
                vec![line(4, "Bits", "held_out_bits", "of-held-out")],
            ),
            Chart::new(
                "Latent dimensions in use",
                "The share of the dimensions that say anything about a picture.",
                Axis::Share,
                vec![used],
            ),
            Chart::new(
                "KL of each latent dimension, in nats a picture",
                "How much each dimension says about a held-out picture; those near nothing are not used.",
                Axis::Log,
                divergences.collect(),
            ),
            Chart::of_gradient_norms(MEASURES + names.len(), &self.model.layers),
        ]
    }

    fn kinds(&self) -> Vec<String> {
        telling(&self.pictures).map_or_else(Vec::new, |thing| self.pictures.known.0[thing].names().to_vec())
    }

    fn looks(&self) -> Vec<ProgramId> {
        vec![self.model.held_out]
    }

    fn measure(&mut self, step: u32, readings: &[Vec<f32>], looks: &[Vec<f32>]) -> Vec<Option<f32>> {
        let ([reading], [look]) = (readings, looks) else { return Vec::new() };
        let ([reconstruction, kl, norms @ ..], [held_out_reconstruction, held_out @ ..]) = (&reading[..], &look[..]) else {
            return Vec::new();
        };
        let (divergence, codes) = held_out.split_at(self.options.latent.min(held_out.len()));
        self.notes.atlas.update(codes);
        self.notes.divergence = Some(divergence.to_vec());
        let held_out_elbo = -(held_out_reconstruction + divergence.iter().sum::<f32>());
        let used = divergence.iter().filter(|kl| **kl > USED).count();
        self.collapse.weigh(used == 0, step.saturating_sub(self.measured_at));
        self.measured_at = step;
        self.broke = false;
        let measures: [f32; MEASURES] = [
            *reconstruction,
            *kl,
            -(reconstruction + kl),
            held_out_elbo,
            self.bits(held_out_elbo),
            used as f32 / divergence.len().max(1) as f32,
        ];
        let norms = norms.iter().copied().map(Some);
        measures.into_iter().map(Some).chain(self.charted(divergence)).chain(norms).collect()
    }

    fn broke(&mut self) {
        self.broke = true;
        self.notes.forget();
        self.collapse = Suspicion::default();
    }

    fn trouble(&self) -> Option<Trouble> {
        let kind = match (self.broke, self.collapse.confirmed) {
            (true, _) => Some(TroubleKind::NotANumber),
            (_, true) => Some(TroubleKind::PosteriorCollapse),
            _ => None,
        };
        kind.map(TroubleKind::explain)
    }

    fn scene(&mut self, _: u32, show: Show, stage: &mut dyn Stage) -> Result<Pending<Scene>> {
        if show.view == MAP { self.map(show, stage) } else { self.walls(show, stage) }
    }

    fn ask<'a>(&'a mut self, question: Question, stage: &'a mut dyn Stage, progress: &'a dyn Fn(f32)) -> Asked<'a> {
        let Question::Vae(question) = question else {
            return unanswered();
        };
        let VaeLab { options, seed, pictures, model, notes, .. } = self;
        let (latent, batch, seed) = (options.latent, options.batch, *seed);
        Box::pin(Asking { model, pictures, notes, latent, batch, seed, stage, progress }.answer(question))
    }
}

impl VaeLab {
    /// Reconstructions and samples.
    fn walls(&self, show: Show, stage: &mut dyn Stage) -> Result<Pending<Scene>> {
        let size = self.wall_size();
        let Model { reconstructions, samples, shown, .. } = self.model;
        let programs = [reconstructions, samples].into_iter().zip(shown).enumerate();
        let mut asked = Vec::new();
        for (layer, (program, shape)) in programs.filter(|(layer, _)| show.has(*layer)) {
            asked.push((layer, shape, stage.show(program)?));
        }
        let both = asked.len() > 1;
        Ok(Box::pin(async move {
            let mut walls = Vec::new();
            for (layer, [rows, columns], pixels) in asked {
                let place = match (both, layer) {
                    (false, _) => [0.0, 0.0, 1.0, 1.0],
                    (true, 0) => [0.0, 0.0, 1.0, 0.5],
                    (true, _) => [0.0, 0.5, 1.0, 0.5],
                };
                walls.push(Wall { place, rows, columns, size, pixels: pixels.await?, joined: false });
            }
            Ok(Scene::Gallery(Gallery { walls, dots: None }))
        }))
    }

    /// The latent space.
    fn map(&mut self, show: Show, stage: &mut dyn Stage) -> Result<Pending<Scene>> {
        let (map, programs) = (self.notes.atlas.map(show.axes), &self.model.map);
        stage.write(programs.origin, &map.plane.mean)?;
        stage.write(programs.axes, &map.plane.axes.concat())?;
        stage.write(programs.reach, &[map.reach])?;
        if let Some(condition) = programs.condition {
            stage.write(condition, &self.pictures.known.row(&self.notes.told)?)?;
        }
        let manifold = show.has(0).then(|| stage.show(programs.manifold)).transpose()?;
        let points = show.has(1).then(|| stage.show(programs.dots)).transpose()?;
        let (side, size, kinds) = (programs.side, self.wall_size(), self.kinds.clone());
        Ok(Box::pin(async move {
            let wall = |pixels| Wall { place: [0.0, 0.0, 1.0, 1.0], rows: side, columns: side, size, pixels, joined: true };
            let walls = told(manifold).await?.map(wall).into_iter().collect();
            let dots = told(points).await?.map(|points| Dots { points, kinds });
            Ok(Scene::Gallery(Gallery { walls, dots }))
        }))
    }

    fn wall_size(&self) -> [usize; 3] {
        let size = self.pictures.size;
        [size.height, size.width, size.channels]
    }
}

/// What tells most about how pictures look: the class, or the first thing known that has one of a few values.
fn telling(pictures: &Pictures) -> Option<usize> {
    pictures.known.0.iter().position(|thing| matches!(thing.range, Range::Options(_)))
}

/// That of the first so many held-out pictures.
fn kinds(pictures: &Pictures, count: usize) -> Arc<[u8]> {
    let kind = |i: usize| telling(pictures).map_or(0.0, |thing| pictures.known.about(&pictures.held_out, i)[thing]) as u8;
    (0..count).map(kind).collect()
}
