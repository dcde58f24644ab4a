//! Messages in, messages out, and who gets the time between.

use futures_channel::mpsc::{UnboundedSender, unbounded};
use js_sys::{Array, Function};
use terrarium_labs::Engines;
use terrarium_labs::desk::Desk;
use terrarium_labs::protocol::{Command, Event, Show};
use terrarium_painter::{Painter, View, picture};
use terrarium_web::wire::{self, ToPage, ToWorker};
use terrarium_webgpu::Gpu;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort, OffscreenCanvas};

use crate::bench;
use crate::library::Assets;
use crate::models;
use crate::pictures::{self, Album, Change};
use crate::words;

/// How long the desk works before messages get a turn.
const BUDGET_MS: f64 = 12.0;

/// Pictures a second are enough at this interval, and a slow one may take this share of the worker's time.
const FRAME_MS: f64 = 30.0;
const PAINTING_SHARE: f64 = 0.2;

/// A device that has painted for so long is not lost for painting.
const SETTLED_MS: f64 = 3000.0;

/// What the worker waits for.
enum Wake {
    Message(JsValue),
    /// Messages had a turn, and now the desk has.
    Turn,
    /// The browser is about to show a frame.
    Frame,
}

struct Shell {
    scope: DedicatedWorkerGlobalScope,
    desk: Desk,
    painter: Option<Painter>,
    /// The device that the painter paints with.
    painting_gpu: Option<Gpu>,
    painting_since: f64,
    /// Not where a device has failed to paint, though it may compute.
    gpu_paints: bool,
    /// Whether the page was asked for a canvas that has no painter yet.
    canvas_asked: bool,
    /// What the painter is to be like, which may be told before there is one.
    view: View,
    show: Show,
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
    /// The visitor's own pictures, and who changes them.
    album: Album,
    to_album: UnboundedSender<Change>,
    /// Who answers what is asked about words.
    to_words: UnboundedSender<[String; 3]>,
}

/// Listens to the page until the worker ends.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let channel = MessageChannel::new().expect("every browser with workers has message channels");
    let (sender, mut wakes) = unbounded();

    let on_turn = waker(&sender, || Wake::Turn);
    let on_frame = waker(&sender, || Wake::Frame);
    channel.port1().set_onmessage(Some(&on_turn));
    // One closure for the worker's whole life.
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        // The receiver lives as long as the worker.
        let _ = sender.unbounded_send(Wake::Message(message.data()));
    });
    scope.set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    post(&scope, &ToPage::Event(Event::Ready));

    spawn_local(async move {
        let tell = {
            let scope = scope.clone();
            move |event| post(&scope, &ToPage::Event(event))
        };
        let album = Album::default();
        let to_album = pictures::keep(album.clone(), {
            let scope = scope.clone();
            move |pictures| post(&scope, &ToPage::Pictures(pictures))
        });
        let to_words = words::listen({
            let scope = scope.clone();
            move |about| post(&scope, &ToPage::Words(about))
        });
        let mut shell = Shell {
            desk: Desk::new(Engines::find().await, Assets::new(album.clone(), tell.clone()), now, tell),
            scope,
            painter: None,
            painting_gpu: None,
            painting_since: 0.0,
            gpu_paints: true,
            canvas_asked: false,
            view: View::default(),
            show: Show::default(),
            painted: None,
            next_frame_at: 0.0,
            frame_asked: false,
            turn: channel.port2(),
            turn_asked: false,
            timer: None,
            on_turn,
            on_frame,
            album,
            to_album,
            to_words,
        };
        while let Ok(wake) = wakes.recv().await {
            match wake {
                Wake::Message(message) => shell.receive(message).await,
                Wake::Turn => shell.work().await,
                Wake::Frame => shell.frame().await,
            }
            shell.plan();
        }
    });
}

/// A function for the browser to call, for the worker's whole life.
fn waker(sender: &UnboundedSender<Wake>, wake: fn() -> Wake) -> Function {
    let sender = sender.clone();
    let call = move || {
        // The receiver lives as long as the worker.
        let _ = sender.unbounded_send(wake());
    };
    Closure::<dyn FnMut()>::new(call).into_js_value().unchecked_into()
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

/// Hands something to a task of the worker.
fn pass_on<T>(task: &UnboundedSender<T>, what: T) {
    // Tasks live as long as the worker.
    let _ = task.unbounded_send(what);
}

impl Shell {
    fn tell(&self, event: Event) {
        post(&self.scope, &ToPage::Event(event));
    }

    async fn receive(&mut self, message: JsValue) {
        if let Some(canvas) = message.dyn_ref::<OffscreenCanvas>() {
            return self.take_canvas(canvas.clone());
        }
        if let Some(files) = message.dyn_ref::<Array>() {
            return pass_on(&self.to_album, Change::Add(files.clone()));
        }
        match wire::decode(message).expect("page and worker are of one build") {
            ToWorker::Command(command) => self.carry_out(command).await,
            ToWorker::Bench { engine, workload } => {
                let measured = bench::measure(self.desk.engines(), engine, &workload).await;
                post(&self.scope, &ToPage::Measured(measured));
            }
            ToWorker::RemovePictures => pass_on(&self.to_album, Change::Remove),
            ToWorker::Words(question) => pass_on(&self.to_words, question),
            ToWorker::Import(files) => {
                let imported = models::import(&files).map_err(|why| why.to_string());
                post(&self.scope, &ToPage::Imported(imported));
            }
        }
    }

    async fn carry_out(&mut self, command: Command) {
        match command {
            Command::Show(show) => {
                self.show = show;
                self.painted = None;
            }
            Command::View { width, height, scale, dark } => {
                self.view = View { size: [width, height], scale, dark };
                if let Some(painter) = &mut self.painter {
                    painter.resize(self.view);
                }
                // A canvas of a new size is empty, and would flicker if this waited for the next frame.
                self.paint().await;
            }
            Command::Picture => {
                // What is asked for is the present moment, not the last frame.
                self.paint().await;
                if let Some(painter) = &self.painter {
                    let (scope, picture) = (self.scope.clone(), picture(painter));
                    spawn_local(async move {
                        let event = picture.await.map_or_else(Event::Refused, Event::Picture);
                        post(&scope, &ToPage::Event(event));
                    });
                }
            }
            command => {
                if let Command::Open(_) | Command::Restore(_) = command {
                    self.album.opened().await;
                    if let Some(painter) = &mut self.painter {
                        painter.forget_trails();
                    }
                }
                self.desk.handle(command).await;
            }
        }
    }

    /// Gives the desk a turn.
    async fn work(&mut self) {
        self.turn_asked = false;
        self.timer = None;
        self.desk.tick(BUDGET_MS).await;
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

    async fn frame(&mut self) {
        self.frame_asked = false;
        let start = now();
        if start >= self.next_frame_at {
            self.paint().await;
            let took = now() - start;
            self.next_frame_at = start + FRAME_MS.max(took / PAINTING_SHARE);
        }
    }

    async fn paint(&mut self) {
        // Before the device is replaced, if it was lost.
        self.change_painter();
        if self.desk.mend().await {
            self.change_painter();
        }
        if let Some(painter) = &mut self.painter
            && let Some(scene) = self.desk.scene(self.show, painter.on_device()).await
        {
            painter.paint(&scene);
        }
        self.painted = Some(self.desk.revision());
    }

    /// The device to paint with. One that is the processor in disguise paints no faster than a 2-D canvas, and in some
    /// browsers cannot reach a canvas at all.
    fn wanted_gpu(&self) -> Option<Gpu> {
        self.desk.engines().gpu().filter(|gpu| self.gpu_paints && !gpu.software).cloned()
    }

    /// A canvas is bound to one way of painting for good, so another way needs another canvas.
    fn change_painter(&mut self) {
        // A device that is lost at once where it paints may be good for computing.
        if let Some(gpu) = &self.painting_gpu
            && gpu.check().is_err()
            && now() - self.painting_since < SETTLED_MS
        {
            self.gpu_paints = false;
        }
        let device = |gpu: Option<Gpu>| gpu.map(|gpu| gpu.device);
        let changes = device(self.wanted_gpu()) != device(self.painting_gpu.clone());
        if self.painter.is_some() && changes && !self.canvas_asked {
            self.canvas_asked = true;
            post(&self.scope, &ToPage::CanvasWanted);
        }
    }

    fn take_canvas(&mut self, canvas: OffscreenCanvas) {
        self.canvas_asked = false;
        self.painting_gpu = self.wanted_gpu();
        self.painting_since = now();
        let painter = Painter::new(canvas.clone(), self.painting_gpu.as_ref()).or_else(|why| {
            // What cannot paint on the device may still paint without.
            self.gpu_paints = false;
            self.painting_gpu.take().ok_or(why).and_then(|_| Painter::new(canvas, None))
        });
        match painter {
            Ok(mut painter) => {
                painter.resize(self.view);
                self.painter = Some(painter);
                self.painted = None;
            }
            Err(why) => self.tell(Event::Broken(why)),
        }
    }
}
