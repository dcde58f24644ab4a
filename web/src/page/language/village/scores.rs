//! How often the model is right, task by task.

use leptos::prelude::*;
use terrarium_data::text::world::Task;
use terrarium_labs::language::Score;

use super::grades::{Grade, Grades, More, State};
use super::task::{About, TASKS};
use crate::lab::Lab;
use crate::number::thousands;
use crate::techniques::parts::panel;

pub fn scores(lab: Lab, grades: Grades) -> AnyView {
    let help = "Exercises that the model has never seen, graded exactly. A bar is the share that is right; the thin line over it is where the \
                true share lies with 95 % certainty: the more items, the shorter. The model always takes the likeliest token, but stories \
                are drawn.";
    panel("scores", "How often is it right?", help, move |_| view! { <Scores lab grades /> })
}

/// Scores of which less is better.
const BAD: [&str; 2] = ["hallucination", "unread"];

/// A score in words: "87 % of 100".
pub fn said(score: &Score) -> String {
    let of = thousands(score.of.into());
    match score.interval {
        Some([low, high]) => format!("{:.0}\u{202f}% ({low:.0} to {high:.0}) of {of}", score.value),
        None => format!("{:.1} over {of}", score.value),
    }
}

/// A score as a bar with its interval.
#[component]
pub fn Bar(score: Score) -> impl IntoView {
    let percent = |value: f32| format!("{value:.1}%");
    let [low, high] = score.interval.unwrap_or([score.value; 2]);
    let said = said(&score);
    let is_bad = BAD.contains(&score.key.as_str());
    view! {
        <li>
            <span>{score.label}</span>
            <span
                class="score-bar"
                class:bad=is_bad
                aria-hidden="true"
                style=("--value", percent(score.value))
                style=("--low", percent(low))
                style=("--high", percent(high))
            ></span>
            <output>{said}</output>
        </li>
    }
}

#[component]
fn Scores(lab: Lab, grades: Grades) -> impl IntoView {
    let task = move |About { task, label, .. }: &'static About| {
        let bars = move || {
            let Grade { count, scores, .. } = grades.of(*task)?;
            let listed = scores.into_iter().filter(|score| !score.key.starts_with("shots_"));
            Some(view! {
                <p class="technique-note">{format!("Of {} held-out items", thousands(count.into()))}</p>
                <ul class="score-bars">{listed.map(|score| view! { <Bar score /> }).collect_view()}</ul>
            })
        };
        view! {
            <section class="task-scores" aria-label=*label>
                <h4>{*label}</h4>
                <More grades id=id(*task) tasks=std::slice::from_ref(task) label="Grade 100 more" />
                <div>{bars}</div>
            </section>
        }
    };
    view! {
        <div class="buttons">
            <More grades id="grade-all" tasks=&Task::ALL label="Grade 100 more of each" />
        </div>
        <State grades />
        <p class="technique-note" class:hidden=move || !lab.playing.get()>
            "The model is learning. Pause it to grade: scores are those of one model."
        </p>
        <div class="all-scores">{TASKS.iter().map(task).collect_view()}</div>
        <p class="lesson">
            "Large models are compared by such figures, too, mostly without the interval, and on questions that may have been in what they \
             read. Here that cannot be: no exercise is part of the text to learn from. A score says how the model does on such \
             exercises, and nothing about others, nor how it comes by its answers: for most of its training, the model that ships was \
             right about five questions in six and never looked at whom they were about."
        </p>
    }
}

/// The button's name in the page.
fn id(task: Task) -> &'static str {
    match task {
        Task::Story => "grade-story",
        Task::Answer => "grade-answer",
        Task::Summarise => "grade-summarise",
        Task::Talk => "grade-talk",
        Task::ToFrench => "grade-to-french",
        Task::ToEnglish => "grade-to-english",
        Task::Run => "grade-run",
        Task::RunAtOnce => "grade-run-at-once",
        Task::Write => "grade-write",
        Task::FewShot => "grade-few-shot",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_say_what_they_rest_on() {
        let score = |interval| Score { key: String::new(), label: String::new(), value: 87.4, interval, of: 1200 };
        assert_eq!(said(&score(Some([85.2, 89.6]))).replace('\u{202f}', " "), "87 % (85 to 90) of 1,200");
        assert_eq!(said(&score(None)), "87.4 over 1,200");
    }
}
