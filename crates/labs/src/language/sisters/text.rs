//! What the sisters learn from: texts of which some places are hidden, and pairs of texts.

use terrarium_data::text::bigram::Bigram;
use terrarium_data::text::corpus::Corpus;
use terrarium_data::text::tasks::{Item, Task};
use terrarium_data::text::tokenizer::Tokenizer;
use terrarium_data::text::world;
use terrarium_graph::philox::{Domain, Stream};
use terrarium_models::{encoder, translator};

use crate::error::{Error, Result};
use crate::language::model::MEASURED;
use crate::language::table::Options;
use crate::language::text::{Data, EXCERPT, ITEMS, LINES, SPLIT, corpus, tokenizer};
use crate::library::Files;
use crate::protocol::SetUp;

/// The share of held-out places that are hidden, as of those that are learnt from.
const HIDDEN: f32 = 0.15;
/// Of the numbers drawn on the host, those for that.
const STREAM: u32 = 0x5157;
/// Held-out texts that are offered to be tried.
const READY: usize = 100;

/// What is given to a model and what is wanted of it, rows of tokens of the same length each, padded.
#[derive(Default)]
pub struct Rows {
    pub given: Vec<Vec<u32>>,
    pub wanted: Vec<Vec<u32>>,
}

/// The text of a run.
pub struct Text {
    pub tokenizer: Tokenizer,
    /// Tokens of the text, and marks that are no text.
    pub vocabulary: usize,
    /// Where there are blanks to fill in, nothing is given: they are drawn anew in each step.
    pub train: Rows,
    pub held_out: Rows,
    /// What the held-out rows are, where they are pairs.
    pub items: Vec<Item>,
    /// How many tokens there are to learn from, held out, and of these to be told.
    pub tokens: [usize; 3],
    /// What counting bigrams would cost on held-out text, in nats a token.
    pub bigram_loss: f32,
    pub excerpt: String,
    pub prompts: Vec<String>,
}

impl Text {
    /// Texts to fill in, whole sentences side by side as far as a context holds them.
    ///
    /// # Errors
    /// Where there is no text, or too little, or none that suits.
    pub fn blanks(options: &Options, set_up: &SetUp, files: &Files) -> Result<Text> {
        let context = options.model.context;
        let corpus = match options.data {
            Data::Task(_) => {
                return Err(Error(
                    "An encoder fills in words of a text, and a task has but an answer at its end: choose names, Pocket World or a text of \
                     your own."
                        .to_string(),
                ));
            }
            Data::World => stories(options.documents),
            data => corpus(data, options.length, options.documents, set_up.seed, &set_up.text, files)?,
        };
        let excerpt = excerpt(corpus.documents());
        let split = corpus.split(options.held_out, SPLIT)?;
        let tokenizer = tokenizer(options, &split.training);
        let [train, held_out] = [&split.training, &split.held_out].map(|part| sentences(part, &tokenizer, context));
        if train.is_empty() || held_out.is_empty() {
            return Err(Error("There is too little text to learn from and to measure by.".to_string()));
        }
        let count = |rows: &[Vec<u32>]| rows.iter().map(Vec::len).sum();
        let [known, kept_back] = [count(&train), count(&held_out)];
        let bigram_loss = bigram_loss(&train, &held_out, tokenizer.len());
        let vocabulary = tokenizer.len() + encoder::MARKS;
        let measured = spread(held_out, MEASURED.div_ceil(context));
        let hidden = hide(&measured, encoder::blank(vocabulary));
        let blanks = hidden.iter().flatten().filter(|token| **token == encoder::blank(vocabulary)).count();
        let prompts = measured.iter().take(READY).map(|row| tokenizer.decode(row).trim().to_string()).collect();
        let padded = |rows: Vec<Vec<u32>>| padded(rows, context, encoder::padding(vocabulary));
        Ok(Text {
            vocabulary,
            train: Rows { given: Vec::new(), wanted: padded(train) },
            held_out: Rows { given: padded(hidden), wanted: padded(measured) },
            items: Vec::new(),
            tokens: [known, kept_back, blanks],
            bigram_loss,
            excerpt,
            prompts,
            tokenizer,
        })
    }

    /// Pairs of texts, of which the second is to be written from the first.
    ///
    /// # Errors
    /// Where the text has none, or some that a context does not hold.
    pub fn pairs(options: &Options, set_up: &SetUp) -> Result<Text> {
        let (train, items) = match options.data {
            Data::World => (sentence_pairs(options.documents), (0..ITEMS as u32).map(sentence_pair).collect()),
            Data::Task(task) => (lines(task, options, set_up.seed), task.held_out(options.length, set_up.seed, ITEMS)),
            Data::Names | Data::Own => {
                return Err(Error(
                    "There is nothing to translate in this text: choose Pocket World, which has English and French, or a task."
                        .to_string(),
                ));
            }
        };
        if train.is_empty() || items.is_empty() {
            return Err(Error("There are too few pairs to learn from and to measure by.".to_string()));
        }
        let both: Corpus = train.iter().flat_map(|Item { prompt, answer }| [prompt.clone(), answer.clone()]).collect();
        let tokenizer = tokenizer(options, &both).with_end_of_text();
        let vocabulary = tokenizer.len() + 1;
        let lines: Vec<String> = train.iter().map(|Item { prompt, answer }| format!("{prompt}\n{answer}")).collect();
        let read = |items: &[Item]| rows(items, options.model.context, &tokenizer);
        let [known, held_out] = [read(&train)?, read(&items)?];
        let count = |rows: &Rows| rows.given.iter().chain(&rows.wanted).map(Vec::len).sum();
        // All of what is wanted but its beginning is to be told.
        let told = held_out.wanted.iter().map(|row| row.len() - 1).sum();
        let tokens = [count(&known), count(&held_out), told];
        let bigram_loss = bigram_loss(&known.wanted, &held_out.wanted, tokenizer.len());
        let padded = |Rows { given, wanted }, context| Rows {
            given: padded(given, context, translator::padding(vocabulary)),
            wanted: padded(wanted, context + 1, translator::padding(vocabulary)),
        };
        Ok(Text {
            vocabulary,
            train: padded(known, options.model.context),
            held_out: padded(held_out, options.model.context),
            tokens,
            bigram_loss,
            excerpt: excerpt(&lines),
            prompts: items.iter().take(READY).map(|item| item.prompt.clone()).collect(),
            items,
            tokenizer,
        })
    }
}

fn excerpt(documents: &[String]) -> String {
    documents.iter().flat_map(|text| text.chars().chain(['\n'])).take(EXCERPT).collect()
}

/// What Pocket World's stories tell, without their titles and what is asked about them.
fn stories(documents: u32) -> Corpus {
    let documents = (0..documents).map(|index| world::document(SPLIT, index));
    documents.filter(|text| text.starts_with("Story: ")).filter_map(|text| Some(text.lines().nth(1)?.to_string())).collect()
}

/// Sentences of Pocket World in English and French, whichever came first.
fn sentence_pairs(documents: u32) -> Vec<Item> {
    let pair = |text: String| {
        let said = |language| text.lines().find_map(|line| line.strip_prefix(language)).map(str::to_string);
        Some(Item { prompt: said("English: ")?, answer: said("French: ")? })
    };
    (0..documents).filter_map(|index| pair(world::document(SPLIT, index))).collect()
}

/// One that is held out.
fn sentence_pair(index: u32) -> Item {
    let world::Item { prompt, answer, .. } = world::item(world::Task::ToFrench, SPLIT, index);
    let english = prompt.trim_start_matches("English: ").trim_end_matches("\nFrench:");
    Item { prompt: english.to_string(), answer: answer.trim().to_string() }
}

/// Items of a task.
fn lines(task: Task, options: &Options, seed: u64) -> Vec<Item> {
    let lines = task.training(options.length, seed, LINES);
    let items = lines.documents().iter().filter_map(|line| {
        let (question, answer) = line.split_once('=')?;
        Some(Item { prompt: format!("{question}="), answer: answer.to_string() })
    });
    items.collect()
}

/// Pairs as tokens, the second of each with its end before and behind it.
fn rows(items: &[Item], context: usize, tokenizer: &Tokenizer) -> Result<Rows> {
    let mut rows = Rows::default();
    for Item { prompt, answer } in items {
        let end = tokenizer.end_of_text();
        let given = tokenizer.encode(prompt);
        let wanted: Vec<u32> = end.into_iter().chain(tokenizer.encode(answer)).chain(end).collect();
        let needed = given.len().max(wanted.len() - 1);
        if needed > context {
            return Err(Error(format!("The context is too short: “{prompt}” and “{answer}” take {needed} tokens.")));
        }
        rows.given.push(given);
        rows.wanted.push(wanted);
    }
    Ok(rows)
}

/// Sentences as tokens, as many of a document side by side as a context holds.
fn sentences(corpus: &Corpus, tokenizer: &Tokenizer, context: usize) -> Vec<Vec<u32>> {
    let mut rows: Vec<Vec<u32>> = Vec::new();
    for document in corpus.documents() {
        let mut row: Vec<u32> = Vec::new();
        for sentence in document.split_inclusive(['.', '!', '?', '\n']) {
            let onward = tokenizer.encode(sentence);
            if row.len() + onward.len() <= context && !row.is_empty() {
                row.extend(onward);
                continue;
            }
            rows.push(std::mem::take(&mut row));
            // What is longer than the context begins in rows of its own.
            let begun = tokenizer.encode(sentence.trim_start());
            let mut parts = begun.chunks(context);
            row = parts.next_back().unwrap_or_default().to_vec();
            rows.extend(parts.map(<[u32]>::to_vec));
        }
        rows.push(row);
    }
    // Of a token by itself nothing can be told.
    rows.retain(|row| row.len() > 1);
    rows
}

/// The same rows with blanks at places of chance, one at least in each.
fn hide(rows: &[Vec<u32>], blank: u32) -> Vec<Vec<u32>> {
    let hide = |(number, row): (usize, &Vec<u32>)| {
        let mut draws = vec![0.0; row.len() + 1];
        Stream::new(SPLIT, Domain::Host, STREAM, number as u32).fill(0, &mut draws, Stream::uniform);
        let one = (draws[row.len()] * row.len() as f32) as usize;
        let hidden = |place: usize| draws[place] < HIDDEN || place == one;
        row.iter().enumerate().map(|(place, token)| if hidden(place) { blank } else { *token }).collect()
    };
    rows.iter().enumerate().map(hide).collect()
}

/// So many rows at most, evenly over all.
fn spread(rows: Vec<Vec<u32>>, most: usize) -> Vec<Vec<u32>> {
    let every = rows.len().div_ceil(most.max(1)).max(1);
    rows.into_iter().step_by(every).collect()
}

fn padded(mut rows: Vec<Vec<u32>>, len: usize, padding: u32) -> Vec<Vec<u32>> {
    rows.iter_mut().for_each(|row| row.resize(len, padding));
    rows
}

fn bigram_loss(train: &[Vec<u32>], held_out: &[Vec<u32>], vocabulary: usize) -> f32 {
    Bigram::fit(&train.concat(), vocabulary).loss(&held_out.concat()).unwrap_or(f64::NAN) as f32
}
