//! `wellfit test`: the error on the test set, and how often it has been evaluated.

use wellfit::diagnose::words::{Unit, digits};
use wellfit::runs::TestReport;
use wellfit::text::counted;
use wellfit::train::Metrics;

use super::Line;

/// The error, and the other scores.
pub fn lines(report: &TestReport) -> Vec<Line> {
    let error = Unit::of_task(report.task).error_with_interval(report.test.error);
    let times = match report.opening {
        1 => "evaluated for the first time".to_owned(),
        times => format!("evaluated {times} times"),
    };
    vec![("test", format!("{error} on {}, {times}", counted(report.rows, "row"))), ("", metrics(&report.test.metrics))]
}

/// The scores beside the error.
fn metrics(metrics: &Metrics) -> String {
    let named = [("AUC", metrics.auc), ("log loss", metrics.log_loss), ("R²", metrics.r2), ("MAE", metrics.mae)];
    let shown: Vec<_> =
        named.iter().filter_map(|(name, value)| Some(format!("{name} {}", digits((*value)?)))).collect();
    shown.join(" · ")
}
