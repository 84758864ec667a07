//! Another learning rate: lower where the loss jumps, higher where it creeps.

use crate::diagnose::Verdict;

use super::super::prescription::Change;
use super::super::{Case, Purpose, Remedy};

/// A third of the rate where the loss rose or jumped, else three times the rate.
pub struct OtherLearningRate;

impl Remedy for OtherLearningRate {
    fn name(&self) -> &'static str {
        "other learning rate"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        matches!(verdict, Verdict::HighBias | Verdict::Undecided)
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let Some(mild) = self.propose(case) else { return Vec::new() };
        let other = if case.found("learning rate") { 3.0 } else { 1.0 / 3.0 };
        let the_other_way = mild.with_values([format!("{:?}", rounded(case.knobs.lr * other))]);
        std::iter::once(mild).chain(the_other_way).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        if case.diagnosis.verdict == Verdict::Undecided && !case.bias_is_open() {
            return None;
        }
        let lr = case.knobs.lr;
        let (factor, reason) = if case.found("learning rate") {
            (1.0 / 3.0, format!("the loss rose or jumped at {lr}; a lower rate settles"))
        } else {
            (3.0, format!("train loss fell smoothly at {lr}; a higher rate gets further in the same epochs"))
        };
        Some(Change::set("training.lr", format!("{:?}", rounded(lr * factor)), reason))
    }
}

// One significant digit: the last ones of a rate mean nothing.
fn rounded(lr: f64) -> f64 {
    format!("{lr:.0e}").parse().unwrap_or(lr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Finding;
    use crate::improve::case::tests::case;

    #[test]
    fn a_jumping_loss_lowers_the_rate_and_a_smooth_one_raises_it() {
        let mut case = case(Verdict::HighBias);
        assert_eq!(OtherLearningRate.propose(&case).unwrap().change, "training.lr = 0.006");
        case.diagnosis.findings.push(Finding { kind: "learning rate".to_string(), text: String::new() });
        assert_eq!(OtherLearningRate.propose(&case).unwrap().change, "training.lr = 0.0007");
    }
}
