//! The Transformer that reads: each position sees all others, and it learns by filling in words that are hidden from it (Devlin et al.
//! 2019).

use terrarium_graph::{Builder, Tensor};

use crate::stack::{Maker, Stack, is_not};
use crate::transformer::{Dropout, Learning, Said, Settings};

/// How many places are hidden, and of those how many by a blank, and how many by a token of chance; the others stay as they are
/// (Devlin et al. 2019, sec. 3.1).
const HIDDEN: f32 = 0.15;
const BY_BLANK: f32 = 0.8;
const BY_CHANCE: f32 = 0.1;

/// An encoder. The last two tokens of its vocabulary are no text: the blank, and the padding behind texts that end early.
pub struct Encoder<'b> {
    b: &'b Builder,
    settings: Settings,
    tokens: Tensor<'b>,
    stack: Stack<'b>,
    output: Option<Tensor<'b>>,
    learning: Vec<Learning<'b>>,
}

/// How many tokens of an encoder's vocabulary are no text.
pub const MARKS: usize = 2;

/// The token that stands where one is hidden, of a vocabulary of so many.
pub fn blank(vocabulary: usize) -> u32 {
    vocabulary as u32 - 2
}

/// The token of places behind a text's end, of a vocabulary of so many.
pub fn padding(vocabulary: usize) -> u32 {
    vocabulary as u32 - 1
}

impl<'b> Encoder<'b> {
    /// Parameters named as those of [`Transformer`](crate::transformer::Transformer).
    pub fn new(b: &'b Builder, name: &str, settings: Settings) -> Self {
        let mut make = Maker::new(b, name, &settings);
        let tokens = make.tokens();
        let matrices = make.matrices("", 0, false);
        let output = make.output();
        let stack = make.stack(matrices);
        let learning = make.learning();
        Encoder { b, settings, tokens, stack, output, learning }
    }

    /// What learns.
    pub fn learning(&self) -> &[Learning<'b>] {
        &self.learning
    }

    /// What stands at each place of texts `[n, t]`, some of which may be hidden by blanks: logits `[n · t, vocabulary]`.
    pub fn fill(&self, texts: Tensor<'b>, dropout: &Dropout<'b>) -> Tensor<'b> {
        self.forward(texts, dropout).0
    }

    /// How much of each position each head attends to, of each position of a text `[1, t]`: `[layers, heads, t, t]`.
    pub fn patterns(&self, text: Tensor<'b>) -> Tensor<'b> {
        let (&Settings { layers, heads, .. }, t) = (&self.settings, text.shape()[1]);
        self.b.concat(&self.forward(text, &Dropout(None)).1, 0).reshape([layers, heads, t, t])
    }

    /// Logits, and what the heads of each block attend to.
    fn forward(&self, texts: Tensor<'b>, dropout: &Dropout<'b>) -> (Tensor<'b>, Vec<Tensor<'b>>) {
        let [n, t] = [texts.shape()[0], texts.shape()[1]];
        let mask = self.stack.mask(texts, padding(self.settings.vocabulary));
        let x = self.stack.placed(self.tokens.gather(texts.reshape([n * t])), t);
        let mut patterns = Vec::new();
        let x = self.stack.forward(x, dropout, None, &mut |rows| {
            let (read, pattern) = self.stack.all_round(rows, t, mask);
            patterns.push(pattern);
            read
        });
        (x.matmul(self.output.unwrap_or_else(|| self.tokens.t())), patterns)
    }

    /// What is said of texts `[n, t]` whose hidden places are blanks in `seen`, and alone count.
    pub fn judge(&self, seen: Tensor<'b>, texts: Tensor<'b>) -> Said<'b> {
        let [n, t] = [texts.shape()[0], texts.shape()[1]];
        let is_blank = 1.0 - is_not(seen.reshape([n * t]), blank(self.settings.vocabulary));
        Said { logits: self.fill(seen, &Dropout(None)), truth: texts.reshape([n * t]), counts: is_blank }
    }

    /// What is said at the places of texts `[n, t]` that chance hides in this step, and alone counts.
    pub fn guess(&self, texts: Tensor<'b>, dropout: &Dropout<'b>) -> Said<'b> {
        let (b, vocabulary) = (self.b, self.settings.vocabulary);
        let [n, t] = [texts.shape()[0], texts.shape()[1]];
        let places = n * t;
        let texts = texts.reshape([places]);
        let is_hidden = b.bernoulli(HIDDEN, [places]) * is_not(texts, padding(vocabulary));
        let draw = b.uniform([places]);
        let is_kept = (draw - (BY_BLANK + BY_CHANCE)).positive();
        let by_chance = (draw - BY_BLANK).positive() - is_kept;
        let by_blank = 1.0 - by_chance - is_kept;
        let token = b.random_index(vocabulary - MARKS, places).to_numbers();
        let hiding = by_blank * blank(vocabulary) as f32 + by_chance * token + is_kept * texts.to_numbers();
        let seen = is_hidden * hiding + (1.0 - is_hidden) * texts.to_numbers();
        let logits = self.fill(seen.to_indices().reshape([n, t]), dropout);
        Said { logits, truth: texts, counts: is_hidden }
    }
}
