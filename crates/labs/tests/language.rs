//! The language lab: it learns, writes, and can be looked into.

mod support;

use pollster::block_on;
use support::{open, set_up, train, value};
use terrarium_data::text::world::Task as Exercising;
use terrarium_labs::language::{Answer, Continued, END, Ended, LAB, Model, PRESETS, Question, Sampling};
use terrarium_labs::protocol::{EngineKind, SetUp};
use terrarium_labs::{Engines, Result, Session, checkpoint};

const SMALL: [(&str, &str); 7] =
    [("dropout", "0"), ("layers", "1"), ("width", "16"), ("heads", "2"), ("hidden", "32"), ("context", "16"), ("batch", "4")];

fn session(changes: &[(&str, &str)]) -> Session {
    open(&set_up(LAB.slug, &[&SMALL, changes].concat(), 1)).unwrap()
}

fn asked(session: &mut Session, question: Question) -> Result<Answer> {
    Ok(block_on(session.ask(question.into(), &|_| ()))?.language.expect("an answer of this lab"))
}

fn go_on(session: &mut Session, text: &str, count: u32, sampling: Sampling) -> Continued {
    match asked(session, Question::Continue { text: text.to_string(), came: 0, count, sampling, model: Model::Now }) {
        Ok(Answer::Continued(continued)) => continued,
        other => panic!("{other:?}"),
    }
}

fn ids(continued: &Continued) -> Vec<u32> {
    continued.tokens.iter().map(|likely| likely.token.id).collect()
}

#[test]
fn every_preset_opens() {
    for preset in &PRESETS {
        let mut session = open(&set_up(LAB.slug, preset.changes, 1)).unwrap_or_else(|why| panic!("{}: {why}", preset.slug));
        session.advance_steps(1).unwrap();
    }
}

#[test]
fn words_come_together_merge_by_merge() {
    let mut session = session(&[("tokens", "bpe"), ("vocabulary", "300")]);
    let mut tokens = |merges| match asked(&mut session, Question::Tokens { text: "marianna".to_string(), merges }).unwrap() {
        Answer::Tokens(tokens) => tokens.into_iter().map(|token| token.text).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(tokens(Some(0)).len(), 8);
    let (some, all) = (tokens(Some(10)), tokens(None));
    assert!(all.len() < some.len() && some.len() < 8, "{some:?}, then {all:?}");
    assert_eq!(all.concat(), "marianna");
}

/// The reference differentiates by itself, and knows none of our kernels.
#[test]
fn fifty_steps_are_those_of_the_reference() {
    let llama = [
        ("positions", "rotary"),
        ("norm", "rms"),
        ("feed_forward", "swiglu"),
        ("sharing", "2"),
        ("biases", "no"),
        ("tied", "no"),
        ("accumulate", "2"),
    ];
    for changes in [&[][..], &llama] {
        let mut session = session(changes);
        let mut comparing = block_on(session.compare(&Engines::without_gpu(), EngineKind::Dfdx, 50)).unwrap();
        let comparison = loop {
            if let Some(comparison) = block_on(comparing.advance(&|| 0.0)).unwrap() {
                break comparison;
            }
        };
        let drift = comparison.drift.iter().copied().fold(0.0, f32::max);
        assert!(comparison.drift.len() == 50 && drift > 0.0 && drift < 1e-3, "{changes:?}: {drift}");
    }
}

#[test]
fn names_are_learnt_better_than_by_counting_pairs() {
    let mut session = session(&[("layers", "2"), ("width", "32"), ("hidden", "128"), ("batch", "16"), ("lr", "0.006")]);
    let row = train(&mut session, 600);
    let [held_out, bigram] = ["held_out_loss", "bigram_loss"].map(|key| value(&session, &row, key));
    assert!((2.3..2.6).contains(&bigram), "{bigram}");
    assert!(held_out < bigram - 0.05, "{held_out} against {bigram}");
    let name = go_on(&mut session, "", 30, Sampling::default());
    assert_eq!(name.ended, Some(Ended::Document), "{name:?}");
}

#[test]
fn brackets_are_closed() {
    let changes = [
        ("data", "brackets"),
        ("length", "4"),
        ("layers", "2"),
        ("width", "32"),
        ("hidden", "64"),
        ("batch", "32"),
        ("lr", "0.006"),
    ];
    let mut session = session(&changes);
    let row = train(&mut session, 1_500);
    let right = value(&session, &row, "accuracy");
    assert!(right > 0.7, "{right}");
    let Answer::Items(items) = asked(&mut session, Question::Items { from: 0, count: 20 }).unwrap() else { panic!("items") };
    let said = items.iter().filter(|item| item.right).count() as f32 / items.len() as f32;
    assert!((said - right).abs() < 0.2, "{said} of those said, {right} by the chart");
    for item in items {
        assert_eq!(item.right, item.said == item.answer, "{item:?}");
    }
}

#[test]
fn writing_in_pieces_is_writing_at_once() {
    let mut session = session(&[]);
    train(&mut session, 50);
    let sampling = Sampling { top_k: 5, repetition_penalty: 1.2, ..Sampling::default() };
    let whole = go_on(&mut session, "an", 10, sampling.clone());
    let mut pieces = go_on(&mut session, "an", 4, sampling.clone());
    let mut all = ids(&pieces);
    while all.len() < 10 && pieces.ended.is_none() {
        pieces = go_on(&mut session, &pieces.text, 2, sampling.clone());
        all.extend(ids(&pieces));
    }
    assert_eq!(all, ids(&whole));
    let other = go_on(&mut session, "an", 10, Sampling { seed: 2, ..sampling });
    assert_ne!(ids(&other), ids(&whole));
    let surest = Sampling::likeliest();
    assert_eq!(go_on(&mut session, "an", 5, surest.clone()), go_on(&mut session, "an", 5, Sampling { seed: 7, ..surest }));
}

#[test]
fn a_full_context_makes_room_and_says_so() {
    let mut session = session(&[("data", "copy"), ("length", "6")]);
    let sampling = Sampling { temperature: 3.0, ..Sampling::default() };
    let mut text = go_on(&mut session, "a", 12, sampling.clone());
    let mut rounds = 0;
    while text.unseen == 0 && rounds < 20 {
        text = go_on(&mut session, &format!("{}x", text.text.replace("<|endoftext|>", "")), 12, sampling.clone());
        rounds += 1;
    }
    assert!(text.unseen > 0);
}

#[test]
fn what_is_drawn_can_be_stopped() {
    let mut session = session(&[]);
    train(&mut session, 50);
    let sampling = Sampling { temperature: 2.0, stop: "a".to_string(), ..Sampling::default() };
    let mut stopped = 0;
    for seed in 1..=10 {
        let drawn = go_on(&mut session, "b", 15, Sampling { seed, ..sampling.clone() });
        stopped += u32::from(drawn.ended == Some(Ended::Stop));
        assert_eq!(drawn.text[1..].find('a'), (drawn.ended == Some(Ended::Stop)).then(|| drawn.text.len() - 2), "{drawn:?}");
    }
    assert!(stopped > 0);

    // What is to stop it may come half in one piece and half in the next.
    let drawn = (1..=10).map(|seed| Sampling { seed, stop: String::new(), ..sampling.clone() });
    let mut drawn = drawn.map(|sampling| (go_on(&mut session, "b", 4, sampling.clone()).text, sampling));
    let (whole, sampling) = drawn.find(|(text, _)| text.len() == 5).unwrap();
    let stop = whole[2..4].to_string();
    let question = Question::Continue {
        text: whole[..3].to_string(),
        came: 2,
        count: 8,
        sampling: Sampling { stop, ..sampling },
        model: Model::Now,
    };
    let Answer::Continued(rest) = asked(&mut session, question).unwrap() else { panic!() };
    assert_eq!((rest.text.as_str(), rest.ended), (&whole[..4], Some(Ended::Stop)));
}

#[test]
fn own_text_is_read_or_refused_in_words() {
    let own = |text: &str, changes: &[(&str, &str)]| {
        let set_up = set_up(LAB.slug, &[&SMALL[..], &[("data", "own")], changes].concat(), 1);
        open(&SetUp { text: text.into(), ..set_up }).err().map(|why| why.0)
    };
    let text = "Ein Löwe und eine Maus gingen ihres Wegs. ".repeat(40);
    assert_eq!(own(&text, &[]), None);
    assert_eq!(own(&text, &[("tokens", "bpe"), ("vocabulary", "300")]), None);
    assert_eq!(own("", &[]).unwrap(), "There is no text in it.");
    assert_eq!(own("short", &[]).unwrap(), "The text has 5 characters; at least 1000 are needed to learn from.");
    let much = own(&text, &[("context", "1000")]).unwrap();
    assert!(much.starts_with("There is too little text: with a context of 1000 tokens, 1002 of them are needed"), "{much}");
    let huge = own(&text, &[("layers", "24"), ("width", "1024"), ("hidden", "4096")]).unwrap();
    assert!(huge.starts_with("This model takes 6.") || huge.starts_with("This model takes 5."), "{huge}");
    assert_eq!(own(&text, &[("heads", "3")]).unwrap(), "A width of 16 cannot be shared out evenly among 3 heads.");
}

#[test]
fn nothing_that_is_written_ends_within_a_character() {
    let set_up = set_up(LAB.slug, &[&SMALL[..], &[("data", "own"), ("tokens", "byte")]].concat(), 1);
    let mut session = open(&SetUp { text: "щука плывёт в реке. ".repeat(60).as_str().into(), ..set_up }).unwrap();
    train(&mut session, 200);
    let sampling = Sampling::likeliest();
    let more = (1..=6).map(|count| {
        let written = go_on(&mut session, "щука", count, sampling.clone());
        assert!(!written.text.contains('\u{fffd}'), "{written:?}");
        written.tokens.len() as u32 - count
    });
    assert_eq!(more.max(), Some(1), "the letters have two bytes");
    let text = "щука п".to_string();
    let Answer::Next(next) = asked(&mut session, Question::Next { text: text.clone(), sampling }).unwrap() else { panic!() };
    assert_eq!((next.along.len(), next.text.chars().count()), (1, text.chars().count() + 1), "{next:?}");
    assert!(next.text.starts_with(&text) && !next.text.contains('\u{fffd}'), "{next:?}");
}

#[test]
fn what_is_inside_fits_together() {
    let mut session = session(&[]);
    train(&mut session, 50);
    let text = "anna".to_string();
    let Answer::Read(read) = asked(&mut session, Question::Read { text: text.clone(), model: Model::Now }).unwrap() else {
        panic!()
    };
    assert_eq!(read.iter().map(|seen| seen.token.text.as_str()).collect::<Vec<_>>(), [END, "a", "n", "n", "a"]);
    assert_eq!(read[0].probability, None);
    for (seen, next) in read.iter().zip(&read[1..]) {
        let sum: f32 = seen.alternatives.iter().map(|likely| likely.probability).sum();
        assert!(sum > 0.0 && sum <= 1.001, "{sum}");
        assert!(seen.entropy > 0.0 && seen.entropy < 28_f32.log2() + 1e-3);
        let told = seen.alternatives.iter().find(|likely| likely.token == next.token);
        assert!(told.is_none_or(|told| (told.probability - next.probability.unwrap()).abs() < 1e-6));
    }
    let Answer::Attention(attention) = asked(&mut session, Question::Attention { text: text.clone() }).unwrap() else { panic!() };
    assert_eq!(attention.weights.len(), 2 * 5 * 5);
    for (row, weights) in attention.weights.chunks(5).enumerate() {
        assert!((250..=260).contains(&weights.iter().map(|w| u32::from(*w)).sum::<u32>()), "{weights:?}");
        assert!(weights[row % 5 + 1..].iter().all(|w| *w == 0), "what comes later is seen: {weights:?}");
    }
    let Answer::Lens(lens) = asked(&mut session, Question::Lens { text: text.clone() }).unwrap() else { panic!() };
    assert_eq!((lens.layers.len(), lens.layers[0].len()), (2, 5));
    assert_eq!(lens.layers[1][4], read[4].alternatives[0]);
    let Answer::Flow(flow) = asked(&mut session, Question::Flow { text: text.clone() }).unwrap() else { panic!() };
    assert_eq!(flow.prediction, read[4].alternatives);
    assert_eq!(flow.layers.iter().map(|layer| layer.heads.len()).collect::<Vec<_>>(), [0, 2]);
    let Answer::Next(next) =
        asked(&mut session, Question::Next { text, sampling: Sampling { top_k: 3, ..Sampling::default() } }).unwrap()
    else {
        panic!()
    };
    assert_eq!(next.kept, 3);
    assert!((next.candidates[0].stages[0] - read[4].alternatives[0].probability).abs() < 1e-5);
    let last: f32 = next.candidates.iter().map(|candidate| candidate.stages[4]).sum();
    assert!((last - 1.0).abs() < 1e-4, "{last}");
    assert!(next.candidates[..3].iter().any(|candidate| candidate.token == next.chosen));
    assert!(next.along.is_empty());
    assert_eq!(next.text, format!("anna{}", next.chosen.text.replace(END, "<|endoftext|>")));
}

/// A run on names, and its checkpoint.
fn learnt() -> (Session, Vec<u8>) {
    let mut session = session(&[("layers", "2")]);
    train(&mut session, 200);
    let bytes = block_on(checkpoint::save(&mut session)).unwrap();
    (session, bytes)
}

fn text_of(answer: Answer) -> String {
    match answer {
        Answer::Continued(continued) => continued.text,
        other => panic!("{other:?}"),
    }
}

fn written(session: &mut Session, model: Model) -> String {
    let sampling = Sampling::likeliest();
    text_of(asked(session, Question::Continue { text: "an".to_string(), came: 0, count: 8, sampling, model }).unwrap())
}

#[test]
fn a_model_goes_on_with_other_text_and_what_it_forgets_shows() {
    let (mut first, base) = learnt();
    let own = "zwölf boxkämpfer jagen viktor quer über den großen sylter deich.<|endoftext|>".repeat(40);
    for learns in ["all", "lora"] {
        let changes = [("data", "own"), ("learns", learns), ("batch", "4"), ("lr", "0.01"), ("warm_up", "0")];
        let set_up = SetUp { text: own.as_str().into(), base: base.as_slice().into(), ..set_up(LAB.slug, &changes, 2) };
        let mut second = open(&set_up).unwrap();
        assert_eq!(second.settings().whole("layers"), 2, "the network is that of the model");
        assert_eq!(written(&mut second, Model::Now), written(&mut first, Model::Now));
        let row = train(&mut second, 300);
        let history = second.history();
        let [before, after] = [&history[0], &row].map(|row| value(&second, row, "earlier_loss"));
        assert!(after > before + 0.05, "{learns}: {before}, then {after} on names");
        let [start, end] = [&history[0], &row].map(|row| value(&second, row, "held_out_loss"));
        assert!(end < start - 0.2, "{learns}: {start}, then {end} on the new text");
        assert_eq!(written(&mut second, Model::Before), written(&mut first, Model::Now));
        assert_ne!(written(&mut second, Model::Now), written(&mut first, Model::Now));

        // A checkpoint of it takes up where it was, with all that it came from.
        let bytes = block_on(checkpoint::save(&mut second)).unwrap();
        let mut third = block_on(checkpoint::open(&bytes, &support::assets(), &Engines::without_gpu(), EngineKind::Cpu)).unwrap();
        assert_eq!(third.set_up(), second.set_up());
        assert_eq!(written(&mut third, Model::Now), written(&mut second, Model::Now));
        assert_eq!(written(&mut third, Model::Before), written(&mut first, Model::Now));
        let Answer::Files(files) = asked(&mut second, Question::Export { half: false }).unwrap() else { panic!("files") };
        assert!(files.iter().any(|file| file.name.ends_with("config.json")));
    }
}

#[test]
fn low_rank_adapters_alone_learn() {
    let (_, base) = learnt();
    let set_up = SetUp { base: base.as_slice().into(), ..set_up(LAB.slug, &[("learns", "lora_attention"), ("rank", "2")], 2) };
    let mut session = open(&set_up).unwrap();
    let before = support::state(&mut session);
    train(&mut session, 50);
    let after = support::state(&mut session);
    let graph = session.experiment().course().graph.clone();
    for ((var, before), after) in graph.kept().zip(&before.variables).zip(&after.variables) {
        let name = &graph.var(var).name;
        assert_eq!(before != after, name.starts_with("adapters."), "{name}");
    }
}

#[test]
fn a_base_that_is_none_is_refused() {
    let refused = |base: &[u8]| open(&SetUp { base: base.into(), ..set_up(LAB.slug, &[], 1) }).err().map(|why| why.0).unwrap();
    assert!(refused(b"nonsense").starts_with("The file"), "{}", refused(b"nonsense"));
}

#[test]
fn exercises_of_the_village_are_tried_and_graded() {
    let mut session =
        session(&[("data", "world"), ("documents", "1000"), ("tokens", "bpe"), ("vocabulary", "400"), ("context", "128")]);
    let Ok(Answer::Exercises(all)) = asked(&mut session, Question::Exercises { task: Exercising::Answer, seed: 1, index: 3 })
    else {
        panic!("there are exercises")
    };
    assert!(all.len() > 3 && all.iter().all(|exercise| exercise.prompt.ends_with("Answer:") && exercise.truth.starts_with(' ')));
    let told = all.into_iter().find(|exercise| exercise.truth.trim() != "The story does not say.").unwrap();
    let question =
        Question::Try { task: Exercising::Answer, exercise: told.clone(), sampling: Sampling::default(), model: Model::Now };
    let Ok(Answer::Tried(tried)) = asked(&mut session, question) else { panic!("it is tried") };
    assert_eq!((&tried.prompt, &tried.truth, tried.right), (&told.prompt, &told.truth, false), "it has learnt nothing yet");
    assert!(tried.is_told && tried.wrong.len() == 1 && tried.confidence < 0.1, "{:?}", tried.wrong);

    // Of what a visitor asks instead, the truth is found where it can be.
    let mut truth = |prompt: String| match asked(&mut session, Question::Truth { task: Exercising::Answer, prompt }) {
        Ok(Answer::Truth(truth)) => truth,
        other => panic!("{other:?}"),
    };
    let story = tried.prompt.lines().take(2).collect::<Vec<_>>().join("\n");
    assert_eq!(truth(told.prompt), Some(Ok(told.truth)));
    assert_eq!(truth(format!("{story}\nQuestion: Why?\nAnswer:")), None);

    let mut grade = |from, count| match asked(&mut session, Question::Grade { task: Exercising::Run, seed: 2, from, count }) {
        Ok(Answer::Graded(report)) => report,
        other => panic!("{other:?}"),
    };
    let (first, more, again) = (grade(0, 3), grade(3, 2), grade(0, 2));
    assert_eq!([&first, &more, &again].map(|report| report.graded.len()), [3, 2, 2]);
    assert_eq!([first.scores[0].of, more.scores[0].of, again.scores[0].of], [3, 5, 2]);
    assert_eq!(first.graded[..2], again.graded, "the same items, done the same way");
}
