//! Rows that are never seen twice alike.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

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
        let reason = "a row that changes a little in every step cannot be learned by heart".to_string();
        case.knobs.augment.is_none().then(|| Change::set("training.augment", "\"swap:0.1\"", reason))
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let Some(swap) = self.propose(case) else { return Vec::new() };
        let others = swap.with_values(["\"noise:0.2\"", "\"mixup:0.2\""].map(str::to_string));
        std::iter::once(swap).chain(others).collect()
    }
}
