//! An encoder learns to fill in blanks and a translator to translate, and neither looks at what pads a text.

use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, Engine, Graph, Rule, Tensor};
use terrarium_models::encoder::{self, Encoder};
use terrarium_models::transformer::{Dropout, Positions, Said, Settings};
use terrarium_models::translator::{self, Translator};

const LETTERS: u32 = 10;
const CONTEXT: usize = 8;
const TRAINING: usize = 2048;
const HELD_OUT: usize = 128;

fn settings(vocabulary: u32, positions: Positions) -> Settings {
    Settings {
        vocabulary: vocabulary as usize,
        context: CONTEXT,
        layers: 2,
        width: 32,
        heads: 4,
        kv_heads: 4,
        hidden: 64,
        positions,
        ..Settings::GPT2
    }
}

/// Numbers below `below`, so many for each text.
fn draws(texts: usize, each: usize, below: u32) -> Vec<Vec<u32>> {
    let mut draws = vec![0.0; texts * each];
    Stream::new(3, Domain::Host, 0, 0).fill(0, &mut draws, Stream::uniform);
    draws.chunks(each).map(|draws| draws.iter().map(|x| (x * below as f32) as u32).collect()).collect()
}

fn padded(mut text: Vec<u32>, len: usize, padding: u32) -> Vec<u32> {
    text.resize(len, padding);
    text
}

/// What is learnt from, and what is not among it.
fn apart<T: PartialEq>(all: impl Iterator<Item = T>) -> (Vec<T>, Vec<T>) {
    let mut known: Vec<T> = all.collect();
    let mut held_out = known.split_off(TRAINING - HELD_OUT);
    held_out.retain(|text| !known.contains(text));
    assert!(held_out.len() > HELD_OUT / 4, "{}", held_out.len());
    (known, held_out)
}

struct Lesson {
    graph: Arc<Graph>,
    engine: Cpu,
}

impl Lesson {
    fn new(b: Builder, texts: &[(&str, Vec<u32>)]) -> Lesson {
        let graph = Arc::new(b.finish().unwrap());
        let engine = Cpu::new(graph.clone()).unwrap();
        let mut lesson = Lesson { graph, engine };
        lesson.engine.initialise(1).unwrap();
        texts.iter().for_each(|(name, text)| lesson.write(name, text));
        lesson
    }

    fn write(&mut self, name: &str, text: &[u32]) {
        self.engine.write_indices(self.graph.find_input(name).unwrap(), text).unwrap();
    }

    fn learn(&mut self, steps: u32) {
        let step = self.graph.program_ids().next().unwrap();
        self.engine.advance(&(1..=steps).map(|number| (step, number)).collect::<Vec<_>>()).unwrap();
    }

    fn output(&mut self, name: &str) -> Vec<f32> {
        let program = self.graph.program_ids().find(|id| self.graph.program(*id).name == name).unwrap();
        self.engine.run(program, 1).unwrap();
        self.engine.output(program, 0).unwrap()
    }
}

fn learn<'b>(b: &'b Builder, said: Said<'b>, learning: &[Tensor<'b>]) {
    let adam = b.optimiser(Rule::adam(), b.scalar(3e-3), None);
    b.step("step", said.loss(), learning, adam, |_| Vec::new());
}

/// Three letters again and again: what is hidden stands three places before or behind, too.
#[test]
fn an_encoder_fills_in_what_is_hidden() {
    let vocabulary = LETTERS + encoder::MARKS as u32;
    let padding = encoder::padding(vocabulary as usize);
    let texts = draws(TRAINING, 4, LETTERS).into_iter().map(|draw| {
        let text = (0..6 + draw[3] as usize % 3).map(|place| draw[place % 3]);
        padded(text.collect(), CONTEXT, padding)
    });
    let (texts, held_out) = apart(texts);
    let count = held_out.len();
    let b = Builder::new();
    let model = Encoder::new(&b, "encoder", settings(vocabulary, Positions::Learned));
    let learning: Vec<Tensor> = model.learning().iter().map(|of| of.parameter).collect();
    let batch = b.batch(b.index_input("texts", [texts.len(), CONTEXT]), 64);
    learn(&b, model.guess(batch, &Dropout(None)), &learning);
    let judged = model.guess(b.index_input("held out", [count, CONTEXT]), &Dropout(None));
    b.program("accuracy", &[("accuracy", judged.accuracy())]);
    b.program("loss", &[("loss", judged.loss())]);
    drop((model, learning));
    let mut lesson = Lesson::new(b, &[("texts", texts.concat()), ("held out", held_out.concat())]);
    let before = lesson.output("loss")[0];
    lesson.learn(1000);
    let (after, accuracy) = (lesson.output("loss")[0], lesson.output("accuracy")[0]);
    println!("{before} nats before, {after} after; {accuracy} right");
    assert!(after < 0.5 * before && accuracy > 0.85, "{before}, {after}, {accuracy}");
}

/// Letters are written in reverse, each as another: the decoder has to look back at the right one.
#[test]
fn a_translator_translates_what_it_has_not_seen() {
    let (end, padding) = (LETTERS, LETTERS + 1);
    assert_eq!(translator::padding(LETTERS as usize + 2), padding);
    let pairs = draws(TRAINING, 7, LETTERS).into_iter().map(|draw| {
        let source = &draw[..2 + draw[6] as usize % 5];
        let target = source.iter().rev().map(|letter| (letter + 3) % LETTERS);
        let target = [end].into_iter().chain(target).chain([end]).collect();
        (padded(source.to_vec(), 6, padding), padded(target, CONTEXT, padding))
    });
    let (known, held_out) = apart(pairs);
    let count = held_out.len();
    let (sources, targets): (Vec<Vec<u32>>, Vec<Vec<u32>>) = held_out.into_iter().unzip();
    let (known_sources, known_targets): (Vec<Vec<u32>>, Vec<Vec<u32>>) = known.into_iter().unzip();

    let b = Builder::new();
    let model = Translator::new(&b, "translator", settings(LETTERS + 2, Positions::Learned));
    let learning: Vec<Tensor> = model.learning().iter().map(|of| of.parameter).collect();
    let drawn = b.random_index(known_sources.len(), 64);
    let batch = |name: &str, width: usize| b.index_input(name, [known_sources.len(), width]).gather(drawn);
    learn(&b, model.follow(batch("known sources", 6), batch("known targets", CONTEXT), &Dropout(None)), &learning);
    let (given, wanted) = (b.index_input("sources", [count, 6]), b.index_input("targets", [count, CONTEXT]));
    b.program("right", &[("right", model.follow(given, wanted, &Dropout(None)).right(count))]);
    let begun = b.index_input("begun", [count, CONTEXT - 1]);
    b.program("logits", &[("logits", model.logits(given, begun, &Dropout(None)))]);
    drop((model, learning));
    let texts = [
        ("known sources", known_sources.concat()),
        ("known targets", known_targets.concat()),
        ("sources", sources.concat()),
        ("targets", targets.concat()),
    ];
    let mut lesson = Lesson::new(b, &texts);
    lesson.learn(1200);
    let right = lesson.output("right");

    let mut said: Vec<Vec<u32>> = vec![padded(vec![end], CONTEXT - 1, padding); count];
    let mut last = Vec::new();
    for place in 0..CONTEXT - 1 {
        lesson.write("begun", &said.concat());
        let logits = lesson.output("logits");
        let rows: Vec<&[f32]> = logits.chunks(LETTERS as usize + 2).collect();
        let likeliest = |row: &[f32]| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap() as u32;
        last = (0..count).map(|text| likeliest(rows[text * (CONTEXT - 1) + place])).collect();
        if place + 2 < CONTEXT {
            said.iter_mut().zip(&last).for_each(|(text, token)| text[place + 1] = *token);
        }
    }
    let mut exact = 0;
    for (text, (said, target)) in said.into_iter().zip(&targets).enumerate() {
        let said: Vec<u32> = said.into_iter().chain([last[text]]).collect();
        let len = target.iter().position(|token| *token == padding).unwrap_or(CONTEXT);
        let is_exact = said[..len] == target[..len];
        assert_eq!(is_exact, right[text] == 1.0, "{said:?} for {target:?}");
        exact += usize::from(is_exact);
    }
    println!("{exact} of {count} exactly right");
    assert!(exact * 10 > count * 9, "{exact} of {count}");
}

/// Both say the same of a text whatever room there is behind it.
#[test]
fn padding_is_not_seen() {
    const TEXT: [u32; 5] = [3, 1, 4, 1, 5];
    let vocabulary = LETTERS + 2;
    for positions in [Positions::Learned, Positions::Rotary] {
        let logits = |len: usize| {
            let b = Builder::new();
            let reader = Encoder::new(&b, "encoder", settings(vocabulary, positions));
            let translator = Translator::new(&b, "translator", settings(vocabulary, positions));
            let (text, begun) = (b.index_input("text", [1, len]), b.index_input("begun", [1, 3]));
            let filled = reader.fill(text, &Dropout(None)).slice(0, 0..TEXT.len());
            b.program("filled", &[("logits", filled)]);
            b.program("next", &[("logits", translator.logits(text, begun, &Dropout(None)))]);
            drop((reader, translator));
            let text = padded(TEXT.to_vec(), len, encoder::padding(vocabulary as usize));
            let mut lesson = Lesson::new(b, &[("text", text), ("begun", vec![2, 7, 1])]);
            [lesson.output("filled"), lesson.output("next")].concat()
        };
        let (short, long) = (logits(TEXT.len()), logits(CONTEXT));
        assert!(short.iter().any(|logit| logit.abs() > 1e-3), "nothing is said");
        for (short, long) in short.iter().zip(&long) {
            assert!((short - long).abs() < 1e-5, "{short} without padding, {long} with it");
        }
    }
}
