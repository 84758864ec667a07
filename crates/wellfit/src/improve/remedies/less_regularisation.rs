//! Less of what holds the network back, where it does not fit train.

use crate::diagnose::Verdict;
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// A tenth of the L2 penalty, or none.
pub struct LessL2;
/// A tenth of the L1 penalty, or none.
pub struct LessL1;
/// All units kept.
pub struct LessDropout;
/// A tenth of the weight decay, or none.
pub struct LessWeightDecay;

impl Remedy for LessL2 {
    fn name(&self) -> &'static str {
        "less L2"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        weaker(case, "training.l2", case.knobs.l2)
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        self.doses(case).into_iter().next()
    }
}

impl Remedy for LessL1 {
    fn name(&self) -> &'static str {
        "less L1"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        weaker(case, "training.l1", case.knobs.l1)
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        self.doses(case).into_iter().next()
    }
}

impl Remedy for LessWeightDecay {
    fn name(&self) -> &'static str {
        "less weight decay"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        weaker(case, "training.weight_decay", case.knobs.weight_decay)
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        self.doses(case).into_iter().next()
    }
}

impl Remedy for LessDropout {
    fn name(&self) -> &'static str {
        "less dropout"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitDev
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let drops = case.knobs.keep_prob.iter().any(|&keep| keep < 1.0);
        let possible = drops && case.bias_is_possible();
        possible.then(|| Change::set("network.keep_prob", Raw::number(1.0), Reason::Restrained))
    }
}

fn weaker(case: &Case, key: &str, now: f64) -> Vec<Change> {
    let doses: &[f64] = if now > 0.0 && case.bias_is_possible() { &[0.1, 0.01, 0.0] } else { &[] };
    doses.iter().map(|dose| Change::set(key, rounded(dose * now), Reason::Restrained)).collect()
}

// Two significant digits: the last ones of a penalty mean nothing.
fn rounded(value: f64) -> Raw {
    Raw::number(format!("{value:.1e}").parse().unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::improve::case::tests::case;

    #[test]
    fn a_penalty_that_leaves_bias_is_weakened_by_degrees() {
        let mut case = case(Verdict::HighBias);
        case.knobs.l2 = 50.0;
        let said: Vec<String> = LessL2.doses(&case).iter().map(|change| change.action.to_string()).collect();
        assert_eq!(said, ["training.l2 = 5.0", "training.l2 = 0.5", "training.l2 = 0.0"]);
        case.knobs.l2 = 0.0;
        assert_eq!(LessL2.propose(&case), None);
    }
}
