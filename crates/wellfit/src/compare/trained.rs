//! A run whose training is over, and one of its parts scored.

use crate::diagnose::LossRows;
use crate::experiment::{Plan, Prepared};
use crate::net::CheckReport;
use crate::report::{CrossValidation, EnsembleReport};
use crate::train::{DevEvaluations, Ended, Predictions, Record, Truth};

use super::others::Others;

/// A run whose training is over.
pub(crate) struct Trained<'a> {
    pub run: String,
    pub prepared: &'a Prepared,
    pub plan: &'a Plan,
    pub history: &'a [Record],
    pub dev_evaluations: &'a DevEvaluations,
    pub check: &'a CheckReport,
    pub epochs: usize,
    pub best_epoch: usize,
    pub ended: Ended,
    pub seconds: f64,
    pub threads: usize,
    pub resumed_from_epoch: Option<u64>,
    pub data_sha256: String,
    /// The networks trained beside it, where there are some.
    pub others: Option<&'a Others>,
    /// What answers together, where it is more than the run's own network.
    pub ensemble: Option<EnsembleReport>,
    /// What a search found of its configuration, where there was one.
    pub cross_validation: Option<CrossValidation>,
}

/// One part, scored.
pub(crate) struct Scored {
    pub predictions: Predictions,
    pub truth: Truth,
    pub loss: f64,
    pub rows: LossRows,
}
