//! The small sisters of the lab's model, for comparison: an encoder that fills in blanks and a translator.

mod answer;
mod model;
mod text;

use std::sync::Arc;

use terrarium_graph::{InputId, Pending, ProgramId};
use terrarium_metrics::Bleu;

use self::answer::Asking;
use self::model::Model;
use self::text::Text;
use super::question::GRADED;
use super::table::{ModelKind, Options};
use super::trouble::Watch;
use super::{learning, model_file};
use crate::error::Result;
use crate::experiment::{Asked, Course, Experiment, Stage, unanswered};
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

    /// The BLEU of translations of the first held-out texts, given as so many tokens each, of which those count that come before an end.
    fn bleu(&self, written: &[f32], places: usize) -> f32 {
        let tokenizer = &self.text.tokenizer;
        let mut bleu = Bleu::default();
        for (tokens, item) in written.chunks(places).zip(&self.text.items) {
            let tokens = tokens.iter().map(|token| *token as u32).take_while(|token| Some(*token) != tokenizer.end_of_text());
            bleu.add(&tokenizer.decode(&tokens.collect::<Vec<_>>()), &[&item.answer]);
        }
        // What is right has words.
        bleu.score().unwrap_or_default()
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
        model_file::metadata(&self.text.tokenizer)
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
        let mut charts = vec![loss, right];
        let mut next = 6;
        if self.model.writing.is_some() {
            charts.push(Chart::new(
                "BLEU of held-out translations",
                &format!(
                    "How many runs of one to four words of what the model writes by itself are in the right translations, of {GRADED} \
                     sentences: 100 where all are as they should be. (Papineni et al. 2002)"
                ),
                Axis::Fixed(0.0, 100.0),
                vec![line(next, "BLEU", "bleu", "of-held-out")],
            ));
            next += 1;
        }
        charts.push(learning::chart_of_rate(5));
        charts.push(Chart::of_gradient_norms(next, &self.model.layers));
        charts
    }

    fn before_looks(&self) -> Vec<(ProgramId, u32)> {
        // The look is a run of it, too.
        self.model.writing.iter().map(|writing| (writing.program, writing.places as u32 - 1)).collect()
    }

    fn looks(&self) -> Vec<ProgramId> {
        std::iter::once(self.model.held_out).chain(self.model.writing.map(|writing| writing.program)).collect()
    }

    fn measure(&mut self, step: u32, readings: &[Vec<f32>], looks: &[Vec<f32>]) -> Vec<Option<f32>> {
        let ([reading], [look, written @ ..]) = (readings, looks) else { return Vec::new() };
        let ([loss, rate, norms @ ..], &[held_out, accuracy, right]) = (&reading[..], &look[..]) else { return Vec::new() };
        self.watch.see(step, *loss, held_out);
        let measures = [*loss, held_out, accuracy, right, self.text.bigram_loss, *rate];
        let bleu = self.model.writing.zip(written.first()).map(|(writing, written)| self.bleu(written, writing.places));
        measures.into_iter().chain(bleu).chain(norms.iter().copied()).map(Some).collect()
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
            return unanswered();
        };
        let SisterLab { options, text, model, .. } = self;
        Box::pin(Asking { model, options, text, stage, progress }.answer(question))
    }
}
