//! Another learning rate: lower where the loss jumps, higher where it creeps.

use crate::diagnose::Verdict;
use crate::experiment::settings::Purpose;

use super::super::prescription::Change;
use super::super::{Case, Remedy};

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
        let mut both = [higher(case), lower(case)];
        if case.found("learning rate") {
            both.reverse();
        }
        both.into()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        if case.diagnosis.verdict == Verdict::Undecided && !case.bias_is_open() {
            return None;
        }
        Some(if case.found("learning rate") { lower(case) } else { higher(case) })
    }
}

fn lower(case: &Case) -> Change {
    let reason = match case.found("learning rate") {
        true => format!("the loss rose or jumped at {}; a lower rate settles", case.knobs.lr),
        false => format!("steps at {} may be too long to settle", case.knobs.lr),
    };
    Change::set("training.lr", format!("{:?}", rounded(case.knobs.lr / 3.0)), reason)
}

fn higher(case: &Case) -> Change {
    let reason = match case.found("learning rate") {
        true => format!("what jumps at {} may still get further in the same epochs", case.knobs.lr),
        false => {
            format!("train loss fell smoothly at {}; a higher rate gets further in the same epochs", case.knobs.lr)
        }
    };
    Change::set("training.lr", format!("{:?}", rounded(case.knobs.lr * 3.0)), reason)
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
