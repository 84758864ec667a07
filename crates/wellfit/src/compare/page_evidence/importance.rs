//! Permutation importance: each column shuffled among dev rows, and how much worse the network does.

use std::collections::BTreeMap;

use wellfit_kernels::random::{Purpose, Stream};

use crate::data::{ColumnPlaces, Examples, RowSource, Targets, of_rows};
use crate::diagnose::{Interval, LossRows};
use crate::fitted::Fitted;
use crate::report::ColumnImportance;
use crate::train::Metric;

use super::super::loss_rows::loss_rows;
use super::super::trained::Trained;

/// Dev rows that are predicted for each column.
const MOST_ROWS: usize = 2_000;
/// More columns than this are not told apart by shuffling one at a time: pixels, say.
const MOST_COLUMNS: usize = 100;
/// Multiply-adds that it may take, some tenths of a second.
const MOST_WORK: usize = 2_000_000_000;
/// Columns that are kept, those that matter most.
const KEPT: usize = 15;
/// A lane of random numbers that nothing else uses.
const LANE: u64 = 1 << 42;

/// The columns whose shuffling raises the error most, the largest rise first; empty where it cannot be told or takes too long.
pub(super) fn importance(run: &Trained<'_>, fitted: &mut Fitted) -> Vec<ColumnImportance> {
    let prepared = run.prepared;
    let (Some(dev), metric) = (prepared.dev.as_ref(), run.plan.recipe.metric) else { return Vec::new() };
    let features = prepared.pipeline.features();
    let columns = features.columns();
    let affordable = MOST_WORK / (columns.len() * fitted.parameters()).max(1);
    let rows = dev.rows().min(MOST_ROWS).min(affordable);
    if !(2..=MOST_COLUMNS).contains(&columns.len()) || rows < dev.rows().min(MOST_ROWS) / 4 {
        return Vec::new();
    }
    let sample: Vec<u32> = (0..rows).map(|row| (row * dev.rows() / rows) as u32).collect();
    let like = Sample::of(dev, &sample);
    let table_rows = of_rows(&prepared.dataset.split.dev, &sample);
    let order = Stream::new(run.plan.recipe.seed, Purpose::Sample, LANE).permutation(rows);
    let mut losses = |examples: &Examples| {
        let (predictions, _) = fitted.score_first(examples);
        let truth = prepared.head.truths(examples);
        loss_rows(prepared, examples, &table_rows, metric.row_losses(&predictions, &truth, &examples.weights))
    };
    let as_is = losses(&like.examples(None));
    let mut names: Vec<&str> = features.iter().map(|feature| feature.column.as_str()).collect();
    names.dedup();
    let mut shuffled: Vec<(&str, f64, LossRows)> = Vec::new();
    for (name, places) in names.into_iter().zip(&columns) {
        let found = losses(&like.examples(Some((places, &order))));
        shuffled.push((name, found.error(metric), found));
    }
    shuffled.sort_by(|a, b| b.1.total_cmp(&a.1));
    shuffled.truncate(KEPT);
    let rise = |(name, _, losses): (&str, f64, LossRows)| ColumnImportance {
        column: name.to_string(),
        rise: rise(&losses, &as_is, metric),
    };
    shuffled.into_iter().map(rise).collect()
}

/// How much larger the error is than that of `as_is` on the same rows, with the interval of its standard error over rows or groups.
///
/// Nothing is decided by it, and a bootstrap of each column would take longer than many a training.
fn rise(losses: &LossRows, as_is: &LossRows, metric: Metric) -> Interval {
    let (now, before) = (losses.error(metric), as_is.error(metric));
    // How an error follows the mean loss: a root by half its inverse.
    let slope = |error: f64| if metric == Metric::Rmse { 0.5 / error.max(f64::MIN_POSITIVE) } else { 1.0 };
    let mean = |error: f64| if metric == Metric::Rmse { error * error } else { error };
    let weight = |row: usize| losses.weights.get(row).map_or(1.0, |&weight| f64::from(weight));
    let total: f64 = (0..losses.losses.len()).map(weight).sum();
    let mut units: BTreeMap<u32, f64> = BTreeMap::new();
    for (row, (&with, &without)) in losses.losses.iter().zip(&as_is.losses).enumerate() {
        let share = weight(row) / total.max(f64::MIN_POSITIVE);
        let moved = slope(now) * (with - mean(now)) - slope(before) * (without - mean(before));
        *units.entry(losses.groups.get(row).copied().unwrap_or(row as u32)).or_default() += share * moved;
    }
    let half = 1.96 * units.values().map(|unit| unit * unit).sum::<f64>().sqrt();
    Interval { value: now - before, low: now - before - half, high: now - before + half }
}

/// Some rows as the network reads them.
struct Sample {
    rows: usize,
    numbers: Vec<f32>,
    codes: Vec<u32>,
    targets: Targets,
    weights: Vec<f32>,
}

impl Sample {
    fn of(examples: &Examples, rows: &[u32]) -> Sample {
        let source = &examples.source;
        Sample {
            rows: rows.len(),
            numbers: gathered(&source.numbers(), source.numbers_in_a_row(), rows),
            codes: gathered(&source.codes(), source.codes_in_a_row(), rows),
            targets: match &examples.targets {
                Targets::Absent => Targets::Absent,
                Targets::Classes(classes) => Targets::Classes(of_rows(classes, rows)),
                Targets::Values(values) => Targets::Values(of_rows(values, rows)),
            },
            weights: if examples.weights.is_empty() { Vec::new() } else { of_rows(&examples.weights, rows) },
        }
    }

    /// The rows, with what stands in the places of a column taken from other rows, `order`: (rows,).
    fn examples(&self, shuffled: Option<(&ColumnPlaces, &[u32])>) -> Examples {
        let (mut numbers, mut codes) = (self.numbers.clone(), self.codes.clone());
        if let Some((places, order)) = shuffled {
            shuffle(&mut numbers, &self.numbers, &places.numbers, order);
            shuffle(&mut codes, &self.codes, &places.codes, order);
        }
        let source = RowSource::of_matrix(self.rows, numbers, codes);
        Examples { weights: self.weights.clone(), ..Examples::new(source, self.targets.clone()) }
    }
}

fn gathered<T: Copy>(matrix: &[T], width: usize, rows: &[u32]) -> Vec<T> {
    rows.iter()
        .filter_map(|&row| matrix.get(row as usize * width..(row as usize + 1) * width))
        .flatten()
        .copied()
        .collect()
}

// `to` and `from`: (rows, width), of the same numbers.
fn shuffle<T: Copy>(to: &mut [T], from: &[T], places: &std::ops::Range<usize>, order: &[u32]) {
    let width = to.len() / order.len().max(1);
    for (row, &other) in to.chunks_exact_mut(width.max(1)).zip(order) {
        let other = from.get(other as usize * width..).unwrap_or_default();
        if let (Some(to), Some(from)) = (row.get_mut(places.clone()), other.get(places.clone())) {
            to.copy_from_slice(from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_the_paired_bootstrap() {
        let draws = |lane| Stream::new(3, Purpose::Sample, lane);
        for metric in [Metric::Rmse, Metric::LogLoss] {
            let before =
                LossRows { losses: (0..900).map(|row| draws(0).uniform(row)).collect(), ..LossRows::default() };
            let shift = |row: u64| 0.2 * draws(1).uniform(row) + before.losses[row as usize];
            let after = LossRows { losses: (0..900).map(shift).collect(), ..LossRows::default() };
            let (fast, slow) = (rise(&after, &before, metric), after.paired_gap_above(&before, metric, 1));
            assert_eq!(fast.value, slow.value);
            let near = |a: f64, b: f64| (a - b).abs() < 0.1 * (slow.high - slow.low);
            assert!(near(fast.low, slow.low) && near(fast.high, slow.high), "{fast:?} against {slow:?}");
        }
    }

    #[test]
    fn only_the_places_of_a_column_are_shuffled() {
        let source = RowSource::of_matrix(3, vec![1.0, 10.0, 2.0, 20.0, 3.0, 30.0], vec![7, 8, 9]);
        let sample = Sample::of(&Examples::new(source, Targets::Absent), &[0, 1, 2]);
        let places = ColumnPlaces { numbers: 1..2, codes: 0..1 };
        let shuffled = sample.examples(Some((&places, &[2, 0, 1]))).source;
        assert_eq!(shuffled.numbers()[..], [1.0, 30.0, 2.0, 10.0, 3.0, 20.0]);
        assert_eq!(shuffled.codes()[..], [9, 7, 8]);
        assert_eq!(sample.examples(None).source.codes()[..], [7, 8, 9]);
    }
}
