//! Words as the smallest latent space: a − b + c, what is near it, and where it all lies.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use terrarium_web::wire::{AboutWords, NearWords};
use web_sys::{Event, HtmlDetailsElement};

use crate::credits::CreditLine;
use crate::lab::Lab;
use crate::number::percent;

/// Questions worth asking.
const EXAMPLES: [[&str; 3]; 4] =
    [["king", "man", "woman"], ["paris", "france", "italy"], ["bigger", "big", "small"], ["cat", "", ""]];

const FIELDS: [&str; 3] = ["Word to begin with", "Word to take away", "Word to add"];

/// The map's size, in units of its text: a letter is about [`LETTER`] wide, a line [`LINE`] high.
const MAP: [f32; 2] = [380.0, 280.0];
const MARGIN: f32 = 34.0;
const LETTER: f32 = 7.4;
const LINE: f32 = 14.0;
const DOT: f32 = 3.5;

#[component]
pub fn WordsPanel(lab: Lab) -> impl IntoView {
    let fields: [NodeRef<Input>; 3] = std::array::from_fn(|_| NodeRef::new());
    let typed = move || fields.map(|field| field.get_untracked().map(|field| field.value()).unwrap_or_default());
    let ask = move || lab.ask_words(typed());
    let ask_about = Callback::new(move |question: [String; 3]| {
        for (field, word) in fields.iter().zip(&question) {
            if let Some(field) = field.get_untracked() {
                field.set_value(word);
            }
        }
        lab.ask_words(question);
    });
    // Puts a word in the place of one that was not known.
    let replace = Callback::new(move |(unknown, meant): (String, String)| {
        let known = typed().map(|word| if word.trim().to_lowercase() == unknown { meant.clone() } else { word });
        ask_about.run(known);
    });
    let field = move |i: usize| {
        view! {
            {(i > 0).then(|| view! { <span aria-hidden="true">{["", "−", "+"][i]}</span> })}
            <input
                node_ref=fields[i]
                type="text"
                value=EXAMPLES[0][i]
                maxlength="30"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-label=FIELDS[i]
            />
        }
    };
    let example = move |words: [&'static str; 3]| {
        let text = if words[1].is_empty() { format!("near {}", words[0]) } else { sum(&words) };
        view! {
            <button class="chip" type="button" on:click=move |_| ask_about.run(words.map(str::to_string))>
                {text}
            </button>
        }
    };
    let open = move |event: Event| {
        // The first look loads the vectors.
        if event_target::<HtmlDetailsElement>(&event).open() && lab.words.with_untracked(Option::is_none) {
            ask();
        }
    };
    let answer = move || match lab.words.get()? {
        AboutWords::Loading(share) => {
            let share = share.map(|share| format!(": {}", percent(share))).unwrap_or_default();
            Some(view! { <p>{format!("Loading the words{share}")}</p> }.into_any())
        }
        AboutWords::Found(found) => Some(view! { <Found found ask_about /> }.into_any()),
        AboutWords::Unanswered { why, unknown, meant } => Some(
            view! {
                <p>{why}</p>
                {(!meant.is_empty()).then(|| view! { <Meant unknown meant replace /> })}
            }
            .into_any(),
        ),
    };
    view! {
        <details class="panel group words" id="words" on:toggle=open>
            <summary>
                <h2>"Words: the smallest latent space"</h2>
            </summary>
            <p class="words-idea">
                "Words have places, too: those that mean alike lie side by side, and directions mean something. \
                 Take one word, subtract another, add a third. Empty the last two to see what is near the first."
            </p>
            <form
                class="words-question"
                on:submit=move |event: SubmitEvent| {
                    event.prevent_default();
                    ask();
                }
            >
                {[0, 1, 2].map(field)}
                <button class="button" type="submit">
                    "Find"
                </button>
            </form>
            <div class="chips">{EXAMPLES.map(example)}</div>
            <div class="words-answer" role="status">
                {answer}
            </div>
            <CreditLine slug="words" />
        </details>
    }
}

/// Words that may have been meant by one that is not known.
#[component]
fn Meant(unknown: String, meant: Vec<String>, replace: Callback<(String, String)>) -> impl IntoView {
    let offer = move |word: String| {
        let both = (unknown.clone(), word.clone());
        view! {
            <button class="chip" type="button" on:click=move |_| replace.run(both.clone())>
                {word}
            </button>
        }
    };
    view! { <p class="chips">"Did you mean" {meant.into_iter().map(offer).collect_view()}</p> }
}

#[component]
fn Found(found: NearWords, ask_about: Callback<[String; 3]>) -> impl IntoView {
    let asked: Vec<&str> = found.asked.iter().map(String::as_str).collect();
    let title = format!("Nearest to {}", sum(&asked));
    let near = |(word, cosine): &(String, f32)| {
        let question = [word.clone(), String::new(), String::new()];
        let filled = format!("{:.0}%", 100.0 * cosine.clamp(0.0, 1.0));
        view! {
            <li>
                <button
                    class="link"
                    type="button"
                    title=format!("What is near “{word}”?")
                    on:click=move |_| ask_about.run(question.clone())
                >
                    {word.clone()}
                </button>
                <span class="similarity" aria-hidden="true" style=("--filled", filled)></span>
                <span>{format!("{cosine:.2}")}</span>
            </li>
        }
    };
    view! {
        <h3>{title}</h3>
        <ol class="near-words">{found.nearest.iter().map(near).collect_view()}</ol>
        {map(&found)}
        <p class="help">
            {format!(
                "Bars show the cosine of the angle, 1 where directions are the same. The map is the plane that shows most of these \
                 words: {} of how they differ; the rest lies in the other 48 dimensions.",
                percent(found.explained),
            )}
        </p>
    }
}

/// The words where they lie, with the steps of an analogy.
fn map(found: &NearWords) -> impl IntoView + use<> {
    let places = fit(&found.places);
    let sizes: Vec<[f32; 2]> = found.places.iter().map(|(word, _)| [LETTER * word.chars().count() as f32, LINE]).collect();
    let labels = labels(&places, &sizes);
    let at = |word: &str| found.places.iter().position(|(known, _)| known == word).map(|i| places[i]);
    let steps: Vec<_> = match (&found.asked[..], found.nearest.first()) {
        ([a, b, c], Some((nearest, _))) => {
            [(b, c), (a, nearest)].into_iter().filter_map(|(from, to)| Some((at(from)?, at(to)?))).collect()
        }
        _ => Vec::new(),
    };
    let step = |(from, to): ([f32; 2], [f32; 2])| view! { <path class="step" d=arrow(from, to)></path> };
    let is_asked = |word: &String| found.asked.contains(word);
    let word = |(i, (word, _)): (usize, &(String, [f32; 2]))| {
        let ([x, y], [left, top], width) = (places[i], labels[i], sizes[i][0]);
        // Letters begin at the dot's side, however wide they are.
        let (text_x, anchor) = match left {
            _ if left > x => (left, "start"),
            _ if left + width < x => (left + width, "end"),
            _ => (left + width / 2.0, "middle"),
        };
        view! {
            <g class:asked=is_asked(word)>
                <circle cx=x cy=y r=DOT></circle>
                <text x=text_x y=top + 0.78 * LINE text-anchor=anchor>
                    {word.clone()}
                </text>
            </g>
        }
    };
    view! {
        <svg class="word-map" viewBox=format!("0 0 {} {}", MAP[0], MAP[1]) role="img" aria-label="Map of these words">
            {steps.into_iter().map(step).collect_view()}
            {found.places.iter().enumerate().map(word).collect_view()}
        </svg>
    }
}

/// a − b + c, or a alone.
fn sum(words: &[&str]) -> String {
    match words {
        [a, b, c] => format!("{a} − {b} + {c}"),
        _ => words.concat(),
    }
}

/// Places on the map, in the same proportions both ways.
fn fit(places: &[(String, [f32; 2])]) -> Vec<[f32; 2]> {
    let range = |axis: usize| {
        let along = || places.iter().map(|(_, at)| at[axis]);
        (along().fold(f32::INFINITY, f32::min), along().fold(f32::NEG_INFINITY, f32::max))
    };
    let ranges = [range(0), range(1)];
    let scale = [0, 1].map(|axis| (MAP[axis] - 2.0 * MARGIN) / (ranges[axis].1 - ranges[axis].0).max(1e-6));
    let scale = scale[0].min(scale[1]);
    let place = |axis: usize, at: f32| MAP[axis] / 2.0 + (at - (ranges[axis].0 + ranges[axis].1) / 2.0) * scale;
    places.iter().map(|(_, [x, y])| [place(0, *x), MAP[1] - place(1, *y)]).collect()
}

/// Where labels of these sizes stand, by their upper left corners: beside their dots, but not on other labels, nor on dots, nor beyond
/// the map's edge, as far as that can be had.
fn labels(dots: &[[f32; 2]], sizes: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let mut taken: Vec<[f32; 4]> = dots.iter().map(|[x, y]| [x - DOT, y - DOT, x + DOT, y + DOT]).collect();
    let mut corners = Vec::new();
    for ([x, y], [width, height]) in dots.iter().zip(sizes) {
        // Right, left, above, below, and the corners between; then the same further away.
        let ways = [(1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        let boxes = [3.0, 10.0, 19.0].into_iter().flat_map(|gap| {
            ways.map(|(right, down)| {
                let left = x + right * (DOT + gap + width / 2.0) - width / 2.0;
                let top = y + down * (DOT + gap + height / 2.0) - height / 2.0;
                [left, top, left + width, top + height]
            })
        });
        let trouble = |label: &[f32; 4]| {
            let beyond = overlap(label, &[0.0, 0.0, MAP[0], MAP[1]]) - width * height;
            taken.iter().map(|other| overlap(label, other)).sum::<f32>() - beyond
        };
        // The first of the best.
        let best =
            boxes.map(|label| (trouble(&label), label)).reduce(|best, next| if next.0 < best.0 - 0.01 { next } else { best });
        let (_, label) = best.expect("there are 24 to choose from");
        taken.push(label);
        corners.push([label[0], label[1]]);
    }
    corners
}

/// The area that two boxes share: left, top, right, bottom.
fn overlap(a: &[f32; 4], b: &[f32; 4]) -> f32 {
    let along = |low: usize| (a[low + 2].min(b[low + 2]) - a[low].max(b[low])).max(0.0);
    along(0) * along(1)
}

/// A line with a head, which ends short of the dots.
fn arrow(from: [f32; 2], to: [f32; 2]) -> String {
    let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    let length = dx.hypot(dy).max(1e-3);
    let [ux, uy] = [dx / length, dy / length];
    let gap = (2.0 * DOT).min(length / 2.0);
    let [x, y] = [to[0] - gap * ux, to[1] - gap * uy];
    let side = |turn: f32| (x - 6.0 * ux + turn * 3.0 * uy, y - 6.0 * uy - turn * 3.0 * ux);
    let ((lx, ly), (rx, ry)) = (side(1.0), side(-1.0));
    let [bx, by] = [from[0] + gap * ux, from[1] + gap * uy];
    format!("M{bx:.1} {by:.1}L{x:.1} {y:.1}M{lx:.1} {ly:.1}L{x:.1} {y:.1}L{rx:.1} {ry:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_clear_of_each_other_and_of_dots_and_stay_on_the_map() {
        // A heap in the middle and words at all edges.
        let mut dots: Vec<[f32; 2]> = (0..7).map(|i| [180.0 + 9.0 * i as f32, 140.0 + 5.0 * (i % 3) as f32]).collect();
        dots.extend([[MARGIN, MARGIN], [MAP[0] - MARGIN, 100.0], [100.0, MAP[1] - MARGIN], [4.0, 140.0]]);
        let sizes: Vec<[f32; 2]> = (0..dots.len()).map(|i| [LETTER * (3 + i % 5) as f32, LINE]).collect();
        let boxes: Vec<[f32; 4]> =
            labels(&dots, &sizes).iter().zip(&sizes).map(|([x, y], [w, h])| [*x, *y, x + w, y + h]).collect();
        for (i, label) in boxes.iter().enumerate() {
            let area = sizes[i][0] * sizes[i][1];
            assert!(overlap(label, &[0.0, 0.0, MAP[0], MAP[1]]) > area - 0.1, "{label:?} is beyond the edge");
            assert!(boxes[..i].iter().all(|other| overlap(label, other) < 0.1), "{boxes:?}");
            let on_dot = |[x, y]: &[f32; 2]| overlap(label, &[x - DOT, y - DOT, x + DOT, y + DOT]) > 0.1;
            assert!(!dots.iter().any(on_dot), "{label:?}");
        }
    }

    #[test]
    fn a_map_fits_its_frame_and_keeps_proportions() {
        let places = [("a", [0.0, 0.0]), ("b", [2.0, 0.0]), ("c", [0.0, 1.0])].map(|(word, at)| (word.to_string(), at));
        let [a, b, c] = fit(&places)[..] else { panic!() };
        assert!((b[0] - a[0] - 2.0 * (a[1] - c[1])).abs() < 1e-3 && a[1] > c[1]);
        assert!([a, b, c].iter().all(|[x, y]| (MARGIN - 0.1..=MAP[0] - MARGIN + 0.1).contains(x) && (0.0..MAP[1]).contains(y)));
        // One word alone is no reason to divide by nothing.
        assert_eq!(fit(&places[..1]), [[MAP[0] / 2.0, MAP[1] / 2.0]]);
    }
}
