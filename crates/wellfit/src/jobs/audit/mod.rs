//! `wellfit data`: what is in a table, and what speaks against training on it.

mod columns;
mod detectable;
mod report;
mod target;

use crate::data::{ColumnType, DataNotice, DataRequest, Dataset, load};
use crate::diagnose::{drift, duplicates, find_leaks};
use crate::experiment::{Spec, data_request};
use crate::report::LeakReport;
use crate::runs::{DataOverview, Event, JobError, Notice, Watcher};

pub use columns::ColumnReport;
pub use detectable::{Assumption, Detectable, DetectableUnit};
pub use report::{DataReport, PartsReport, SetAside};
pub use target::{ClassReport, NumberReport, TargetReport};

/// Examines the columns, the target, the split, identical rows, leaks, and whether the parts are alike.
///
/// Nothing is trained to predict the target. The answers of test serve to read and split the rows, as they do before any
/// training, and nothing else. The cells of test rows are compared with those of train (identical rows, drift), which says
/// nothing about any model: it does not count as an evaluation on the test set.
pub fn audit(spec: &Spec, watcher: &mut dyn Watcher) -> Result<DataReport, JobError> {
    let mut request = data_request(spec);
    // A column that is constant in one file may be what distinguishes it from another.
    request.keep_constant = true;
    let dataset = load(&request)?;
    let aside_leaks = aside_leaks(&request, &dataset);
    watcher.event(Event::Data(&DataOverview::of(&dataset)));
    // The report of the columns says what is missing.
    for notice in dataset.notices.iter().filter(|notice| !matches!(notice, DataNotice::MissingValues { .. })) {
        watcher.event(Event::Notice(Notice::Data(notice)));
    }
    Ok(DataReport {
        schema: 1,
        rows: dataset.table.rows() as u64,
        columns: columns::columns(&dataset),
        pixels: dataset.table.is_pixels(),
        set_aside: report::set_aside(&dataset),
        target: target::target(&dataset),
        parts: report::parts(&dataset),
        duplicates: duplicates(&dataset),
        leaks: find_leaks(&dataset).iter().map(LeakReport::of).collect(),
        aside_leaks,
        drift: drift(&dataset, spec.training.seed, spec.training.threads.given().copied()),
        detectable: detectable::detectable(&dataset),
        notices: dataset.notices,
    })
}

/// What columns that are set aside say of the target, though no network sees them.
fn aside_leaks(request: &DataRequest, dataset: &Dataset) -> Vec<LeakReport> {
    let kept: Vec<(String, ColumnType)> =
        dataset.aside.iter().filter_map(|aside| Some((aside.column.clone(), aside.reason.keep()?))).collect();
    if kept.is_empty() {
        return Vec::new();
    }
    let mut request = request.clone();
    request.types.extend(kept);
    request.drop.extend(dataset.used_columns().map(|column| column.name.clone()));
    // Whatever keeps them from being read keeps them from being judged.
    load(&request).map_or(Vec::new(), |aside| find_leaks(&aside).iter().map(LeakReport::of_aside).collect())
}
