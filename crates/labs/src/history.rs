//! The rows of the charts, thinned as they become many.

use crate::protocol::Measures;

/// The most rows kept.
const MOST: usize = 600;

/// Rows of measures in the order of their steps. When there are too many, every other one is left out, of new rows too, so
/// that they stay even over the whole run.
#[derive(Clone, Debug)]
pub struct History {
    rows: Vec<Measures>,
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
    pub fn push(&mut self, row: Measures) {
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

    pub fn rows(&self) -> &[Measures] {
        &self.rows
    }

    /// Forgets what came after a step.
    pub fn cut(&mut self, step: u32) {
        self.rows.retain(|row| row.step <= step);
    }
}

impl FromIterator<Measures> for History {
    fn from_iter<T: IntoIterator<Item = Measures>>(rows: T) -> Self {
        let mut history = History::default();
        rows.into_iter().for_each(|row| history.push(row));
        history
    }
}
