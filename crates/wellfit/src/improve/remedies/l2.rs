//! A penalty on large weights: the first remedy for variance.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// Three times the L2 penalty, or a first one.
pub struct MoreL2;

// λ/m scales with the rows, so a penalty that matters is of the order of 1 for a set of some thousand rows.
const FIRST: f64 = 1.0;

impl Remedy for MoreL2 {
    fn name(&self) -> &'static str {
        "L2"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        matches!(verdict, Verdict::HighVariance | Verdict::Undecided)
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let now = case.knobs.l2;
        let doses: &[f64] = if now > 0.0 { &[3.0, 10.0, 0.3] } else { &[1.0, 10.0, 100.0] };
        let base = if now > 0.0 { now } else { FIRST };
        stronger(now).with_values(doses.iter().map(|dose| Raw::number(dose * base)))
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let now = case.knobs.l2;
        if case.diagnosis.verdict == Verdict::Undecided && !case.variance_is_open() {
            return None;
        }
        Some(stronger(now))
    }
}

fn stronger(now: f64) -> Change {
    let (l2, reason) = if now > 0.0 { (3.0 * now, Reason::SmallPenalty(now)) } else { (FIRST, Reason::NoPenalty) };
    Change::set("training.l2", Raw::number(l2), reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::improve::case::tests::case;

    #[test]
    fn a_penalty_is_tripled_or_begun() {
        let mut case = case(Verdict::HighVariance);
        assert_eq!(MoreL2.propose(&case).unwrap().action.to_string(), "training.l2 = 1.5");
        case.knobs.l2 = 0.1;
        assert_eq!(MoreL2.propose(&case).unwrap().action.to_string(), "training.l2 = 0.3");
        case.knobs.l2 = 0.0;
        assert_eq!(MoreL2.propose(&case).unwrap().action.to_string(), "training.l2 = 1.0");
    }
}
