//! An optimiser that scales each weight's step.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

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
        let now = case.knobs.optimizer.as_str();
        if matches!(now, "adam" | "adamw") {
            return None;
        }
        let reason = format!("{now} fits train slowly; Adam scales every weight's step by its own gradients");
        Some(Change::set("training.optimizer", "\"adam\"", reason))
    }
}
