//! Runs on a real device where there is one, else on Mesa's software device.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use pollster::block_on;
use terrarium_labs::desk::Desk;
use terrarium_labs::gan2d::LAB;
use terrarium_labs::library::Folder;
use terrarium_labs::protocol::{Command, EngineKind, Event, GpuOffer, Opened, SetUp, Show};
use terrarium_labs::run::State;
use terrarium_labs::scene::{Plane, Scene, Values};
use terrarium_labs::{Engines, Finding, Session};
use terrarium_labs::{image_gan, language};

/// All layers of the plane.
const ALL: Show = Show { view: 0, layers: u32::MAX, axes: None };

fn set_up(changes: &[(&str, &str)]) -> SetUp {
    let small = [("g_width", "16"), ("d_width", "16"), ("batch", "32")];
    let changes = small.iter().chain(changes).map(|(key, value)| (key.to_string(), value.to_string())).collect();
    SetUp { lab: LAB.slug.to_string(), changes, seed: 5, ..SetUp::default() }
}

fn assets() -> Folder {
    Folder("../../web/assets".into())
}

fn engines() -> Engines {
    let engines = block_on(Engines::find());
    assert!(engines.gpu().is_some(), "{:?}: on Debian, install mesa-vulkan-drivers", engines.offer());
    engines
}

fn state(session: &mut Session) -> State {
    block_on(session.state()).unwrap()
}

/// ‖a − b‖ / ‖b‖.
fn apart(a: &[f32], b: &[f32]) -> f32 {
    let norm = |values: &mut dyn Iterator<Item = f32>| values.map(|v| v * v).sum::<f32>().sqrt();
    assert_eq!(a.len(), b.len());
    norm(&mut a.iter().zip(b).map(|(a, b)| a - b)) / norm(&mut b.iter().copied())
}

fn plane(scene: Scene) -> Plane {
    let Scene::Plane(plane) = scene else { panic!("this lab shows a plane") };
    plane
}

fn numbers(values: Option<Values>) -> Vec<f32> {
    let Some(Values::Host(numbers)) = values else { panic!("they were asked for here") };
    numbers
}

#[test]
fn what_a_run_shows_is_what_it_shows_on_the_processor() {
    let engines = engines();
    for loss in ["non-saturating", "least-squares", "hinge", "wgan-gp"] {
        let scenes = [EngineKind::WebGpu, EngineKind::Cpu].map(|kind| {
            let mut session = block_on(Session::new(&set_up(&[("loss", loss)]), &assets(), &engines, kind)).unwrap();
            // In lots of any size, and in steps that are measured.
            session.advance_steps(13).unwrap();
            session.step().unwrap();
            session.begin_measuring().unwrap();
            session.advance_steps(6).unwrap();
            let Some(Finding::Measures(measures)) = block_on(session.measured()).unwrap() else { panic!("not a number") };
            assert_eq!((measures.step, session.counters().steps()), (14, 20));
            let Plane { generated, surface, grid, arrows, .. } = plane(block_on(session.scene(ALL, false)).unwrap());
            let layers = [generated, surface.map(|s| s.realness), grid.map(|g| g.points), arrows].map(numbers);
            (measures, layers)
        });
        let [(device, on_device), (cpu, on_cpu)] = scenes;
        for (layer, (a, b)) in on_device.iter().zip(&on_cpu).enumerate() {
            assert!(apart(a, b) < 2e-3, "{loss}: layer {layer} is {} apart", apart(a, b));
        }
        let [device, cpu] = [device, cpu].map(|row| row.values.into_iter().flatten().collect::<Vec<f32>>());
        // Losses, divergence, modes, quality, gradient norms. A critic's last bias has the gradient 0 but for rounding, which
        // Adam blows up to a step: its loss has no fixed zero.
        let of_generator = if loss == "wgan-gp" { 0.0 } else { 1.0 };
        let losses = [&device, &cpu].map(|values| [values[0], of_generator * values[1]]);
        assert!(apart(&losses[0], &losses[1]) < 2e-3, "{loss}: {device:?} and {cpu:?}");
        assert!((device[2] - cpu[2]).abs() < 0.02, "{loss}: {device:?} and {cpu:?}");
        assert!(apart(&device[5..], &cpu[5..]) < 2e-3, "{loss}: {device:?} and {cpu:?}");
    }
}

#[test]
fn a_scene_can_stay_on_the_device() {
    let engines = engines();
    let mut session = block_on(Session::new(&set_up(&[]), &assets(), &engines, EngineKind::WebGpu)).unwrap();
    session.advance_steps(3).unwrap();
    let scene = plane(block_on(session.scene(ALL, true)).unwrap());
    let len = |values: Option<Values>| match values {
        Some(Values::Device(kept)) => kept.len,
        other => panic!("{other:?} is not on the device"),
    };
    assert_eq!(len(scene.generated), 2 * 512);
    assert_eq!(len(scene.arrows), 2 * 128);
    assert_eq!(len(scene.surface.map(|s| s.realness)), 40 * 40);
    assert_eq!(len(scene.grid.map(|g| g.points)), 2 * 21 * 21);
}

#[test]
fn a_run_moves_to_any_engine_and_goes_on() {
    let engines = engines();
    let mut moving = block_on(Session::new(&set_up(&[]), &assets(), &engines, EngineKind::Cpu)).unwrap();
    let mut staying = block_on(Session::new(&set_up(&[]), &assets(), &engines, EngineKind::Cpu)).unwrap();
    for kind in [EngineKind::WebGpu, EngineKind::Dfdx, EngineKind::WebGpu, EngineKind::Cpu] {
        let before = state(&mut moving);
        block_on(moving.switch_engine(&engines, kind)).unwrap();
        assert_eq!(state(&mut moving), before, "parameters, moments and steps move to {kind:?} as they are");
        moving.advance_steps(5).unwrap();
        staying.advance_steps(5).unwrap();
    }
    let [moved, stayed] = [state(&mut moving), state(&mut staying)];
    assert_eq!(moved.counters, stayed.counters);
    assert!(apart(&moved.variables.concat(), &stayed.variables.concat()) < 1e-3);
}

/// A desk with all that it tells.
struct Tested {
    desk: Desk,
    told: Rc<RefCell<Vec<Event>>>,
}

impl Tested {
    fn new(engines: Engines) -> Tested {
        let told = Rc::new(RefCell::new(Vec::new()));
        let tell = {
            let told = told.clone();
            move |event| told.borrow_mut().push(event)
        };
        let start = Instant::now();
        Tested { desk: Desk::new(engines, assets(), move || start.elapsed().as_secs_f64() * 1e3, tell), told }
    }

    fn handle(&mut self, command: Command) -> Vec<Event> {
        block_on(self.desk.handle(command));
        self.told.take()
    }

    /// Ticks until an event is what is looked for; gives what came of it, and all that was told meanwhile.
    fn until<T>(&mut self, found: impl Fn(&Event) -> Option<T>) -> (T, Vec<Event>) {
        let mut events = Vec::new();
        for _ in 0..10_000 {
            block_on(self.desk.tick(5.0));
            events.extend(self.told.take());
            if let Some(found) = events.iter().find_map(&found) {
                return (found, events);
            }
        }
        panic!("it never came")
    }
}

fn opened(event: &Event) -> Option<Opened> {
    if let Event::Opened(opened) = event { Some(opened.clone()) } else { None }
}

fn measured_after(step: u32) -> impl Fn(&Event) -> Option<u32> {
    move |event| match event {
        Event::Measures(measures) if measures.step > step => Some(measures.step),
        _ => None,
    }
}

#[test]
fn a_desk_trains_on_the_device_and_compares_with_it() {
    let mut desk = Tested::new(engines());
    let offer = desk.told.take();
    assert!(matches!(&offer[..], [Event::Gpu(GpuOffer::Ready { adapter, .. })] if !adapter.is_empty()), "{offer:?}");
    desk.handle(Command::Open(set_up(&[])));
    let moved = desk.handle(Command::Engine(EngineKind::WebGpu));
    let of = moved.iter().filter_map(|event| if let Event::Loading { done, of } = event { Some((*done, *of)) } else { None });
    let progress: Vec<_> = of.collect();
    assert!(progress.last().is_some_and(|(done, of)| done == of && *of > 10), "{progress:?}");
    let opened = moved.iter().find_map(opened).unwrap();
    assert_eq!(opened.engine, EngineKind::WebGpu);
    assert!(opened.cost.dispatches.unwrap() <= 40 && opened.cost.gpu_bytes.unwrap() > 100_000 && opened.cost.flops > 0);
    desk.handle(Command::Play);
    let (step, _) = desk.until(measured_after(20));
    // Lots have grown beyond single steps.
    assert!(step > 20);
    desk.handle(Command::Compare { with: EngineKind::Cpu, steps: 5 });
    let (comparison, _) = desk.until(|event| if let Event::Compared(comparison) = event { Some(comparison.clone()) } else { None });
    assert_eq!(comparison.engines, [EngineKind::WebGpu, EngineKind::Cpu]);
    assert!(comparison.drift.iter().all(|drift| *drift < 1e-3), "{comparison:?}");
}

#[test]
fn a_run_outlives_its_device() {
    let mut desk = Tested::new(engines());
    desk.handle(Command::Open(set_up(&[])));
    desk.handle(Command::Engine(EngineKind::WebGpu));
    desk.handle(Command::Play);
    let (step, _) = desk.until(measured_after(0));
    desk.desk.engines().gpu().unwrap().destroy();
    let (again, events) = desk.until(opened);
    assert_eq!(again.engine, EngineKind::WebGpu, "there is another device to be had");
    assert!(again.turns[1] >= step, "what was measured last is not lost");
    let notice = events.iter().find_map(|event| if let Event::Notice(words) = event { Some(words.clone()) } else { None });
    assert!(notice.is_some_and(|words| words.starts_with("The graphics processor failed (")), "{events:?}");
    // It still plays. A device that fails once more at once is left alone.
    desk.until(measured_after(again.turns[1]));
    desk.desk.engines().gpu().unwrap().destroy();
    let (again, events) = desk.until(opened);
    assert_eq!(again.engine, EngineKind::Cpu, "{events:?}");
    assert!(events.iter().any(|event| matches!(event, Event::Gpu(GpuOffer::Missing(_)))));
    desk.until(measured_after(again.turns[1]));
}

#[test]
fn a_device_that_fails_while_nothing_runs_is_replaced_when_it_is_needed() {
    let mut desk = Tested::new(engines());
    desk.handle(Command::Open(set_up(&[])));
    desk.handle(Command::Engine(EngineKind::WebGpu));
    desk.desk.engines().gpu().unwrap().destroy();
    let events = desk.handle(Command::Step(0));
    assert!(events.iter().any(|event| matches!(event, Event::Notice(_))), "{events:?}");
    assert!(!events.iter().any(|event| matches!(event, Event::Refused(_) | Event::Broken(_))), "{events:?}");
    desk.handle(Command::Step(0));
    desk.handle(Command::Step(1));
    let scene = block_on(desk.desk.scene(ALL, false)).unwrap();
    assert_eq!(plane(scene).step, 1);
}

#[test]
fn an_image_gan_takes_the_same_steps_on_the_device() {
    let engines = engines();
    let changes = [("filters", "4"), ("batch", "4"), ("z", "8"), ("g_lr", "0.0001"), ("d_lr", "0.0001"), ("condition", "known")];
    let changes = changes.map(|(key, value)| (key.to_string(), value.to_string())).to_vec();
    let set_up = SetUp { lab: image_gan::LAB.slug.to_string(), changes, seed: 5, ..SetUp::default() };
    let mut session = block_on(Session::new(&set_up, &assets(), &engines, EngineKind::Cpu)).unwrap();
    let mut comparing = block_on(session.compare(&engines, EngineKind::WebGpu, 3)).unwrap();
    let comparison = loop {
        if let Some(comparison) = block_on(comparing.advance(&|| 0.0)).unwrap() {
            break comparison;
        }
    };
    assert!(comparison.drift.iter().all(|drift| *drift < 2e-3), "{comparison:?}");
}

#[test]
fn a_language_model_takes_the_same_steps_on_the_device_and_writes_the_same() {
    let engines = engines();
    let small = [("layers", "1"), ("width", "16"), ("heads", "2"), ("hidden", "32"), ("context", "16"), ("batch", "4")];
    let changes = small.map(|(key, value)| (key.to_string(), value.to_string())).to_vec();
    let set_up = SetUp { lab: language::LAB.slug.to_string(), changes, seed: 5, ..SetUp::default() };
    let mut session = block_on(Session::new(&set_up, &assets(), &engines, EngineKind::Cpu)).unwrap();
    let mut comparing = block_on(session.compare(&engines, EngineKind::WebGpu, 50)).unwrap();
    let comparison = loop {
        if let Some(comparison) = block_on(comparing.advance(&|| 0.0)).unwrap() {
            break comparison;
        }
    };
    assert!(comparison.drift.iter().all(|drift| *drift < 2e-3), "{comparison:?}");

    let sampling = language::Sampling { top_k: 5, ..language::Sampling::default() };
    let question =
        language::Question::Continue { text: "an".to_string(), came: 0, count: 12, sampling, model: language::Model::Now };
    let written = |session: &mut Session| match block_on(session.ask(question.clone().into(), &|_| ())).unwrap().language {
        Some(language::Answer::Continued(continued)) => continued.text,
        other => panic!("{other:?}"),
    };
    let on_the_processor = written(&mut session);
    block_on(session.switch_engine(&engines, EngineKind::WebGpu)).unwrap();
    assert_eq!(written(&mut session), on_the_processor);
}
