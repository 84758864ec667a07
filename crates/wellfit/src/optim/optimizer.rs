//! Optimisers: which update a step applies.

use std::fmt;

use serde::{Deserialize, Serialize};
use wellfit_kernels::update::Update;

/// ε, which keeps the division by √s finite (the value of the course and of Kingma and Ba 2015).
const EPSILON: f64 = 1e-8;

/// How θ is updated; learning rate and β are given to each step's [`Optimizer::update`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
    /// Gradient descent: mini-batch, or full-batch with `--batch full`.
    Gd,
    /// v ← βv + (1−β)g, θ ← θ − αv, as in the course.
    Momentum,
    /// Nesterov momentum, which looks one step ahead (Nesterov 1983).
    Nesterov,
    /// Gradients divided by their root mean square (Hinton 2012, lecture 6e).
    RmsProp,
    /// Kingma and Ba 2015.
    Adam,
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    AdamW,
}

/// Which moment averages of the gradient an optimiser keeps, each as long as θ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MomentBuffers {
    /// v, the average of g.
    pub first: bool,
    /// s, the average of g².
    pub second: bool,
}

impl Optimizer {
    /// Every optimiser.
    pub const ALL: [Optimizer; 6] = [
        Optimizer::Gd,
        Optimizer::Momentum,
        Optimizer::Nesterov,
        Optimizer::RmsProp,
        Optimizer::Adam,
        Optimizer::AdamW,
    ];

    /// The name used in configs.
    pub fn name(self) -> &'static str {
        match self {
            Optimizer::Gd => "gd",
            Optimizer::Momentum => "momentum",
            Optimizer::Nesterov => "nesterov",
            Optimizer::RmsProp => "rmsprop",
            Optimizer::Adam => "adam",
            Optimizer::AdamW => "adamw",
        }
    }

    /// The moment averages that it keeps for each weight.
    pub fn moment_buffers(self) -> MomentBuffers {
        let (first, second) = match self {
            Optimizer::Gd => (false, false),
            Optimizer::Momentum | Optimizer::Nesterov => (true, false),
            Optimizer::RmsProp => (false, true),
            Optimizer::Adam | Optimizer::AdamW => (true, true),
        };
        MomentBuffers { first, second }
    }

    /// β₁ and β₂ if none are given: 0.9, but 0.999 for the second moment of Adam.
    pub fn default_betas(self) -> (f64, f64) {
        match self {
            Optimizer::RmsProp => (0.9, 0.9),
            _ => (0.9, 0.999),
        }
    }

    /// The update of step `step`, counted from 1, at learning rate `rate` with `betas` β₁ and β₂.
    pub fn update(self, rate: f64, betas: (f64, f64), step: u64) -> Update {
        let (beta1, beta2) = betas;
        match self {
            Optimizer::Gd => Update::Descent { rate },
            Optimizer::Momentum => Update::Momentum { rate, beta: beta1, nesterov: false },
            Optimizer::Nesterov => Update::Momentum { rate, beta: beta1, nesterov: true },
            Optimizer::RmsProp => Update::RmsProp { rate, beta: beta2, epsilon: EPSILON },
            Optimizer::Adam | Optimizer::AdamW => {
                let steps = step as f64;
                let (correction1, correction2) = (1.0 - beta1.powf(steps), 1.0 - beta2.powf(steps));
                Update::Adam { rate, beta1, beta2, epsilon: EPSILON, correction1, correction2 }
            }
        }
    }
}

impl fmt::Display for Optimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
