//! The VAE lab as a visitor meets it: what its settings, presets and defaults promise, kept.

mod support;

use std::path::PathBuf;

use pollster::block_on;
use support::{measure, open, set_up, state, train, value};
use terrarium_labs::library::Folder;
use terrarium_labs::protocol::{EngineKind, TroubleKind};
use terrarium_labs::vae::{LAB, PRESETS};
use terrarium_labs::{Engines, Finding, Session};

fn session(changes: &[(&str, &str)], seed: u64) -> Session {
    open(&set_up(LAB.slug, changes, seed)).unwrap()
}

/// A decoder that knows how often each pixel is white and nothing else comes to about −207 nats: see the posterior collapse.
#[test]
fn the_defaults_learn_digits_within_300_steps() {
    for seed in [1, 2] {
        let mut session = session(&[], seed);
        let last = train(&mut session, 300);
        let [training, held_out] = ["elbo", "held_out_elbo"].map(|key| value(&session, &last, key));
        assert!(held_out > -140.0 && (training - held_out).abs() < 15.0, "seed {seed}: {training}, {held_out}");
        let bits = value(&session, &last, "held_out_bits");
        assert!((bits + held_out / (784.0 * 2.0_f32.ln())).abs() < 1e-5);
        assert_eq!((value(&session, &last, "used"), session.trouble()), (1.0, None));
    }
}

#[test]
fn posterior_collapse_is_named_and_ends_when_the_latent_space_is_cheap_again() {
    let preset = PRESETS.iter().find(|preset| preset.slug == "collapse").unwrap();
    let mut session = session(&[preset.changes, &[("width", "100")]].concat(), 1);
    let last = train(&mut session, 600);
    assert_eq!(session.trouble().map(|trouble| trouble.kind), Some(TroubleKind::PosteriorCollapse), "{last:?}");
    assert_eq!(value(&session, &last, "used"), 0.0);
    session.change("beta", "1").unwrap();
    let last = train(&mut session, 1_200);
    assert_eq!(session.trouble(), None, "{last:?}");
}

/// In each variant all that learns moves, and all that is measured is a number.
#[test]
fn every_kind_of_network_likelihood_and_data_trains() {
    let variants: [&[(&str, &str)]; 6] = [
        &[("pixels", "binary"), ("shift", "2"), ("noise", "0.1"), ("latent", "128"), ("depth", "3")],
        &[("condition", "known"), ("likelihood", "gaussian"), ("free", "0.5"), ("warm_up", "10")],
        &[("data", "fashion"), ("network", "conv"), ("condition", "known"), ("latent", "17")],
        &[("data", "shapes"), ("network", "conv"), ("condition", "known"), ("shift", "4"), ("likelihood", "gaussian")],
        &[("data", "faces"), ("network", "conv"), ("condition", "known"), ("pixels", "binary")],
        &[("data", "faces"), ("held_out", "0.5"), ("beta", "0")],
    ];
    for variant in variants {
        let small = [("width", "16"), ("filters", "4"), ("batch", "8")];
        let mut session = session(&[&small, variant].concat(), 3);
        let before = state(&mut session);
        for _ in 0..5 {
            session.step().unwrap();
        }
        assert!(matches!(measure(&mut session), Some(Finding::Measures(_))), "{variant:?}");
        let after = state(&mut session);
        let graph = session.experiment().course().graph.clone();
        for (var, (before, after)) in graph.vars.iter().zip(before.variables.iter().zip(&after.variables)) {
            assert_ne!(before, after, "{} in {variant:?}", var.name);
        }
    }
}

/// What the networks are told need not be said by the latent space.
#[test]
fn a_latent_space_says_less_where_the_class_is_told() {
    let [silent, told] = ["none", "known"].map(|told| {
        let mut session = session(&[("condition", told), ("latent", "2"), ("width", "100")], 1);
        let last = train(&mut session, 400);
        value(&session, &last, "held_out_elbo")
    });
    assert!(told > silent + 5.0, "{told}, {silent}");
}

#[test]
fn free_bits_keep_every_dimension_in_use() {
    let mut session = session(&[("beta", "100"), ("free", "0.5"), ("width", "100")], 1);
    let last = train(&mut session, 300);
    assert_eq!(value(&session, &last, "used"), 1.0, "{last:?}");
}

#[test]
fn engines_agree_over_10_steps() {
    for network in ["dense", "conv"] {
        let small = [("network", network), ("width", "32"), ("filters", "4"), ("batch", "16"), ("condition", "known")];
        let mut session = session(&small, 1);
        let mut comparing = block_on(session.compare(&Engines::without_gpu(), EngineKind::Dfdx, 10)).unwrap();
        let comparison = loop {
            if let Some(comparison) = block_on(comparing.advance(&|| 0.0)).unwrap() {
                break comparison;
            }
        };
        let drift = comparison.drift.iter().copied().fold(0.0, f32::max);
        assert!(drift > 0.0 && drift < 1e-3, "{network}: {drift}");
    }
}

#[test]
fn a_run_that_blows_up_goes_back_to_its_last_good_state() {
    let mut session = session(&[("width", "32"), ("batch", "16")], 1);
    train(&mut session, 50);
    session.change("lr", "1").unwrap();
    let found = (0..500).find_map(|_| {
        session.step().unwrap();
        measure(&mut session).filter(|finding| *finding == Finding::NotANumber)
    });
    assert_eq!(found, Some(Finding::NotANumber));
    assert!(state(&mut session).is_finite());
    assert_eq!(session.trouble().unwrap().kind, TroubleKind::NotANumber);
}

#[test]
fn missing_files_are_told_in_words() {
    let nowhere = Folder(PathBuf::from("nowhere"));
    let opened = block_on(Session::new(&set_up(LAB.slug, &[], 1), &nowhere, &Engines::without_gpu(), EngineKind::Cpu));
    let why = opened.err().unwrap().to_string();
    assert!(why.contains("digits.png cannot be read: "), "{why}");
    let drawn = set_up(LAB.slug, &[("data", "shapes"), ("filters", "4"), ("network", "conv")], 1);
    assert!(block_on(Session::new(&drawn, &nowhere, &Engines::without_gpu(), EngineKind::Cpu)).is_ok(), "shapes need no files");
}
