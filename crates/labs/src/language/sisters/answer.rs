//! What the sisters answer.

use terrarium_models::{encoder, translator};

use super::model::{Asked, Model};
use super::text::Text;
use crate::error::{Error, Result};
use crate::experiment::Stage;
use crate::language::answer::{likeliest, log_softmax};
use crate::language::question::{
    ALTERNATIVES, About, Answer, Attention, BLANK, END, Ended, Filled, HeldOut, Item, Likely, Question, Token, Translated,
};
use crate::language::table::{ModelKind, Options};
use crate::language::text::{cut, merges};
use crate::protocol;

/// How a blank may be written, too.
const MASK: &str = "<mask>";

/// A question being answered.
pub struct Asking<'a> {
    pub options: &'a Options,
    pub text: &'a Text,
    pub model: &'a Model,
    pub stage: &'a mut dyn Stage,
    pub progress: &'a dyn Fn(f32),
}

impl Asking<'_> {
    pub async fn answer(mut self, question: Question) -> Result<protocol::Answer> {
        let kind = self.options.kind;
        let answer = match (question, kind) {
            (Question::About, _) => Answer::About(self.about()),
            (Question::Tokens { text, merges: None }, ModelKind::Encoder) => {
                Answer::Tokens(self.read(&text).into_iter().map(|token| self.token(token)).collect())
            }
            (Question::Tokens { text, merges }, _) => Answer::Tokens(cut(&self.text.tokenizer, &text, merges)),
            (Question::HeldOut, _) => Answer::HeldOut(self.held_out().await?),
            (Question::Fill { text, hidden }, ModelKind::Encoder) => Answer::Filled(self.fill(&text, &hidden).await?),
            (Question::Translate { text }, ModelKind::Translator) => Answer::Translated(self.translate(&text).await?),
            (Question::Items { from, count }, ModelKind::Translator) => {
                Answer::Items(self.items(from as usize, count as usize).await?)
            }
            (_, ModelKind::Translator) => {
                return Err(Error("This model does nothing but translate: give it a text to make another of.".to_string()));
            }
            _ => return Err(Error(format!("This model does nothing but fill in blanks: give it a text with {BLANK} in it."))),
        };
        Ok(protocol::Answer { language: Some(answer), ..protocol::Answer::default() })
    }

    fn about(&self) -> About {
        let Asking { text, model, options, .. } = self;
        let [tokens, held_out, _] = text.tokens.map(|count| count as u32);
        About {
            vocabulary: text.tokenizer.len() as u32,
            context: options.model.context as u32,
            tokens,
            held_out,
            merges: merges(&text.tokenizer),
            excerpt: text.excerpt.clone(),
            prompts: text.prompts.clone(),
            documents: true,
            task: options.data.is_task(),
            has_before: false,
            bigram_loss: text.bigram_loss,
            bytes: model.bytes,
            flops_per_token: model.flops_per_token,
        }
    }

    async fn held_out(&mut self) -> Result<HeldOut> {
        let measures = self.stage.read(self.model.held_out)?.await?;
        let loss = measures.first().copied().unwrap_or(f32::NAN);
        Ok(HeldOut { loss, tokens: self.text.tokens[2] as u32, bigram_loss: self.text.bigram_loss })
    }

    fn token(&self, id: u32) -> Token {
        let tokenizer = &self.text.tokenizer;
        let text = match Some(id) {
            end if end == tokenizer.end_of_text() => END.to_string(),
            _ if id as usize >= tokenizer.len() => BLANK.to_string(),
            _ => tokenizer.show(id),
        };
        Token { id, text }
    }

    /// The likeliest tokens of a place, of those that are text or end it.
    fn likely(&self, logits: &[f32], count: usize) -> Vec<Likely> {
        let logarithms = log_softmax(&logits[..self.text.tokenizer.len()]);
        let best = likeliest(&logarithms, count).into_iter();
        best.map(|id| Likely { token: self.token(id as u32), probability: logarithms[id].exp() }).collect()
    }

    /// A text that ends before its context does.
    fn fitting(&self, mut tokens: Vec<u32>, padding: u32) -> Result<Vec<u32>> {
        let context = self.options.model.context;
        if tokens.len() > context {
            let count = tokens.len();
            return Err(Error(format!("The text has {count} tokens, and the model sees {context}: give it a shorter one.")));
        }
        tokens.resize(context, padding);
        Ok(tokens)
    }

    /// How much each of the first `rows` places attends to each of the first `columns` of the text, from 0 to 255.
    async fn weights(&mut self, rows: usize, columns: usize) -> Result<Vec<u8>> {
        let context = self.options.model.context;
        let patterns = self.stage.read(self.model.asked.patterns)?.await?;
        let seen = patterns.chunks(context).enumerate().filter(|(row, _)| row % context < rows);
        Ok(seen.flat_map(|(_, row)| crate::pictures::bytes(&row[..columns])).collect())
    }

    /// The tokens of a text with blanks.
    fn read(&self, text: &str) -> Vec<u32> {
        let (tokenizer, blank) = (&self.text.tokenizer, encoder::blank(self.text.vocabulary));
        let parts = parts(text);
        let mut tokens = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            let is_before_blank = i + 1 < parts.len();
            // Tokens that are words have the space before them.
            let part = if is_before_blank && !tokenizer.merges().is_empty() { part.trim_end() } else { part };
            tokens.extend(tokenizer.encode(part));
            tokens.extend(is_before_blank.then_some(blank));
        }
        tokens
    }

    async fn fill(&mut self, text: &str, hidden: &[u32]) -> Result<Filled> {
        let (blank, padding) = (encoder::blank(self.text.vocabulary), encoder::padding(self.text.vocabulary));
        let mut tokens = self.read(text);
        for place in hidden {
            if let Some(token) = tokens.get_mut(*place as usize) {
                *token = blank;
            }
        }
        if !tokens.contains(&blank) {
            return Err(Error(format!("There is no blank in the text: write {BLANK} where something is missing.")));
        }
        let Asked { text: input, logits, .. } = self.model.asked;
        self.stage.write_indices(input, &self.fitting(tokens.clone(), padding)?)?;
        let logits = self.stage.read(logits)?.await?;
        let rows: Vec<&[f32]> = logits.chunks(self.text.vocabulary).collect();
        let places: Vec<usize> = (0..tokens.len()).filter(|place| tokens[*place] == blank).collect();
        let blanks: Vec<Vec<Likely>> = places.iter().map(|place| self.likely(rows[*place], ALTERNATIVES)).collect();
        let mut filled = tokens.clone();
        places.iter().zip(&blanks).for_each(|(place, likely)| filled[*place] = likely[0].token.id);
        let attention = Attention {
            tokens: tokens.iter().map(|token| self.token(*token)).collect(),
            layers: self.options.model.layers as u32,
            heads: self.options.model.heads as u32,
            weights: self.weights(tokens.len(), tokens.len()).await?,
        };
        let places = places.into_iter().map(|place| place as u32).collect();
        Ok(Filled { text: self.text.tokenizer.decode(&filled).trim().to_string(), blanks, places, attention })
    }

    /// Writes the likeliest token, and again, until the text ends or there is no more room.
    async fn translate(&mut self, text: &str) -> Result<Translated> {
        let (context, tokenizer) = (self.options.model.context, &self.text.tokenizer);
        let padding = translator::padding(self.text.vocabulary);
        let Asked { text: input, begun: Some(begun), logits, .. } = self.model.asked else {
            return Err(Error("This model translates nothing.".to_string()));
        };
        let source = tokenizer.encode(text.trim());
        self.stage.write_indices(input, &self.fitting(source.clone(), padding)?)?;
        let end = tokenizer.end_of_text();
        let mut written: Vec<u32> = end.into_iter().collect();
        let (mut tokens, mut ended): (Vec<Likely>, _) = (Vec::new(), None);
        while written.len() <= context && ended.is_none() {
            self.stage.write_indices(begun, &self.fitting(written.clone(), padding)?)?;
            let logits = self.stage.read(logits)?.await?;
            let here = &logits[(written.len() - 1) * self.text.vocabulary..][..self.text.vocabulary];
            let best = self.likely(here, 1).swap_remove(0);
            if Some(best.token.id) == end {
                ended = Some(Ended::Document);
            } else {
                written.push(best.token.id);
                tokens.push(best);
            }
            (self.progress)(written.len() as f32 / context as f32);
        }
        let item = self.text.items.iter().find(|item| item.prompt == text.trim());
        Ok(Translated {
            truth: item.map(|item| item.answer.clone()),
            text: self.text.tokenizer.decode(&written[1..]),
            weights: self.weights(tokens.len(), source.len()).await?,
            tokens,
            ended,
            source: source.iter().map(|token| self.token(*token)).collect(),
            layers: self.options.model.layers as u32,
            heads: self.options.model.heads as u32,
        })
    }

    /// Some held-out pairs, with what the model makes of them.
    async fn items(&mut self, from: usize, count: usize) -> Result<Vec<Item>> {
        let mut answered = Vec::new();
        for item in self.text.items.iter().skip(from).take(count) {
            let said = self.translate(&item.prompt).await?.text;
            let (prompt, answer) = (item.prompt.clone(), item.answer.clone());
            answered.push(Item { right: said == answer, prompt, answer, said });
        }
        Ok(answered)
    }
}

/// What stands between the blanks of a text.
fn parts(text: &str) -> Vec<String> {
    let mut text = text.to_string();
    // A longer line is one blank, too.
    while text.contains("____") {
        text = text.replace("____", BLANK);
    }
    text.replace(MASK, BLANK).split(BLANK).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn blanks_are_found_however_they_are_written() {
        assert_eq!(parts("A ___ and a <mask>."), ["A ", " and a ", "."]);
        assert_eq!(parts("_________ ran."), ["", " ran."]);
        assert_eq!(parts("A <mask><mask>."), ["A ", "", "."]);
        assert_eq!(parts("no_blank"), ["no_blank"]);
    }
}
