//! Which tensors of Transformers' files hold which of ours.

use terrarium_models::transformer::Settings;

use super::tensors::{Tensors, check_shape};
use super::{NAME, parameters};
use crate::error::{Error, Result};

/// How a family of models names and turns its tensors.
pub struct Layout {
    /// What a model of the family is called.
    pub title: &'static str,
    /// What the names of the tensors of layers begin with, before the number of the layer.
    layers: &'static str,
    /// Our parts, and what lies side by side in each.
    parts: &'static [(&'static str, &'static [&'static str])],
    /// Whether weights of products are `[out, in]`, where ours are `[in, out]`.
    is_transposed: bool,
}

/// As `GPT2LMHeadModel` has them (Transformers, `models/gpt2/modeling_gpt2.py`): its `Conv1D` has weights as ours.
pub const GPT2: Layout = Layout {
    title: "a GPT-2",
    layers: "transformer.h",
    parts: &[
        ("tokens", &["transformer.wte"]),
        ("positions", &["transformer.wpe"]),
        ("attention_norm", &["ln_1"]),
        ("attention", &["attn.c_attn"]),
        ("readout", &["attn.c_proj"]),
        ("feed_forward_norm", &["ln_2"]),
        ("expand", &["mlp.c_fc"]),
        ("contract", &["mlp.c_proj"]),
        ("last_norm", &["transformer.ln_f"]),
        ("output", &[OUTPUT]),
    ],
    is_transposed: false,
};

/// As `LlamaForCausalLM` has them (Transformers, `models/llama/modeling_llama.py`). Its rotary positions turn the halves of a head, as
/// ours do.
pub const LLAMA: Layout = Layout {
    title: "a Llama",
    layers: "model.layers",
    parts: &[
        ("tokens", &["model.embed_tokens"]),
        ("attention_norm", &["input_layernorm"]),
        ("attention", &["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]),
        ("readout", &["self_attn.o_proj"]),
        ("feed_forward_norm", &["post_attention_layernorm"]),
        ("expand", &["mlp.gate_proj", "mlp.up_proj"]),
        ("contract", &["mlp.down_proj"]),
        ("last_norm", &["model.norm"]),
        ("output", &[OUTPUT]),
    ],
    is_transposed: true,
};

/// The output layer, whose weight is `[out, in]` in all families.
const OUTPUT: &str = "lm_head";
/// Its weight.
pub const OUTPUT_WEIGHT: &str = "lm_head.weight";

/// Where one of our tensors lies in a layout.
struct Place {
    ours: String,
    /// `[…, columns of all]`
    shape: Vec<usize>,
    /// Tensors that lie side by side in ours, and how many columns each has.
    theirs: Vec<(String, usize)>,
    is_transposed: bool,
}

impl Place {
    /// Of a vector, 1.
    fn rows(&self) -> usize {
        self.shape[..self.shape.len() - 1].iter().product()
    }

    fn columns(&self) -> usize {
        self.theirs.iter().map(|(_, columns)| columns).sum()
    }

    /// The shape of one of theirs.
    fn shape_of(&self, columns: usize) -> Vec<usize> {
        match self.shape[..] {
            [_] => vec![columns],
            _ if self.is_transposed => vec![columns, self.rows()],
            _ => vec![self.rows(), columns],
        }
    }

    /// For each number of one of theirs, in order, where it is in ours; `from` is its first column there.
    fn order(&self, from: usize, columns: usize) -> impl Iterator<Item = usize> {
        let (rows, stride) = (self.rows(), self.columns());
        let (outer, inner) = if self.is_transposed { (columns, rows) } else { (rows, columns) };
        let is_transposed = self.is_transposed;
        (0..outer).flat_map(move |i| {
            (0..inner).map(move |j| {
                let (row, column) = if is_transposed { (j, i) } else { (i, j) };
                row * stride + from + column
            })
        })
    }
}

impl Layout {
    /// The name of the tokens' vectors.
    pub fn tokens(&self) -> String {
        format!("{}.weight", self.parts[0].1[0])
    }

    /// A tensor's name as it is in files of whole models: in those of a model without its output layer the first part is left out.
    pub fn full_name(&self, name: String) -> String {
        let (first, _) = self.layers.split_once('.').unwrap_or_default();
        match name.split('.').next() {
            Some(part) if part != first && part != OUTPUT => format!("{first}.{name}"),
            _ => name,
        }
    }

    fn places(&self, model: &Settings) -> Result<Vec<Place>> {
        let kv = model.kv_width();
        let place = |(ours, shape): (String, Vec<usize>)| {
            let path: Vec<&str> = ours.strip_prefix(NAME)?.strip_prefix('.')?.split('.').collect();
            let (layer, part, kind) = match path[..] {
                [layer, part, kind] => (Some(layer), part, kind),
                [part, kind] => (None, part, kind),
                [part] => (None, part, "weight"),
                _ => return None,
            };
            let (_, names) = self.parts.iter().find(|(ours, _)| *ours == part)?;
            let columns = match (names.len(), shape.last()?) {
                (3, _) => vec![model.width, kv, kv],
                (count, all) => vec![all / count; count],
            };
            let kind = if ["weight", "gain"].contains(&kind) { "weight" } else { "bias" };
            let name = |name: &&str| match layer {
                Some(layer) => format!("{}.{layer}.{name}.{kind}", self.layers),
                None => format!("{name}.{kind}"),
            };
            let is_product = shape.len() == 2 && layer.is_some();
            let is_transposed = names[0] == OUTPUT || is_product && self.is_transposed;
            Some(Place { theirs: names.iter().map(name).zip(columns).collect(), ours, shape, is_transposed })
        };
        let places = parameters(model)?.into_iter().map(|parameter| {
            let name = parameter.0.clone();
            place(parameter).ok_or_else(|| Error(format!("The tensor “{name}” has no place in {}.", self.title)))
        });
        places.collect()
    }

    /// Our tensors, out of theirs.
    ///
    /// # Errors
    /// Where one is missing, too many, or of another shape than the model's sizes want.
    pub fn assemble(&self, model: &Settings, mut theirs: Tensors) -> Result<Tensors> {
        let mut ours = Tensors::new();
        for place in self.places(model)? {
            let mut parts = Vec::new();
            for (name, columns) in &place.theirs {
                let missing = || Error(format!("The tensor “{name}” is missing."));
                let (shape, part) = theirs.remove(name).ok_or_else(missing)?;
                check_shape(name, &shape, &place.shape_of(*columns))?;
                parts.push((part, *columns));
            }
            let (mut values, mut from) = (vec![0.0; place.rows() * place.columns()], 0);
            for (part, columns) in parts {
                place.order(from, columns).zip(part).for_each(|(i, value)| values[i] = value);
                from += columns;
            }
            ours.insert(place.ours, (place.shape, values));
        }
        match theirs.keys().next() {
            Some(name) => Err(Error(format!("There is a tensor “{name}”, which {} of these settings does not have.", self.title))),
            None => Ok(ours),
        }
    }

    /// Their tensors, out of ours. Biases that ours do not have are 0.
    pub fn split(&self, model: &Settings, ours: &Tensors) -> Result<Tensors> {
        let mut theirs = Tensors::new();
        for place in self.places(model)? {
            let values = match ours.get(&place.ours) {
                Some((shape, values)) => {
                    check_shape(&place.ours, shape, &place.shape)?;
                    Some(values)
                }
                None if place.ours.ends_with(".bias") => None,
                None => return Err(Error(format!("The tensor “{}” is missing.", place.ours))),
            };
            let mut from = 0;
            for (name, columns) in &place.theirs {
                let part = place.order(from, *columns).map(|i| values.map_or(0.0, |values| values[i])).collect();
                theirs.insert(name.clone(), (place.shape_of(*columns), part));
                from += columns;
            }
        }
        Ok(theirs)
    }
}
