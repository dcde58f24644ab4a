//! How good samples are, by the eyes of a judge.

use super::experiment::ImageGan;
use super::question::Sample;
use crate::engines::Engines;
use crate::error::{Error, Result};
use crate::experiment::Stage;
use crate::judge::{Evaluation, Judge, Subject};
use crate::pictures::Data;
use crate::protocol::{Answer, EngineKind, Figure};

/// The number of the first sample that is judged: others than those that are looked at.
const FIRST: u32 = 1 << 16;

/// Who knows about pictures.
pub(super) fn subject(data: Data) -> Option<Subject> {
    match data {
        Data::Digits => Some(Subject::Digits),
        Data::Fashion => Some(Subject::Fashion),
        Data::Faces => Some(Subject::Faces),
        Data::Shapes | Data::Own => None,
    }
}

impl ImageGan {
    /// Judges so many samples, or as many as there are held-out pictures if these are fewer. As many held-out pictures are judged
    /// beside them: they are what no generator can do better than. Both are compared with as many training pictures.
    pub(super) async fn evaluate(&self, stage: &mut dyn Stage, count: usize, progress: &dyn Fn(f32)) -> Result<Answer> {
        /// Shares of the time that painting takes, and looking at each of three sets.
        const PAINTING: f32 = 0.4;
        const LOOKING: f32 = 0.2;
        let judge = self.judge.as_deref().ok_or_else(|| Error("There is no judge of such pictures.".to_string()))?;
        let (train, held_out) = (&self.pictures.train, &self.pictures.held_out);
        let count = count.min(held_out.len()).min(train.len());
        let asked = (0..count).map(|i| Sample {
            number: FIRST + i as u32,
            about: if self.told() > 0 { self.pictures.known.about(train, i) } else { Vec::new() },
            ..Sample::default()
        });
        let made: Result<Vec<_>> = asked.map(|sample| self.made_of(&sample)).collect();
        let samples = self.paint(stage, &made?, &|share| progress(PAINTING * share)).await?;
        let first: Vec<usize> = (0..count).collect();
        let sets = [samples, held_out.subset(&first).rows(), train.subset(&first).rows()];

        // Its pictures are small and few: the processor is quick enough, whatever the run is on.
        let mut judge = Judge::open(judge, &Engines::without_gpu(), EngineKind::Cpu).await?;
        let mut seen = Vec::new();
        for (i, set) in sets.iter().enumerate() {
            let mut tell = |done: usize, of: usize| progress(PAINTING + LOOKING * (i as f32 + done as f32 / of.max(1) as f32));
            seen.push(judge.look(set, &mut tell).await?);
        }
        let [samples, held_out] = [Evaluation::of(&seen[0], &seen[2])?, Evaluation::of(&seen[1], &seen[2])?];
        let question = judge.questions().first();
        let answers = question.map_or(&[][..], |question| &question.answers);
        Ok(Answer {
            sentence: sentence(&samples, &held_out, answers.len()),
            figures: figures(&samples, &held_out, answers),
            ..Answer::default()
        })
    }
}

fn sentence(samples: &Evaluation, real: &Evaluation, kinds: usize) -> String {
    let covered = samples.answers.first().map_or(0, |answers| answers.covered);
    format!(
        "{} samples have an inception score of {:.2} (real pictures {:.2}), a Fréchet distance of {:.2} ({:.2}), a precision of {:.2} \
         ({:.2}) and a recall of {:.2} ({:.2}), and cover {covered} of {kinds} kinds.",
        samples.pictures,
        samples.inception_score,
        real.inception_score,
        samples.frechet_distance,
        real.frechet_distance,
        samples.precision,
        real.precision,
        samples.recall,
        real.recall,
    )
}

/// Each figure of the samples, and after it that of real pictures.
fn figures(samples: &Evaluation, real: &Evaluation, kinds: &[String]) -> Vec<Figure> {
    type Measure = fn(&Evaluation) -> f32;
    let measures: [(&str, Measure, &str); 4] = [
        (
            "Inception score",
            |e| e.inception_score,
            "Whether pictures look like something, and not all like the same: from 1 to the number of kinds.",
        ),
        (
            "Fréchet distance",
            |e| e.frechet_distance,
            "How far pictures are from real ones in what the judge sees of them: lower is better.",
        ),
        ("Precision", |e| e.precision, "The share of the pictures that lie where real ones do."),
        ("Recall", |e| e.recall, "The share of the real pictures that lie where these do."),
    ];
    let mut figures = Vec::new();
    let mut pair = |name: &str, values: [f32; 2], help: &str| {
        for (name, value) in [name.to_string(), format!("{name}, real pictures")].into_iter().zip(values) {
            figures.push(Figure { name, value, help: help.to_string() });
        }
    };
    for (name, measure, help) in measures {
        pair(name, [samples, real].map(measure), help);
    }
    let share =
        |evaluation: &Evaluation, kind: usize| evaluation.answers.first().and_then(|a| a.shares.get(kind)).copied().unwrap_or(0.0);
    for (i, kind) in kinds.iter().enumerate() {
        pair(
            &format!("Share of {kind}"),
            [samples, real].map(|e| share(e, i)),
            "How many of the pictures the judge takes for this.",
        );
    }
    figures
}
