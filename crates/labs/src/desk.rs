//! Where a run is worked on: commands come in, time passes, events go out. The page's worker is a thin shell around it.

use crate::checkpoint;
use crate::compare::Comparing;
use crate::error::{Error, Result};
use crate::protocol::{Command, EngineKind, Event, Layers, Pace, Phase, SetUp, Trouble};
use crate::run::Player;
use crate::scene::Scene;
use crate::session::{Finding, Session};

/// Between two reports of where the run is, in milliseconds.
const PROGRESS_EVERY: f64 = 250.0;
/// Between two checkpoints for the browser to keep, in milliseconds.
const AUTOSAVE_EVERY: f64 = 10_000.0;
/// Between two measurements at least, in milliseconds.
const MEASURE_EVERY: f64 = 100.0;
/// And at least so many times what one takes, so that measuring takes a small share of the time.
const MEASURE_SPACING: f64 = 10.0;
/// The most steps that engines are compared over.
const MOST_COMPARED: u32 = 1000;

/// A run and everything around it that does not need a page.
pub struct Desk {
    clock: Box<dyn Fn() -> f64>,
    session: Option<Session>,
    playing: bool,
    pace: Pace,
    slow_motion: SlowMotion,
    comparing: Option<Comparing>,
    trouble: Option<Trouble>,
    speed: Speed,
    revision: u64,
    /// Whether the step that is being made is going to be measured.
    reading: bool,
    next_progress: f64,
    next_measure: f64,
    next_autosave: f64,
    autosaved_step: u32,
}

/// Where slow motion is in a step.
#[derive(Clone, Copy, Default)]
struct SlowMotion {
    phase: Option<Phase>,
    /// When the next phase begins.
    due: f64,
}

/// How fast the run goes, over about the last second.
#[derive(Clone, Copy, Default)]
struct Speed {
    since: f64,
    steps: u32,
    engine_ms: f64,
    steps_per_second: f64,
    ms_per_step: f64,
}

impl Speed {
    fn update(&mut self, now: f64) {
        if now - self.since >= 1000.0 {
            self.steps_per_second = f64::from(self.steps) * 1000.0 / (now - self.since);
            if self.steps > 0 {
                self.ms_per_step = self.engine_ms / f64::from(self.steps);
            }
            (self.since, self.steps, self.engine_ms) = (now, 0, 0.0);
        }
    }
}

impl Phase {
    /// The phases of one network's turn. The last is when it learns.
    fn of(player: Player) -> &'static [Phase] {
        match player {
            Player::Discriminator => &[Phase::DrawReal, Phase::Generate, Phase::Judge, Phase::UpdateDiscriminator],
            Player::Generator => &[Phase::GenerateAgain, Phase::JudgeAgain, Phase::UpdateGenerator],
        }
    }
}

impl Desk {
    /// `clock` tells milliseconds since any fixed moment.
    pub fn new(clock: impl Fn() -> f64 + 'static) -> Self {
        Desk {
            clock: Box::new(clock),
            session: None,
            playing: false,
            pace: Pace::Full,
            slow_motion: SlowMotion::default(),
            comparing: None,
            trouble: None,
            speed: Speed::default(),
            revision: 0,
            reading: false,
            next_progress: 0.0,
            next_measure: 0.0,
            next_autosave: 0.0,
            autosaved_step: 0,
        }
    }

    /// Carries out a command. [`Command::Layers`], [`Command::View`] and [`Command::Picture`] are for whoever paints, and
    /// do nothing here. A run that was opened, restored or moved to another engine is told by [`Event::Opened`].
    pub fn handle(&mut self, command: Command) -> Vec<Event> {
        let mut events = Vec::new();
        if let Err(Error(why)) = self.carry_out(command, &mut events) {
            events.push(Event::Refused(why));
        }
        events
    }

    fn carry_out(&mut self, command: Command, events: &mut Vec<Event>) -> Result<()> {
        match command {
            Command::Open(set_up) => self.open(&set_up, events)?,
            Command::Restore(bytes) => {
                let session = checkpoint::open(&bytes, self.engine())?;
                self.take_up(session, events);
            }
            Command::Change { key, value } => self.session()?.change(&key, &value)?,
            Command::Play => {
                self.session()?;
                self.playing = true;
                self.begin_timing();
                self.report(events);
            }
            Command::Pause => {
                self.playing = false;
                self.report(events);
                self.autosave(events)?;
            }
            Command::StepDiscriminator => self.single_step(Player::Discriminator, events)?,
            Command::StepGenerator => self.single_step(Player::Generator, events)?,
            Command::Pace(pace) => {
                self.pace = pace;
                self.slow_motion = SlowMotion { due: (self.clock)(), ..SlowMotion::default() };
                self.report(events);
            }
            Command::Engine(kind) => {
                self.comparing = None;
                self.session()?.switch_engine(kind)?;
                self.begin_timing();
                events.push(Event::Opened(self.session()?.opened()));
            }
            Command::Compare { with, steps } => {
                let comparing = self.session()?.compare(with, steps.clamp(1, MOST_COMPARED))?;
                let (done, of) = comparing.progress();
                self.comparing = Some(comparing);
                events.push(Event::Comparing { done, of });
            }
            Command::Save => {
                let bytes = checkpoint::save(self.session()?)?;
                events.push(Event::Checkpoint(bytes));
            }
            Command::Layers(_) | Command::View { .. } | Command::Picture => {}
        }
        Ok(())
    }

    fn session(&mut self) -> Result<&mut Session> {
        self.session.as_mut().ok_or_else(|| Error("There is no run yet.".to_string()))
    }

    fn engine(&self) -> EngineKind {
        self.session.as_ref().map_or(EngineKind::Cpu, Session::engine)
    }

    fn open(&mut self, set_up: &SetUp, events: &mut Vec<Event>) -> Result<()> {
        let session = Session::new(set_up, self.engine())?;
        self.take_up(session, events);
        Ok(())
    }

    fn take_up(&mut self, session: Session, events: &mut Vec<Event>) {
        events.push(Event::Opened(session.opened()));
        self.autosaved_step = session.counters().generator_steps;
        self.session = Some(session);
        self.comparing = None;
        self.slow_motion = SlowMotion::default();
        self.speed = Speed::default();
        self.begin_timing();
        self.tell_trouble(events);
        self.report(events);
        self.revision += 1;
    }

    /// Starts all clocks anew, so that time in which nothing ran does not count.
    fn begin_timing(&mut self) {
        let now = (self.clock)();
        self.speed = Speed { since: now, steps: 0, engine_ms: 0.0, ..self.speed };
        self.slow_motion.due = now;
        self.next_progress = now + PROGRESS_EVERY;
        self.next_measure = now + MEASURE_EVERY;
        self.next_autosave = now + AUTOSAVE_EVERY;
    }

    fn single_step(&mut self, player: Player, events: &mut Vec<Event>) -> Result<()> {
        self.session()?;
        self.playing = false;
        self.slow_motion.phase = Phase::of(player).last().copied();
        self.advance(player, true, events)?;
        self.report(events);
        Ok(())
    }

    /// Works for about `budget_ms`, if there is work: trains, compares, measures.
    pub fn tick(&mut self, budget_ms: f64) -> Vec<Event> {
        let mut events = Vec::new();
        let end = (self.clock)() + budget_ms;
        if let Err(Error(why)) = self.work(end, &mut events) {
            self.playing = false;
            self.comparing = None;
            events.push(Event::Broken(why));
        }
        events
    }

    fn work(&mut self, end: f64, events: &mut Vec<Event>) -> Result<()> {
        if self.comparing.is_some() {
            return self.compare(end, events);
        }
        while self.playing {
            let now = (self.clock)();
            match self.pace {
                Pace::Full => self.full_pace(now, events)?,
                Pace::PhasesPerSecond(pace) if now >= self.slow_motion.due => self.next_phase(now, pace, events)?,
                Pace::PhasesPerSecond(_) => break,
            }
            if (self.clock)() >= end {
                break;
            }
        }
        let now = (self.clock)();
        if self.playing && now >= self.next_progress {
            self.report(events);
        }
        if self.playing && now >= self.next_autosave {
            self.autosave(events)?;
        }
        Ok(())
    }

    fn compare(&mut self, end: f64, events: &mut Vec<Event>) -> Result<()> {
        let Some(comparing) = &mut self.comparing else { return Ok(()) };
        loop {
            if let Some(comparison) = comparing.advance(&self.clock)? {
                events.push(Event::Compared(comparison));
                self.comparing = None;
                self.begin_timing();
                return Ok(());
            }
            if (self.clock)() >= end {
                let (done, of) = comparing.progress();
                events.push(Event::Comparing { done, of });
                return Ok(());
            }
        }
    }

    /// One network's turn.
    fn full_pace(&mut self, now: f64, events: &mut Vec<Event>) -> Result<()> {
        self.slow_motion.phase = None;
        let session = self.session()?;
        let (player, begins) = (session.next(), session.counters().since_generator == 0);
        if begins {
            self.reading = now >= self.next_measure;
        }
        self.advance(player, self.reading, events)
    }

    fn next_phase(&mut self, now: f64, pace: f32, events: &mut Vec<Event>) -> Result<()> {
        let player = self.session()?.next();
        let phases = Phase::of(player);
        let place = phases.iter().position(|phase| Some(*phase) == self.slow_motion.phase);
        let next = place.map_or(0, |place| (place + 1) % phases.len());
        self.slow_motion = SlowMotion { phase: Some(phases[next]), due: now + 1000.0 / f64::from(pace.max(0.01)) };
        if next == phases.len() - 1 {
            self.advance(player, true, events)?;
        }
        self.report(events);
        Ok(())
    }

    /// Lets one network learn. After the generator has, and if its step is read, the run is measured.
    fn advance(&mut self, player: Player, read: bool, events: &mut Vec<Event>) -> Result<()> {
        let start = (self.clock)();
        self.session()?.advance(player, read)?;
        self.revision += 1;
        let now = (self.clock)();
        self.speed.engine_ms += now - start;
        if player == Player::Generator {
            self.speed.steps += 1;
            if read {
                self.measure(events)?;
                let after = (self.clock)();
                self.next_measure = after + MEASURE_EVERY.max(MEASURE_SPACING * (after - now));
            }
        }
        Ok(())
    }

    fn measure(&mut self, events: &mut Vec<Event>) -> Result<()> {
        match self.session()?.measure()? {
            None => {}
            Some(Finding::Measures(measures)) => events.push(Event::Measures(measures)),
            Some(Finding::NotANumber) => {
                self.playing = false;
                self.report(events);
            }
        }
        self.tell_trouble(events);
        Ok(())
    }

    /// Says what the run suffers from, if that is new.
    fn tell_trouble(&mut self, events: &mut Vec<Event>) {
        let trouble = self.session.as_ref().and_then(Session::trouble);
        if trouble != self.trouble {
            self.trouble = trouble.clone();
            events.push(Event::Trouble(trouble));
        }
    }

    fn report(&mut self, events: &mut Vec<Event>) {
        let now = (self.clock)();
        self.next_progress = now + PROGRESS_EVERY;
        self.speed.update(now);
        if let Some(session) = &self.session {
            let counters = session.counters();
            events.push(Event::Progress {
                discriminator_steps: counters.discriminator_steps,
                generator_steps: counters.generator_steps,
                playing: self.playing,
                phase: self.slow_motion.phase,
                steps_per_second: self.speed.steps_per_second as f32,
                ms_per_step: self.speed.ms_per_step as f32,
            });
        }
    }

    fn autosave(&mut self, events: &mut Vec<Event>) -> Result<()> {
        self.next_autosave = (self.clock)() + AUTOSAVE_EVERY;
        let Some(session) = &mut self.session else { return Ok(()) };
        let step = session.counters().generator_steps;
        if step != self.autosaved_step {
            self.autosaved_step = step;
            events.push(Event::Autosave(checkpoint::save(session)?));
        }
        Ok(())
    }

    /// Milliseconds until there is work: 0 while a run plays at full pace, and `None` if there is none before the next
    /// command.
    pub fn wait_ms(&self) -> Option<f64> {
        if self.comparing.is_some() {
            return Some(0.0);
        }
        match self.pace {
            _ if !self.playing => None,
            Pace::Full => Some(0.0),
            Pace::PhasesPerSecond(_) => Some((self.slow_motion.due - (self.clock)()).max(0.0)),
        }
    }

    /// A number that changes whenever the scene may have.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What is to be painted, with only the layers that are switched on; `None` before the first run.
    pub fn scene(&mut self, layers: Layers) -> Option<Result<Scene>> {
        self.session.as_mut().map(|session| session.scene(layers))
    }
}
