//! The small sisters of the lab's model, for comparison: an encoder that fills in blanks and a translator.

mod answer;
mod model;
mod text;

use std::sync::Arc;

use terrarium_graph::{InputId, Pending, ProgramId};

use self::answer::Asking;
use self::model::Model;
use self::text::Text;
use super::model_file::TOKENIZER;
use super::table::{ModelKind, Options};
use super::trouble::Watch;
use crate::error::{Error, Result};
use crate::experiment::{Asked, Course, Experiment, Stage};
use crate::library::Files;
use crate::protocol::{Axis, Chart, ChartLine, Question, SetUp, Show, Trouble};
use crate::scene::{Gallery, Scene, Wall};
use crate::settings::Settings;

/// An encoder or a translator, and what it learns from.
pub struct SisterLab {
    options: Options,
    text: Text,
    model: Model,
    watch: Watch,
}

impl SisterLab {
    /// # Errors
    /// Where the text cannot be had or does not suit, or sizes do not go together.
    pub fn open(settings: &Settings, set_up: &SetUp, files: &Files) -> Result<Box<dyn Experiment>> {
        let options = Options::of(settings);
        let (text, model) = if options.kind == ModelKind::Translator {
            let text = Text::pairs(&options, set_up)?;
            let model = Model::translator(&options, &text)?;
            (text, model)
        } else {
            let text = Text::blanks(&options, set_up, files)?;
            let model = Model::encoder(&options, &text)?;
            (text, model)
        };
        Ok(Box::new(SisterLab { options, text, model, watch: Watch::default() }))
    }
}

impl Experiment for SisterLab {
    fn course(&self) -> &Arc<Course> {
        &self.model.course
    }

    fn follow(&mut self, settings: &Settings) {
        self.options = Options::of(settings);
    }

    fn metadata(&self) -> Vec<(&'static str, String)> {
        // It is made of text and numbers alone, which JSON can always tell.
        serde_json::to_string(&self.text.tokenizer).map(|json| (TOKENIZER, json)).into_iter().collect()
    }

    fn live(&self) -> Vec<(InputId, f32)> {
        self.model.live.values(&self.options)
    }

    fn rhythm(&self) -> Vec<u32> {
        vec![1]
    }

    fn charts(&self) -> Vec<Chart> {
        let line = ChartLine::new;
        let losses = vec![
            line(0, "Training", "loss", "of-training"),
            line(1, "Held out", "held_out_loss", "of-held-out"),
            line(4, "Bigram counts", "bigram_loss", "of-baseline"),
        ];
        let of = Some(self.text.held_out.given.len() as u32);
        let shares =
            vec![line(2, "Tokens", "accuracy", "of-held-out"), ChartLine { of, ..line(3, "Whole texts", "right", "of-training") }];
        let [loss, right] = if self.options.kind == ModelKind::Translator {
            [
                Chart::new(
                    "Loss, in nats a token",
                    "How surprised the model is by the next token of what is right: lower is better. Counting which token follows which, \
                     without a look at what is translated, would cost what the third line says.",
                    Axis::Around,
                    losses,
                ),
                Chart::new(
                    "Held-out texts written right",
                    "The share of tokens that are right after the right ones before them, and of texts that are right to the end, as the \
                     model writes them by itself.",
                    Axis::Share,
                    shares,
                ),
            ]
        } else {
            [
                Chart::new(
                    "Loss, in nats a hidden token",
                    "How surprised the model is by what was hidden: lower is better. Training also hides by wrong tokens, which is harder. \
                     Counting which token follows which would cost what the third line says.",
                    Axis::Around,
                    losses,
                ),
                Chart::new(
                    "Held-out blanks filled right",
                    "The share of hidden tokens for which the model's first guess is the one that was there, and of texts in which all are \
                     found.",
                    Axis::Share,
                    shares,
                ),
            ]
        };
        let rate = Chart::new(
            "Learning rate",
            "How far a step may go: it warms up, then falls by its schedule.",
            Axis::Around,
            vec![line(5, "Learning rate", "learning_rate", "of-training")],
        );
        vec![loss, right, rate, Chart::of_gradient_norms(6, &self.model.layers)]
    }

    fn looks(&self) -> Vec<ProgramId> {
        vec![self.model.held_out]
    }

    fn measure(&mut self, step: u32, readings: &[Vec<f32>], looks: &[Vec<f32>]) -> Vec<Option<f32>> {
        let ([reading], [look]) = (readings, looks) else { return Vec::new() };
        let ([loss, rate, norms @ ..], &[held_out, accuracy, right]) = (&reading[..], &look[..]) else { return Vec::new() };
        self.watch.see(step, *loss, held_out);
        let measures = [*loss, held_out, accuracy, right, self.text.bigram_loss, *rate];
        measures.into_iter().chain(norms.iter().copied()).map(Some).collect()
    }

    fn broke(&mut self) {
        self.watch.broke();
    }

    fn trouble(&self) -> Option<Trouble> {
        self.watch.trouble()
    }

    /// Attention on a held-out text, for a translator as it is written: a row for each layer, a picture for each head.
    fn scene(&mut self, _: u32, _: Show, stage: &mut dyn Stage) -> Result<Pending<Scene>> {
        let (asked, held_out, context) = (self.model.asked, &self.text.held_out, self.options.model.context);
        stage.write_indices(asked.text, &held_out.given[0])?;
        if let Some(begun) = asked.begun {
            stage.write_indices(begun, &held_out.wanted[0][..context])?;
        }
        let pixels = stage.show(asked.squares)?;
        let [rows, columns] = [self.options.model.layers, self.options.model.heads];
        Ok(Box::pin(async move {
            let size = [context, context, 1];
            let wall = Wall { place: [0.0, 0.0, 1.0, 1.0], rows, columns, size, pixels: pixels.await?, joined: false };
            Ok(Scene::Gallery(Gallery { walls: vec![wall], dots: None }))
        }))
    }

    fn ask<'a>(&'a mut self, question: Question, stage: &'a mut dyn Stage, progress: &'a dyn Fn(f32)) -> Asked<'a> {
        let Question::Language(question) = question else {
            return Box::pin(std::future::ready(Err(Error("This lab has no answer to that.".to_string()))));
        };
        let SisterLab { options, text, model, .. } = self;
        Box::pin(Asking { model, options, text, stage, progress }.answer(question))
    }
}
