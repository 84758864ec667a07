//! Evaluations: train and dev measured after an epoch.

use wellfit_kernels::random::{Purpose, Stream};

use crate::data::{Examples, Part};
use crate::net::Member;

use super::dev_evaluations::DevLosses;
use super::engine::{Engine, NotFinite, all_finite};
use super::head::Head;
use super::history::{Record, layer_health};
use super::metric::Metric;
use super::observer::Observer;
use super::predictions::{Predictions, Truth};
use super::progress::{Best, Progress};
use super::recipe::Recipe;

/// The most evaluations of a run; a longer run evaluates every second epoch, every third, ...
const MAX_EVALUATIONS: usize = 500;
/// Rows of train in an evaluation,
const SAMPLE_ROWS: usize = 4096;
/// and where more than so many epochs have one: what one row says is said often.
const MANY_EPOCHS: usize = 200;
const SMALL_SAMPLE_ROWS: usize = 1024;
/// Rows of train that the health of layers is measured on, at most.
const HEALTH_ROWS: usize = 64;

/// Evaluates train and dev after an epoch.
pub(super) struct Evaluator {
    /// Epochs from one evaluation to the next.
    pub every: usize,
    /// Rows of train that are evaluated.
    sample: Vec<u32>,
}

impl Evaluator {
    /// For one training: which epochs and which rows depend on the recipe alone.
    pub fn new(recipe: &Recipe, train: &Examples) -> Evaluator {
        let rows = if recipe.epochs > MANY_EPOCHS { SMALL_SAMPLE_ROWS } else { SAMPLE_ROWS };
        let mut sample = if train.rows() > rows {
            let mut order = Stream::new(recipe.seed, Purpose::Sample, 0).permutation(train.rows());
            order.truncate(rows);
            order
        } else {
            (0..train.rows() as u32).collect()
        };
        sample.sort_unstable();
        Evaluator { every: recipe.epochs.div_ceil(MAX_EVALUATIONS).max(1), sample }
    }

    /// Measures the network as it stands. `before`: θ before the epoch's last step.
    pub fn evaluate(
        &self,
        engine: &mut Engine<f32>,
        recipe: &Recipe,
        head: &Head,
        (train, dev): (&Examples, Option<&Examples>),
        (progress, observer): (&mut Progress, &mut dyn Observer),
        (before, rate, running_loss): (&[f32], f64, f64),
    ) -> Result<Record, (Part, NotFinite)> {
        let member = &progress.weights.member;
        let norms = engine.gradient_norms();
        let (predictions, train_loss) = head.predict_rows(engine, member, train, &self.sample);
        if let Some(what) = overflow(engine, member, train, train_loss) {
            return Err((Part::Train, what));
        }
        let some: Vec<u32> = self.sample.iter().copied().step_by(self.sample.len().div_ceil(HEALTH_ROWS)).collect();
        let outputs = engine.layer_outputs(member, train, &some);
        let layers = layer_health(engine.network(), &outputs, &member.theta, before, &norms);
        let train_error = error(recipe, head, predictions, train, &self.sample).unwrap_or(train_loss);
        let mut record = Record {
            epoch: progress.epoch,
            step: progress.step,
            rate,
            running_loss,
            train_loss,
            train_error,
            dev_loss: None,
            dev_error: None,
            seconds: progress.seconds,
            layers,
        };
        if let Some(dev) = dev {
            let rows: Vec<u32> = (0..dev.rows() as u32).collect();
            let (predictions, loss) = head.predict_rows(engine, member, dev, &rows);
            if let Some(what) = overflow(engine, member, dev, loss) {
                return Err((Part::Dev, what));
            }
            observer.predicted_dev(progress.epoch, &predictions);
            let (truth, weights) = (head.truth(dev, &rows), weights(dev, &rows));
            let decided = recipe.with_threshold(predictions.clone(), &truth, &weights);
            if recipe.patience.is_some() {
                let errors = recipe.metric.row_losses(&decided, &truth, &weights);
                let losses = match truth {
                    Truth::Classes(_) => Metric::LogLoss.row_losses(&predictions, &truth, &weights),
                    Truth::Values(_) => Metric::Rmse.row_losses(&predictions, &truth, &weights),
                };
                progress.dev.add(&DevLosses { errors: &errors, losses: &losses, weights: &weights }, recipe.seed);
            }
            // A metric with a threshold of its own jumps with single rows: its epoch is chosen by the loss.
            let by_loss = recipe.metric.chooses_threshold();
            let log_loss = || Metric::LogLoss.error(&predictions, &truth, &weights);
            let judged_loss = if by_loss { log_loss() } else { None }.unwrap_or(loss);
            // A metric that dev cannot give (AUC with one class in dev) leaves the loss to judge by.
            let value = recipe.metric.error(&decided, &truth, &weights).unwrap_or(loss);
            record.dev_loss = Some(loss);
            record.dev_error = Some(value);
            let of = |value: f64, loss: f64| if by_loss { (loss, value) } else { (value, loss) };
            let better = progress.best.as_ref().is_none_or(|best| of(value, judged_loss) < of(best.value, best.loss));
            if better {
                let member = member.clone();
                progress.best = Some(Best { epoch: progress.epoch, value, loss: judged_loss, member });
            }
        }
        Ok(record)
    }
}

/// What is not finite where the loss of an evaluation is not.
fn overflow(engine: &mut Engine<f32>, member: &Member<f32>, examples: &Examples, loss: f64) -> Option<NotFinite> {
    // An infinite input may saturate the units that it meets, and leave the loss finite.
    if loss.is_finite() && all_finite(&examples.source.numbers()) {
        return None;
    }
    engine.find_not_finite(member, examples)
}

/// The error of the recipe's metric, at the threshold that is best for these rows where one is chosen.
fn error(recipe: &Recipe, head: &Head, predictions: Predictions, examples: &Examples, rows: &[u32]) -> Option<f64> {
    let (truth, weights) = (head.truth(examples, rows), weights(examples, rows));
    recipe.metric.error(&recipe.with_threshold(predictions, &truth, &weights), &truth, &weights)
}

fn weights(examples: &Examples, rows: &[u32]) -> Vec<f32> {
    rows.iter().filter_map(|&r| examples.weights.get(r as usize).copied()).collect()
}
