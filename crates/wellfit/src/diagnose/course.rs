//! What the course of training shows: stopped early, stopped too soon, too high a rate.

use super::Standing;
use super::budget::ErrorBudget;
use super::finding::Finding;
use super::input::DiagnosisInput;

/// Early stopping is in use: it serves two purposes at once.
pub(super) fn early_stopping(input: &DiagnosisInput) -> Option<Finding> {
    let patience = input.early_stopping?;
    Some(Finding::EarlyStopping { patience, best_epoch: input.best_epoch, epochs: input.epochs })
}

/// Dev was still getting better when training ended.
pub(super) fn still_improving(input: &DiagnosisInput) -> Option<Finding> {
    Some(Finding::StillImproving { epochs: input.epochs, fall: late_fall(input)? })
}

/// Share by which dev loss fell over the last tenth of training, if its best epoch lies there.
fn late_fall(input: &DiagnosisInput) -> Option<f64> {
    let last = input.history.last()?;
    let start = last.epoch - last.epoch / 10;
    let before = input.history.iter().rfind(|point| point.epoch <= start)?;
    let fall = (before.dev_loss? - last.dev_loss?) / before.dev_loss?.abs();
    // Less than 0.1% of the loss over a tenth of the epochs is not worth waiting for.
    (input.best_epoch > start && input.history.len() >= 10 && fall > 0.001).then_some(fall)
}

/// Train loss rose over the run, or went up about as often as down.
///
/// A network that fits train all the same is not kept from learning by noisy steps.
pub(super) fn rate_too_high(input: &DiagnosisInput, budget: &ErrorBudget) -> Option<Finding> {
    let losses: Vec<f64> = input.history.iter().map(|point| point.train_loss).collect();
    let (&first, &last) = (losses.first()?, losses.last()?);
    if losses.len() >= 3 && last > 1.05 * first {
        return Some(Finding::LossRose { first, last });
    }
    let fits = budget.bias_standing() == Standing::Fine;
    share_of_rises(&losses).filter(|_| !fits).map(Finding::LossOscillates)
}

// The share of steps that rise by over 1%, if there are enough of them to speak of oscillation.
fn share_of_rises(losses: &[f64]) -> Option<f64> {
    let steps = losses.len().saturating_sub(1);
    let rises = losses.iter().zip(losses.iter().skip(1)).filter(|(before, after)| **after > 1.01 * **before).count();
    let share = rises as f64 / steps.max(1) as f64;
    (steps >= 8 && share > 0.3).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::super::input::tests::healthy;
    use super::super::{FindingKind, diagnose};
    use super::*;

    fn kinds(input: &DiagnosisInput) -> Vec<FindingKind> {
        diagnose(input).unwrap().findings.iter().map(Finding::kind).collect()
    }

    fn with_train_losses(losses: impl Fn(u64) -> f64) -> DiagnosisInput {
        let mut input = healthy();
        for point in &mut input.history {
            point.train_loss = losses(point.epoch);
        }
        input
    }

    #[test]
    fn early_stopping_is_a_finding() {
        let input = DiagnosisInput { early_stopping: Some(8), ..healthy() };
        assert_eq!(kinds(&input), [FindingKind::Verdict, FindingKind::EarlyStopping]);
    }

    #[test]
    fn a_run_cut_short_is_found() {
        let mut input = healthy();
        for point in &mut input.history {
            point.dev_loss = Some(1.0 - 0.01 * point.epoch as f64);
        }
        input.best_epoch = 40;
        assert_eq!(kinds(&input), [FindingKind::Verdict, FindingKind::TrainingTooShort]);
    }

    #[test]
    fn a_rising_or_oscillating_loss_points_at_the_rate() {
        let rate = [FindingKind::Verdict, FindingKind::LearningRate];
        assert_eq!(kinds(&with_train_losses(|epoch| 0.5 + 0.01 * epoch as f64)), rate);
        let mut jumping = with_train_losses(|epoch| 0.5 + 0.1 * (epoch % 2) as f64);
        assert_eq!(kinds(&jumping), [FindingKind::Verdict], "it fits train all the same");
        jumping.target_given = Some(0.1);
        assert!(kinds(&jumping).contains(&FindingKind::LearningRate));
        assert_eq!(kinds(&with_train_losses(|epoch| 0.5 - 0.001 * epoch as f64)), [FindingKind::Verdict]);
    }
}
