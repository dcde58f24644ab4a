//! Judges as files: safetensors with every parameter and state by its name, in half precision, and in the metadata, as JSON, what
//! the network is made of.

use half::f16;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};
use serde::{Deserialize, Serialize};
use terrarium_data::images::{Images, Split};
use terrarium_graph::{Graph, VarKind};
use terrarium_models::classifier;
use terrarium_models::conv::Pyramid;

use crate::error::{Error, Result};

/// The metadata's one entry.
const ENTRY: &str = "terrarium-judge";

/// A question that a judge answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub name: String,
    pub answers: Vec<String>,
    /// The share of held-out pictures of which it gives the right answer.
    pub accuracy: f32,
}

/// What a judge is made of, and how it came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The slug of its subject.
    pub subject: String,
    /// Height and width of the pictures.
    pub size: usize,
    pub channels: usize,
    /// Filters after the first halving.
    pub width: usize,
    pub features: usize,
    pub questions: Vec<Question>,
    pub seed: u64,
    pub steps: u32,
}

impl Header {
    pub fn settings(&self) -> classifier::Settings {
        classifier::Settings {
            pictures: Pyramid { size: self.size, channels: self.channels, width: self.width },
            features: self.features,
            answers: self.questions.iter().map(|question| question.answers.len()).collect(),
        }
    }

    /// Which of its subject's pictures it learns from, and which it is tried by.
    pub fn split(&self, images: &Images) -> Split {
        /// The share of pictures that is held out.
        const HELD_OUT: f64 = 0.1;
        images.split(HELD_OUT, self.seed)
    }

    /// How many numbers a picture has.
    pub fn pixels(&self) -> usize {
        self.size * self.size * self.channels
    }
}

/// Writes a judge. `variables` are those of `graph`, in its order; the optimiser's are left out.
///
/// # Errors
/// Where a number is infinite, none at all, or too large for half precision.
pub fn write(header: &Header, graph: &Graph, variables: &[Vec<f32>]) -> Result<Vec<u8>> {
    let unwritable = |why: String| Error(format!("The judge cannot be written: {why}."));
    let kept = graph.vars.iter().zip(variables).filter(|(var, _)| !matches!(var.kind, VarKind::Moment { .. }));
    let tensors = kept.map(|(var, values)| {
        let halves: Vec<f16> = values.iter().map(|v| f16::from_f32(*v)).collect();
        if !halves.iter().all(|v| v.is_finite()) {
            return Err(unwritable(format!("“{}” has numbers too large for half precision", var.name)));
        }
        Ok((var.name.as_str(), var.shape.to_vec(), halves.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>()))
    });
    let tensors: Vec<_> = tensors.collect::<Result<_>>()?;
    let views = tensors.iter().map(|(name, shape, bytes)| match TensorView::new(Dtype::F16, shape.clone(), bytes) {
        Ok(view) => Ok((*name, view)),
        Err(why) => Err(unwritable(why.to_string())),
    });
    let views = views.collect::<Result<Vec<_>>>()?;
    let json = serde_json::to_string(header).map_err(|e| unwritable(e.to_string()))?;
    serialize(views, Some([(ENTRY.to_string(), json)].into())).map_err(|e| unwritable(e.to_string()))
}

/// Reads what a judge is made of.
///
/// # Errors
/// Where the bytes are no judge.
pub fn header(bytes: &[u8]) -> Result<Header> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
    let json = metadata.metadata().as_ref().and_then(|entries| entries.get(ENTRY));
    let json = json.ok_or_else(|| Error("The file holds tensors, but no judge.".to_string()))?;
    serde_json::from_str(json).map_err(unreadable)
}

/// Reads the values of `graph`'s variables, in its order.
///
/// # Errors
/// Where the bytes are no judge, or one is missing or of another shape.
pub fn variables(bytes: &[u8], graph: &Graph) -> Result<Vec<Vec<f32>>> {
    let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
    let variable = |var: &terrarium_graph::Var| {
        let tensor = tensors.tensor(&var.name).ok()?;
        let (halves, []) = tensor.data().as_chunks::<2>() else { return None };
        let fits = tensor.dtype() == Dtype::F16 && *tensor.shape() == var.shape[..];
        fits.then(|| halves.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect())
    };
    let found = |var| variable(var).ok_or_else(|| unreadable(format!("“{}” is missing or of another shape", var.name)));
    graph.vars.iter().map(found).collect()
}

fn unreadable(why: impl std::fmt::Display) -> Error {
    Error(format!("The judge's file cannot be read: {why}."))
}
