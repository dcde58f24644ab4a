//! Small trainings of Transformers.

use terrarium_graph::{Builder, Rule, Tensor};
use terrarium_models::encoder::Encoder;
use terrarium_models::transformer::{Adapters, Dropout, FeedForward, NormKind, Order, Positions, Said, Settings, Transformer};
use terrarium_models::translator::Translator;

use crate::trainings::Training;

pub(crate) fn trainings() -> Vec<Training> {
    vec![
        Training::new("a Transformer like GPT-2", |b| read(b, like_gpt2(), Dropout(None))),
        Training::new("a Transformer like Llama, with shared keys", |b| {
            let llama = Settings {
                kv_heads: 1,
                positions: Positions::Rotary,
                norm: NormKind::Rms,
                norm_epsilon: 1e-6,
                feed_forward: FeedForward::SwiGlu,
                biases: false,
                tied: false,
                ..like_gpt2()
            };
            read(b, llama, Dropout(None));
        }),
        Training::new("a Transformer like the first, with dropout", |b| {
            let first =
                Settings { positions: Positions::Sinusoidal, order: Order::Post, feed_forward: FeedForward::Relu, ..like_gpt2() };
            read(b, first, Dropout(Some(b.scalar(0.2))));
        }),
        Training::new("adapters of a Transformer without positions", |b| {
            let adapters = Some(Adapters { rank: 2, attention: true, feed_forward: true });
            read(b, Settings { positions: Positions::None, adapters, ..like_gpt2() }, Dropout(None));
        }),
        Training::new("an encoder that fills in blanks", |b| fill_in(b, like_gpt2())),
        Training::new("an encoder with rotary positions and shared keys", |b| {
            fill_in(b, Settings { kv_heads: 1, positions: Positions::Rotary, biases: false, tied: false, ..like_gpt2() });
        }),
        Training::new("a translator", |b| translate(b, like_gpt2())),
        Training::new("a translator like the first, with shared keys", |b| {
            translate(
                b,
                Settings { kv_heads: 1, positions: Positions::Sinusoidal, order: Order::Post, tied: false, ..like_gpt2() },
            );
        }),
    ]
}

fn like_gpt2() -> Settings {
    Settings { vocabulary: 7, context: 5, layers: 2, width: 8, heads: 2, kv_heads: 2, hidden: 12, ..Settings::GPT2 }
}

/// Steps over random tokens, two batches each.
fn read<'b>(b: &'b Builder, settings: Settings, dropout: Dropout<'b>) {
    let sizes = [3, settings.context + 1];
    let model = Transformer::new(b, "transformer", settings);
    let learning: Vec<Tensor> = model.learning().iter().map(|of| of.parameter).collect();
    let [(first, gradients), (second, more)] = [(); 2].map(|()| {
        let pieces = b.random_index(model.settings.vocabulary, sizes.iter().product()).reshape(sizes);
        let loss = model.loss(pieces, &dropout).mean_all() * 0.5;
        (loss, b.gradients(loss, &learning))
    });
    let gradients: Vec<Tensor> = gradients.into_iter().zip(more).map(|(a, b)| a + b).collect();
    let loss = first + second;
    let optimiser = b.optimiser(Rule::Sgd { momentum: 0.5 }, b.scalar(0.01), Some(b.scalar(0.1)));
    let optimiser = optimiser.sparing_vectors().clipped(b.scalar(0.5));
    b.step_along("step", loss, &learning, &gradients, optimiser, |_| vec![("loss".into(), loss)]);
}

/// Steps over random texts, places of which anywhere are padding, and some of whose other places are hidden.
fn fill_in(b: &Builder, settings: Settings) {
    let texts = b.random_index(settings.vocabulary, 4 * settings.context).reshape([4, settings.context]);
    let model = Encoder::new(b, "encoder", settings);
    let learning: Vec<Tensor> = model.learning().iter().map(|of| of.parameter).collect();
    follow(b, model.guess(texts, &Dropout(Some(b.scalar(0.1)))), &learning);
}

/// Steps over pairs of random texts of different lengths.
fn translate(b: &Builder, settings: Settings) {
    let texts = |t: usize| b.random_index(settings.vocabulary, 4 * t).reshape([4, t]);
    let [sources, targets] = [texts(settings.context), texts(settings.context - 1)];
    let model = Translator::new(b, "translator", settings);
    let learning: Vec<Tensor> = model.learning().iter().map(|of| of.parameter).collect();
    follow(b, model.follow(sources, targets, &Dropout(None)), &learning);
}

fn follow<'b>(b: &'b Builder, said: Said<'b>, learning: &[Tensor<'b>]) {
    let loss = said.loss();
    let optimiser = b.optimiser(Rule::Sgd { momentum: 0.5 }, b.scalar(0.01), Some(b.scalar(0.1)));
    b.step("step", loss, learning, optimiser.sparing_vectors(), |_| {
        vec![("loss".into(), loss), ("accuracy".into(), said.accuracy()), ("right".into(), said.right(4))]
    });
}
