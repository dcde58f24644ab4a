use std::sync::Arc;

use terrarium_data::images::{Images, Split};
use terrarium_graph::{Builder, InputId, ProgramId};
use terrarium_metrics::Rows;
use terrarium_models::classifier::Classifier;
use terrarium_models::norm::Pass;

use super::file::{self, Header, Question};
use crate::engines::{Engines, Loaded};
use crate::error::{Error, Result};
use crate::protocol::EngineKind;

/// How many pictures are looked at at once.
const BATCH: usize = 100;

/// A shipped classifier, ready to look at pictures.
pub struct Judge {
    engine: Loaded,
    header: Header,
    pictures: InputId,
    /// Outputs: the features, then the probabilities of the answers to each question.
    look: ProgramId,
}

/// What a judge saw of pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// `[count, width]`
    features: Vec<f32>,
    width: usize,
    /// Of each question `[count, answers]`.
    probabilities: Vec<(Vec<f32>, usize)>,
}

impl Seen {
    /// The features of the pictures, `[count, width]`. `None` without pictures.
    pub fn features(&self) -> Option<Rows<'_>> {
        Rows::new(&self.features, self.width)
    }

    /// How likely each answer to a question is for each picture, `[count, answers]`. `None` without pictures or such a question.
    pub fn probabilities(&self, question: usize) -> Option<Rows<'_>> {
        self.probabilities.get(question).and_then(|(values, answers)| Rows::new(values, *answers))
    }

    /// How many questions were answered.
    pub fn questions(&self) -> usize {
        self.probabilities.len()
    }
}

impl Judge {
    /// The judge that `bytes` hold, the contents of [`Subject::judge`](super::Subject::judge), on an engine.
    ///
    /// # Errors
    /// Where the bytes are no judge, or the engine cannot run it.
    pub async fn open(bytes: &[u8], engines: &Engines, kind: EngineKind) -> Result<Judge> {
        let header = file::header(bytes)?;
        let b = Builder::new();
        let classifier = Classifier::new(&b, header.settings());
        let features = classifier.see(b.input("pictures", [BATCH, header.size, header.size, header.channels]), Pass::Evaluation);
        let answers = classifier.answer(features).into_iter().map(|logits| ("answers", logits.softmax()));
        let look = b.program("look", &std::iter::once(("features", features)).chain(answers).collect::<Vec<_>>());
        drop(classifier);
        let graph = Arc::new(b.finish()?);
        let variables = file::variables(bytes, &graph)?;
        let mut engine = engines.load(kind, graph.clone()).await?;
        for (var, values) in graph.var_ids().zip(&variables) {
            engine.write_var(var, values)?;
        }
        Ok(Judge { engine, pictures: graph.find_input("pictures")?, look, header })
    }

    /// What it answers, and how often it is right.
    pub fn questions(&self) -> &[Question] {
        &self.header.questions
    }

    /// Which of its subject's pictures it has learnt from, and which it has never seen.
    pub fn split(&self, images: &Images) -> Split {
        self.header.split(images)
    }

    /// The slug of what it knows about.
    pub fn subject(&self) -> &str {
        &self.header.subject
    }

    /// Looks at pictures with values from 0 to 1, `[n, height, width, channels]`, a batch after the other, and tells `progress` how many
    /// of how many it has seen.
    ///
    /// # Errors
    /// Where the values are not whole pictures of the judge's size, or not finite, or the engine fails.
    pub async fn look(&mut self, pictures: &[f32], progress: &mut dyn FnMut(usize, usize)) -> Result<Seen> {
        let Header { size, channels, features: width, ref questions, .. } = self.header;
        let pixels = self.header.pixels();
        if !pictures.len().is_multiple_of(pixels) {
            return Err(Error(format!("The judge of {} looks at pictures of {size} × {size} × {channels}.", self.header.subject)));
        }
        if !pictures.iter().all(|v| v.is_finite()) {
            return Err(Error(
                "The pictures hold numbers that are infinite or none at all, so there is nothing to judge.".to_string(),
            ));
        }
        let mut seen = Seen {
            features: Vec::new(),
            width,
            probabilities: questions.iter().map(|question| (Vec::new(), question.answers.len())).collect(),
        };
        let count = pictures.len() / pixels;
        let mut done = 0;
        for batch in pictures.chunks(BATCH * pixels) {
            // The last may be short: what is left of it is black, and not looked at.
            let mut full = batch.to_vec();
            full.resize(BATCH * pixels, 0.0);
            self.engine.write_input(self.pictures, &full)?;
            self.engine.run(self.look, 1)?;
            let outputs = self.engine.outputs(self.look).await?;
            let shown = batch.len() / pixels;
            let columns = std::iter::once((&mut seen.features, width))
                .chain(seen.probabilities.iter_mut().map(|(values, answers)| (values, *answers)));
            for ((values, width), output) in columns.zip(&outputs) {
                values.extend(&output[..shown * width]);
            }
            done += shown;
            progress(done, count);
        }
        Ok(seen)
    }
}
