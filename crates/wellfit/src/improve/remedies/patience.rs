//! Training that is not stopped before it has got anywhere.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// The patience that `auto` chooses, or no early stopping, where training was stopped early.
pub struct MorePatience;

impl Remedy for MorePatience {
    fn name(&self) -> &'static str {
        "more patience"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrainAndDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn cures(&self) -> bool {
        true
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let (now, epochs) = (case.knobs.early_stopping, case.knobs.epochs);
        let Some(patience) = now.filter(|_| case.epochs_trained < epochs) else { return Vec::new() };
        let usual = (epochs / 4).max(5);
        let longer = (usual > patience).then(|| Raw::count(usual));
        let reason = Reason::StoppedEarly { patience, epochs_trained: case.epochs_trained, epochs };
        let all = longer.into_iter().chain([Raw::text("off")]);
        all.map(|value| Change::set("training.early_stopping", value, reason.clone())).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        self.doses(case).into_iter().next()
    }
}
