//! More epochs, where the last ones still helped.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

/// Twice the epochs, if the best epoch was among the last.
pub struct LongerTraining;

impl Remedy for LongerTraining {
    fn name(&self) -> &'static str {
        "longer training"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let now = case.knobs.epochs;
        let longer = self.propose(case).unwrap_or_else(|| {
            let reason = format!("{now} epochs may be fewer than the rows can teach");
            Change::set("training.epochs", 2 * now, reason)
        });
        // Fewer epochs end before the network follows single rows, and turn one knob where early stopping turns two.
        let reason = format!("{now} epochs may be more than the rows can teach");
        let shorter = (now / 3 > 2).then(|| Change::set("training.epochs", now / 3, reason));
        std::iter::once(longer).chain(shorter).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let epochs = case.knobs.epochs;
        let still_falling = case.found("training too short") || case.best_epoch * 10 > epochs * 9;
        let reason = format!("the best epoch was {} of {epochs}: the error was still falling", case.best_epoch);
        still_falling.then(|| Change::set("training.epochs", 2 * epochs, reason))
    }
}
