//! One configuration trained on parts of train, a few draws of each size, all judged on the same dev rows.

use thiserror::Error;

use crate::data::{DataError, Dataset};

use super::plan::{Plan, PlanError};
use super::prepare::{Prepared, prepare_dataset};
use super::spec::Spec;
use super::trials::{Losses, Trial, TrialError, run_trials};

/// Seeds of draws after the spec's own.
const NEXT_SEEDS: u64 = 1_000_003;
/// Draws of a size at most: beyond, two sizes would share a draw.
const MOST_DRAWS: usize = 1_000;
/// Numbers that the tables of trainings at one time may hold: beyond, only as many as there are threads stand side by side.
const MOST_NUMBERS: usize = 60_000_000;

/// Trainings on one number of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct PartLosses {
    /// Rows trained on; the mean of the draws where groups are kept whole.
    pub rows: usize,
    /// For each training that came to an end, the losses of the dev rows.
    pub draws: Vec<Losses>,
}

/// Why parts could not be trained on.
#[derive(Debug, Error)]
pub enum PartsError {
    /// The rows of a part cannot be prepared.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The spec does not fit a part.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A training could not start.
    #[error(transparent)]
    Trial(#[from] TrialError),
}

/// Trains `spec` on parts of train: for each of `sizes` a number of rows, and how many draws of it.
///
/// Preprocessing is fitted on each part, and λ/m, batch and class weights follow its rows; everything else is as
/// written, the number of epochs too. A training that diverges is left out. `None` if it was stopped.
pub fn train_on_parts(
    dataset: &Dataset,
    spec: &Spec,
    sizes: &[(usize, usize)],
    threads: usize,
    stop_requested: &dyn Fn() -> bool,
) -> Result<Option<Vec<PartLosses>>, PartsError> {
    let mut all = Vec::new();
    for (at, &(rows, draws)) in sizes.iter().enumerate() {
        let draws = draws.min(MOST_DRAWS);
        let numbers = dataset.table.rows().saturating_mul(dataset.table.columns().len() + 1).saturating_mul(draws);
        let together = if numbers > MOST_NUMBERS { threads.max(1) } else { draws.max(1) };
        let (mut losses, mut trained_rows) = (Vec::new(), 0);
        let indices: Vec<usize> = (0..draws).collect();
        for chunk in indices.chunks(together) {
            let lane = |draw: usize| (at * MOST_DRAWS + draw) as u64;
            let parts = chunk.iter().map(|&draw| prepared(dataset, spec, rows, lane(draw)));
            let parts: Vec<(Prepared, Plan)> = parts.collect::<Result<_, _>>()?;
            let trials: Vec<Trial<'_>> = parts
                .iter()
                .zip(chunk)
                .map(|((prepared, plan), &draw)| Trial {
                    prepared,
                    plan,
                    seed: spec.training.seed.wrapping_add((1 + lane(draw)) * NEXT_SEEDS),
                })
                .collect();
            trained_rows += parts.iter().map(|(prepared, _)| prepared.train.rows()).sum::<usize>();
            for outcome in run_trials(&trials, threads, stop_requested) {
                match outcome {
                    None => return Ok(None),
                    Some(Err(TrialError::Train(_))) => {}
                    Some(outcome) => losses.push(outcome?.dev),
                }
            }
        }
        all.push(PartLosses { rows: trained_rows / draws.max(1), draws: losses });
    }
    Ok(Some(all))
}

fn prepared(dataset: &Dataset, spec: &Spec, rows: usize, draw: u64) -> Result<(Prepared, Plan), PartsError> {
    let part = dataset.part_of_train(rows, spec.training.seed, draw);
    let mut prepared = prepare_dataset(part, spec)?;
    let plan = Plan::new(spec, &prepared.summary())?;
    prepared.weigh_classes(&plan.class_weights);
    Ok((prepared, plan))
}
