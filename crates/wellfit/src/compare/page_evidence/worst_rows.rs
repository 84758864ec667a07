//! The rows that are most wrong.

use crate::report::{Miss, WorstRow};
use crate::train::{Predictions, Truth};

use super::super::trained::{Scored, Trained};

/// Rows that are named.
const MOST: usize = 10;

/// Dev rows given a wrong class, the true one least probable first, or those whose number is furthest off.
pub(super) fn worst_rows(run: &Trained<'_>, judged: &Scored) -> Vec<WorstRow> {
    let dataset = &run.prepared.dataset;
    let mut misses = misses(judged);
    misses.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let named = misses.into_iter().take(MOST).filter_map(|(at, _, miss)| {
        let (file, row) = dataset.place_in_file(*dataset.split.dev.get(at)?);
        let dev_file = run.plan.spec.data.dev.as_deref().filter(|_| file > 0);
        let file = dev_file.and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
        Some(WorstRow { row, file, miss })
    });
    named.collect()
}

// The place of each row that is wrong, how wrong, and in what way.
fn misses(judged: &Scored) -> Vec<(usize, f64, Miss)> {
    match (&judged.predictions, &judged.truth) {
        (predictions @ Predictions::Probabilities { classes, values, .. }, Truth::Classes(truth)) => {
            let given = predictions.classes_given();
            let rows = values.chunks_exact(*classes).zip(given).zip(truth).enumerate();
            let miss = |(at, ((row, given), &actual)): (usize, ((&[f32], u32), &u32))| {
                let probability = f64::from(*row.get(actual as usize)?);
                (given != actual).then_some((at, -probability, Miss::Class { actual, given, probability }))
            };
            rows.filter_map(miss).collect()
        }
        (Predictions::Values(values), Truth::Values(truth)) => {
            let pairs = values.iter().zip(truth).enumerate();
            let miss = |(at, (&predicted, &actual)): (usize, (&f64, &f64))| {
                (at, (actual - predicted).abs(), Miss::Value { actual, predicted })
            };
            pairs.map(miss).collect()
        }
        _ => Vec::new(),
    }
}
