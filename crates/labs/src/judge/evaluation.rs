use serde::{Deserialize, Serialize};
use terrarium_metrics::{ClassShares, Rows, frechet_distance, inception_score, precision_recall};

use super::look::Seen;
use crate::error::{Error, Result};

/// Neighbours by which [`precision_recall`] tells where pictures lie, as in its paper.
const NEIGHBOURS: usize = 3;

/// How pictures share out among the answers to a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// The share of the pictures for each answer.
    pub shares: Vec<f32>,
    /// How many of the answers are covered: see [`ClassShares::covered`].
    pub covered: u32,
}

/// How good pictures are, beside real ones. Numbers of a few hundred pictures are worse than those of many, so only evaluations of
/// equally many compare; those of real pictures that nothing has learnt from are the ceiling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// How many pictures were judged.
    pub pictures: u32,
    /// By the judge's first question: see [`inception_score`].
    pub inception_score: f32,
    /// In the judge's features: see [`frechet_distance`].
    pub frechet_distance: f32,
    /// See [`precision_recall`].
    pub precision: f32,
    pub recall: f32,
    /// Of each of the judge's questions.
    pub answers: Vec<Answers>,
}

impl Evaluation {
    /// Compares what a judge saw of pictures with what it saw of real ones, each of these with each of those: a tenth of a second,
    /// natively, for a thousand of both.
    ///
    /// # Errors
    /// Where either are too few.
    pub fn of(pictures: &Seen, real: &Seen) -> Result<Evaluation> {
        let few = || Error(format!("There is nothing to compare: more than {NEIGHBOURS} pictures of each kind are needed."));
        let (features, of_real) = (pictures.features().ok_or_else(few)?, real.features().ok_or_else(few)?);
        let probabilities: Vec<Rows> = (0..pictures.questions()).filter_map(|question| pictures.probabilities(question)).collect();
        let manifold = precision_recall(of_real, features, NEIGHBOURS).ok_or_else(few)?;
        let answers = probabilities.iter().map(|rows| {
            let shares = ClassShares::of(*rows);
            Answers { covered: shares.covered() as u32, shares: shares.shares }
        });
        Ok(Evaluation {
            pictures: features.count() as u32,
            inception_score: probabilities.first().and_then(|rows| inception_score(*rows)).ok_or_else(few)?,
            frechet_distance: frechet_distance(of_real, features).ok_or_else(few)?,
            precision: manifold.precision,
            recall: manifold.recall,
            answers: answers.collect(),
        })
    }
}
