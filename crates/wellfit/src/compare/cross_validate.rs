//! A configuration judged by folds, beside the training of a run.

use crate::data::Dataset;
use crate::experiment::Plan;
use crate::report::CrossValidation;
use crate::runs::JobError;

use super::eval_splits::EvalSplits;
use super::split_evaluator::SplitEvaluator;
use super::trial_set::TrialSet;

/// Trains the plan on all folds but one, for each fold, and judges each row of train and dev by the network that has not seen it;
/// `None` if it was stopped. Test rows are left alone. The caller has asked `no_folds`.
pub(crate) fn cross_validate(
    dataset: &Dataset,
    plan: &Plan,
    folds: usize,
    stop: &dyn Fn() -> bool,
) -> Result<Option<CrossValidation>, JobError> {
    let mut splits = EvalSplits::folds(dataset, &plan.spec, folds)?;
    splits.weigh_classes(&plan.spec)?;
    let mut trials = TrialSet::of(plan.clone());
    trials.train(&splits, folds, stop)?;
    if trials.outcomes.len() < folds {
        return Ok(None);
    }
    let judged = SplitEvaluator::on(&splits).judged(plan, &trials.outcomes)?;
    Ok(Some(CrossValidation {
        folds: folds as u64,
        error: judged.error,
        train_error: judged.train_error,
        per_fold: judged.folds,
    }))
}
