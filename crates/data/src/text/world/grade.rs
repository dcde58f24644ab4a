//! Grades what a model said, by what is so.

use std::ops::Range;

use super::Task;
use super::code::{Program, print_the_same};
use super::question::NOT_SAID;
use super::reader::{Verdict, read, read_talk};

/// What a model said to an item, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Grade {
    /// What counts of it: without what the model went on with afterwards.
    pub said: String,
    /// Whether all of it is right; of stories and talks, whether nothing in it is wrong.
    pub is_right: bool,
    /// How many facts it tells that can be judged, and what is wrong with some of them: where in `said`, and why.
    pub facts: usize,
    pub wrong: Vec<(Range<usize>, String)>,
    /// How many of its sentences or lines could not be read.
    pub unread: usize,
}

/// Words that begin another part of a document.
const TAGS: [&str; 13] = [
    "Story:",
    "Question:",
    "Answer:",
    "Summary:",
    "Talk:",
    "English:",
    "French:",
    "Code:",
    "Steps:",
    PRINTS,
    "Words:",
    "Pairs:",
    "<|endoftext|>",
];

const PRINTS: &str = "Prints:";

/// Judges what a model went on with after the prompt of an item of a task, for which `truth` is right.
pub fn grade(task: Task, prompt: &str, truth: &str, output: &str) -> Grade {
    let said = cut(task, output);
    match task {
        Task::Story => grade_story(prompt, said),
        Task::Talk => grade_talk(prompt, said),
        Task::Run => grade_working(truth.trim(), said),
        _ => grade_exactly(task, truth.trim(), said),
    }
}

/// The part of what a model wrote that answers the task.
fn cut(task: Task, output: &str) -> &str {
    // What is printed is the end of what is worked out.
    let ends = TAGS.iter().filter(|tag| task != Task::Run || **tag != PRINTS);
    let output = &output[..ends.filter_map(|tag| output.find(tag)).min().unwrap_or(output.len())];
    match task {
        Task::Run => {
            let printed = output.find(PRINTS).unwrap_or(output.len());
            let end = output[printed..].find('\n').map_or(output.len(), |end| printed + end);
            output[..end].trim()
        }
        Task::Talk | Task::Write => output.trim(),
        _ => output.trim_start().split('\n').next().unwrap_or_default().trim_end(),
    }
}

/// What counts is what is printed; of the steps on the way there, the first that is not so is marked, as those after it may follow from it.
fn grade_working(truth: &str, said: &str) -> Grade {
    let printed = |text: &str| text.lines().last().filter(|line| line.starts_with(PRINTS)).map(str::to_string);
    let (mut wrong, mut start) = (Vec::new(), 0);
    let mut lines = truth.lines();
    for line in said.lines() {
        let wanted = lines.next();
        if wanted != Some(line) {
            let why = wanted.map_or("There is nothing more to do.".to_string(), |wanted| format!("True would be: {wanted}"));
            wrong.push((start..start + line.len(), why));
            break;
        }
        start += line.len() + 1;
    }
    let is_right = printed(truth) == printed(said);
    if !is_right && wrong.is_empty() {
        wrong.push((0..said.len(), "This comes to no end.".to_string()));
    }
    Grade { said: said.to_string(), is_right, facts: 1, wrong, unread: 0 }
}

fn grade_exactly(task: Task, truth: &str, said: &str) -> Grade {
    let is_right = match task {
        // Programs that print the same are as good.
        Task::Write => said == truth || print_the_same(said, truth),
        _ => said == truth,
    };
    let wrong = if is_right { Vec::new() } else { vec![(0..said.len(), reason(task, truth, said))] };
    Grade { said: said.to_string(), is_right, facts: 1, wrong, unread: 0 }
}

fn reason(task: Task, truth: &str, said: &str) -> String {
    match task {
        Task::Answer if truth == NOT_SAID => "Made up: the story does not say.".to_string(),
        Task::Answer if said == NOT_SAID => format!("The story does say: {truth}"),
        Task::Write if said.parse::<Program>().is_err() => "This is no program.".to_string(),
        _ => format!("True would be: {truth}"),
    }
}

/// The sentences of a story up to the end of its paragraph.
fn story_of(prompt: &str) -> &str {
    let story = prompt.split_once('\n').map_or(prompt, |(_, rest)| rest);
    story.split('\n').next().unwrap_or_default()
}

fn grade_story(prompt: &str, said: &str) -> Grade {
    let beginning = story_of(prompt);
    let whole = format!("{beginning} {said}");
    let start = whole.len() - said.len();
    let (sentences, _) = read(&whole);
    let (mut wrong, mut facts, mut unread) = (Vec::new(), 0, 0);
    for sentence in sentences.iter().filter(|sentence| sentence.place.start >= start) {
        let place = sentence.place.start - start..sentence.place.end - start;
        match &sentence.verdict {
            Verdict::Fits => facts += 1,
            Verdict::Unread => unread += 1,
            Verdict::Wrong(why) => {
                facts += 1;
                wrong.push((place, why.clone()));
            }
        }
    }
    Grade { said: said.to_string(), is_right: wrong.is_empty() && unread == 0 && facts > 0, facts, wrong, unread }
}

fn grade_talk(prompt: &str, said: &str) -> Grade {
    let (_, state) = read(story_of(prompt));
    let (mut wrong, mut facts, mut unread, mut place) = (Vec::new(), 0, 0, 0);
    for line in read_talk(&state, said) {
        let start = said[place..].find(&line.text).map_or(place, |at| place + at);
        place = start + line.text.len();
        match line.verdict {
            Verdict::Fits => facts += 1,
            Verdict::Unread => unread += 1,
            Verdict::Wrong(why) => {
                facts += 1;
                wrong.push((start..place, why));
            }
        }
    }
    Grade { said: said.to_string(), is_right: wrong.is_empty() && unread == 0 && facts > 0, facts, wrong, unread }
}

#[cfg(test)]
mod tests {
    use super::super::item;
    use super::*;

    #[test]
    fn what_is_true_is_right_whatever_follows() {
        for task in Task::ALL {
            for index in 0..200 {
                let item = item(task, 1, index);
                for after in ["", "<|endoftext|>", "Story: A gift\nMia was at home.\nPrints: 3", "Code:\nprint 3\n"] {
                    let grade = grade(task, &item.prompt, &item.answer, &(item.answer.clone() + after));
                    assert!(grade.is_right && grade.wrong.is_empty() && grade.unread == 0, "{grade:?}");
                    assert_eq!(grade.said, item.answer.trim());
                }
                let nothing = grade(task, &item.prompt, &item.answer, "");
                assert!(!nothing.is_right && nothing.said.is_empty());
            }
        }
    }

    #[test]
    fn the_first_wrong_step_is_marked_and_what_is_printed_counts() {
        let truth = "\nx = 3\nx = x + 4 = 3 + 4 = 7\nprint x = 7\nPrints: 7\n";
        let grade = |said: &str| {
            let grade = grade(Task::Run, "", truth, said);
            let wrong: Vec<(String, String)> =
                grade.wrong.iter().map(|(place, why)| (grade.said[place.clone()].to_string(), why.clone())).collect();
            (grade.is_right, wrong)
        };
        let wrong = |line: &str, why: &str| vec![(line.to_string(), why.to_string())];
        let slip = "x = 3\nx = x + 4 = 3 + 4 = 8\nprint x = 8\nPrints: 8\nCode:";
        let should = "True would be: x = x + 4 = 3 + 4 = 7";
        assert_eq!(grade(slip), (false, wrong("x = x + 4 = 3 + 4 = 8", should)));
        let lucky = "x = 3\nx = x + 4 = 7\nprint x = 7\nPrints: 7";
        assert_eq!(grade(lucky), (true, wrong("x = x + 4 = 7", should)), "it prints the same by another way");
        assert_eq!(grade("x = 3\nx = x + 4 = 3 + 4 = 7"), (false, wrong("x = 3\nx = x + 4 = 3 + 4 = 7", "This comes to no end.")));
        let more = truth.replace("Prints", "print 9\nPrints");
        assert_eq!(grade(&more), (true, wrong("print 9", "True would be: Prints: 7")));
    }
}
