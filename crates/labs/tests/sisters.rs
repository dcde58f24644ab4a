//! The language lab's encoder and translator: they learn, answer, and are kept.

mod support;

use pollster::block_on;
use support::{open, set_up, train, value};
use terrarium_labs::language::{Answer, Filled, GRADED, LAB, Model, PRESETS, Question, Sampling, Translated};
use terrarium_labs::protocol::{EngineKind, SetUp};
use terrarium_labs::{Engines, Result, Session, checkpoint};
use terrarium_metrics::Bleu;

const SMALL: [(&str, &str); 9] = [
    ("dropout", "0"),
    ("layers", "2"),
    ("width", "32"),
    ("heads", "4"),
    ("hidden", "64"),
    ("context", "16"),
    ("batch", "32"),
    ("lr", "0.006"),
    ("decay_steps", "800"),
];

fn session(changes: &[(&str, &str)]) -> Session {
    open(&set_up(LAB.slug, &[&SMALL, changes].concat(), 1)).unwrap()
}

fn preset(slug: &str, changes: &[(&str, &str)]) -> Session {
    let preset = PRESETS.iter().find(|preset| preset.slug == slug).unwrap();
    open(&set_up(LAB.slug, &[preset.changes, changes].concat(), 1)).unwrap()
}

fn asked(session: &mut Session, question: Question) -> Result<Answer> {
    Ok(block_on(session.ask(question.into(), &|_| ()))?.language.expect("an answer of this lab"))
}

fn filled(session: &mut Session, text: &str) -> Filled {
    hiding(session, text, &[])
}

fn hiding(session: &mut Session, text: &str, hidden: &[u32]) -> Filled {
    match asked(session, Question::Fill { text: text.to_string(), hidden: hidden.to_vec() }) {
        Ok(Answer::Filled(filled)) => filled,
        other => panic!("{other:?}"),
    }
}

fn translated(session: &mut Session, text: &str) -> Translated {
    match asked(session, Question::Translate { text: text.to_string() }) {
        Ok(Answer::Translated(translated)) => translated,
        other => panic!("{other:?}"),
    }
}

fn refused(session: &mut Session, question: Question) -> String {
    asked(session, question).unwrap_err().0
}

fn reopened(session: &mut Session) -> Session {
    let bytes = block_on(checkpoint::save(session)).unwrap();
    block_on(checkpoint::open(&bytes, &support::assets(), &Engines::without_gpu(), EngineKind::Cpu)).unwrap()
}

/// Who says what nobody can tell, but which colour is whose can be learnt.
fn told() -> String {
    let (names, facts) =
        (["Anna", "Tom", "Mia", "Paul", "Lena"], [("grass", "green"), ("snow", "white"), ("coal", "black"), ("sky", "blue")]);
    let sentence = |i: usize| {
        let (name, (thing, colour)) = (names[i * 7 % 5], facts[i * 11 % 13 % 4]);
        format!("{name} says that the {thing} is {colour}. ")
    };
    (0..260).map(sentence).collect()
}

#[test]
fn an_encoder_learns_to_fill_in_blanks() {
    let changes =
        [&SMALL[..], &[("kind", "encoder"), ("data", "own"), ("tokens", "bpe"), ("vocabulary", "400"), ("context", "20")]].concat();
    let mut session = open(&SetUp { text: told().into(), ..set_up(LAB.slug, &changes, 1) }).unwrap();
    let row = train(&mut session, 400);
    let [loss, bigram, accuracy] = ["held_out_loss", "bigram_loss", "accuracy"].map(|key| value(&session, &row, key));
    println!("{loss} nats, {bigram} by counting pairs; {accuracy} right");
    assert!(loss < bigram && accuracy > 0.7, "{loss} against {bigram}, {accuracy} right");

    let answer = filled(&mut session, "Mia says that the ___ is blue. Tom says that the coal is <mask>.");
    assert_eq!(answer.text, "Mia says that the sky is blue. Tom says that the coal is black.");
    assert_eq!(answer.blanks.len(), 2);
    for blank in &answer.blanks {
        assert_eq!(blank.len(), 10);
        assert!(blank.is_sorted_by(|a, b| a.probability >= b.probability), "{blank:?}");
        let sum: f32 = blank.iter().map(|likely| likely.probability).sum();
        assert!(sum > 0.5 && sum < 1.0 + 1e-4, "{sum}");
    }
    let tokens = &answer.attention.tokens;
    assert!(answer.places.iter().all(|place| tokens[*place as usize].text == "___"), "{answer:?}");
    assert_eq!(answer.attention.weights.len(), 2 * 4 * tokens.len() * tokens.len());
    for weights in answer.attention.weights.chunks(tokens.len()) {
        assert!((240..=270).contains(&weights.iter().map(|w| u32::from(*w)).sum::<u32>()), "{weights:?}");
    }
    let Ok(Answer::About(about)) = asked(&mut session, Question::About) else { panic!("about") };
    assert!(!about.prompts.is_empty());
    for prompt in &about.prompts {
        let question = Question::Tokens { text: prompt.clone(), merges: None };
        let Ok(Answer::Tokens(tokens)) = asked(&mut session, question) else { panic!("tokens") };
        let last = tokens.len() as u32 - 2;
        let hidden = hiding(&mut session, prompt, &[last]);
        assert_eq!((&hidden.places, hidden.blanks.len()), (&vec![last], 1), "{prompt}");
        assert_eq!(hidden.attention.tokens.len(), tokens.len());
    }
    // The same written as a blank and as a token that is hidden.
    let written = filled(&mut session, "The ___ is blue.");
    assert_eq!(hiding(&mut session, "The sky is blue.", &written.places), written);

    let Ok(Answer::HeldOut(held_out)) = asked(&mut session, Question::HeldOut) else { panic!("held out") };
    assert_eq!((held_out.loss, held_out.bigram_loss), (loss, bigram));
    assert!(held_out.tokens > 10, "{held_out:?}");

    let mut again = reopened(&mut session);
    assert_eq!(filled(&mut again, "The ___ is blue."), filled(&mut session, "The ___ is blue."));
    train(&mut again, 10);
    train(&mut session, 10);
    assert_eq!(support::state(&mut again), support::state(&mut session));
}

#[test]
fn a_translator_learns_a_task() {
    let mut session = session(&[("kind", "translator"), ("data", "reverse"), ("length", "4"), ("width", "24"), ("hidden", "48")]);
    let row = train(&mut session, 600);
    let [accuracy, right] = ["accuracy", "right"].map(|key| value(&session, &row, key));
    println!("{accuracy} of letters and {right} of texts right");
    assert!(right > 0.7, "{right} of texts, {accuracy} of letters");
    let Answer::Items(items) = asked(&mut session, Question::Items { from: 0, count: 200 }).unwrap() else { panic!("items") };
    let said = items.iter().filter(|item| item.right).count() as f32 / items.len() as f32;
    assert!((said - right).abs() < 0.02, "{said} of those said, {right} by the chart");
    let right = items.iter().find(|item| item.right).unwrap();
    let answer = translated(&mut session, &right.prompt);
    assert_eq!((&answer.text, answer.tokens.len()), (&right.answer, right.answer.len()));
    assert_eq!((&answer.truth, translated(&mut session, "zzzz=").truth), (&Some(right.answer.clone()), None));
    assert_eq!(answer.weights.len(), 2 * 4 * answer.tokens.len() * answer.source.len());
    let mut again = reopened(&mut session);
    assert_eq!(translated(&mut again, &right.prompt), answer);
}

#[test]
fn sentences_of_pocket_world_are_learnt_in_pairs() {
    let mut session = preset("translator", &[("documents", "8000"), ("vocabulary", "700"), ("batch", "16")]);
    let Ok(Answer::About(about)) = asked(&mut session, Question::About) else { panic!("about") };
    let row = train(&mut session, 700);
    let history = session.history().to_vec();
    let [before, after] = [&history[0], &row].map(|row| value(&session, row, "held_out_loss"));
    println!("{before} nats, then {after}; {} by counting pairs", about.bigram_loss);
    assert!(after < before - 1.0, "{before}, then {after}");
    // What is graded with each row is what the model writes token by token.
    let mut bleu = Bleu::default();
    for prompt in about.prompts.iter().take(GRADED) {
        let Translated { text, truth, .. } = translated(&mut session, prompt);
        bleu.add(&text, &[&truth.expect("it is held out")]);
    }
    let [one_by_one, measured] = [bleu.score().unwrap(), value(&session, &row, "bleu")];
    assert!((one_by_one - measured).abs() < 1e-3, "{one_by_one} one by one, {measured} by the chart");
    // So few sentences have a BLEU of 0 until four words in a row are right in one, which is by luck so early.
    let [before, after] = [&history[0], &row].map(|row| value(&session, row, "accuracy"));
    println!("BLEU {measured}; {before} of tokens right, then {after}");
    assert!(after > before + 0.2, "{before} of tokens, then {after}");
    let answer = translated(&mut session, &about.prompts[0]);
    assert!(!answer.text.is_empty() && answer.tokens.len() < 48, "{answer:?}");
}

#[test]
fn what_makes_no_sense_is_said() {
    let opened = |changes: &[(&str, &str)]| open(&set_up(LAB.slug, changes, 1)).err().map(|why| why.0).unwrap();
    assert!(opened(&[("kind", "encoder"), ("data", "copy")]).starts_with("An encoder fills in words of a text"));
    assert!(opened(&[("kind", "translator")]).starts_with("There is nothing to translate in this text"));
    let short = opened(&[("kind", "translator"), ("data", "reverse"), ("length", "12"), ("context", "8")]);
    assert!(short.starts_with("The context is too short: “"), "{short}");

    let [mut decoder, mut encoder, mut translator] =
        [session(&[]), session(&[("kind", "encoder")]), session(&[("kind", "translator"), ("data", "copy")])];
    let [fill, translate] =
        [Question::Fill { text: "an___".to_string(), hidden: Vec::new() }, Question::Translate { text: "abc=".to_string() }];
    for question in [fill.clone(), translate.clone()] {
        assert!(refused(&mut decoder, question).starts_with("This model goes on from a text."));
    }
    let write = Question::Continue { text: "an".to_string(), came: 0, count: 3, sampling: Sampling::default(), model: Model::Now };
    for question in [write.clone(), translate, Question::Export { half: false }] {
        assert!(refused(&mut encoder, question).starts_with("This model does nothing but fill in blanks"));
    }
    for question in [write, fill, Question::Lens { text: "ab".to_string() }] {
        assert!(refused(&mut translator, question).starts_with("This model does nothing but translate"));
    }
    let none = refused(&mut encoder, Question::Fill { text: "anna".to_string(), hidden: vec![9] });
    assert_eq!(none, "There is no blank in the text: write ___ where something is missing.");
    let long = refused(&mut encoder, Question::Fill { text: format!("{}___", "a".repeat(16)), hidden: Vec::new() });
    assert_eq!(long, "The text has 17 tokens, and the model sees 16: give it a shorter one.");

    let bytes = block_on(checkpoint::save(&mut encoder)).unwrap();
    let based = SetUp { base: bytes.as_slice().into(), ..set_up(LAB.slug, &[], 1) };
    let why = open(&based).err().map(|why| why.0).unwrap();
    assert_eq!(why, "The file holds a model of another kind: only one that goes on from a text can be used here.");
}

/// The reference differentiates by itself, and knows none of our kernels.
#[test]
fn thirty_steps_are_those_of_the_reference() {
    let names = [("kind", "encoder"), ("context", "8"), ("batch", "8")];
    let copies =
        [("kind", "translator"), ("data", "copy"), ("context", "8"), ("batch", "8"), ("positions", "rotary"), ("sharing", "2")];
    for changes in [&names[..], &copies] {
        let mut session = session(changes);
        let mut comparing = block_on(session.compare(&Engines::without_gpu(), EngineKind::Dfdx, 30)).unwrap();
        let comparison = loop {
            if let Some(comparison) = block_on(comparing.advance(&|| 0.0)).unwrap() {
                break comparison;
            }
        };
        let drift = comparison.drift.iter().copied().fold(0.0, f32::max);
        assert!(comparison.drift.len() == 30 && drift > 0.0 && drift < 1e-3, "{changes:?}: {drift}");
    }
}
