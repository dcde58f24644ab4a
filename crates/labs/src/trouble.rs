//! What can go wrong in a run, in words, and how sure one has to be to say so.

use crate::protocol::{Trouble, TroubleKind};

/// Steps for which a sign must show before it is called trouble, and stay away before trouble is over.
const PATIENCE: i64 = 400;
/// The most steps that one measurement speaks for.
const REACH: u32 = 100;

/// A sign of trouble, weighed by how long it shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Suspicion {
    steps: i64,
    pub confirmed: bool,
}

impl Suspicion {
    /// Takes note of a measurement `steps` after the one before.
    pub fn weigh(&mut self, shows: bool, steps: u32) {
        let steps = i64::from(steps.min(REACH));
        self.steps = (self.steps + if shows { steps } else { -steps }).clamp(0, PATIENCE);
        self.confirmed = if self.confirmed { self.steps > 0 } else { self.steps == PATIENCE };
    }
}

impl TroubleKind {
    pub(crate) fn explain(self) -> Trouble {
        let (sentence, remedy) = match self {
            TroubleKind::ModeCollapse => (
                "Mode collapse: the generator crowds its samples into a few places and leaves the rest of the data out.",
                "Try the Wasserstein loss, or bring the two learning rates closer together.",
            ),
            TroubleKind::VanishingGradient => (
                "Vanishing gradient: the discriminator is never wrong, and the generator is no longer told where to go.",
                "Try the non-saturating or the Wasserstein loss, or fewer discriminator steps.",
            ),
            TroubleKind::Oscillation => (
                "Oscillation: the generated samples keep moving about and settle nowhere.",
                "Lower both learning rates, or the momentum; the Wasserstein loss helps too.",
            ),
            TroubleKind::PosteriorCollapse => (
                "Posterior collapse: no latent dimension says anything about the picture any more, and the decoder paints the same for all.",
                "Lower β, or give each dimension some free bits; a KL warm-up keeps a new run from it.",
            ),
            TroubleKind::Unstable => (
                "Unstable: the loss has jumped, and much of what was learnt is lost again.",
                "Lower the learning rate or the longest gradient, or give the next run a longer warm-up.",
            ),
            TroubleKind::ByHeart => (
                "Learning by heart: the model still gets better on what it reads, and worse on text it has not seen.",
                "Stop here, use more text or a smaller model, or turn up dropout or weight decay.",
            ),
            TroubleKind::NotANumber => (
                "The numbers grew beyond all bounds. The run has stopped and gone back to where all was well.",
                "Lower the learning rates, then press play again.",
            ),
        };
        Trouble { kind: self, sentence: sentence.to_string(), remedy: remedy.to_string() }
    }
}
