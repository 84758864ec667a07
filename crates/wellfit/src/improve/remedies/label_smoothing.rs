//! Label smoothing: labels that are not quite certain.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// A tenth of each label spread over all classes.
pub struct SomeLabelSmoothing;

impl Remedy for SomeLabelSmoothing {
    fn name(&self) -> &'static str {
        "label smoothing"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighVariance
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let applies = case.task.is_classification() && case.knobs.label_smoothing == 0.0;
        applies.then(|| Change::set("training.label_smoothing", Raw::number(0.1), Reason::UncertainLabels))
    }
}
