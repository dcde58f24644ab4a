//! How the model goes on from a text.

use super::answer::Asking;
use super::question::{Continued, Ended, Likely, MOST_TOKENS, Model, Sampling};
use crate::error::Result;

/// So many tokens are drawn between two looks at what came.
const AT_ONCE: usize = 16;
/// So many tokens more are drawn where a text would end within a character, of which it has four at most.
const MOST_MORE: usize = 3;

/// What the model has read, and remembers.
#[derive(Default)]
pub struct Read {
    tokens: Vec<u32>,
    /// Of which model, after how many steps.
    of: Option<(Model, u32)>,
}

impl Asking<'_> {
    /// Draws what comes after a text, up to `count` tokens, and those that the last character lacks. The last `came` bytes of the text
    /// were drawn before.
    pub(super) async fn go_on(
        &mut self,
        text: &str,
        came: u32,
        count: u32,
        sampling: &Sampling,
        model: Model,
    ) -> Result<Continued> {
        let came = text.len().checked_sub(came as usize).and_then(|from| text.get(from..)).unwrap_or_default();
        let begun = self.text.begun(text);
        let mut seen = Vec::new();
        let (mut unseen, mut ended) = (0, None);
        let end = self.text.tokenizer.end_of_text();
        let mut whole = begun;
        let wanted = count.min(MOST_TOKENS) as usize;
        let context = self.options.model.context;
        while ended.is_none() && (seen.len() < wanted || self.lacks_more(&tokens(&seen), wanted)) {
            if whole.len() - unseen >= context {
                // Half of the context is kept, so that what comes next need not make room again at once.
                unseen = whole.len() - context.div_ceil(2);
            }
            let room = context - (whole.len() - unseen);
            let count = wanted.saturating_sub(seen.len()).clamp(1, AT_ONCE.min(room.max(1)));
            let drawn = self.draw(&whole[unseen..], unseen, count, sampling, model).await?;
            for (token, probability) in drawn {
                if Some(token) == end {
                    ended = Some(Ended::Document);
                    break;
                }
                whole.push(token);
                seen.push(Likely { token: self.token(token), probability });
                if !sampling.stop.is_empty()
                    && (came.to_string() + &self.text.tokenizer.decode_on(&tokens(&seen))).contains(&sampling.stop)
                {
                    ended = Some(Ended::Stop);
                    break;
                }
            }
            (self.progress)((seen.len() as f32 / wanted as f32).min(1.0));
        }
        let text = self.joined(text, &tokens(&seen));
        Ok(Continued { tokens: seen, text, ended, unseen: unseen as u32 })
    }

    /// Tokens that come with one that was drawn after `context`, to make whole characters of it.
    pub(super) async fn come_along(&mut self, context: &[u32], chosen: u32, sampling: &Sampling) -> Result<Vec<Likely>> {
        let (mut whole, mut taken, mut along) = (context.to_vec(), vec![chosen], Vec::new());
        whole.push(chosen);
        while self.lacks_more(&taken, 1) {
            let from = whole.len().saturating_sub(self.options.model.context - 1);
            let drawn = self.draw(&whole[from..], from, 1, sampling, Model::Now).await?;
            for (token, probability) in drawn {
                whole.push(token);
                taken.push(token);
                along.push(Likely { token: self.token(token), probability });
            }
        }
        Ok(along)
    }

    /// Whether tokens that go on from a text end within a character, and are not too many more than were wanted.
    fn lacks_more(&self, seen: &[u32], wanted: usize) -> bool {
        seen.len() < wanted + MOST_MORE && self.text.tokenizer.ends_within_character(seen)
    }

    /// A text with tokens that go on from it.
    pub(super) fn joined(&self, text: &str, seen: &[u32]) -> String {
        let tokenizer = &self.text.tokenizer;
        if text.is_empty() { tokenizer.decode(seen) } else { text.to_string() + &tokenizer.decode_on(seen) }
    }

    /// Draws `count` tokens after those of a context, each with its probability. `before` tokens came before these.
    async fn draw(
        &mut self,
        context: &[u32],
        before: usize,
        count: usize,
        sampling: &Sampling,
        model: Model,
    ) -> Result<Vec<(u32, f32)>> {
        let writing = self.model.writing;
        let of = Some((model, self.stage.step()));
        let read = std::mem::take(&mut self.notes.read);
        // The last token is read again, as what comes after it is drawn when it is read.
        let known = if read.of == of { read.tokens.iter().zip(context).take_while(|(a, b)| a == b).count() } else { 0 };
        let known = known.min(context.len() - 1);

        let mut was_read = vec![0.0; self.text.tokenizer.len()];
        context[..known].iter().for_each(|token| was_read[*token as usize] = 1.0);
        let mut given: Vec<f32> = context.iter().map(|token| *token as f32).collect();
        given.resize(self.options.model.context + 1, 0.0);
        self.stage.set(writing.position, &[known as f32])?;
        self.stage.set(writing.seen, &was_read)?;
        self.stage.write(writing.given, &given)?;
        self.stage.write(writing.given_count, &[context.len() as f32])?;
        self.write_rules(sampling)?;
        // The noise of a token goes by the visitor's seed and its place in the text, so that the same again gives the same.
        let first = (sampling.seed.wrapping_mul(0x9E37_79B1) >> 1) + (before + known) as u32;
        let runs = (context.len() - known + count - 1) as u32;
        self.stage.repeat(writing.next, first..first + runs)?;
        let written = self.stage.read(writing.written)?.await?;
        let (tokens, chances) = written.split_at(written.len() / 2);
        let drawn: Vec<(u32, f32)> =
            (context.len()..context.len() + count).map(|place| (tokens[place] as u32, chances[place])).collect();
        let last = drawn.len() - 1;
        self.notes.read =
            Read { tokens: context.iter().copied().chain(drawn[..last].iter().map(|(token, _)| *token)).collect(), of };
        Ok(drawn)
    }
}

fn tokens(seen: &[Likely]) -> Vec<u32> {
    seen.iter().map(|likely| likely.token.id).collect()
}
