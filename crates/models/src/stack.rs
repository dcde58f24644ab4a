//! The blocks of attention and feed-forward that all Transformers are stacks of (Vaswani et al. 2017, sec. 3).
//!
//! Names of sizes in shapes: n sequences, t positions, `width` numbers for each position; rows are positions of all sequences one
//! after the other, `[n · t, …]`.

use std::cell::RefCell;

use terrarium_graph::{Attention, Builder, Init, Pairs, Rotary, Scalar, Tensor};

use crate::mlp::Activation;
use crate::norm::{LayerNorm, RmsNorm};
use crate::transformer::{ADAPTER_SCALE, Adapters, Dropout, FeedForward, Learning, NormKind, Order, Positions, Settings};

/// The standard deviation of weights at the start, as GPT-2's.
const DEVIATION: f32 = 0.02;
/// Added to how well a key fits where it is not to be seen.
const UNSEEN: f32 = -1e9;

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

/// The products of a block.
struct Products<'b> {
    /// To queries, keys and values side by side: `[width, width + 2 · kv_width]`.
    attention: Projection<'b>,
    /// Of what the heads have read: `[width, width]`.
    readout: Projection<'b>,
    cross: Option<CrossProducts<'b>>,
    /// `[width, hidden]`, and for SwiGLU the gate beside it: `[width, 2 · hidden]`.
    expand: Projection<'b>,
    /// `[hidden, width]`
    contract: Projection<'b>,
}

/// Those by which a block attends to another text.
struct CrossProducts<'b> {
    /// `[width, width]`
    queries: Projection<'b>,
    /// To keys and values side by side: `[width, 2 · kv_width]`.
    memory: Projection<'b>,
    /// `[width, width]`
    readout: Projection<'b>,
}

struct Block<'b> {
    products: Products<'b>,
    attention_norm: Norm<'b>,
    cross_norm: Option<Norm<'b>>,
    feed_forward_norm: Norm<'b>,
}

/// Makes parameters, and notes down what learns.
pub(crate) struct Maker<'a, 'b> {
    b: &'b Builder,
    name: &'a str,
    settings: &'a Settings,
    weights: Vec<Learning<'b>>,
    adapters: Vec<Learning<'b>>,
}

/// The matrices of a stack, which is not whole yet: what has one axis comes after all that has two, as what decays and what does not
/// are two stretches of memory.
pub(crate) struct Matrices<'b> {
    /// What the names of its parameters begin with.
    part: String,
    /// The layer before its first.
    before: usize,
    positions: Option<Tensor<'b>>,
    products: Vec<Products<'b>>,
}

impl<'a, 'b> Maker<'a, 'b> {
    pub(crate) fn new(b: &'b Builder, name: &'a str, settings: &'a Settings) -> Self {
        Maker { b, name, settings, weights: Vec::new(), adapters: Vec::new() }
    }

    /// What learns: adapters alone, where there are any.
    pub(crate) fn learning(self) -> Vec<Learning<'b>> {
        if self.settings.adapters.is_some() { self.adapters } else { self.weights }
    }

    /// The vectors of the tokens, `[vocabulary, width]`.
    pub(crate) fn tokens(&mut self) -> Tensor<'b> {
        self.matrix(0, "tokens", [self.settings.vocabulary, self.settings.width], DEVIATION)
    }

    /// The output layer, `[width, vocabulary]`, unless it is the tokens' vectors.
    pub(crate) fn output(&mut self) -> Option<Tensor<'b>> {
        let sizes = [self.settings.width, self.settings.vocabulary];
        (!self.settings.tied).then(|| self.matrix(0, "output", sizes, DEVIATION))
    }

    /// The matrices of the stack after so many layers `before`, whose parameters' names begin with `part`. If it `crosses`, its blocks
    /// attend to another text, too.
    pub(crate) fn matrices(&mut self, part: &str, before: usize, crosses: bool) -> Matrices<'b> {
        let Settings { context, layers, width, hidden, feed_forward, positions, .. } = *self.settings;
        let positions = match positions {
            Positions::Learned => Some(self.matrix(0, &format!("{part}positions"), [context, width], DEVIATION)),
            Positions::Sinusoidal => {
                Some(self.b.state(format!("{}.{part}positions", self.name), [context, width], Init::Sinusoids))
            }
            Positions::Rotary | Positions::None => None,
        };
        // What is added to the stream of activations starts smaller the more is added (Radford et al. 2019, sec. 2.3).
        let added = DEVIATION / ((if crosses { 3.0 } else { 2.0 }) * layers.max(1) as f32).sqrt();
        let inner = if feed_forward == FeedForward::SwiGlu { 2 * hidden } else { hidden };
        let kv = self.settings.kv_width();
        let of_attention: fn(&Adapters) -> bool = |adapters| adapters.attention;
        let of_feed_forward: fn(&Adapters) -> bool = |adapters| adapters.feed_forward;
        let mut products = Vec::new();
        for i in 0..layers {
            let mut product = |name: &str, sizes: [usize; 2], deviation: f32, is_adapted: fn(&Adapters) -> bool| {
                self.product(before + i + 1, &format!("{part}{i}.{name}"), sizes, deviation, is_adapted)
            };
            products.push(Products {
                attention: product("attention", [width, width + 2 * kv], DEVIATION, of_attention),
                readout: product("readout", [width, width], added, of_attention),
                cross: crosses.then(|| CrossProducts {
                    queries: product("cross_queries", [width, width], DEVIATION, of_attention),
                    memory: product("cross_memory", [width, 2 * kv], DEVIATION, of_attention),
                    readout: product("cross_readout", [width, width], added, of_attention),
                }),
                expand: product("expand", [width, inner], DEVIATION, of_feed_forward),
                contract: product("contract", [hidden, width], added, of_feed_forward),
            });
        }
        Matrices { part: part.to_string(), before, positions, products }
    }

    /// The stack of these matrices, with its biases and norms.
    pub(crate) fn stack(&mut self, matrices: Matrices<'b>) -> Stack<'b> {
        let Matrices { part, before, positions, products } = matrices;
        let mut blocks = Vec::new();
        for (i, of) in products.into_iter().enumerate() {
            let layer = before + i + 1;
            let name = |what: &str| format!("{part}{i}.{what}");
            let attention_norm = self.norm(layer, &name("attention_norm"));
            let attention = self.biased(layer, &name("attention"), of.attention);
            let readout = self.biased(layer, &name("readout"), of.readout);
            let cross_norm = of.cross.is_some().then(|| self.norm(layer, &name("cross_norm")));
            let cross = of.cross.map(|cross| CrossProducts {
                queries: self.biased(layer, &name("cross_queries"), cross.queries),
                memory: self.biased(layer, &name("cross_memory"), cross.memory),
                readout: self.biased(layer, &name("cross_readout"), cross.readout),
            });
            let feed_forward_norm = self.norm(layer, &name("feed_forward_norm"));
            let expand = self.biased(layer, &name("expand"), of.expand);
            let contract = self.biased(layer, &name("contract"), of.contract);
            let products = Products { attention, readout, cross, expand, contract };
            blocks.push(Block { products, attention_norm, cross_norm, feed_forward_norm });
        }
        let last_norm = (self.settings.order == Order::Pre).then(|| self.norm(0, &format!("{part}last_norm")));
        Stack { b: self.b, settings: self.settings.clone(), positions, blocks, last_norm }
    }

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

/// Queries, keys and values of some positions: `[n, t, width]`, and twice `[n, t, kv_width]`.
#[derive(Clone, Copy)]
pub(crate) struct Heads<'b> {
    pub queries: Tensor<'b>,
    pub keys: Tensor<'b>,
    pub values: Tensor<'b>,
}

/// Another text that blocks attend to.
pub(crate) struct Memory<'b> {
    /// What was made of it, `[n · s, width]`.
    rows: Tensor<'b>,
    /// What of it may be seen, as [`Stack::patterns`] has it.
    mask: Tensor<'b>,
    /// How much of it each block saw of what.
    patterns: RefCell<Vec<Tensor<'b>>>,
}

impl<'b> Memory<'b> {
    pub(crate) fn new(rows: Tensor<'b>, mask: Tensor<'b>) -> Self {
        Memory { rows, mask, patterns: RefCell::default() }
    }

    /// How much the heads of each block so far attended to each of its places, `[n · heads, t, s]`.
    pub(crate) fn patterns(self) -> Vec<Tensor<'b>> {
        self.patterns.into_inner()
    }
}

/// From queries, keys and values side by side, `[n · t, width + 2 · kv_width]`, to what the heads have read.
pub(crate) type Attend<'a, 'b> = dyn FnMut(Tensor<'b>) -> Tensor<'b> + 'a;

/// Blocks one after the other, over a stream of activations.
pub(crate) struct Stack<'b> {
    b: &'b Builder,
    settings: Settings,
    /// A vector for each position, `[context, width]`, where positions are added.
    positions: Option<Tensor<'b>>,
    blocks: Vec<Block<'b>>,
    /// Behind the last block, where blocks normalise before their parts.
    last_norm: Option<Norm<'b>>,
}

impl<'b> Stack<'b> {
    /// Vectors of tokens, `[n · t, width]`, with those of their positions, where such are added.
    pub(crate) fn placed(&self, x: Tensor<'b>, t: usize) -> Tensor<'b> {
        let Some(positions) = self.positions else { return x };
        let [rows, width] = [x.shape()[0], self.settings.width];
        (x.reshape([rows / t.max(1), t, width]) + positions.slice(0, 0..t)).reshape([rows, width])
    }

    /// The same of one token, `[1, width]`, at `position`, a number.
    pub(crate) fn placed_at(&self, x: Tensor<'b>, position: Tensor<'b>) -> Tensor<'b> {
        self.positions.map_or(x, |positions| x + positions.gather(position.reshape([1]).to_indices()))
    }

    /// All blocks over rows `[n · t, width]`, and what comes behind the last.
    pub(crate) fn forward(
        &self,
        x: Tensor<'b>,
        dropout: &Dropout<'b>,
        memory: Option<&Memory<'b>>,
        attend: &mut Attend<'_, 'b>,
    ) -> Tensor<'b> {
        let x = dropout.apply(x);
        self.finished((0..self.blocks.len()).fold(x, |x, i| self.block(i, x, dropout, memory, attend)))
    }

    /// What comes behind the last block.
    pub(crate) fn finished(&self, x: Tensor<'b>) -> Tensor<'b> {
        self.last_norm.map_or(x, |norm| norm.forward(x))
    }

    /// One block over rows `[n · t, width]`; `attend` gives what each position's heads have read, `[n · t, width]`.
    pub(crate) fn block(
        &self,
        i: usize,
        x: Tensor<'b>,
        dropout: &Dropout<'b>,
        memory: Option<&Memory<'b>>,
        attend: &mut Attend<'_, 'b>,
    ) -> Tensor<'b> {
        let Block { products, attention_norm, cross_norm, feed_forward_norm } = &self.blocks[i];
        let part = |x: Tensor<'b>, norm: &Norm<'b>, f: &mut dyn FnMut(Tensor<'b>) -> Tensor<'b>| match self.settings.order {
            Order::Pre => x + dropout.apply(f(norm.forward(x))),
            Order::Post => norm.forward(x + dropout.apply(f(x))),
        };
        let mut x = part(x, attention_norm, &mut |x| products.readout.forward(attend(products.attention.forward(x))));
        if let (Some(cross), Some(norm), Some(memory)) = (&products.cross, cross_norm, memory) {
            x = part(x, norm, &mut |x| cross.readout.forward(self.across(cross, x, memory)));
        }
        part(x, feed_forward_norm, &mut |x| products.contract.forward(self.activate(products.expand.forward(x))))
    }

    /// Of rows `[n · t, width + 2 · kv_width]`, the first of which stands at position `start`.
    pub(crate) fn heads(&self, rows: Tensor<'b>, t: usize, start: Tensor<'b>) -> Heads<'b> {
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

    /// What the heads read where each position sees itself and those before: `[n · t, width]`.
    pub(crate) fn causal(&self, rows: Tensor<'b>, t: usize) -> Tensor<'b> {
        let Settings { width, heads, kv_heads, .. } = self.settings;
        let Heads { queries, keys, values } = self.heads(rows, t, self.b.scalar(0.0));
        let read = queries.attention(keys, values, Attention { heads, kv_heads, causal: true });
        read.reshape([read.shape()[0] * t, width])
    }

    /// What the heads read where each position sees all that the mask shows, `[n · t, width]`, and how much of what,
    /// `[n · heads, t, t]`.
    pub(crate) fn all_round(&self, rows: Tensor<'b>, t: usize, mask: Tensor<'b>) -> (Tensor<'b>, Tensor<'b>) {
        let Heads { queries, keys, values } = self.heads(rows, t, self.b.scalar(0.0));
        let pattern = self.patterns(queries, keys, mask);
        (self.read(pattern, values), pattern)
    }

    /// What the heads read of another text, of which they see what its mask shows: `[n · t, width]`.
    fn across(&self, cross: &CrossProducts<'b>, x: Tensor<'b>, memory: &Memory<'b>) -> Tensor<'b> {
        let &Memory { rows, mask, ref patterns } = memory;
        let (n, kv) = (mask.shape()[0] / self.settings.heads, self.settings.kv_width());
        let per_text = |x: Tensor<'b>| x.reshape([n, x.shape()[0] / n.max(1), x.shape()[1]]);
        let [queries, memory] = [cross.queries.forward(x), cross.memory.forward(rows)].map(per_text);
        let [keys, values] = [memory.slice(2, 0..kv), memory.slice(2, kv..2 * kv)];
        let pattern = self.patterns(queries, keys, mask);
        patterns.borrow_mut().push(pattern);
        self.read(pattern, values)
    }

    /// What may be seen of texts `tokens` `[n, s]` that end before places hold `padding`: a mask for [`Stack::patterns`],
    /// `[n · heads, 1, s]`.
    pub(crate) fn mask(&self, tokens: Tensor<'b>, padding: u32) -> Tensor<'b> {
        let ([n, s], heads) = ([tokens.shape()[0], tokens.shape()[1]], self.settings.heads);
        let hidden = (1.0 - is_not(tokens, padding)) * UNSEEN;
        hidden.reshape([n, 1, 1, s]).broadcast_to([n, heads, 1, s]).reshape([n * heads, 1, s])
    }

    /// How much of each of s positions each head attends to, of each of t positions: softmax(Q·Kᵀ/√head_dim + mask),
    /// `[n · heads, t, s]`. The `mask`, which is stretched to that, is 0 where a position may be seen, and very negative elsewhere.
    pub(crate) fn patterns(&self, queries: Tensor<'b>, keys: Tensor<'b>, mask: Tensor<'b>) -> Tensor<'b> {
        let scale = 1.0 / (self.settings.head_dim() as f32).sqrt();
        let queries = self.by_head(queries);
        (queries.matmul(self.by_head(keys).t()) * scale + mask).softmax()
    }

    /// Values `[n, s, kv_width]`, weighed by how much is attended to each: `[n · t, width]`.
    pub(crate) fn read(&self, patterns: Tensor<'b>, values: Tensor<'b>) -> Tensor<'b> {
        let Settings { width, heads, .. } = self.settings;
        let [n, t] = [patterns.shape()[0] / heads, patterns.shape()[1]];
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

/// 1 where another token stands than this one, else 0.
pub(crate) fn is_not(tokens: Tensor<'_>, token: u32) -> Tensor<'_> {
    (tokens.to_numbers() - token as f32).square().positive()
}
