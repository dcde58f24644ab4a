//! What a Transformer writes with its caches is what it says of a whole text.

use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_graph::{Builder, Engine};
use terrarium_models::transformer::{Adapters, Dropout, FeedForward, NormKind, Order, Positions, Settings, Transformer};
use terrarium_models::writer::{Given, Writer};

const CONTEXT: usize = 9;
const TOKENS: [u32; CONTEXT] = [3, 1, 4, 1, 5, 0, 2, 6, 5];

fn like_gpt2() -> Settings {
    Settings { vocabulary: 7, context: CONTEXT, layers: 2, width: 12, heads: 2, kv_heads: 2, hidden: 20, ..Settings::GPT2 }
}

/// Logits after each token of the text: of the text as a whole, by the program that shows what is inside, and token by token.
fn logits(settings: Settings) -> [Vec<f32>; 3] {
    let (vocabulary, width, layers) = (settings.vocabulary, settings.width, settings.layers);
    let b = Builder::new();
    let model = Transformer::new(&b, "transformer", settings.clone());
    let text = b.index_input("text", [CONTEXT]);
    let whole = b.program("whole", &[("logits", model.logits(text, CONTEXT, &Dropout(None)))]);
    let inside = model.inside(text, b.input("mask", [CONTEXT, CONTEXT]));
    let last = inside.streams.slice(0, layers..layers + 1).reshape([CONTEXT, width]);
    let inside = b.program("inside", &[("logits", model.unembed(last))]);

    let writer = Writer::new(&b, "writing", &settings);
    let given = Given { tokens: b.input("given", [CONTEXT + 1, 1]), count: b.input("count", []) };
    let said = b.state("said", [vocabulary], terrarium_graph::Init::ZEROS);
    let mut noted = None;
    let next = writer.next("next", &model, Some(given), |logits, _| {
        noted = Some(logits);
        b.random_index(vocabulary, 1)
    });
    b.assign(next, said, noted.unwrap());
    drop((model, writer));
    let graph = Arc::new(b.finish().unwrap());
    let mut engine = Cpu::new(graph.clone()).unwrap();
    engine.initialise(1).unwrap();
    engine.write_indices(graph.find_input("text").unwrap(), &TOKENS).unwrap();
    let mask = (0..CONTEXT * CONTEXT).map(|i| if i % CONTEXT <= i / CONTEXT { 0.0 } else { -1e9 });
    engine.write_input(graph.find_input("mask").unwrap(), &mask.collect::<Vec<f32>>()).unwrap();
    let mut given: Vec<f32> = TOKENS.map(|token| token as f32).to_vec();
    given.push(0.0);
    engine.write_input(graph.find_input("given").unwrap(), &given).unwrap();
    engine.write_input(graph.find_input("count").unwrap(), &[CONTEXT as f32]).unwrap();

    let mut output = |program| {
        engine.run(program, 1).unwrap();
        engine.output(program, 0).unwrap()
    };
    let [whole, inside] = [output(whole), output(inside)];
    let mut written = Vec::new();
    for step in 1..=CONTEXT as u32 {
        engine.advance(&[(next, step)]).unwrap();
        written.extend(engine.read_var(graph.find_var("said").unwrap()).unwrap());
    }
    [whole, inside, written]
}

#[track_caller]
fn agree(settings: Settings) {
    let [whole, inside, written] = logits(settings);
    assert_eq!([whole.len(), inside.len(), written.len()], [CONTEXT * 7; 3]);
    let spread = whole.iter().fold(0.0_f32, |most, logit| most.max(logit.abs()));
    assert!(spread > 1e-3, "nothing is said: {whole:?}");
    for (i, &logit) in whole.iter().enumerate() {
        assert!((logit - inside[i]).abs() < 1e-4, "{i}: {logit} as a whole, {} inside", inside[i]);
        assert!((logit - written[i]).abs() < 1e-4, "{i}: {logit} as a whole, {} written", written[i]);
    }
}

#[test]
fn like_gpt2_it_writes_what_it_says() {
    agree(like_gpt2());
}

#[test]
fn like_llama_it_writes_what_it_says() {
    agree(Settings {
        kv_heads: 1,
        positions: Positions::Rotary,
        norm: NormKind::Rms,
        feed_forward: FeedForward::SwiGlu,
        biases: false,
        tied: false,
        ..like_gpt2()
    });
}

#[test]
fn like_the_first_it_writes_what_it_says() {
    agree(Settings { positions: Positions::Sinusoidal, order: Order::Post, feed_forward: FeedForward::Relu, ..like_gpt2() });
}

#[test]
fn with_adapters_it_writes_what_it_says() {
    agree(Settings {
        adapters: Some(Adapters { rank: 2, attention: true, feed_forward: true }),
        positions: Positions::None,
        ..like_gpt2()
    });
}

#[test]
fn what_does_not_go_together_is_said() {
    assert_eq!(like_gpt2().check(), Ok(()));
    let says = |settings: Settings| settings.check().unwrap_err();
    assert_eq!(says(Settings { heads: 5, ..like_gpt2() }), "A width of 12 cannot be shared out evenly among 5 heads.");
    let kv = says(Settings { heads: 4, kv_heads: 3, ..like_gpt2() });
    assert_eq!(kv, "4 heads cannot be shared out evenly among 3 heads of keys and values.");
    let odd = says(Settings { heads: 4, kv_heads: 4, positions: Positions::Rotary, ..like_gpt2() });
    assert_eq!(odd, "Rotary positions turn pairs of numbers, and a head here has 3.");
}
