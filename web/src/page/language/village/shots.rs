//! What examples in the prompt do for the model.

use leptos::prelude::*;
use terrarium_data::text::world::Task;
use terrarium_data::text::world::mapping::MAX_EXAMPLES;

use super::grades::{Grade, Grades, More, State};
use crate::lab::Lab;
use crate::language::plot::{Axis, Dot, Plot, share};
use crate::techniques::parts::panel;

pub fn shots(lab: Lab, grades: Grades) -> AnyView {
    let help = "Mappings that it has never seen, after none to eight examples. Choose the task “Few-shot” above to build such a prompt \
                yourself.";
    panel("shots", "What do examples do?", help, move |_| view! { <Shots lab grades /> })
}

/// How often it is right after so many examples.
fn dots(grade: &Grade) -> Vec<Dot> {
    let dot = |shots: usize| {
        let score = grade.score(&format!("shots_{shots}"))?;
        Some(Dot {
            x: shots as f32 / MAX_EXAMPLES as f32,
            y: score.value / 100.0,
            interval: score.interval.map(|interval| interval.map(|end| end / 100.0)),
            size: 0.4,
            said: format!("after {shots} examples {:.0} % right of {}", score.value, score.of),
            is_other: false,
        })
    };
    (0..=MAX_EXAMPLES).filter_map(dot).collect()
}

#[component]
fn Shots(lab: Lab, grades: Grades) -> impl IntoView {
    let accuracy = Memo::new(move |_| grades.of(Task::FewShot).as_ref().map(dots).unwrap_or_default());
    view! {
        <div class="buttons">
            <More grades id="grade-shots" tasks=&[Task::FewShot] label="Grade 100 more" />
        </div>
        <State grades />
        <p class="technique-note" class:hidden=move || !lab.playing.get()>"Pause training to grade."</p>
        <Plot
            id="shots-plot"
            title="Right, by the number of examples"
            help="To the right the number of examples in the prompt, upwards the share of answers that are right, with its 95 % interval."
            x=Axis { name: "examples", ticks: &["0", "1", "2", "3", "4", "5", "6", "7", "8"] }
            y=share("right")
            empty="Grade some mappings to see it."
            dots=accuracy
            joined=true
            diagonal=false
        />
        <p class="lesson">
            "Without an example nobody can know the answer, and with each the model knows better what is meant, although none of its weights \
             changes. It reads the rule out of its prompt. That the prompt alone can steer a model is what makes large ones so handy, and it \
             is why a text that somebody slips into a prompt can steer them as well."
        </p>
    }
}
