//! The run's configuration trained in turns, each row judged by a network that has not seen it.

use crate::experiment::prepare_dataset;

use super::super::arms::{Arm, Ground};
use super::super::error::JobError;
use super::Run;

/// Rows that take turns as dev where they can, and what the run's configuration came to on them.
pub(super) struct Turns {
    pub ground: Ground,
    pub own: Arm,
}

impl Turns {
    /// Trains once for each turn; `None` if it was stopped.
    pub fn train(run: &Run, stop: &dyn Fn() -> bool) -> Result<Option<Turns>, JobError> {
        let mut ground = Ground::turns(prepare_dataset(run.prepared.dataset.clone(), &run.spec)?, &run.spec)?;
        ground.weigh_classes(&run.spec)?;
        let turns = ground.parts().len();
        let mut plan = run.plan.clone();
        plan.threads = Some(run.threads);
        let mut own = Arm::of(plan);
        own.train(&ground, turns, stop)?;
        Ok((own.outcomes.len() == turns).then_some(Turns { ground, own }))
    }
}
