//! The learning curve of a configuration: trained on parts of its train rows.

use crate::diagnose::{CurveSample, LearningCurve, LossRows, learning_curve};
use crate::experiment::{Plan, Prepared, Spec, train_on_parts};
use crate::runs::JobError;

use super::loss_rows::loss_rows;

/// Shares of train, one in so many rows, and draws of each: small parts differ more and cost less.
const PARTS: [(usize, usize); 5] = [(16, 8), (8, 6), (4, 5), (2, 4), (1, 3)];
/// A part has at least this many rows, and two of the second most common class: less is no training.
const FEWEST_ROWS: usize = 16;
const FEWEST_OF_A_CLASS: usize = 2;

/// What all parts cost, in trainings on the whole.
pub(crate) fn trainings_of_learning_curve() -> f64 {
    PARTS.iter().map(|&(share, draws)| draws as f64 / share as f64).sum()
}

/// Trains on every part, side by side on so many threads, and fits the curve; `None` if it was stopped.
pub(crate) fn measure_learning_curve(
    prepared: &Prepared,
    spec: &Spec,
    threads: usize,
    stop: &dyn Fn() -> bool,
) -> Result<Option<LearningCurve>, JobError> {
    let dataset = &prepared.dataset;
    let train = dataset.split.train.as_slice();
    let mut counts = dataset.target.class_counts(train);
    counts.sort_unstable();
    let second = counts.iter().rev().nth(1).copied().unwrap_or(usize::MAX);
    let sizes: Vec<(usize, usize)> = PARTS
        .iter()
        .filter(|(share, _)| train.len() / share >= FEWEST_ROWS && second / share >= FEWEST_OF_A_CLASS)
        .map(|&(share, draws)| (train.len() / share, draws))
        .collect();
    let Some(parts) = train_on_parts(dataset, spec, &sizes, threads, stop)? else { return Ok(None) };
    let sizes: Vec<CurveSample> =
        parts.into_iter().map(|part| CurveSample { rows: part.rows as u64, draws: part.draws }).collect();
    let dev = prepared
        .dev
        .as_ref()
        .map_or_else(LossRows::default, |dev| loss_rows(prepared, dev, &dataset.split.dev, vec![0.0; dev.rows()]));
    let metric = Plan::new(spec, &prepared.summary())?.recipe.metric;
    Ok(Some(learning_curve(metric, prepared.rarer_share(), &dev, &sizes, spec.training.seed)))
}
