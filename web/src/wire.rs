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
    /// Forget the visitor's own pictures. Files to be added come as an array of their own, as only the browser can pass them on.
    RemovePictures,
    /// Words a, b and c: which are nearest to a − b + c? Without b and c, which are nearest to a?
    Words([String; 3]),
    /// Read a language model from files, by their names.
    Import(Vec<(String, Vec<u8>)>),
}

/// What the worker tells the page.
#[derive(Serialize, Deserialize)]
pub enum ToPage {
    Event(Event),
    /// What was measured of a workload, or why nothing was.
    Measured(Result<Measured, String>),
    /// The worker is going to paint in another way, which takes a new canvas.
    CanvasWanted,
    Pictures(OwnPictures),
    Words(AboutWords),
    /// A model to go on from, as a run takes it, or why there is none, in words.
    Imported(Result<Vec<u8>, String>),
}

/// How it stands with the visitor's own pictures.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnPictures {
    /// How many there are to learn from. Those of files that are being read count when all are.
    pub count: u32,
    /// How many files of how many are read, while some are being.
    pub reading: Option<(u32, u32)>,
    /// What the visitor should know about the files read last, a sentence each.
    pub notes: Vec<String>,
}

/// What there is to say about words.
#[derive(Clone, Serialize, Deserialize)]
pub enum AboutWords {
    /// The vectors are on their way: how much of them has arrived, from 0 to 1, where their size is known.
    Loading(Option<f32>),
    Found(NearWords),
    /// Why there is no answer, in words, and what may have been meant by a word that is not known.
    Unanswered {
        why: String,
        unknown: String,
        meant: Vec<String>,
    },
}

/// The words nearest to what was asked for.
#[derive(Clone, Serialize, Deserialize)]
pub struct NearWords {
    /// The one word asked about, or the three.
    pub asked: Vec<String>,
    /// Nearest first, each with the cosine of the angle to it.
    pub nearest: Vec<(String, f32)>,
    /// Where all of these lie on the plane that shows most of them, each once, those asked about first.
    pub places: Vec<(String, [f32; 2])>,
    /// Which share of their variance lies in that plane.
    pub explained: f32,
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
