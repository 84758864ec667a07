//! The next honest step after a good fit: rows that no choice has seen.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

/// Opening the test set, once and on purpose; or getting one.
pub struct OpenTheTestSet;

impl Remedy for OpenTheTestSet {
    fn name(&self) -> &'static str {
        "open the test set"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTest
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::GoodFit
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        if case.rows.test > 0 {
            let reason =
                "dev has been used to choose; the test set has not, so its error is the one to report".to_string();
            return Some(Change { change: format!("wellfit test {}", case.run), reason });
        }
        let reason =
            "dev has been used to choose; new rows that no choice has seen give the error to report".to_string();
        Some(Change::set("data.test", "\"new-rows.csv\"", reason))
    }
}
