//! Train rows of the kind that dev holds.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Action, Change, Deed, Remedy};

/// Other train rows, where those of dev are distributed differently.
pub struct RowsLikeDev;

impl Remedy for RowsLikeDev {
    fn name(&self) -> &'static str {
        "new train rows"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitRealWorld
    }

    // Whatever the verdict: neither bias nor variance closes this gap.
    fn treats(&self, _: Verdict) -> bool {
        false
    }

    fn mends_data(&self) -> bool {
        true
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let change = Change { action: Action::Data(Deed::RowsLikeDev), reason: Reason::Mismatch };
        case.has_mismatch().then_some(change)
    }
}
