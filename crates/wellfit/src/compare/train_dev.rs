//! Train-dev: rows held out of train, and a network that has not seen them.

use crate::diagnose::Mismatch;
use crate::experiment::{Plan, Prepared, Spec, Trial, engine, prepare_dataset, run_trials};
use crate::runs::JobError;

use super::loss_rows::loss_rows;

/// A tenth of train is held out.
const FOLDS: usize = 10;
/// The error on fewer rows than these, held out or of dev, says nothing.
const FEWEST: usize = 50;

/// What the training without the held-out rows came to.
pub(crate) struct TrainDev {
    pub measured: Mismatch,
    /// Rows held out.
    pub rows: u64,
}

/// What came of measuring it.
pub(crate) enum Held {
    Out(TrainDev),
    /// Too few rows, a training that diverged, or no dev: nothing to tell.
    NotMeasured,
    Stopped,
}

/// Trains a configuration on nine tenths of train and measures it on the tenth and on dev.
///
/// The run's own network has seen all of train, so none of it can stand for new rows of its kind. Both terms are
/// differences between errors of the one new network.
pub(crate) fn measure_train_dev(
    run: &Prepared,
    spec: &Spec,
    threads: usize,
    stop: &dyn Fn() -> bool,
) -> Result<Held, JobError> {
    let (dataset, held) = run.dataset.held_out_of_train(FOLDS, spec.training.seed);
    if held.len().min(run.dataset.split.dev.len()) < FEWEST {
        return Ok(Held::NotMeasured);
    }
    let mut prepared = prepare_dataset(dataset, spec)?;
    let plan = Plan::new(spec, &prepared.summary())?;
    // Errors count each row as the file weighs it; only training weighs classes.
    let given = prepared.weigh_classes(&plan.class_weights);
    let outcome = match run_trials(&[Trial { prepared: &prepared, plan: &plan, seed: 0 }], threads, stop).pop() {
        Some(Some(Ok(outcome))) => outcome,
        Some(Some(Err(_))) => return Ok(Held::NotMeasured),
        _ => return Ok(Held::Stopped),
    };
    prepared.train.weights = given;
    let held_out = prepared.pipeline.examples(&prepared.dataset, &held);
    let mut engine = engine(&plan.network, &plan.recipe, Some(threads))?;
    let (predictions, _) = prepared.head.predict(&mut engine, &outcome.member, &held_out);
    let (predictions, metric) = (predictions.decided_by(outcome.decision), plan.recipe.metric);
    let split = &prepared.dataset.split;
    let train = loss_rows(&prepared, &prepared.train, split.train.as_slice(), outcome.train);
    let train_dev = metric.row_losses(&predictions, &prepared.head.truths(&held_out), &held_out.weights);
    let train_dev = loss_rows(&prepared, &held_out, &held, train_dev);
    let Some(examples) = prepared.dev.as_ref() else { return Ok(Held::NotMeasured) };
    let dev = loss_rows(&prepared, examples, &split.dev, outcome.dev);
    let measured = Mismatch::measure(metric, prepared.rarer_share(), (&train, &train_dev, &dev), plan.recipe.seed);
    Ok(Held::Out(TrainDev { measured, rows: held.len() as u64 }))
}
