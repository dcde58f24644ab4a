//! Models of Karpathy's llama2.c in its first format, as its `run.c` reads them, `stories15M.bin` among them: seven whole numbers, then
//! tensor after tensor in f32, each for all layers.
//!
//! Source: github.com/karpathy/llama2.c, `legacy_export` and `load_hf_model` in `export.py`, and `forward` in `run.c`, which turns
//! neighbours 2i and 2i + 1 of a head by one angle. Weights in this format are always for that: `export.py` brings those that it takes
//! from Hugging Face, where the two halves of a head are turned, into this order.

use terrarium_data::text::tokenizer::Tokenizer;
use terrarium_models::transformer::Settings;

use super::layout::LLAMA;
use super::tensors::Tensors;
use super::{MOST_POSITIONS, ModelFile, lab_settings, network, of_network, sharing};
use crate::error::{Error, Result};

/// What files of its later formats begin with: “ak42”.
const LATER: i32 = 0x616b_3432;

/// Reads a model with its tokenizer.
///
/// # Errors
/// Where the bytes are no such files, or of sizes that do not go together; in words.
pub fn import(model: &[u8], tokenizer: Option<&[u8]>) -> Result<ModelFile> {
    let Some(tokenizer) = tokenizer else {
        return Err(Error("A model of llama2.c comes with a tokenizer.bin: choose both files together.".to_string()));
    };
    let tokenizer = Tokenizer::from_llama2c(tokenizer).map_err(|e| Error(e.to_string()))?;
    let mut file = Reader(model);
    let Header { width, hidden, layers, heads, kv_heads, vocabulary, is_tied, positions } = file.header()?;
    if vocabulary as usize != tokenizer.len() {
        let tokens = tokenizer.len();
        return Err(Error(format!("The tokenizer has {tokens} tokens and the model {vocabulary}: they do not belong together.")));
    }
    let settings = [
        ("layers", layers.to_string()),
        ("width", width.to_string()),
        ("heads", heads.to_string()),
        ("sharing", sharing(heads.into(), kv_heads.into())?.to_string()),
        ("hidden", hidden.to_string()),
        ("context", u64::from(positions).min(MOST_POSITIONS).to_string()),
        ("positions", "rotary".to_string()),
        ("rotary_base", "10000".to_string()),
        ("order", "pre".to_string()),
        ("norm", "rms".to_string()),
        ("norm_epsilon", "0.00001".to_string()),
        ("feed_forward", "swiglu".to_string()),
        ("biases", "no".to_string()),
        ("tied", if is_tied { "yes" } else { "no" }.to_string()),
    ];
    let settings = lab_settings(&settings.map(|(key, value)| (key.to_string(), value)).into())?;
    let model = network(&settings, tokenizer.len())?;
    let tensors = LLAMA.assemble(&model, file.tensors(&model, positions as usize)?)?;
    Ok(ModelFile { settings: of_network(&settings), tokenizer, tensors, text: None, other_settings: Default::default() })
}

struct Header {
    width: u32,
    hidden: u32,
    layers: u32,
    heads: u32,
    kv_heads: u32,
    vocabulary: u32,
    is_tied: bool,
    positions: u32,
}

/// The bytes that are not read yet.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take(&mut self, count: Option<usize>) -> Result<&[u8]> {
        let parts = count.and_then(|count| self.0.split_at_checked(count));
        let (taken, rest) = parts.ok_or_else(|| Error("The model's file is shorter than its header says.".to_string()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn header(&mut self) -> Result<Header> {
        let bytes = self.take(Some(7 * size_of::<i32>()))?.as_chunks().0;
        let numbers: Vec<i32> = bytes.iter().map(|bytes| i32::from_le_bytes(*bytes)).collect();
        match numbers[..] {
            [LATER, ..] => Err(Error(
                "The file is of a later format of llama2.c. Only the first one is read, which its export.py writes with --version 0."
                    .to_string(),
            )),
            // The output layer is the tokens' vectors if the size of the vocabulary is not negative.
            [width, hidden, layers, heads, kv_heads, vocabulary, positions]
                if [width, hidden, layers, heads, kv_heads, positions].iter().all(|number| *number > 0) =>
            {
                let [width, hidden, layers, heads] = [width, hidden, layers, heads].map(i32::unsigned_abs);
                let [kv_heads, positions] = [kv_heads, positions].map(i32::unsigned_abs);
                let (is_tied, vocabulary) = (vocabulary > 0, vocabulary.unsigned_abs());
                Ok(Header { width, hidden, layers, heads, kv_heads, vocabulary, is_tied, positions })
            }
            _ => Err(Error("The file is no model of llama2.c: it does not begin with its sizes.".to_string())),
        }
    }

    fn tensor(&mut self, shape: &[usize]) -> Result<(Vec<usize>, Vec<f32>)> {
        let count = shape.iter().try_fold(size_of::<f32>(), |product, size| product.checked_mul(*size));
        let values: Vec<f32> = self.take(count)?.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        match values.iter().all(|x| x.is_finite()) {
            true => Ok((shape.to_vec(), values)),
            false => Err(Error("The model holds numbers that are infinite or none at all.".to_string())),
        }
    }

    /// All tensors, by the names that they have as those of a Llama in Transformers.
    fn tensors(mut self, model: &Settings, positions: usize) -> Result<Tensors> {
        let Settings { vocabulary, layers, width, hidden, .. } = *model;
        let (kv, head_dim) = (model.kv_width(), model.head_dim());
        let mut tensors = Tensors::new();
        tensors.insert("model.embed_tokens.weight".to_string(), self.tensor(&[vocabulary, width])?);
        let parts: [(&str, &[usize]); 9] = [
            ("input_layernorm", &[width]),
            ("self_attn.q_proj", &[width, width]),
            ("self_attn.k_proj", &[kv, width]),
            ("self_attn.v_proj", &[kv, width]),
            ("self_attn.o_proj", &[width, width]),
            ("post_attention_layernorm", &[width]),
            ("mlp.gate_proj", &[hidden, width]),
            ("mlp.down_proj", &[width, hidden]),
            ("mlp.up_proj", &[hidden, width]),
        ];
        for (part, shape) in parts {
            for layer in 0..layers {
                let (shape, mut values) = self.tensor(shape)?;
                if ["self_attn.q_proj", "self_attn.k_proj"].contains(&part) {
                    values = in_halves(&values, width, head_dim);
                }
                tensors.insert(format!("model.layers.{layer}.{part}.weight"), (shape, values));
            }
        }
        tensors.insert("model.norm.weight".to_string(), self.tensor(&[width])?);
        // Cosines and sines of all positions follow, for each pair of a head.
        self.tensor(&[positions, head_dim])?;
        if !model.tied {
            tensors.insert("lm_head.weight".to_string(), self.tensor(&[vocabulary, width])?);
        }
        match self.0 {
            [] => Ok(tensors),
            _ => Err(Error("The model's file is longer than its header says.".to_string())),
        }
    }
}

/// Rows of heads `[heads · head_dim, width]` whose neighbours are turned together, in the order in which the first half of a head is
/// turned with the second.
fn in_halves(rows: &[f32], width: usize, head_dim: usize) -> Vec<f32> {
    let heads = rows.chunks_exact(head_dim * width);
    let turned = heads.flat_map(|head| (0..2).flat_map(move |side| head.chunks_exact(width).skip(side).step_by(2)));
    turned.flatten().copied().collect()
}
