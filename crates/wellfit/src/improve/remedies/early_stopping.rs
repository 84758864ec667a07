//! Stopping where dev was best.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Patience of a tenth of the epochs, where it is off.
pub struct EarlyStopping;

impl Remedy for EarlyStopping {
    fn name(&self) -> &'static str {
        "early stopping"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighVariance
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let patience = (case.knobs.epochs / 10).max(5);
        let reason = Reason::BestEpochEarlier { best_epoch: case.best_epoch, epochs: case.knobs.epochs };
        let off = case.knobs.early_stopping.is_none();
        off.then(|| Change::set("training.early_stopping", Raw::count(patience), reason))
    }
}
