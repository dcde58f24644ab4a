//! The lab's graph: the Transformer, its step, what it is measured by, and what is looked at inside.

use std::collections::BTreeMap;
use std::sync::Arc;

use terrarium_graph::{Builder, InputId, ProgramId, Sampling, Tensor, VarId, VarKind, plan};
use terrarium_models::transformer::{Dropout, Inside, Said, Transformer};
use terrarium_models::writer::{Given, Writer};

use super::learning::{self, Live};
use super::model_file::ModelFile;
use super::table::Options;
use super::text::{Items, Text};
use crate::error::{Error, Result};
use crate::experiment::Course;

/// The most tokens of held-out text that are measured by, so that measuring takes a small share of the time.
pub(super) const MEASURED: usize = 4_096;
/// The most positions that are looked into at once.
const MOST_INSPECTED: usize = 128;
/// Names of the inputs by which tokens are drawn.
const SAMPLING: [&str; 5] = ["temperature", "top-k", "top-p", "min-p", "repetition penalty"];

/// A graph with the places of what a run needs of it.
pub struct Model {
    /// One player, whose step's outputs are the loss of its batch in nats a token, then the learning rate, then the norm of the
    /// gradient of each layer.
    pub course: Arc<Course>,
    /// Outputs: the mean loss on held-out text in nats a token.
    pub held_out: ProgramId,
    /// What that is measured by, `[pieces, context + 1]`, and where it is written.
    pub measured: Vec<u32>,
    pub measured_by: InputId,
    /// The same on held-out text of the model that the run started from.
    pub before: Option<ProgramId>,
    /// Output: for each item of the task 1 where every token of its answer is the likeliest, else 0.
    pub right: Option<ProgramId>,
    /// All parameters, learning or not.
    pub parameters: Vec<VarId>,
    pub writing: WritingPrograms,
    pub inside: InsidePrograms,
    pub layers: Vec<String>,
    /// Bytes of memory that training takes on the cpu engine: weights, moments, gradients, activations.
    pub bytes: u64,
    /// Multiplications and additions of matrix products to read one token, each counted.
    pub flops_per_token: u64,
    live: Live,
    given: InputId,
}

/// Programs that let the model write, a token in each run.
#[derive(Clone, Copy)]
pub struct WritingPrograms {
    /// Reads a token, and notes down which comes next: the one that is given, while there are such, and else one that is drawn.
    pub next: ProgramId,
    /// Output: the tokens noted down for each place, then the probability of each, `[2 · (context + 1)]`.
    pub written: ProgramId,
    /// What is given, as numbers, `[context + 1]`, and how many of it count.
    pub given: InputId,
    pub given_count: InputId,
    /// Temperature, top-k, top-p, min-p and repetition penalty.
    pub sampling: [InputId; 5],
    /// How many tokens were read.
    pub position: VarId,
    /// 1 for each token that was read, else 0, `[vocabulary]`.
    pub seen: VarId,
}

/// Programs that look into the model.
#[derive(Clone, Copy)]
pub struct InsidePrograms {
    /// Tokens to look at, `[positions]`.
    pub tokens: InputId,
    pub positions: usize,
    /// Output: the stream of activations before the first block and behind each, `[layers + 1, positions, width]`.
    pub streams: ProgramId,
    /// Output: how much of each position each head attends to, `[layers, heads, positions, positions]`.
    pub patterns: ProgramId,
    /// Output: the roots of that, by which small shares can still be seen.
    pub squares: ProgramId,
    /// A stream, `[positions, width]`.
    pub stream: InputId,
    /// Output: what that says of the next token, as logits, `[positions, vocabulary]`.
    pub unembed: ProgramId,
    /// Logits of the next token and what was read, `[vocabulary]` each.
    pub logits: InputId,
    pub seen: InputId,
    /// Output: probabilities after each of the rules by which tokens are drawn, `[4, vocabulary]`.
    pub stages: ProgramId,
}

impl Model {
    pub fn new(options: &Options, text: &Text, base: Option<ModelFile>) -> Result<Model> {
        let settings = terrarium_models::transformer::Settings { vocabulary: text.tokenizer.len(), ..options.model.clone() };
        settings.check().map_err(Error)?;
        let (t, batch, layers) = (settings.context, options.batch, settings.layers);
        let b = Builder::new();
        let model = Transformer::new(&b, "transformer", settings.clone());
        let dropout = learning::dropout(&b);
        let none = Dropout(None);
        let mut resident = Vec::new();
        let mut resident_indices = Vec::new();

        let tokens = b.index_input("text", [text.train.len()]);
        resident_indices.push(("text".to_string(), text.train.clone()));
        let starts = (!text.starts.is_empty()).then(|| b.index_input("starts", [text.starts.len()]));
        if starts.is_some() {
            resident_indices.push(("starts".to_string(), text.starts.clone()));
        }
        let given = b.input("weight of given", []);
        let asked = (!text.asked.is_empty()).then(|| b.index_input("asked for", [text.asked.len()]));
        if asked.is_some() {
            resident_indices.push(("asked for".to_string(), text.asked.clone()));
        }
        let learning: Vec<Tensor> = model.learning().iter().map(|of| of.parameter).collect();
        let (mut losses, mut gradients): (Vec<Tensor>, Vec<Tensor>) = (Vec::new(), Vec::new());
        for _ in 0..options.accumulate {
            let starts = match starts {
                Some(starts) => starts.windows(b.random_index(text.starts.len(), batch), 1).reshape([batch]),
                None => b.random_index(text.train.len().saturating_sub(t), batch),
            };
            let loss = model.loss(tokens.windows(starts, t + 1), &dropout);
            let loss = match asked {
                Some(asked) => {
                    let asked = asked.windows(starts, t + 1).slice(1, 1..t + 1).reshape([batch * t]).to_numbers();
                    let weights = asked + (1.0 - asked) * given;
                    (loss * weights).sum_all() / weights.sum_all()
                }
                None => loss.mean_all(),
            } / options.accumulate as f32;
            let more = b.gradients(loss, &learning);
            gradients = match losses.is_empty() {
                true => more,
                false => gradients.into_iter().zip(more).map(|(sum, more)| sum + more).collect(),
            };
            losses.push(loss);
        }
        let loss = losses.into_iter().fold(b.scalar(0.0), |sum, loss| sum + loss);

        let step = learning::step(&b, options, loss, model.learning(), &gradients);

        let mut rows_of = |name: &str, rows: Vec<Vec<u32>>| {
            let input = b.index_input(name, [rows.len(), t + 1]);
            resident_indices.push((name.to_string(), rows.concat()));
            input
        };
        let most = MEASURED.div_ceil(t);
        let measured = rows(&text.held_out, t, most);
        let loss = model.loss(rows_of("held-out text", measured.clone()), &none).mean_all();
        let held_out = b.program("held-out", &[("loss", loss)]);
        let before = text.before.as_ref().map(|earlier| {
            let loss = model.loss(rows_of("earlier text", rows(earlier, t, most)), &none).mean_all();
            b.program("held-out before", &[("loss", loss)])
        });
        let right = text.items.as_ref().map(|Items { rows, asked, .. }| {
            let (n, pieces) = (rows.len(), rows_of("items", rows.clone()));
            let logits = model.logits(pieces.slice(1, 0..t).reshape([n * t]), t, &none);
            let truth = pieces.slice(1, 1..t + 1).reshape([n * t]);
            let counts = b.input("asked", [n, t]).reshape([n * t]);
            resident.push(("asked".to_string(), asked.concat()));
            b.program("items", &[("right", Said { logits, truth, counts }.right(n))])
        });

        let positions = t.min(MOST_INSPECTED);
        let looked_at = b.index_input("looked at", [positions]);
        let mask = b.input("mask", [positions, positions]);
        resident.push(("mask".to_string(), causal_mask(positions)));
        let Inside { streams, patterns } = model.inside(looked_at, mask);
        let streams = b.program("streams", &[("streams", streams)]);
        let squares = b.program("squares", &[("squares", patterns.sqrt())]);
        let patterns = b.program("patterns", &[("patterns", patterns)]);
        let stream = b.input("stream", [positions, settings.width]);
        let unembed = b.program("unembed", &[("logits", model.unembed(stream))]);

        let writer = Writer::new(&b, "writing", &settings);
        let given = Given { tokens: b.input("given", [t + 1, 1]), count: b.input("given count", []) };
        let rules = SAMPLING.map(|name| b.input(name, []));
        let next = writer.next("next", &model, Some(given), |logits, seen| {
            let [temperature, top_k, top_p, min_p, repetition_penalty] = rules;
            logits.sample(&Sampling { temperature, top_k, top_p, min_p, repetition_penalty, seen })
        });
        let [logits, seen] = ["logits", "was read"].map(|name| b.input(name, [settings.vocabulary]));
        let [temperature, top_k, top_p, min_p, repetition_penalty] = rules;
        let stages = logits.sampling_stages(&Sampling { temperature, top_k, top_p, min_p, repetition_penalty, seen });
        let stages = b.program("stages", &[("stages", stages)]);
        let written = b.concat(&[writer.tokens.reshape([t + 1]), writer.chances.reshape([t + 1])], 0);
        let written = b.program("written", &[("written", written)]);

        drop((model, learning, gradients, writer));
        let graph = b.finish()?;
        let input = |name: &str| graph.find_input(name);
        let inside = InsidePrograms {
            tokens: input("looked at")?,
            positions,
            streams,
            patterns,
            squares,
            stream: input("stream")?,
            unembed,
            logits: input("logits")?,
            seen: input("was read")?,
            stages,
        };
        let (measured_by, live) = (input("held-out text")?, Live::of(&graph)?);
        let given = input("weight of given")?;
        let [temperature, top_k, top_p, min_p, penalty] = SAMPLING.map(input);
        let writing = WritingPrograms {
            next,
            written,
            given: input("given")?,
            given_count: input("given count")?,
            sampling: [temperature?, top_k?, top_p?, min_p?, penalty?],
            position: graph.find_var("writing.position")?,
            seen: graph.find_var("writing.seen")?,
        };
        let parameters = graph.kept().filter(|var| graph.var(*var).kind == VarKind::Parameter).collect();
        let start = base.map_or_else(BTreeMap::new, |base| base.tensors).into_iter();
        let start = start.map(|(name, (_, values))| Ok((graph.find_var(&name)?, values))).collect::<Result<_>>()?;
        let resident = resident.into_iter().map(|(name, values)| Ok((input(&name)?, values))).collect::<Result<_>>()?;
        let resident_indices =
            resident_indices.into_iter().map(|(name, values)| Ok((input(&name)?, values))).collect::<Result<_>>()?;
        let flops_per_token = plan(&graph, next).matmul_flops();
        let bytes = learning::bytes(&graph, step)?;
        let layers = std::iter::once("Embedding".to_string()).chain((1..=layers).map(|layer| format!("Block {layer}"))).collect();
        Ok(Model {
            course: Arc::new(Course { graph: Arc::new(graph), players: vec![step], resident, resident_indices, start }),
            held_out,
            measured: measured.concat(),
            measured_by,
            before,
            right,
            parameters,
            writing,
            inside,
            layers,
            bytes,
            flops_per_token,
            live,
            given,
        })
    }

    /// The inputs that follow live settings, with their values.
    pub fn live(&self, options: &Options) -> Vec<(InputId, f32)> {
        let mut live = self.live.values(options);
        live.push((self.given, options.given));
        live
    }
}

/// 0 where a position may be seen from another, and very negative where it comes later: `[positions, positions]`.
fn causal_mask(positions: usize) -> Vec<f32> {
    (0..positions).flat_map(|from| (0..positions).map(move |to| if to <= from { 0.0 } else { -1e9 })).collect()
}

/// So many pieces of a text at most, evenly over it, each of a context and the token after it.
fn rows(text: &[u32], context: usize, most: usize) -> Vec<Vec<u32>> {
    let pieces = text.len() / (context + 1);
    let count = most.min(pieces);
    (0..count).map(|i| i * pieces / count * (context + 1)).map(|start| text[start..start + context + 1].to_vec()).collect()
}
