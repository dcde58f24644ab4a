//! The image GAN lab as a visitor meets it: what its settings, questions and defaults promise, kept.

mod support;

use std::collections::HashMap;

use pollster::block_on;
use support::{measure, open, set_up, state, train, value};
use terrarium_graph::VarKind;
use terrarium_labs::image_gan::{LAB, PRESETS, Path, Question, Sample};
use terrarium_labs::protocol::{self, Answer, EngineKind, Gallery, TroubleKind};
use terrarium_labs::scene::{Scene, Values, Wall};
use terrarium_labs::{Engines, Finding, Result, Session};

fn session(changes: &[(&str, &str)], seed: u64) -> Session {
    open(&set_up(LAB.slug, changes, seed)).unwrap()
}

/// A set-up that takes no time.
const SMALL: [(&str, &str); 3] = [("filters", "4"), ("batch", "4"), ("z", "8")];

fn small(changes: &[(&str, &str)]) -> Session {
    session(&[&SMALL, changes].concat(), 3)
}

fn ask(session: &mut Session, question: Question) -> Result<Answer> {
    block_on(session.ask(protocol::Question::ImageGan(question), &|_| ()))
}

fn walls(session: &mut Session, layers: u32) -> Vec<Wall> {
    let show = protocol::Show { layers, ..protocol::Show::default() };
    let Scene::Gallery(gallery) = block_on(session.scene(show, false)).unwrap() else { panic!("this lab shows walls") };
    gallery.walls
}

fn pixels(wall: &Wall) -> &[f32] {
    let Values::Host(pixels) = &wall.pixels else { panic!("they were asked for here") };
    pixels
}

/// The pictures of a gallery.
fn pictures(gallery: &Gallery) -> Vec<&[u8]> {
    gallery.pixels.chunks((gallery.height * gallery.width * gallery.channels) as usize).collect()
}

/// In each variant all that learns moves, and all that is measured is a number.
#[test]
fn every_kind_of_loss_norm_and_data_trains() {
    let variants: [&[(&str, &str)]; 7] = [
        &[("loss", "wgan-gp"), ("g_norm", "layer"), ("d_norm", "layer"), ("d_steps", "2")],
        &[("loss", "hinge"), ("condition", "none"), ("data", "fashion")],
        &[("loss", "minimax"), ("d_norm", "batch"), ("smoothing", "0.1"), ("shift", "2"), ("noise", "0.1")],
        &[("loss", "least-squares"), ("g_norm", "none"), ("r1", "1"), ("d_norm", "none")],
        &[("data", "faces"), ("flip", "yes")],
        &[("data", "faces"), ("condition", "none"), ("r1", "1")],
        &[("data", "shapes"), ("loss", "wgan-gp")],
    ];
    for variant in variants {
        let mut session = small(variant);
        let before = state(&mut session);
        for _ in 0..3 {
            session.step().unwrap();
        }
        assert!(matches!(measure(&mut session), Some(Finding::Measures(_))), "{variant:?}");
        let after = state(&mut session);
        let graph = session.experiment().course().graph.clone();
        // A critic's values have no fixed zero, and a hinge's pulls cancel while all lie within its margins: the last bias has
        // nothing to learn.
        let idle = |name: &str| {
            name == "discriminator.last.bias" && ["wgan-gp", "hinge"].iter().any(|loss| variant.contains(&("loss", loss)))
        };
        for (var, (before, after)) in graph.vars.iter().zip(before.variables.iter().zip(&after.variables)) {
            assert!(before != after || idle(var.name.split(".moment").next().unwrap_or_default()), "{} in {variant:?}", var.name);
        }
    }
}

#[test]
fn engines_agree_over_5_steps() {
    for changes in [[("d_norm", "spectral"), ("loss", "hinge")], [("g_norm", "layer"), ("loss", "wgan-gp")]] {
        let mut session = small(&[&[("g_lr", "0.0001"), ("d_lr", "0.0001")], &changes[..]].concat());
        let mut comparing = block_on(session.compare(&Engines::without_gpu(), EngineKind::Dfdx, 5)).unwrap();
        let comparison = loop {
            if let Some(comparison) = block_on(comparing.advance(&|| 0.0)).unwrap() {
                break comparison;
            }
        };
        let drift = comparison.drift.iter().copied().fold(0.0, f32::max);
        assert!(drift > 0.0 && drift < 2e-3, "{changes:?}: {drift}");
    }
}

/// The variables of a run by their names.
fn variables(session: &mut Session) -> HashMap<String, Vec<f32>> {
    let values = state(session).variables;
    session.experiment().course().graph.vars.iter().map(|var| var.name.clone()).zip(values).collect()
}

#[test]
fn averaged_weights_are_what_their_formula_says() {
    const HALF_LIFE: f32 = 1.0;
    let mut session = small(&[("averaging", "1")]);
    let graph = session.experiment().course().graph.clone();
    let weights = graph.vars.iter().filter(|var| var.kind == VarKind::Parameter && var.name.starts_with("generator."));
    let weights: Vec<&str> = weights.map(|var| var.name.as_str()).collect();
    let mut expected = variables(&mut session);
    for step in 1..=40 {
        let before = variables(&mut session);
        session.step().unwrap();
        let now = variables(&mut session);
        let kept = 0.5_f32.powf(1.0 / (step as f32 / 20.0).min(HALF_LIFE));
        for weight in &weights {
            let name = format!("averaged.{weight}");
            for (i, average) in expected.get_mut(&name).unwrap().iter_mut().enumerate() {
                *average = kept * *average + (1.0 - kept) * before[*weight][i];
                assert!((*average - now[&name][i]).abs() < 1e-6, "{name} after {step} steps: {} for {average}", now[&name][i]);
            }
        }
    }
}

#[test]
fn averaged_weights_change_what_is_shown_and_not_what_is_learnt() {
    let [mut averaged, mut plain] = ["50", "0"].map(|steps| small(&[("averaging", steps)]));
    for session in [&mut averaged, &mut plain] {
        session.advance_steps(60).unwrap();
    }
    let [with, without] = [&mut averaged, &mut plain].map(variables);
    assert!(without.iter().all(|(name, values)| with[name] == *values) && with.len() > without.len());
    // The batch norms of the average keep statistics of their own.
    let mean = "generator.first.norm.mean";
    assert_ne!(with[&format!("averaged.{mean}")], with[mean]);
    let [with, without] = [&mut averaged, &mut plain].map(|session| pixels(&walls(session, 1)[0]).to_vec());
    assert_ne!(with, without);
}

#[test]
fn mode_collapse_and_a_vanishing_gradient_are_named() {
    for (slug, steps, expected) in
        [("collapse", 700, TroubleKind::ModeCollapse), ("vanishing", 700, TroubleKind::VanishingGradient)]
    {
        let preset = PRESETS.iter().find(|preset| preset.slug == slug).unwrap();
        let mut session = session(&[preset.changes, &[("filters", "8"), ("batch", "16")]].concat(), 1);
        train(&mut session, steps);
        assert_eq!(session.trouble().map(|trouble| trouble.kind), Some(expected), "{:?}", session.history().last());
    }
}

/// Real digits are 1 apart, and have a score of 8 or more; noise has one below 2.
#[test]
fn the_defaults_draw_things_like_digits_within_800_steps() {
    let mut session = session(&[("filters", "8")], 1);
    let last = train(&mut session, 800);
    let [diversity, nearest] = ["diversity", "diversity_nearest"].map(|key| value(&session, &last, key));
    assert!((0.7..1.3).contains(&diversity) && (0.6..1.4).contains(&nearest), "{diversity}, {nearest}");
    assert_eq!(session.trouble(), None);
    let answer = ask(&mut session, Question::Evaluate { count: 200 }).unwrap();
    let figure = |name: &str| answer.figures.iter().find(|figure| figure.name == name).unwrap().value;
    let [score, ceiling] = ["Inception score", "Inception score, real pictures"].map(figure);
    assert!(score > 3.0 && score < ceiling && ceiling > 8.0, "{}", answer.sentence);
    let [distance, floor] = ["Fréchet distance", "Fréchet distance, real pictures"].map(figure);
    assert!(distance > floor, "{}", answer.sentence);
}

#[test]
fn walls_hang_side_by_side_with_scores_under_them() {
    let mut session = small(&[]);
    session.advance_steps(2).unwrap();
    let [samples, real] = &walls(&mut session, 0b11)[..] else { panic!("two walls") };
    assert_eq!((samples.rows, samples.columns, samples.size), (10, 8, [28, 28, 1]), "a row for each digit");
    assert!(samples.place[0] + samples.place[2] < real.place[0]);
    assert!(pixels(samples).iter().chain(pixels(real)).all(|v| (0.0..=1.0).contains(v)));
    let scores = ask(&mut session, Question::Scores).unwrap();
    let [scored, _] = &walls(&mut session, 0b111)[..] else { panic!("two walls") };
    assert!(scored.size[0] > 28);
    let of_one = scored.size[0] * 28;
    for (i, caption) in scores.galleries[0].captions.iter().enumerate() {
        let (picture, plain) = (&pixels(scored)[i * of_one..][..of_one], &pixels(samples)[i * 784..][..784]);
        assert_eq!(&picture[..784], plain);
        let long = picture[of_one - 28..].iter().filter(|v| **v == 1.0).count() as f32 / 28.0;
        let told = caption.trim_end_matches(" %").parse::<f32>().unwrap() / 100.0;
        assert!((long - told).abs() < 0.03, "{caption}: {long}");
    }
}

#[test]
fn samples_are_those_of_the_wall_and_go_on_beyond_it() {
    let mut session = small(&[]);
    // Before, all that is made is gray.
    session.advance_steps(60).unwrap();
    let wall: Vec<u8> = pixels(&walls(&mut session, 1)[0]).iter().map(|v| (v * 255.0).round() as u8).collect();
    let answer = ask(&mut session, Question::Samples { from: Sample::default(), count: 70 }).unwrap();
    assert_eq!(answer.galleries[0].pixels.len(), 70 * 784);
    let apart = wall.iter().zip(&answer.galleries[0].pixels).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(apart <= Some(1), "{apart:?}");
    let truncated = Sample { truncation: Some(0.5), ..Sample::default() };
    let truncated = ask(&mut session, Question::Samples { from: truncated, count: 1 }).unwrap();
    assert_ne!(truncated.galleries[0].pixels, answer.galleries[0].pixels[..784]);
    let nowhere = Sample { truncation: Some(0.0), ..Sample::default() };
    assert!(ask(&mut session, Question::Samples { from: nowhere, count: 1 }).is_err());
}

#[test]
fn a_way_between_two_samples_begins_and_ends_at_them() {
    let mut session = small(&[]);
    session.advance_steps(60).unwrap();
    let sample = |number: u32, class: f32| Sample { number, about: vec![class], ..Sample::default() };
    let (from, to) = (sample(5, 1.0), sample(9, 7.0));
    let [start, end] = [&from, &to].map(|sample| {
        let question = Question::Samples { from: sample.clone(), count: 1 };
        ask(&mut session, question).unwrap().galleries.remove(0).pixels
    });
    for path in [Path::Straight, Path::Spherical] {
        let way = ask(&mut session, Question::Between { from: from.clone(), to: to.clone(), path, count: 5 }).unwrap();
        let way = pictures(&way.galleries[0]);
        assert_eq!(way.len(), 5);
        let near = |a: &[u8], b: &[u8]| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= 1);
        assert!(near(way[0], &start) && near(way[4], &end), "{path:?}");
        assert!(!near(way[2], &start) && !near(way[2], &end), "{path:?}");
    }
    assert!(ask(&mut session, Question::Samples { from: sample(0, 10.0), count: 1 }).is_err(), "there is no such class");
}

#[test]
fn the_past_can_be_looked_at_again() {
    let mut session = small(&[]);
    assert!(ask(&mut session, Question::Past { step: 0 }).is_err(), "nothing is kept yet");
    let mut seen = Vec::new();
    for _ in 0..4 {
        session.step().unwrap();
        measure(&mut session);
        let wall: Vec<u8> = pixels(&walls(&mut session, 1)[0]).iter().map(|v| (v * 255.0).round() as u8).collect();
        seen.push(wall);
    }
    let past = ask(&mut session, Question::Past { step: 2 }).unwrap();
    assert_eq!(past.sentence, "After 2 steps.");
    assert!(past.galleries[0].pixels.iter().zip(&seen[1]).all(|(a, b)| a.abs_diff(*b) <= 1));
    assert_eq!(past.figures.iter().map(|figure| figure.value).collect::<Vec<_>>(), [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn a_sample_has_nearest_training_pictures_and_kinds_have_a_diversity() {
    let mut session = small(&[]);
    let nearest = ask(&mut session, Question::Nearest { sample: Sample::default(), count: 4 }).unwrap();
    assert_eq!(nearest.galleries[0].captions.len(), 5);
    let of = |i: usize| nearest.figures[i].value;
    assert!(of(0) > 0.0 && of(1) > 0.0 && nearest.sentence.contains("not copied"), "{}", nearest.sentence);
    let diversity = ask(&mut session, Question::Diversity).unwrap();
    assert_eq!(diversity.figures.len(), 10);
    assert!(diversity.figures.iter().all(|figure| figure.value < 0.5), "untrained, all samples are gray: {diversity:?}");
    let known = ask(&mut session, Question::Known).unwrap().known;
    assert_eq!((known.0.len(), known.0[0].names().len()), (1, 10));
    let mut untold = small(&[("condition", "none")]);
    assert!(ask(&mut untold, Question::Diversity).is_err());
    assert!(ask(&mut untold, Question::Known).unwrap().known.0.is_empty());
}

#[test]
fn a_judge_is_asked_only_about_what_it_knows() {
    let mut session = small(&[("data", "shapes")]);
    let refused = ask(&mut session, Question::Evaluate { count: 10 }).unwrap_err().to_string();
    assert_eq!(refused, "There is no judge of such pictures.");
}
