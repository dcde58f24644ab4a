//! What tests of several labs do alike.

#![allow(dead_code, reason = "each test takes what it needs")]

use pollster::block_on;
use terrarium_labs::library::Folder;
use terrarium_labs::protocol::{EngineKind, Row, SetUp};
use terrarium_labs::run::State;
use terrarium_labs::{Engines, Finding, Result, Session};

/// The page's own files.
pub fn assets() -> Folder {
    Folder("../../web/assets".into())
}

pub fn set_up(lab: &str, changes: &[(&str, &str)], seed: u64) -> SetUp {
    let changes = changes.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    SetUp { lab: lab.to_string(), changes, seed, ..SetUp::default() }
}

pub fn open(set_up: &SetUp) -> Result<Session> {
    block_on(Session::new(set_up, &assets(), &Engines::without_gpu(), EngineKind::Cpu))
}

pub fn state(session: &mut Session) -> State {
    block_on(session.state()).unwrap()
}

pub fn measure(session: &mut Session) -> Option<Finding> {
    session.begin_measuring().unwrap();
    block_on(session.measured()).unwrap()
}

/// A measure of a row by its key.
pub fn value(session: &Session, row: &Row, key: &str) -> f32 {
    let charts = session.opened().charts;
    let line = charts.iter().flat_map(|chart| &chart.lines).find(|line| line.key == key).expect("a measure of this key");
    row.values[line.column as usize].expect("it is measured")
}

/// Trains, measuring every 50 steps; gives the last measures.
pub fn train(session: &mut Session, steps: u32) -> Row {
    for step in 1..=steps {
        if step % 50 == 0 {
            session.step().unwrap();
            measure(session);
        } else {
            session.advance_steps(1).unwrap();
        }
    }
    session.history().last().unwrap().clone()
}
