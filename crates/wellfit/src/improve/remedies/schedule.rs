//! A rate that falls: steps settle where the last ones jump.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};
use crate::optim::Schedule;

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

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
        let reason = Reason::ConstantRate(case.knobs.lr);
        let constant = case.knobs.schedule == Schedule::Constant;
        constant.then(|| Change::set("training.schedule", Raw::text("cosine"), reason))
    }
}
