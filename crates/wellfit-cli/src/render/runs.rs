//! The runs of a folder as a table.

use std::path::Path;

use comfy_table::CellAlignment;
use wellfit::runs::{RunList, RunSummary};
use wellfit::train::Metric;
use wellfit::words::Unit;

use crate::layout::time;
use crate::tables::{finished, of_width};

/// Width where there is no terminal to ask.
const PLAIN_WIDTH: u16 = 100;

/// The runs of `folder`, one a line.
pub fn runs(folder: &Path, list: &RunList) -> String {
    if list.runs.is_empty() {
        return format!("no runs in {}; create one with `wellfit train FILE --target NAME`", folder.display());
    }
    let mut table = of_width(["run", "verdict", "metric", "train", "dev", "epochs", "time"], PLAIN_WIDTH);
    for column in 3..7 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for run in &list.runs {
        table.add_row([
            run.name.clone(),
            run.verdict.map_or("-".to_owned(), |verdict| verdict.name().to_owned()),
            run.metric.map_or("", measure).to_owned(),
            error(run, run.train),
            error(run, run.dev),
            run.epochs.map_or("-".to_owned(), |epochs| epochs.to_string()),
            run.seconds.map_or("-".to_owned(), time),
        ]);
    }
    finished(&table)
}

/// What the errors of a run are.
fn measure(metric: Metric) -> &'static str {
    match Unit::of_metric(metric).measure() {
        "" => metric.name(),
        measure => measure,
    }
}

/// An error of a run, written as everywhere else.
fn error(run: &RunSummary, value: Option<f64>) -> String {
    let unit = run.metric.map_or(Unit::Target, Unit::of_metric);
    value.map_or("-".to_owned(), |value| unit.error(value))
}

#[cfg(test)]
mod tests {
    use wellfit::diagnose::Verdict;

    use super::*;

    #[test]
    fn the_table_fits_and_names_each_run() {
        let run = RunSummary {
            name: "telco-1".to_owned(),
            verdict: Some(Verdict::HighBiasAndHighVariance),
            metric: Some(Metric::Error),
            train: Some(0.18),
            dev: None,
            epochs: Some(41),
            seconds: Some(3.1),
        };
        let unfinished = RunSummary { name: "broken-1".to_owned(), ..RunSummary::default() };
        let table = runs(Path::new("runs"), &RunList { schema: 1, runs: vec![run, unfinished] });
        assert!(table.lines().all(|line| line.chars().count() <= usize::from(PLAIN_WIDTH)), "{table}");
        assert!(table.contains("telco-1") && table.contains("broken-1") && table.contains("18.0%"), "{table}");
    }
}
