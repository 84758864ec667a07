//! How far a setting stands from where `auto` puts it: whoever turned a knob has named the first suspect.

use crate::data::Normalize;

use super::case::Case;

/// Of a choice that has no size, the factor that it weighs as much as: one that can keep a network from learning, and one that
/// rarely does.
const GRAVE: f64 = 1_000.0;
const SLIGHT: f64 = 2.0;
/// A penalty that nobody minds, as a stand-in for none.
const MILD: f64 = 3.0;

/// How suspicious the value in this place is: the logarithm of the factor by which it is off, and 0 where it is usual.
pub(super) fn suspicion(case: &Case, key: &str) -> f64 {
    let (now, usual) = (&case.knobs, &case.usual);
    let choice = |differs: bool, weight: f64| if differs { weight } else { 1.0 };
    let units = |hidden: &[usize]| hidden.iter().sum::<usize>().max(1) as f64;
    let keep = |probabilities: &[f64]| probabilities.iter().copied().fold(1.0, f64::min);
    let factor = match key {
        "network.init" => choice(now.init != usual.init, GRAVE),
        "data.normalize" => choice(now.normalize == Normalize::Off, GRAVE),
        "training.class_weights" => choice(now.class_weights, GRAVE),
        "network.activation" => choice(now.activation != usual.activation, SLIGHT),
        // Half of the usual size is a matter of taste.
        "network.hidden" => units(&usual.hidden) / (2.0 * units(&now.hidden)),
        "network.keep_prob" => keep(&usual.keep_prob) / keep(&now.keep_prob),
        "training.lr" => (now.lr / usual.lr).max(usual.lr / now.lr),
        "training.l2" => now.l2 / usual.l2.max(MILD),
        "training.l1" => now.l1 / usual.l1.max(MILD),
        "training.weight_decay" => now.weight_decay / usual.weight_decay.max(f64::MIN_POSITIVE),
        "training.epochs" => usual.epochs as f64 / now.epochs.max(1) as f64,
        "training.early_stopping" => match (now.early_stopping, usual.early_stopping) {
            (Some(now), Some(usual)) => usual as f64 / now.max(1) as f64,
            (Some(now), None) if now < 5 => SLIGHT,
            _ => 1.0,
        },
        _ => 1.0,
    };
    factor.max(1.0).ln()
}

#[cfg(test)]
mod tests {
    use super::super::case::tests::case;
    use super::*;
    use crate::diagnose::Verdict;

    #[test]
    fn the_further_a_setting_is_off_the_more_suspicious_it_is() {
        let mut case = case(Verdict::HighBias);
        for key in ["network.init", "data.normalize", "network.hidden", "training.lr", "training.l2", "training.epochs"]
        {
            assert_eq!(suspicion(&case, key), 0.0, "{key}");
        }
        case.knobs.lr = 300.0 * case.usual.lr;
        case.knobs.epochs = case.usual.epochs / 3;
        assert!(suspicion(&case, "training.lr") > suspicion(&case, "training.epochs"));
        assert!(suspicion(&case, "training.epochs") > 0.0);
        case.knobs.l2 = 2_000.0;
        assert!(suspicion(&case, "training.l2") > suspicion(&case, "training.epochs"));
    }
}
