//! Labels that look wrong are looked at, row by row.

use crate::diagnose::{FindingKind, Verdict};
use crate::experiment::settings::Purpose;

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Action, Change, Remedy};

/// Lists the rows whose label the network doubts, where labels of every class look wrong.
pub struct CheckLabels;

impl Remedy for CheckLabels {
    fn name(&self) -> &'static str {
        "check labels"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitRealWorld
    }

    fn treats(&self, verdict: Verdict) -> bool {
        matches!(verdict, Verdict::GoodFit | Verdict::Undecided)
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let change = Change { action: Action::Diagnose(case.run.clone()), reason: Reason::LabelsLookWrong };
        case.found(FindingKind::LabelNoise).then_some(change)
    }
}
