//! `wellfit data`: what stands in a table, and what speaks against it, before any training.

mod findings;
mod report;

use crate::data::{DataNotice, column_reports, load};
use crate::diagnose::{drift, duplicates, find_leaks};
use crate::experiment::{Spec, data_request};
use crate::report::LeakReport;
use crate::runs::{Event, JobError, Notice, Watcher, lines};
use crate::text::counted;

pub use report::{ClassReport, DataReport, Detectable, NumberReport, PartsReport, SetAside, TargetReport};

/// Looks at the columns, the target, the parts, identical rows, leaks, and whether the parts are alike.
///
/// Nothing is trained to predict the target, and answers of test serve to read and deal the rows, as they do before any
/// training, and nothing else. The cells of test rows are compared with those of train (identical rows, drift), which
/// tells nothing about any model: no opening of test is counted.
pub fn audit(spec: &Spec, watcher: &mut dyn Watcher) -> Result<DataReport, JobError> {
    let mut request = data_request(spec);
    // What is the same in every row of one file may be what tells it from another.
    request.keep_constant = true;
    let dataset = load(&request)?;
    watcher.line("data", &lines::data(&dataset));
    let columns = column_reports(&dataset);
    if dataset.table.is_pixels() {
        watcher.line("columns", &format!("{}, 0 to 255", counted(columns.len() as u64, "pixel")));
    } else {
        watcher.event(Event::Columns(&columns));
    }
    // The columns tell what is missing.
    for notice in dataset.notices.iter().filter(|notice| !matches!(notice, DataNotice::MissingValues(_))) {
        watcher.event(Event::Notice(Notice::Data(notice)));
    }
    let target = report::target(&dataset);
    watcher.line("target", &findings::target(&target));
    let detectable = report::detectable(&dataset);
    watcher.line("split", &findings::split(&dataset));
    watcher.line("dev", &findings::dev(detectable.as_ref()));
    let duplicates = duplicates(&dataset);
    watcher.line("copies", &findings::copies(&dataset, &duplicates));
    let leaks = find_leaks(&dataset);
    watcher.line("leaks", &findings::leaks(&dataset, &leaks));
    let drift = drift(&dataset, spec.training.seed, spec.training.threads.given().copied());
    watcher.line("drift", &findings::drift(&drift));
    watcher.line("next", &findings::next(&dataset, &duplicates, &leaks, &drift, detectable.as_ref()));
    Ok(DataReport {
        schema: 1,
        rows: dataset.table.rows() as u64,
        columns,
        set_aside: report::set_aside(&dataset),
        target,
        parts: report::parts(&dataset),
        duplicates,
        leaks: leaks.iter().map(LeakReport::of).collect(),
        drift,
        detectable,
        notices: dataset.notices.iter().map(DataNotice::to_string).collect(),
    })
}
