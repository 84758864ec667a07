//! Whether a gain holds on a new split of train and dev.

use crate::compare::{AllSplits, EvalSplits, TrialSet};
use crate::diagnose::Interval;
use crate::experiment::{Plan, Prepared, Spec, prepare_dataset};
use crate::improve::SEEDS;
use crate::runs::JobError;

use super::search::CONFIRMING;
use crate::jobs::clock::Clock;

/// Seed of the new split, apart from that of any split.
const RESPLIT: u64 = 0x5eed_dea1;

/// The gain of the second configuration over the first on a new split of train and dev; `None` where rows have a given place (a dev file,
/// time) or it was stopped. `reserved`: seconds to leave on the clock.
pub(super) fn confirm(
    prepared: &Prepared,
    (before, after): (&Spec, &Spec),
    (clock, reserved): (Clock, f64),
    stop: &dyn Fn() -> bool,
) -> Result<Option<Interval>, JobError> {
    let dev_rows = prepared.dataset.split.dev.len();
    let rows = prepared.dataset.split.train.as_slice().len() + dev_rows;
    if before.dev_is_from_elsewhere() || dev_rows == 0 {
        return Ok(None);
    }
    // Dev about as large as before; preprocessing is fitted on the new train rows.
    let folds = (rows / dev_rows).max(2);
    let resplit = prepare_dataset(prepared.dataset.resplit(folds, RESPLIT), before)?;
    let mut splits = AllSplits::of(EvalSplits::one(resplit), before)?;
    splits.prepare(after)?;
    let set = |spec: &Spec| -> Result<TrialSet, JobError> {
        Ok(TrialSet::of(Plan::new(spec, &splits.of_spec(spec).first().summary())?))
    };
    let (mut first, mut last) = (set(before)?, set(after)?);
    for seeds in CONFIRMING..=SEEDS {
        // As long as one more training of each takes: is there time for it?
        let next = if seeds == CONFIRMING { 0.0 } else { first.seconds() + last.seconds() };
        if clock.left() < reserved + next {
            break;
        }
        first.train(splits.of_spec(before), seeds, stop)?;
        last.train(splits.of_spec(after), seeds, stop)?;
    }
    let seeds = first.outcomes.len().min(last.outcomes.len());
    Ok((seeds >= CONFIRMING).then(|| last.gain_over(&first, splits.first(), seeds, 0.025).interval))
}
