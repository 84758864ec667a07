//! Whether a gain holds on train and dev rows that are dealt anew.

use std::time::{Duration, Instant};

use crate::diagnose::Interval;
use crate::experiment::{Plan, Prepared, prepare_dataset};
use crate::improve::{FIRST_SEEDS, SEEDS};

use super::super::arms::Arm;
use super::super::error::JobError;
use super::super::evaluate::loss_rows;

/// Seed of the new deal, apart from that of any split.
const DEAL: u64 = 0x5eed_dea1;

/// The gain of the second plan over the first on rows dealt anew; `None` where rows have a given place (a dev file, time)
/// or there is no time left.
pub(super) fn confirm(
    prepared: &Prepared,
    (before, after): (&Plan, &Plan),
    deadline: Instant,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Interval>, JobError> {
    let data = &before.spec.data;
    let dev_rows = prepared.dataset.split.dev.len();
    let rows = prepared.dataset.split.train.as_slice().len() + dev_rows;
    if data.dev.is_some() || data.time.is_some() || dev_rows == 0 {
        return Ok(None);
    }
    // Dev as large as before; preprocessing is fitted on the new train rows.
    let folds = (rows / dev_rows).max(2);
    let mut anew = prepare_dataset(prepared.dataset.with_fold(folds, 0, DEAL), &before.spec)?;
    anew.weigh_classes(&before.class_weights);
    let facts = anew.facts();
    let (before, after) = (Plan::new(&before.spec, &facts)?, Plan::new(&after.spec, &facts)?);
    let (mut before, mut after) = (Arm::of(before), Arm::of(after));
    let begun = Instant::now();
    for seeds in [FIRST_SEEDS, SEEDS] {
        // As long as the first seeds took, and as many more: is there time for the rest?
        let taken = begun.elapsed();
        if seeds == SEEDS && Instant::now() + taken * 2 + Duration::from_secs(1) > deadline {
            break;
        }
        before.train(&anew, seeds, stop)?;
        after.train(&anew, seeds, stop)?;
    }
    let seeds = before.outcomes.len().min(after.outcomes.len());
    let (Some(dev), true) = (anew.dev.as_ref(), seeds > 0) else { return Ok(None) };
    let Some(outcome) = before.outcomes.first() else { return Ok(None) };
    let like = loss_rows(&anew, dev, &anew.dataset.split.dev, outcome.dev.clone());
    Ok(Some(after.gain_over(&before, seeds, anew.pipeline.task(), &like, 0.025).interval))
}
