//! What the model makes up, and whether it knows when it does.

use leptos::prelude::*;
use terrarium_data::text::world::Task;
use terrarium_labs::language::Bin;

use super::grades::{Grades, More, State};
use super::scores::Bar;
use crate::lab::Lab;
use crate::language::plot::{Axis, Dot, Plot, share};
use crate::techniques::parts::panel;

/// The tasks that tell.
static ASKED: [Task; 2] = [Task::Answer, Task::Story];

pub fn made_up(lab: Lab, grades: Grades) -> AnyView {
    let help = "Some questions are about what a story does not say. An answer to them is made up, however likely it sounds. So is \
                whatever in a story contradicts its beginning.";
    panel("made-up", "What does it make up?", help, move |_| view! { <MadeUp lab grades /> })
}

/// Where answers of about the same confidence stand: beside how sure the model was, how often it was right.
fn dots(bins: Vec<Bin>) -> Vec<Dot> {
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(1) as f32;
    let dot = |Bin { confidence, right, count }| Dot {
        x: confidence,
        y: right,
        interval: None,
        size: (count as f32 / most).sqrt(),
        said: format!("{:.0} % sure, {:.0} % right, {count} answers", 100.0 * confidence, 100.0 * right),
        is_other: false,
    };
    bins.into_iter().filter(|bin| bin.count > 0).map(dot).collect()
}

#[component]
fn MadeUp(lab: Lab, grades: Grades) -> impl IntoView {
    let rates = move || {
        let rates = ASKED.into_iter().filter_map(|task| grades.of(task)?.score("hallucination").cloned());
        rates.map(|score| view! { <Bar score /> }).collect_view()
    };
    let calibration = Memo::new(move |_| grades.of(Task::Answer).map(|grade| dots(grade.calibration)).unwrap_or_default());
    view! {
        <div class="buttons">
            <More grades id="grade-made-up" tasks=&ASKED label="Grade 100 answers and stories more" />
        </div>
        <State grades />
        <p class="technique-note" class:hidden=move || !lab.playing.get()>"Pause training to grade."</p>
        <ul class="score-bars">{rates}</ul>
        <Plot
            id="calibration"
            title="Confidence beside truth"
            help="Answers of about the same confidence: to the right how sure the model was, upwards how many of them were right. A larger dot is more answers. \
                  On the dashed line it is exactly as often right as it says."
            x=Axis { name: "how sure it was", ticks: &["0 %", "50 %", "100 %"] }
            y=share("right")
            empty="Grade some answers to see it."
            dots=calibration
            joined=false
            diagonal=true
        />
        <p class="lesson">
            "Dots below the dashed line are answers that the model was surer of than it should be. Nothing in a model tells true from \
             likely. How sure it is can help where it is well calibrated, which large models often are no longer once they were \
             trained to please. Here every fact can be checked; out there somebody has to."
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_without_answers_have_no_dot() {
        let bin = |confidence, count| Bin { confidence, right: 0.5, count };
        let dots = dots(vec![bin(0.15, 4), bin(0.5, 0), bin(0.95, 16)]);
        assert_eq!(dots.iter().map(|dot| (dot.x, dot.size)).collect::<Vec<_>>(), [(0.15, 0.5), (0.95, 1.0)]);
        assert_eq!(dots[0].said, "15 % sure, 50 % right, 4 answers");
    }
}
