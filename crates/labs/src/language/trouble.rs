//! What may go wrong while a language model learns, seen from its losses.

use crate::protocol::{Trouble, TroubleKind};
use crate::trouble::Suspicion;

/// Held-out text costs so many nats a token more than the best it was when the model learns by heart.
const BY_HEART: f32 = 0.1;
/// A loss that is so far above the best it was has lost what was learnt.
const LOST: f32 = 0.7;

/// Follows the losses of a run.
pub struct Watch {
    by_heart: Suspicion,
    unstable: Suspicion,
    /// The least that held-out text has cost, and the least that a batch has.
    best: f32,
    best_training: f32,
    broke: bool,
    seen_at: u32,
}

impl Default for Watch {
    fn default() -> Watch {
        Watch {
            by_heart: Suspicion::default(),
            unstable: Suspicion::default(),
            best: f32::INFINITY,
            best_training: f32::INFINITY,
            broke: false,
            seen_at: 0,
        }
    }
}

impl Watch {
    /// Takes in what a batch and the held-out text cost at a step, in nats a token.
    pub fn see(&mut self, step: u32, loss: f32, held_out: f32) {
        let since = step.saturating_sub(self.seen_at);
        self.seen_at = step;
        self.broke = false;
        self.best = self.best.min(held_out);
        self.best_training = self.best_training.min(loss);
        self.by_heart.weigh(held_out > self.best + BY_HEART && loss < self.best, since);
        self.unstable.weigh(loss > self.best_training + LOST, since);
    }

    /// The run met a number that is none, and went back.
    pub fn broke(&mut self) {
        self.broke = true;
        self.by_heart = Suspicion::default();
        self.unstable = Suspicion::default();
    }

    pub fn trouble(&self) -> Option<Trouble> {
        let kind = match (self.broke, self.unstable.confirmed, self.by_heart.confirmed) {
            (true, ..) => Some(TroubleKind::NotANumber),
            (_, true, _) => Some(TroubleKind::Unstable),
            (_, _, true) => Some(TroubleKind::ByHeart),
            _ => None,
        };
        kind.map(TroubleKind::explain)
    }
}
