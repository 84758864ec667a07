//! The pictures of the page, one file each.

mod budget;
mod calibration;
mod change;
mod chart;
mod check;
mod confusion;
mod curves;
mod scatter;
mod weights;

pub(super) use budget::budget;
pub(super) use calibration::calibration;
pub(super) use change::{change, widest};
pub(super) use check::check;
pub(super) use confusion::confusion;
pub(super) use curves::{error_curve, loss_curves};
pub(super) use scatter::scatter;
pub(super) use weights::weight_norms;

pub use calibration::{CalibrationBin, calibration_bins};
pub use scatter::{ScatterPoint, scatter_points};
pub use weights::LayerSnapshot;
