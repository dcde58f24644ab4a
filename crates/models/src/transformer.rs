//! The Transformer that generates text: a stack of blocks of self-attention and feed-forward, each position seeing only those before
//! it (Vaswani et al. 2017; as a decoder alone: Radford et al. 2018).
//!
//! Names of sizes in shapes: n sequences, t positions, `width` numbers for each position; rows are positions of all sequences one
//! after the other, `[n · t, …]`.

use terrarium_graph::{Builder, Cache, Tensor};

use crate::norm::dropout;
use crate::stack::{Maker, Stack};

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
    /// The smallest GPT-2 (Radford et al. 2019, table 2).
    pub const GPT2: Settings = Settings {
        vocabulary: 50_257,
        context: 1024,
        layers: 12,
        width: 768,
        heads: 12,
        kv_heads: 12,
        hidden: 3072,
        positions: Positions::Learned,
        order: Order::Pre,
        norm: NormKind::Layer,
        norm_epsilon: 1e-5,
        feed_forward: FeedForward::Gelu,
        biases: true,
        tied: true,
        rotary_base: 10_000.0,
        adapters: None,
    };

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

/// α/r of adapters.
pub const ADAPTER_SCALE: f32 = 2.0;

/// A decoder-only Transformer.
pub struct Transformer<'b> {
    b: &'b Builder,
    pub settings: Settings,
    /// A vector for each token, `[vocabulary, width]`.
    pub tokens: Tensor<'b>,
    stack: Stack<'b>,
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
        let mut make = Maker::new(b, name, &settings);
        let tokens = make.tokens();
        let matrices = make.matrices("", 0, false);
        let output = make.output();
        let stack = make.stack(matrices);
        let learning = make.learning();
        Transformer { b, settings, tokens, stack, output, learning }
    }

    /// What learns.
    pub fn learning(&self) -> &[Learning<'b>] {
        &self.learning
    }

    /// What tokens `[n · t]` stand for before the first block: `[n · t, width]`.
    fn embed(&self, tokens: Tensor<'b>, t: usize) -> Tensor<'b> {
        self.stack.placed(self.tokens.gather(tokens), t)
    }

    /// What the stream of activations behind a block, `[rows, width]`, says of the next token: logits `[rows, vocabulary]`.
    pub fn unembed(&self, x: Tensor<'b>) -> Tensor<'b> {
        self.says(self.stack.finished(x))
    }

    /// The output layer.
    fn says(&self, x: Tensor<'b>) -> Tensor<'b> {
        x.matmul(self.output.unwrap_or_else(|| self.tokens.t()))
    }

    /// Logits of the next token at every position of `n` sequences `tokens` `[n · t]`: `[n · t, vocabulary]`.
    pub fn logits(&self, tokens: Tensor<'b>, t: usize, dropout: &Dropout<'b>) -> Tensor<'b> {
        self.says(self.stack.forward(self.embed(tokens, t), dropout, None, &mut |rows| self.stack.causal(rows, t)))
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
        let mut x = self.stack.placed_at(self.tokens.gather(token), position);
        let mut rows = Vec::new();
        for (i, &[keys, values]) in caches.iter().enumerate() {
            x = self.stack.block(i, x, &Dropout(None), None, &mut |row| {
                let new = self.stack.heads(row, 1, position);
                let [query, key, value] = [new.queries, new.keys, new.values].map(|x| x.reshape([x.shape().elements()]));
                rows.push([key, value]);
                query.cached_attention(heads, key, value, Cache { keys, values, position }).reshape([1, width])
            });
        }
        (self.unembed(x), rows)
    }

    /// What happens in between, for one sequence `tokens` `[t]`; the `mask` `[t, t]` is 0 where a
    /// position may be seen, and very negative elsewhere.
    pub fn inside(&self, tokens: Tensor<'b>, mask: Tensor<'b>) -> Inside<'b> {
        let t = tokens.shape().elements();
        let Settings { layers, width, heads, .. } = self.settings;
        let mut patterns = Vec::new();
        let mut streams = vec![self.embed(tokens, t)];
        for i in 0..layers {
            let block = self.stack.block(i, streams[i], &Dropout(None), None, &mut |rows| {
                let (read, pattern) = self.stack.all_round(rows, t, mask);
                patterns.push(pattern);
                read
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
    pub(crate) fn apply(&self, x: Tensor<'b>) -> Tensor<'b> {
        self.0.map_or(x, |rate| dropout(x.builder(), x, rate))
    }
}

/// What a model says at some places, and what is right.
pub struct Said<'b> {
    /// `[rows, vocabulary]`
    pub logits: Tensor<'b>,
    /// The right tokens, `[rows]`.
    pub truth: Tensor<'b>,
    /// 1 for the places that count, else 0: `[rows]`.
    pub counts: Tensor<'b>,
}

impl<'b> Said<'b> {
    /// What the right tokens cost in nats, the mean over places that count.
    pub fn loss(&self) -> Tensor<'b> {
        self.mean(self.logits.cross_entropy(self.truth))
    }

    /// The share of places where the right token is the likeliest.
    pub fn accuracy(&self) -> Tensor<'b> {
        1.0 - self.mean(self.missed())
    }

    /// For each of `n` sequences 1 where every right token is the likeliest of its place, else 0: `[n]`.
    pub fn right(&self, n: usize) -> Tensor<'b> {
        let missed = (self.missed() * self.counts).reshape([n, self.counts.shape()[0] / n.max(1)]);
        1.0 - missed.sum(&[1]).positive().reshape([n])
    }

    /// 1 where another token is likelier than the right one, else 0: `[rows]`.
    fn missed(&self) -> Tensor<'b> {
        let [rows, vocabulary] = [self.logits.shape()[0], self.logits.shape()[1]];
        let right = (self.logits * self.truth.one_hot(vocabulary)).sum(&[1]);
        (self.logits.max_of(&[1]) - right).positive().reshape([rows])
    }

    fn mean(&self, x: Tensor<'b>) -> Tensor<'b> {
        // There may be none that counts.
        (x * self.counts).sum_all() / self.counts.sum_all().max(self.counts.builder().scalar(1.0))
    }
}
