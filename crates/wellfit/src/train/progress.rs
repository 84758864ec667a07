//! How far training has come, and what it falls back to.

use std::fmt;

use crate::net::Member;
use crate::optim::Optimizer;

use super::dev_evaluations::DevEvaluations;
use super::recipe::Recipe;
use super::weights::Weights;

/// How far training has come: all that a checkpoint needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The network's numbers and the optimiser's averages.
    pub weights: Weights<f32>,
    /// Epochs done.
    pub epoch: usize,
    /// Steps done of the epoch under way.
    pub step_in_epoch: usize,
    /// Steps done in all.
    pub step: u64,
    /// Sum of rows times loss over the steps done of the epoch under way.
    pub loss_sum: f64,
    /// The best evaluation on dev so far.
    pub best: Option<Best>,
    /// What every evaluation found of dev, where the best is kept.
    pub dev: DevEvaluations,
    /// Seconds of training so far.
    pub seconds: f64,
}

/// The best evaluation on dev.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// Epochs done then.
    pub epoch: usize,
    /// The metric over dev.
    pub value: f64,
    /// The loss over dev, which decides between equal metrics.
    pub loss: f64,
    /// The network's numbers then.
    pub member: Member<f32>,
}

impl Progress {
    /// Training that has not begun.
    pub fn start(member: Member<f32>, optimizer: Optimizer) -> Progress {
        let weights = Weights::start(member, optimizer);
        let dev = DevEvaluations::default();
        Progress { weights, epoch: 0, step_in_epoch: 0, step: 0, loss_sum: 0.0, best: None, dev, seconds: 0.0 }
    }

    /// The network that training ends with: the best on dev with early stopping, else the last.
    pub fn into_member(self, recipe: &Recipe) -> Member<f32> {
        match self.best {
            Some(best) if recipe.patience.is_some() => best.member,
            _ => self.weights.member,
        }
    }

    /// The epoch whose network training ends with.
    pub fn best_epoch(&self, recipe: &Recipe) -> usize {
        match &self.best {
            Some(best) if recipe.patience.is_some() => best.epoch,
            _ => self.epoch,
        }
    }
}

/// What training falls back to after a divergence: the end of the last whole epoch, or the step from which training was
/// resumed within one.
pub(super) struct Snapshot {
    pub member: Member<f32>,
    epoch: usize,
    step_in_epoch: usize,
    step: u64,
    loss_sum: f64,
}

/// Whose weights were kept after a divergence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptWeights {
    /// Those of the end of an epoch; 0 is the start.
    OfEpoch(usize),
    /// Those of a step within an epoch, from which training had been resumed.
    OfStep(u64),
}

impl fmt::Display for KeptWeights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeptWeights::OfEpoch(0) => f.write_str("the initial weights"),
            KeptWeights::OfEpoch(epoch) => write!(f, "the weights of epoch {epoch}"),
            KeptWeights::OfStep(step) => write!(f, "the weights of step {step}"),
        }
    }
}

impl Snapshot {
    pub fn of(progress: &Progress) -> Snapshot {
        let Progress { epoch, step_in_epoch, step, loss_sum, .. } = *progress;
        Snapshot { member: progress.weights.member.clone(), epoch, step_in_epoch, step, loss_sum }
    }

    /// Puts it back and says what it was.
    pub fn restore(self, progress: &mut Progress) -> KeptWeights {
        progress.weights.member = self.member;
        progress.weights.reset_moments();
        (progress.epoch, progress.step_in_epoch) = (self.epoch, self.step_in_epoch);
        (progress.step, progress.loss_sum) = (self.step, self.loss_sum);
        match self.step_in_epoch {
            0 => KeptWeights::OfEpoch(self.epoch),
            _ => KeptWeights::OfStep(self.step),
        }
    }
}
