//! What `auto` stands for: chosen by rows, inputs and task, tuned on the sets of `benchmarks/NOTES.md`.

use crate::data::Task;
use crate::net::{Activation, Init};
use crate::optim::{Optimizer, Schedule};

use super::settings::{Batch, Preset, Switch};

/// What the choices depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Rows of train.
    pub rows: usize,
    /// The task.
    pub task: Task,
    /// Whether there are dev rows.
    pub has_dev: bool,
    /// What the choices aim at.
    pub preset: Preset,
}

impl Situation {
    /// Units of each hidden layer: more rows can fill more of them.
    pub fn hidden(&self) -> Vec<usize> {
        match self.rows {
            0..1_000 => vec![64, 32],
            1_000..10_000 => vec![128, 64],
            _ => vec![256, 128],
        }
    }

    /// The activation of hidden layers.
    pub fn activation(&self) -> Activation {
        match self.preset {
            Preset::Textbook => Activation::Relu,
            Preset::Auto => Activation::Silu,
        }
    }

    /// The initialisation that fits an activation.
    pub fn init(&self, activation: Activation) -> Init {
        Init::for_activation(activation)
    }

    /// Probability of keeping a unit, one for each hidden layer.
    pub fn keep_prob(&self, hidden: usize) -> Vec<f64> {
        match self.preset {
            Preset::Textbook => vec![1.0; hidden],
            Preset::Auto if self.task.is_classification() => vec![0.8; hidden],
            Preset::Auto => vec![0.9; hidden],
        }
    }

    /// The optimiser.
    pub fn optimizer(&self) -> Optimizer {
        match self.preset {
            Preset::Textbook => Optimizer::Adam,
            Preset::Auto => Optimizer::AdamW,
        }
    }

    /// The learning rate of an optimiser.
    pub fn rate(&self, optimizer: Optimizer) -> f64 {
        match optimizer {
            Optimizer::Gd | Optimizer::Momentum | Optimizer::Nesterov => 0.1,
            Optimizer::RmsProp => 0.001,
            Optimizer::Adam | Optimizer::AdamW => match self.preset {
                Preset::Auto if self.task == Task::Regression => 0.003,
                _ => 0.001,
            },
        }
    }

    /// The learning rate's schedule.
    pub fn schedule(&self) -> Schedule {
        match self.preset {
            Preset::Textbook => Schedule::Constant,
            Preset::Auto => Schedule::Cosine,
        }
    }

    /// The schedule of dropout and weight decay.
    pub fn fade(&self) -> Schedule {
        Schedule::Constant
    }

    /// Rows of a step: more rows, larger steps (RealMLP's rule, Holzmüller et al. 2024).
    pub fn batch(&self) -> Batch {
        Batch::Rows(match self.rows {
            0..=1_024 => 32,
            1_025..=8_192 => 128,
            8_193..=100_000 => 256,
            _ => 1_024,
        })
    }

    /// Epochs at most: about as many steps whatever the rows.
    pub fn epochs(&self) -> usize {
        match self.rows {
            0..=8_192 => 100,
            8_193..=30_000 => 50,
            30_001..=100_000 => 30,
            _ => 15,
        }
    }

    /// Decoupled weight decay.
    pub fn weight_decay(&self, optimizer: Optimizer) -> f64 {
        match (self.preset, optimizer) {
            (Preset::Auto, Optimizer::AdamW) => 0.02,
            (Preset::Textbook, Optimizer::AdamW) => 0.01,
            _ => 0.0,
        }
    }

    /// Epochs without a better dev metric before training stops.
    pub fn early_stopping(&self, epochs: usize) -> Switch<usize> {
        match self.preset {
            Preset::Auto if self.has_dev => Switch::On((epochs / 4).max(5)),
            _ => Switch::Off,
        }
    }
}
