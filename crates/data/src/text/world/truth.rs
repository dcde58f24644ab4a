//! What is so of prompts that nobody has made up before: those that a visitor writes.

use super::code;
use super::lexicon::PEOPLE;
use super::question::{presence, questions, questions_of};
use super::reader::{Verdict, read};
use super::{Dice, Task};

/// Questions draw which of a few places and people they are about; so many draws bring up all that can be asked.
const DRAWS: u32 = 32;

/// What is right to go on with after a prompt, where that can be told from the prompt alone: what a program prints, or the answer to a
/// question about a story. Nothing where it cannot.
///
/// # Errors
/// In words, where the prompt makes no sense, so that nothing is right: its program does not run, its story contradicts itself.
pub fn truth(task: Task, prompt: &str) -> Option<Result<String, String>> {
    match task {
        Task::Run => code::Task::Run.truth(prompt),
        Task::RunAtOnce => code::Task::RunAtOnce.truth(prompt),
        Task::Answer => answer(prompt),
        _ => None,
    }
}

fn answer(prompt: &str) -> Option<Result<String, String>> {
    let (story, asked) = prompt.trim_end().strip_suffix("Answer:")?.rsplit_once("Question:")?;
    let (sentences, state) = read(story.split_once('\n')?.1.lines().next()?);
    for sentence in sentences {
        match sentence.verdict {
            Verdict::Fits => {}
            Verdict::Unread => return None,
            Verdict::Wrong(why) => return Some(Err(format!("The story contradicts itself: {why}."))),
        }
    }
    let asked = asked.trim();
    let of_anybody = PEOPLE.iter().flat_map(|person| questions_of(&state, person).into_iter().chain([presence(&state, person)]));
    let draws = (0..DRAWS).flat_map(|draw| questions(&state, &mut Dice::new(0, 0, draw)));
    let question = of_anybody.chain(draws).find(|question| question.question == asked)?;
    Some(Ok(format!(" {}\n", question.answer)))
}

#[cfg(test)]
mod tests {
    use super::super::item;
    use super::*;

    #[test]
    fn the_truth_of_items_is_found_again() {
        for task in [Task::Answer, Task::Run, Task::RunAtOnce] {
            for index in 0..300 {
                let item = item(task, 1, index);
                assert_eq!(truth(task, &item.prompt), Some(Ok(item.answer)), "{}", item.prompt);
            }
        }
    }

    #[test]
    fn it_follows_what_a_visitor_writes() {
        let story = "Story: Mine\nMia was in the garden. She had a red kite. She went to the school.";
        let answer = |story: &str, question: &str| truth(Task::Answer, &format!("{story}\nQuestion: {question}\nAnswer:"));
        let so = |answer: &str| Some(Ok(format!(" {answer}\n")));
        assert_eq!(answer(story, "Where is Mia?"), so("At the school."));
        assert_eq!(answer(story, "Where was Mia before the school?"), so("In the garden."));
        assert_eq!(answer(story, "Where is Wanda?"), so("The story does not say."));
        assert_eq!(answer(story, "Is Mia in the story?"), so("Yes."));
        assert_eq!(answer(story, "Is Wanda in the story?"), so("No."));
        assert_eq!(answer(story, "Is she tall?"), None);
        assert_eq!(answer("Story: Mine\nMia sneezed twice.", "Where is Mia?"), None);
        let torn = answer(&format!("{story} Mia was in the garden."), "Where is Mia?").unwrap().unwrap_err();
        assert!(torn.starts_with("The story contradicts itself: "), "{torn}");

        assert_eq!(truth(Task::RunAtOnce, "Code:\nx = 90\nprint x - 1\nPrints: "), so("89"));
        assert_eq!(
            truth(Task::Run, "Code:\nx = 90\nprint x\nSteps:"),
            Some(Ok("\nx = 90\nprint x = 90\nPrints: 90\n".to_string()))
        );
        let says = |code: &str| truth(Task::Run, &format!("Code:\n{code}\nSteps:")).unwrap().unwrap_err();
        assert_eq!(says("print x"), "Line 1: x has no value yet.");
        assert_eq!(says("x = 1\nPrint x"), "Line 2: expected a variable, print, if or repeat, found “Print”.");
        assert_eq!(truth(Task::Run, "print 3"), None);
        assert_eq!(truth(Task::Story, story), None);
        assert_eq!(truth(Task::Answer, ""), None);
    }
}
