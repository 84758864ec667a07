//! A configuration judged by folds, beside the training of a run.

use crate::data::Dataset;
use crate::experiment::Plan;
use crate::report::CrossValidation;
use crate::runs::JobError;

use super::eval_splits::EvalSplits;
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
    trials.cross_validation(&splits)
}
