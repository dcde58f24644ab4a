//! Checkpoints: exact when whole, refused in words when not.

use std::sync::LazyLock;

use pollster::block_on;
use proptest::prelude::*;
use terrarium_labs::checkpoint::{self, MAX_BYTES};
use terrarium_labs::gan2d::LAB;
use terrarium_labs::library::Folder;
use terrarium_labs::protocol::{EngineKind, SetUp};
use terrarium_labs::{Engines, Result, Session};

fn small(changes: &[(&str, &str)]) -> SetUp {
    let small = [("g_width", "8"), ("d_width", "8"), ("batch", "16")];
    let changes = small.iter().chain(changes).map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let points = (0..20).map(|i| [i as f32 / 20.0, 0.1]).collect();
    SetUp { lab: LAB.slug.to_string(), changes, seed: u64::MAX, points, ..SetUp::default() }
}

fn new(set_up: &SetUp) -> Session {
    block_on(Session::new(set_up, &Folder("../../web/assets".into()), &Engines::without_gpu(), EngineKind::Cpu)).unwrap()
}

fn open(bytes: &[u8], engine: EngineKind) -> Result<Session> {
    block_on(checkpoint::open(bytes, &Folder("../../web/assets".into()), &Engines::without_gpu(), engine))
}

fn save(session: &mut Session) -> Vec<u8> {
    block_on(checkpoint::save(session)).unwrap()
}

fn measure(session: &mut Session) {
    session.begin_measuring().unwrap();
    block_on(session.measured()).unwrap();
}

fn train(session: &mut Session, steps: u32) {
    for _ in 0..steps {
        session.step().unwrap();
        measure(session);
    }
}

fn refusal(bytes: &[u8]) -> String {
    open(bytes, EngineKind::Cpu).err().expect("this is no checkpoint").to_string()
}

/// A short run's checkpoint.
static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut session = new(&small(&[]));
    train(&mut session, 3);
    save(&mut session)
});

#[test]
fn a_restored_run_goes_on_as_if_it_had_never_stopped() {
    let variants: [&[(&str, &str)]; 3] = [
        &[],
        &[("data", "custom"), ("loss", "wgan-gp"), ("d_steps", "3"), ("g_optimiser", "adamw"), ("g_decay", "0.1")],
        &[("data", "word"), ("g_optimiser", "sgd"), ("d_optimiser", "rmsprop"), ("noise_kind", "uniform")],
    ];
    for changes in variants {
        let mut run = new(&small(changes));
        train(&mut run, 5);
        run.change("g_lr", "0.00321").unwrap();
        // Not between two whole steps, either.
        let player = run.next();
        run.advance(player).unwrap();
        let mut restored = open(&save(&mut run), EngineKind::Cpu).unwrap();
        assert_eq!(restored.opened(), run.opened());
        assert_eq!(restored.history().len(), 5);
        train(&mut run, 5);
        train(&mut restored, 5);
        assert_eq!(block_on(restored.state()).unwrap(), block_on(run.state()).unwrap());
        // But for the step that was under way, of which the restored run may have seen one network only.
        assert!(restored.history().ends_with(&run.history()[6..]));
    }
}

#[test]
fn another_engine_can_take_a_run_up() {
    let mut session = open(&BYTES, EngineKind::Dfdx).unwrap();
    assert_eq!(session.engine(), EngineKind::Dfdx);
    assert_eq!(save(&mut session).len(), BYTES.len());
}

#[test]
fn what_is_no_checkpoint_is_refused_in_words() {
    assert_eq!(refusal(&vec![0; MAX_BYTES + 1]), "The file is too large for a checkpoint: it has more than 512 MB.");
    assert!(refusal(b"").starts_with("The file is no checkpoint, or a damaged one: "));
    assert!(refusal(b"x,y\n0.5,0.5\n").starts_with("The file is no checkpoint, or a damaged one: "));
    // A safetensors file of somebody else's: a header without tensors.
    let foreign = [&2_u64.to_le_bytes()[..], b"{}"].concat();
    assert_eq!(refusal(&foreign), "The file holds tensors, but no run of Terrarium.");
    let changed = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let place = BYTES.windows(from.len()).position(|window| window == from.as_bytes()).expect("it is there");
        let mut bytes = BYTES.clone();
        bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
        refusal(&bytes)
    };
    assert_eq!(changed(r#""version":"2""#, r#""version":"3""#), "The checkpoint was written by another version of Terrarium.");
    assert_eq!(changed(r#""lab":"gan2d""#, r#""lab":"gan3d""#), "There is no lab “gan3d” here.");
    assert_eq!(changed("g_width", "g_depth"), "“8” is no value for hidden layers: it is a whole number from 0 to 6.");
    assert_eq!(
        changed("generator.1.weight\"", "generator.1.height\""),
        "The checkpoint is damaged: its tensor “generator.1.weight” cannot be read."
    );
    let mut bytes = BYTES.clone();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    bytes[8 + header..][..4].copy_from_slice(&f32::NAN.to_le_bytes());
    assert_eq!(refusal(&bytes), "The checkpoint holds numbers that are infinite or none at all.");
}

#[test]
fn a_cut_file_is_refused_wherever_it_is_cut() {
    for len in (0..BYTES.len()).step_by(97).chain([BYTES.len() - 1]) {
        assert!(refusal(&BYTES[..len]).starts_with("The file is no checkpoint, or a damaged one: "), "cut at {len}");
    }
    assert!(!refusal(&[&BYTES[..], b"x"].concat()).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Changed bytes are refused, or give a run that goes on; nothing breaks.
    #[test]
    fn changed_bytes_break_nothing(changes in prop::collection::vec((0.0..1.0_f64, any::<u8>(), any::<bool>()), 1..4)) {
        let mut bytes = BYTES.clone();
        for (place, byte, in_header) in changes {
            let range = if in_header { bytes.len().min(4096) } else { bytes.len() };
            bytes[(place * range as f64) as usize] = byte;
        }
        if let Ok(mut session) = open(&bytes, EngineKind::Cpu) {
            session.step().unwrap();
            measure(&mut session);
        }
    }

    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(open(&bytes, EngineKind::Cpu).is_err());
    }
}
