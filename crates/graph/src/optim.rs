use serde::{Deserialize, Serialize};

use crate::{NodeId, Tensor};

/// How a parameter θ moves against its gradient g; η is the learning rate and λ the weight decay, t the step from 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Rule {
    /// g ← g + λθ; m ← μm + g; θ ← θ − ηm. Without momentum (μ = 0) no moment is kept. (Polyak 1964; as in PyTorch)
    Sgd { momentum: f32 },
    /// g ← g + λθ; v ← αv + (1−α)g²; θ ← θ − η g / (√v + ε). (Tieleman and Hinton 2012; as in PyTorch)
    RmsProp { alpha: f32, epsilon: f32 },
    /// g ← g + λθ; m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; θ ← θ − η m̂ / (√v̂ + ε), where m̂ = m/(1−β₁ᵗ) and
    /// v̂ = v/(1−β₂ᵗ). (Kingma and Ba 2015, alg. 1)
    Adam { beta1: f32, beta2: f32, epsilon: f32 },
    /// Adam without λ in g, and θ ← θ − ηλθ beside it. (Loshchilov and Hutter 2019, alg. 2)
    AdamW { beta1: f32, beta2: f32, epsilon: f32 },
}

impl Rule {
    pub const fn adam() -> Rule {
        Rule::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }

    /// How many moments of each parameter the rule keeps.
    pub fn moments(self) -> u8 {
        match self {
            Rule::Sgd { momentum: 0.0 } => 0,
            Rule::Sgd { .. } | Rule::RmsProp { .. } => 1,
            Rule::Adam { .. } | Rule::AdamW { .. } => 2,
        }
    }
}

/// A rule with its live values: scalar nodes, so that they can change between steps or follow a schedule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optimiser {
    pub rule: Rule,
    pub learning_rate: NodeId,
    pub weight_decay: Option<NodeId>,
    /// Whether only matrices decay, and gains and biases, which have one axis, are left alone.
    pub only_matrices_decay: bool,
    /// The longest that all gradients of a step may be, taken together as one vector. Longer ones are scaled down to it before the
    /// rule sees them. (Pascanu, Mikolov and Bengio 2013, alg. 1)
    pub longest_gradient: Option<NodeId>,
}

impl Optimiser {
    /// The same with clipped gradients; see [`Optimiser::longest_gradient`]. `norm` is a scalar.
    pub fn clipped(self, norm: Tensor<'_>) -> Optimiser {
        Optimiser { longest_gradient: Some(norm.id()), ..self }
    }

    /// The same, where weight decay leaves gains and biases alone.
    pub fn sparing_vectors(self) -> Optimiser {
        Optimiser { only_matrices_decay: true, ..self }
    }

    /// The weight decay of a parameter with so many axes.
    pub fn decay_of(&self, rank: usize) -> Option<NodeId> {
        self.weight_decay.filter(|_| rank > 1 || !self.only_matrices_decay)
    }
}
