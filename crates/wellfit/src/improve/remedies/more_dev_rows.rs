//! More dev rows, where the ones there are cannot tell.

use crate::diagnose::Verdict;
use crate::diagnose::words::counted;

use super::super::prescription::Change;
use super::super::{Case, Purpose, Remedy};

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
        let rows = case.rows;
        let dev = counted(rows.dev, "dev row");
        if !rows.split_from_one {
            let wanted = case
                .dev_rows_needed
                .map_or("more".to_string(), |needed| counted(needed, "row"));
            let reason =
                format!("{dev} cannot tell; label {wanted} for dev and name the larger file");
            return Some(Change::set("data.dev", "\"larger-dev.csv\"", reason));
        }
        let share = |part: u64| part as f64 / rows.total() as f64;
        let wanted = case
            .dev_rows_needed
            .map_or(2.0 * share(rows.dev), |needed| {
                needed as f64 / rows.total() as f64
            });
        let dev_share = percent_of(wanted.min(LARGEST_SHARE)).max(percent_of(share(rows.dev)));
        let test_share = percent_of(share(rows.test)).min(100 - dev_share);
        let split = format!(
            "\"{}/{dev_share}/{test_share}\"",
            100 - dev_share - test_share
        );
        let enough = if wanted <= LARGEST_SHARE {
            ""
        } else {
            "; that narrows the interval, more rows in all would close it"
        };
        let reason = format!("{dev} cannot tell; a larger share for dev can{enough}");
        (wanted > share(rows.dev)).then(|| Change::set("data.split", split, reason))
    }
}

fn percent_of(share: f64) -> u64 {
    (100.0 * share).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::improve::case::tests::case;

    #[test]
    fn the_split_is_moved_towards_what_would_decide() {
        let mut case = case(Verdict::Undecided);
        case.dev_rows_needed = Some(2_100);
        assert_eq!(
            MoreDevRows.propose(&case).unwrap().change,
            "data.split = \"50/30/20\""
        );
        case.dev_rows_needed = Some(5_200);
        assert_eq!(
            MoreDevRows.propose(&case).unwrap().change,
            "data.split = \"40/40/20\""
        );
    }
}
