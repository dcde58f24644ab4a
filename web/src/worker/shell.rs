//! Messages in, messages out, and who gets the time between.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use terrarium_labs::desk::Desk;
use terrarium_labs::protocol::{Command, Event, Layers};
use terrarium_web::wire::{self, ToPage, ToWorker};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort, OffscreenCanvas};

use crate::bench;
use crate::paint::{Painter, View, picture};

/// How long the desk works before messages get a turn.
const BUDGET_MS: f64 = 12.0;

/// Pictures a second are enough at this interval, and a slow one may take this share of the worker's time.
const FRAME_MS: f64 = 30.0;
const PAINTING_SHARE: f64 = 0.2;

struct Shell {
    scope: DedicatedWorkerGlobalScope,
    desk: Desk,
    painter: Option<Painter>,
    /// What the painter is to be like, which may be told before there is one.
    view: View,
    layers: Layers,
    /// The desk's revision that was painted last, unless the painting itself is to change.
    painted: Option<u64>,
    next_frame_at: f64,
    frame_asked: bool,
    /// A turn that comes after the messages that wait now. `setTimeout(0)` would cost milliseconds.
    turn: MessagePort,
    turn_asked: bool,
    timer: Option<i32>,
    on_turn: Function,
    on_frame: Function,
}

/// Listens to the page until the worker ends.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let channel = MessageChannel::new().expect("every browser with workers has message channels");
    let shell: Rc<RefCell<Option<Shell>>> = Rc::default();

    let with_shell = |act: fn(&mut Shell)| {
        let shell = Rc::clone(&shell);
        // One closure each for the worker's whole life.
        Closure::<dyn FnMut()>::new(move || shell.borrow_mut().as_mut().into_iter().for_each(act)).into_js_value()
    };
    let on_turn: Function = with_shell(Shell::work).unchecked_into();
    let on_frame: Function = with_shell(Shell::frame).unchecked_into();
    channel.port1().set_onmessage(Some(&on_turn));

    let on_message = {
        let shell = Rc::clone(&shell);
        Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            if let Some(shell) = shell.borrow_mut().as_mut() {
                shell.receive(message.data());
            }
        })
    };
    scope.set_onmessage(Some(on_message.into_js_value().unchecked_ref()));

    let created = Shell {
        desk: Desk::new(now),
        scope,
        painter: None,
        view: View::default(),
        layers: Layers { real: true, generated: true, trails: true, surface: true, grid: false, arrows: false },
        painted: None,
        next_frame_at: 0.0,
        frame_asked: false,
        turn: channel.port2(),
        turn_asked: false,
        timer: None,
        on_turn,
        on_frame,
    };
    created.tell(Event::Ready);
    *shell.borrow_mut() = Some(created);
}

/// Milliseconds since the worker began.
pub fn now() -> f64 {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    scope.performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}

fn post(scope: &DedicatedWorkerGlobalScope, message: &ToPage) {
    let (bytes, moved) = wire::encode(message);
    scope.post_message_with_transfer(&bytes, &moved).expect("bytes can be posted");
}

impl Shell {
    fn tell(&self, event: Event) {
        post(&self.scope, &ToPage::Event(event));
    }

    fn receive(&mut self, message: JsValue) {
        match message.dyn_into::<OffscreenCanvas>() {
            Ok(canvas) => match Painter::new(canvas) {
                Ok(mut painter) => {
                    painter.resize(self.view);
                    self.painter = Some(painter);
                }
                Err(why) => self.tell(Event::Broken(why)),
            },
            Err(bytes) => match wire::decode(bytes).expect("page and worker are of one build") {
                ToWorker::Command(command) => self.carry_out(command),
                ToWorker::Bench { engine, workload } => {
                    post(&self.scope, &ToPage::BenchRow(bench::row(&engine, &workload)));
                }
            },
        }
        self.plan();
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Layers(layers) => {
                self.layers = layers;
                self.painted = None;
            }
            Command::View { width, height, scale, dark } => {
                self.view = View { size: [width, height], scale, dark };
                if let Some(painter) = &mut self.painter {
                    painter.resize(self.view);
                }
                // A canvas of a new size is empty, and would flicker if this waited for the next frame.
                self.paint();
            }
            Command::Picture => {
                // What is asked for is the present moment, not the last frame.
                self.paint();
                if let Some(painter) = &self.painter {
                    let (scope, picture) = (self.scope.clone(), picture(painter));
                    spawn_local(async move {
                        let event = picture.await.map_or_else(Event::Refused, Event::Picture);
                        post(&scope, &ToPage::Event(event));
                    });
                }
            }
            command => {
                if let Command::Open(_) | Command::Restore(_) = command
                    && let Some(painter) = &mut self.painter
                {
                    painter.forget_trails();
                }
                let events = self.desk.handle(command);
                events.into_iter().for_each(|event| self.tell(event));
            }
        }
    }

    /// Gives the desk a turn.
    fn work(&mut self) {
        self.turn_asked = false;
        self.timer = None;
        let events = self.desk.tick(BUDGET_MS);
        events.into_iter().for_each(|event| self.tell(event));
        self.plan();
    }

    /// Sees to it that work and painting go on when there is something to do.
    fn plan(&mut self) {
        if let Some(timer) = self.timer.take() {
            self.scope.clear_timeout_with_handle(timer);
        }
        match self.desk.wait_ms() {
            None => {}
            Some(_) if self.turn_asked => {}
            Some(wait) if wait < 1.0 => {
                self.turn_asked = true;
                self.turn.post_message(&JsValue::NULL).expect("null can be posted");
            }
            Some(wait) => {
                let wait = wait.ceil() as i32;
                self.timer = self.scope.set_timeout_with_callback_and_timeout_and_arguments_0(&self.on_turn, wait).ok();
            }
        }
        if self.painter.is_some() && self.painted != Some(self.desk.revision()) && !self.frame_asked {
            self.frame_asked = self.scope.request_animation_frame(&self.on_frame).is_ok();
        }
    }

    fn frame(&mut self) {
        self.frame_asked = false;
        let start = now();
        if start >= self.next_frame_at {
            self.paint();
            let took = now() - start;
            self.next_frame_at = start + FRAME_MS.max(took / PAINTING_SHARE);
        }
        self.plan();
    }

    fn paint(&mut self) {
        if let Some(painter) = &mut self.painter
            && let Some(scene) = self.desk.scene(self.layers)
        {
            match scene {
                Ok(scene) => painter.paint(&scene, self.layers),
                Err(why) => self.tell(Event::Broken(why.to_string())),
            }
        }
        self.painted = Some(self.desk.revision());
    }
}
