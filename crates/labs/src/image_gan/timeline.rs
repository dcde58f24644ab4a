//! Walls of earlier steps, thinned as they become many.

use std::collections::VecDeque;

use crate::pictures::bytes;

/// The most walls kept.
const MOST: usize = 64;

/// The wall at some step of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub step: u32,
    /// From 0, black, picture by picture.
    pub pixels: Vec<u8>,
}

/// Walls of a run in the order of their steps, as even over it as there are. When there are too many, every other one is forgotten,
/// and from then on they are kept twice as far apart.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    walls: VecDeque<Past>,
    /// Steps between two walls at least.
    apart: u32,
}

impl Timeline {
    /// Takes up a wall of values from 0 to 1, if it is time for one. A step that is not after the last one means that the run went
    /// back, and what came after it is forgotten.
    pub fn push(&mut self, step: u32, pixels: &[f32]) {
        self.walls.retain(|past| past.step < step);
        if self.walls.back().is_some_and(|last| step - last.step < self.apart) {
            return;
        }
        self.walls.push_back(Past { step, pixels: bytes(pixels) });
        if self.walls.len() > MOST {
            let mut place = 0;
            self.walls.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            let span = self.walls.back().map_or(0, |last| last.step) - self.walls.front().map_or(0, |first| first.step);
            self.apart = span / (self.walls.len() as u32 - 1).max(1);
        }
    }

    /// The last wall at a step or before it, or else the first.
    pub fn at(&self, step: u32) -> Option<&Past> {
        self.walls.iter().rev().find(|past| past.step <= step).or(self.walls.front())
    }

    pub fn steps(&self) -> impl Iterator<Item = u32> {
        self.walls.iter().map(|past| past.step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_is_kept_short_and_even() {
        let mut timeline = Timeline::default();
        for step in (0..100_000).step_by(7) {
            timeline.push(step, &[step as f32 / 1e5]);
        }
        let steps: Vec<u32> = timeline.steps().collect();
        assert!((MOST / 2..=MOST).contains(&steps.len()), "{}", steps.len());
        assert_eq!(steps[0], 0);
        let gaps: Vec<u32> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().max().unwrap() - gaps.iter().min().unwrap() <= 7, "{gaps:?}");
        assert!(100_000 - steps[steps.len() - 1] <= 2 * gaps[0]);
        let past = timeline.at(50_000).unwrap();
        assert!(past.step <= 50_000 && 50_000 - past.step < gaps[0]);
        assert_eq!(past.pixels, [(past.step as f32 / 1e5 * 255.0).round() as u8]);
    }

    #[test]
    fn a_run_that_goes_back_forgets_what_came_after() {
        let mut timeline = Timeline::default();
        (1..=10).for_each(|step| timeline.push(step, &[0.0]));
        timeline.push(5, &[1.0]);
        assert_eq!(timeline.steps().collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(timeline.at(9).unwrap().pixels, [255]);
        assert_eq!(timeline.at(0).unwrap().step, 1);
        assert_eq!(Timeline::default().at(1), None);
    }
}
