//! The same steps on two engines, side by side.

use crate::error::Result;
use crate::protocol::Comparison;
use crate::run::Run;

/// A comparison under way; it can be made a step at a time.
pub struct Comparing {
    runs: [Run; 2],
    rhythm: Vec<u32>,
    steps: u32,
    drift: Vec<f32>,
    ms: [f64; 2],
}

impl Comparing {
    /// `runs` stand at the same state of the same model.
    pub(crate) fn new(runs: [Run; 2], rhythm: Vec<u32>, steps: u32) -> Self {
        Comparing { runs, rhythm, steps, drift: Vec::new(), ms: [0.0; 2] }
    }

    /// Steps made, and how many there are to make.
    pub fn progress(&self) -> (u32, u32) {
        (self.drift.len() as u32, self.steps)
    }

    /// Makes one step on each engine, timed by `clock` in milliseconds; gives the result once all are made.
    pub async fn advance(&mut self, clock: &dyn Fn() -> f64) -> Result<Option<Comparison>> {
        if self.progress().0 < self.steps {
            for (run, ms) in self.runs.iter_mut().zip(&mut self.ms) {
                let start = clock();
                run.advance_steps(1, &self.rhythm)?;
                run.finished().await?;
                *ms += clock() - start;
            }
            let drift = self.drift().await?;
            self.drift.push(drift);
        }
        Ok((self.progress().0 >= self.steps).then(|| Comparison {
            engines: [self.runs[0].engine(), self.runs[1].engine()],
            steps: self.steps,
            drift: self.drift.clone(),
            ms_per_step: self.ms.map(|ms| (ms / f64::from(self.steps.max(1))) as f32),
        }))
    }

    /// How far the parameters of the network that drifted further are apart. A single tensor is no measure: a bias that
    /// happens to pass through 0 has no size to compare with.
    async fn drift(&mut self) -> Result<f32> {
        let [a, b] = &mut self.runs;
        let (a, b) = (a.parameters(), b.parameters());
        let (a, b) = (a.await?, b.await?);
        let networks = a.iter().zip(&b);
        Ok(networks.map(|(a, b)| relative_difference(a, b)).fold(0.0, f32::max))
    }
}

/// ‖a − b‖ / ‖b‖; 0 where they are equal.
fn relative_difference(a: &[f32], b: &[f32]) -> f32 {
    let norm = |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v).powi(2)).sum::<f64>().sqrt();
    let apart = norm(&mut a.iter().zip(b).map(|(a, b)| a - b));
    if apart == 0.0 { 0.0 } else { (apart / norm(&mut b.iter().copied())) as f32 }
}

#[cfg(test)]
mod tests {
    use super::relative_difference;

    #[test]
    fn differences_are_relative_to_the_second() {
        assert_eq!(relative_difference(&[3.0, 5.0], &[3.0, 4.0]), 0.2);
        assert_eq!(relative_difference(&[0.0], &[0.0]), 0.0);
        assert_eq!(relative_difference(&[1.0], &[0.0]), f32::INFINITY);
    }
}
