//! More dev rows, where there are too few for a verdict.

use crate::diagnose::{Verdict, rounded_up};
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::{DevRowsFrom, Reason};
use super::super::remedy::{Change, Remedy};

/// A larger share for dev, or another dev file.
pub struct MoreDevRows;

// Train must not starve for the sake of measuring.
const LARGEST_SHARE: f64 = 0.4;

impl Remedy for MoreDevRows {
    fn name(&self) -> &'static str {
        "more dev rows"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::Undecided
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        if !case.variance_is_open() {
            return None;
        }
        let rows = case.rows;
        let needed = case.dev_rows_needed().map(|needed| rounded_up(needed as f64));
        let reason = |source| Reason::FewDevRows { rows: rows.dev, needed, source };
        if !rows.split_from_one {
            let file = Raw::text("larger-dev.csv");
            return Some(Change::set("data.dev", file, reason(DevRowsFrom::File)));
        }
        let share = |part: u64| part as f64 / rows.total() as f64;
        let wanted = needed.map_or(2.0 * share(rows.dev), |needed| needed as f64 / rows.total() as f64);
        // Whole percents, rounded up, so that the share does grow.
        let dev_share = (100.0 * wanted.min(LARGEST_SHARE)).ceil() as u64;
        let test_share = (100.0 * share(rows.test_split())).round() as u64;
        let split = format!("{}/{dev_share}/{test_share}", 100_u64.saturating_sub(dev_share + test_share));
        let source = match needed {
            Some(_) if wanted <= LARGEST_SHARE => DevRowsFrom::Share,
            _ => DevRowsFrom::ShareInPart,
        };
        // A dev set that large already, or a test set that leaves no room: moving rows is no help.
        (dev_share as f64 > 100.0 * share(rows.dev) && dev_share + test_share < 90)
            .then(|| Change::set("data.split", Raw::Text(split), reason(source)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::improve::case::tests::case;

    #[test]
    fn the_split_is_moved_towards_what_would_decide() {
        // 250 dev rows of 45,250; about 1,000 would decide.
        let plenty = case(Verdict::Undecided);
        let needed = plenty.dev_rows_needed().unwrap();
        assert!((260..2_000).contains(&needed), "{needed}");
        let mut few = plenty.clone();
        (few.rows.train, few.rows.test) = (1_000, 250);
        assert_eq!(MoreDevRows.propose(&few).unwrap().action.to_string(), "data.split = \"47/36/17\"");
        let change = MoreDevRows.propose(&plenty).unwrap().action.to_string();
        assert!(change.starts_with("data.split = \"8"), "{change}");
        // A test file of its own keeps its rows.
        few.rows.test_given = true;
        assert!(MoreDevRows.propose(&few).unwrap().action.to_string().ends_with("/0\""));
    }
}
