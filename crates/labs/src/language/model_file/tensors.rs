//! Tensors in safetensors files, in f32 and in 16 bits.

use std::collections::BTreeMap;

use half::{bf16, f16};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use crate::checkpoint::MAX_BYTES;
use crate::error::{Error, Result};

/// Shapes and numbers, row by row, by name.
pub type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

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
        numbers(name, &tensor)
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
    match numbers.iter().all(|x| x.is_finite()) {
        true => Ok(numbers),
        false => Err(Error(format!("The tensor “{name}” holds numbers that are infinite or none at all."))),
    }
}

/// A safetensors file of tensors, and of bytes by a name of their own.
pub fn write(tensors: &Tensors, bytes: Option<(&str, &[u8])>, metadata: Metadata, half: bool) -> Result<Vec<u8>> {
    let unwritable = |e| Error(format!("The model cannot be written: {e}."));
    let dtype = if half { Dtype::F16 } else { Dtype::F32 };
    let written = |name: &str, values: &[f32]| -> Result<Vec<u8>> {
        if !half {
            return Ok(values.iter().flat_map(|x| x.to_le_bytes()).collect());
        }
        let halves: Vec<f16> = values.iter().map(|x| f16::from_f32(*x)).collect();
        match halves.iter().all(|x| x.is_finite()) {
            true => Ok(halves.iter().flat_map(|x| x.to_le_bytes()).collect()),
            false => Err(Error(format!("The tensor “{name}” has numbers too large for 16 bits."))),
        }
    };
    let numbers = tensors.iter().map(|(name, (shape, values))| Ok((name.as_str(), dtype, shape.clone(), written(name, values)?)));
    let numbers: Vec<_> = numbers.collect::<Result<_>>()?;
    let numbers = numbers.iter().map(|(name, dtype, shape, data)| (*name, *dtype, shape.clone(), &data[..]));
    let bytes = bytes.map(|(name, data)| (name, Dtype::U8, vec![data.len()], data));
    let views = numbers.chain(bytes).map(|(name, dtype, shape, data)| Ok((name, TensorView::new(dtype, shape, data)?)));
    let views: Vec<_> = views.collect::<std::result::Result<_, _>>().map_err(unwritable)?;
    serialize(views, Some(metadata.into_iter().collect())).map_err(unwritable)
}
