//! Trained models as files: Terrarium's own, those of Hugging Face's Transformers, and llama2.c's.

pub mod hugging_face;
mod layout;
pub mod llama2c;
mod tensors;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use terrarium_data::text::tokenizer::Tokenizer;
use terrarium_graph::{Builder, VarKind};
use terrarium_models::transformer::{self, ADAPTER_SCALE, Transformer};

use super::LAB;
use super::table::{ModelKind, Options, TABLE};
use super::text::Data;
use crate::checkpoint::{FORMAT, MAX_BYTES, TEXT, VERSION};
use crate::error::{Error, Result};
use crate::settings::{Setting, Settings};
use tensors::Opened;
pub use tensors::{Numbers, Tensors};

/// What the lab's models are called in their parameters' names.
const NAME: &str = "transformer";
/// The entry of a header for the tokenizer, as JSON.
const TOKENIZER: &str = "tokenizer";

/// What the checkpoint of a run tells of its tokenizer, for [`ModelFile::read`] to find.
pub fn metadata(tokenizer: &Tokenizer) -> Vec<(&'static str, String)> {
    // It is made of text and numbers alone, which JSON can always tell.
    serde_json::to_string(tokenizer).map(|json| (TOKENIZER, json)).into_iter().collect()
}

/// A trained model with all that is needed to go on from it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFile {
    /// What the network is built as: all settings of the lab's table that are about the model, by key.
    pub settings: BTreeMap<String, String>,
    pub tokenizer: Tokenizer,
    /// What it has learnt, by the names of the parameters of [`Transformer`]. It has no adapters: they are merged when a file is read.
    pub tensors: Tensors,
    /// The visitor's own text that it learnt, if it was one.
    pub text: Option<String>,
    /// Settings of the run that it comes from, such as what it learnt: those that differ from the defaults and are not about the
    /// model.
    pub other_settings: BTreeMap<String, String>,
}

impl ModelFile {
    /// Reads what [`ModelFile::write`] writes, or the model out of the checkpoint of a run.
    ///
    /// # Errors
    /// Where the bytes are neither, or are cut or changed; in words.
    pub fn read(bytes: &[u8]) -> Result<ModelFile> {
        let file = opened(bytes)?;
        let changes = changes(&file)?;
        let tokenizer: Tokenizer = json(&file, TOKENIZER)?;
        let text = file.bytes(TEXT).map(|text| String::from_utf8(text.to_vec()).map_err(|_| damaged(TEXT))).transpose()?;

        let settings = decoder_settings(&changes)?;
        let model = network(&settings, tokenizer.len())?;
        let wanted = parameters(&model)?;
        let mut tensors: Tensors = wanted
            .into_iter()
            .map(|(name, shape)| Ok((name.clone(), (shape.clone(), file.numbers(&name, &shape)?))))
            .collect::<Result<_>>()?;
        merge_adapters(&mut tensors);
        let is_other = |setting: &&Setting| !is_about_network(setting) && !ABOUT_ADAPTERS.contains(&setting.key);
        let others = TABLE.iter().filter(is_other).filter_map(|setting| changes.get_key_value(setting.key));
        let mut other_settings: BTreeMap<String, String> = others.map(|(key, value)| (key.clone(), value.clone())).collect();
        if file.metadata.contains_key("turns") {
            // A run that does not say what it learnt learnt what is learnt by default.
            other_settings.entry("data".to_string()).or_insert_with(|| Data::CHOICES[0].slug.to_string());
        }
        Ok(ModelFile { settings: of_network(&settings), tokenizer, tensors, text, other_settings })
    }

    /// The model of a run, whose parameters are `tensors`.
    pub fn of_run(settings: BTreeMap<String, String>, tokenizer: Tokenizer, mut tensors: Tensors) -> ModelFile {
        merge_adapters(&mut tensors);
        ModelFile { settings, tokenizer, tensors, text: None, other_settings: BTreeMap::new() }
    }

    /// Whether it tells what it has learnt: models from elsewhere do not.
    pub fn tells_its_text(&self) -> bool {
        self.other_settings.contains_key("data")
    }

    /// [`ModelFile::settings`] of a file, whose tensors are left unread.
    ///
    /// # Errors
    /// As [`ModelFile::read`]'s, of the header.
    pub fn read_settings(bytes: &[u8]) -> Result<BTreeMap<String, String>> {
        Ok(of_network(&decoder_settings(&changes(&opened(bytes)?)?)?))
    }

    /// As a file of Terrarium: safetensors with settings and tokenizer in its metadata.
    ///
    /// # Errors
    /// Where a number is too large for 16 bits.
    pub fn write(&self, numbers: Numbers) -> Result<Vec<u8>> {
        let unwritable = |e: serde_json::Error| Error(format!("The model cannot be written: {e}."));
        let settings: BTreeMap<_, _> = self.other_settings.iter().chain(&self.settings).collect();
        let metadata = [
            ("format", FORMAT.to_string()),
            ("version", VERSION.to_string()),
            ("lab", LAB.slug.to_string()),
            ("settings", serde_json::to_string(&settings).map_err(unwritable)?),
            (TOKENIZER, serde_json::to_string(&self.tokenizer).map_err(unwritable)?),
        ];
        let metadata = metadata.into_iter().map(|(key, value)| (key.to_string(), value)).collect();
        let text = self.text.as_ref().map(|text| (TEXT, text.as_bytes()));
        tensors::write(&self.tensors, text, metadata, numbers)
    }

    /// Reads whatever a model comes in, by the names of the files: one file of Terrarium, those of Hugging Face's Transformers, or a
    /// model of llama2.c with its tokenizer.
    ///
    /// # Errors
    /// Where there is no model in them, or one of another kind; in words.
    pub fn import(files: &[(&str, &[u8])]) -> Result<ModelFile> {
        if files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > MAX_BYTES {
            return Err(Error(format!("The model is too large: its files have more than {} MB.", MAX_BYTES >> 20)));
        }
        let ends = |end: &'static str| files.iter().filter(move |(name, _)| name.ends_with(end));
        if ends("config.json").next().is_some() {
            return hugging_face::import(files);
        }
        let is_tokenizer = |name: &str| base_name(name).starts_with("tok");
        if let Some((_, model)) = ends(".bin").find(|(name, _)| !is_tokenizer(name)) {
            return llama2c::import(model, ends(".bin").find(|(name, _)| is_tokenizer(name)).map(|(_, bytes)| *bytes));
        }
        match ends(".safetensors").next() {
            Some((_, bytes)) => ModelFile::read(bytes),
            None => Err(Error(
                "There is no model among these files. It is one of: a .safetensors of Terrarium; model.safetensors with config.json and \
                 tokenizer.json; a .bin of llama2.c with its tokenizer.bin."
                    .to_string(),
            )),
        }
    }

    /// What the network is built as.
    ///
    /// # Errors
    /// Where a setting is none of the lab's, or has no value of it.
    pub fn model(&self) -> Result<transformer::Settings> {
        network(&lab_settings(&self.settings)?, self.tokenizer.len())
    }
}

/// A file of this lab.
fn opened(bytes: &[u8]) -> Result<Opened<'_>> {
    let file = Opened::new("The file", bytes)?;
    let entry = |key: &str| file.metadata.get(key).map(String::as_str);
    match (entry("format"), entry("version"), entry("lab")) {
        (Some(FORMAT), Some(VERSION), Some(lab)) if lab == LAB.slug => {}
        (Some(FORMAT), Some(VERSION), _) => return Err(Error("The file holds a run of another lab.".to_string())),
        (Some(FORMAT), ..) => return Err(Error("The file was written by another version of Terrarium.".to_string())),
        _ => {
            return Err(Error(
                "The file holds tensors, but no model of Terrarium. Files of Hugging Face's Transformers come with a config.json \
                 and a tokenizer.json: choose them together."
                    .to_string(),
            ));
        }
    }
    Ok(file)
}

fn damaged(what: &str) -> Error {
    Error(format!("The file is damaged: its {what} cannot be read."))
}

/// An entry of a header.
fn json<T: DeserializeOwned>(file: &Opened, key: &str) -> Result<T> {
    let entry = file.metadata.get(key).ok_or_else(|| damaged(key))?;
    serde_json::from_str(entry).map_err(|_| damaged(key))
}

/// The settings that differ from the lab's defaults.
fn changes(file: &Opened) -> Result<BTreeMap<String, String>> {
    json(file, "settings")
}

/// The longest context of the lab. Models whose positions are rotary are cut to it, and do the same as before on what is no longer.
const MOST_POSITIONS: u64 = 1024;

/// The last part of a path.
fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Settings that say which adapters a run had: a file of a model has none.
const ABOUT_ADAPTERS: [&str; 2] = ["learns", "rank"];

fn is_about_network(setting: &Setting) -> bool {
    setting.group == "Model"
}

/// The lab's settings with these values, and its defaults for the rest.
fn lab_settings(changes: &BTreeMap<String, String>) -> Result<Settings> {
    let mut settings = Settings::new(&TABLE);
    for (key, value) in changes {
        settings.set(key, value).map_err(|misfit| Error(format!("The model cannot be built here. {misfit}")))?;
    }
    Ok(settings)
}

/// The same, of a model that goes on from a text.
fn decoder_settings(changes: &BTreeMap<String, String>) -> Result<Settings> {
    let settings = lab_settings(changes)?;
    if ModelKind::of(&settings) != ModelKind::Decoder {
        let message = "The file holds a model of another kind: only one that goes on from a text can be used here.";
        return Err(Error(message.to_string()));
    }
    Ok(settings)
}

/// The values of the settings that are about the network.
pub(super) fn of_network(settings: &Settings) -> BTreeMap<String, String> {
    let of_network = settings.iter().filter(|(setting, _)| is_about_network(setting));
    of_network.map(|(setting, value)| (setting.key.to_string(), setting.format(value))).collect()
}

fn network(settings: &Settings, vocabulary: usize) -> Result<transformer::Settings> {
    let model = transformer::Settings { vocabulary, ..Options::of(settings).model };
    model.check().map_err(Error)?;
    Ok(model)
}

/// How many heads share their keys and values.
fn sharing(heads: u64, kv_heads: u64) -> Result<u64> {
    let shared = heads.checked_div(kv_heads).filter(|sharing| sharing * kv_heads == heads);
    shared.ok_or_else(|| Error(format!("{heads} heads cannot be shared out evenly among {kv_heads} heads of keys and values.")))
}

/// Names and shapes of all that a network learns.
fn parameters(model: &transformer::Settings) -> Result<Vec<(String, Vec<usize>)>> {
    let b = Builder::new();
    drop(Transformer::new(&b, NAME, model.clone()));
    let vars = b.finish()?.vars;
    let parameters = vars.into_iter().filter(|var| var.kind == VarKind::Parameter);
    Ok(parameters.map(|var| (var.name, var.shape.to_vec())).collect())
}

/// Adds adapters to the weights that they stand beside.
fn merge_adapters(tensors: &mut Tensors) {
    let (adapters, mut merged): (Tensors, Tensors) =
        std::mem::take(tensors).into_iter().partition(|(name, _)| name.starts_with("adapters."));
    for (name, (shape, weight)) in &mut merged {
        let part = name.strip_prefix(NAME).and_then(|name| name.strip_suffix(".weight"));
        let half = |which: &str| part.and_then(|part| adapters.get(&format!("adapters{part}.{which}")));
        let (Some((_, down)), Some((up_shape, up)), [_, outputs]) = (half("down"), half("up"), &shape[..]) else { continue };
        let rank = up_shape[0];
        for (row, down) in weight.chunks_exact_mut(*outputs).zip(down.chunks_exact(rank)) {
            for (up, scale) in up.chunks_exact(*outputs).zip(down.iter().map(|x| x * ADAPTER_SCALE)) {
                row.iter_mut().zip(up).for_each(|(w, up)| *w += scale * up);
            }
        }
    }
    *tensors = merged;
}
