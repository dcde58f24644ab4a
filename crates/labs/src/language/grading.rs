//! Items of Pocket World, done by the model and graded.

use terrarium_data::text::world::question::NOT_SAID;
use terrarium_data::text::world::{self, Item, Task, grade};

use super::answer::Asking;
use super::question::{Graded, Model, Sampling};
use crate::error::Result;

impl Asking<'_> {
    /// Items `from..from + count` of a task, answered by always taking the likeliest token.
    pub(super) async fn grade(&mut self, task: Task, seed: u64, from: u32, count: u32) -> Result<Vec<Graded>> {
        let mut graded = Vec::new();
        for index in from..from.saturating_add(count) {
            let item = world::item(task, seed, index);
            graded.push(self.grade_item(&item).await?);
            (self.progress)(graded.len() as f32 / count as f32);
        }
        Ok(graded)
    }

    async fn grade_item(&mut self, item: &Item) -> Result<Graded> {
        let stop = if is_one_line(item.task) { "\n" } else { "" };
        let surest = Sampling { temperature: 0.0, stop: stop.to_string(), ..Sampling::default() };
        let continued = self.go_on(&item.prompt, longest(item.task), &surest, Model::Now).await?;
        let grade = grade::grade(item, &continued.text[item.prompt.len()..]);
        let wrong = grade.wrong.into_iter().map(|(place, why)| (place.start as u32, place.end as u32, why));
        Ok(Graded {
            prompt: item.prompt.clone(),
            truth: item.answer.clone(),
            said: grade.said,
            right: grade.is_right,
            wrong: wrong.collect(),
            facts: grade.facts as u32,
            unread: grade.unread as u32,
            confidence: continued.tokens.iter().map(|likely| likely.probability).product(),
            is_told: item.answer.trim() != NOT_SAID,
            is_new_pair: item.is_new_pair,
            shots: item.shots,
        })
    }
}

/// Whether what is asked for ends with its line.
fn is_one_line(task: Task) -> bool {
    !matches!(task, Task::Talk | Task::Write)
}

/// The most tokens that are written for an item: what is asked for takes fewer.
fn longest(task: Task) -> u32 {
    match task {
        Task::Story => 128,
        Task::Talk | Task::Write => 96,
        Task::ToFrench | Task::ToEnglish | Task::Summarise => 64,
        Task::Answer | Task::Run | Task::FewShot => 32,
    }
}
