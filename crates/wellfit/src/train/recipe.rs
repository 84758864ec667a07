//! How a network is trained: everything that decides it, and what follows from that alone.

use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};

use crate::data::Augment;
use crate::net::Penalty;
use crate::optim::{Optimizer, Schedule};

use super::metric::Metric;
use super::predictions::{Predictions, Truth};

/// Everything that decides how a network is trained.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Epochs at most.
    pub epochs: usize,
    /// Rows in a step; at least the rows of train for full-batch descent, which keeps the rows' order.
    pub batch: usize,
    /// The optimiser.
    pub optimizer: Optimizer,
    /// Learning rate before the schedule.
    pub rate: f64,
    /// β₁ and β₂.
    pub betas: (f64, f64),
    /// The learning rate's schedule over all epochs.
    pub schedule: Schedule,
    /// What dropout and weight decay are multiplied by, over all epochs.
    pub fade: Schedule,
    /// Penalty of each layer, divided by the rows of train.
    pub penalties: Vec<Penalty>,
    /// Decoupled weight decay: each step multiplies decaying parameters by 1 − rate·weight_decay.
    pub weight_decay: f64,
    /// Share of a class target spread over all classes.
    pub smoothing: f64,
    /// How rows are changed in each step.
    pub augment: Augment,
    /// Largest norm of a step's gradient.
    pub clip_norm: Option<f64>,
    /// Epochs without a better dev metric before training stops and the best weights return; `None` keeps the last weights.
    pub patience: Option<usize>,
    /// What dev is judged by.
    pub metric: Metric,
    /// What the threshold of a binary task is chosen for on dev; `None` where it is fixed.
    pub threshold_for: Option<Metric>,
    /// Seed of shuffles and masks.
    pub seed: u64,
    /// What operands of products are rounded to.
    pub precision: Precision,
    /// Loss of predicting the same for every row.
    pub naive_loss: f64,
}

impl Recipe {
    /// Predictions at the threshold that is best on these rows, where one is to be chosen.
    pub fn with_threshold(&self, predictions: Predictions, truth: &Truth, weights: &[f32]) -> Predictions {
        match self.threshold_for {
            Some(goal) => predictions.with_best_threshold(goal, truth, weights),
            None => predictions,
        }
    }

    /// The learning rate of step `step`, counted from 0, of epochs of so many steps.
    pub(super) fn rate_at(&self, step: u64, steps_an_epoch: usize) -> f64 {
        self.rate * self.schedule.at(self.fraction(step, steps_an_epoch))
    }

    /// What dropout and weight decay are multiplied by in that step.
    pub(super) fn fade_at(&self, step: u64, steps_an_epoch: usize) -> f64 {
        self.fade.at(self.fraction(step, steps_an_epoch))
    }

    fn fraction(&self, step: u64, steps_an_epoch: usize) -> f64 {
        step as f64 / (self.epochs * steps_an_epoch) as f64
    }
}

/// The order of rows in an epoch: shuffled, but for full batches, where order only moves rounding.
pub fn row_order(recipe: &Recipe, rows: usize, epoch: usize) -> Vec<u32> {
    if recipe.batch >= rows {
        return (0..rows as u32).collect();
    }
    Stream::new(recipe.seed, Purpose::Shuffle, epoch as u64).permutation(rows)
}

/// The rows of each step, epoch after epoch without end: for short trials.
///
/// Panics if there are no rows (a bug in the caller: a training has some).
pub(super) fn batches(recipe: &Recipe, rows: usize) -> impl Iterator<Item = Vec<u32>> {
    assert!(rows > 0, "there is no batch of no rows");
    (0..).flat_map(move |epoch| {
        let order = row_order(recipe, rows, epoch);
        order.chunks(recipe.batch).map(<[u32]>::to_vec).collect::<Vec<_>>()
    })
}
