//! A configuration judged by folds, beside the training of a run.

use crate::data::Dataset;
use crate::experiment::Plan;
use crate::report::CrossValidation;

use super::arms::{Arm, Ground};
use super::error::JobError;
use super::judge::Judge;

/// Trains the plan on all folds but one, in turn, and judges each row of train and dev by the network that has not seen it;
/// `None` if it was stopped. Test rows are left alone. The caller has asked `no_folds`.
pub(super) fn cross_validate(
    dataset: &Dataset,
    plan: &Plan,
    folds: usize,
    stop: &dyn Fn() -> bool,
) -> Result<Option<CrossValidation>, JobError> {
    let mut ground = Ground::folds(dataset, &plan.spec, folds)?;
    ground.weigh_classes(&plan.spec)?;
    let mut arm = Arm::of(plan.clone());
    arm.train(&ground, folds, stop)?;
    if arm.outcomes.len() < folds {
        return Ok(None);
    }
    let judged = Judge::on(&ground).judged(plan, &arm.outcomes)?;
    Ok(Some(CrossValidation { folds: folds as u64, error: judged.error, per_fold: judged.folds }))
}
