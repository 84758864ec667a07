//! The plane of two inputs: which class the network gives where.

use crate::data::{Column, ColumnType, Table, TargetValues};
use crate::fitted::Fitted;
use crate::report::{DecisionPlane, MOST_CLASSES, SIDE};
use crate::train::Predictions;

use super::super::trained::Trained;

/// Dev rows that are drawn.
const MOST_ROWS: usize = 400;
/// The plane goes beyond the rows by this share of their range, to either side.
const MARGIN: f64 = 0.05;

/// The plane of a network of two number columns and a few classes; `None` for others.
pub(super) fn decision_plane(run: &Trained<'_>, fitted: &mut Fitted) -> Option<DecisionPlane> {
    let dataset = &run.prepared.dataset;
    let names = run.prepared.pipeline.columns();
    let [across, upwards] = names[..] else { return None };
    let columns = [dataset.table.column(across)?, dataset.table.column(upwards)?];
    let is_number = |column: &&Column| column.kind == ColumnType::Numeric;
    let classes = run.prepared.pipeline.classes().len();
    if !columns.iter().all(is_number) || !(2..=MOST_CLASSES).contains(&classes) {
        return None;
    }
    let [x, y] = columns.map(|column| range(column, dataset.split.train.as_slice()));
    let ((x0, x1), (y0, y1)) = (x?, y?);
    let middle = |low: f64, high: f64, cell: usize| low + (high - low) * (cell as f64 + 0.5) / SIDE as f64;
    let cells = || (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (column, row)));
    let like = |column: &Column, numbers: Vec<f64>| Column {
        precise: column.precise,
        ..Column::of_numbers(&column.name, numbers)
    };
    let grid = Table::new(
        SIDE * SIDE,
        vec![
            like(columns[0], cells().map(|(column, _)| middle(x0, x1, column)).collect()),
            like(columns[1], cells().map(|(_, row)| middle(y0, y1, row)).collect()),
        ],
    );
    let predictions = fitted.predict(&grid);
    let given = predictions.classes_given();
    let Predictions::Probabilities { classes, values, .. } = &predictions else { return None };
    let tenths = values.chunks_exact(*classes).zip(&given).map(|(row, &class)| {
        row.get(class as usize).map_or(0, |probability| (probability * 10.0).round().clamp(0.0, 10.0) as u8)
    });
    let dev = &dataset.split.dev;
    let each = dev.len().div_ceil(MOST_ROWS).max(1);
    let TargetValues::Classes(truth) = &dataset.target.values else { return None };
    let shown = |&row: &u32| Some((columns[0].number(row), columns[1].number(row), *truth.get(row as usize)?));
    let rows = dev.iter().step_by(each).filter_map(shown);
    Some(DecisionPlane {
        columns: [across.to_string(), upwards.to_string()],
        low: [x0, y0],
        high: [x1, y1],
        side: SIDE,
        tenths: tenths.collect(),
        classes: given,
        rows: rows.filter(|(x, y, _)| x.is_finite() && y.is_finite()).collect(),
    })
}

// The range of a column over train rows, a little wider; `None` where it does not vary.
fn range(column: &Column, rows: &[u32]) -> Option<(f64, f64)> {
    let numbers = || rows.iter().map(|&row| column.number(row)).filter(|number| number.is_finite());
    let (low, high) = (numbers().fold(f64::INFINITY, f64::min), numbers().fold(f64::NEG_INFINITY, f64::max));
    let margin = MARGIN * (high - low);
    (high > low && margin.is_finite()).then_some((low - margin, high + margin))
}
