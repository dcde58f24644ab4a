//! The rows of the charts, thinned as they become many.

use crate::protocol::Row;

/// The most rows kept.
const MOST: usize = 600;

/// Rows of measures in the order of their steps. When there are too many, every other one is left out, of new rows too, so
/// that they stay even over the whole run.
#[derive(Clone, Debug)]
pub struct History {
    rows: Vec<Row>,
    /// One of so many rows is kept.
    stride: usize,
    seen: usize,
}

impl Default for History {
    fn default() -> Self {
        History { rows: Vec::new(), stride: 1, seen: 0 }
    }
}

impl History {
    pub fn push(&mut self, row: Row) {
        if self.seen.is_multiple_of(self.stride) {
            self.rows.push(row);
        }
        self.seen += 1;
        if self.rows.len() > MOST {
            let mut place = 0;
            self.rows.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride *= 2;
        }
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Forgets what came after a step.
    pub fn cut(&mut self, step: u32) {
        self.rows.retain(|row| row.step <= step);
    }
}

impl FromIterator<Row> for History {
    fn from_iter<T: IntoIterator<Item = Row>>(rows: T) -> Self {
        let mut history = History::default();
        rows.into_iter().for_each(|row| history.push(row));
        history
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(step: u32) -> Row {
        Row { step, values: Vec::new() }
    }

    #[test]
    fn a_long_history_stays_short_and_even() {
        let history: History = (0..100_000).map(row).collect();
        let steps: Vec<u32> = history.rows().iter().map(|row| row.step).collect();
        assert!((MOST / 2..=MOST).contains(&steps.len()), "{}", steps.len());
        let gap = steps[1] - steps[0];
        assert_eq!(steps[0], 0);
        assert!(steps.windows(2).all(|pair| pair[1] - pair[0] == gap));
        assert!(100_000 - steps[steps.len() - 1] <= gap);
    }

    #[test]
    fn what_came_after_a_step_is_forgotten() {
        let mut history: History = (1..=10).map(row).collect();
        history.cut(4);
        assert_eq!(history.rows().len(), 4);
    }
}
