//! The smallest difference of errors that dev can detect, and the rows that a smaller one would take.

use serde::Serialize;

use crate::data::Dataset;
use crate::diagnose::{detectable_difference, detectable_share_of_rmse, rows_to_detect, rows_to_detect_share_of_rmse};
use crate::runs::naive_error;

/// A difference of error rates that one wants to detect: one point.
const WANTED: f64 = 0.01;
/// The same for an RMSE, as a share of it.
const WANTED_SHARE: f64 = 0.05;

/// What dev can detect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Detectable {
    /// What differences are measured in.
    pub unit: DetectableUnit,
    /// The smallest rise that dev detects in four cases of five, at 95%.
    pub difference: f64,
    /// What the figures rest on.
    pub assumed: Assumption,
    /// The error rate above which the rise is looked for; `None` for numbers.
    pub at: Option<f64>,
    /// A rise that one would like to detect.
    pub wanted: f64,
    /// The dev rows that detect it.
    pub wanted_rows: u64,
}

/// What a detectable difference is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum DetectableUnit {
    /// Points of the error rate.
    #[serde(rename = "error rate")]
    ErrorRate,
    /// A share of the RMSE.
    #[serde(rename = "share of rmse")]
    ShareOfRmse,
}

/// What a detectable difference rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Assumption {
    /// The network errs about as often as answering the majority class does.
    #[serde(rename = "the error of answering the majority class")]
    MajorityError,
    /// The errors are normally distributed.
    #[serde(rename = "normal errors")]
    NormalErrors,
}

/// `None` without dev rows.
pub(super) fn detectable(dataset: &Dataset) -> Option<Detectable> {
    let rows = Some(dataset.split.dev.len() as u64).filter(|&rows| rows > 0)?;
    if !dataset.target.task.is_classification() {
        return Some(Detectable {
            unit: DetectableUnit::ShareOfRmse,
            difference: detectable_share_of_rmse(rows),
            assumed: Assumption::NormalErrors,
            at: None,
            wanted: WANTED_SHARE,
            wanted_rows: rows_to_detect_share_of_rmse(WANTED_SHARE),
        });
    }
    let naive = naive_error(dataset);
    Some(Detectable {
        unit: DetectableUnit::ErrorRate,
        difference: detectable_difference(naive, rows),
        assumed: Assumption::MajorityError,
        at: Some(naive),
        wanted: WANTED,
        wanted_rows: rows_to_detect(naive, WANTED),
    })
}
