//! What `auto` stands for: chosen by rows, inputs and task, tuned on the sets of `benchmarks/NOTES.md`.

use crate::data::{Normalize, Task};
use crate::net::{Activation, Init};
use crate::optim::{Optimizer, Schedule};

use super::settings::{Batch, Effort, NumberInput, Parametrization, Preset, Switch};
use super::spec::Spec;

/// Rows of train up to which several networks are affordable: half a minute on two cores with AVX2.
const SMALL_TABLE: usize = 7_000;
/// The most numbers of a row that each have waves.
const MOST_NUMBERS_WITH_WAVES: usize = 500;
/// Rows that a training on very many of them meets, each as often as it takes.
const STANDARD_VISITS: usize = 3_200_000;

impl Spec {
    /// How numbers are scaled: decided before anything is known of them.
    pub fn normalization(&self) -> Normalize {
        match (self.data.normalize, self.network.effort, self.network.preset) {
            (Normalize::Auto, Effort::Standard, Preset::Auto) => Normalize::Robust,
            (given, _, _) => given,
        }
    }
}

/// What the choices depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Rows of train.
    pub rows: usize,
    /// Whether the inputs are pixels of images.
    pub pixels: bool,
    /// Numbers of a row.
    pub numbers: usize,
    /// The task.
    pub task: Task,
    /// Whether there are dev rows.
    pub has_dev: bool,
    /// What the choices aim at.
    pub preset: Preset,
    /// What they may cost.
    pub effort: Effort,
}

impl Situation {
    /// Whether the choices are those of RealMLP-TD (Holzmüller et al. 2024, table A.1), which is a recipe for tables.
    fn is_standard(&self) -> bool {
        self.preset == Preset::Auto && self.effort == Effort::Standard && !self.pixels
    }

    /// Networks that answer together.
    pub fn ensemble(&self) -> usize {
        match self.rows {
            0..=SMALL_TABLE if self.is_standard() && self.has_dev => 5,
            _ => 1,
        }
    }

    /// How numbers enter the network.
    pub fn numbers(&self) -> NumberInput {
        // Waves of each of very many numbers cost more than all layers behind them.
        match self.numbers {
            1..=MOST_NUMBERS_WITH_WAVES if self.is_standard() => NumberInput::Periodic,
            _ => NumberInput::Plain,
        }
    }

    /// Whether units learn how much of their activation they use.
    pub fn learned_slope(&self) -> bool {
        self.is_standard()
    }

    /// How weights are parametrised.
    pub fn parametrization(&self) -> Parametrization {
        if self.is_standard() { Parametrization::Ntk } else { Parametrization::Standard }
    }

    /// Units of each hidden layer: more rows can fill more of them.
    pub fn hidden(&self) -> Vec<usize> {
        match self.rows {
            0..1_500 if self.is_standard() => vec![128; 3],
            _ if self.is_standard() => vec![256; 3],
            0..1_000 => vec![64, 32],
            1_000..10_000 => vec![128, 64],
            _ => vec![256, 128],
        }
    }

    /// The activation of hidden layers.
    pub fn activation(&self) -> Activation {
        match self.preset {
            Preset::Textbook => Activation::Relu,
            Preset::Auto if !self.is_standard() => Activation::Silu,
            Preset::Auto if self.task.is_classification() => Activation::Selu,
            Preset::Auto => Activation::Mish,
        }
    }

    /// The initialisation that fits an activation.
    pub fn init(&self, activation: Activation) -> Init {
        if self.is_standard() { Init::Lecun } else { Init::for_activation(activation) }
    }

    /// Probability of keeping a unit, one for each hidden layer.
    pub fn keep_prob(&self, hidden: usize) -> Vec<f64> {
        match self.preset {
            Preset::Textbook => vec![1.0; hidden],
            Preset::Auto if self.is_standard() => vec![0.85; hidden],
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
                Preset::Auto if self.is_standard() && self.task == Task::Regression => 0.2,
                Preset::Auto if self.is_standard() => 0.04,
                Preset::Auto if self.task == Task::Regression => 0.003,
                _ => 0.001,
            },
        }
    }

    /// The learning rate's schedule.
    pub fn schedule(&self) -> Schedule {
        match self.preset {
            Preset::Textbook => Schedule::Constant,
            Preset::Auto if self.is_standard() => Schedule::CosLog4,
            Preset::Auto => Schedule::Cosine,
        }
    }

    /// β₁ and β₂ of an optimiser.
    pub fn betas(&self, optimizer: Optimizer) -> (f64, f64) {
        match optimizer {
            Optimizer::Adam | Optimizer::AdamW if self.is_standard() => (0.9, 0.95),
            other => other.default_betas(),
        }
    }

    /// Share of a class target spread over all classes.
    pub fn label_smoothing(&self) -> f64 {
        if self.is_standard() && self.task.is_classification() { 0.1 } else { 0.0 }
    }

    /// The schedule of dropout and weight decay.
    pub fn fade(&self) -> Schedule {
        if self.is_standard() { Schedule::FlatCosine } else { Schedule::Constant }
    }

    /// Rows of a step: more rows, larger steps (RealMLP's rule, Holzmüller et al. 2024).
    pub fn batch(&self) -> Batch {
        Batch::Rows(match self.rows {
            0..=1_024 if self.is_standard() => 64,
            0..=1_024 => 32,
            1_025..=8_192 => 128,
            8_193..=100_000 => 256,
            _ => 1_024,
        })
    }

    /// Epochs at most: about as many steps whatever the rows.
    pub fn epochs(&self) -> usize {
        match self.rows {
            0..=SMALL_TABLE if self.is_standard() => 256,
            ..=30_000 if self.is_standard() => 128,
            30_001..=100_000 if self.is_standard() => 96,
            _ if self.is_standard() => (STANDARD_VISITS / self.rows).clamp(8, 32),
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
