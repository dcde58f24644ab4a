//! A run of the lab: its pictures, its model, what it is measured by and what is shown of it.

use std::sync::Arc;

use terrarium_graph::{InputId, Pending, ProgramId};

use super::evaluation::subject;
use super::model::{Look, Model};
use super::table::Options;
use super::timeline::Timeline;
use super::trouble::{Sight, Watch};
use crate::error::Result;
use crate::experiment::{Asked, Course, Experiment, Stage, unanswered};
use crate::library::Files;
use crate::pictures::Pictures;
use crate::protocol::{Axis, Chart, ChartLine, Question, SetUp, Show, Trouble};
use crate::scene::{Gallery, Scene, Wall};
use crate::settings::Settings;

/// Values of a row before the gradient norms: both losses, scores of real pictures and of samples, and how far samples are apart,
/// all of them and each from the nearest.
const MEASURES: usize = 6;

/// A GAN of pictures.
pub struct ImageGan {
    options: Options,
    pub(super) seed: u64,
    pub(super) pictures: Pictures,
    pub(super) model: Model,
    pub(super) timeline: Timeline,
    /// The file of the judge that knows about such pictures.
    pub(super) judge: Option<Vec<u8>>,
    watch: Watch,
}

impl ImageGan {
    /// # Errors
    /// Where the pictures cannot be had.
    pub fn open(settings: &Settings, set_up: &SetUp, files: &Files) -> Result<Box<dyn Experiment>> {
        let options = Options::of(settings);
        let pictures = Pictures::new(options.source, files, set_up.seed)?;
        let model = Model::new(&options, &pictures, set_up.seed)?;
        let judge = subject(options.source.data).map(|subject| files.bytes(subject.judge()).map(<[u8]>::to_vec)).transpose()?;
        let (timeline, watch) = (Timeline::default(), Watch::default());
        Ok(Box::new(ImageGan { options, seed: set_up.seed, pictures, model, timeline, judge, watch }))
    }
}

impl Experiment for ImageGan {
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
                "Scores",
                "How real the discriminator thinks pictures are: 1 is real, 0 is made. Where both lines meet, it is fooled.",
                Axis::Fixed(0.0, 1.0),
                vec![line(2, "Real", "score_real", "of-real"), line(3, "Samples", "score_samples", "of-generator")],
            ),
            Chart::new(
                "Diversity of samples, beside real pictures",
                "How far samples are apart, pixel by pixel, where real pictures have 1: any two of them, and each and the one most like it.",
                Axis::Fixed(0.0, 1.5),
                vec![line(4, "Any two", "diversity", "of-divergence"), line(5, "Most alike", "diversity_nearest", "of-quality")],
            ),
            Chart::of_gradient_norms(MEASURES, self.model.layers.iter().flatten()),
        ]
    }

    fn looks(&self) -> Vec<ProgramId> {
        vec![self.model.look]
    }

    fn measure(&mut self, step: u32, readings: &[Vec<f32>], looks: &[Vec<f32>]) -> Vec<Option<f32>> {
        let ([discriminator, generator], [look]) = (readings, looks) else { return Vec::new() };
        let look = Look::of(look, self.model.wall);
        self.timeline.push(step, look.samples);
        self.watch.see_pictures(Sight {
            step,
            discriminator_loss: discriminator[0],
            gradient_norms: &generator[1..],
            samples: look.samples_apart,
            real: look.real_apart,
            mean: mean_picture(look.samples, look.on_samples.len()),
            loss: self.options.loss,
        });
        let measures: [f32; MEASURES] = [
            discriminator[0],
            generator[0],
            mean(look.on_real),
            mean(look.on_samples),
            look.samples_apart.pairs / look.real_apart.pairs.max(f32::MIN_POSITIVE),
            look.samples_apart.nearest / look.real_apart.nearest.max(f32::MIN_POSITIVE),
        ];
        let norms = generator[1..].iter().chain(&discriminator[1..]);
        measures.iter().chain(norms).copied().map(Some).collect()
    }

    fn broke(&mut self) {
        self.watch.broke();
    }

    fn trouble(&self) -> Option<Trouble> {
        self.watch.trouble()
    }

    fn scene(&mut self, _: u32, show: Show, stage: &mut dyn Stage) -> Result<Pending<Scene>> {
        let [samples, real, scores] = std::array::from_fn(|layer| show.has(layer));
        let [rows, columns] = self.model.wall;
        let size = [self.model.heights[usize::from(scores)], self.pictures.size.width, self.pictures.size.channels];
        let mut asked = Vec::new();
        for programs in [samples.then_some(self.model.samples), real.then_some(self.model.real)].into_iter().flatten() {
            asked.push(stage.show(programs[usize::from(scores)])?);
        }
        Ok(Box::pin(async move {
            // Side by side, with a little room between them.
            let places = if asked.len() == 1 { [[0.0, 0.0, 1.0, 1.0]; 2] } else { [[0.0, 0.0, 0.49, 1.0], [0.51, 0.0, 0.49, 1.0]] };
            let mut walls = Vec::new();
            for (pixels, place) in asked.into_iter().zip(places) {
                walls.push(Wall { place, rows, columns, size, pixels: pixels.await?, joined: false });
            }
            Ok(Scene::Gallery(Gallery { walls, dots: None }))
        }))
    }

    fn ask<'a>(&'a mut self, question: Question, stage: &'a mut dyn Stage, progress: &'a dyn Fn(f32)) -> Asked<'a> {
        match question {
            Question::ImageGan(question) => Box::pin(question.answer(self, stage, progress)),
            _ => unanswered(),
        }
    }
}

pub(super) fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

/// The mean of `count` pictures, pixel by pixel.
fn mean_picture(pixels: &[f32], count: usize) -> Vec<f32> {
    let mut mean = vec![0.0; pixels.len() / count.max(1)];
    for picture in pixels.chunks(mean.len().max(1)) {
        mean.iter_mut().zip(picture).for_each(|(mean, pixel)| *mean += pixel / count as f32);
    }
    mean
}
