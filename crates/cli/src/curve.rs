//! How a language model learnt, as a picture: its held-out loss by steps. Perplexity is the same curve on another
//! scale.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

#[derive(clap::Args)]
pub struct Options {
    /// What `terrarium train` printed; several times, where one training went on from the other
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// Where to write the curve, as an SVG
    #[arg(long, value_name = "FILE")]
    save: PathBuf,
}

pub fn run(options: &Options) -> Result<()> {
    let read = |log: &PathBuf| {
        let text = fs::read_to_string(log).with_context(|| format!("cannot read {}", log.display()))?;
        Curve::of(&text).with_context(|| format!("{} has no curve", log.display()))
    };
    let curves = options.logs.iter().map(read).collect::<Result<Vec<_>>>()?;
    let curves = end_to_end(curves);
    fs::write(&options.save, svg(&curves)).with_context(|| format!("cannot write {}", options.save.display()))
}

/// Where the picture's frame is, in pixels, and how large the picture is.
const LEFT: f64 = 56.0;
const RIGHT: f64 = 664.0;
const TOP: f64 = 36.0;
const BOTTOM: f64 = 336.0;
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 384.0;

#[derive(Debug, PartialEq)]
struct Curve {
    /// Steps, and after them the held-out loss in nats a token.
    points: Vec<(f64, f64)>,
    /// What counting which token follows which costs.
    bigram_loss: f64,
}

impl Curve {
    /// Finds the rows of measures in a log. Sentences stand between them, which are no rows.
    fn of(log: &str) -> Result<Curve> {
        let header = log.lines().find(|line| line.trim_start().starts_with("step ")).context("it has no rows of measures")?;
        let names: Vec<&str> = header.split_whitespace().collect();
        let column = |name: &str| {
            let place = names.iter().position(|known| *known == name);
            place.with_context(|| format!("it has no column “{name}”"))
        };
        let (held_out, bigrams) = (column("held_out_loss")?, column("bigram_loss")?);
        let numbers = |line: &str| line.split_whitespace().map(|word| word.parse().ok()).collect::<Option<Vec<f64>>>();
        let rows: Vec<Vec<f64>> = log.lines().filter_map(numbers).filter(|row| row.len() == names.len()).collect();
        ensure!(rows.len() > 1, "it has fewer than two rows of measures");
        Ok(Curve { points: rows.iter().map(|row| (row[0], row[held_out])).collect(), bigram_loss: rows[0][bigrams] })
    }

    fn last(&self) -> (f64, f64) {
        self.points[self.points.len() - 1]
    }
}

/// Counts the steps of each curve on from the end of the one before.
fn end_to_end(mut curves: Vec<Curve>) -> Vec<Curve> {
    let mut before = 0.0;
    for curve in &mut curves {
        curve.points.iter_mut().for_each(|(steps, _)| *steps += before);
        before = curve.last().0;
    }
    curves
}

/// To the right the logarithm of steps, upwards the loss, which is the logarithm of perplexity. Each curve is a line of its own, as the
/// text that one was measured on may not be that of the next; what counting costs is that of the last.
fn svg(curves: &[Curve]) -> String {
    let (Some(first), Some(last)) = (curves.first(), curves.last()) else { return String::new() };
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let losses = || points().map(|(_, loss)| *loss).chain([last.bigram_loss]);
    let losses = [losses().fold(f64::INFINITY, f64::min) - 0.1, losses().fold(0.0, f64::max) + 0.1];
    let steps = [first.points[0].0, last.last().0];
    let x = |count: f64| LEFT + (RIGHT - LEFT) * (count / steps[0]).ln() / (steps[1] / steps[0]).ln();
    let y = |loss: f64| BOTTOM + (TOP - BOTTOM) * (loss - losses[0]) / (losses[1] - losses[0]);
    let is_in = |value: f64, [from, to]: [f64; 2]| (from..=to).contains(&value);

    let mut axes = String::new();
    for count in round_numbers().filter(|count| is_in(*count, steps)) {
        axes += &format!("<path d='M{:.1} {TOP}V{BOTTOM}'/>", x(count));
        axes += &text(x(count), BOTTOM + 18.0, "middle", &count.to_string());
    }
    for loss in (0..100).map(|fifths| f64::from(fifths) / 5.0).filter(|loss| is_in(*loss, losses)) {
        axes += &format!("<path d='M{LEFT} {:.1}H{RIGHT}'/>", y(loss));
        axes += &text(LEFT - 8.0, y(loss) + 4.0, "end", &format!("{loss:.1}"));
    }
    for perplexity in round_numbers().filter(|perplexity| is_in(perplexity.ln(), losses)) {
        axes += &text(RIGHT + 8.0, y(perplexity.ln()) + 4.0, "start", &perplexity.to_string());
    }
    axes += &text(LEFT - 40.0, TOP - 16.0, "start", "held-out loss, nats a token");
    axes += &text(WIDTH - 16.0, TOP - 16.0, "end", "perplexity");
    axes += &text((LEFT + RIGHT) / 2.0, BOTTOM + 38.0, "middle", "steps");
    let (end, bigrams) = (last.last().1, last.bigram_loss);
    axes += &text(RIGHT - 8.0, y(end) - 10.0, "end", &format!("{end:.2}"));
    axes += &text(LEFT + 8.0, y(bigrams) + 16.0, "start", &format!("counting which token follows which: {bigrams:.2}"));
    let line = |curve: &Curve| {
        let points: Vec<String> = curve.points.iter().map(|(count, loss)| format!("{:.1},{:.1}", x(*count), y(*loss))).collect();
        format!(
            "<polyline points='{}' fill='none' stroke='#2563a8' stroke-width='2.5' stroke-linejoin='round'/>\n",
            points.join(" ")
        )
    };
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' font-family='sans-serif' font-size='13'>
<rect width='100%' height='100%' fill='white'/>
<g fill='#333' stroke-width='1'><g stroke='#ddd'>{axes}</g></g>
<path d='M{LEFT} {:.1}H{RIGHT}' stroke='#777' stroke-dasharray='5 4'/>
{}</svg>
",
        y(bigrams),
        curves.iter().map(line).collect::<String>(),
    )
}

/// 1, 2, 3, 5, 10 and so on.
fn round_numbers() -> impl Iterator<Item = f64> {
    (0..9).flat_map(|power| [1.0, 2.0, 3.0, 5.0].map(|digit| digit * 10_f64.powi(power)))
}

fn text(x: f64, y: f64, anchor: &str, said: &str) -> String {
    format!("<text x='{x:.1}' y='{y:.1}' text-anchor='{anchor}' stroke='none'>{said}</text>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "   step   loss  held_out_loss  bigram_loss
    500   1.5   1.4   2.6
        The loss jumps. Try a lower learning rate.
   1000   1.2   1.1   2.6
   2000   1.0   0.8   2.6
12.34 ms a step
held-out loss 0.8 nats a token over 4000 tokens
";

    #[test]
    fn rows_are_told_from_sentences() {
        let points = vec![(500.0, 1.4), (1000.0, 1.1), (2000.0, 0.8)];
        assert_eq!(Curve::of(LOG).unwrap(), Curve { points, bigram_loss: 2.6 });
    }

    #[test]
    fn logs_without_a_curve_are_refused() {
        let refusal = |log: &str| Curve::of(log).unwrap_err().to_string();
        assert_eq!(refusal("nothing"), "it has no rows of measures");
        assert_eq!(refusal("step loss\n1 2\n2 3"), "it has no column “held_out_loss”");
        assert_eq!(refusal(&LOG[..110]), "it has fewer than two rows of measures");
    }

    #[test]
    fn each_doubling_of_steps_goes_as_far_and_less_loss_lies_lower() {
        let svg = svg(&[Curve::of(LOG).unwrap()]);
        let points = svg.split("points='").nth(1).unwrap().split('\'').next().unwrap();
        let points: Vec<[f64; 2]> = points
            .split(' ')
            .map(|point| point.split_once(',').map(|(x, y)| [x, y].map(|place| place.parse().unwrap())).unwrap())
            .collect();
        let [[x0, y0], [x1, y1], [x2, y2]] = points[..] else { panic!("{points:?}") };
        assert_eq!([x0, x1, x2], [LEFT, (LEFT + RIGHT) / 2.0, RIGHT]);
        assert!(TOP < y0 && y0 < y1 && y1 < y2 && y2 < BOTTOM);
        assert!(svg.contains(">1000</text>") && svg.contains(">5</text>") && svg.contains(">0.80</text>"));
    }

    #[test]
    fn a_training_that_goes_on_is_a_line_of_its_own() {
        let curves = end_to_end(vec![Curve::of(LOG).unwrap(), Curve::of(LOG).unwrap()]);
        assert_eq!(curves[1].points, [(2500.0, 1.4), (3000.0, 1.1), (4000.0, 0.8)]);
        let svg = svg(&curves);
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains(">3000</text>"));
    }
}
