//! Stopping where dev was best.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

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
        let reason = format!(
            "dev was best at epoch {} of {}; stopping there turns two purposes at once, so it comes after the others",
            case.best_epoch, case.knobs.epochs
        );
        case.knobs.early_stopping.is_none().then(|| Change::set("training.early_stopping", patience, reason))
    }
}
