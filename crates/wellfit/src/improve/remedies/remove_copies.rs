//! Dev rows that the network was trained on are taken out.

use crate::diagnose::{FindingKind, Verdict};
use crate::experiment::settings::Purpose;

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Action, Change, Deed, Remedy};

/// Removes the copies, where they make dev error too good.
pub struct RemoveCopies;

impl Remedy for RemoveCopies {
    fn name(&self) -> &'static str {
        "remove duplicates"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitRealWorld
    }

    // Whatever the verdict: dev error is not the error on new rows.
    fn treats(&self, _: Verdict) -> bool {
        false
    }

    fn mends_data(&self) -> bool {
        true
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let change = Change { action: Action::Data(Deed::RemoveCopies), reason: Reason::CopiesInTrain };
        case.found(FindingKind::Duplicates).then_some(change)
    }
}
