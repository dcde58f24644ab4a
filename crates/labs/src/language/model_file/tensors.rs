//! Tensors in safetensors files: in f32, in 16 bits, and in 8.

use std::collections::BTreeMap;

use half::{bf16, f16};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use crate::checkpoint::MAX_BYTES;
use crate::error::{Error, Result};

/// Shapes and numbers, row by row, by name.
pub type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// What numbers are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    F32,
    F16,
    /// Matrices as whole numbers from −127 to 127, each row with its scale in f32, which is a tensor of its own, `NAME.scale`: what is
    /// meant is the scale times the whole number. Vectors are few, and stay in f32.
    I8,
}

/// What a file says beside its tensors.
pub type Metadata = BTreeMap<String, String>;

/// A safetensors file whose header is read.
pub struct Opened<'a> {
    pub metadata: Metadata,
    file: SafeTensors<'a>,
}

impl<'a> Opened<'a> {
    /// `what` is what errors call it.
    pub fn new(what: &str, bytes: &'a [u8]) -> Result<Opened<'a>> {
        if bytes.len() > MAX_BYTES {
            return Err(Error(format!("{what} is too large for a model: it has more than {} MB.", MAX_BYTES >> 20)));
        }
        let unreadable = |e| Error(format!("{what} is no safetensors file, or a damaged one: {e}."));
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let file = SafeTensors::deserialize(bytes).map_err(unreadable)?;
        let metadata = header.metadata().iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
        Ok(Opened { metadata, file })
    }

    /// The bytes of a tensor, if there is one of this name.
    pub fn bytes(&self, name: &str) -> Option<&'a [u8]> {
        self.file.tensor(name).ok().map(|tensor| tensor.data())
    }

    /// The numbers of a tensor of this name and shape.
    pub fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let missing = |_| Error(format!("The file is damaged: the tensor “{name}” is missing."));
        let tensor = self.file.tensor(name).map_err(missing)?;
        check_shape(name, tensor.shape(), shape)?;
        match (tensor.dtype(), shape) {
            (Dtype::I8, [rows, columns]) => {
                let scales = self.numbers(&scale_of(name), &[*rows])?;
                let bytes = tensor.data().iter().enumerate();
                finite(name, bytes.map(|(i, byte)| f32::from(byte.cast_signed()) * scales[i / columns]).collect())
            }
            _ => numbers(name, &tensor),
        }
    }

    /// All tensors that are wanted, by name.
    pub fn all(&self, is_wanted: impl Fn(&str) -> bool) -> Result<Tensors> {
        let wanted = self.file.iter().filter(|(name, _)| is_wanted(name));
        wanted.map(|(name, tensor)| Ok((name.to_string(), (tensor.shape().to_vec(), numbers(name, &tensor)?)))).collect()
    }
}

pub fn check_shape(name: &str, found: &[usize], wanted: &[usize]) -> Result<()> {
    match found == wanted {
        true => Ok(()),
        false => {
            Err(Error(format!("The tensor “{name}” has the shape {found:?}; for a model of these sizes it must be {wanted:?}.")))
        }
    }
}

fn numbers(name: &str, tensor: &TensorView) -> Result<Vec<f32>> {
    let data = tensor.data();
    let two = || data.as_chunks::<2>().0.iter();
    let numbers: Vec<f32> = match tensor.dtype() {
        Dtype::F32 => data.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        Dtype::F16 => two().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect(),
        Dtype::BF16 => two().map(|bytes| bf16::from_le_bytes(*bytes).to_f32()).collect(),
        other => {
            return Err(Error(format!("The tensor “{name}” has numbers of the type {other:?}; F32, F16 and BF16 can be read.")));
        }
    };
    finite(name, numbers)
}

fn finite(name: &str, numbers: Vec<f32>) -> Result<Vec<f32>> {
    match numbers.iter().all(|x| x.is_finite()) {
        true => Ok(numbers),
        false => Err(Error(format!("The tensor “{name}” holds numbers that are infinite or none at all."))),
    }
}

/// The tensor that has the scales of the rows of one in 8 bits.
fn scale_of(name: &str) -> String {
    format!("{name}.scale")
}

/// A safetensors file of tensors, and of bytes by a name of their own.
pub fn write(tensors: &Tensors, bytes: Option<(&str, &[u8])>, metadata: Metadata, numbers: Numbers) -> Result<Vec<u8>> {
    let unwritable = |e| Error(format!("The model cannot be written: {e}."));
    let mut written = Vec::new();
    for (name, (shape, values)) in tensors {
        match (numbers, &shape[..]) {
            (Numbers::F16, _) => written.push((name.clone(), Dtype::F16, shape.clone(), halves(name, values)?)),
            (Numbers::I8, [rows, columns]) => {
                let (bytes, scales) = scaled(values, *columns);
                written.push((name.clone(), Dtype::I8, shape.clone(), bytes));
                written.push((scale_of(name), Dtype::F32, vec![*rows], singles(&scales)));
            }
            _ => written.push((name.clone(), Dtype::F32, shape.clone(), singles(values))),
        }
    }
    let numbers = written.iter().map(|(name, dtype, shape, data)| (name.as_str(), *dtype, shape.clone(), &data[..]));
    let bytes = bytes.map(|(name, data)| (name, Dtype::U8, vec![data.len()], data));
    let views = numbers.chain(bytes).map(|(name, dtype, shape, data)| Ok((name, TensorView::new(dtype, shape, data)?)));
    let views: Vec<_> = views.collect::<std::result::Result<_, _>>().map_err(unwritable)?;
    serialize(views, Some(metadata.into_iter().collect())).map_err(unwritable)
}

fn singles(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn halves(name: &str, values: &[f32]) -> Result<Vec<u8>> {
    let halves: Vec<f16> = values.iter().map(|x| f16::from_f32(*x)).collect();
    match halves.iter().all(|x| x.is_finite()) {
        true => Ok(halves.iter().flat_map(|x| x.to_le_bytes()).collect()),
        false => Err(Error(format!("The tensor “{name}” has numbers too large for 16 bits."))),
    }
}

/// The rows of a matrix in 8 bits, and the scale of each, by which its largest number becomes ±127.
fn scaled(values: &[f32], columns: usize) -> (Vec<u8>, Vec<f32>) {
    let rows = || values.chunks_exact(columns);
    let scales: Vec<f32> = rows().map(|row| row.iter().fold(0.0, |most: f32, x| most.max(x.abs())) / 127.0).collect();
    // Casting makes 0 of 0 / 0, where a row has nothing else.
    let whole = rows().zip(&scales).flat_map(|(row, scale)| row.iter().map(move |x| ((x / scale).round() as i8).cast_unsigned()));
    (whole.collect(), scales)
}
