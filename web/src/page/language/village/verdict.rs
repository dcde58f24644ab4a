//! What the model said, with what is wrong in it, beside what is true.

use leptos::prelude::*;
use terrarium_data::text::world::Task;
use terrarium_labs::language::Graded;

use super::marks::{Piece, pieces};
use super::task::is_open;
use crate::icons::{Icon, icon};
use crate::language::token::chance;

/// What became of an exercise.
#[derive(Clone, PartialEq)]
pub struct Tried {
    pub task: Task,
    pub graded: Graded,
    /// Why it cannot be judged, where what is true is not known.
    pub unjudged: Option<String>,
    /// How many steps the model had made that answered.
    pub steps: u32,
}

impl Tried {
    /// Whether all is well with it, where that is known.
    fn is_right(&self) -> Option<bool> {
        self.unjudged.is_none().then_some(self.graded.right)
    }

    /// What came of it, in a sentence or two.
    fn sentence(&self) -> String {
        let Graded { right, wrong, facts, unread, .. } = &self.graded;
        if let Some(why) = &self.unjudged {
            return why.clone();
        }
        if !is_open(self.task) {
            return if *right { "Right." } else { "Wrong." }.to_string();
        }
        let facts_said = |count: usize| if count == 1 { "1 fact".to_string() } else { format!("{count} facts") };
        let told = match wrong.len() {
            _ if *facts == 0 => "It tells nothing that could be judged.".to_string(),
            0 => format!("Nothing in it contradicts what was told: {} checked.", facts_said(*facts as usize)),
            count => format!("{} of {} contradict what was told.", count, facts_said(*facts as usize)),
        };
        let strange = match unread {
            0 => "",
            1 => " One sentence of it could not be understood.",
            _ => " Some of its sentences could not be understood.",
        };
        told + strange
    }
}

/// Words that begin with a capital.
fn as_sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[component]
pub fn Verdict(tried: Tried) -> impl IntoView {
    let verdict = tried.sentence();
    let is_right = tried.is_right();
    let Tried { task, graded, unjudged, .. } = tried;
    let is_judged = unjudged.is_none();
    let reasons = if is_judged { graded.wrong.clone() } else { Vec::new() };
    let piece = |Piece { text, wrong }: Piece| match wrong {
        None => view! { <span>{text}</span> }.into_any(),
        Some(number) => view! {
            <mark aria-describedby=format!("reason-{number}")>{text}</mark>
            <sup>{number}</sup>
        }
        .into_any(),
    };
    let reason = |(number, (_, _, why)): (usize, (u32, u32, String))| {
        view! { <li id=format!("reason-{}", number + 1)>{as_sentence(&why)}</li> }
    };
    let said = pieces(&graded.said, &reasons);
    let is_silent = said.is_empty();
    let truth = (is_judged && !graded.truth.is_empty()).then(|| {
        let name = if is_open(task) { "One true way to go on" } else { "True is" };
        view! {
            <figure>
                <figcaption>{name}</figcaption>
                <p id="truth" class="written paper">{graded.truth.trim().to_string()}</p>
            </figure>
        }
    });
    let sure = (!is_open(task)).then(|| {
        view! {
            <p class="sure" title="The probabilities of all tokens of its answer, multiplied">
                <span>"How sure it was: " <output>{chance(graded.confidence)}</output></span>
                <span class="share" aria-hidden="true" style=("--share", format!("{:.1}%", 100.0 * graded.confidence))></span>
            </p>
        }
    });
    let new_pair = graded.is_new_pair && is_judged;
    view! {
        <div class="beside">
            <figure>
                <figcaption>"The model says"</figcaption>
                <p id="said" class="written paper">
                    {said.into_iter().map(piece).collect_view()}
                    {is_silent.then_some("(nothing)")}
                </p>
            </figure>
            {truth}
        </div>
        <p id="verdict" class="verdict" class:right=is_right == Some(true) class:wrong=is_right == Some(false)>
            {is_right.map(|is_right| icon(if is_right { Icon::Good } else { Icon::Close }))}
            {verdict}
            {new_pair.then_some(" It has two words together that never were in what the model learnt from.")}
        </p>
        <ol class="reasons" class:hidden=reasons.is_empty()>
            {reasons.clone().into_iter().enumerate().map(reason).collect_view()}
        </ol>
        {sure}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(task: Task, right: bool, wrong: usize, [facts, unread]: [u32; 2]) -> Tried {
        let graded = Graded {
            prompt: String::new(),
            truth: String::new(),
            said: String::new(),
            right,
            wrong: vec![(0, 0, String::new()); wrong],
            facts,
            unread,
            confidence: 0.5,
            is_told: true,
            is_new_pair: false,
            shots: None,
        };
        Tried { task, graded, unjudged: None, steps: 0 }
    }

    #[test]
    fn reasons_begin_with_a_capital() {
        assert_eq!(["élan is lost", "Lisa", ""].map(as_sentence), ["Élan is lost", "Lisa", ""]);
    }

    #[test]
    fn verdicts_say_what_was_checked() {
        assert_eq!(tried(Task::Answer, true, 0, [1, 0]).sentence(), "Right.");
        assert_eq!(tried(Task::Story, false, 1, [4, 0]).sentence(), "1 of 4 facts contradict what was told.");
        let strange = tried(Task::Story, false, 0, [3, 1]).sentence();
        assert!(
            strange.starts_with("Nothing in it contradicts what was told: 3 facts checked.") && strange.contains("One sentence")
        );
        let changed = Tried { unjudged: Some("Who knows?".to_string()), ..tried(Task::Answer, true, 1, [1, 0]) };
        assert_eq!((changed.sentence(), changed.is_right()), ("Who knows?".to_string(), None));
    }
}
