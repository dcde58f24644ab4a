//! A Transformer that writes: one program reads a token and draws the next, so that many runs of it need nothing in between.

use terrarium_graph::{Builder, Init, ProgramId, Tensor};

use crate::transformer::{Settings, Transformer};

/// What a Transformer remembers while it writes. All of it is scratch: to begin anew, set `position` and `seen` to 0.
#[derive(Clone)]
pub struct Writer<'b> {
    b: &'b Builder,
    /// Keys and values of each block, `[context, kv_width]` each.
    caches: Vec<[Tensor<'b>; 2]>,
    /// How many tokens were read, a number, `[1]`: 0 again when the context is full.
    pub position: Tensor<'b>,
    /// The token drawn for each place, as a number, `[context + 1, 1]`.
    pub tokens: Tensor<'b>,
    /// Its probability as the model says it, before anything is done to it, `[context + 1, 1]`.
    pub chances: Tensor<'b>,
    /// 1 for each token that was read, else 0, `[vocabulary]`.
    pub seen: Tensor<'b>,
}

/// Tokens that are read whatever is drawn.
#[derive(Clone, Copy)]
pub struct Given<'b> {
    /// As numbers, `[context + 1, 1]`.
    pub tokens: Tensor<'b>,
    /// How many of them count, a scalar.
    pub count: Tensor<'b>,
}

impl<'b> Writer<'b> {
    /// Scratch `name.position`, `name.tokens`, `name.chances`, `name.seen`, `name.0.keys`, `name.0.values`, …
    pub fn new(b: &'b Builder, name: &str, settings: &Settings) -> Self {
        let Settings { vocabulary, context, layers, .. } = *settings;
        let scratch = |part: String, sizes: &[usize]| b.scratch(format!("{name}.{part}"), sizes.to_vec(), Init::ZEROS);
        let cache = |i, what| scratch(format!("{i}.{what}"), &[context, settings.kv_width()]);
        Writer {
            b,
            caches: (0..layers).map(|i| [cache(i, "keys"), cache(i, "values")]).collect(),
            position: scratch("position".to_string(), &[1]),
            tokens: scratch("tokens".to_string(), &[context + 1, 1]),
            chances: scratch("chances".to_string(), &[context + 1, 1]),
            seen: scratch("seen".to_string(), &[vocabulary]),
        }
    }

    /// A program that reads the token at `position`, a given one or the one drawn before, and draws that at the next place by
    /// `draw`, which gets logits `[vocabulary]` and what is seen, and gives an index.
    pub fn next(
        &self,
        name: &str,
        model: &Transformer<'b>,
        given: Option<Given<'b>>,
        draw: impl FnOnce(Tensor<'b>, Tensor<'b>) -> Tensor<'b>,
    ) -> ProgramId {
        let b = self.b;
        let vocabulary = model.settings.vocabulary;
        let place = self.position.to_indices();
        let mut token = self.tokens.gather(place);
        if let Some(Given { tokens, count }) = given {
            let is_given = (count - self.position).positive().reshape([1, 1]);
            token = is_given * tokens.gather(place) + (1.0 - is_given) * token;
        }
        let token = token.reshape([1]).to_indices();
        let (logits, rows) = model.next(token, self.position, &self.caches);
        let logits = logits.reshape([vocabulary]);
        let seen = self.seen.max(token.one_hot(vocabulary).reshape([vocabulary]));
        let drawn = draw(logits, seen).reshape([1]);
        let chance = logits.softmax().reshape([vocabulary, 1]).gather(drawn);

        let program = b.program(name, &[("token", drawn.to_numbers())]);
        for ([keys, values], [key, value]) in self.caches.iter().zip(rows) {
            b.assign_row(program, *keys, self.position, key);
            b.assign_row(program, *values, self.position, value);
        }
        let next = self.position + 1.0;
        b.assign_row(program, self.tokens, next, drawn.to_numbers());
        b.assign_row(program, self.chances, next, chance.reshape([1]));
        // Where the context ends it begins anew.
        b.assign(program, self.position, next * (model.settings.context as f32 - next).positive());
        b.assign(program, self.seen, seen);
        program
    }
}
