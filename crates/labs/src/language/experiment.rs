//! A run of the lab: its text, its model, and what it is measured by.

use std::collections::BTreeMap;
use std::f32::consts::LN_2;
use std::sync::Arc;

use terrarium_graph::{InputId, Pending, ProgramId};

use super::answer::{Asking, Notes};
use super::learning;
use super::model::Model;
use super::model_file::{self, ModelFile, of_network};
use super::sisters::SisterLab;
use super::table::{ModelKind, Options};
use super::text::Text;
use super::trouble::Watch;
use crate::error::Result;
use crate::experiment::{Asked, Course, Experiment, Stage, unanswered};
use crate::library::Files;
use crate::protocol::{Axis, Chart, ChartLine, Question, SetUp, Show, Trouble};
use crate::scene::{Gallery, Scene, Wall};
use crate::settings::Settings;

/// A Transformer and the text that it learns from.
pub struct LanguageLab {
    options: Options,
    seed: u64,
    /// The settings that are about the network.
    network: BTreeMap<String, String>,
    text: Text,
    model: Model,
    notes: Notes,
    watch: Watch,
}

impl LanguageLab {
    /// # Errors
    /// Where the text cannot be had, or sizes do not go together.
    pub fn open(settings: &Settings, set_up: &SetUp, files: &Files) -> Result<Box<dyn Experiment>> {
        let options = Options::of(settings);
        if options.kind != ModelKind::Decoder {
            return SisterLab::open(settings, set_up, files);
        }
        let base = match &set_up.base[..] {
            [] => None,
            base => Some(ModelFile::read(base)?),
        };
        let text = Text::new(&options, set_up, base.as_ref(), files)?;
        let model = Model::new(&options, &text, base)?;
        Ok(Box::new(LanguageLab {
            options,
            seed: set_up.seed,
            network: of_network(settings),
            text,
            model,
            notes: Notes::default(),
            watch: Watch::default(),
        }))
    }
}

impl Experiment for LanguageLab {
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
        self.model.live(&self.options)
    }

    fn rhythm(&self) -> Vec<u32> {
        vec![1]
    }

    fn charts(&self) -> Vec<Chart> {
        let line = ChartLine::new;
        let mut losses = vec![line(0, "Training", "loss", "of-training"), line(1, "Held out", "held_out_loss", "of-held-out")];
        losses.push(line(4, "Bigram counts", "bigram_loss", "of-baseline"));
        let mut charts = vec![Chart::new(
            "Loss, in nats a token",
            "How surprised the model is by the next token: lower is better. Where the held-out line turns up, it learns by heart. \
             Counting which token follows which would cost what the third line says.",
            Axis::Around,
            losses,
        )];
        let mut next = 6;
        if self.model.right.is_some() {
            let of = self.text.items.as_ref().map(|items| items.rows.len() as u32);
            let right = ChartLine { of, ..line(next, "Right", "accuracy", "of-held-out") };
            charts.push(Chart::new(
                "Held-out items answered right",
                "The share of items it has never seen whose answer it gets right, letter by letter.",
                Axis::Share,
                vec![right],
            ));
            next += 1;
        }
        if self.model.before.is_some() {
            charts.push(Chart::new(
                "Loss on the text before, in nats a token",
                "What the model costs on held-out text of what it had learnt before: as it climbs, that is forgotten.",
                Axis::Around,
                vec![line(next, "Earlier text", "earlier_loss", "of-earlier")],
            ));
            next += 1;
        }
        charts.push(Chart::new(
            "Held-out bits a byte",
            "What it would take to write down new text with the help of this model: lower is better, whatever text is cut into.",
            Axis::Around,
            vec![line(2, "Bits", "held_out_bits", "of-held-out")],
        ));
        charts.push(Chart::new(
            "Held-out perplexity",
            "As if the model chose blindly among so many tokens.",
            Axis::Log,
            vec![line(3, "Perplexity", "perplexity", "of-held-out")],
        ));
        charts.push(learning::chart_of_rate(5));
        charts.push(Chart::of_gradient_norms(next, &self.model.layers));
        charts
    }

    fn looks(&self) -> Vec<ProgramId> {
        [Some(self.model.held_out), self.model.right, self.model.before].into_iter().flatten().collect()
    }

    fn measure(&mut self, step: u32, readings: &[Vec<f32>], looks: &[Vec<f32>]) -> Vec<Option<f32>> {
        let [reading] = readings else { return Vec::new() };
        let ([loss, rate, norms @ ..], [held_out, rest @ ..]) = (&reading[..], looks) else { return Vec::new() };
        let held_out = held_out.first().copied().unwrap_or(f32::NAN);
        self.watch.see(step, *loss, held_out);
        let bits = held_out / (self.text.bytes_per_token * LN_2);
        let measures = [*loss, held_out, bits, held_out.exp(), self.text.bigram_loss, *rate];
        let looks = rest.iter().map(|values| values.iter().sum::<f32>() / values.len().max(1) as f32);
        measures.into_iter().chain(looks).chain(norms.iter().copied()).map(Some).collect()
    }

    fn broke(&mut self) {
        self.watch.broke();
    }

    fn trouble(&self) -> Option<Trouble> {
        self.watch.trouble()
    }

    /// Attention on the beginning of the held-out text: a row for each layer, a picture for each head.
    fn scene(&mut self, _: u32, _: Show, stage: &mut dyn Stage) -> Result<Pending<Scene>> {
        let inside = self.model.inside;
        stage.write_indices(inside.tokens, &self.text.shown(inside.positions))?;
        let pixels = stage.show(inside.squares)?;
        let [rows, columns] = [self.options.model.layers, self.options.model.heads];
        Ok(Box::pin(async move {
            let size = [inside.positions, inside.positions, 1];
            let wall = Wall { place: [0.0, 0.0, 1.0, 1.0], rows, columns, size, pixels: pixels.await?, joined: false };
            Ok(Scene::Gallery(Gallery { walls: vec![wall], dots: None }))
        }))
    }

    fn ask<'a>(&'a mut self, question: Question, stage: &'a mut dyn Stage, progress: &'a dyn Fn(f32)) -> Asked<'a> {
        let Question::Language(question) = question else {
            return unanswered();
        };
        let LanguageLab { options, network, seed, text, model, notes, .. } = self;
        Box::pin(Asking { model, options, text, notes, network, seed: *seed, stage, progress }.answer(question))
    }
}
