//! A run's configuration, cross-validated: each row of train and dev judged by a network that has not seen it.

use crate::experiment::{Plan, Prepared, prepare_dataset};
use crate::runs::JobError;

use super::eval_splits::EvalSplits;
use super::trial_set::TrialSet;

/// The splits, and the trainings of the run's configuration on them.
pub(crate) struct CrossValidated {
    pub splits: EvalSplits,
    pub own: TrialSet,
}

impl CrossValidated {
    /// Trains once on each split; `None` if it was stopped.
    pub fn train(
        prepared: &Prepared,
        plan: &Plan,
        threads: usize,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<CrossValidated>, JobError> {
        let mut splits =
            EvalSplits::cross_validation(prepare_dataset(prepared.dataset.clone(), &plan.spec)?, &plan.spec)?;
        splits.weigh_classes(&plan.spec)?;
        let trainings = splits.parts().len();
        let mut own = TrialSet::of(Plan { threads: Some(threads), ..plan.clone() });
        own.train(&splits, trainings, stop)?;
        Ok((own.outcomes.len() == trainings).then_some(CrossValidated { splits, own }))
    }
}
