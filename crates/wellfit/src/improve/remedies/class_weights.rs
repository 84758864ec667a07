//! Every row counted once.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// No class weights, where there are some: they train for another error than the one that is judged.
pub struct NoClassWeights;

impl Remedy for NoClassWeights {
    fn name(&self) -> &'static str {
        "no class weights"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitRealWorld
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let weighed = case.knobs.class_weights;
        weighed.then(|| Change::set("training.class_weights", Raw::text("none"), Reason::ClassWeights))
    }
}
