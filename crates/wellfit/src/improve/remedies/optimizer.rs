//! An optimiser that scales each weight's step.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};
use crate::optim::Optimizer;

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Adam in place of plain gradient descent, momentum or RMSprop.
pub struct OtherOptimizer;

impl Remedy for OtherOptimizer {
    fn name(&self) -> &'static str {
        "other optimiser"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let now = case.knobs.optimizer;
        if matches!(now, Optimizer::Adam | Optimizer::AdamW) {
            return None;
        }
        Some(Change::set("training.optimizer", Raw::text("adam"), Reason::SlowOptimizer(now)))
    }
}
