use super::Op;
use crate::builder::{Builder, Tensor};
use crate::{DType, Error, Result, Shape};

/// How the next token is drawn from logits. All but `seen` are scalars, so that they can be live; each has a value at which it does
/// nothing.
///
/// In this order: the logits of tokens that were `seen` are penalised, all are divided by the temperature, and of the tokens, sorted
/// by probability and then by index, the first ones are kept: at most `top_k`, of these as few as have the probability `top_p`
/// together, and of these the ones at least `min_p` times as probable as the first. The first is always kept.
#[derive(Clone, Copy)]
pub struct Sampling<'b> {
    /// Above 0. At 0, or where it is none, the first token is taken: the most probable of the lowest index.
    pub temperature: Tensor<'b>,
    /// How many tokens are kept (Fan et al. 2018, sec. 5.1), rounded down; all where it is below 1.
    pub top_k: Tensor<'b>,
    /// The nucleus: what probability is kept, of what `top_k` leaves (Holtzman et al. 2020, eq. 2 and 3); all from 1 on.
    pub top_p: Tensor<'b>,
    /// How probable a token must be, as a part of the most probable one's probability (Nguyen et al. 2024); any at 0.
    pub min_p: Tensor<'b>,
    /// Divides positive logits, and multiplies others (Keskar et al. 2019, sec. 4.1); 1 changes nothing, nor does what is not above 0.
    pub repetition_penalty: Tensor<'b>,
    /// `[vocabulary]`: anything but 0 where a token is to be penalised.
    pub seen: Tensor<'b>,
}

/// The stages of [`Tensor::sampling_stages`], a row each.
pub const STAGES: usize = 4;

impl<'b> Tensor<'b> {
    /// The next token, one index, drawn from logits of as many elements as the vocabulary has, anew in each step.
    ///
    /// Each token that is kept adds noise of Gumbel's distribution to its logit, divided by the temperature, and the largest sum wins,
    /// which is a draw by the probabilities (Gumbel 1954; Maddison et al. 2014): sums over the vocabulary, which engines round
    /// differently, do not come into it. The noise of token i is −ln(−ln u) of a number of 23 bits in the middle of its interval.
    /// NaN counts as −∞, and a token of −∞ is drawn only where all are, which are equally probable then.
    pub fn sample(self, by: &Sampling<'b>) -> Self {
        let builder = self.builder;
        builder.sampling("sample", self, by, |inputs| {
            let stream = builder.next_stream();
            builder.typed_node(Op::Sample { stream }, inputs, Shape::scalar(), DType::U32)
        })
    }

    /// The probabilities from which [`Tensor::sample`] draws, `[4, vocabulary]`: by the temperature alone, of what `top_k` keeps, of
    /// what `top_p` keeps of that, and of what `min_p` keeps in the end. They are for looking at, and have no gradient.
    pub fn sampling_stages(self, by: &Sampling<'b>) -> Self {
        let builder = self.builder;
        builder.sampling("sampling stages", self, by, |inputs| {
            builder.node(Op::SamplingStages, inputs, Shape::from([STAGES, self.shape().elements()]))
        })
    }
}

impl Builder {
    fn sampling<'b>(
        &'b self,
        op: &'static str,
        logits: Tensor<'b>,
        by: &Sampling<'b>,
        make: impl FnOnce(&[Tensor<'b>]) -> Tensor<'b>,
    ) -> Tensor<'b> {
        let Sampling { temperature, top_k, top_p, min_p, repetition_penalty, seen } = *by;
        let inputs = [logits, seen, temperature, top_k, top_p, min_p, repetition_penalty];
        self.numbers(op, &inputs, || -> Result<Tensor<'b>> {
            let vocabulary = logits.shape().elements();
            if vocabulary == 0 || seen.shape().elements() != vocabulary {
                let (logits, seen) = (logits.shape(), seen.shape());
                return Err(Error::op(op, format!("logits {logits}, seen {seen}: both need a number for each token")));
            }
            if let Some(setting) = inputs[2..].iter().find(|setting| setting.shape().elements() != 1) {
                return Err(Error::op(op, format!("a setting is one number, not {}", setting.shape())));
            }
            Ok(make(&inputs))
        })
    }
}

/// There is none.
pub(super) fn gradient<'b>(x: &[Tensor<'b>]) -> Vec<Option<Tensor<'b>>> {
    x[0].builder.fail(Error::op("sampling stages", "they are for looking at and have no gradient"));
    vec![None; x.len()]
}
