//! More rows to judge by, where those of dev are too few for a verdict.

use crate::diagnose::{JudgedBy, Verdict, rounded_up};
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Action, Change, Deed, Remedy};

/// Its name.
pub const MORE_ROWS_TO_JUDGE_BY: &str = "more rows to judge by";

/// Cross-validation, which judges every row of train and dev; beyond it, more rows.
pub struct MoreRowsToJudgeBy;

/// Folds that are proposed.
const FOLDS: usize = 5;
/// More than this many times the rows is nobody's next step.
const PRACTICAL: u64 = 10;

impl Remedy for MoreRowsToJudgeBy {
    fn name(&self) -> &'static str {
        MORE_ROWS_TO_JUDGE_BY
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTest
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::Undecided
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        if !case.variance_is_open() {
            return None;
        }
        let rows = case.rows;
        let needed = case.rows_needed().map(|needed| rounded_up(needed as f64));
        let in_all = case.folds_possible.then_some(rows.train + rows.dev);
        let (deed, reason) = match case.budget.variance_by {
            JudgedBy::Folds(_) => (Deed::Rows(needed), Reason::FewRowsInAll { rows: rows.train + rows.dev, needed }),
            _ => (Deed::DevRows(needed), Reason::FewDevRows { rows: rows.dev, needed, in_all }),
        };
        if case.folds_possible {
            return Some(Change::set("data.folds", Raw::count(FOLDS as u64), reason));
        }
        let in_reach = needed.is_some_and(|needed| needed <= PRACTICAL * rows.total());
        in_reach.then_some(Change { action: Action::Data(deed), reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Interval;
    use crate::improve::case::tests::case;

    #[test]
    fn all_rows_are_judged_before_more_are_asked_for() {
        let said = |case: &Case| MoreRowsToJudgeBy.propose(case).map(|change| change.action.to_string());
        let mut case = case(Verdict::Undecided);
        assert_eq!(said(&case).as_deref(), Some("data.folds = 5"));
        case.folds_possible = false;
        assert!(said(&case).unwrap().starts_with("collect dev rows until there are about "), "{:?}", said(&case));
        // Folds have judged them all.
        case.budget.variance_by = JudgedBy::Folds(5);
        assert!(said(&case).unwrap().starts_with("collect rows until train and dev have about "), "{:?}", said(&case));
        // Rows that nobody could collect are not asked for.
        case.budget.variance = Some(Interval { value: case.budget.delta, low: -0.05, high: 0.06 });
        assert_eq!(said(&case), None);
    }
}
