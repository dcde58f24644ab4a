//! What the model writes while it learns, from the first step on.

use std::sync::Arc;

use leptos::prelude::*;
use terrarium_labs::language::{About, Answer, Continued, Model, Question, Sampling};
use terrarium_labs::protocol::SetUp;
use wasm_bindgen_futures::spawn_local;

use super::{ask, measured};
use crate::gan_panels::film::Film;
use crate::lab::{Lab, Progress};
use crate::number::thousands;

/// Samples are so far apart at least, in milliseconds, and so many times as long as the last one took to draw: looking on is not to slow
/// down learning.
const REST: f64 = 2500.0;
const SHARE: f64 = 30.0;
/// When so many are kept, every second one is dropped.
const MOST: usize = 200;
/// Texts in a sample of short ones, and tokens in one of each kind.
const TEXTS: u32 = 6;
const SHORT: u32 = 24;
const LONG: u32 = 64;
/// Samples that are shown of the whole way at once.
const MILESTONES: usize = 5;

/// What the model wrote at a step.
#[derive(Clone, PartialEq)]
struct Sample {
    step: u32,
    /// On held-out text, in nats a token, where it had been measured.
    loss: Option<f32>,
    texts: Arc<[String]>,
}

impl Sample {
    /// One line about it.
    fn name(&self) -> String {
        let loss = self.loss.map(|loss| format!(", held-out loss {loss:.2}")).unwrap_or_default();
        format!("Step {}{loss}", thousands(self.step.into()))
    }
}

/// The samples of a run.
#[derive(Default)]
struct Timeline {
    samples: Vec<Sample>,
    /// When the last one had come, and how long that took.
    at: f64,
    took: f64,
}

impl Timeline {
    fn is_due(&self, step: u32, learns: bool, now: f64) -> bool {
        let Some(last) = self.samples.last() else { return true };
        last.step != step && (!learns || now - self.at >= REST.max(SHARE * self.took))
    }

    fn push(&mut self, sample: Sample) {
        self.samples.retain(|kept| kept.step < sample.step);
        if self.samples.len() >= MOST {
            let mut place = 0;
            self.samples.retain(|_| {
                place += 1;
                place % 2 == 1
            });
        }
        self.samples.push(sample);
    }

    /// Places that show the whole way: the first, the last, and others so that each is of about as many times the steps of the one
    /// before.
    fn milestones(&self) -> Vec<usize> {
        let Some(last) = self.samples.last() else { return Vec::new() };
        let most = f64::from(last.step) + 1.0;
        let mut places: Vec<usize> = (0..MILESTONES)
            .map(|i| most.powf(i as f64 / (MILESTONES - 1) as f64) - 1.0)
            .map(|step| self.samples.partition_point(|sample| f64::from(sample.step) < step.round()))
            .map(|place| place.min(self.samples.len() - 1))
            .collect();
        places.dedup();
        places
    }
}

#[component]
pub fn Samples(lab: Lab) -> impl IntoView {
    let timeline = RwSignal::new(Timeline::default());
    collect(lab, timeline);

    // Which is looked at; the last while there is none.
    let place = RwSignal::new(None::<usize>);
    let last = move || timeline.with(|timeline| timeline.samples.len().saturating_sub(1));
    let at = Memo::new(move |_| place.get().unwrap_or(usize::MAX).min(last()));
    let shown = Memo::new(move |_| timeline.with(|timeline| timeline.samples.get(at.get()).cloned()));
    let playing = RwSignal::new(false);
    let go = move |to: usize| place.set((to < last()).then_some(to));
    let advance = move |()| match at.get_untracked() {
        // It plays from the beginning, and halts at the end.
        at if at >= last() => playing.set(false),
        at => go(at + 1),
    };
    Effect::new(move || {
        if playing.get() && untrack(|| at.get() == last()) {
            place.set(Some(0));
        }
    });
    let name = move |place: usize| timeline.with(|timeline| timeline.samples.get(place).map(Sample::name)).unwrap_or_default();
    let milestone = move |place: usize| {
        let line = timeline.with_untracked(|timeline| {
            let sample = &timeline.samples[place];
            (thousands(sample.step.into()), sample.texts.iter().flat_map(|text| text.lines()).collect::<Vec<_>>().join(" · "))
        });
        view! {
            <li>
                <button class="milestone" type="button" title="Show this sample" on:click=move |_| go(place)>
                    <span>{line.0}</span>
                    <span class="written">{line.1}</span>
                </button>
            </li>
        }
    };
    let texts = move || {
        let texts = shown.with(|shown| shown.as_ref().map(|sample| sample.texts.clone())).unwrap_or_default();
        texts.iter().map(|text| view! { <p>{text.clone()}</p> }).collect_view()
    };
    view! {
        <div id="samples" class="samples" class:hidden=move || shown.with(Option::is_none)>
            <h3>"Samples while it trains"</h3>
            <p class="sample-name">{move || name(at.get())}</p>
            <div id="sample" class="written sample">{texts}</div>
            <div class="film-and-now" class:hidden=move || last() == 0>
                <Film
                    id="samples-slider"
                    label="The samples from the beginning"
                    playing
                    range=Signal::derive(move || [0.0, last() as f32])
                    place=Signal::derive(move || at.get() as f32)
                    go
                    advance
                    spoken=move |place| name(place as usize)
                />
                <button class="button" type="button" title="Back to the last sample" on:click=move |_| place.set(None)>
                    "Now"
                </button>
            </div>
            <ol class="milestones" aria-label="From the first sample to the last" class:hidden=move || last() == 0>
                {move || timeline.with(Timeline::milestones).into_iter().map(milestone).collect_view()}
            </ol>
        </div>
    }
}

/// Draws samples of the run as it goes on.
fn collect(lab: Lab, timeline: RwSignal<Timeline>) {
    let waiting = RwSignal::new(false);
    let run = Memo::new(move |_| lab.opened.with(|opened| opened.as_ref().map(|opened| opened.set_up.clone())));
    let number = StoredValue::new(0_u32);
    Effect::new(move |before: Option<Option<SetUp>>| {
        let run = run.get();
        // The same run begins anew, too.
        let begins =
            lab.progress.with(Progress::steps) == 0 && timeline.with_untracked(|t| t.samples.last().is_some_and(|s| s.step > 0));
        if begins || before.is_some_and(|before| before != run) {
            number.update_value(|number| *number += 1);
            timeline.set(Timeline::default());
        }
        run
    });
    Effect::new(move || {
        let (step, learns) = (lab.progress.with(Progress::steps), lab.playing.get());
        let Some(about) = lab.writing.about.get() else { return };
        let busy = waiting.get() || lab.writing.busy.get();
        if busy || run.with(Option::is_none) || !timeline.with_untracked(|t| t.is_due(step, learns, js_sys::Date::now())) {
            return;
        }
        waiting.set(true);
        let of = number.get_value();
        spawn_local(async move {
            let began = js_sys::Date::now();
            let texts = draw(lab, &about).await;
            let now = js_sys::Date::now();
            // Whoever wanted it may be gone by now, or another run may have begun.
            if let (Ok(texts), Some(true)) = (texts, number.try_with_value(|number| *number == of)) {
                let loss = untrack(|| measured(lab, "held_out_loss"));
                let sample = Sample { step: lab.progress.with_untracked(Progress::steps), loss, texts };
                timeline.try_update(|timeline| {
                    timeline.push(sample);
                    (timeline.at, timeline.took) = (now, now - began);
                });
            }
            waiting.try_set(false);
        });
    });
}

/// A sample of what the model writes now, always by the same draws: only the model changes.
async fn draw(lab: Lab, about: &About) -> Result<Arc<[String]>, String> {
    let rules = if about.task { Sampling::likeliest() } else { Sampling::default() };
    let (texts, count) = if about.documents { (TEXTS, SHORT) } else { (1, LONG) };
    let mut drawn = Vec::new();
    for i in 0..texts {
        let prompt = match about.documents && !about.task {
            true => String::new(),
            false => about.prompts.get(i as usize).cloned().unwrap_or_default(),
        };
        let sampling = Sampling { seed: i + 1, ..rules.clone() };
        match ask(lab, Question::Continue { text: prompt, came: 0, count, sampling, model: Model::Now }).await? {
            Answer::Continued(Continued { text, .. }) => drawn.push(text.trim().to_string()),
            _ => break,
        }
    }
    Ok(drawn.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(steps: impl IntoIterator<Item = u32>) -> Timeline {
        let mut timeline = Timeline::default();
        steps.into_iter().for_each(|step| timeline.push(Sample { step, loss: None, texts: [].into() }));
        timeline
    }

    #[test]
    fn looking_on_takes_little_of_the_time() {
        let timeline = Timeline { at: 10_000.0, took: 200.0, ..timeline([5]) };
        assert!(Timeline::default().is_due(0, false, 0.0));
        assert!(!timeline.is_due(6, true, 15_900.0) && timeline.is_due(6, true, 16_000.0));
        assert!(timeline.is_due(6, false, 10_001.0) && !timeline.is_due(5, false, 99_000.0));
    }

    #[test]
    fn many_samples_are_thinned_and_a_run_that_goes_back_forgets() {
        let many = timeline(0..=MOST as u32);
        assert_eq!((many.samples.len(), many.samples[1].step), (MOST / 2 + 1, 2));
        let back = timeline([0, 10, 20, 15]);
        assert_eq!(back.samples.iter().map(|sample| sample.step).collect::<Vec<_>>(), [0, 10, 15]);
    }

    #[test]
    fn milestones_show_the_whole_way() {
        assert_eq!(timeline([0]).milestones(), [0]);
        let steps: Vec<u32> = (0..100).map(|i| 10 * i).collect();
        let places = timeline(steps).milestones();
        assert_eq!((places[0], *places.last().unwrap()), (0, 99));
        assert!(places.is_sorted() && places.len() >= 4, "{places:?}");
    }
}
