//! Runs as files: safetensors with every variable by its name, and the rest in the header's metadata, so that
//! `safe_open(...).metadata()` in Python shows settings, seed, steps and history as JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};
use serde::de::DeserializeOwned;
use terrarium_data::points::MAX_POINTS;

use crate::engines::Engines;
use crate::error::{Error, Result};
use crate::library::Library;
use crate::protocol::{EngineKind, Row, SetUp};
use crate::run::{Counters, State};
use crate::session::Session;

/// The largest file that is read: more than the largest networks of a lab take.
pub const MAX_BYTES: usize = 512 << 20;

pub(crate) const FORMAT: &str = "terrarium";
pub(crate) const VERSION: &str = "2";
/// The tensor of the visitor's own points, `[n, 2]`.
const POINTS: &str = "points";
/// The visitor's own text, as UTF-8, and the file of a model to go on from: tensors of bytes.
pub(crate) const TEXT: &str = "text";
const BASE: &str = "base";

/// Writes a run.
pub async fn save(session: &mut Session) -> Result<Vec<u8>> {
    let State { counters, variables } = session.state().await?;
    let graph = session.experiment().course().graph.clone();
    let set_up = session.set_up();
    let json = |value: serde_json::Result<String>| value.map_err(|e| Error(format!("The checkpoint cannot be written: {e}.")));
    let settings: BTreeMap<_, _> = set_up.changes.into_iter().collect();
    let metadata = [
        ("format", FORMAT.to_string()),
        ("version", VERSION.to_string()),
        ("lab", set_up.lab),
        ("seed", set_up.seed.to_string()),
        ("settings", json(serde_json::to_string(&settings))?),
        ("turns", json(serde_json::to_string(&counters.turns))?),
        ("turns_since_step", json(serde_json::to_string(&counters.since))?),
        ("history", json(serde_json::to_string(session.history()))?),
    ];
    let metadata =
        metadata.into_iter().chain(session.experiment().metadata()).map(|(key, value)| (key.to_string(), value)).collect();

    let vars = graph.kept().map(|var| graph.var(var));
    let named = vars.zip(&variables).map(|(var, values)| (var.name.as_str(), var.shape.to_vec(), &values[..]));
    let points = set_up.points.as_flattened();
    let points = (!points.is_empty()).then(|| (POINTS, vec![points.len() / 2, 2], points));
    let tensors: Vec<(&str, Vec<usize>, Vec<u8>)> = named
        .chain(points)
        .map(|(name, shape, values)| (name, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
        .collect();
    let unwritable = |e| Error(format!("The checkpoint cannot be written: {e}."));
    let bytes = [(TEXT, set_up.text.as_bytes()), (BASE, &set_up.base[..])];
    let bytes =
        bytes.into_iter().filter(|(_, bytes)| !bytes.is_empty()).map(|(name, bytes)| (name, Dtype::U8, vec![bytes.len()], bytes));
    let numbers = tensors.iter().map(|(name, shape, bytes)| (*name, Dtype::F32, shape.clone(), &bytes[..]));
    let views = numbers.chain(bytes).map(|(name, dtype, shape, bytes)| Ok((name, TensorView::new(dtype, shape, bytes)?)));
    let views: Vec<_> = views.collect::<std::result::Result<_, _>>().map_err(unwritable)?;
    serialize(views, Some(metadata)).map_err(unwritable)
}

/// Takes up a run where it was written, on any engine.
///
/// # Errors
/// Where the bytes are no checkpoint of a lab, or are cut, changed or too many; in words.
pub async fn open(bytes: &[u8], library: &dyn Library, engines: &Engines, engine: EngineKind) -> Result<Session> {
    if bytes.len() > MAX_BYTES {
        return Err(Error(format!("The file is too large for a checkpoint: it has more than {} MB.", MAX_BYTES >> 20)));
    }
    let unreadable = |e| Error(format!("The file is no checkpoint, or a damaged one: {e}."));
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
    let entry = |key: &str| header.metadata().as_ref().and_then(|entries| entries.get(key)).map(String::as_str);
    match (entry("format"), entry("version")) {
        (Some(FORMAT), Some(VERSION)) => {}
        (Some(FORMAT), _) => return Err(Error("The checkpoint was written by another version of Terrarium.".to_string())),
        _ => return Err(Error("The file holds tensors, but no run of Terrarium.".to_string())),
    }
    let damaged = |what: &str| Error(format!("The checkpoint is damaged: its {what} cannot be read."));
    let text = |key: &str| entry(key).ok_or_else(|| damaged(key));
    let counts = |key: &str| parse::<Vec<u32>>(text(key)?).ok_or_else(|| damaged(key));

    let settings: BTreeMap<String, String> = parse(text("settings")?).ok_or_else(|| damaged("settings"))?;
    let set_up = SetUp {
        lab: text("lab")?.to_string(),
        changes: settings.into_iter().collect(),
        seed: text("seed")?.parse().map_err(|_| damaged("seed"))?,
        points: match tensors.tensor(POINTS) {
            Ok(points) if points.shape().first().is_some_and(|&n| n <= MAX_POINTS) => {
                let flat = values(&points).ok_or_else(|| damaged(POINTS))?;
                flat.as_chunks().0.to_vec()
            }
            Ok(_) => return Err(damaged(POINTS)),
            Err(_) => Vec::new(),
        },
        text: match tensors.tensor(TEXT) {
            Ok(text) => String::from_utf8(text.data().to_vec()).map_err(|_| damaged(TEXT))?.into(),
            Err(_) => "".into(),
        },
        base: tensors.tensor(BASE).map_or(Arc::default(), |base| base.data().into()),
    };
    let counters = Counters { turns: counts("turns")?, since: counts("turns_since_step")? };
    let history: Vec<Row> = parse(text("history")?).ok_or_else(|| damaged("history"))?;

    let mut session = Session::new(&set_up, library, engines, engine).await?;
    let players = session.counters().turns.len();
    if [counters.turns.len(), counters.since.len()] != [players; 2] {
        return Err(damaged("turns"));
    }
    let graph = session.experiment().course().graph.clone();
    let variable = |var: &terrarium_graph::Var| {
        let tensor = tensors.tensor(&var.name).ok().filter(|t| *t.shape() == var.shape[..]);
        tensor.as_ref().and_then(values).ok_or_else(|| damaged(&format!("tensor “{}”", var.name)))
    };
    let state = State { counters, variables: graph.kept().map(|var| variable(graph.var(var))).collect::<Result<_>>()? };
    if !state.is_finite() {
        return Err(Error("The checkpoint holds numbers that are infinite or none at all.".to_string()));
    }
    session.restore(state, history.into_iter().collect())?;
    Ok(session)
}

fn parse<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

/// The numbers of an f32 tensor.
fn values(tensor: &TensorView) -> Option<Vec<f32>> {
    let (numbers, []) = tensor.data().as_chunks::<4>() else { return None };
    (tensor.dtype() == Dtype::F32).then(|| numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}
