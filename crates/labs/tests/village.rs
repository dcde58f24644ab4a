//! What the shipped model of Pocket World has to know, whatever its scores.

mod support;

use std::fs;

use pollster::block_on;
use support::{assets, open, set_up};
use terrarium_data::text::world::Task;
use terrarium_labs::language::{Answer, LAB, Question};
use terrarium_labs::protocol::SetUp;

/// A model that takes everybody for whom a story is mostly about gets most questions right, and none about strangers.
#[test]
fn it_looks_for_the_name_that_it_is_asked_about() {
    let base = fs::read(assets().0.join("village.safetensors")).unwrap().into();
    let set_up = SetUp { base, ..set_up(LAB.slug, &[("data", "world"), ("documents", "1000")], 1) };
    let question = Question::Grade { task: Task::Answer, seed: 1, from: 0, count: 400 };
    let answer = block_on(open(&set_up).unwrap().ask(question.into(), &|_| ())).unwrap().language;
    let Some(Answer::Graded(report)) = answer else { panic!("no grades but {answer:?}") };
    let [mut known, mut strangers] = [Vec::new(), Vec::new()];
    for graded in &report.graded {
        let (story, asked) = graded.prompt.rsplit_once("Question:").unwrap();
        if let Some((name, _)) = asked.trim().strip_prefix("Where is ").and_then(|rest| rest.split_once('?'))
            && !name.starts_with("the ")
        {
            let of_them = if story.contains(name) { &mut known } else { &mut strangers };
            of_them.push(graded.right);
        }
    }
    for (who, right) in [("people of the story", known), ("strangers", strangers)] {
        let share = right.iter().filter(|right| **right).count() as f64 / right.len() as f64;
        assert!(right.len() > 10 && share > 0.8, "{who}: {share} of {}", right.len());
    }
}
