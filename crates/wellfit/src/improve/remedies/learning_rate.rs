//! Another learning rate: lower where the loss jumps, higher where it creeps.

use crate::diagnose::{FindingKind, Verdict};
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

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
        if case.found(FindingKind::LearningRate) {
            both.reverse();
        }
        both.into()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        if case.diagnosis.verdict == Verdict::Undecided && !case.bias_is_open() {
            return None;
        }
        Some(if case.found(FindingKind::LearningRate) { lower(case) } else { higher(case) })
    }
}

fn lower(case: &Case) -> Change {
    let lr = case.knobs.lr;
    let reason = match case.found(FindingKind::LearningRate) {
        true => Reason::LossOscillates(lr),
        false => Reason::RateMayBeHigh(lr),
    };
    Change::set("training.lr", rounded(lr / 3.0), reason)
}

fn higher(case: &Case) -> Change {
    let lr = case.knobs.lr;
    let reason = match case.found(FindingKind::LearningRate) {
        true => Reason::LossOscillatesYetSlow(lr),
        false => Reason::RateMayBeLow(lr),
    };
    Change::set("training.lr", rounded(lr * 3.0), reason)
}

// One significant digit: the last ones of a rate mean nothing.
fn rounded(lr: f64) -> Raw {
    Raw::number(format!("{lr:.0e}").parse().unwrap_or(lr))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Finding;
    use crate::improve::case::tests::case;

    #[test]
    fn a_jumping_loss_lowers_the_rate_and_a_smooth_one_raises_it() {
        let mut case = case(Verdict::HighBias);
        assert_eq!(OtherLearningRate.propose(&case).unwrap().action.to_string(), "training.lr = 0.006");
        case.diagnosis.findings.push(Finding::LossOscillates(0.5));
        assert_eq!(OtherLearningRate.propose(&case).unwrap().action.to_string(), "training.lr = 0.0007");
    }
}
