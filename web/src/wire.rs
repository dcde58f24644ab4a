//! How page and worker exchange values: as `postcard` bytes, whose memory moves over instead of being copied.

use js_sys::{Array, Uint8Array};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use terrarium_labs::bench::Row;
use terrarium_labs::protocol::{Command, EngineKind, Event};
use wasm_bindgen::{JsCast, JsValue};

/// What the page asks of the worker.
#[derive(Serialize, Deserialize)]
pub enum ToWorker {
    Command(Command),
    /// Time a workload of the benchmark.
    Bench {
        engine: EngineKind,
        workload: String,
    },
}

/// What the worker tells the page.
#[derive(Serialize, Deserialize)]
pub enum ToPage {
    Event(Event),
    /// What was measured of a workload, or why nothing was.
    Measured(Result<Measured, String>),
    /// The worker is going to paint in another way, which takes a new canvas.
    CanvasWanted,
}

/// A row of the benchmark.
#[derive(Serialize, Deserialize)]
pub struct Measured {
    pub row: Row,
    /// The same for other programs.
    pub json: String,
}

/// A message and the list of what moves over with it.
///
/// # Panics
/// If a value cannot be written, which plain data always can.
pub fn encode(message: &impl Serialize) -> (JsValue, Array) {
    let bytes = postcard::to_stdvec(message).expect("plain data can be written");
    let bytes = Uint8Array::from(bytes.as_slice());
    let moved = Array::of1(&bytes.buffer());
    (bytes.into(), moved)
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// If it is something else, such as a message of another version.
pub fn decode<T: DeserializeOwned>(message: JsValue) -> Result<T, String> {
    let bytes: Uint8Array = message.dyn_into().map_err(|other| format!("a message is no bytes: {other:?}"))?;
    postcard::from_bytes(&bytes.to_vec()).map_err(|error| format!("a message cannot be read: {error}"))
}
