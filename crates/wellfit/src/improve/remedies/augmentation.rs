//! Rows that are never seen twice alike.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Swaps with other rows, noise or mixtures, where rows are not changed yet.
pub struct SomeAugmentation;

impl Remedy for SomeAugmentation {
    fn name(&self) -> &'static str {
        "augmentation"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighVariance
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let reason = Reason::NoAugmentation;
        case.knobs.augment.is_none().then(|| Change::set("training.augment", Raw::text("swap:0.1"), reason))
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let Some(swap) = self.propose(case) else { return Vec::new() };
        let others = swap.with_values(["noise:0.2", "mixup:0.2"].map(Raw::text));
        std::iter::once(swap).chain(others).collect()
    }
}
