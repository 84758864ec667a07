//! Rows of one owner kept together.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// A split by owner, where a column says whose rows they are.
pub struct GroupRows;

impl Remedy for GroupRows {
    fn name(&self) -> &'static str {
        "keep groups together"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitRealWorld
    }

    // Whatever the verdict: rows of the same owners stand in train and in dev.
    fn treats(&self, _: Verdict) -> bool {
        false
    }

    fn mends_data(&self) -> bool {
        true
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let column = case.group_column.clone()?;
        Some(Change::set("data.group", Raw::text(&column), Reason::OwnersInBothParts(column)))
    }
}
