//! Leaks of a data set: its columns and answers as [`leaks`] takes them.

use wellfit_kernels::random::{Purpose, Stream};

use super::{Leak, LeakColumn, LeakValues, leaks};
use crate::data::{Column, Dataset, TargetValues, Values, of_rows};
use crate::train::Truth;

// Rows of a part that leaks are looked for in: a column that gives the target away shows it on fewer.
const LEAK_ROWS: usize = 20_000;

/// Columns that give the target away, looked for in a sample of train and dev; none among the pixels of images.
///
/// Columns that are set aside cannot leak, even where they stand in the table.
pub fn find_leaks(dataset: &Dataset) -> Vec<Leak> {
    if dataset.table.is_pixels() {
        return Vec::new();
    }
    let used: Vec<&Column> = dataset.used_columns().collect();
    let cells = |rows: &[u32]| -> Vec<Cells> { used.iter().map(|column| Cells::of(column, rows)).collect() };
    // The target as the file holds it: two columns that add up to it do so to the last digit, or by chance.
    let truth = |rows: &[u32]| match &dataset.target.values {
        TargetValues::Classes(classes) => Truth::Classes(of_rows(classes, rows)),
        TargetValues::Numbers(numbers) => Truth::Values(of_rows(numbers, rows)),
    };
    let train = sample(dataset.split.train.as_slice());
    let train_cells = cells(&train);
    let dev = (!dataset.split.dev.is_empty()).then(|| sample(&dataset.split.dev));
    let dev = dev.map(|rows| (cells(&rows), truth(&rows)));
    let dev_view = dev.as_ref().map(|(cells, truth)| (view(&used, cells), truth));
    let held = dev_view.as_ref().map(|(columns, truth)| (columns.as_slice(), *truth));
    leaks(&view(&used, &train_cells), &truth(&train), held, dataset.target.classes.len())
}

fn view<'a>(columns: &[&'a Column], cells: &'a [Cells]) -> Vec<LeakColumn<'a>> {
    columns.iter().zip(cells).map(|(column, cells)| LeakColumn { name: &column.name, values: cells.view() }).collect()
}

// At most `LEAK_ROWS` of a part's rows, ascending as they are.
fn sample(rows: &[u32]) -> Vec<u32> {
    if rows.len() <= LEAK_ROWS {
        return rows.to_vec();
    }
    let mut places = Stream::new(0, Purpose::Sample, 1).permutation(rows.len());
    places.truncate(LEAK_ROWS);
    places.sort_unstable();
    of_rows(rows, &places)
}

/// The cells of one column, as a one-column predictor sees them.
pub(in crate::diagnose) enum Cells {
    Numbers(Vec<f32>),
    Codes(Vec<u32>),
}

impl Cells {
    /// The cells of these rows.
    pub fn of(column: &Column, rows: &[u32]) -> Cells {
        match &column.values {
            Values::Categorical { codes, .. } => Cells::Codes(of_rows(codes, rows)),
            _ => Cells::Numbers(rows.iter().map(|&row| column.number(row) as f32).collect()),
        }
    }

    /// The same, lent.
    pub fn view(&self) -> LeakValues<'_> {
        match self {
            Cells::Numbers(numbers) => LeakValues::Numeric(numbers),
            Cells::Codes(codes) => LeakValues::Codes(codes),
        }
    }
}
