//! The worker as the page sees it: commands go in, events come out, and if it breaks there is a word about it.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::document;
use terrarium_labs::protocol::Event;
use terrarium_web::wire::{self, ToPage, ToWorker};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, HtmlScriptElement, MessageEvent, OffscreenCanvas, Worker};

/// What comes from a worker.
pub enum Heard {
    Message(Box<ToPage>),
    /// It has ended, or never began: why, as the browser says it.
    Crashed(String),
}

pub struct Engine {
    worker: Worker,
    post: Rc<RefCell<Post>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

/// What is sent before the worker listens waits, in order.
enum Post {
    Waiting(Vec<(JsValue, js_sys::Array)>),
    Open,
}

impl Engine {
    /// Starts a worker. `hear` gets what it says.
    ///
    /// # Errors
    /// If the browser does not start workers, in its words.
    pub fn start(hear: impl Fn(Heard) + Clone + 'static) -> Result<Self, String> {
        let worker = Worker::new(&format!("./start-worker.js?{}", build())).map_err(|error| format!("{error:?}"))?;
        let post = Rc::new(RefCell::new(Post::Waiting(Vec::new())));
        let on_message = {
            let (worker, post, hear) = (worker.clone(), Rc::clone(&post), hear.clone());
            Closure::new(move |message: MessageEvent| match wire::decode(message.data()) {
                Ok(ToPage::Event(Event::Ready)) => {
                    if let Post::Waiting(waiting) = post.replace(Post::Open) {
                        waiting.iter().for_each(|(message, moved)| post_now(&worker, message, moved));
                    }
                    hear(Heard::Message(Box::new(ToPage::Event(Event::Ready))));
                }
                Ok(message) => hear(Heard::Message(Box::new(message))),
                Err(why) => hear(Heard::Crashed(why)),
            })
        };
        let on_error = Closure::new(move |error: ErrorEvent| hear(Heard::Crashed(error.message())));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, post, _on_message: on_message, _on_error: on_error })
    }

    pub fn send(&self, message: &ToWorker) {
        let (message, moved) = wire::encode(message);
        self.post(message, moved);
    }

    /// Gives the worker the canvas that it paints on.
    pub fn give_canvas(&self, canvas: &OffscreenCanvas) {
        self.post(canvas.into(), js_sys::Array::of1(canvas));
    }

    /// Gives the worker the visitor's own pictures. What moves over is no bytes yet, only where they are.
    pub fn give_files(&self, files: &js_sys::Array) {
        self.post(files.into(), js_sys::Array::new());
    }

    fn post(&self, message: JsValue, moved: js_sys::Array) {
        match &mut *self.post.borrow_mut() {
            Post::Waiting(waiting) => waiting.push((message, moved)),
            Post::Open => post_now(&self.worker, &message, &moved),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn post_now(worker: &Worker, message: &JsValue, moved: &js_sys::Array) {
    worker.post_message_with_transfer(message, moved).expect("what is posted here was made to be posted");
}

/// What names the page's build: the file of its code, whose name holds a hash of it.
fn build() -> String {
    let script = document().query_selector("script[data-wasm]").ok().flatten();
    let script: Option<HtmlScriptElement> = script.and_then(|script| script.dyn_into().ok());
    script.and_then(|script| script.dataset().get("wasm")).unwrap_or_default().trim_start_matches("./").to_string()
}
