//! Train-dev: rows held out of train, and a network that has not seen them.

use crate::compare::loss_rows;
use crate::diagnose::{ErrorBudget, Finding, FindingKind, Mismatch, margin};
use crate::experiment::{Plan, Trial, engine, prepare_dataset, run_trials};
use crate::report::{DiagnosisReport, FindingReport};
use crate::runs::JobError;
use crate::train::{Metric, row_losses};
use crate::words::Unit;

use super::Run;

/// A tenth of train is held out.
const FOLDS: usize = 10;

/// What the training without the held-out rows came to.
pub(super) struct TrainDev {
    pub measured: Mismatch,
    /// Rows held out.
    pub rows: u64,
}

/// Trains the run's configuration on nine tenths of train and measures it on the tenth and on dev; `None` if stopped.
///
/// The run's own network has seen all of train, so none of it can stand for new rows of its kind. Both terms are
/// differences between errors of the one new network.
pub(super) fn measure(run: &Run, stop: &dyn Fn() -> bool) -> Result<Option<TrainDev>, JobError> {
    let (dataset, held) = run.prepared.dataset.held_out_of_train(FOLDS, run.spec.training.seed);
    let mut prepared = prepare_dataset(dataset, &run.spec)?;
    let plan = Plan::new(&run.spec, &prepared.summary())?;
    // Errors count each row as the file weighs it; only training weighs classes.
    let given = prepared.weigh_classes(&plan.class_weights);
    let outcome = match run_trials(&[Trial { prepared: &prepared, plan: &plan, seed: 0 }], run.threads, stop).pop() {
        Some(Some(outcome)) => outcome?,
        _ => return Ok(None),
    };
    prepared.train.weights = given;
    let held_out = prepared.pipeline.examples(&prepared.dataset, &held);
    let mut engine = engine(&plan.network, &plan.recipe, Some(run.threads))?;
    let (predictions, _) = prepared.head.predict(&mut engine, &outcome.member, &held_out);
    let split = &prepared.dataset.split;
    let train = loss_rows(&prepared, &prepared.train, split.train.as_slice(), outcome.train);
    let train_dev = row_losses(&predictions, &prepared.head.truths(&held_out));
    let train_dev = loss_rows(&prepared, &held_out, &held, train_dev);
    let Some(examples) = prepared.dev.as_ref() else { return Ok(None) };
    let dev = loss_rows(&prepared, examples, &split.dev, outcome.dev);
    let measured =
        Mismatch::measure(run.result.task, prepared.rarer_share(), (&train, &train_dev, &dev), plan.recipe.seed);
    Ok(Some(TrainDev { measured, rows: held.len() as u64 }))
}

impl TrainDev {
    /// Puts the variance found here in the place of dev error less train error, and says what is mismatch.
    pub fn refine(&self, diagnosis: &mut DiagnosisReport, run: &Run, unit: Unit) {
        let (result, task) = (&run.result, run.result.task);
        let dev = result.dev.as_ref().map(|dev| dev.error);
        let budget = ErrorBudget {
            metric: Metric::of_task(task),
            target: run.target,
            train: result.train.error,
            dev,
            avoidable_bias: diagnosis.avoidable_bias,
            variance: Some(diagnosis.variance),
            delta: margin(task, run.prepared.rarer_share(), dev.unwrap_or(result.train.error).value),
        };
        let found = self.measured.findings(&budget, result.rows.train);
        for finding in &found {
            if let Finding::Verdict(basis) = finding {
                (diagnosis.verdict, diagnosis.variance) = (basis.verdict, basis.variance.interval);
            }
        }
        let replaced = [FindingKind::Verdict, FindingKind::Variance];
        diagnosis.findings.retain(|finding| !replaced.contains(&finding.kind));
        diagnosis.findings.extend(found.iter().map(|finding| FindingReport::of(finding, unit)));
    }
}
