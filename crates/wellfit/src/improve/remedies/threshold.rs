//! A threshold for what is measured, where a class is rare.

use crate::diagnose::{Finding, Verdict};
use crate::experiment::settings::{Purpose, Raw};
use crate::train::Metric;

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// F1 as the metric, and the threshold that is best for it on dev, where the network misses many rows of a rare class.
///
/// The loss stays as it is: it asks for true probabilities, and a threshold of 0.5 on true probabilities gives most rows of a
/// rare class to the other one.
pub struct ThresholdForF1;

impl Remedy for ThresholdForF1 {
    fn name(&self) -> &'static str {
        "threshold for F1"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitRealWorld
    }

    /// No error of the network: what is asked of it.
    fn treats(&self, _: Verdict) -> bool {
        false
    }

    fn sets_the_goal(&self) -> bool {
        true
    }

    /// None to try: errors of two metrics cannot be compared.
    fn doses(&self, _: &Case) -> Vec<Change> {
        Vec::new()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let missed = |finding: &Finding| matches!(finding, Finding::RareClassMissed(_));
        let applies = case.diagnosis.findings.iter().any(missed) && case.budget.metric == Metric::Error;
        applies.then(|| Change::set("training.metric", Raw::text(Metric::F1.name()), Reason::RareClassMissed))
    }
}
