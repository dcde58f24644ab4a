//! The desk, as the page's worker uses it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use pollster::block_on;
use terrarium_labs::Engines;
use terrarium_labs::desk::Desk;
use terrarium_labs::gan2d::LAB;
use terrarium_labs::library::Folder;
use terrarium_labs::protocol::{Command, EngineKind, Event, Pace, Phase, SetUp, Show, TroubleKind};
use terrarium_labs::scene::{Plane, Scene, Values};

/// All layers of the plane.
const ALL: Show = Show { view: 0, layers: u32::MAX, axes: None };

fn set_up(changes: &[(&str, &str)]) -> SetUp {
    let small = [("g_width", "8"), ("d_width", "8"), ("batch", "16")];
    let changes = small.iter().chain(changes).map(|(key, value)| (key.to_string(), value.to_string())).collect();
    SetUp { lab: LAB.slug.to_string(), changes, seed: 1, ..SetUp::default() }
}

/// A desk with all that it tells, whose clock goes, and further as the test says.
struct Tested {
    desk: Desk,
    time: Rc<Cell<f64>>,
    told: Rc<RefCell<Vec<Event>>>,
}

impl Tested {
    fn new(engines: Engines) -> Tested {
        let time = Rc::new(Cell::new(0.0));
        let clock = {
            let (time, start) = (time.clone(), Instant::now());
            move || time.get() + start.elapsed().as_secs_f64() * 1e3
        };
        let told = Rc::new(RefCell::new(Vec::new()));
        let tell = {
            let told = told.clone();
            move |event| told.borrow_mut().push(event)
        };
        let desk = Desk::new(engines, Folder("../../web/assets".into()), clock, tell);
        told.borrow_mut().clear();
        Tested { desk, time, told }
    }

    /// With a run.
    fn opened(changes: &[(&str, &str)]) -> Tested {
        let mut tested = Tested::new(Engines::without_gpu());
        let events = tested.handle(Command::Open(set_up(changes)));
        assert!(matches!(events[0], Event::Opened(_)), "{events:?}");
        tested
    }

    fn handle(&mut self, command: Command) -> Vec<Event> {
        block_on(self.desk.handle(command));
        self.told.take()
    }

    fn tick(&mut self, budget_ms: f64) -> Vec<Event> {
        block_on(self.desk.tick(budget_ms));
        self.told.take()
    }

    fn scene(&mut self) -> Option<Plane> {
        block_on(self.desk.scene(ALL, false)).map(|scene| match scene {
            Scene::Plane(plane) => plane,
            other => panic!("{other:?} is no plane"),
        })
    }

    /// Ticks, with some time between, until an event is what is looked for; gives what came of it.
    fn until<T>(&mut self, found: impl Fn(&Event) -> Option<T>) -> T {
        for _ in 0..10_000 {
            if let Some(found) = self.tick(2.0).iter().find_map(&found) {
                return found;
            }
            self.time.set(self.time.get() + 20.0);
        }
        panic!("it never came")
    }
}

fn steps(events: &[Event]) -> (u32, u32) {
    let progress = events.iter().rev().find_map(|event| match event {
        Event::Progress { turns, .. } => Some((turns[0], turns[1])),
        _ => None,
    });
    progress.expect("a report")
}

#[test]
fn before_a_run_there_is_nothing_to_do() {
    let mut desk = Tested::new(Engines::without_gpu());
    assert_eq!(desk.desk.wait_ms(), None);
    assert!(desk.tick(10.0).is_empty());
    assert!(desk.scene().is_none());
    for command in [Command::Play, Command::Step(1), Command::Save, Command::Engine(EngineKind::Dfdx)] {
        assert_eq!(desk.handle(command), [Event::Refused("There is no run yet.".to_string())]);
    }
}

#[test]
fn a_run_plays_pauses_and_tells_where_it_is() {
    let mut desk = Tested::opened(&[]);
    assert_eq!(desk.desk.wait_ms(), None);
    desk.handle(Command::Play);
    assert_eq!(desk.desk.wait_ms(), Some(0.0));
    let before = desk.desk.revision();
    let measures = desk.until(|event| if let Event::Measures(row) = event { Some(row.clone()) } else { None });
    assert!(measures.step > 0 && measures.values[1] > Some(0.0) && desk.desk.revision() > before);
    let speed = desk.until(|event| match event {
        Event::Progress { steps_per_second, ms_per_step, playing: true, .. } if *steps_per_second > 0.0 => {
            Some((*steps_per_second, *ms_per_step))
        }
        _ => None,
    });
    let busy = speed.0 * speed.1;
    assert!(busy > 0.0 && busy < 1000.0, "{speed:?}: a second has no more");
    let events = desk.handle(Command::Pause);
    assert!(matches!(events[0], Event::Progress { playing: false, .. }) && matches!(events[1], Event::Autosave(_)));
    assert!(desk.tick(10.0).is_empty());
    assert!(desk.scene().is_some());
}

#[test]
fn a_refused_command_leaves_the_run_as_it_is() {
    let mut desk = Tested::opened(&[]);
    desk.handle(Command::Step(1));
    for command in [
        Command::Open(set_up(&[("data", "nothing")])),
        Command::Restore(b"no checkpoint".to_vec()),
        Command::Change { key: "batch".to_string(), value: "32".to_string() },
        Command::Step(2),
    ] {
        assert!(matches!(desk.handle(command)[..], [Event::Refused(_)]));
    }
    assert_eq!(steps(&desk.handle(Command::Step(1))), (0, 2));
}

#[test]
fn networks_step_alone_and_play_goes_on_from_there() {
    let mut desk = Tested::opened(&[("d_steps", "2")]);
    assert_eq!(steps(&desk.handle(Command::Step(0))), (1, 0));
    assert_eq!(steps(&desk.handle(Command::Step(0))), (2, 0));
    let events = desk.handle(Command::Step(1));
    assert_eq!(steps(&events), (2, 1));
    assert!(events.iter().any(|event| matches!(event, Event::Measures(_))));
}

#[test]
fn slow_motion_goes_through_the_phases_in_their_time() {
    let mut desk = Tested::opened(&[("d_steps", "2")]);
    desk.handle(Command::Pace(Pace::PhasesPerSecond(2.0)));
    desk.handle(Command::Play);
    let mut seen = Vec::new();
    for _ in 0..12 {
        let events = desk.tick(10.0);
        let [Event::Progress { phase: Some(phase), .. }] = events[..] else {
            let phase = events.iter().find_map(|event| if let Event::Progress { phase, .. } = event { *phase } else { None });
            seen.push(phase.unwrap());
            desk.time.set(desk.time.get() + desk.desk.wait_ms().unwrap());
            continue;
        };
        seen.push(phase);
        let wait = desk.desk.wait_ms().unwrap();
        assert!((400.0..500.0).contains(&wait), "{wait}");
        assert!(desk.tick(10.0).is_empty(), "not yet");
        desk.time.set(desk.time.get() + wait);
    }
    use Phase::*;
    let discriminator = [DrawReal, Generate, Judge, UpdateDiscriminator];
    let expected = [&discriminator[..], &discriminator, &[GenerateAgain, JudgeAgain, UpdateGenerator], &[DrawReal]].concat();
    assert_eq!(seen, expected);
}

#[test]
fn a_comparison_leaves_the_run_as_it_is() {
    let mut desk = Tested::opened(&[]);
    desk.handle(Command::Step(0));
    assert_eq!(desk.handle(Command::Compare { with: EngineKind::Dfdx, steps: 5 }), [Event::Comparing { done: 0, of: 5 }]);
    assert_eq!(desk.desk.wait_ms(), Some(0.0));
    let comparison = desk.until(|event| if let Event::Compared(comparison) = event { Some(comparison.clone()) } else { None });
    assert_eq!((comparison.engines, comparison.drift.len()), ([EngineKind::Cpu, EngineKind::Dfdx], 5));
    assert!(comparison.drift.iter().all(|drift| *drift < 1e-4), "{comparison:?}");
    assert_eq!(desk.desk.wait_ms(), None);
    assert_eq!(steps(&desk.handle(Command::Step(1))), (1, 1));
}

#[test]
fn a_run_is_saved_restored_and_moved() {
    let mut desk = Tested::opened(&[]);
    desk.handle(Command::Step(0));
    desk.handle(Command::Step(1));
    let saved = desk.handle(Command::Save);
    let [Event::Checkpoint(bytes)] = &saved[..] else { panic!("{saved:?}") };
    desk.handle(Command::Step(1));
    let restored = desk.handle(Command::Restore(bytes.clone()));
    let Event::Opened(opened) = &restored[0] else { panic!("{restored:?}") };
    assert_eq!((opened.turns[1], opened.history.len(), opened.engine), (1, 1, EngineKind::Cpu));
    let layers: Vec<_> = opened.charts[3].lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(layers, ["G 1", "G 2", "G 3", "D 1", "D 2", "D 3"]);
    let networks: Vec<_> = opened.networks.iter().map(|network| (network.name.as_str(), network.parameters)).collect();
    assert_eq!(networks, [("generator", 24 + 72 + 18), ("discriminator", 24 + 72 + 9)]);
    let moved = desk.handle(Command::Engine(EngineKind::Dfdx));
    let Event::Opened(opened) = &moved[0] else { panic!("{moved:?}") };
    assert_eq!((opened.turns[1], opened.engine), (1, EngineKind::Dfdx));
    assert_eq!(steps(&desk.handle(Command::Step(1))), (1, 2));
}

#[test]
fn a_run_keeps_itself_in_the_browser_now_and_then() {
    let mut desk = Tested::opened(&[]);
    desk.handle(Command::Play);
    let bytes = desk.until(|event| if let Event::Autosave(bytes) = event { Some(bytes.clone()) } else { None });
    assert!(matches!(desk.handle(Command::Restore(bytes))[0], Event::Opened(_)));
}

#[test]
fn a_run_that_blows_up_stops_and_says_so() {
    let sgd =
        [("g_optimiser", "sgd"), ("d_optimiser", "sgd"), ("g_lr", "1"), ("d_lr", "1"), ("d_decay", "1"), ("momentum", "0.99")];
    let loss = [("loss", "least-squares"), ("d_start", "large")];
    let mut desk = Tested::opened(&[&sgd[..], &loss].concat());
    desk.handle(Command::Play);
    let trouble = desk.until(|event| if let Event::Trouble(trouble) = event { trouble.clone() } else { None });
    assert_eq!(trouble.kind, TroubleKind::NotANumber);
    assert_eq!(desk.desk.wait_ms(), None, "it has stopped");
    let scene = desk.scene().unwrap();
    assert!(
        matches!(scene.generated, Some(Values::Host(points)) if points.iter().all(|v| v.is_finite())),
        "it shows the last good state"
    );
}
