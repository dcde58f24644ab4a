//! Models as Hugging Face's Transformers keeps them: `model.safetensors`, `config.json` and the tokenizer's files, in the layouts of
//! GPT-2 and of Llama.

mod config;
mod export;

use serde_json::Value;
use terrarium_data::text::tokenizer::Tokenizer;
use terrarium_models::transformer;

use super::layout::{Layout, OUTPUT_WEIGHT};
use super::tensors::{Opened, Tensors, check_shape};
use super::{ModelFile, base_name, lab_settings, network, of_network};
use crate::error::{Error, Result};
use config::{Config, Described};

pub use export::export;

const WEIGHTS: &str = "model.safetensors";
const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";
const VOCABULARY: &str = "vocab.json";
const MERGES: &str = "merges.txt";

/// Vocabularies are filled up to multiples of this at most, for speed elsewhere.
const PADDED_TO: usize = 128;

/// Reads a model from the files of its folder, by their names; files that are not needed do no harm.
///
/// # Errors
/// Where one is missing, or says or holds something that a model here does not have, by name.
pub fn import(files: &[(&str, &[u8])]) -> Result<ModelFile> {
    let find = |name: &str| files.iter().find(|(path, _)| base_name(path) == name).map(|(_, bytes)| *bytes);
    let needed = |name: &str| find(name).ok_or_else(|| Error(format!("The file {name} is missing.")));
    let text = |name: &str| {
        let text = std::str::from_utf8(needed(name)?);
        text.map_err(|_| Error(format!("The file {name} is no text.")))
    };
    let config: Value = serde_json::from_str(text(CONFIG)?).map_err(|e| Error(format!("{CONFIG} cannot be read: {e}.")))?;
    let tokenizer = match (find(TOKENIZER), find(VOCABULARY)) {
        (None, Some(_)) => Tokenizer::from_gpt2(text(VOCABULARY)?, text(MERGES)?),
        _ => Tokenizer::from_hugging_face(text(TOKENIZER)?),
    };
    let tokenizer = tokenizer.map_err(|e| Error(e.to_string()))?;
    let Described { layout, settings, vocabulary } = Config::new(config)?.read()?;
    let settings = lab_settings(&settings)?;
    check_vocabulary(vocabulary, tokenizer.len())?;
    let model = network(&settings, vocabulary)?;

    let theirs = weights(&Opened::new(WEIGHTS, needed(WEIGHTS)?)?, layout, &model)?;
    let mut tensors = layout.assemble(&model, theirs)?;
    cut_vocabulary(&mut tensors, vocabulary, tokenizer.len());
    Ok(ModelFile { settings: of_network(&settings), tokenizer, tensors, text: None, other_settings: Default::default() })
}

/// The tensors that make up a model, under the names that they have when a whole model is saved.
fn weights(file: &Opened, layout: &Layout, model: &transformer::Settings) -> Result<Tensors> {
    // Masks and frequencies are written by some, and follow from the settings.
    let follows = |name: &str| [".attn.bias", ".attn.masked_bias", ".rotary_emb.inv_freq"].iter().any(|end| name.ends_with(end));
    let mut tensors: Tensors =
        file.all(|name| !follows(name))?.into_iter().map(|(name, tensor)| (layout.full_name(name), tensor)).collect();
    if model.tied
        && let Some((shape, output)) = tensors.remove(OUTPUT_WEIGHT)
    {
        check_shape(OUTPUT_WEIGHT, &shape, &[model.vocabulary, model.width])?;
        if tensors.get(&layout.tokens()).is_some_and(|(_, tokens)| *tokens != output) {
            return Err(Error(format!(
                "{CONFIG} says that input and output share their vectors, but “{}” has its own.",
                OUTPUT_WEIGHT
            )));
        }
    }
    Ok(tensors)
}

fn check_vocabulary(rows: usize, tokens: usize) -> Result<()> {
    match rows.checked_sub(tokens) {
        Some(padding) if padding < PADDED_TO => Ok(()),
        _ => Err(Error(format!("The tokenizer has {tokens} tokens and the model {rows}: they do not belong together."))),
    }
}

/// Leaves out the vectors that no token has.
fn cut_vocabulary(tensors: &mut Tensors, rows: usize, tokens: usize) {
    if rows == tokens {
        return;
    }
    for (name, (shape, values)) in tensors {
        match (name.as_str(), &mut shape[..]) {
            ("transformer.tokens", [of, width]) => {
                *of = tokens;
                values.truncate(tokens * *width);
            }
            ("transformer.output", [_, of]) => {
                *of = tokens;
                *values = values.chunks_exact(rows).flat_map(|row| &row[..tokens]).copied().collect();
            }
            _ => {}
        }
    }
}
