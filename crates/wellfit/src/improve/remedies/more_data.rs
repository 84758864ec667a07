//! More train rows: the most reliable remedy for variance, where the split can give them.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Action, Change, Deed, Remedy};

/// Its name.
pub const MORE_DATA: &str = "more data";

/// Rows moved from dev and test to train, where these can spare some; else rows that are collected.
pub struct MoreData;

impl Remedy for MoreData {
    fn name(&self) -> &'static str {
        MORE_DATA
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighVariance
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let rows = case.rows;
        let reason = Reason::FewTrainRows(rows.train);
        // Dev must stay large enough for a verdict: it keeps at least 1,000 rows.
        let can_spare = rows.split_from_one && rows.train * 4 < rows.total() * 3 && rows.total() >= 10_000;
        let split = if rows.test_split() > 0 { "80/10/10" } else { "90/10/0" };
        Some(match can_spare {
            true => Change::set("data.split", Raw::text(split), reason),
            false => Change { action: Action::Data(Deed::TrainRows), reason },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::improve::case::tests::case;

    #[test]
    fn rows_are_moved_only_where_dev_can_spare_them() {
        let mut case = case(Verdict::HighVariance);
        (case.rows.train, case.rows.dev, case.rows.test) = (600, 200, 200);
        let said = |case: &Case| MoreData.propose(case).unwrap().action.to_string();
        assert_eq!(said(&case), "collect more train rows");
        (case.rows.train, case.rows.dev, case.rows.test) = (12_000, 4_000, 4_000);
        assert_eq!(said(&case), "data.split = \"80/10/10\"");
        case.rows.split_from_one = false;
        assert_eq!(said(&case), "collect more train rows");
    }
}
