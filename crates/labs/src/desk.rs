//! Where a run is worked on: commands come in, time passes, events go out. The page's worker is a thin shell around it.

use std::collections::VecDeque;

use terrarium_graph::{Pending, if_done};
use terrarium_webgpu::Gpu;

use crate::checkpoint;
use crate::compare::Comparing;
use crate::engines::{Engines, reason};
use crate::error::{Error, Result};
use crate::library::Library;
use crate::protocol::{Command, EngineKind, Event, Pace, Phase, Show, Trouble};
use crate::scene::Scene;
use crate::session::{Finding, Session};

/// Between two reports of where the run is, in milliseconds.
const PROGRESS_EVERY: f64 = 250.0;
/// Between two checkpoints for the browser to keep, in milliseconds; and at least so many times what making one takes.
const AUTOSAVE_EVERY: f64 = 10_000.0;
const AUTOSAVE_SPACING: f64 = 100.0;
/// Between two measurements at least, in milliseconds.
const MEASURE_EVERY: f64 = 100.0;
/// And at least so many times what one takes, so that measuring takes a small share of the time.
const MEASURE_SPACING: f64 = 10.0;
/// The most steps that engines are compared over.
const MOST_COMPARED: u32 = 1000;
/// How long steps that are sent off together are to take, in milliseconds.
const LOT_MS: f64 = 10.0;
/// A device that fails twice within this time, in milliseconds, is not tried a third time.
const SETTLED: f64 = 60_000.0;

/// A run and everything around it that does not need a page.
pub struct Desk {
    clock: Box<dyn Fn() -> f64>,
    tell: Box<dyn Fn(Event)>,
    engines: Engines,
    library: Box<dyn Library>,
    session: Option<Session>,
    playing: bool,
    pace: Pace,
    slow_motion: SlowMotion,
    comparing: Option<Comparing>,
    trouble: Option<Trouble>,
    lots: Lots,
    speed: Speed,
    revision: u64,
    next_progress: f64,
    next_measure: f64,
    /// When the measurement under way was begun.
    measuring_since: f64,
    next_autosave: f64,
    autosaved_step: u32,
    /// When the device failed last.
    failed_at: Option<f64>,
}

/// Where slow motion is in a step.
#[derive(Clone, Copy, Default)]
struct SlowMotion {
    phase: Option<Phase>,
    /// When the next phase begins.
    due: f64,
}

/// Steps sent off together, as many as take about [`LOT_MS`]. While one lot is worked on, the next is sent, so that an engine
/// that works by itself always has something to do.
struct Lots {
    steps: u32,
    under_way: VecDeque<Lot>,
    /// When the last lot was finished.
    finished_at: f64,
}

struct Lot {
    steps: u32,
    sent_at: f64,
    finished: Pending<()>,
}

impl Default for Lots {
    fn default() -> Self {
        Lots { steps: 1, under_way: VecDeque::new(), finished_at: 0.0 }
    }
}

impl Lots {
    /// Takes note that a lot is finished, and tells how long it took.
    fn finished(&mut self, steps: u32, sent_at: f64, now: f64) -> f64 {
        let ms = now - sent_at.max(self.finished_at);
        self.finished_at = now;
        if steps == self.steps {
            let wanted = f64::from(steps) * LOT_MS / ms.max(0.01);
            self.steps = wanted.clamp(1.0, f64::from(steps) * 2.0) as u32;
        }
        ms
    }
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

impl Desk {
    /// `library` has the labs' files; `clock` tells milliseconds since any fixed moment; `tell` gets what happens.
    pub fn new(
        engines: Engines,
        library: impl Library + 'static,
        clock: impl Fn() -> f64 + 'static,
        tell: impl Fn(Event) + Clone + 'static,
    ) -> Self {
        let engines = {
            let tell = tell.clone();
            engines.telling(move |done, of| tell(Event::Loading { done, of }))
        };
        tell(Event::Gpu(engines.offer()));
        Desk {
            clock: Box::new(clock),
            tell: Box::new(tell),
            engines,
            library: Box::new(library),
            session: None,
            playing: false,
            pace: Pace::Full,
            slow_motion: SlowMotion::default(),
            comparing: None,
            trouble: None,
            lots: Lots::default(),
            speed: Speed::default(),
            revision: 0,
            next_progress: 0.0,
            next_measure: 0.0,
            measuring_since: 0.0,
            next_autosave: 0.0,
            autosaved_step: 0,
            failed_at: None,
        }
    }

    /// Carries out a command. [`Command::Show`], [`Command::View`] and [`Command::Picture`] are for whoever paints, and do
    /// nothing here. A run that was opened, restored or moved to another engine is told by [`Event::Opened`].
    pub async fn handle(&mut self, command: Command) {
        if let Err(Error(why)) = self.carry_out(command).await
            && !self.mend().await
        {
            (self.tell)(Event::Refused(why));
        }
    }

    async fn carry_out(&mut self, command: Command) -> Result<()> {
        match command {
            Command::Open(set_up) => {
                let session = Session::new(&set_up, self.library.as_ref(), &self.engines, self.engine()).await?;
                self.take_up(session);
            }
            Command::Restore(bytes) => {
                let session = checkpoint::open(&bytes, self.library.as_ref(), &self.engines, self.engine()).await?;
                self.take_up(session);
            }
            Command::Change { key, value } => self.session()?.change(&key, &value)?,
            Command::Play => {
                self.session()?;
                self.playing = true;
                self.begin_timing();
                self.report();
            }
            Command::Pause => {
                self.playing = false;
                self.measured().await?;
                self.report();
                self.autosave().await?;
            }
            Command::Step(player) => self.single_step(player as usize).await?,
            Command::Pace(pace) => {
                self.pace = pace;
                self.slow_motion = SlowMotion { due: (self.clock)(), ..SlowMotion::default() };
                self.report();
            }
            Command::Engine(kind) => {
                self.comparing = None;
                let session = self.session.as_mut().ok_or_else(no_run)?;
                session.switch_engine(&self.engines, kind).await?;
                let opened = session.opened();
                self.lots = Lots::default();
                self.begin_timing();
                (self.tell)(Event::Opened(opened));
            }
            Command::Compare { with, steps } => {
                let session = self.session.as_mut().ok_or_else(no_run)?;
                let comparing = session.compare(&self.engines, with, steps.clamp(1, MOST_COMPARED)).await?;
                let (done, of) = comparing.progress();
                self.comparing = Some(comparing);
                (self.tell)(Event::Comparing { done, of });
            }
            Command::Save => {
                let bytes = checkpoint::save(self.session()?).await?;
                (self.tell)(Event::Checkpoint(bytes));
            }
            Command::Ask { number, question } => {
                let tell = &self.tell;
                let answer = match &mut self.session {
                    Some(session) => session.ask(question, &|share| tell(Event::Answering { number, share })).await,
                    None => Err(no_run()),
                };
                tell(Event::Answer { number, answer: answer.map_err(|Error(why)| why) });
            }
            Command::Show(_) | Command::View { .. } | Command::Picture => {}
        }
        Ok(())
    }

    fn session(&mut self) -> Result<&mut Session> {
        self.session.as_mut().ok_or_else(no_run)
    }

    fn engine(&self) -> EngineKind {
        self.session.as_ref().map_or(self.engines.default_kind(), Session::engine)
    }

    /// What engines are made with, which changes when a device fails.
    pub fn engines(&self) -> &Engines {
        &self.engines
    }

    fn take_up(&mut self, session: Session) {
        (self.tell)(Event::Opened(session.opened()));
        self.autosaved_step = session.counters().steps();
        self.session = Some(session);
        self.comparing = None;
        self.slow_motion = SlowMotion::default();
        self.lots = Lots::default();
        self.speed = Speed::default();
        self.begin_timing();
        self.tell_trouble();
        self.report();
        self.revision += 1;
    }

    /// If the device has failed, finds another, or does without; a run that was on it goes on from its last good state.
    /// Tells whether that was so.
    pub async fn mend(&mut self) -> bool {
        let Some(Err(trouble)) = self.engines.gpu().map(Gpu::check) else { return false };
        self.replace_device(reason(trouble)).await;
        true
    }

    /// Goes on after work on a run failed for `why`. On a device that is the device's failure, though the device itself may
    /// be slower to say so.
    async fn recover(&mut self, why: String) {
        match self.engine() {
            EngineKind::WebGpu => self.replace_device(why).await,
            _ => self.break_off(why),
        }
    }

    async fn replace_device(&mut self, why: String) {
        let now = (self.clock)();
        let settled = self.failed_at.is_none_or(|at| now - at > SETTLED);
        self.failed_at = Some(now);
        self.engines = if settled { self.engines.renewed().await } else { self.engines.forsaking_gpu(why.clone()) };
        (self.tell)(Event::Gpu(self.engines.offer()));
        self.comparing = None;
        self.lots = Lots::default();
        self.begin_timing();
        self.revision += 1;
        let Some(session) = self.session.as_mut().filter(|session| session.engine() == EngineKind::WebGpu) else { return };
        let mut rescued = Err(no_run());
        for kind in self.engines.kinds().filter(|kind| *kind != EngineKind::Dfdx) {
            if rescued.is_err() {
                rescued = session.rescue(&self.engines, kind).await;
            }
        }
        match rescued {
            Ok(()) => {
                let opened = session.opened();
                let place = if opened.engine == EngineKind::WebGpu { "on it, started anew" } else { "on the CPU engine" };
                let step = opened.turns.last().copied().unwrap_or(0);
                (self.tell)(Event::Opened(opened));
                (self.tell)(Event::Notice(format!(
                    "The graphics processor failed ({why}). The run goes on {place}, from step {step}."
                )));
                self.report();
            }
            Err(Error(why)) => self.break_off(why),
        }
    }

    fn break_off(&mut self, why: String) {
        self.playing = false;
        self.comparing = None;
        (self.tell)(Event::Broken(why));
    }

    /// Starts all clocks anew, so that time in which nothing ran does not count.
    fn begin_timing(&mut self) {
        let now = (self.clock)();
        self.lots.under_way.clear();
        self.speed = Speed { since: now, steps: 0, engine_ms: 0.0, ..self.speed };
        self.slow_motion.due = now;
        self.next_progress = now + PROGRESS_EVERY;
        self.next_measure = now + MEASURE_EVERY;
        self.next_autosave = now + AUTOSAVE_EVERY;
    }

    /// The phases of a player's turn. The last is when it learns.
    fn phases(&self, player: usize) -> &'static [Phase] {
        let player = self.session.as_ref().and_then(|session| session.lab().players.get(player));
        player.map_or(&[], |player| player.phases)
    }

    async fn single_step(&mut self, player: usize) -> Result<()> {
        if player >= self.session()?.counters().turns.len() {
            return Err(Error("There is no such player.".to_string()));
        }
        self.playing = false;
        self.measured().await?;
        self.slow_motion.phase = self.phases(player).last().copied();
        self.advance(player).await?;
        self.report();
        Ok(())
    }

    /// Works for about `budget_ms`, if there is work: trains, compares, measures.
    pub async fn tick(&mut self, budget_ms: f64) {
        let end = (self.clock)() + budget_ms;
        if let Err(Error(why)) = self.work(end).await {
            self.recover(why).await;
        }
    }

    async fn work(&mut self, end: f64) -> Result<()> {
        if self.comparing.is_some() {
            return self.compare(end).await;
        }
        while self.playing {
            let now = (self.clock)();
            match self.pace {
                Pace::Full => self.full_pace(now).await?,
                Pace::PhasesPerSecond(pace) if now >= self.slow_motion.due => self.next_phase(now, pace).await?,
                Pace::PhasesPerSecond(_) => break,
            }
            if (self.clock)() >= end {
                break;
            }
        }
        let now = (self.clock)();
        if self.playing && now >= self.next_progress {
            self.report();
        }
        if self.playing && now >= self.next_autosave {
            self.autosave().await?;
        }
        Ok(())
    }

    async fn compare(&mut self, end: f64) -> Result<()> {
        let Some(comparing) = &mut self.comparing else { return Ok(()) };
        loop {
            if let Some(comparison) = comparing.advance(&self.clock).await? {
                (self.tell)(Event::Compared(comparison));
                self.comparing = None;
                self.begin_timing();
                return Ok(());
            }
            if (self.clock)() >= end {
                let (done, of) = comparing.progress();
                (self.tell)(Event::Comparing { done, of });
                return Ok(());
            }
        }
    }

    /// A lot of steps, or one that is measured.
    async fn full_pace(&mut self, now: f64) -> Result<()> {
        self.slow_motion.phase = None;
        let session = self.session.as_mut().ok_or_else(no_run)?;
        let begins = session.counters().begins();
        let steps = if begins && now >= self.next_measure && !session.is_measuring() {
            session.step()?;
            session.begin_measuring()?;
            self.measuring_since = now;
            1
        } else {
            let steps = self.lots.steps.min(session.most_steps());
            session.advance_steps(steps)?;
            steps
        };
        self.lots.under_way.push_back(Lot { steps, sent_at: now, finished: session.finished() });
        self.speed.steps += steps;
        self.revision += 1;
        // An engine that works by itself is left with one lot to do.
        while let Some(Lot { steps, sent_at, mut finished }) = self.lots.under_way.pop_front() {
            match if_done(&mut finished) {
                Some(finished) => finished?,
                None if self.lots.under_way.is_empty() => {
                    self.lots.under_way.push_front(Lot { steps, sent_at, finished });
                    break;
                }
                None => finished.await?,
            }
            self.speed.engine_ms += self.lots.finished(steps, sent_at, (self.clock)());
        }
        self.measured_if_there()
    }

    async fn next_phase(&mut self, now: f64, pace: f32) -> Result<()> {
        let player = self.session()?.next();
        let phases = self.phases(player);
        let place = phases.iter().position(|phase| Some(*phase) == self.slow_motion.phase);
        let next = place.map_or(0, |place| (place + 1) % phases.len());
        self.slow_motion = SlowMotion { phase: Some(phases[next]), due: now + 1000.0 / f64::from(pace.max(0.01)) };
        if next == phases.len() - 1 {
            self.advance(player).await?;
        }
        self.report();
        Ok(())
    }

    /// Lets one player learn and waits for it. Where that ends a step, the run is measured.
    async fn advance(&mut self, player: usize) -> Result<()> {
        let start = (self.clock)();
        let session = self.session()?;
        session.advance(player)?;
        session.finished().await?;
        self.revision += 1;
        self.speed.engine_ms += (self.clock)() - start;
        if self.session()?.counters().begins() {
            self.speed.steps += 1;
            self.session()?.begin_measuring()?;
            self.measured().await?;
        }
        Ok(())
    }

    /// Waits for the measurement under way, if there is one.
    async fn measured(&mut self) -> Result<()> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let found = session.measured().await?;
        self.tell_finding(found);
        Ok(())
    }

    fn measured_if_there(&mut self) -> Result<()> {
        let found = self.session()?.measured_if_there()?;
        if found.is_some() {
            let now = (self.clock)();
            self.next_measure = now + MEASURE_EVERY.max(MEASURE_SPACING * (now - self.measuring_since));
            self.tell_finding(found);
        }
        Ok(())
    }

    fn tell_finding(&mut self, found: Option<Finding>) {
        match found {
            None => return,
            Some(Finding::Measures(measures)) => (self.tell)(Event::Measures(measures)),
            Some(Finding::NotANumber) => {
                self.playing = false;
                self.revision += 1;
                self.report();
            }
        }
        self.tell_trouble();
    }

    /// Says what the run suffers from, if that is new.
    fn tell_trouble(&mut self) {
        let trouble = self.session.as_ref().and_then(Session::trouble);
        if trouble != self.trouble {
            self.trouble = trouble.clone();
            (self.tell)(Event::Trouble(trouble));
        }
    }

    fn report(&mut self) {
        let now = (self.clock)();
        self.next_progress = now + PROGRESS_EVERY;
        self.speed.update(now);
        if let Some(session) = &self.session {
            (self.tell)(Event::Progress {
                turns: session.counters().turns.clone(),
                playing: self.playing,
                phase: self.slow_motion.phase,
                steps_per_second: self.speed.steps_per_second as f32,
                ms_per_step: self.speed.ms_per_step as f32,
            });
        }
    }

    async fn autosave(&mut self) -> Result<()> {
        let begun = (self.clock)();
        self.next_autosave = begun + AUTOSAVE_EVERY;
        let Some(session) = &mut self.session else { return Ok(()) };
        let step = session.counters().steps();
        if step != self.autosaved_step {
            self.autosaved_step = step;
            (self.tell)(Event::Autosave(checkpoint::save(session).await?));
            let now = (self.clock)();
            self.next_autosave = now + AUTOSAVE_EVERY.max(AUTOSAVE_SPACING * (now - begun));
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

    /// What is to be painted, `on_device` where it can be; `None` where there is nothing to paint.
    pub async fn scene(&mut self, show: Show, on_device: bool) -> Option<Scene> {
        match self.session.as_mut()?.scene(show, on_device).await {
            Ok(scene) => Some(scene),
            Err(Error(why)) => {
                self.recover(why).await;
                None
            }
        }
    }
}

fn no_run() -> Error {
    Error("There is no run yet.".to_string())
}
