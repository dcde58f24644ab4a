//! The Transformer that generates text: a stack of blocks of self-attention and feed-forward, each position seeing only those before
//! it (Vaswani et al. 2017; as a decoder alone: Radford et al. 2018).
//!
//! Names of sizes in shapes: n sequences, t positions, `width` numbers for each position; rows are positions of all sequences one
//! after the other, `[n · t, …]`.

use terrarium_graph::{Attention, Builder, Cache, Init, Pairs, Rotary, Scalar, Tensor};

use crate::mlp::Activation;
use crate::norm::{LayerNorm, RmsNorm, dropout};

/// How a model knows where a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// A vector for each position, learnt like the tokens' (Radford et al. 2018).
    Learned,
    /// Sines and cosines of the position, of one frequency for each pair of dimensions (Vaswani et al. 2017, sec. 3.5).
    Sinusoidal,
    /// Queries and keys are turned by angles that grow with the position, so that only distances count (Su et al. 2021).
    Rotary,
    /// It is not told. The mask alone tells a little: the first token sees nothing else.
    None,
}

/// Where a block normalises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Before each part, x + f(norm(x)), and once at the end (Radford et al. 2019).
    Pre,
    /// After each sum, norm(x + f(x)), as the first Transformer had it.
    Post,
}

/// What a block normalises by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormKind {
    /// Mean and variance of a position's numbers (Ba et al. 2016).
    Layer,
    /// Their mean square alone (Zhang and Sennrich 2019).
    Rms,
}

/// What the feed-forward part does between its two products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedForward {
    Gelu,
    Relu,
    /// SiLU of one product times another (Shazeer 2020, eq. 6).
    SwiGlu,
}

/// What a model is built as.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Number of tokens.
    pub vocabulary: usize,
    /// The most positions that it sees at once.
    pub context: usize,
    pub layers: usize,
    pub width: usize,
    /// Heads of attention, a divisor of `width`.
    pub heads: usize,
    /// Heads of keys and values, a divisor of `heads`: fewer of them are shared (Ainslie et al. 2023).
    pub kv_heads: usize,
    /// Neurons of the feed-forward part.
    pub hidden: usize,
    pub positions: Positions,
    pub order: Order,
    pub norm: NormKind,
    pub norm_epsilon: f32,
    pub feed_forward: FeedForward,
    /// Whether products have biases.
    pub biases: bool,
    /// Whether the output layer uses the tokens' vectors (Press and Wolf 2017).
    pub tied: bool,
    /// What rotary positions turn slowest by: 10,000 in the paper.
    pub rotary_base: f32,
    /// Low-rank adapters, where only they are to learn.
    pub adapters: Option<Adapters>,
}

/// Adapters of low rank beside frozen weights, W + (α/r)·A·B (Hu et al. 2021, sec. 4.1; α = 2r).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adapters {
    pub rank: usize,
    /// Whether the products of attention have them, and those of the feed-forward part.
    pub attention: bool,
    pub feed_forward: bool,
}

impl Settings {
    /// Numbers of a head.
    pub fn head_dim(&self) -> usize {
        self.width / self.heads.max(1)
    }

    /// Numbers of all heads of keys, or of values.
    pub fn kv_width(&self) -> usize {
        self.kv_heads * self.head_dim()
    }

    /// # Errors
    /// What does not go together, in words.
    pub fn check(&self) -> Result<(), String> {
        let Settings { width, heads, kv_heads, .. } = *self;
        if heads == 0 || !width.is_multiple_of(heads) {
            return Err(format!("A width of {width} cannot be shared out evenly among {heads} heads."));
        }
        if kv_heads == 0 || !heads.is_multiple_of(kv_heads) {
            return Err(format!("{heads} heads cannot be shared out evenly among {kv_heads} heads of keys and values."));
        }
        if self.positions == Positions::Rotary && !self.head_dim().is_multiple_of(2) {
            return Err(format!("Rotary positions turn pairs of numbers, and a head here has {}.", self.head_dim()));
        }
        Ok(())
    }
}

/// A product, with its adapter if it has one.
#[derive(Clone, Copy)]
struct Projection<'b> {
    /// `[in, out]`
    weight: Tensor<'b>,
    /// `[out]`
    bias: Option<Tensor<'b>>,
    /// `[in, rank]` and `[rank, out]`
    adapter: Option<[Tensor<'b>; 2]>,
}

/// α/r of adapters.
pub const ADAPTER_SCALE: f32 = 2.0;
/// The standard deviation of weights at the start, as GPT-2's.
const DEVIATION: f32 = 0.02;

impl<'b> Projection<'b> {
    /// `[rows, in] → [rows, out]`
    fn forward(&self, x: Tensor<'b>) -> Tensor<'b> {
        let mut y = x.matmul(self.weight);
        if let Some([down, up]) = self.adapter {
            y = y + x.matmul(down).matmul(up) * ADAPTER_SCALE;
        }
        self.bias.map_or(y, |bias| y + bias)
    }
}

/// Makes parameters, and notes down what learns.
struct Maker<'a, 'b> {
    b: &'b Builder,
    name: &'a str,
    settings: &'a Settings,
    weights: Vec<Learning<'b>>,
    adapters: Vec<Learning<'b>>,
}

impl<'b> Maker<'_, 'b> {
    fn matrix(&mut self, layer: usize, part: &str, sizes: [usize; 2], deviation: f32) -> Tensor<'b> {
        let parameter = self.b.parameter(format!("{}.{part}", self.name), sizes, Init::Normal(deviation));
        self.weights.push(Learning { parameter, layer });
        parameter
    }

    /// A product without a bias, and with an adapter if that is wanted of its kind.
    fn product(
        &mut self,
        layer: usize,
        part: &str,
        sizes: [usize; 2],
        deviation: f32,
        is_adapted: fn(&Adapters) -> bool,
    ) -> Projection<'b> {
        let b = self.b;
        let adapter = self.settings.adapters.filter(is_adapted).map(|Adapters { rank, .. }| {
            let down = b.parameter(format!("adapters.{part}.down"), [sizes[0], rank], Init::Normal(DEVIATION));
            // Nothing at first, so that the model starts as it was.
            [down, b.parameter(format!("adapters.{part}.up"), [rank, sizes[1]], Init::ZEROS)]
        });
        self.adapters.extend(adapter.into_iter().flatten().map(|parameter| Learning { parameter, layer }));
        Projection { weight: self.matrix(layer, &format!("{part}.weight"), sizes, deviation), bias: None, adapter }
    }

    /// A product with its bias, if there are any.
    fn biased(&mut self, layer: usize, part: &str, product: Projection<'b>) -> Projection<'b> {
        if !self.settings.biases {
            return product;
        }
        let bias = self.b.parameter(format!("{}.{part}.bias", self.name), [product.weight.shape()[1]], Init::ZEROS);
        self.weights.push(Learning { parameter: bias, layer });
        Projection { bias: Some(bias), ..product }
    }

    fn norm(&mut self, layer: usize, part: &str) -> Norm<'b> {
        let (name, epsilon) = (format!("{}.{part}", self.name), self.settings.norm_epsilon);
        let (norm, parameters) = match self.settings.norm {
            NormKind::Layer => {
                let norm = LayerNorm { epsilon, ..LayerNorm::new(self.b, &name, self.settings.width) };
                (Norm::Layer(norm), norm.affine.parameters().to_vec())
            }
            NormKind::Rms => {
                let norm = RmsNorm { epsilon, ..RmsNorm::new(self.b, &name, self.settings.width) };
                (Norm::Rms(norm), vec![norm.gain])
            }
        };
        self.weights.extend(parameters.into_iter().map(|parameter| Learning { parameter, layer }));
        norm
    }
}

#[derive(Clone, Copy)]
enum Norm<'b> {
    Layer(LayerNorm<'b>),
    Rms(RmsNorm<'b>),
}

impl<'b> Norm<'b> {
    fn forward(&self, x: Tensor<'b>) -> Tensor<'b> {
        match self {
            Norm::Layer(norm) => norm.forward(x),
            Norm::Rms(norm) => norm.forward(x),
        }
    }
}

struct Block<'b> {
    attention_norm: Norm<'b>,
    /// To queries, keys and values side by side: `[width, width + 2 · kv_width]`.
    attention: Projection<'b>,
    /// Of what the heads have read: `[width, width]`.
    readout: Projection<'b>,
    feed_forward_norm: Norm<'b>,
    /// `[width, hidden]`, and for SwiGLU the gate beside it: `[width, 2 · hidden]`.
    expand: Projection<'b>,
    /// `[hidden, width]`
    contract: Projection<'b>,
}

/// Queries, keys and values of some positions: `[n, t, width]`, and twice `[n, t, kv_width]`.
#[derive(Clone, Copy)]
struct Heads<'b> {
    queries: Tensor<'b>,
    keys: Tensor<'b>,
    values: Tensor<'b>,
}

/// A decoder-only Transformer.
pub struct Transformer<'b> {
    b: &'b Builder,
    pub settings: Settings,
    /// A vector for each token, `[vocabulary, width]`.
    pub tokens: Tensor<'b>,
    /// One for each position, `[context, width]`, where positions are added.
    positions: Option<Tensor<'b>>,
    blocks: Vec<Block<'b>>,
    /// Before the output layer, where blocks normalise before their parts.
    last_norm: Option<Norm<'b>>,
    /// `[width, vocabulary]`, unless it is the tokens' vectors.
    output: Option<Tensor<'b>>,
    learning: Vec<Learning<'b>>,
}

/// A parameter that learns, and the layer that it is of: 0 for what is around the blocks, then block by block.
#[derive(Clone, Copy)]
pub struct Learning<'b> {
    pub parameter: Tensor<'b>,
    pub layer: usize,
}

impl<'b> Transformer<'b> {
    /// Parameters `name.tokens`, `name.positions`, `name.0.attention.weight`, … Where there are adapters, those are parameters
    /// `adapters.…`, and only they learn.
    pub fn new(b: &'b Builder, name: &str, settings: Settings) -> Self {
        let Settings { vocabulary, context, layers, width, hidden, .. } = settings;
        let mut make = Maker { b, name, settings: &settings, weights: Vec::new(), adapters: Vec::new() };
        let tokens = make.matrix(0, "tokens", [vocabulary, width], DEVIATION);
        let positions = match settings.positions {
            Positions::Learned => Some(make.matrix(0, "positions", [context, width], DEVIATION)),
            Positions::Sinusoidal => Some(b.state(format!("{name}.positions"), [context, width], Init::Sinusoids)),
            Positions::Rotary | Positions::None => None,
        };
        // What is added to the stream of activations starts smaller the more is added (Radford et al. 2019, sec. 2.3).
        let added = DEVIATION / (2.0 * layers.max(1) as f32).sqrt();
        let inner = if settings.feed_forward == FeedForward::SwiGlu { 2 * hidden } else { hidden };
        let all = width + 2 * settings.kv_width();
        let mut products = Vec::new();
        for i in 0..layers {
            products.push([
                make.product(i + 1, &format!("{i}.attention"), [width, all], DEVIATION, |a| a.attention),
                make.product(i + 1, &format!("{i}.readout"), [width, width], added, |a| a.attention),
                make.product(i + 1, &format!("{i}.expand"), [width, inner], DEVIATION, |a| a.feed_forward),
                make.product(i + 1, &format!("{i}.contract"), [hidden, width], added, |a| a.feed_forward),
            ]);
        }
        let output = (!settings.tied).then(|| make.matrix(0, "output", [width, vocabulary], DEVIATION));
        // What has one axis comes after all that has two: what decays and what does not are two stretches of memory.
        let mut blocks = Vec::new();
        for (i, [attention, readout, expand, contract]) in products.into_iter().enumerate() {
            blocks.push(Block {
                attention_norm: make.norm(i + 1, &format!("{i}.attention_norm")),
                attention: make.biased(i + 1, &format!("{i}.attention"), attention),
                readout: make.biased(i + 1, &format!("{i}.readout"), readout),
                feed_forward_norm: make.norm(i + 1, &format!("{i}.feed_forward_norm")),
                expand: make.biased(i + 1, &format!("{i}.expand"), expand),
                contract: make.biased(i + 1, &format!("{i}.contract"), contract),
            });
        }
        let last_norm = (settings.order == Order::Pre).then(|| make.norm(0, "last_norm"));
        let learning = if settings.adapters.is_some() { make.adapters } else { make.weights };
        Transformer { b, settings, tokens, positions, blocks, last_norm, output, learning }
    }

    /// What learns.
    pub fn learning(&self) -> &[Learning<'b>] {
        &self.learning
    }

    /// What tokens `[n · t]` stand for before the first block: `[n · t, width]`.
    fn embed(&self, tokens: Tensor<'b>, t: usize) -> Tensor<'b> {
        let x = self.tokens.gather(tokens);
        let Some(positions) = self.positions else { return x };
        let n = tokens.shape().elements() / t.max(1);
        let width = self.settings.width;
        (x.reshape([n, t, width]) + positions.slice(0, 0..t)).reshape([n * t, width])
    }

    /// One block over rows `[n · t, width]`; `attend` gives what each position's heads have read, `[n · t, width]`.
    fn block(&self, i: usize, x: Tensor<'b>, dropout: &Dropout<'b>, attend: &mut Attend<'_, 'b>) -> Tensor<'b> {
        let (block, order) = (&self.blocks[i], self.settings.order);
        let part = |x: Tensor<'b>, norm: &Norm<'b>, f: &mut dyn FnMut(Tensor<'b>) -> Tensor<'b>| match order {
            Order::Pre => x + dropout.apply(f(norm.forward(x))),
            Order::Post => norm.forward(x + dropout.apply(f(x))),
        };
        let x = part(x, &block.attention_norm, &mut |x| block.readout.forward(attend(block.attention.forward(x))));
        part(x, &block.feed_forward_norm, &mut |x| block.contract.forward(self.activate(block.expand.forward(x))))
    }

    /// Of rows `[n · t, width + 2 · kv_width]`, the first of which stands at position `start`.
    fn heads(&self, rows: Tensor<'b>, t: usize, start: Tensor<'b>) -> Heads<'b> {
        let (width, kv) = (self.settings.width, self.settings.kv_width());
        let mut rows = rows.reshape([rows.shape()[0] / t.max(1), t, width + 2 * kv]);
        if self.settings.positions == Positions::Rotary {
            let base = Scalar(self.settings.rotary_base);
            let of = Rotary { head_dim: self.settings.head_dim(), base, pairs: Pairs::Halves };
            rows = rows.rotary(start, self.settings.heads + self.settings.kv_heads, of);
        }
        let part = |from, len| rows.slice(2, from..from + len);
        Heads { queries: part(0, width), keys: part(width, kv), values: part(width + kv, kv) }
    }

    fn activate(&self, x: Tensor<'b>) -> Tensor<'b> {
        match self.settings.feed_forward {
            FeedForward::Gelu => Activation::Gelu.apply(x),
            FeedForward::Relu => Activation::Relu.apply(x),
            FeedForward::SwiGlu => {
                let hidden = self.settings.hidden;
                x.slice(1, 0..hidden).silu() * x.slice(1, hidden..2 * hidden)
            }
        }
    }

    /// What the stream of activations `[rows, width]` says of the next token: logits `[rows, vocabulary]`.
    pub fn unembed(&self, x: Tensor<'b>) -> Tensor<'b> {
        let x = self.last_norm.map_or(x, |norm| norm.forward(x));
        x.matmul(self.output.unwrap_or_else(|| self.tokens.t()))
    }

    /// What the heads read where each position sees itself and those before: `[n · t, width]`.
    fn causal(&self, rows: Tensor<'b>, t: usize) -> Tensor<'b> {
        let Settings { width, heads, kv_heads, .. } = self.settings;
        let Heads { queries, keys, values } = self.heads(rows, t, self.b.scalar(0.0));
        let read = queries.attention(keys, values, Attention { heads, kv_heads, causal: true });
        read.reshape([read.shape()[0] * t, width])
    }

    /// Logits of the next token at every position of `n` sequences `tokens` `[n · t]`: `[n · t, vocabulary]`.
    pub fn logits(&self, tokens: Tensor<'b>, t: usize, dropout: &Dropout<'b>) -> Tensor<'b> {
        let x = dropout.apply(self.embed(tokens, t));
        let x = (0..self.blocks.len()).fold(x, |x, i| self.block(i, x, dropout, &mut |rows| self.causal(rows, t)));
        self.unembed(x)
    }

    /// What each token of pieces of text `[n, t + 1]` costs after those before it, in nats: `[n · t]`.
    pub fn loss(&self, pieces: Tensor<'b>, dropout: &Dropout<'b>) -> Tensor<'b> {
        let [n, t] = [pieces.shape()[0], pieces.shape()[1] - 1];
        let part = |from| pieces.slice(1, from..from + t).reshape([n * t]);
        self.logits(part(0), t, dropout).cross_entropy(part(1))
    }

    /// Logits of what comes after one more token `[1]` at `position`, a number, `[1, vocabulary]`; and for each block the key and
    /// the value of that token, `[kv_width]` each, which are to become row `position` of its cache.
    pub fn next(&self, token: Tensor<'b>, position: Tensor<'b>, caches: &[[Tensor<'b>; 2]]) -> (Tensor<'b>, Vec<[Tensor<'b>; 2]>) {
        let Settings { width, heads, .. } = self.settings;
        let mut x = self.tokens.gather(token);
        if let Some(positions) = self.positions {
            x = x + positions.gather(position.reshape([1]).to_indices());
        }
        let mut rows = Vec::new();
        for (i, &[keys, values]) in caches.iter().enumerate() {
            x = self.block(i, x, &Dropout(None), &mut |row| {
                let new = self.heads(row, 1, position);
                let [query, key, value] = [new.queries, new.keys, new.values].map(|x| x.reshape([x.shape().elements()]));
                rows.push([key, value]);
                query.cached_attention(heads, key, value, Cache { keys, values, position }).reshape([1, width])
            });
        }
        (self.unembed(x), rows)
    }

    /// What happens in between, for one sequence `tokens` `[t]`; `mask` is as [`Transformer::patterns`]'.
    pub fn inside(&self, tokens: Tensor<'b>, mask: Tensor<'b>) -> Inside<'b> {
        let t = tokens.shape().elements();
        let Settings { layers, width, heads, .. } = self.settings;
        let mut patterns = Vec::new();
        let mut streams = vec![self.embed(tokens, t)];
        for i in 0..layers {
            let block = self.block(i, streams[i], &Dropout(None), &mut |rows| {
                let heads = self.heads(rows, t, self.b.scalar(0.0));
                let pattern = self.patterns(heads, mask);
                patterns.push(pattern);
                self.read(pattern, heads.values, t)
            });
            streams.push(block);
        }
        let b = self.b;
        Inside {
            streams: b.concat(&streams, 0).reshape([layers + 1, t, width]),
            patterns: b.concat(&patterns, 0).reshape([layers, heads, t, t]),
        }
    }
}

/// From queries, keys and values side by side, `[n · t, width + 2 · kv_width]`, to what the heads have read.
type Attend<'a, 'b> = dyn FnMut(Tensor<'b>) -> Tensor<'b> + 'a;

/// What happens inside a model.
pub struct Inside<'b> {
    /// The stream of activations before the first block and behind each, `[layers + 1, t, width]`.
    pub streams: Tensor<'b>,
    /// How much of each position each head attends to, of each position, `[layers, heads, t, t]`.
    pub patterns: Tensor<'b>,
}

/// What is left out at random while training, if anything: a rate, a scalar.
pub struct Dropout<'b>(pub Option<Tensor<'b>>);

impl<'b> Dropout<'b> {
    fn apply(&self, x: Tensor<'b>) -> Tensor<'b> {
        self.0.map_or(x, |rate| dropout(x.builder(), x, rate))
    }
}

impl<'b> Transformer<'b> {
    /// How much of each position each head attends to, of each position: softmax(Q·Kᵀ/√head_dim + mask), `[n · heads, t, t]`. The
    /// `mask` `[t, t]` is 0 where a position may be seen, and very negative elsewhere.
    fn patterns(&self, heads: Heads<'b>, mask: Tensor<'b>) -> Tensor<'b> {
        let scale = 1.0 / (self.settings.head_dim() as f32).sqrt();
        let queries = self.by_head(heads.queries);
        (queries.matmul(self.by_head(heads.keys).t()) * scale + mask).softmax()
    }

    /// Values, weighed by how much is attended to each: `[n · t, width]`.
    fn read(&self, patterns: Tensor<'b>, values: Tensor<'b>, t: usize) -> Tensor<'b> {
        let Settings { width, heads, .. } = self.settings;
        let n = patterns.shape()[0] / heads;
        let read = patterns.matmul(self.by_head(values)); // [n · heads, t, head_dim]
        read.reshape([n, heads, t, self.settings.head_dim()]).permute(&[0, 2, 1, 3]).reshape([n * t, width])
    }

    /// Heads side by side as one matrix for each of them, shared ones repeated: `[n, t, …] → [n · heads, t, head_dim]`.
    fn by_head(&self, rows: Tensor<'b>) -> Tensor<'b> {
        let head_dim = self.settings.head_dim();
        let [n, t, own] = [rows.shape()[0], rows.shape()[1], rows.shape()[2] / head_dim];
        let shared = self.settings.heads / own;
        let apart = rows.reshape([n, t, own, head_dim]).permute(&[0, 2, 1, 3]);
        let repeated = apart.reshape([n, own, 1, t, head_dim]).broadcast_to([n, own, shared, t, head_dim]);
        repeated.reshape([n * own * shared, t, head_dim])
    }
}
