//! What the model as it stands answers.

use std::collections::BTreeMap;

use terrarium_data::text::world;
use terrarium_graph::philox::{Domain, Stream};

use super::grading::{Marks, exercises};
use super::model::{InsidePrograms, Model};
use super::model_file::{ModelFile, hugging_face};
use super::question::{
    self, ALTERNATIVES, About, Answer, Attention, Candidate, END, File, Flow, HeldOut, Item, Layer, Lens, Likely, Next, Question,
    STREAM, Sampling, Seen, Token,
};
use super::table::Options;
use super::text::{Items, Text, cut, merges};
use super::writing::Read;
use crate::error::{Error, Result};
use crate::experiment::Stage;
use crate::protocol;

/// How many candidates for the next token are told one by one.
const CANDIDATES: usize = 40;

/// What answers leave behind for those to come.
#[derive(Default)]
pub struct Notes {
    pub read: Read,
    pub graded: Marks,
}

/// A question being answered.
pub struct Asking<'a> {
    pub model: &'a Model,
    pub options: &'a Options,
    pub text: &'a Text,
    pub notes: &'a mut Notes,
    /// The settings that are about the network.
    pub network: &'a BTreeMap<String, String>,
    pub seed: u64,
    pub stage: &'a mut dyn Stage,
    pub progress: &'a dyn Fn(f32),
}

impl Asking<'_> {
    pub async fn answer(mut self, question: Question) -> Result<protocol::Answer> {
        let answer = match &question {
            Question::Continue { model: question::Model::Before, .. }
            | Question::Read { model: question::Model::Before, .. }
            | Question::Try { model: question::Model::Before, .. } => self.before(question).await?,
            _ => self.by_the_model_now(question).await?,
        };
        Ok(protocol::Answer { language: Some(answer), ..protocol::Answer::default() })
    }

    /// Answers by the model that the run started from, which takes the place of the present one meanwhile.
    async fn before(&mut self, question: Question) -> Result<Answer> {
        if self.model.course.start.is_empty() {
            return Err(Error("This run did not start from another model.".to_string()));
        }
        let parameters = &self.model.parameters;
        let now = self.stage.variables(parameters).await?;
        for &var in parameters {
            self.stage.set(var, &self.model.course.first_values(var, self.seed))?;
        }
        let answer = self.by_the_model_now(question).await;
        for (&var, values) in parameters.iter().zip(&now) {
            self.stage.set(var, values)?;
        }
        answer
    }

    async fn by_the_model_now(&mut self, question: Question) -> Result<Answer> {
        Ok(match question {
            Question::About => Answer::About(self.about()),
            Question::Tokens { text, merges } => Answer::Tokens(cut(&self.text.tokenizer, &text, merges)),
            Question::Continue { text, came, count, sampling, model } => {
                Answer::Continued(self.go_on(&text, came, count, &sampling, model).await?)
            }
            Question::Next { text, sampling } => Answer::Next(self.next(&text, &sampling).await?),
            Question::Read { text, .. } => Answer::Read(self.read(&text).await?),
            Question::Attention { text } => Answer::Attention(self.attention(&text).await?),
            Question::Lens { text } => Answer::Lens(self.lens(&text).await?),
            Question::Flow { text } => Answer::Flow(self.flow(&text).await?),
            Question::Items { from, count } => Answer::Items(self.items(from as usize, count as usize).await?),
            Question::Exercises { task, seed, index } => Answer::Exercises(exercises(task, seed, index)),
            Question::Truth { task, prompt } => Answer::Truth(world::truth(task, &prompt)),
            Question::Try { task, exercise, sampling, model } => {
                Answer::Tried(self.try_out(task, &exercise, sampling, model).await?)
            }
            Question::Grade { task, seed, from, count } => Answer::Graded(self.grade(task, seed, from, count).await?),
            Question::HeldOut => Answer::HeldOut(self.held_out().await?),
            Question::Export { half } => Answer::Files(self.export(half).await?),
            Question::Fill { .. } | Question::Translate { .. } => {
                return Err(Error(
                    "This model goes on from a text. One that fills in blanks or translates is another kind of model.".to_string(),
                ));
            }
        })
    }

    /// The model in the layout of Hugging Face's Transformers.
    async fn export(&mut self, half: bool) -> Result<Vec<File>> {
        let graph = &self.model.course.graph;
        let values = self.stage.variables(&self.model.parameters).await?;
        let named = self.model.parameters.iter().map(|&var| (graph.var(var).name.clone(), graph.var(var).shape.to_vec()));
        let tensors = named.zip(values).map(|((name, shape), values)| (name, (shape, values))).collect();
        let file = ModelFile::of_run(self.network.clone(), self.text.tokenizer.clone(), tensors);
        let files = hugging_face::export(&file, half)?;
        Ok(files.into_iter().map(|(name, bytes)| File { name, bytes }).collect())
    }

    pub(super) fn token(&self, id: u32) -> Token {
        let is_end = Some(id) == self.text.tokenizer.end_of_text();
        Token { id, text: if is_end { END.to_string() } else { self.text.tokenizer.show(id) } }
    }

    fn likely(&self, logarithms: &[f32], id: usize) -> Likely {
        Likely { token: self.token(id as u32), probability: logarithms[id].exp() }
    }

    fn tokens(&self, ids: &[u32]) -> Vec<Token> {
        ids.iter().map(|id| self.token(*id)).collect()
    }

    /// Brings a text before the model; gives its tokens, but for those at the beginning that are too many.
    fn look(&mut self, text: &str) -> Result<Vec<u32>> {
        let InsidePrograms { tokens, positions, .. } = self.model.inside;
        let all = self.text.begun(text);
        let ids = all[all.len().saturating_sub(positions)..].to_vec();
        let mut padded = ids.clone();
        // What comes after is not seen before.
        padded.resize(positions, 0);
        self.stage.write_indices(tokens, &padded)?;
        Ok(ids)
    }

    /// The stream of activations before the first block and behind each: `[layers + 1][positions · width]`.
    async fn streams(&mut self) -> Result<Vec<Vec<f32>>> {
        let streams = self.stage.read(self.model.inside.streams)?.await?;
        let layer = self.model.inside.positions * self.options.model.width;
        Ok(streams.chunks(layer).map(<[f32]>::to_vec).collect())
    }

    /// What a stream says of the next token at each position, as logits: `[positions][vocabulary]`.
    async fn logits(&mut self, stream: &[f32]) -> Result<Vec<Vec<f32>>> {
        self.stage.write(self.model.inside.stream, stream)?;
        let rows = self.stage.read(self.model.inside.unembed)?.await?;
        Ok(rows.chunks(self.text.tokenizer.len()).map(<[f32]>::to_vec).collect())
    }

    /// The same as logarithms of probabilities.
    async fn unembedded(&mut self, stream: &[f32]) -> Result<Vec<Vec<f32>>> {
        Ok(self.logits(stream).await?.iter().map(|logits| log_softmax(logits)).collect())
    }

    /// What the model says of the next token at each position.
    async fn predictions(&mut self) -> Result<Vec<Vec<f32>>> {
        let streams = self.streams().await?;
        self.unembedded(streams.last().map_or(&[], Vec::as_slice)).await
    }

    fn about(&self) -> About {
        let Asking { text, model, options, .. } = self;
        let context = options.model.context as u32;
        About {
            vocabulary: text.tokenizer.len() as u32,
            context,
            tokens: text.train.len() as u32,
            held_out: text.held_out.len() as u32,
            merges: merges(&text.tokenizer),
            excerpt: text.excerpt.clone(),
            prompts: text.prompts.clone(),
            documents: text.documents,
            task: text.items.is_some(),
            has_before: !model.course.start.is_empty(),
            bigram_loss: text.bigram_loss,
            bytes: model.bytes,
            flops_per_token: model.flops_per_token,
        }
    }

    async fn next(&mut self, text: &str, sampling: &Sampling) -> Result<Next> {
        let ids = self.look(text)?;
        let streams = self.streams().await?;
        let logits = self.logits(streams.last().map_or(&[], Vec::as_slice)).await?.swap_remove(ids.len() - 1);
        let inside = self.model.inside;
        let mut was_read = vec![0.0; logits.len()];
        ids.iter().for_each(|id| was_read[*id as usize] = 1.0);
        self.stage.write(inside.logits, &logits)?;
        self.stage.write(inside.seen, &was_read)?;
        self.write_rules(sampling)?;
        let stages = self.stage.read(inside.stages)?.await?;
        let stages: Vec<&[f32]> = stages.chunks(logits.len()).collect();
        let said = log_softmax(&logits);
        let last = stages.last().copied().unwrap_or_default();
        let draw = Stream::new(self.seed, Domain::Host, sampling.seed, ids.len() as u32).uniform(0)[0];
        let candidates = likeliest(&logits, CANDIDATES).into_iter().map(|id| Candidate {
            token: self.token(id as u32),
            stages: std::iter::once(said[id].exp()).chain(stages.iter().map(|stage| stage[id])).collect(),
        });
        let (candidates, kept) = (candidates.collect(), last.iter().filter(|p| **p > 0.0).count() as u32);
        let chosen = drawn(last, draw) as u32;
        let along = self.come_along(&ids, chosen, sampling).await?;
        let taken: Vec<u32> = std::iter::once(chosen).chain(along.iter().map(|likely| likely.token.id)).collect();
        Ok(Next { candidates, kept, draw, chosen: self.token(chosen), along, text: self.joined(text, &taken) })
    }

    /// Writes by what rules tokens are drawn.
    pub(super) fn write_rules(&mut self, sampling: &Sampling) -> Result<()> {
        let Sampling { temperature, top_k, top_p, min_p, repetition_penalty, .. } = *sampling;
        let rules = self.model.writing.sampling.into_iter().zip([temperature, top_k as f32, top_p, min_p, repetition_penalty]);
        for (input, value) in rules {
            self.stage.write(input, &[value])?;
        }
        Ok(())
    }

    async fn held_out(&mut self) -> Result<HeldOut> {
        let (context, measured) = (self.options.model.context, &self.model.measured);
        let count = measured.len() / (context + 1);
        let pieces: Vec<&[u32]> = self.text.held_out.chunks_exact(context + 1).collect();
        // Whole batches alone: what is left over is less than one of them, unless there is but one.
        let batches: Vec<_> = pieces.chunks_exact(count).collect();
        let mut sum = 0.0;
        for (i, batch) in batches.iter().enumerate() {
            self.stage.write_indices(self.model.measured_by, &batch.concat())?;
            sum += self.stage.read(self.model.held_out)?.await?.first().copied().unwrap_or(f32::NAN);
            (self.progress)((i + 1) as f32 / batches.len() as f32);
        }
        self.stage.write_indices(self.model.measured_by, measured)?;
        let tokens = (batches.len() * count * context) as u32;
        Ok(HeldOut { loss: sum / batches.len() as f32, tokens, bigram_loss: self.text.bigram_loss })
    }

    /// Some held-out items of the task, answered by always taking the likeliest token.
    async fn items(&mut self, from: usize, count: usize) -> Result<Vec<Item>> {
        let Some(Items { task, items, .. }) = &self.text.items else {
            return Err(Error("This text is no task.".to_string()));
        };
        let mut answered = Vec::new();
        let rules = Sampling::likeliest();
        for item in items.iter().skip(from).take(count) {
            let count = item.answer.chars().count() as u32 + 2;
            let said = self.go_on(&item.prompt, 0, count, &rules, question::Model::Now).await?.text.split_off(item.prompt.len());
            answered.push(Item {
                prompt: item.prompt.clone(),
                answer: item.answer.clone(),
                right: task.check(&item.prompt, &said),
                said,
            });
            (self.progress)(answered.len() as f32 / count.max(1) as f32);
        }
        Ok(answered)
    }

    async fn read(&mut self, text: &str) -> Result<Vec<Seen>> {
        let ids = self.look(text)?;
        let predictions = self.predictions().await?;
        let seen = ids.iter().enumerate().map(|(i, &id)| {
            let before = i.checked_sub(1).map(|before| predictions[before][id as usize].exp());
            let entropy = predictions[i].iter().map(|log| -log.exp() * log.max(-1e3)).sum::<f32>() / std::f32::consts::LN_2;
            let alternatives = likeliest(&predictions[i], ALTERNATIVES).into_iter().map(|id| self.likely(&predictions[i], id));
            Seen { token: self.token(id), probability: before, entropy, alternatives: alternatives.collect() }
        });
        Ok(seen.collect())
    }

    async fn attention(&mut self, text: &str) -> Result<Attention> {
        let ids = self.look(text)?;
        let patterns = self.stage.read(self.model.inside.patterns)?.await?;
        let (positions, shown) = (self.model.inside.positions, ids.len());
        let rows = patterns.chunks(positions).enumerate().filter(|(row, _)| row % positions < shown);
        let weights = rows.flat_map(|(_, row)| crate::pictures::bytes(&row[..shown])).collect();
        let [layers, heads] = [self.options.model.layers, self.options.model.heads].map(|n| n as u32);
        Ok(Attention { tokens: self.tokens(&ids), layers, heads, weights })
    }

    async fn lens(&mut self, text: &str) -> Result<Lens> {
        let ids = self.look(text)?;
        let streams = self.streams().await?;
        let mut layers = Vec::new();
        for (i, stream) in streams.iter().enumerate() {
            let rows = self.unembedded(stream).await?;
            let best = rows[..ids.len()].iter().map(|row| self.likely(row, likeliest(row, 1)[0]));
            layers.push(best.collect());
            (self.progress)((i + 1) as f32 / streams.len() as f32);
        }
        Ok(Lens { tokens: self.tokens(&ids), layers })
    }

    async fn flow(&mut self, text: &str) -> Result<Flow> {
        let ids = self.look(text)?;
        let streams = self.streams().await?;
        let patterns = self.stage.read(self.model.inside.patterns)?.await?;
        let (width, heads, positions) = (self.options.model.width, self.options.model.heads, self.model.inside.positions);
        let last = ids.len() - 1;
        let (mut layers, mut prediction) = (Vec::new(), Vec::new());
        for (i, stream) in streams.iter().enumerate() {
            let row = self.unembedded(stream).await?.swap_remove(last);
            let here = &stream[last * width..(last + 1) * width];
            let heads = (0..if i == 0 { 0 } else { heads }).map(|head| {
                let start = (((i - 1) * heads + head) * positions + last) * positions;
                let looks = &patterns[start..start + ids.len()];
                let most = likeliest(looks, 1)[0];
                (most as u32, looks[most])
            });
            layers.push(Layer {
                stream: here.iter().take(STREAM).copied().collect(),
                size: (here.iter().map(|x| x * x).sum::<f32>() / width as f32).sqrt(),
                guess: self.likely(&row, likeliest(&row, 1)[0]),
                heads: heads.collect(),
            });
            prediction = likeliest(&row, ALTERNATIVES).into_iter().map(|id| self.likely(&row, id)).collect();
        }
        Ok(Flow { tokens: self.tokens(&ids), layers, prediction })
    }
}

/// The place where summed probabilities, the largest first, pass `draw`, uniform from 0 to 1.
fn drawn(probabilities: &[f32], draw: f32) -> usize {
    let order = likeliest(probabilities, probabilities.len());
    let mut sum = 0.0;
    let passed = order.iter().find(|i| {
        sum += probabilities[**i];
        sum > draw
    });
    // Rounding may leave the sum a little short of 1.
    passed.or_else(|| order.iter().rfind(|i| probabilities[**i] > 0.0)).copied().unwrap_or(0)
}

pub(super) fn log_softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let shift = largest + logits.iter().map(|x| (x - largest).exp()).sum::<f32>().ln();
    logits.iter().map(|x| x - shift).collect()
}

/// The places of the largest values, from the largest on; of equal ones the first comes first.
pub(super) fn likeliest(values: &[f32], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let by_size = |a: &usize, b: &usize| values[*b].total_cmp(&values[*a]).then(a.cmp(b));
    if count < order.len() {
        order.select_nth_unstable_by(count, by_size);
        order.truncate(count);
    }
    order.sort_unstable_by(by_size);
    order
}
