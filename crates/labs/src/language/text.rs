//! What a run reads: its text, cut into tokens, a part of it held out; where it is a task, held-out items of it.

use terrarium_data::text::bigram::Bigram;
use terrarium_data::text::corpus::Corpus;
use terrarium_data::text::names::names;
use terrarium_data::text::tasks::{Item, Task};
use terrarium_data::text::tokenizer::{BpeTrainer, Tokenizer, Unknown, WordCounts, show};
use terrarium_data::text::world;

use super::model_file::ModelFile;
use super::question::Token;
use super::table::{Options, TABLE};
use crate::error::{Error, Result};
use crate::library::Files;
use crate::protocol::SetUp;
use crate::settings::{Choice, Settings, choices, option};

/// The file of names, one in each line.
const NAMES: &str = "names.txt";
/// The model that ships: Pocket World's.
const VILLAGE: &str = "village.safetensors";
/// Lines of a task that are made up to learn from, and held-out items that are measured by.
pub(super) const LINES: usize = 50_000;
pub(super) const ITEMS: usize = 200;
/// What decides which documents are held out: the same ones in all runs, so that these can be compared, and go on from each other.
pub(super) const SPLIT: u64 = 1;
/// Documents of Pocket World that are made up again to see what a model has kept of it.
const EARLIER: u32 = 5_000;
/// Letters of the text that are shown of its beginning.
pub(super) const EXCERPT: usize = 400;
/// Documents whose beginnings are offered to go on from.
pub(super) const PROMPTS: usize = 6;

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    Names,
    Task(Task),
    /// Pocket World.
    World,
    /// The visitor's.
    Own,
}

/// What text is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokens {
    Characters,
    Bytes,
    /// Byte pairs, merged to a vocabulary of so many tokens.
    Pairs(usize),
}

const DATA: [(Data, Choice); 8] = [
    option(Data::Names, "names", "Names", "8,403 first names, each a document of its own."),
    task(Task::Copy),
    task(Task::Reverse),
    task(Task::Sort),
    task(Task::Addition),
    task(Task::Brackets),
    option(
        Data::World,
        "world",
        "Pocket World",
        "Stories of a village with questions, talks and translations, whose every fact is known.",
    ),
    option(Data::Own, "own", "Your own text", "1,000 characters or more, pasted or picked. It never leaves this machine."),
];

/// The files of models that a run may begin with.
const STARTS: [(Option<&str>, Choice); 2] = [
    option(None, "nothing", "From nothing", "Weights drawn by chance: it knows nothing at all."),
    option(
        Some(VILLAGE),
        "village",
        "From the model that ships",
        "A small model that has read Pocket World; its size and its tokens come with it.",
    ),
];

/// What a run may begin with.
pub const START_CHOICES: &[Choice] = &choices(&STARTS);

const fn task(task: Task) -> (Data, Choice) {
    option(Data::Task(task), task.name(), task.label(), task.help())
}

const TOKENS: [(Tokens, Choice); 3] = [
    option(Tokens::Characters, "char", "Characters", "A token for each character that the text has."),
    option(Tokens::Bytes, "byte", "Bytes", "A token for each of the 256 values of a byte: any text in any script."),
    option(Tokens::Pairs(0), "bpe", "Byte pairs", "What often stands together becomes a token: whole words, in the end."),
];

impl Data {
    pub const CHOICES: &'static [Choice] = &choices(&DATA);

    pub fn of(settings: &Settings) -> Data {
        DATA[settings.choice("data")].0
    }

    pub fn is_task(self) -> bool {
        matches!(self, Data::Task(_))
    }
}

impl Tokens {
    pub const CHOICES: &'static [Choice] = &choices(&TOKENS);

    pub fn of(settings: &Settings) -> Tokens {
        match TOKENS[settings.choice("tokens")].0 {
            Tokens::Pairs(_) => Tokens::Pairs(settings.whole("vocabulary") as usize),
            other => other,
        }
    }
}

/// Names of the files that hold a run's text, or that of the model which it goes on from.
pub fn files(settings: &Settings, set_up: &SetUp) -> &'static [&'static str] {
    // A model may have learnt names, whatever it goes on with.
    let names = Data::of(settings) == Data::Names || !set_up.base.is_empty();
    let village = start(settings).is_some() && set_up.base.is_empty();
    match (names, village) {
        (false, false) => &[],
        (true, false) => &[NAMES],
        (false, true) => &[VILLAGE],
        (true, true) => &[NAMES, VILLAGE],
    }
}

/// The file of the model that ships, where a run goes on from it.
pub fn start(settings: &Settings) -> Option<&'static str> {
    STARTS[settings.choice("start")].0
}

/// The settings of a model that a set-up goes on from.
///
/// # Errors
/// Where it cannot be read.
pub fn decided(set_up: &SetUp) -> Result<Vec<(String, String)>> {
    match &set_up.base[..] {
        [] => Ok(Vec::new()),
        base => Ok(ModelFile::read_settings(base)?.into_iter().collect()),
    }
}

/// The text of a run.
pub struct Text {
    pub tokenizer: Tokenizer,
    pub train: Vec<u32>,
    /// For each token 1 where it is asked for, and 0 where it is given; nothing where all count alike.
    pub asked: Vec<u32>,
    /// Where pieces to learn from may begin; anywhere where there are none.
    pub starts: Vec<u32>,
    pub held_out: Vec<u32>,
    /// Held-out text of what the model had learnt before, where it goes on from another.
    pub before: Option<Vec<u32>>,
    pub items: Option<Items>,
    /// Whether the text is a list of documents, between which there is a token of its own.
    pub documents: bool,
    /// Of the held-out text.
    pub bytes_per_token: f32,
    /// What counting bigrams would cost on the held-out text, in nats a token.
    pub bigram_loss: f32,
    pub excerpt: String,
    pub prompts: Vec<String>,
}

/// Held-out items of a task.
pub struct Items {
    pub task: Task,
    pub items: Vec<Item>,
    /// What is read and said of each: `[n][context + 1]`.
    pub rows: Vec<Vec<u32>>,
    /// 1 where a token of the answer, or its end, is to be said, else 0: `[n][context]`.
    pub asked: Vec<Vec<f32>>,
}

impl Items {
    fn new(task: Task, items: Vec<Item>, context: usize, tokenizer: &Tokenizer) -> Result<Items> {
        let (mut rows, mut asked) = (Vec::new(), Vec::new());
        let end = tokenizer.end_of_text();
        for Item { prompt, answer } in &items {
            let mut row: Vec<u32> = end.into_iter().chain(tokenizer.encode(prompt)).collect();
            let prompted = row.len();
            row.extend(tokenizer.encode(answer).into_iter().chain(end));
            if row.len() > context + 1 {
                let needed = row.len() - 1;
                return Err(Error(format!("The context is too short: “{prompt}{answer}” takes {needed} tokens.")));
            }
            asked.push((1..=context).map(|i| f32::from(u8::from(i >= prompted && i < row.len()))).collect());
            row.resize(context + 1, 0);
            rows.push(row);
        }
        Ok(Items { task, items, rows, asked })
    }
}

impl Text {
    /// The text of a set-up, as the model that it goes on from reads it, if it does.
    ///
    /// # Errors
    /// Where there is no text, or too little.
    pub fn new(options: &Options, set_up: &SetUp, base: Option<&ModelFile>, files: &Files) -> Result<Text> {
        let seed = set_up.seed;
        let corpus = corpus(options.data, options.length, options.documents, seed, &set_up.text, files)?;
        let items = match options.data {
            Data::Task(task) => Some((task, task.held_out(options.length, seed, ITEMS))),
            _ => None,
        };
        let documents = corpus.documents().len() > 1;
        let excerpt = corpus.documents().iter().flat_map(|text| text.chars().chain(['\n'])).take(EXCERPT).collect();
        let split = corpus.split(options.held_out, SPLIT)?;
        let tokenizer = match base {
            Some(base) => base.tokenizer.clone(),
            // Where documents are told apart, or may have to be by a model that goes on from this one, there is a token for it.
            None => tokenizer(options, &split.training).with_end_of_text(),
        };
        let [train, held_out] = [&split.training, &split.held_out].map(|part| part.tokens(&tokenizer));
        let context = options.model.context;
        let least = context + 2;
        if train.len().min(held_out.len()) < least {
            return Err(Error(format!(
                "There is too little text: with a context of {context} tokens, {least} of them are needed to learn from and as many to \
                 measure by; there are {} and {}.",
                train.len(),
                held_out.len()
            )));
        }
        let asked = if options.data == Data::World { asked(&split.training, &tokenizer) } else { Vec::new() };
        // What is asked about a story makes no sense without its beginning.
        let starts = match (options.data, tokenizer.end_of_text()) {
            (Data::World, Some(end)) => {
                let places = train[..train.len() - context].iter().enumerate().filter(|(_, token)| **token == end);
                places.map(|(place, _)| place as u32).collect()
            }
            _ => Vec::new(),
        };
        let prompts = match &items {
            Some((_, items)) => items.iter().take(PROMPTS).map(|item| item.prompt.clone()).collect(),
            None => beginnings(&split.held_out, documents),
        };
        let items = items.map(|(task, items)| Items::new(task, items, context, &tokenizer)).transpose()?;
        Ok(Text {
            bytes_per_token: split.held_out.bytes() as f32 / held_out.len() as f32,
            bigram_loss: Bigram::fit(&train, tokenizer.len()).loss(&held_out).unwrap_or(f64::NAN) as f32,
            excerpt,
            prompts,
            train,
            asked,
            starts,
            held_out,
            before: base.filter(|base| base.tells_its_text()).map(|base| earlier(base, files)).transpose()?,
            items,
            documents,
            tokenizer,
        })
    }

    /// A text as the model is to go on from it: after the end of another document, where there are such.
    pub fn begun(&self, text: &str) -> Vec<u32> {
        let mut ids: Vec<u32> = self.tokenizer.end_of_text().filter(|_| self.documents).into_iter().collect();
        ids.extend(self.tokenizer.encode(text));
        if ids.is_empty() {
            // Something must be read: what the text began with is as good as anything.
            ids.push(self.train[0]);
        }
        ids
    }

    /// The beginning of the held-out text, so many tokens of it.
    pub fn shown(&self, count: usize) -> Vec<u32> {
        self.held_out.iter().copied().cycle().take(count).collect()
    }
}

/// How a text falls into tokens; after only so many merges, if that is asked.
pub(super) fn cut(tokenizer: &Tokenizer, text: &str, merges: Option<u32>) -> Vec<Token> {
    let ids = match merges {
        Some(merges) => tokenizer.after_merges(merges as usize).encode(text),
        None => tokenizer.encode(text),
    };
    ids.into_iter().map(|id| Token { id, text: tokenizer.show(id) }).collect()
}

/// All merges, as their parts and what they make can be read.
pub(super) fn merges(tokenizer: &Tokenizer) -> Vec<[String; 3]> {
    let part = |id| tokenizer.show(id);
    let joined = |left: u32, right: u32| {
        let bytes = [tokenizer.token_bytes(left), tokenizer.token_bytes(right)].concat();
        show(&bytes)
    };
    tokenizer.merges().iter().map(|&(left, right)| [part(left), part(right), joined(left, right)]).collect()
}

/// All that is to be read or held out.
pub(super) fn corpus(data: Data, length: usize, documents: u32, seed: u64, own: &str, files: &Files) -> Result<Corpus> {
    match data {
        Data::Names => {
            let file = std::str::from_utf8(files.bytes(NAMES)?).map_err(|_| Error("The names cannot be read.".to_string()))?;
            Ok(names(file)?)
        }
        Data::Task(task) => Ok(task.training(length, seed, LINES)),
        Data::World => Ok(world_text(documents)),
        Data::Own => Ok(Corpus::text(own)?),
    }
}

/// The same documents in all runs, so that these can be compared.
fn world_text(documents: u32) -> Corpus {
    (0..documents).map(|index| world::document(SPLIT, index).trim_end().to_string()).collect()
}

/// For each token of [`Corpus::tokens`], 1 where it is asked for.
fn asked(corpus: &Corpus, tokenizer: &Tokenizer) -> Vec<u32> {
    // Documents stand between the tokens that end them, which are asked for.
    let mut asked = vec![0];
    for document in corpus.documents() {
        let mut place = 0;
        for range in world::asked_for(document) {
            asked.resize(asked.len() + tokenizer.encode(&document[place..range.start]).len(), 0);
            asked.resize(asked.len() + tokenizer.encode(&document[range.clone()]).len(), 1);
            place = range.end;
        }
        asked.resize(asked.len() + tokenizer.encode(&document[place..]).len(), 0);
        asked.push(1);
    }
    asked
}

/// Tokens that were held out while a model learnt.
fn earlier(base: &ModelFile, files: &Files) -> Result<Vec<u32>> {
    let mut settings = Settings::new(&TABLE);
    for (key, value) in &base.other_settings {
        settings.set(key, value)?;
    }
    let Options { data, length, documents, held_out, .. } = Options::of(&settings);
    // As much as is measured by.
    let documents = documents.min(EARLIER);
    let corpus = corpus(data, length, documents, SPLIT, base.text.as_deref().unwrap_or_default(), files)?;
    Ok(corpus.split(held_out, SPLIT)?.held_out.tokens(&base.tokenizer))
}

pub(super) fn tokenizer(options: &Options, corpus: &Corpus) -> Tokenizer {
    match options.tokens {
        Tokens::Characters => Tokenizer::characters(&corpus.joined(), Unknown::Token),
        Tokens::Bytes => Tokenizer::bytes(),
        Tokens::Pairs(vocabulary) => {
            let mut counts = WordCounts::default();
            corpus.documents().iter().for_each(|text| counts.add(text));
            let mut trainer = BpeTrainer::new(counts, vocabulary);
            while trainer.step().is_some() {}
            trainer.tokenizer()
        }
    }
}

/// How some documents begin, or some lines of a single one: the first letters of short ones, the first words of long ones.
fn beginnings(corpus: &Corpus, documents: bool) -> Vec<String> {
    let texts = corpus.documents();
    let are_short = documents && texts.iter().all(|text| text.len() < 40);
    let lines = texts.iter().flat_map(|text| text.lines().take(if documents { 1 } else { usize::MAX }));
    let mut beginnings: Vec<String> = Vec::new();
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().take(4).collect();
        let beginning = match (are_short, &words[..]) {
            (true, _) => line.chars().take(2).collect(),
            (false, [first @ .., _]) if first.len() == 3 => first.join(" "),
            _ => continue,
        };
        if !beginnings.contains(&beginning) {
            beginnings.push(beginning);
        }
        if beginnings.len() == PROMPTS {
            break;
        }
    }
    beginnings
}
