//! The sisters' graphs: an encoder or a translator, its step, what it is measured by, and what answers.

use std::sync::Arc;

use terrarium_graph::{Builder, Init, InputId, ProgramId, Tensor, plan};
use terrarium_models::encoder::Encoder;
use terrarium_models::transformer::{Dropout, Learning, Said, Settings};
use terrarium_models::translator::{self, Translator};

use super::text::{Rows, Text};
use crate::error::{Error, Result};
use crate::experiment::Course;
use crate::language::learning::{self, Live};
use crate::language::question::GRADED;
use crate::language::table::Options;
use crate::language::text::Data;

/// What the models are called in their parameters' names, as the one that they are sisters of.
const NAME: &str = "transformer";
/// The input that holds how many tokens there are from each one on.
const RANKS: &str = "ranks";

/// A graph with the places of what a run needs of it.
pub struct Model {
    /// One player, whose step tells what [`learning::step`]'s does.
    pub course: Arc<Course>,
    pub live: Live,
    /// Output: the held-out loss in nats a token, the share of tokens that are right, and that of rows in which all are.
    pub held_out: ProgramId,
    pub asked: Asked,
    /// What writes translations to be graded.
    pub writing: Option<Writing>,
    pub layers: Vec<String>,
    /// As of [`About`](super::About).
    pub bytes: u64,
    pub flops_per_token: u64,
}

/// A program that writes translations of the first held-out texts, all of them at once.
#[derive(Clone, Copy)]
pub struct Writing {
    /// Gives each place the likeliest token after what the last run of it had written before that place. Once it was run as often as
    /// there are places, whatever it began with, the texts are those that the model writes token by token (Jacobi decoding: Santilli et al.
    /// 2023). Output: the tokens, as numbers, `[texts · places]`.
    pub program: ProgramId,
    pub places: usize,
}

/// Programs that answer.
#[derive(Clone, Copy)]
pub struct Asked {
    /// A text, `[1, context]`.
    pub text: InputId,
    /// What is written of its translation, `[1, context]`.
    pub begun: Option<InputId>,
    /// Output: what stands at each place, or of a translation comes after it, as logits, `[context, vocabulary]`.
    pub logits: ProgramId,
    /// Output: how much each head attends to each place of the text, of each place of the text or of its translation, `[layers, heads,
    /// context, context]`.
    pub patterns: ProgramId,
    /// Output: the roots of that, by which small shares can still be seen.
    pub squares: ProgramId,
}

impl Model {
    /// An encoder.
    pub fn encoder(options: &Options, text: &Text) -> Result<Model> {
        let settings = settings(options, text)?;
        let t = settings.context;
        let b = Builder::new();
        let model = Encoder::new(&b, NAME, settings.clone());
        let known = b.index_input("known", [text.train.wanted.len(), t]);
        let said = model.guess(b.batch(known, options.batch), &learning::dropout(&b));
        let step = learn(&b, options, said, model.learning());
        let [given, wanted] = ["given", "wanted"].map(|name| b.index_input(name, [text.held_out.given.len(), t]));
        let held_out = measured(&b, model.judge(given, wanted), text.held_out.given.len());
        let asked = b.index_input("asked", [1, t]);
        let logits = b.program("fill", &[("logits", model.fill(asked, &Dropout(None)))]);
        let [patterns, squares] = patterns(&b, model.patterns(asked));
        drop(model);
        let Rows { given, wanted } = &text.held_out;
        let resident = [("known", &text.train.wanted), ("given", given), ("wanted", wanted)];
        let layers = (1..=settings.layers).map(|layer| format!("Block {layer}"));
        Model::of(b, step, held_out, [logits, patterns, squares], &resident, layers, t)
    }

    /// An encoder with a decoder.
    pub fn translator(options: &Options, text: &Text) -> Result<Model> {
        let settings = settings(options, text)?;
        let t = settings.context;
        let b = Builder::new();
        let model = Translator::new(&b, NAME, settings.clone());
        let pairs = text.train.given.len();
        let drawn = b.random_index(pairs, options.batch);
        let known = b.index_input("known", [pairs, t]).gather(drawn);
        let known_wanted = b.index_input("known wanted", [pairs, t + 1]).gather(drawn);
        let said = model.follow(known, known_wanted, &learning::dropout(&b));
        let step = learn(&b, options, said, model.learning());
        let count = text.held_out.given.len();
        let (given, wanted) = (b.index_input("given", [count, t]), b.index_input("wanted", [count, t + 1]));
        let held_out = measured(&b, model.follow(given, wanted, &Dropout(None)), count);
        let writing = (options.data == Data::World).then(|| write(&b, &model, given, wanted, text));
        let [asked, begun] = ["asked", "begun"].map(|name| b.index_input(name, [1, t]));
        let logits = b.program("next", &[("logits", model.logits(asked, begun, &Dropout(None)))]);
        let [patterns, squares] = patterns(&b, model.patterns(asked, begun));
        drop(model);
        let (train, kept_back) = (&text.train, &text.held_out);
        let resident =
            [("known", &train.given), ("known wanted", &train.wanted), ("given", &kept_back.given), ("wanted", &kept_back.wanted)];
        let blocks = |half: &'static str| (1..=settings.layers).map(move |layer| format!("{half} {layer}"));
        let layers = blocks("Encoder").chain(blocks("Decoder"));
        let model = Model::of(b, step, held_out, [logits, patterns, squares], &resident, layers, t)?;
        Ok(Model { writing, ..model })
    }

    fn of(
        b: Builder,
        step: ProgramId,
        held_out: ProgramId,
        [logits, patterns, squares]: [ProgramId; 3],
        resident: &[(&str, &Vec<Vec<u32>>)],
        layers: impl Iterator<Item = String>,
        context: usize,
    ) -> Result<Model> {
        let graph = b.finish()?;
        let resident_indices =
            resident.iter().map(|(name, rows)| Ok((graph.find_input(name)?, rows.concat()))).collect::<Result<_>>()?;
        let asked = Asked { text: graph.find_input("asked")?, begun: graph.find_input("begun").ok(), logits, patterns, squares };
        let (live, bytes) = (Live::of(&graph)?, learning::bytes(&graph, step)?);
        let flops_per_token = plan(&graph, logits).matmul_flops() / context as u64;
        let from_the_end = |input: InputId| (1..=graph.input(input).shape.elements()).rev().map(|rank| rank as f32).collect();
        let resident = graph.find_input(RANKS).ok().map(|ranks| (ranks, from_the_end(ranks))).into_iter().collect();
        let course = Course { graph: Arc::new(graph), players: vec![step], resident, resident_indices, start: Vec::new() };
        let layers = std::iter::once("Embedding".to_string()).chain(layers).collect();
        Ok(Model { course: Arc::new(course), live, held_out, asked, writing: None, layers, bytes, flops_per_token })
    }
}

fn settings(options: &Options, text: &Text) -> Result<Settings> {
    // Adapters are for going on from a trained model.
    let settings = Settings { vocabulary: text.vocabulary, adapters: None, ..options.model.clone() };
    settings.check().map_err(Error)?;
    Ok(settings)
}

fn learn<'b>(b: &'b Builder, options: &Options, said: Said<'b>, of: &[Learning<'b>]) -> ProgramId {
    let parameters: Vec<Tensor> = of.iter().map(|of| of.parameter).collect();
    let loss = said.loss();
    learning::step(b, options, loss, of, &b.gradients(loss, &parameters))
}

fn measured<'b>(b: &'b Builder, said: Said<'b>, rows: usize) -> ProgramId {
    let measures = [said.loss(), said.accuracy(), said.right(rows).mean_all()].map(|measure| measure.reshape([1]));
    b.program("held-out", &[("measures", b.concat(&measures, 0))])
}

fn write<'b>(b: &'b Builder, model: &Translator<'b>, given: Tensor<'b>, wanted: Tensor<'b>, text: &Text) -> Writing {
    let padding = translator::padding(text.vocabulary);
    let n = text.items.len().min(GRADED);
    let longest = |rows: &[Vec<u32>]| {
        let lengths = rows[..n].iter().map(|row| row.iter().take_while(|token| **token != padding).count());
        lengths.max().unwrap_or(0)
    };
    // No longer than the longest of what is right: what goes on is wrong by then.
    let (s, t) = (longest(&text.held_out.given), longest(&text.held_out.wanted) - 1);
    let written = b.scratch("written", [n, t], Init::ZEROS);
    let starts = wanted.slice(0, 0..n).slice(1, 0..1).to_numbers();
    let begun = b.concat(&[starts, written.slice(1, 0..t - 1)], 1).to_indices();
    let logits = model.logits(given.slice(0, 0..n).slice(1, 0..s), begun, &Dropout(None));
    let next = likeliest(logits.slice(1, 0..text.tokenizer.len())).reshape([n, t]);
    let program = b.program("write", &[("written", next.reshape([n * t]))]);
    b.assign(program, written, next);
    Writing { program, places: t }
}

/// The place of the largest of each row of `logits` `[rows, n]`, the first of equal ones, as a number: `[rows, 1]`.
fn likeliest<'b>(logits: Tensor<'b>) -> Tensor<'b> {
    let n = logits.shape()[1];
    let is_largest = 1.0 - (logits.max_of(&[1]) - logits).positive();
    let ranks = logits.builder().input(RANKS, [n]);
    n as f32 - (is_largest * ranks).max_of(&[1])
}

fn patterns<'b>(b: &'b Builder, patterns: Tensor<'b>) -> [ProgramId; 2] {
    [b.program("patterns", &[("patterns", patterns)]), b.program("squares", &[("squares", patterns.sqrt())])]
}
