//! The game of two that GANs play, whatever they make: what labs of GANs have in common.

pub(crate) mod watch;

use std::f32::consts::LN_2;

use terrarium_graph::Tensor;
use terrarium_models::gan::Loss;

use crate::lab::Player;
use crate::protocol::Phase;
use crate::settings::{Choice, Kind, Scale, Setting, choices, option};

/// The players of a GAN.
pub(crate) static PLAYERS: [Player; 2] = [
    Player {
        name: "discriminator",
        short: "D",
        phases: &[Phase::DrawReal, Phase::Generate, Phase::Judge, Phase::UpdateDiscriminator],
    },
    Player { name: "generator", short: "G", phases: &[Phase::GenerateAgain, Phase::JudgeAgain, Phase::UpdateGenerator] },
];

/// A generator gradient has vanished below this share of the largest that was seen, or below this norm.
const VANISHED_SHARE: f32 = 0.02;
const VANISHED_NORM: f32 = 1e-3;
/// The discriminator is never wrong where its loss is below this share of what guessing costs.
const NEVER_WRONG: f32 = 0.1;

/// [`terrarium_models::gan::Loss`] without its live values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossKind {
    NonSaturating,
    Minimax,
    LeastSquares,
    Hinge,
    Wasserstein,
}

pub(crate) const LOSSES: [(LossKind, Choice); 5] = [
    option(
        LossKind::NonSaturating,
        "non-saturating",
        "Non-saturating",
        "The generator raises the odds that its samples are taken for real. The usual choice.",
    ),
    option(
        LossKind::Minimax,
        "minimax",
        "Minimax",
        "The original game: the generator lowers the odds that its samples are caught. It stalls when all are caught.",
    ),
    option(
        LossKind::LeastSquares,
        "least-squares",
        "Least squares",
        "Verdicts are pulled to 1 and 0 by squared errors, so samples far from the border are still pulled.",
    ),
    option(LossKind::Hinge, "hinge", "Hinge", "The discriminator stops caring about samples that it judges rightly by a margin."),
    option(
        LossKind::Wasserstein,
        "wgan-gp",
        "Wasserstein (WGAN-GP)",
        "A critic measures how far the samples have to be moved, and a gradient penalty keeps its slope near 1.",
    ),
];

/// What the networks play for.
pub(crate) const LOSS: Setting = Setting {
    key: "loss",
    group: "Training",
    label: "Loss",
    help: "What the two networks play for.",
    kind: Kind::Choice(const { &choices(&LOSSES) }),
    live: false,
};

/// The weight of the gradient penalty.
pub(crate) const fn penalty(default: f64) -> Setting {
    Setting {
        key: "penalty",
        group: "Training",
        label: "Gradient penalty",
        help: "How strictly the critic's slope is kept near 1; only the Wasserstein loss uses it.",
        kind: Kind::Number { min: 0.0, max: 100.0, default, scale: Scale::Log, unit: "" },
        live: true,
    }
}

impl LossKind {
    /// The loss itself; `penalty` is the weight of a gradient penalty, where there is one.
    pub fn with(self, penalty: Tensor<'_>) -> Loss<'_> {
        match self {
            LossKind::NonSaturating => Loss::NonSaturating,
            LossKind::Minimax => Loss::Minimax,
            LossKind::LeastSquares => Loss::LeastSquares,
            LossKind::Hinge => Loss::Hinge,
            LossKind::Wasserstein => Loss::WassersteinGradientPenalty { weight: penalty },
        }
    }

    /// What a discriminator's outputs say about being real, 0 to 1, ½ undecided.
    pub fn realness<'b>(self, verdicts: Tensor<'b>) -> Tensor<'b> {
        let b = verdicts.builder();
        let clamp = |x: Tensor<'b>| x.max(b.scalar(0.0)).min(b.scalar(1.0));
        match self {
            LossKind::NonSaturating | LossKind::Minimax => verdicts.sigmoid(),
            LossKind::LeastSquares => clamp(verdicts),
            LossKind::Hinge => clamp((verdicts + 1.0) * 0.5),
            // A critic's values have no scale of their own; where all are alike, all are undecided.
            LossKind::Wasserstein => {
                let (low, high) = (-(-verdicts).max_of(&[0]), verdicts.max_of(&[0]));
                (verdicts - (low + high) * 0.5) / (high - low).max(b.scalar(1e-12)) + 0.5
            }
        }
    }

    /// The discriminator's loss where it cannot tell real from generated and says so; a critic's has no such value.
    fn guessing(self) -> Option<f32> {
        match self {
            LossKind::NonSaturating | LossKind::Minimax => Some(2.0 * LN_2),
            LossKind::LeastSquares => Some(0.25),
            LossKind::Hinge => Some(2.0),
            LossKind::Wasserstein => None,
        }
    }

    /// Whether the generator learns nothing, the discriminator being never wrong: by the discriminator's loss, and the norm of the
    /// generator's gradient beside the largest that was seen.
    pub fn vanishes(self, discriminator_loss: f32, gradient: f32, strongest_gradient: f32) -> bool {
        let never_wrong = self.guessing().is_some_and(|guessing| discriminator_loss < NEVER_WRONG * guessing);
        never_wrong && gradient < VANISHED_NORM.max(VANISHED_SHARE * strongest_gradient)
    }
}
