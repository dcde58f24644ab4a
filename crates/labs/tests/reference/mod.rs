//! Language models once more, in plain loops, straight from the files they come in: what ours is compared with.

use std::collections::HashMap;

use half::f16;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// Tensors of a file with what its `config.json` says.
pub struct Files {
    tensors: HashMap<String, (Vec<usize>, Vec<f32>)>,
    config: Value,
}

impl Files {
    pub fn new(files: &[(String, Vec<u8>)]) -> Files {
        let find = |name: &str| &files.iter().find(|(known, _)| known == name).expect("the file is there").1;
        let weights = SafeTensors::deserialize(find("model.safetensors")).unwrap();
        let tensors = weights.iter().map(|(name, tensor)| {
            let values = match tensor.dtype() {
                Dtype::F32 => tensor.data().chunks(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect(),
                Dtype::F16 => tensor.data().chunks(2).map(|b| f16::from_le_bytes(b.try_into().unwrap()).to_f32()).collect(),
                other => panic!("{other:?}"),
            };
            (name.to_string(), (tensor.shape().to_vec(), values))
        });
        Files { tensors: tensors.collect(), config: serde_json::from_slice(find("config.json")).unwrap() }
    }

    pub fn config(&self) -> &Value {
        &self.config
    }

    fn whole(&self, key: &str) -> usize {
        self.config[key].as_u64().unwrap() as usize
    }

    fn number(&self, key: &str) -> f32 {
        self.config[key].as_f64().unwrap() as f32
    }

    fn values(&self, name: &str) -> &[f32] {
        &self.tensors[name].1
    }

    /// `Conv1D` of Transformers: x·W + b, W `[in, out]`.
    fn conv1d(&self, name: &str, x: &[f32]) -> Vec<f32> {
        let bias = self.values(&format!("{name}.bias"));
        let weight = self.values(&format!("{name}.weight"));
        (0..bias.len()).map(|o| bias[o] + (0..x.len()).map(|i| x[i] * weight[i * bias.len() + o]).sum::<f32>()).collect()
    }

    /// `torch.nn.Linear`: x·Wᵀ + b, W `[out, in]`.
    fn linear(&self, name: &str, x: &[f32]) -> Vec<f32> {
        let mut y = times(self.values(&format!("{name}.weight")), x);
        if let Some((_, bias)) = self.tensors.get(&format!("{name}.bias")) {
            y.iter_mut().zip(bias).for_each(|(y, b)| *y += b);
        }
        y
    }

    fn layer_norm(&self, name: &str, x: &[f32]) -> Vec<f32> {
        let mean = x.iter().sum::<f32>() / x.len() as f32;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / x.len() as f32;
        let (gain, shift) = (self.values(&format!("{name}.weight")), self.values(&format!("{name}.bias")));
        let scale = 1.0 / (variance + self.number("layer_norm_epsilon")).sqrt();
        (0..x.len()).map(|i| (x[i] - mean) * scale * gain[i] + shift[i]).collect()
    }

    /// `GPT2LMHeadModel`: logits at each position.
    pub fn gpt2(&self, tokens: &[u32]) -> Vec<Vec<f32>> {
        let (width, heads) = (self.whole("n_embd"), self.whole("n_head"));
        let embedding = self.values("transformer.wte.weight");
        let embed = |(position, token): (usize, &u32)| {
            let position = &self.values("transformer.wpe.weight")[position * width..];
            let token = &embedding[*token as usize * width..];
            (0..width).map(|i| token[i] + position[i]).collect()
        };
        let mut xs: Vec<Vec<f32>> = tokens.iter().enumerate().map(embed).collect();
        for layer in 0..self.whole("n_layer") {
            let name = |part: &str| format!("transformer.h.{layer}.{part}");
            let rows = xs.iter().map(|x| self.conv1d(&name("attn.c_attn"), &self.layer_norm(&name("ln_1"), x)));
            let rows: Vec<[Vec<f32>; 3]> = rows.map(|row| [0, 1, 2].map(|part| row[part * width..][..width].to_vec())).collect();
            for (x, read) in xs.iter_mut().zip(attention(&rows, heads, heads)) {
                add(x, &self.conv1d(&name("attn.c_proj"), &read));
                let mut inner = self.conv1d(&name("mlp.c_fc"), &self.layer_norm(&name("ln_2"), x));
                let relu = self.config["activation_function"] == "relu";
                inner.iter_mut().for_each(|x| *x = if relu { x.max(0.0) } else { gelu_new(*x) });
                add(x, &self.conv1d(&name("mlp.c_proj"), &inner));
            }
        }
        let output = self.tensors.get("lm_head.weight").map_or(embedding, |(_, own)| own);
        xs.iter().map(|x| times(output, &self.layer_norm("transformer.ln_f", x))).collect()
    }

    /// `LlamaForCausalLM`: logits at each position.
    pub fn llama(&self, tokens: &[u32]) -> Vec<Vec<f32>> {
        let (width, heads) = (self.whole("hidden_size"), self.whole("num_attention_heads"));
        let (kv_heads, head_dim) = (self.whole("num_key_value_heads"), width / heads);
        let (epsilon, base) = (self.number("rms_norm_eps"), self.number("rope_theta"));
        let norm = |name: String, x: &[f32]| rms_norm(x, self.values(&name), epsilon);
        let embedding = self.values("model.embed_tokens.weight");
        let mut xs: Vec<Vec<f32>> = tokens.iter().map(|token| embedding[*token as usize * width..][..width].to_vec()).collect();
        for layer in 0..self.whole("num_hidden_layers") {
            let name = |part: &str| format!("model.layers.{layer}.{part}");
            let rows = xs.iter().enumerate().map(|(position, x)| {
                let x = norm(name("input_layernorm.weight"), x);
                let [mut q, mut k, v] = ["q", "k", "v"].map(|part| self.linear(&name(&format!("self_attn.{part}_proj")), &x));
                for head in q.chunks_mut(head_dim).chain(k.chunks_mut(head_dim)) {
                    rotate_halves(head, position, base);
                }
                [q, k, v]
            });
            let rows: Vec<[Vec<f32>; 3]> = rows.collect();
            for (x, read) in xs.iter_mut().zip(attention(&rows, heads, kv_heads)) {
                add(x, &self.linear(&name("self_attn.o_proj"), &read));
                let y = norm(name("post_attention_layernorm.weight"), x);
                let gate = self.linear(&name("mlp.gate_proj"), &y);
                let mut inner = self.linear(&name("mlp.up_proj"), &y);
                inner.iter_mut().zip(gate).for_each(|(x, gate)| *x *= silu(gate));
                add(x, &self.linear(&name("mlp.down_proj"), &inner));
            }
        }
        let output = self.tensors.get("lm_head.weight").map_or(embedding, |(_, own)| own);
        xs.iter().map(|x| times(output, &norm("model.norm.weight".to_string(), x))).collect()
    }
}

/// The sizes at the beginning of a `.bin` of llama2.c, and its tensors, one after the other.
pub struct Llama2c {
    pub width: usize,
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    pub kv_heads: usize,
    pub vocabulary: usize,
    pub is_tied: bool,
    pub positions: usize,
    pub values: Vec<f32>,
}

impl Llama2c {
    /// With values by `draw`.
    pub fn new(sizes: [usize; 7], is_tied: bool, mut draw: impl FnMut() -> f32) -> Llama2c {
        let [width, hidden, layers, heads, kv_heads, vocabulary, positions] = sizes;
        let mut made = Llama2c { width, hidden, layers, heads, kv_heads, vocabulary, is_tied, positions, values: Vec::new() };
        let count: usize = made.sizes().iter().sum();
        made.values = (0..count).map(|_| draw()).collect();
        made
    }

    /// How many numbers each kind of tensor has, in the order of the file: tokens; norms, queries, keys, values, readout; norms, w1,
    /// w2, w3; the last norm, cosines and sines, and the output.
    fn sizes(&self) -> [usize; 13] {
        let Llama2c { width, hidden, layers, vocabulary, positions, .. } = *self;
        let (kv, head_dim) = (width / self.heads * self.kv_heads, width / self.heads);
        let (square, rectangle) = (layers * width * width, layers * width * hidden);
        let keys = layers * width * kv;
        let tokens = vocabulary * width;
        [tokens, layers * width, square, keys, keys, square, layers * width, rectangle, rectangle, rectangle, width]
            .into_iter()
            .chain([positions * head_dim, if self.is_tied { 0 } else { tokens }])
            .collect::<Vec<_>>()
            .try_into()
            .unwrap()
    }

    pub fn bytes(&self) -> Vec<u8> {
        let vocabulary = self.vocabulary as i32 * if self.is_tied { 1 } else { -1 };
        let sizes = [self.width, self.hidden, self.layers, self.heads, self.kv_heads].map(|size| size as i32);
        let header = sizes.into_iter().chain([vocabulary, self.positions as i32]);
        header.flat_map(i32::to_le_bytes).chain(self.values.iter().flat_map(|x| x.to_le_bytes())).collect()
    }

    /// `forward` of `run.c` at each position: logits.
    pub fn logits(&self, tokens: &[u32]) -> Vec<Vec<f32>> {
        let (width, head_dim) = (self.width, self.width / self.heads);
        let mut rest = &self.values[..];
        let parts = self.sizes().map(|size| rest.split_off(..size).unwrap());
        let [embedding, norms, wq, wk, wv, wo, ffn_norms, w1, w2, w3, last_norm, _, output] = parts;
        let of = |part: &'static str, all: &[f32], layer: usize| -> Vec<f32> {
            let size = all.len() / self.layers;
            assert!(size > 0, "{part}");
            all[layer * size..][..size].to_vec()
        };
        let mut xs: Vec<Vec<f32>> = tokens.iter().map(|token| embedding[*token as usize * width..][..width].to_vec()).collect();
        for layer in 0..self.layers {
            let rows = xs.iter().enumerate().map(|(position, x)| {
                let x = rms_norm(x, &of("norms", norms, layer), 1e-5);
                let [mut q, mut k, v] = [wq, wk, wv].map(|w| times(&of("qkv", w, layer), &x));
                for head in q.chunks_mut(head_dim).chain(k.chunks_mut(head_dim)) {
                    rotate_neighbours(head, position);
                }
                [q, k, v]
            });
            let rows: Vec<[Vec<f32>; 3]> = rows.collect();
            for (x, read) in xs.iter_mut().zip(attention(&rows, self.heads, self.kv_heads)) {
                add(x, &times(&of("wo", wo, layer), &read));
                let y = rms_norm(x, &of("norms", ffn_norms, layer), 1e-5);
                let gate = times(&of("w1", w1, layer), &y);
                let mut inner = times(&of("w3", w3, layer), &y);
                inner.iter_mut().zip(gate).for_each(|(x, gate)| *x *= silu(gate));
                add(x, &times(&of("w2", w2, layer), &inner));
            }
        }
        let output = if self.is_tied { embedding } else { output };
        xs.iter().map(|x| times(output, &rms_norm(x, last_norm, 1e-5))).collect()
    }
}

/// W·x for W `[out, in]`.
fn times(weight: &[f32], x: &[f32]) -> Vec<f32> {
    weight.chunks(x.len()).map(|row| row.iter().zip(x).map(|(w, x)| w * x).sum()).collect()
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}

fn rms_norm(x: &[f32], gain: &[f32], epsilon: f32) -> Vec<f32> {
    let scale = 1.0 / (x.iter().map(|x| x * x).sum::<f32>() / x.len() as f32 + epsilon).sqrt();
    x.iter().zip(gain).map(|(x, gain)| x * scale * gain).collect()
}

fn silu(x: f32) -> f32 {
    x / (1.0 + (-x).exp())
}

fn gelu_new(x: f32) -> f32 {
    0.5 * x * (1.0 + ((2.0 / std::f32::consts::PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh())
}

/// Number i of a head with number i + d/2, as Transformers does (`rotate_half`).
fn rotate_halves(head: &mut [f32], position: usize, base: f32) {
    let half = head.len() / 2;
    for i in 0..half {
        let angle = position as f32 / base.powf(2.0 * i as f32 / head.len() as f32);
        let (a, b) = (head[i], head[i + half]);
        head[i] = a * angle.cos() - b * angle.sin();
        head[i + half] = b * angle.cos() + a * angle.sin();
    }
}

/// Number 2i of a head with number 2i + 1, as llama2.c does.
fn rotate_neighbours(head: &mut [f32], position: usize) {
    for i in (0..head.len()).step_by(2) {
        let angle = position as f32 / 10_000_f32.powf(i as f32 / head.len() as f32);
        let (a, b) = (head[i], head[i + 1]);
        head[i] = a * angle.cos() - b * angle.sin();
        head[i + 1] = a * angle.sin() + b * angle.cos();
    }
}

/// What each position reads of itself and those before, from queries, keys and values of all.
fn attention(rows: &[[Vec<f32>; 3]], heads: usize, kv_heads: usize) -> Vec<Vec<f32>> {
    let head_dim = rows[0][0].len() / heads;
    let part = |row: usize, which: usize, head: usize| &rows[row][which][head * head_dim..][..head_dim];
    let read = |at: usize, head: usize| {
        let kv = head / (heads / kv_heads);
        let score = |from| part(at, 0, head).iter().zip(part(from, 1, kv)).map(|(q, k)| q * k).sum::<f32>();
        let scores: Vec<f32> = (0..=at).map(|from| score(from) / (head_dim as f32).sqrt()).collect();
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = scores.iter().map(|s| (s - most).exp()).sum();
        let weigh = |i: usize| (0..=at).map(|from| (scores[from] - most).exp() / sum * part(from, 2, kv)[i]).sum();
        (0..head_dim).map(weigh).collect::<Vec<f32>>()
    };
    (0..rows.len()).map(|at| (0..heads).flat_map(|head| read(at, head)).collect()).collect()
}
