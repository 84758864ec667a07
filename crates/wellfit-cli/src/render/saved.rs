//! What was written, and where.

use wellfit::jobs::{PageReport, PredictReport};
use wellfit::text::counted;

use super::Line;

/// The predictions of `wellfit predict`.
pub fn predictions(report: &PredictReport) -> Vec<Line> {
    vec![Line::new("saved", format!("{}, {}", report.out.display(), counted(report.rows, "prediction")))]
}

/// The page of `wellfit report`.
pub fn page(report: &PageReport) -> Vec<Line> {
    vec![Line::new("saved", report.report.display().to_string())]
}
