//! More epochs, where the last ones still helped.

use crate::diagnose::Verdict;

use super::super::prescription::Change;
use super::super::{Case, Purpose, Remedy};

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
        let Some(longer) = self.propose(case) else {
            // Fewer epochs end before the network follows single rows, and turn one knob where early stopping turns two.
            let epochs = case.knobs.epochs / 3;
            let reason = format!("{} epochs may be more than the rows can teach", case.knobs.epochs);
            return (epochs > 2).then(|| Change::set("training.epochs", epochs, reason)).into_iter().collect();
        };
        vec![longer]
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let epochs = case.knobs.epochs;
        let still_falling = case.found("training too short") || case.best_epoch * 10 > epochs * 9;
        let reason = format!("the best epoch was {} of {epochs}: the error was still falling", case.best_epoch);
        still_falling.then(|| Change::set("training.epochs", 2 * epochs, reason))
    }
}
