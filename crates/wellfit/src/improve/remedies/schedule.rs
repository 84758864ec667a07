//! A rate that falls: steps settle where the last ones jump.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

/// A cosine to zero in place of a constant rate.
pub struct FallingRate;

impl Remedy for FallingRate {
    fn name(&self) -> &'static str {
        "falling rate"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let reason = format!(
            "at a constant rate of {} the last steps are as long as the first; a falling one settles",
            case.knobs.lr
        );
        (case.knobs.schedule == "constant").then(|| Change::set("training.schedule", "\"cosine\"", reason))
    }
}
