//! Fewer epochs: training that ends before the network overfits.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// A third of the epochs: serves one purpose, where early stopping serves two.
pub struct ShorterTraining;

impl Remedy for ShorterTraining {
    fn name(&self) -> &'static str {
        "shorter training"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighVariance
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let now = case.knobs.epochs;
        let many = now / 3 > 2 && case.variance_is_possible();
        many.then(|| Change::set("training.epochs", Raw::count(now / 3), Reason::ManyEpochs(now)))
    }
}
