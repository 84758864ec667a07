//! The pictures and tables of the page, one file each.

mod activations;
mod boundary;
mod budget;
mod calibration;
mod change;
mod check;
mod confusion;
mod curves;
mod importance;
mod layer_courses;
mod learning_curve;
mod scatter;
mod thresholds;
mod validation_curve;
mod worst_rows;

pub(super) use activations::activations;
pub(super) use boundary::boundary;
pub(super) use budget::budget;
pub(super) use calibration::calibration;
pub(super) use change::{ChangeRange, Good, change};
pub(super) use check::check;
pub(super) use confusion::{confusion, is_wide, most_confused, per_class};
pub(super) use curves::{References, loss_curves, metric_curves};
pub(super) use importance::importance;
pub(super) use layer_courses::{Course, Shown, layer_course};
pub(super) use learning_curve::learning_curve;
pub(super) use scatter::{residuals, scatter};
pub(super) use thresholds::{precision_recall, roc};
pub(super) use validation_curve::validation_curve;
pub(super) use worst_rows::worst_rows;

pub use activations::{LayerHistogram, layer_histogram};
pub use boundary::{DecisionPlane, MOST_CLASSES, SIDE};
pub use calibration::{CalibrationBin, calibration_bins};
pub use importance::ColumnImportance;
pub use scatter::{ScatterPoint, scatter_points};
pub use thresholds::{ThresholdPoint, Thresholds, thresholds};
pub use worst_rows::{Miss, WorstRow};
