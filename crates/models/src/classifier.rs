//! A classifier of pictures that answers one question or several: what the judge of generated pictures is made of. Pictures are
//! `[batch, size, size, channels]` with values from 0 to 1.

use terrarium_graph::{Builder, Tensor};

use crate::conv::{Halving, Norm, Pyramid};
use crate::mlp::{Activation, Linear, Start};
use crate::norm::Pass;

/// What a classifier is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub pictures: Pyramid,
    /// Numbers in which a picture is summed up, from which alone every question is answered.
    pub features: usize,
    /// How many answers each question has.
    pub answers: Vec<usize>,
}

/// Convolutions that halve a picture, a layer of features, and a linear layer for the answers to all questions.
pub struct Classifier<'b> {
    halving: Halving<'b>,
    features: Linear<'b>,
    answers: Linear<'b>,
    settings: Settings,
}

impl<'b> Classifier<'b> {
    /// Parameters and states `halving.…`, `features.…` and `answers.…`; ReLU, batch norm, started by He.
    pub fn new(b: &'b Builder, settings: Settings) -> Self {
        let Settings { pictures, features, ref answers } = settings;
        Classifier {
            halving: Halving::new(b, "halving", pictures, Norm::Batch, Activation::Relu, Start::He),
            features: Linear::new(b, "features", pictures.features(), features, Start::He),
            answers: Linear::new(b, "answers", features, answers.iter().sum(), Start::Glorot),
            settings,
        }
    }

    /// What is seen of pictures, `[batch, features]`: none of it below 0.
    pub fn see(&self, pictures: Tensor<'b>, pass: Pass<'_, 'b>) -> Tensor<'b> {
        let halved = self.halving.forward(pictures, pass); // [batch, base, base, filters]
        self.features.forward(halved.reshape([halved.shape()[0], self.settings.pictures.features()])).relu()
    }

    /// The logits of each question's answers, `[batch, answers]`, from what is seen.
    pub fn answer(&self, features: Tensor<'b>) -> Vec<Tensor<'b>> {
        let logits = self.answers.forward(features);
        let first = self.settings.answers.iter().scan(0, |next, answers| {
            *next += answers;
            Some(*next - answers)
        });
        first.zip(&self.settings.answers).map(|(first, answers)| logits.slice(1, first..first + answers)).collect()
    }

    /// The cross-entropy of the right answers in nats, as the mean over a batch and the sum over the questions: a scalar. `right` has
    /// the indices `[batch]` of the answers to each question.
    pub fn loss(&self, pictures: Tensor<'b>, right: &[Tensor<'b>], pass: Pass<'_, 'b>) -> Tensor<'b> {
        let surprise = |(logits, right): (Tensor<'b>, &Tensor<'b>)| logits.cross_entropy(*right).mean_all();
        let answers = self.answer(self.see(pictures, pass));
        answers.into_iter().zip(right).map(surprise).fold(pictures.builder().scalar(0.0), |sum, one| sum + one)
    }

    pub fn parameters(&self) -> Vec<Tensor<'b>> {
        let layers = [self.features, self.answers].into_iter().flat_map(|layer| layer.parameters());
        self.halving.parameters().into_iter().chain(layers).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use terrarium_cpu::Cpu;
    use terrarium_graph::Engine;

    use super::*;

    #[test]
    fn every_question_is_answered_from_the_same_features() {
        const BATCH: usize = 3;
        let b = Builder::new();
        let pictures = Pyramid { size: 28, channels: 1, width: 4 };
        let classifier = Classifier::new(&b, Settings { pictures, features: 5, answers: vec![2, 4] });
        let shown = b.uniform([BATCH, 28, 28, 1]);
        let seen = classifier.see(shown, Pass::Evaluation);
        let answers = classifier.answer(seen);
        let right = [b.index_input("first", [BATCH]), b.index_input("second", [BATCH])];
        let loss = classifier.loss(shown, &right, Pass::Evaluation);
        let outputs = [("seen", seen), ("first", answers[0]), ("second", answers[1]), ("loss", loss)];
        let program = b.program("all", &outputs);
        drop((classifier, answers));
        let graph = Arc::new(b.finish().unwrap());
        let mut engine = Cpu::new(graph.clone()).unwrap();
        engine.initialise(1).unwrap();
        let right: [[u32; BATCH]; 2] = [[0, 1, 1], [3, 0, 2]];
        for (name, right) in ["first", "second"].iter().zip(&right) {
            engine.write_indices(graph.find_input(name).unwrap(), right).unwrap();
        }
        engine.run(program, 1).unwrap();
        let mut output = |output: usize| engine.output(program, output).unwrap();
        let (seen, first, second, loss) = (output(0), output(1), output(2), output(3)[0]);
        assert!(seen.len() == BATCH * 5 && seen.iter().all(|v| *v >= 0.0) && seen.iter().any(|v| *v > 0.0), "{seen:?}");

        // −ln p of the right answers, by the definition of the softmax.
        let surprise = |logits: &[f32], right: u32| logits.iter().map(|v| v.exp()).sum::<f32>().ln() - logits[right as usize];
        let of = |logits: &[f32], answers: usize, right: &[u32]| -> f32 {
            assert_eq!(logits.len(), BATCH * answers);
            logits.chunks(answers).zip(right).map(|(logits, right)| surprise(logits, *right)).sum::<f32>() / BATCH as f32
        };
        let expected = of(&first, 2, &right[0]) + of(&second, 4, &right[1]);
        assert!((loss - expected).abs() < 1e-4, "{loss}, not {expected}");
    }
}
