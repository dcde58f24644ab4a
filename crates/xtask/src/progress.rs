//! Saying what is being done, how far it is, and how long it took.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

/// A known number of steps, announced one by one on standard error.
pub struct Progress {
    steps: usize,
    begun: usize,
    start: Instant,
}

impl Progress {
    /// Starts the clock for this many steps.
    pub fn new(steps: usize) -> Self {
        Self { steps, begun: 0, start: Instant::now() }
    }

    /// Announces the next step by its title, takes it, and says how long it took.
    ///
    /// # Errors
    /// What the step failed of, and `remedy`: what to do then.
    pub fn step(&mut self, (title, remedy): (&str, &str), work: impl FnOnce() -> Result<()>) -> Result<()> {
        self.announce(title);
        let start = Instant::now();
        let result = work();
        let end = if result.is_ok() { "done" } else { "FAILED" };
        eprintln!("      {end} in {}, {} since the start", shown(start.elapsed()), shown(self.start.elapsed()));
        result.map_err(|error| anyhow!("{error:#}\n      next: {remedy}"))
    }

    /// Announces the next step, and why it is not taken.
    pub fn skip(&mut self, title: &str, reason: &str) {
        self.announce(title);
        eprintln!("      not run: {reason}");
    }

    fn announce(&mut self, title: &str) {
        self.begun += 1;
        eprintln!("[{}/{}] {title}", self.begun, self.steps);
    }
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 { format!("{:.1} s", time.as_secs_f64()) } else { format!("{} min {:02} s", seconds / 60, seconds % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_times_are_shown_in_minutes() {
        assert_eq!(shown(Duration::from_millis(1_250)), "1.2 s");
        assert_eq!(shown(Duration::from_secs(125)), "2 min 05 s");
    }
}
