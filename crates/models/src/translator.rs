//! The Transformer that translates: an encoder reads a text, and a decoder that attends to it writes another (Vaswani et al. 2017; with
//! tasks as texts: Raffel et al. 2020).

use terrarium_graph::{Builder, Tensor};

use crate::stack::{Maker, Memory, Stack, is_not};
use crate::transformer::{Dropout, Learning, Said, Settings};

/// An encoder and a decoder of the same sizes, which share the vectors of tokens. The last token of their vocabulary is no text but the
/// padding behind texts that end early.
pub struct Translator<'b> {
    settings: Settings,
    tokens: Tensor<'b>,
    encoder: Stack<'b>,
    decoder: Stack<'b>,
    output: Option<Tensor<'b>>,
    learning: Vec<Learning<'b>>,
}

/// The token of places behind a text's end, of a vocabulary of so many.
pub fn padding(vocabulary: usize) -> u32 {
    vocabulary as u32 - 1
}

impl<'b> Translator<'b> {
    /// Parameters `name.tokens`, `name.encoder.0.attention.weight`, …, `name.decoder.0.cross_queries.weight`, … The layers of the
    /// decoder count on from those of the encoder.
    pub fn new(b: &'b Builder, name: &str, settings: Settings) -> Self {
        let mut make = Maker::new(b, name, &settings);
        let tokens = make.tokens();
        let encoder = make.matrices("encoder.", 0, false);
        let decoder = make.matrices("decoder.", settings.layers, true);
        let output = make.output();
        let [encoder, decoder] = [encoder, decoder].map(|matrices| make.stack(matrices));
        let learning = make.learning();
        Translator { settings, tokens, encoder, decoder, output, learning }
    }

    /// What learns.
    pub fn learning(&self) -> &[Learning<'b>] {
        &self.learning
    }

    /// Logits of the next token of each of the texts `begun` `[n, t]`, which translate `sources` `[n, s]`: `[n · t, vocabulary]`.
    pub fn logits(&self, sources: Tensor<'b>, begun: Tensor<'b>, dropout: &Dropout<'b>) -> Tensor<'b> {
        self.forward(sources, begun, dropout).0
    }

    /// How much of each position of a source `[1, s]` each head of the decoder attends to, of each position of a text `begun` `[1, t]`:
    /// `[layers, heads, t, s]`.
    pub fn patterns(&self, source: Tensor<'b>, begun: Tensor<'b>) -> Tensor<'b> {
        let (&Settings { layers, heads, .. }, [s, t]) = (&self.settings, [source.shape()[1], begun.shape()[1]]);
        let (_, patterns) = self.forward(source, begun, &Dropout(None));
        source.builder().concat(&patterns, 0).reshape([layers, heads, t, s])
    }

    /// Logits, and what the heads of each block of the decoder attend to of the sources.
    fn forward(&self, sources: Tensor<'b>, begun: Tensor<'b>, dropout: &Dropout<'b>) -> (Tensor<'b>, Vec<Tensor<'b>>) {
        let [n, s, t] = [sources.shape()[0], sources.shape()[1], begun.shape()[1]];
        let mask = self.encoder.mask(sources, padding(self.settings.vocabulary));
        let read = self.encoder.placed(self.tokens.gather(sources.reshape([n * s])), s);
        let read = self.encoder.forward(read, dropout, None, &mut |rows| self.encoder.all_round(rows, s, mask).0);
        let memory = Memory::new(read, mask);
        let written = self.decoder.placed(self.tokens.gather(begun.reshape([n * t])), t);
        // What pads a text comes behind it, where no place of it looks.
        let x = self.decoder.forward(written, dropout, Some(&memory), &mut |rows| self.decoder.causal(rows, t));
        (x.matmul(self.output.unwrap_or_else(|| self.tokens.t())), memory.patterns())
    }

    /// What is said of each token of `targets` `[n, t + 1]` but the first, after those before it.
    pub fn follow(&self, sources: Tensor<'b>, targets: Tensor<'b>, dropout: &Dropout<'b>) -> Said<'b> {
        let [n, t] = [targets.shape()[0], targets.shape()[1] - 1];
        let truth = targets.slice(1, 1..t + 1).reshape([n * t]);
        let logits = self.logits(sources, targets.slice(1, 0..t), dropout);
        Said { logits, truth, counts: is_not(truth, padding(self.settings.vocabulary)) }
    }
}
