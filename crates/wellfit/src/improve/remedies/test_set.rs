//! The next step after a good fit: rows that no choice has seen.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Action, Change, Deed, Remedy};

/// Its name.
pub const OPEN_THE_TEST_SET: &str = "open the test set";

/// Opening the test set, once and on purpose; or getting one.
pub struct OpenTheTestSet;

impl Remedy for OpenTheTestSet {
    fn name(&self) -> &'static str {
        OPEN_THE_TEST_SET
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTest
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::GoodFit
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        Some(match case.rows.test {
            0 => Change { action: Action::Data(Deed::TestRows), reason: Reason::NoTest },
            _ => Change { action: Action::Test(case.run.clone()), reason: Reason::TestUnused },
        })
    }
}
