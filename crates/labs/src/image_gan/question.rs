//! What can be asked of an image GAN, and its answers.

use serde::{Deserialize, Serialize};
use terrarium_data::images::Size;
use terrarium_graph::philox::{Domain, Stream};

use super::experiment::{ImageGan, mean};
use super::model::{ASKED, Look, noise_of};
use crate::error::{Error, Result};
use crate::experiment::Stage;
use crate::pictures::Known;
use crate::pictures::bytes;
use crate::protocol::{Answer, Figure, Gallery};

/// One picture that the generator can make.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Which noise it is made of. The wall shows those from 0 on.
    pub number: u32,
    /// Noise beyond this many standard deviations is drawn anew: less variety for better pictures (the truncation trick: Brock et al.
    /// 2019, sec. 3.1).
    pub truncation: Option<f32>,
    /// What it is to be, as [`Known`] has it; empty for what the wall's sample of the number is told.
    pub about: Vec<f32>,
}

/// A way from one noise to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Path {
    Straight,
    /// Along an arc, on which noise keeps the length that the generator is used to (Shoemake 1985; White 2016).
    Spherical,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// What pictures can be told to be.
    Known,
    /// So many samples, from one on: they differ in their numbers only.
    Samples { from: Sample, count: u32 },
    /// So many pictures on the way from one sample to another.
    Between { from: Sample, to: Sample, path: Path, count: u32 },
    /// The wall at a step or shortly before it, and the steps of which walls are kept.
    Past { step: u32 },
    /// How real the discriminator thinks the wall's samples and real pictures are.
    Scores,
    /// The training pictures that are nearest to a sample, pixel by pixel.
    Nearest { sample: Sample, count: u32 },
    /// How diverse samples of each kind are.
    Diversity,
    /// How good so many samples are, by the eyes of a judge, beside held-out real pictures.
    Evaluate { count: u32 },
}

/// The most pictures in an answer.
const MOST: u32 = 256;
/// Held-out pictures whose distance to the training pictures says what distance is to be expected.
const EXPECTED_BY: usize = 25;
/// A sample this much closer to a training picture than new pictures are is taken for a copy.
const COPIED: f32 = 0.5;
/// Pictures of each kind whose diversity is measured.
const OF_A_KIND: usize = 16;

impl Question {
    pub(super) async fn answer(self, lab: &ImageGan, stage: &mut dyn Stage, progress: &dyn Fn(f32)) -> Result<Answer> {
        match self {
            Question::Known => {
                let known = if lab.model.asked_conditions.is_some() { lab.pictures.known.clone() } else { Known::default() };
                Ok(Answer { known, ..Answer::default() })
            }
            Question::Samples { from, count } => {
                let numbers = from.number..from.number.saturating_add(count.min(MOST));
                let made: Result<Vec<Made>> = numbers.map(|number| lab.made_of(&Sample { number, ..from.clone() })).collect();
                let pixels = lab.paint(stage, &made?, progress).await?;
                Ok(lab.showing(vec![lab.gallery(lab.model.wall[1], &pixels, Vec::new())]))
            }
            Question::Between { from, to, path, count } => {
                let (from, to, count) = (lab.made_of(&from)?, lab.made_of(&to)?, count.clamp(2, MOST));
                let along = (0..count).map(|i| i as f32 / (count - 1) as f32);
                let made: Vec<Made> = along.map(|t| path.between(&from, &to, t)).collect();
                let pixels = lab.paint(stage, &made, progress).await?;
                Ok(lab.showing(vec![lab.gallery(count as usize, &pixels, Vec::new())]))
            }
            Question::Past { step } => lab.past(step),
            Question::Scores => lab.scores(stage).await,
            Question::Nearest { sample, count } => lab.nearest(stage, &sample, count.clamp(1, MOST) as usize).await,
            Question::Evaluate { count } => lab.evaluate(stage, count as usize, progress).await,
            Question::Diversity => lab.diversity(stage, progress).await,
        }
    }
}

/// What a picture is made of.
pub(super) struct Made {
    noise: Vec<f32>,
    /// As the networks are told it.
    told: Vec<f32>,
}

impl Path {
    fn between(self, from: &Made, to: &Made, t: f32) -> Made {
        let mix = |a: &[f32], b: &[f32], [of_a, of_b]: [f32; 2]| a.iter().zip(b).map(|(a, b)| of_a * a + of_b * b).collect();
        let straight = [1.0 - t, t];
        let shares = match self {
            Path::Straight => straight,
            Path::Spherical => {
                let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
                let (a, b) = (&from.noise[..], &to.noise[..]);
                let angle = (dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(f32::MIN_POSITIVE)).clamp(-1.0, 1.0).acos();
                // Noises of one direction, or of opposite ones, have no arc of their own between them.
                if angle.sin() < 1e-3 { straight } else { straight.map(|share| (share * angle).sin() / angle.sin()) }
            }
        };
        Made { noise: mix(&from.noise, &to.noise, shares), told: mix(&from.told, &to.told, straight) }
    }
}

impl ImageGan {
    fn size(&self) -> Size {
        self.pictures.size
    }

    pub(super) fn made_of(&self, sample: &Sample) -> Result<Made> {
        let mut noise = noise_of(self.seed, sample.number, self.noise());
        if let Some(most) = sample.truncation {
            truncate(&mut noise, most, self.seed, sample.number)?;
        }
        let told = match self.told() {
            0 => Vec::new(),
            told if sample.about.is_empty() => {
                let of_wall = &self.model.wall_conditions;
                of_wall.chunks(told).cycle().nth(sample.number as usize % (of_wall.len() / told)).unwrap_or_default().to_vec()
            }
            _ => self.pictures.known.row(&sample.about)?,
        };
        Ok(Made { noise, told })
    }

    /// Numbers that a picture is made of.
    fn noise(&self) -> usize {
        self.model.course.graph.input(self.model.asked_noise).shape[1]
    }

    /// Numbers that the networks are told of a picture.
    pub(super) fn told(&self) -> usize {
        self.model.asked_conditions.map_or(0, |input| self.model.course.graph.input(input).shape[1])
    }

    /// The pictures, one after the other, from 0 to 1.
    pub(super) async fn paint(&self, stage: &mut dyn Stage, made: &[Made], progress: &dyn Fn(f32)) -> Result<Vec<f32>> {
        let mut pixels = Vec::new();
        for (i, some) in made.chunks(ASKED).enumerate() {
            let padded = |of: fn(&Made) -> &Vec<f32>| {
                let mut values: Vec<f32> = some.iter().flat_map(of).copied().collect();
                values.resize(values.len() / some.len() * ASKED, 0.0);
                values
            };
            stage.write(self.model.asked_noise, &padded(|made| &made.noise))?;
            if let Some(input) = self.model.asked_conditions {
                stage.write(input, &padded(|made| &made.told))?;
            }
            let painted = stage.read(self.model.paint)?.await?;
            pixels.extend_from_slice(&painted[..some.len() * self.size().bytes()]);
            progress((i * ASKED + some.len()) as f32 / made.len() as f32);
        }
        Ok(pixels)
    }

    fn gallery(&self, columns: usize, pixels: &[f32], captions: Vec<String>) -> Gallery {
        self.gallery_of_bytes(columns, bytes(pixels), captions)
    }

    fn gallery_of_bytes(&self, columns: usize, pixels: Vec<u8>, captions: Vec<String>) -> Gallery {
        let Size { height, width, channels } = self.size();
        let [height, width, channels, columns] = [height, width, channels, columns].map(|n| n as u32);
        Gallery { height, width, channels, columns, pixels, captions }
    }

    fn showing(&self, galleries: Vec<Gallery>) -> Answer {
        Answer { galleries, ..Answer::default() }
    }

    fn past(&self, step: u32) -> Result<Answer> {
        let past = self.timeline.at(step).ok_or_else(|| Error("No wall is kept yet: press Play.".to_string()))?;
        let kept = self.timeline.steps().map(|step| Figure {
            name: "Step".to_string(),
            value: step as f32,
            help: "A step whose wall is kept.".to_string(),
        });
        Ok(Answer {
            galleries: vec![self.gallery_of_bytes(self.model.wall[1], past.pixels.clone(), Vec::new())],
            sentence: format!("After {} steps.", past.step),
            figures: kept.collect(),
            ..Answer::default()
        })
    }

    async fn scores(&self, stage: &mut dyn Stage) -> Result<Answer> {
        let output = stage.read(self.model.look)?.await?;
        let look = Look::of(&output, self.model.wall);
        let real = stage.read(self.model.real[0])?.await?;
        let captioned = |pixels: &[f32], scores: &[f32]| {
            self.gallery(self.model.wall[1], pixels, scores.iter().map(|score| format!("{:.0} %", score * 100.0)).collect())
        };
        let right = look.on_real.iter().filter(|score| **score > 0.5).count()
            + look.on_samples.iter().filter(|score| **score < 0.5).count();
        let figure = |name: &str, value: f32, help: &str| Figure { name: name.to_string(), value, help: help.to_string() };
        Ok(Answer {
            galleries: vec![captioned(look.samples, look.on_samples), captioned(&real, look.on_real)],
            sentence: "How real the discriminator thinks each is: samples, then real pictures.".to_string(),
            figures: vec![
                figure("Samples", mean(look.on_samples), "How real samples are thought to be, on average."),
                figure("Real", mean(look.on_real), "How real real pictures are thought to be, on average."),
                figure(
                    "Told right",
                    right as f32 / (2 * look.on_real.len()).max(1) as f32,
                    "The share of all these pictures that the discriminator judges rightly: a half is guessing.",
                ),
            ],
            ..Answer::default()
        })
    }

    async fn nearest(&self, stage: &mut dyn Stage, sample: &Sample, count: usize) -> Result<Answer> {
        let pixels = bytes(&self.paint(stage, &[self.made_of(sample)?], &|_| ()).await?);
        let train = &self.pictures.train;
        let mut distances: Vec<(f32, usize)> = (0..train.len()).map(|i| (distance(&pixels, train.picture(i)), i)).collect();
        distances.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        distances.truncate(count);
        let captions =
            std::iter::once("the sample".to_string()).chain(distances.iter().map(|(distance, _)| format!("{distance:.1} away")));
        let pictures = pixels.iter().chain(distances.iter().flat_map(|(_, i)| train.picture(*i))).copied().collect();
        let galleries = vec![self.gallery_of_bytes(distances.len() + 1, pictures, captions.collect())];

        let held_out = &self.pictures.held_out;
        let to_train =
            |new: usize| (0..train.len()).map(|i| distance(held_out.picture(new), train.picture(i))).fold(f32::MAX, f32::min);
        let mut expected: Vec<f32> = (0..held_out.len().min(EXPECTED_BY)).map(to_train).collect();
        expected.sort_unstable_by(f32::total_cmp);
        let (Some((distance, _)), Some(&expected)) = (distances.first(), expected.get(expected.len() / 2)) else {
            return Ok(self.showing(galleries));
        };
        let verdict = if *distance < COPIED * expected {
            "It is so close to one that the generator may know it by heart."
        } else {
            "It is as new as they are: not copied."
        };
        Ok(Answer {
            galleries,
            sentence: format!(
                "The nearest of the training pictures is {distance:.1} away, as the square root of all squared differences of pixels; real \
                 pictures that were never learnt from are {expected:.1} away from theirs, by the median. {verdict}"
            ),
            figures: vec![
                Figure {
                    name: "Distance".to_string(),
                    value: *distance,
                    help: "From the sample to the nearest training picture.".to_string(),
                },
                Figure {
                    name: "Expected".to_string(),
                    value: expected,
                    help: "From a held-out picture to the nearest training picture, by the median.".to_string(),
                },
            ],
            ..Answer::default()
        })
    }

    async fn diversity(&self, stage: &mut dyn Stage, progress: &dyn Fn(f32)) -> Result<Answer> {
        if self.told() == 0 {
            return Err(Error("The generator is told of no kinds: set “Told” to “All that is known”, and begin anew.".to_string()));
        }
        let train = &self.pictures.train;
        let abouts: Vec<Vec<f32>> = (0..train.len()).map(|i| self.pictures.known.about(train, i)).collect();
        let kinds = self.pictures.known.0.iter().position(|thing| thing.names().len() > 2).unwrap_or(0);
        let Some(thing) = self.pictures.known.0.get(kinds) else { return Ok(Answer::default()) };
        let mut figures = Vec::new();
        for (place, name) in thing.names().iter().enumerate() {
            let real: Vec<usize> = (0..train.len()).filter(|&i| thing.is(abouts[i][kinds], place)).take(OF_A_KIND).collect();
            let made: Result<Vec<Made>> = real
                .iter()
                .zip(0..)
                .map(|(&i, number)| self.made_of(&Sample { number, about: abouts[i].clone(), ..Sample::default() }))
                .collect();
            let samples = bytes(&self.paint(stage, &made?, &|_| ()).await?);
            let samples: Vec<&[u8]> = samples.chunks(self.size().bytes()).collect();
            let real: Vec<&[u8]> = real.iter().map(|&i| train.picture(i)).collect();
            figures.push(Figure {
                name: name.clone(),
                value: apart(&samples) / apart(&real).max(f32::MIN_POSITIVE),
                help: format!("How far samples of {name} are apart, pixel by pixel, where real ones have 1."),
            });
            progress((place + 1) as f32 / thing.names().len() as f32);
        }
        let least = figures.iter().min_by(|a, b| a.value.total_cmp(&b.value));
        let sentence = least.map_or(String::new(), |least| {
            format!("Samples of “{}” are most alike: {:.0} % as far apart as real ones.", least.name, least.value * 100.0)
        });
        Ok(Answer { sentence, figures, ..Answer::default() })
    }
}

/// Draws what lies beyond `most` standard deviations anew, until it does not.
fn truncate(noise: &mut [f32], most: f32, seed: u64, number: u32) -> Result<()> {
    /// Draws after which what is left is cut off.
    const PATIENCE: u32 = 1000;
    if most.is_nan() || most <= 0.0 {
        return Err(Error("Noise is truncated at a number of standard deviations above 0.".to_string()));
    }
    for again in 1..=PATIENCE {
        if noise.iter().all(|value| value.abs() <= most) {
            return Ok(());
        }
        let mut fresh = vec![0.0; noise.len()];
        Stream::new(seed, Domain::Host, again, number).fill(0, &mut fresh, Stream::normal);
        noise.iter_mut().zip(fresh).filter(|(value, _)| value.abs() > most).for_each(|(value, fresh)| *value = fresh);
    }
    noise.iter_mut().for_each(|value| *value = value.clamp(-most, most));
    Ok(())
}

/// ‖a − b‖ over all values, black to white being 1.
fn distance(a: &[u8], b: &[u8]) -> f32 {
    // Of 64 × 64 × 3 values, each at most 255², the sum is below 2³².
    let squares: u32 = a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum();
    (squares as f32).sqrt() / 255.0
}

/// The mean distance over all pairs.
fn apart(pictures: &[&[u8]]) -> f32 {
    let pairs = (0..pictures.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let distances: Vec<f32> = pairs.map(|(i, j)| distance(pictures[i], pictures[j])).collect();
    mean(&distances)
}
