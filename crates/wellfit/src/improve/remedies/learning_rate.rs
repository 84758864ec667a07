//! Another learning rate: lower where the loss jumps, higher where it creeps.

use crate::diagnose::{Ailment, Finding, Verdict};
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// A third of the rate where the loss rose or jumped, else three times the rate; the usual one, and powers of ten, are tried too.
pub struct OtherLearningRate;

/// A rate above this is no rate.
const HIGHEST: f64 = 10.0;

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

    fn cures(&self) -> bool {
        true
    }

    fn doses(&self, case: &Case) -> Vec<Change> {
        let (now, usual) = (case.knobs.lr, case.usual.lr);
        let (up, down) = ([10.0, 3.0, 100.0, 1000.0], [0.1, 0.3, 0.01]);
        let (first, second): (&[f64], &[f64]) = if jumps(case) { (&down, &up) } else { (&up, &down) };
        let around = first.iter().zip(second).flat_map(|(a, b)| [a, b]).chain(first.iter().skip(second.len()));
        let around = around.map(|factor| rounded(factor * now));
        // The usual rate stands in for the dose that is next to it.
        let others = around.filter(|rate| (rate / usual).ln().abs() > 0.5 && *rate <= HIGHEST);
        let usual = ((usual / now).ln().abs() > 0.5).then_some(usual);
        usual.into_iter().chain(others).map(|rate| change(case, rate)).collect()
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        if case.diagnosis.verdict == Verdict::Undecided && !case.bias_is_open() {
            return None;
        }
        let factor = if jumps(case) { 1.0 / 3.0 } else { 3.0 };
        Some(change(case, rounded(factor * case.knobs.lr)))
    }
}

fn jumps(case: &Case) -> bool {
    case.diagnosis.findings.iter().any(|finding| {
        matches!(finding, Finding::LossRose { .. } | Finding::LossOscillates(_))
            || matches!(finding, Finding::Layer(found) if found.ailment == Ailment::LargeUpdates)
    })
}

fn change(case: &Case, rate: f64) -> Change {
    let lr = case.knobs.lr;
    let reason = match (jumps(case), rate < lr) {
        (true, true) => Reason::LossOscillates(lr),
        (true, false) => Reason::LossOscillatesYetSlow(lr),
        (false, true) => Reason::RateMayBeHigh(lr),
        (false, false) => Reason::RateMayBeLow(lr),
    };
    Change::set("training.lr", Raw::number(rate), reason)
}

// One significant digit: the last ones of a rate mean nothing.
fn rounded(lr: f64) -> f64 {
    format!("{lr:.0e}").parse().unwrap_or(lr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::improve::case::tests::case;

    #[test]
    fn doses_reach_a_rate_that_is_a_thousand_times_too_low_and_begin_with_the_usual_one() {
        let mut case = case(Verdict::HighBias);
        case.knobs.lr = 2e-6;
        let rates: Vec<String> =
            OtherLearningRate.doses(&case).iter().map(|change| change.action.to_string()).collect();
        assert_eq!(rates[0], "training.lr = 0.002");
        assert!(rates.contains(&"training.lr = 2e-5".to_string()), "{rates:?}");
    }

    #[test]
    fn a_jumping_loss_lowers_the_rate_and_a_smooth_one_raises_it() {
        let mut case = case(Verdict::HighBias);
        assert_eq!(OtherLearningRate.propose(&case).unwrap().action.to_string(), "training.lr = 0.006");
        case.diagnosis.findings.push(Finding::LossOscillates(0.5));
        assert_eq!(OtherLearningRate.propose(&case).unwrap().action.to_string(), "training.lr = 0.0007");
    }
}
