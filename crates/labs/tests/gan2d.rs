//! The 2-D GAN lab as a visitor meets it: what its settings, presets and defaults promise, kept.

mod support;

use pollster::block_on;
use support::{measure, open, set_up, state, train, value};
use terrarium_labs::gan2d::{LAB, PRESETS, TABLE};
use terrarium_labs::protocol::Show;
use terrarium_labs::protocol::{EngineKind, SetUp, TroubleKind};
use terrarium_labs::scene::{Scene, Values};
use terrarium_labs::settings::Settings;
use terrarium_labs::{Engines, Finding, Session};

const LOSSES: [&str; 5] = ["non-saturating", "minimax", "least-squares", "hinge", "wgan-gp"];

fn session(changes: &[(&str, &str)], seed: u64) -> Session {
    open(&set_up(LAB.slug, changes, seed)).unwrap()
}

#[test]
fn changes_make_the_settings_again() {
    let mut settings = Settings::new(&TABLE);
    assert!(settings.changes().is_empty());
    for (key, value) in [("data", "spiral"), ("g_lr", "0.0123"), ("g_activation", "leaky-relu"), ("word", "a b")] {
        settings.set(key, value).unwrap();
    }
    let mut again = Settings::new(&TABLE);
    for (key, value) in settings.changes() {
        again.set(key, &value).unwrap();
    }
    assert_eq!(again, settings);
    assert_eq!(settings.changes().len(), 4);
}

#[test]
fn what_cannot_be_opened_is_refused_in_words() {
    let refusal = |set_up: &SetUp| open(set_up).err().unwrap().to_string();
    assert_eq!(refusal(&SetUp { lab: "nonsense".to_string(), ..set_up(LAB.slug, &[], 1) }), "There is no lab “nonsense” here.");
    assert_eq!(refusal(&set_up(LAB.slug, &[("g_colour", "red")], 1)), "There is no setting “g_colour”.");
    assert_eq!(
        refusal(&set_up(LAB.slug, &[("batch", "0")], 1)),
        "“0” is no value for batch size: it is a whole number from 16 to 1024."
    );
    assert_eq!(refusal(&set_up(LAB.slug, &[("data", "custom")], 1)), "Found 0 usable points; at least 16 are needed.");
    assert_eq!(refusal(&set_up(LAB.slug, &[("data", "word"), ("word", "")], 1)), "Type a word of 1 to 8 letters or digits.");
}

#[test]
fn every_loss_trains_with_every_kind_of_network_and_data() {
    let variants: [&[(&str, &str)]; 6] = [
        &[],
        &[("g_depth", "0"), ("d_depth", "0"), ("g_optimiser", "sgd"), ("d_optimiser", "rmsprop")],
        &[("g_depth", "6"), ("d_depth", "6"), ("g_width", "2"), ("d_width", "3"), ("d_activation", "elu"), ("batch", "17")],
        &[("data", "word"), ("noise", "1"), ("noise_kind", "uniform"), ("g_activation", "sigmoid"), ("d_activation", "gelu")],
        &[("data", "spiral"), ("noise", "16"), ("g_optimiser", "adamw"), ("g_decay", "0.01"), ("d_activation", "silu")],
        &[("data", "moons"), ("momentum", "0"), ("g_optimiser", "sgd"), ("d_steps", "4"), ("d_start", "glorot")],
    ];
    for loss in LOSSES {
        for variant in variants {
            let changes: Vec<_> = variant.iter().copied().chain([("loss", loss), ("g_width", "16")]).collect();
            let mut session = session(&changes, 3);
            let before = state(&mut session);
            for _ in 0..20 {
                session.step().unwrap();
            }
            let Some(Finding::Measures(measures)) = measure(&mut session) else { panic!("{changes:?}: not a number") };
            assert_eq!(measures.step, 20);
            let lines: usize = session.opened().charts.iter().map(|chart| chart.lines.len()).sum();
            assert_eq!(measures.values.len(), lines);
            let after = state(&mut session);
            let moved = |(a, b): (&Vec<f32>, &Vec<f32>)| a.is_empty() || a != b;
            assert!(before.variables.iter().zip(&after.variables).filter(|pair| moved(*pair)).count() > 2, "{changes:?}");
        }
    }
}

/// A shorter form of what the defaults are to reach within a minute in a browser.
#[test]
fn the_defaults_learn_the_ring_within_2000_steps() {
    for seed in [1, 2, 3] {
        let mut session = session(&[], seed);
        train(&mut session, 2000);
        let best = session.history().iter().filter(|row| value(&session, row, "modes_covered") >= 7.0 / 8.0);
        let best = best.map(|row| value(&session, row, "divergence_bits")).fold(1.0, f32::min);
        assert!(best < 0.12, "seed {seed}: divergence {best}");
        assert_eq!(session.trouble(), None, "seed {seed}");
    }
}

#[test]
fn presets_show_what_they_say() {
    for preset in &PRESETS {
        let mut session = session(preset.changes, 1);
        let last = train(&mut session, 1000);
        let seen = session.trouble().map(|trouble| trouble.kind);
        let expected = match preset.slug {
            "collapse" => Some(TroubleKind::ModeCollapse),
            "vanishing" => Some(TroubleKind::VanishingGradient),
            "unstable" => Some(TroubleKind::Oscillation),
            _ => None,
        };
        assert_eq!(seen, expected, "{}: {last:?}", preset.label);
        if expected.is_none() {
            let [covered, apart] = ["modes_covered", "divergence_bits"].map(|key| value(&session, &last, key));
            assert!(covered >= 7.0 / 8.0 && apart < 0.4, "{}: {last:?}", preset.label);
        }
    }
}

#[test]
fn a_run_repeats_number_by_number() {
    let states = [1, 1, 2].map(|seed| {
        let mut session = session(&[("batch", "64")], seed);
        train(&mut session, 60);
        state(&mut session)
    });
    assert_eq!(states[0], states[1]);
    assert_ne!(states[0], states[2]);
}

fn numbers(values: Values) -> Vec<f32> {
    let Values::Host(numbers) = values else { panic!("they were asked for here") };
    numbers
}

#[test]
fn looking_does_not_change_the_run() {
    let mut watched = session(&[], 4);
    let mut alone = session(&[], 4);
    let all = Show { view: 0, layers: u32::MAX, axes: None };
    for _ in 0..10 {
        watched.step().unwrap();
        measure(&mut watched);
        let Scene::Plane(scene) = block_on(watched.scene(all, false)).unwrap() else { panic!("this lab shows a plane") };
        let (generated, arrows) = (numbers(scene.generated.unwrap()), numbers(scene.arrows.unwrap()));
        assert!(arrows.len() <= generated.len() && !arrows.is_empty());
        let (surface, grid) = (scene.surface.unwrap(), scene.grid.unwrap());
        let realness = numbers(surface.realness);
        assert_eq!(realness.len(), surface.side * surface.side);
        assert!(realness.iter().all(|v| (0.0..=1.0).contains(v)));
        assert_eq!(numbers(grid.points).len(), 2 * grid.rows * grid.columns);
        alone.advance_steps(1).unwrap();
    }
    assert_eq!(state(&mut watched), state(&mut alone));
}

#[test]
fn live_settings_change_and_others_do_not() {
    let mut session = session(&[], 1);
    session.change("g_lr", "0.5").unwrap();
    session.change("d_steps", "3").unwrap();
    session.advance_steps(1).unwrap();
    assert_eq!(session.counters().turns[0], 3);
    assert_eq!(session.set_up().changes, [("d_steps".to_string(), "3".to_string()), ("g_lr".to_string(), "0.5".to_string())]);
    let refused = session.change("batch", "64").unwrap_err();
    assert_eq!(refused.to_string(), "“Batch size” changes with a new run only.");
    assert!(session.change("g_lr", "2").is_err());
    assert_eq!(session.settings().whole("batch"), 256);
}

/// The steps shrink as they should: with half the rate after one step, plain descent goes half as far as without cooling.
#[test]
fn cooling_halves_the_learning_rate_after_as_many_steps() {
    let moved = |cooling: &str| {
        let mut session = session(&[("g_optimiser", "sgd"), ("d_optimiser", "sgd"), ("momentum", "0"), ("cooling", cooling)], 1);
        let before = state(&mut session).variables;
        session.advance_steps(1).unwrap();
        let after = state(&mut session).variables;
        // The discriminator moves first, so both runs see the same gradient of it.
        let last = before.len() - 2;
        f64::from(after[last][0] - before[last][0])
    };
    let ratio = moved("1") / moved("0");
    assert!((ratio - 0.5).abs() < 1e-3, "{ratio}");
}

#[test]
fn a_run_that_blows_up_goes_back_to_its_last_good_state() {
    let blow_up = [
        ("g_optimiser", "sgd"),
        ("d_optimiser", "sgd"),
        ("g_lr", "0.01"),
        ("d_lr", "0.01"),
        ("cooling", "0"),
        ("loss", "least-squares"),
    ];
    let mut session = session(&blow_up, 1);
    train(&mut session, 100);
    let good = state(&mut session);
    session.change("d_lr", "1").unwrap();
    session.change("g_lr", "1").unwrap();
    session.change("d_decay", "1").unwrap();
    let found = (0..2000).find_map(|_| {
        session.step().unwrap();
        measure(&mut session).filter(|finding| *finding == Finding::NotANumber)
    });
    assert_eq!(found, Some(Finding::NotANumber));
    let back = state(&mut session);
    assert!(back.is_finite() && back.counters.steps() >= good.counters.steps());
    assert_eq!(session.trouble().unwrap().kind, TroubleKind::NotANumber);
    for (key, value) in [("d_lr", "0.0001"), ("g_lr", "0.0001"), ("d_decay", "0")] {
        session.change(key, value).unwrap();
    }
    session.step().unwrap();
    assert!(matches!(measure(&mut session), Some(Finding::Measures(_))), "it can go on");
    assert_eq!(session.trouble(), None);
}

/// With a smooth discriminator. Leaky ReLU, the default, is left out: where an input lies within rounding of its kink, the
/// engines' gradients differ by a whole term, and of 40 such runs 7 drift past 10⁻³ (at most 3·10⁻³).
#[test]
fn engines_agree_over_50_steps_of_every_loss() {
    for loss in LOSSES.into_iter().filter(|loss| *loss != "wgan-gp") {
        for seed in [1, 2, 3] {
            let mut session = session(&[("loss", loss), ("d_activation", "silu")], seed);
            let before = state(&mut session);
            let mut comparing = block_on(session.compare(&Engines::without_gpu(), EngineKind::Dfdx, 50)).unwrap();
            let comparison = loop {
                if let Some(comparison) = block_on(comparing.advance(&|| 0.0)).unwrap() {
                    break comparison;
                }
            };
            let drift = comparison.drift.iter().copied().fold(0.0, f32::max);
            assert_eq!(comparison.drift.len(), 50);
            assert!(drift < 1e-4, "{loss}, seed {seed}: {drift}");
            assert!(drift > 0.0, "two engines do not round alike");
            assert_eq!(state(&mut session), before, "the run itself stays");
        }
    }
}

#[test]
fn a_run_moves_between_engines() {
    let mut session = session(&[("batch", "32"), ("g_width", "16"), ("d_width", "16")], 7);
    session.step().unwrap();
    let before = state(&mut session);
    block_on(session.switch_engine(&Engines::without_gpu(), EngineKind::Dfdx)).unwrap();
    assert_eq!(state(&mut session), before);
    session.step().unwrap();
    assert!(matches!(measure(&mut session), Some(Finding::Measures(_))));
    assert_eq!((session.engine(), session.counters().steps()), (EngineKind::Dfdx, 2));
}
