//! Whether a gain holds on a new split of train and dev.

use std::time::{Duration, Instant};

use crate::compare::{EvalSplits, TrialSet};
use crate::diagnose::Interval;
use crate::experiment::{Plan, Prepared, Spec, prepare_dataset};
use crate::improve::{FIRST_SEEDS, SEEDS};
use crate::runs::JobError;

/// Seed of the new split, apart from that of any split.
const RESPLIT: u64 = 0x5eed_dea1;

/// The gain of the second configuration over the first on a new split of train and dev; `None` where rows have a given place (a dev file,
/// time) or it was stopped.
pub(super) fn confirm(
    prepared: &Prepared,
    (before, after): (&Spec, &Spec),
    deadline: Instant,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Interval>, JobError> {
    let dev_rows = prepared.dataset.split.dev.len();
    let rows = prepared.dataset.split.train.as_slice().len() + dev_rows;
    if before.data.dev.is_some() || before.data.time.is_some() || dev_rows == 0 {
        return Ok(None);
    }
    // Dev about as large as before; preprocessing is fitted on the new train rows.
    let folds = (rows / dev_rows).max(2);
    let resplit = prepare_dataset(prepared.dataset.resplit(folds, RESPLIT), before)?;
    let mut splits = EvalSplits::one(resplit);
    splits.weigh_classes(before)?;
    let plan = |spec: &Spec| Plan::new(spec, &splits.first().summary());
    let (mut before, mut after) = (TrialSet::of(plan(before)?), TrialSet::of(plan(after)?));
    let begun = Instant::now();
    for seeds in [FIRST_SEEDS, SEEDS] {
        // As long as the first seeds took, and as many more: is there time for the rest?
        let taken = begun.elapsed();
        if seeds == SEEDS && Instant::now() + taken * 2 + Duration::from_secs(1) > deadline {
            break;
        }
        before.train(&splits, seeds, stop)?;
        after.train(&splits, seeds, stop)?;
    }
    let seeds = before.outcomes.len().min(after.outcomes.len());
    Ok((seeds >= FIRST_SEEDS).then(|| after.gain_over(&before, &splits, seeds, 0.025).interval))
}
