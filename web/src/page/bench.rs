//! The benchmark's entry, `?bench`: offers the worker's measurements to whoever steers the browser.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use terrarium_labs::bench::NAMES;
use terrarium_labs::protocol::{EngineKind, Event, GpuOffer};
use terrarium_web::wire::{ToPage, ToWorker};
use wasm_bindgen::prelude::*;

use crate::engine::{Engine, Heard};
use crate::engine_panel::engines;

/// The query that leads here.
pub const QUERY: &str = "bench";

/// Who waits for a row: what to call with it, and what to call if there is none. Rows come in the order of asking.
type Waiting = Rc<RefCell<std::collections::VecDeque<(Function, Function)>>>;

/// Sets `window.terrariumBench(engine, workload)`, a promise of a row as JSON text, and `window.terrariumBenchRuns`, the
/// pairs that there are.
#[component]
pub fn Bench() -> impl IntoView {
    let waiting = Waiting::default();
    let hear = {
        let waiting = Rc::clone(&waiting);
        move |heard| match heard {
            Heard::Message(message) => match *message {
                ToPage::Measured(measured) => answer(&waiting, measured.map(|measured| measured.json)),
                ToPage::Event(Event::Gpu(offer)) => offer_runs(&offer),
                _ => {}
            },
            Heard::Crashed(why) => {
                while !waiting.borrow().is_empty() {
                    answer(&waiting, Err(why.clone()));
                }
            }
        }
    };
    let said = match Engine::start(hear).map(|engine| offer(engine, waiting)) {
        Ok(()) => "This page runs Terrarium's benchmark for cargo xtask bench --browser.".to_string(),
        Err(why) => format!("The benchmark cannot run: {why}"),
    };
    view! { <p class="bench">{said}</p> }
}

fn answer(waiting: &Waiting, row: Result<String, String>) {
    let next = waiting.borrow_mut().pop_front();
    if let Some((resolve, reject)) = next {
        let (function, value) = match row {
            Ok(row) => (resolve, JsValue::from(row)),
            Err(why) => (reject, js_sys::Error::new(&why).into()),
        };
        // The two settle a promise, which throws nothing.
        let _ = function.call1(&JsValue::NULL, &value);
    }
}

/// Sets what there is to be measured, once that is known.
fn offer_runs(offer: &GpuOffer) {
    let runs = engines(Some(offer)).flat_map(|engine| NAMES.map(|workload| Array::of2(&engine.slug().into(), &workload.into())));
    set("terrariumBenchRuns", &runs.collect::<Array>());
}

fn offer(engine: Engine, waiting: Waiting) {
    let bench = Closure::<dyn FnMut(String, String) -> Promise>::new(move |name: String, workload: String| {
        Promise::new(&mut |resolve, reject| {
            waiting.borrow_mut().push_back((resolve, reject));
            match EngineKind::from_slug(&name) {
                Some(kind) => engine.send(&ToWorker::Bench { engine: kind, workload: workload.clone() }),
                None => answer(&waiting, Err(format!("There is no engine “{name}”."))),
            }
        })
    });
    set("terrariumBench", &bench.into_js_value());
}

fn set(name: &str, value: &JsValue) {
    Reflect::set(&window(), &name.into(), value).expect("a window takes new properties");
}
