//! A model as files that `AutoModelForCausalLM.from_pretrained` and `AutoTokenizer.from_pretrained` read.

use serde_json::{Value, json};
use terrarium_data::text::tokenizer::Tokenizer;
use terrarium_models::transformer::{FeedForward, Settings};

use super::super::layout::{GPT2, LLAMA, Layout};
use super::super::tensors::{self, Numbers};
use super::{CONFIG, ModelFile, TOKENIZER, WEIGHTS};
use crate::error::{Error, Result};
use crate::language::TABLE;
use crate::settings::Kind;

/// What tells the library which tokenizer it is.
const TOKENIZER_CONFIG: &str = "tokenizer_config.json";

/// What the models of a layout have in common: values of settings, by key.
type Family = [(&'static str, &'static [&'static str])];
const LIKE_GPT2: &Family = &[
    ("positions", &["learned"]),
    ("order", &["pre"]),
    ("norm", &["layer"]),
    ("feed_forward", &["gelu", "relu"]),
    ("sharing", &["1"]),
];
const LIKE_LLAMA: &Family = &[("positions", &["rotary"]), ("order", &["pre"]), ("norm", &["rms"]), ("feed_forward", &["swiglu"])];

/// Names and bytes of the files: as GPT-2 where the model is like it, as Llama where it is like that; numbers of 16 bits if `half`.
///
/// # Errors
/// Where it is like neither, with the settings that stand in the way.
pub fn export(file: &ModelFile, half: bool) -> Result<Vec<(String, Vec<u8>)>> {
    let model = file.model()?;
    let (layout, config, model) = match [LIKE_GPT2, LIKE_LLAMA].map(|family| in_the_way(file, family)) {
        // There products always have biases.
        [of_gpt2, _] if of_gpt2.is_empty() => (&GPT2, gpt2(&model), Settings { biases: true, ..model }),
        [_, of_llama] if of_llama.is_empty() => (&LLAMA, llama(&model), model),
        [of_gpt2, of_llama] => return Err(like_neither(&of_gpt2, &of_llama)),
    };
    let weights = weights(file, layout, &model, half)?;
    let files = [
        (WEIGHTS, weights),
        (CONFIG, pretty(&complete(config, &file.tokenizer, half))),
        (TOKENIZER, file.tokenizer.to_hugging_face().into_bytes()),
        (TOKENIZER_CONFIG, pretty(&of_tokenizer(&file.tokenizer, model.context))),
    ];
    Ok(files.map(|(name, bytes)| (name.to_string(), bytes)).into())
}

fn weights(file: &ModelFile, layout: &Layout, model: &Settings, half: bool) -> Result<Vec<u8>> {
    // Transformers reads no file that does not say what it was written for.
    let metadata = [("format".to_string(), "pt".to_string())].into();
    let numbers = if half { Numbers::F16 } else { Numbers::F32 };
    tensors::write(&layout.split(model, &file.tensors)?, None, metadata, numbers)
}

fn gpt2(model: &Settings) -> Value {
    json!({
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "vocab_size": model.vocabulary,
        "n_positions": model.context,
        "n_embd": model.width,
        "n_layer": model.layers,
        "n_head": model.heads,
        "n_inner": model.hidden,
        "activation_function": if model.feed_forward == FeedForward::Relu { "relu" } else { "gelu_new" },
        "layer_norm_epsilon": as_written(model.norm_epsilon),
        "tie_word_embeddings": model.tied,
    })
}

fn llama(model: &Settings) -> Value {
    json!({
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "vocab_size": model.vocabulary,
        "max_position_embeddings": model.context,
        "hidden_size": model.width,
        "num_hidden_layers": model.layers,
        "num_attention_heads": model.heads,
        "num_key_value_heads": model.kv_heads,
        "intermediate_size": model.hidden,
        "hidden_act": "silu",
        "rms_norm_eps": as_written(model.norm_epsilon),
        "rope_theta": as_written(model.rotary_base),
        "attention_bias": model.biases,
        "mlp_bias": model.biases,
        "tie_word_embeddings": model.tied,
    })
}

/// A number of the table as a person writes it: 0.00001 and not 0.000009999999747378752.
fn as_written(number: f32) -> Value {
    // The shortest decimal that is this number is one, and finite.
    number.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}

/// A configuration with what all have.
fn complete(mut config: Value, tokenizer: &Tokenizer, half: bool) -> Value {
    config["torch_dtype"] = json!(if half { "float16" } else { "float32" });
    // Without these the library takes GPT-2's own, which may be beyond the vocabulary.
    config["bos_token_id"] = json!(tokenizer.begin_of_text().or(tokenizer.end_of_text()));
    config["eos_token_id"] = json!(tokenizer.end_of_text());
    config
}

fn of_tokenizer(tokenizer: &Tokenizer, context: usize) -> Value {
    let name = |token: Option<u32>| token.map(|token| tokenizer.show(token));
    json!({
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": context,
        "clean_up_tokenization_spaces": false,
        "bos_token": name(tokenizer.begin_of_text()),
        "eos_token": name(tokenizer.end_of_text()),
        "unk_token": name(tokenizer.unknown()),
    })
}

fn pretty(json: &Value) -> Vec<u8> {
    format!("{json:#}\n").into_bytes()
}

/// The settings of a model that a family does not have, with their values, as a person reads them.
fn in_the_way(file: &ModelFile, family: &Family) -> Vec<String> {
    let value = |key: &str| file.settings.get(key).map_or("", String::as_str);
    let differs = |(key, values): &&(&str, &[&str])| !values.contains(&value(key));
    family.iter().filter(differs).map(|(key, _)| shown(key, value(key))).collect()
}

/// A setting as a person reads it.
fn shown(key: &str, value: &str) -> String {
    let Some(setting) = TABLE.iter().find(|setting| setting.key == key) else { return format!("{key}: {value}") };
    let choice = match &setting.kind {
        Kind::Choice(options) => options.iter().find(|option| option.slug == value).map(|option| option.label),
        _ => None,
    };
    format!("“{}: {}”", setting.label, choice.unwrap_or(value))
}

fn like_neither(of_gpt2: &[String], of_llama: &[String]) -> Error {
    let (nearest, differs) = if of_gpt2.len() <= of_llama.len() { ("GPT-2", of_gpt2) } else { ("Llama", of_llama) };
    Error(format!("Transformers has no model like this one. {nearest} is nearest, but does not have {}.", differs.join(", ")))
}
