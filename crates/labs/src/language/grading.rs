//! Items of Pocket World, done by the model and graded.

use std::collections::BTreeMap;

use terrarium_data::text::world::question::NOT_SAID;
use terrarium_data::text::world::{self, Item, Task, grade};
use terrarium_metrics::{Accuracy, Bleu, Calibration, rouge_l};

use super::answer::Asking;
use super::question::{Bin, Exercise, Graded, Model, Report, Sampling, Score};
use crate::error::Result;

/// Confidences are told apart into so many bins.
const BINS: usize = 10;

/// Items that were graded, of each task one after the other.
#[derive(Default)]
pub struct Marks {
    /// By what seed, after how many steps.
    of: Option<(u64, u32)>,
    graded: BTreeMap<Task, Vec<Graded>>,
}

impl Asking<'_> {
    /// Items `from..from + count` of a task, answered by [`Sampling::graded`].
    pub(super) async fn grade(&mut self, task: Task, seed: u64, from: u32, count: u32) -> Result<Report> {
        let of = Some((seed, self.stage.step()));
        if self.notes.graded.of != of {
            self.notes.graded = Marks { of, graded: BTreeMap::new() };
        }
        let before = self.notes.graded.graded.remove(&task).unwrap_or_default();
        let mut all = if before.len() == from as usize { before } else { Vec::new() };
        for index in from..from.saturating_add(count) {
            let exercise = exercise(world::item(task, seed, index));
            all.push(self.try_out(task, &exercise, Sampling::graded(task, index), Model::Now).await?);
            (self.progress)((index - from + 1) as f32 / count as f32);
        }
        let graded = all[all.len() - count as usize..].to_vec();
        let report = Report { graded, scores: scores(task, &all), calibration: calibration(&all) };
        self.notes.graded.graded.insert(task, all);
        Ok(report)
    }

    /// What the model makes of an exercise.
    pub(super) async fn try_out(&mut self, task: Task, exercise: &Exercise, sampling: Sampling, model: Model) -> Result<Graded> {
        let Exercise { prompt, truth, shots, is_new_pair } = exercise.clone();
        let stop = if is_one_line(task) { "\n" } else { "" };
        let sampling = Sampling { stop: stop.to_string(), ..sampling };
        let continued = self.go_on(&prompt, 0, longest(task), &sampling, model).await?;
        let grade = grade::grade(task, &prompt, &truth, &continued.text[prompt.len()..]);
        let wrong = grade.wrong.into_iter().map(|(place, why)| (place.start as u32, place.end as u32, why));
        Ok(Graded {
            said: grade.said,
            right: grade.is_right,
            wrong: wrong.collect(),
            facts: grade.facts as u32,
            unread: grade.unread as u32,
            confidence: continued.tokens.iter().map(|likely| likely.probability).product(),
            is_told: truth.trim() != NOT_SAID,
            prompt,
            truth,
            is_new_pair,
            shots,
        })
    }
}

/// A held-out item of a task, or all questions about its story.
pub fn exercises(task: Task, seed: u64, index: u32) -> Vec<Exercise> {
    match task {
        Task::Answer => world::questions_of(seed, index).into_iter().map(exercise).collect(),
        _ => vec![exercise(world::item(task, seed, index))],
    }
}

fn exercise(item: Item) -> Exercise {
    let Item { prompt, answer, shots, is_new_pair, .. } = item;
    Exercise { prompt, truth: answer, shots, is_new_pair }
}

/// Whether what is asked for ends with its line.
fn is_one_line(task: Task) -> bool {
    !matches!(task, Task::Talk | Task::Run | Task::Write)
}

/// The most tokens that are written for an item: what is asked for takes fewer.
fn longest(task: Task) -> u32 {
    match task {
        Task::Run => 192,
        Task::Story => 128,
        Task::Talk | Task::Write => 96,
        Task::ToFrench | Task::ToEnglish | Task::Summarise => 64,
        Task::Answer | Task::RunAtOnce | Task::FewShot => 32,
    }
}

/// What graded items of a task come to.
fn scores(task: Task, graded: &[Graded]) -> Vec<Score> {
    let all = |_: &Graded| true;
    let mut scores = Vec::new();
    let mut right = |key: &str, label: &str, which: &dyn Fn(&Graded) -> bool| {
        scores.extend(share(key, label, graded.iter().filter(|graded| which(graded)).map(|graded| graded.right)));
    };
    match task {
        Task::Answer => {
            right("exact", "Answers right", &|graded| graded.is_told);
            right("unanswerable", "Says that the story does not say", &|graded| !graded.is_told);
        }
        Task::FewShot => {
            right("exact", "Right", &all);
            for shots in 0..=world::mapping::MAX_EXAMPLES as u32 {
                right(&format!("shots_{shots}"), &format!("After {shots} examples"), &|graded| graded.shots == Some(shots));
            }
        }
        Task::Story => right("true", "Stories with nothing wrong", &all),
        Task::Talk => right("true", "Talks with nothing wrong", &all),
        _ => right("exact", "Exactly right", &all),
    }
    right("new_pairs", "Right where two words never met before", &|graded| graded.is_new_pair);
    match task {
        Task::Answer => {
            let untold = graded.iter().filter(|graded| !graded.is_told);
            scores.extend(share(
                "hallucination",
                "Makes something up where the story does not say",
                untold.map(|graded| !graded.right),
            ));
        }
        Task::Story | Task::Talk => {
            let facts = graded.iter().flat_map(|graded| (0..graded.facts as usize).map(|fact| fact < graded.wrong.len()));
            scores.extend(share("hallucination", "Facts that contradict what was told", facts));
            let sentences = graded.iter().flat_map(|graded| (0..graded.facts + graded.unread).map(|place| place < graded.unread));
            scores.extend(share("unread", "Sentences that say nothing of the village", sentences));
        }
        Task::ToFrench | Task::ToEnglish => {
            let mut bleu = Bleu::default();
            graded.iter().for_each(|graded| bleu.add(&graded.said, &[graded.truth.trim()]));
            scores.extend(bleu.score().map(|value| mean("bleu", "BLEU", value, graded)));
        }
        Task::Summarise => {
            let sum: f32 = graded.iter().map(|graded| rouge_l(&graded.said, graded.truth.trim())).sum();
            scores.push(mean("rouge_l", "ROUGE-L", sum / graded.len().max(1) as f32, graded));
        }
        Task::Run | Task::RunAtOnce | Task::Write | Task::FewShot => {}
    }
    scores
}

fn share(key: &str, label: &str, each: impl Iterator<Item = bool>) -> Option<Score> {
    let (mut accuracy, mut of) = (Accuracy::default(), 0);
    each.for_each(|is_right| {
        accuracy.add(is_right);
        of += 1;
    });
    let [value, interval] = [accuracy.share().map(|share| [share; 2]), accuracy.interval()];
    let value = value?[0] * 100.0;
    Some(Score {
        key: key.to_string(),
        label: label.to_string(),
        value,
        interval: interval.map(|interval| interval.map(|end| end * 100.0)),
        of,
    })
}

fn mean(key: &str, label: &str, value: f32, graded: &[Graded]) -> Score {
    Score { key: key.to_string(), label: label.to_string(), value, interval: None, of: graded.len() as u32 }
}

/// How often the model is right, by how sure it was.
fn calibration(graded: &[Graded]) -> Vec<Bin> {
    let answers: Vec<(f32, bool)> = graded.iter().map(|graded| (graded.confidence, graded.right)).collect();
    let bins = Calibration::new(&answers, BINS).map_or(Vec::new(), |calibration| calibration.bins);
    bins.into_iter().map(|bin| Bin { confidence: bin.confidence, right: bin.accuracy, count: bin.count as u32 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graded(right: bool, is_told: bool) -> Graded {
        Graded {
            prompt: String::new(),
            truth: " Three cats were here.\n".to_string(),
            said: "Three cats were here.".to_string(),
            right,
            wrong: Vec::new(),
            facts: 1,
            unread: 0,
            confidence: 0.5,
            is_told,
            is_new_pair: false,
            shots: None,
        }
    }

    fn value(scores: &[Score], key: &str) -> (f32, u32) {
        let score = scores.iter().find(|score| score.key == key).unwrap_or_else(|| panic!("there is no {key}"));
        (score.value, score.of)
    }

    #[test]
    fn answers_that_the_story_does_not_tell_are_counted_apart() {
        let scores = scores(Task::Answer, &[graded(true, true), graded(false, true), graded(false, true), graded(true, false)]);
        assert_eq!(value(&scores, "unanswerable"), (100.0, 1));
        assert_eq!(value(&scores, "hallucination"), (0.0, 1));
        let (exact, of) = value(&scores, "exact");
        assert!((exact - 100.0 / 3.0).abs() < 1e-3 && of == 3);
        let [low, high] = scores[0].interval.unwrap();
        assert!(low > 0.0 && low < exact && exact < high && high < 100.0, "{low} {high}");
        assert!(scores.iter().all(|score| score.key != "new_pairs"), "there are none");
    }

    #[test]
    fn wrong_facts_of_stories_are_counted_one_by_one() {
        let wrong = Graded { facts: 4, wrong: vec![(0, 3, String::new())], unread: 1, right: false, ..graded(false, true) };
        let scores = scores(Task::Story, &[wrong, Graded { facts: 6, ..graded(true, true) }]);
        assert_eq!(value(&scores, "hallucination"), (10.0, 10));
        assert_eq!(value(&scores, "true"), (50.0, 2));
        let (unread, of) = value(&scores, "unread");
        assert!((unread - 100.0 / 11.0).abs() < 1e-3 && of == 11);
    }

    #[test]
    fn few_shot_is_told_by_the_number_of_examples() {
        let items = (0..18).map(|i| Graded { shots: Some(i % 9), right: i % 9 > 4, ..graded(true, true) });
        let scores = scores(Task::FewShot, &items.collect::<Vec<_>>());
        assert_eq!(value(&scores, "shots_0"), (0.0, 2));
        assert_eq!(value(&scores, "shots_8"), (100.0, 2));
    }

    #[test]
    fn translations_and_summaries_have_their_measures() {
        assert_eq!(value(&scores(Task::ToFrench, &[graded(true, true)]), "bleu"), (100.0, 1));
        assert_eq!(value(&scores(Task::Summarise, &[graded(true, true)]), "rouge_l"), (100.0, 1));
        assert!(scores(Task::Summarise, &[]).iter().all(|score| score.of == 0 && !score.value.is_nan()));
    }
}
