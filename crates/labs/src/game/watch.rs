//! Seeing what goes wrong in the game.

use std::collections::VecDeque;

use super::LossKind;
use crate::protocol::{Trouble, TroubleKind};
use crate::trouble::Suspicion;

/// Steps between two looks that motion is judged by.
const APART: u32 = 100;

/// What trouble is seen by, at one measurement.
pub struct Sight<'a, L> {
    pub step: u32,
    pub loss: LossKind,
    pub discriminator_loss: f32,
    /// Norm of the gradient of each of the generator's layers.
    pub gradient_norms: &'a [f32],
    /// Whether samples crowd together in a part of what there is to make.
    pub crowds: bool,
    /// What the samples look like, as far as motion is seen by it.
    pub look: L,
}

/// Follows a run, and tells what it suffers from.
#[derive(Clone, Debug)]
pub struct Watch<L> {
    collapse: Suspicion,
    vanishing: Suspicion,
    oscillation: Suspicion,
    /// What it suffers from: kept as long as its signs last, so that what is said does not change to and fro.
    current: Option<TroubleKind>,
    pub(crate) step: u32,
    strongest_gradient: f32,
    /// Looks at earlier steps, the first about [`APART`] steps ago.
    looks: VecDeque<(u32, L)>,
}

impl<L> Default for Watch<L> {
    fn default() -> Self {
        Watch {
            collapse: Suspicion::default(),
            vanishing: Suspicion::default(),
            oscillation: Suspicion::default(),
            current: None,
            step: 0,
            strongest_gradient: 0.0,
            looks: VecDeque::new(),
        }
    }
}

impl<L> Watch<L> {
    /// Takes in a look; `roams` tells of two of them, some time apart, whether samples moved about without settling.
    pub fn see(&mut self, sight: Sight<L>, roams: impl FnOnce(&L, &L) -> bool) {
        let Sight { step, loss, discriminator_loss, gradient_norms, crowds, look } = sight;
        let steps = step.saturating_sub(self.step);
        self.step = step;

        let gradient = gradient_norms.iter().map(|n| n * n).sum::<f32>().sqrt();
        self.strongest_gradient = self.strongest_gradient.max(gradient);
        let vanishes = loss.vanishes(discriminator_loss, gradient, self.strongest_gradient);
        self.vanishing.weigh(vanishes, steps);
        self.collapse.weigh(!vanishes && crowds, steps);

        while self.looks.get(1).is_some_and(|(then, _)| then + APART <= step) {
            self.looks.pop_front();
        }
        let before = self.looks.front().filter(|(then, _)| then + APART <= step);
        self.oscillation.weigh(before.is_some_and(|(_, before)| roams(before, &look)), steps);
        self.looks.push_back((step, look));

        if !self.current.is_some_and(|kind| self.confirmed(kind)) {
            let kinds = [TroubleKind::VanishingGradient, TroubleKind::ModeCollapse, TroubleKind::Oscillation];
            self.current = kinds.into_iter().find(|kind| self.confirmed(*kind));
        }
    }

    fn confirmed(&self, kind: TroubleKind) -> bool {
        match kind {
            TroubleKind::VanishingGradient => self.vanishing.confirmed,
            TroubleKind::ModeCollapse => self.collapse.confirmed,
            TroubleKind::Oscillation => self.oscillation.confirmed,
            // A look at what is all numbers ends it, and there is no posterior here, nor text.
            TroubleKind::NotANumber | TroubleKind::PosteriorCollapse | TroubleKind::Unstable | TroubleKind::ByHeart => false,
        }
    }

    /// The run has met a number that is none, and went back.
    pub fn broke(&mut self) {
        *self = Watch { current: Some(TroubleKind::NotANumber), ..Watch::default() };
    }

    pub fn trouble(&self) -> Option<Trouble> {
        self.current.map(TroubleKind::explain)
    }
}
