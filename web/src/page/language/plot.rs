//! A few points with what they rest on.

use leptos::prelude::*;

/// The plot's own units.
const WIDE: f32 = 150.0;
const HIGH: f32 = 100.0;
const LARGEST: f32 = 3.5;

#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// From the axis's beginning, 0, to its end, 1, as y is and its interval.
    pub x: f32,
    pub y: f32,
    pub interval: Option<[f32; 2]>,
    /// Up to 1 for the largest.
    pub size: f32,
    /// What it says, in words.
    pub said: String,
    /// Whether it is of something else than the rest, and not on their line.
    pub is_other: bool,
}

fn up(y: f32) -> f32 {
    HIGH * (1.0 - y)
}

/// The line through all of them.
fn line(dots: &[Dot]) -> String {
    let place = |(i, dot): (usize, &Dot)| format!("{}{:.1} {:.1}", if i == 0 { 'M' } else { 'L' }, WIDE * dot.x, up(dot.y));
    dots.iter().filter(|dot| !dot.is_other).enumerate().map(place).collect()
}

/// What stands along an axis.
#[derive(Clone, Copy)]
pub struct Axis {
    pub name: &'static str,
    /// At even distances, from the left to the right or from the top down.
    pub ticks: &'static [&'static str],
}

/// An axis from none to all, upwards.
pub const fn share(name: &'static str) -> Axis {
    Axis { name, ticks: &["100 %", "50 %", "0 %"] }
}

#[component]
pub fn Plot(
    id: &'static str,
    title: &'static str,
    /// What it shows.
    help: &'static str,
    x: Axis,
    y: Axis,
    /// What stands in it while there is nothing to show.
    empty: &'static str,
    #[prop(into)] dots: Signal<Vec<Dot>>,
    /// Whether a line joins the points.
    joined: bool,
    /// Whether there is a line where both are the same.
    diagonal: bool,
) -> impl IntoView {
    let dot = |Dot { x, y, interval, size, said, is_other }: Dot| {
        let whisker = interval
            .map(|[low, high]| view! { <path class="whisker" d=format!("M{0:.1} {1:.1}V{2:.1}", WIDE * x, up(low), up(high)) /> });
        view! {
            {whisker}
            <circle class:other=is_other cx=WIDE * x cy=up(y) r=1.2 + (LARGEST - 1.2) * size>
                <title>{said}</title>
            </circle>
        }
    };
    let is_empty = move || dots.with(Vec::is_empty);
    let tick = |name: &&'static str| view! { <span>{*name}</span> };
    view! {
        <figure id=id class="shares-plot">
            <figcaption>
                <h4>{title}</h4>
                <p class="technique-note">{help}</p>
            </figcaption>
            <div class="shares-plot-body" aria-hidden="true">
                <p class="plot-name">{y.name}</p>
                <div class="plot-y">
                    {y.ticks.iter().map(tick).collect_view()}
                </div>
                <svg viewBox="-4 -4 158 108">
                    <path class="grid" d="M0 0H150M0 25H150M0 50H150M0 75H150M0 100H150" />
                    {diagonal.then(|| view! { <path class="diagonal" d="M0 100L150 0" /> })}
                    {move || joined.then(|| view! { <path class="joined" d=dots.with(|dots| line(dots)) /> })}
                    {move || dots.get().into_iter().map(dot).collect_view()}
                </svg>
                <div class="plot-x">{x.ticks.iter().map(tick).collect_view()}</div>
                <p class="plot-name">{x.name}</p>
                <p class="plot-empty" class:hidden=move || !is_empty()>{empty}</p>
            </div>
            <ul class="visually-hidden">{move || dots.get().into_iter().map(|dot| view! { <li>{dot.said}</li> }).collect_view()}</ul>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_runs_through_all_points() {
        let dot = |x, y| Dot { x, y, interval: None, size: 1.0, said: String::new(), is_other: false };
        assert_eq!(line(&[dot(0.0, 0.25), dot(1.0, 1.0)]), "M0.0 75.0L150.0 0.0");
        assert_eq!(line(&[]), "");
    }
}
