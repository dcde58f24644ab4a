//! A line chart: drawn in SVG that stretches with its place, labelled in HTML that does not.

use std::sync::Arc;

use leptos::prelude::*;
use terrarium_labs::protocol::Axis;
use web_sys::{KeyboardEvent, PointerEvent};

use crate::number::{percent, short, thousands, tick};
use crate::pointer::share;

/// The plot's own units each way; the browser stretches them over the place there is.
const SIZE: f64 = 1000.0;

/// One line of a chart.
#[derive(Clone, PartialEq)]
pub struct Line {
    pub name: String,
    /// Names its colour in the style sheet.
    pub class: String,
    /// x and y, in the order of x; y may be anything, and what is not finite leaves a gap.
    pub points: Vec<(f64, f32)>,
    /// The value now, which may be later than the last point.
    pub now: Option<f32>,
    /// Where values are shares of so many things, they read "7 of 8".
    pub of: Option<u32>,
}

/// Writes a value of a chart.
fn write(axis: Axis) -> fn(f32) -> String {
    if axis == Axis::Share { percent } else { short }
}

/// Writes a tick of a chart's y axis.
fn write_tick(axis: Axis) -> fn(f64) -> String {
    if axis == Axis::Share { |share| percent(share as f32) } else { tick }
}

/// Where y values lie, with round ticks.
#[derive(Clone, PartialEq)]
struct Scale {
    log: bool,
    low: f64,
    high: f64,
    ticks: Vec<f64>,
}

impl Scale {
    /// From the bottom, 0, to the top, 1.
    fn share(&self, value: f64) -> f64 {
        let place = |v: f64| if self.log { v.max(1e-30).log10() } else { v };
        (place(value) - place(self.low)) / (place(self.high) - place(self.low))
    }

    fn of(axis: Axis, lines: &[Line]) -> Scale {
        let mut values: Vec<f64> =
            lines.iter().flat_map(|line| &line.points).map(|(_, y)| f64::from(*y)).filter(|y| y.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        match axis {
            Axis::Fixed(low, high) => Scale::fixed(f64::from(low), f64::from(high)),
            Axis::Share => Scale::fixed(0.0, 1.0),
            Axis::Around => Scale::around(&values),
            Axis::Log => Scale::decades(&values),
        }
    }

    fn fixed(low: f64, high: f64) -> Scale {
        Scale { log: false, low, high, ticks: (0..=4).map(|i| low + (high - low) * f64::from(i) / 4.0).collect() }
    }

    fn around(sorted: &[f64]) -> Scale {
        let at = |share: f64| sorted.get(((sorted.len().max(1) - 1) as f64 * share).round() as usize).copied();
        let between = |low: f64, high: f64| (at(low).unwrap_or(0.0), at(high).unwrap_or(1.0));
        let (all, most) = (between(0.0, 1.0), between(0.01, 0.99));
        // A rare leap may lie outside, so that it does not flatten all else.
        let leaps = all.1 - all.0 > 4.0 * (most.1 - most.0);
        let (low, high) = if leaps && most.1 > most.0 { most } else { all };
        let step = round_up((high - low).max(low.abs() * 1e-3).max(1e-6) / 4.0);
        let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
        let last = last.max(first + 1);
        Scale {
            log: false,
            low: first as f64 * step,
            high: last as f64 * step,
            ticks: (first..=last).map(|i| i as f64 * step).collect(),
        }
    }

    fn decades(sorted: &[f64]) -> Scale {
        let positive = &sorted[sorted.partition_point(|v| *v <= 1e-12)..];
        let power = |v: Option<&f64>| v.map(|v| v.log10());
        let low = power(positive.first()).map_or(-3, |p| p.floor() as i32);
        let high = power(positive.last()).map_or(0, |p| p.ceil() as i32).max(low + 1);
        let every = (high - low + 3) / 4;
        let ticks = (low..=high).rev().step_by(every.max(1) as usize).map(|p| 10_f64.powi(p)).collect();
        Scale { log: true, low: 10_f64.powi(low), high: 10_f64.powi(high), ticks }
    }
}

/// The next of 1, 2, 2.5, 5, 10 times a power of ten.
fn round_up(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 2.5, 5.0].into_iter().map(|m| m * power).find(|round| *round >= step * 0.999).unwrap_or(10.0 * power)
}

/// The line as an SVG path, with gaps.
fn path(points: &[(f64, f32)], scale: &Scale, widest: f64) -> String {
    use std::fmt::Write;
    let mut path = String::with_capacity(points.len() * 14);
    let mut drawing = false;
    for (x, y) in points {
        let shown = y.is_finite() && (!scale.log || *y > 0.0);
        if shown {
            // Far outside is as good as infinitely far.
            let up = scale.share(f64::from(*y)).clamp(-1.0, 2.0);
            let (command, x, y) = (if drawing { 'L' } else { 'M' }, x / widest * SIZE, (1.0 - up) * SIZE);
            // Writing to a string cannot fail.
            let _ = write!(path, "{command}{x:.1} {y:.1}");
        }
        drawing = shown;
    }
    path
}

/// The value of a line nearest to x.
fn value_at(line: &Line, x: f64) -> Option<f32> {
    let nearest = line.points.iter().min_by(|a, b| (a.0 - x).abs().total_cmp(&(b.0 - x).abs()));
    nearest.map(|(_, y)| *y)
}

/// A chart over steps. All charts that share `cursor` show the same place of x.
#[component]
pub fn Chart(
    title: String,
    /// A sentence: what it shows.
    help: String,
    axis: Axis,
    /// What stands in it while it has no values.
    empty: String,
    #[prop(into)] lines: Signal<Vec<Line>>,
    cursor: RwSignal<Option<f64>>,
) -> impl IntoView {
    let label = format!("{title}. {help} Arrow keys read values along the line.");
    let lines = Memo::new(move |_| Arc::new(lines.get()));
    let widest = Memo::new(move |_| {
        let ends = lines.with(|lines| lines.iter().filter_map(|line| line.points.last()).map(|(x, _)| *x).fold(0.0, f64::max));
        ends.max(1.0)
    });
    let scale = Memo::new(move |_| lines.with(|lines| Scale::of(axis, lines)));
    let is_empty = move || lines.with(|lines| lines.iter().all(|line| line.points.is_empty()));
    let shown_cursor = move || cursor.get().filter(|_| !is_empty()).map(|x| x.clamp(0.0, widest.get()));

    let point_at = move |event: PointerEvent| {
        if let Some([along, _]) = share(&event) {
            cursor.set(Some((along.clamp(0.0, 1.0) * widest.get_untracked()).round()));
        }
    };
    let move_by_key = move |event: KeyboardEvent| {
        let step = (widest.get_untracked() / 50.0).max(1.0);
        let from = cursor.get_untracked().unwrap_or(widest.get_untracked());
        let to = match event.key().as_str() {
            "ArrowLeft" => from - step,
            "ArrowRight" => from + step,
            "Home" => 0.0,
            "End" => widest.get_untracked(),
            _ => return,
        };
        event.prevent_default();
        cursor.set(Some(to.clamp(0.0, widest.get_untracked()).round()));
    };
    let readings = move || {
        let cursor = shown_cursor();
        let read = |line: &Line| {
            let value = cursor.map_or(line.now, |x| value_at(line, x));
            let text = match (value, line.of) {
                (None, _) => "–".to_string(),
                (Some(value), None) => write(axis)(value),
                (Some(value), Some(of)) => format!("{:.0} of {of}", value * of as f32),
            };
            view! {
                <li>
                    <span class=format!("swatch {}", line.class)></span>
                    {line.name.clone()}
                    " "
                    <output>{text}</output>
                </li>
            }
        };
        lines.with(|lines| lines.iter().map(read).collect_view())
    };
    let at = move || match shown_cursor() {
        Some(x) => format!("at step {}", thousands(x as u64)),
        None => "now".to_string(),
    };

    view! {
        <figure class="chart">
            <figcaption>
                <h3 title=help>{title}</h3>
                <span class="chart-at">{at}</span>
            </figcaption>
            <ul class="readings">{readings}</ul>
            <div class="chart-body">
                <div class="y-ticks" aria-hidden="true">
                    {move || {
                        let scale = scale.get();
                        let label = |value: &f64| {
                            let top = format!("{:.2}%", 100.0 * (1.0 - scale.share(*value)));
                            view! { <span style:top=top>{write_tick(axis)(*value)}</span> }
                        };
                        scale.ticks.iter().map(label).collect_view()
                    }}
                </div>
                <div
                    class="plot"
                    tabindex="0"
                    role="img"
                    aria-label=label
                    on:pointermove=point_at
                    on:pointerdown=point_at
                    on:pointerleave=move |_| cursor.set(None)
                    on:keydown=move_by_key
                    on:blur=move |_| cursor.set(None)
                >
                    <svg viewBox=format!("0 0 {SIZE} {SIZE}") preserveAspectRatio="none" aria-hidden="true">
                        <path
                            class="rules"
                            d=move || {
                                let scale = scale.get();
                                let rule = |value: &f64| format!("M0 {:.1}H{SIZE}", (1.0 - scale.share(*value)) * SIZE);
                                scale.ticks.iter().map(rule).collect::<String>()
                            }
                        ></path>
                        {move || {
                            let (scale, widest) = (scale.get(), widest.get());
                            let draw = |line: &Line| {
                                view! {
                                    <path
                                        class=format!("line {}", line.class)
                                        d=path(&line.points, &scale, widest)
                                    ></path>
                                }
                            };
                            lines.with(|lines| lines.iter().map(draw).collect_view())
                        }}
                        <path
                            class="cursor"
                            d=move || {
                                shown_cursor().map_or(String::new(), |x| format!("M{:.1} 0V{SIZE}", x / widest.get() * SIZE))
                            }
                        ></path>
                    </svg>
                    <p class="chart-empty" class:hidden=move || !is_empty()>{empty}</p>
                </div>
                <div class="x-ticks" aria-hidden="true">
                    <span>"0"</span>
                    <span>"step"</span>
                    <span>{move || if is_empty() { String::new() } else { thousands(widest.get() as u64) }}</span>
                </div>
            </div>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[f32]) -> Line {
        let points = values.iter().enumerate().map(|(i, v)| (i as f64, *v)).collect();
        Line { name: String::new(), class: String::new(), points, now: None, of: None }
    }

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        let scale = Scale::of(Axis::Around, &[line(&[0.13, 0.71, 1.37])]);
        assert_eq!((scale.low, scale.high), (0.0, 1.5));
        assert_eq!(scale.ticks, [0.0, 0.5, 1.0, 1.5]);
        let scale = Scale::of(Axis::Log, &[line(&[3e-3, 0.2, 40.0, 0.0, f32::NAN])]);
        assert_eq!((scale.low, scale.high), (1e-3, 1e2));
        assert!((scale.share(0.1) - 0.4).abs() < 1e-9);
    }

    #[test]
    fn one_leap_does_not_flatten_the_rest() {
        let mut values: Vec<f32> = (0..300).map(|i| (i as f32).sin()).collect();
        assert_eq!(Scale::of(Axis::Around, &[line(&values)]).high, 1.0);
        values[150] = 1e6;
        assert_eq!(Scale::of(Axis::Around, &[line(&values)]).high, 1.0);
    }

    #[test]
    fn constant_and_missing_values_have_a_scale() {
        for values in [&[0.0_f32; 4][..], &[7.0; 3], &[-3.0], &[], &[f32::NAN]] {
            for axis in [Axis::Around, Axis::Log, Axis::Fixed(0.0, 1.0)] {
                let scale = Scale::of(axis, &[line(values)]);
                assert!(scale.high > scale.low && scale.ticks.len() >= 2, "{values:?}");
            }
        }
    }

    #[test]
    fn paths_leave_gaps_and_stay_in_bounds() {
        let scale = Scale { log: false, low: 0.0, high: 1.0, ticks: vec![] };
        let path = path(&line(&[0.0, 1.0, f32::NAN, 1e30, 0.5]).points, &scale, 4.0);
        assert_eq!(path, "M0.0 1000.0L250.0 0.0M750.0 -1000.0L1000.0 500.0");
    }
}
