//! Optimisers: which update a step makes.

use std::fmt;

use serde::{Deserialize, Serialize};
use wellfit_kernels::update::Update;

/// Keeps a division by √s finite (the value of the course and of Kingma and Ba 2015).
const EPSILON: f64 = 1e-8;

/// The kind of update; rates and β come with each step's [`Optimizer::update`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
    /// Gradient descent: mini-batch, or full-batch with `--batch full`.
    Gd,
    /// v ← βv + (1−β)g, θ ← θ − αv, as the course teaches it.
    Momentum,
    /// Momentum that looks one step ahead.
    Nesterov,
    /// Gradients divided by their root mean square (Hinton 2012, lecture 6e).
    RmsProp,
    /// Kingma and Ba 2015.
    Adam,
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    AdamW,
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

    /// The name used in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Optimizer::Gd => "gradient descent",
            Optimizer::Momentum => "momentum",
            Optimizer::Nesterov => "Nesterov momentum",
            Optimizer::RmsProp => "RMSprop",
            Optimizer::Adam => "Adam",
            Optimizer::AdamW => "AdamW",
        }
    }

    /// Which averages it keeps: (first moment, second moment).
    pub fn slots(self) -> (bool, bool) {
        match self {
            Optimizer::Gd => (false, false),
            Optimizer::Momentum | Optimizer::Nesterov => (true, false),
            Optimizer::RmsProp => (false, true),
            Optimizer::Adam | Optimizer::AdamW => (true, true),
        }
    }

    /// β₁ and β₂ where none are given: 0.9 everywhere but for Adam's second moment, 0.999.
    pub fn default_betas(self) -> (f64, f64) {
        match self {
            Optimizer::RmsProp => (0.9, 0.9),
            _ => (0.9, 0.999),
        }
    }

    /// The update of step `step` (counted from 1) at learning rate `rate`.
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
