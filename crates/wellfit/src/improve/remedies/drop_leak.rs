//! Columns that give the target away are set aside.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Drops the leaking columns, beside those dropped already.
pub struct DropLeak;

impl Remedy for DropLeak {
    fn name(&self) -> &'static str {
        "drop the leak"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitRealWorld
    }

    // Whatever the verdict, it was reached with the target in sight.
    fn treats(&self, _: Verdict) -> bool {
        false
    }

    fn mends_data(&self) -> bool {
        true
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let leaking = &case.leak_columns;
        let names = case.knobs.drop.iter().chain(leaking).map(Raw::text).collect();
        (!leaking.is_empty()).then(|| Change::set("data.drop", Raw::List(names), Reason::Leak(leaking.clone())))
    }
}
