//! How far a setting stands from where `auto` puts it: whoever turned a knob has named the first suspect.

use crate::data::Normalize;
use crate::experiment::Assignment;

use super::case::Case;

/// Of a choice that has no size, the factor that it weighs as much as: one that can keep a network from learning, and one that
/// rarely does.
const GRAVE: f64 = 1_000.0;
const SLIGHT: f64 = 4.0;
/// A factor up to this is a matter of taste.
const TASTE: f64 = 3.5;
/// A penalty that nobody minds, as a stand-in for none.
const MILD: f64 = 3.0;
/// Fewer epochs without improvement than this are soon over.
const IMPATIENT: u64 = 5;

/// How suspicious the value is that a change takes away: the logarithm of the factor by which it is off; 0 where it is usual, and
/// for a change that leads further away.
pub(super) fn suspicion(case: &Case, change: &Assignment) -> f64 {
    let (now, usual) = (&case.knobs, &case.usual);
    let choice = |differs: bool, weight: f64| if differs { weight } else { 1.0 };
    let numbers = change.value.numbers();
    let sum = |numbers: &[f64]| numbers.iter().sum::<f64>().max(1.0);
    let least = |numbers: &[f64]| numbers.iter().copied().fold(1.0, f64::min);
    // The factor by which what stands there is off, and whether the change takes something of it away.
    let (factor, relieves) = match change.key.as_str() {
        "network.init" => (choice(now.init != usual.init, GRAVE), true),
        "data.normalize" => (choice(now.normalize == Normalize::Off, GRAVE), true),
        "training.class_weights" => (choice(now.class_weights, GRAVE), true),
        "network.activation" => (choice(now.activation != usual.activation, SLIGHT), true),
        "network.hidden" => {
            let units = |hidden: &[usize]| sum(&hidden.iter().map(|&units| units as f64).collect::<Vec<_>>());
            (units(&usual.hidden) / units(&now.hidden), sum(&numbers) > units(&now.hidden))
        }
        "network.keep_prob" => {
            (least(&usual.keep_prob) / least(&now.keep_prob), least(&numbers) > least(&now.keep_prob))
        }
        "training.lr" => {
            let off = |rate: f64| (rate / usual.lr).ln().abs();
            (off(now.lr).exp(), numbers.iter().all(|&rate| off(rate) < off(now.lr)))
        }
        "training.l2" => (now.l2 / usual.l2.max(MILD), sum(&numbers) < now.l2),
        "training.l1" => (now.l1 / usual.l1.max(MILD), sum(&numbers) < now.l1),
        "training.weight_decay" => (
            now.weight_decay / usual.weight_decay.max(f64::MIN_POSITIVE),
            numbers.iter().all(|&decay| decay < now.weight_decay),
        ),
        "training.epochs" => (usual.epochs as f64 / now.epochs.max(1) as f64, sum(&numbers) > now.epochs as f64),
        "training.early_stopping" => {
            let off = match (now.early_stopping, usual.early_stopping) {
                (Some(now), Some(usual)) => usual as f64 / now.max(1) as f64,
                (Some(now), None) if now < IMPATIENT => SLIGHT,
                _ => 1.0,
            };
            (off, numbers.is_empty() || now.early_stopping.is_some_and(|now| sum(&numbers) > now as f64))
        }
        _ => (1.0, false),
    };
    let factor = if relieves && factor > TASTE { factor } else { 1.0 };
    factor.ln()
}

#[cfg(test)]
mod tests {
    use super::super::case::tests::case;
    use super::*;
    use crate::diagnose::Verdict;

    fn of(case: &Case, change: &str) -> f64 {
        suspicion(case, &change.parse().unwrap())
    }

    #[test]
    fn the_further_a_setting_is_off_the_more_suspicious_it_is() {
        let mut case = case(Verdict::HighBias);
        let usual = ["network.init = \"he\"", "network.hidden = [128, 64]", "training.lr = 0.001", "training.l2 = 0"];
        for change in usual {
            assert_eq!(of(&case, change), 0.0, "{change}");
        }
        case.knobs.lr = 300.0 * case.usual.lr;
        case.knobs.epochs = case.usual.epochs / 5;
        assert!(of(&case, "training.lr = 0.01") > of(&case, "training.epochs = 100"));
        assert!(of(&case, "training.epochs = 100") > 0.0);
        case.knobs.l2 = 2_000.0;
        assert!(of(&case, "training.l2 = 20") > of(&case, "training.epochs = 100"));
    }

    #[test]
    fn a_change_that_leads_further_away_has_no_suspect() {
        let mut case = case(Verdict::HighBias);
        (case.knobs.l2, case.knobs.hidden) = (2_000.0, vec![4, 4]);
        assert_eq!(of(&case, "training.l2 = 6000"), 0.0);
        assert_eq!(of(&case, "network.hidden = [2, 2]"), 0.0);
        assert!(of(&case, "network.hidden = [16, 16]") > 0.0);
    }
}
