//! What a `config.json` says.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::layout::{GPT2, LLAMA, Layout};
use super::super::{MOST_POSITIONS, sharing};
use super::CONFIG;
use crate::error::{Error, Result};

/// Keys that do not change what a model says of a text.
const HARMLESS: [&str; 42] = [
    "_attn_implementation_autoset",
    "_name_or_path",
    "architectures",
    "attention_dropout",
    "attn_pdrop",
    "bos_token_id",
    "do_sample",
    "dtype",
    "embd_pdrop",
    "eos_token_id",
    "gradient_checkpointing",
    "id2label",
    "initializer_range",
    "is_llama_config",
    "label2id",
    "max_length",
    "model_type",
    "n_ctx",
    "n_special",
    "output_attentions",
    "output_hidden_states",
    "output_past",
    "pad_token_id",
    "predict_special_tokens",
    "pretraining_tp",
    "reorder_and_upcast_attn",
    "resid_pdrop",
    "return_dict",
    "summary_activation",
    "summary_first_dropout",
    "summary_proj_to_labels",
    "summary_type",
    "summary_use_proj",
    "task_specific_params",
    "temperature",
    "tokenizer_class",
    "top_k",
    "top_p",
    "torch_dtype",
    "transformers.js_config",
    "transformers_version",
    "use_cache",
];

/// A model by its configuration.
pub struct Described {
    pub layout: &'static Layout,
    /// Settings of the lab, by key.
    pub settings: BTreeMap<String, String>,
    /// Rows of the tokens' vectors.
    pub vocabulary: usize,
}

/// The entries of a configuration that are not read yet.
pub struct Config(Map<String, Value>);

impl Config {
    pub fn new(json: Value) -> Result<Config> {
        match json {
            // What is null is as if it were not there.
            Value::Object(entries) => Ok(Config(entries.into_iter().filter(|(_, value)| !value.is_null()).collect())),
            _ => Err(Error(format!("{CONFIG} is no configuration of a model."))),
        }
    }

    /// # Errors
    /// Where it is of another kind of model, or has an option that is not known to change nothing.
    pub fn read(mut self) -> Result<Described> {
        let described = match self.0.get("model_type").and_then(Value::as_str) {
            Some("gpt2") => self.gpt2()?,
            Some("llama") => self.llama()?,
            Some(other) => {
                return Err(Error(format!(
                    "{CONFIG} describes a model of the type “{other}”; those of gpt2 and llama can be read."
                )));
            }
            None => return Err(self.missing("model_type")),
        };
        match self.0.iter().find(|(key, _)| !HARMLESS.contains(&key.as_str())) {
            Some((key, value)) => Err(refused(key, value)),
            None => Ok(described),
        }
    }

    fn gpt2(&mut self) -> Result<Described> {
        self.only("scale_attn_weights", &[json!(true)])?;
        self.only("scale_attn_by_inverse_layer_idx", &[json!(false)])?;
        self.only("add_cross_attention", &[json!(false)])?;
        let feed_forward = match self.word("activation_function", "gelu_new")?.as_str() {
            "gelu_new" | "gelu_pytorch_tanh" => "gelu",
            "relu" => "relu",
            other => return Err(refused("activation_function", &json!(other))),
        };
        let width = self.whole("n_embd")?;
        let hidden = if self.0.contains_key("n_inner") { self.whole("n_inner")? } else { width.saturating_mul(4) };
        let settings = [
            ("layers", self.whole("n_layer")?.to_string()),
            ("width", width.to_string()),
            ("heads", self.whole("n_head")?.to_string()),
            ("sharing", "1".to_string()),
            ("hidden", hidden.to_string()),
            ("context", self.whole("n_positions")?.to_string()),
            ("positions", "learned".to_string()),
            ("order", "pre".to_string()),
            ("norm", "layer".to_string()),
            ("norm_epsilon", self.number("layer_norm_epsilon", 1e-5)?.to_string()),
            ("feed_forward", feed_forward.to_string()),
            ("biases", "yes".to_string()),
            ("tied", yes_or_no(self.flag("tie_word_embeddings", true)?)),
        ];
        self.described(&GPT2, settings)
    }

    fn llama(&mut self) -> Result<Described> {
        self.only("hidden_act", &[json!("silu"), json!("swish")])?;
        self.only("rope_interleaved", &[json!(false)])?;
        self.only("use_sliding_window", &[json!(false)])?;
        let (width, heads) = (self.whole("hidden_size")?, self.whole("num_attention_heads")?);
        let kv_heads = if self.0.contains_key("num_key_value_heads") { self.whole("num_key_value_heads")? } else { heads };
        let head_dim = json!(width.checked_div(heads));
        self.only("head_dim", &[head_dim])?;
        let biases = self.flag("attention_bias", false)?;
        if self.flag("mlp_bias", false)? != biases {
            return Err(Error(format!(
                "{CONFIG} sets one of “attention_bias” and “mlp_bias” alone; here products all have biases or none."
            )));
        }
        let settings = [
            ("layers", self.whole("num_hidden_layers")?.to_string()),
            ("width", width.to_string()),
            ("heads", heads.to_string()),
            ("sharing", sharing(heads, kv_heads)?.to_string()),
            ("hidden", self.whole("intermediate_size")?.to_string()),
            ("context", self.whole("max_position_embeddings")?.min(MOST_POSITIONS).to_string()),
            ("positions", "rotary".to_string()),
            ("rotary_base", self.rotary_base()?.to_string()),
            ("order", "pre".to_string()),
            ("norm", "rms".to_string()),
            ("norm_epsilon", self.number("rms_norm_eps", 1e-6)?.to_string()),
            ("feed_forward", "swiglu".to_string()),
            ("biases", yes_or_no(biases)),
            ("tied", yes_or_no(self.flag("tie_word_embeddings", false)?)),
        ];
        self.described(&LLAMA, settings)
    }

    fn described<const N: usize>(&mut self, layout: &'static Layout, settings: [(&str, String); N]) -> Result<Described> {
        let settings = settings.into_iter().map(|(key, value)| (key.to_string(), value)).collect();
        Ok(Described { layout, settings, vocabulary: self.whole("vocab_size")? as usize })
    }

    /// The base of rotary positions, which stands beside the rest in older files, and among the parameters of rotary positions in newer
    /// ones. What stretches positions is refused.
    fn rotary_base(&mut self) -> Result<f64> {
        let mut base = self.number("rope_theta", 10_000.0)?;
        for key in ["rope_scaling", "rope_parameters"] {
            let Some(value) = self.0.remove(key) else { continue };
            for (entry, inner) in value.as_object().ok_or_else(|| refused(key, &value))? {
                match (entry.as_str(), inner.as_f64()) {
                    ("rope_type" | "type", _) if inner == "default" => {}
                    ("rope_theta", Some(theta)) => base = theta,
                    ("partial_rotary_factor", Some(1.0)) => {}
                    _ => return Err(refused(key, &value)),
                }
            }
        }
        Ok(base)
    }

    fn missing(&self, key: &str) -> Error {
        Error(format!("{CONFIG} does not say “{key}”."))
    }

    fn whole(&mut self, key: &str) -> Result<u64> {
        let value = self.0.remove(key).ok_or_else(|| self.missing(key))?;
        value.as_u64().ok_or_else(|| refused(key, &value))
    }

    fn number(&mut self, key: &str, default: f64) -> Result<f64> {
        let Some(value) = self.0.remove(key) else { return Ok(default) };
        value.as_f64().ok_or_else(|| refused(key, &value))
    }

    fn flag(&mut self, key: &str, default: bool) -> Result<bool> {
        let Some(value) = self.0.remove(key) else { return Ok(default) };
        value.as_bool().ok_or_else(|| refused(key, &value))
    }

    fn word(&mut self, key: &str, default: &str) -> Result<String> {
        let Some(value) = self.0.remove(key) else { return Ok(default.to_string()) };
        value.as_str().map(str::to_string).ok_or_else(|| refused(key, &value))
    }

    /// Refuses an option that says something else than these.
    fn only(&mut self, key: &str, accepted: &[Value]) -> Result<()> {
        match self.0.remove(key) {
            Some(value) if !accepted.contains(&value) => Err(refused(key, &value)),
            _ => Ok(()),
        }
    }
}

fn refused(key: &str, value: &Value) -> Error {
    Error(format!("{CONFIG} sets “{key}” to {value}. A model here does not do that, so it would not be the same model."))
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_string()
}
