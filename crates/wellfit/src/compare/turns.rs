//! The run's configuration trained in turns, each row judged by a network that has not seen it.

use crate::experiment::{Plan, Prepared, prepare_dataset};
use crate::runs::JobError;

use super::eval_splits::EvalSplits;
use super::trial_set::TrialSet;

/// Rows that take turns as dev where they can, and what the run's configuration came to on them.
pub(crate) struct Turns {
    pub splits: EvalSplits,
    pub own: TrialSet,
}

impl Turns {
    /// Trains once for each turn; `None` if it was stopped.
    pub fn train(
        prepared: &Prepared,
        plan: &Plan,
        threads: usize,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Turns>, JobError> {
        let mut splits = EvalSplits::turns(prepare_dataset(prepared.dataset.clone(), &plan.spec)?, &plan.spec)?;
        splits.weigh_classes(&plan.spec)?;
        let turns = splits.parts().len();
        let mut own = TrialSet::of(Plan { threads: Some(threads), ..plan.clone() });
        own.train(&splits, turns, stop)?;
        Ok((own.outcomes.len() == turns).then_some(Turns { splits, own }))
    }
}
