//! What the course of training shows: stopped early, stopped too soon, too high a rate.

use super::budget::ErrorBudget;
use super::words::percent;
use super::{Evidence, Finding, HistoryPoint};

/// Early stopping is in use: it serves two purposes at once.
pub(super) fn early_stopping(evidence: &Evidence, _: &ErrorBudget) -> Vec<Finding> {
    let Some(patience) = evidence.early_stopping else {
        return Vec::new();
    };
    let text = format!(
        "early stopping (patience {patience}, best epoch {} of {}) turns two purposes at once, fit train and fit dev: \
         when bias is judged high, look again with it off",
        evidence.best_epoch, evidence.epochs
    );
    vec![Finding::new("early stopping", text)]
}

/// Dev was still getting better when training ended.
pub(super) fn still_improving(evidence: &Evidence, _: &ErrorBudget) -> Vec<Finding> {
    let Some(gain) = late_gain(evidence) else {
        return Vec::new();
    };
    let text = format!(
        "dev loss was still falling when training ended at epoch {} (by {} over the last tenth): train longer",
        evidence.epochs,
        percent(gain)
    );
    vec![Finding::new("training too short", text)]
}

/// Share by which dev loss fell over the last tenth of training, if its best epoch lies there.
pub(super) fn late_gain(evidence: &Evidence) -> Option<f64> {
    let last = evidence.history.last()?;
    let start = last.epoch - last.epoch / 10;
    let before = evidence.history.iter().rfind(|point| point.epoch <= start)?;
    let gain = (before.dev_loss? - last.dev_loss?) / before.dev_loss?.abs();
    // Less than 0.1% of the loss over a tenth of the epochs is not worth waiting for.
    (evidence.best_epoch > start && evidence.history.len() >= 10 && gain > 0.001).then_some(gain)
}

/// Train loss rose over the run, or went up about as often as down.
pub(super) fn rate_too_high(evidence: &Evidence, _: &ErrorBudget) -> Vec<Finding> {
    let losses: Vec<f64> = evidence.history.iter().map(|point: &HistoryPoint| point.train_loss).collect();
    let (Some(&first), Some(&last)) = (losses.first(), losses.last()) else {
        return Vec::new();
    };
    let text = if losses.len() >= 3 && last > 1.05 * first {
        format!("train loss rose from {first:.4} to {last:.4}: the learning rate is too high")
    } else if let Some(share) = share_of_rises(&losses) {
        format!(
            "train loss went up in {} of the epochs and by more than a hundredth each time: the learning rate is \
             probably too high, or the batch too small for it",
            percent(share)
        )
    } else {
        return Vec::new();
    };
    vec![Finding::new("learning rate", text)]
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
    use super::super::diagnose;
    use super::super::evidence::tests::healthy;
    use super::*;

    fn kinds(evidence: &Evidence) -> Vec<String> {
        diagnose(evidence).unwrap().findings.into_iter().map(|finding| finding.kind).collect()
    }

    fn with_train_losses(losses: impl Fn(u64) -> f64) -> Evidence {
        let mut evidence = healthy();
        for point in &mut evidence.history {
            point.train_loss = losses(point.epoch);
        }
        evidence
    }

    #[test]
    fn early_stopping_is_said_to_turn_two_knobs() {
        assert_eq!(kinds(&Evidence { early_stopping: Some(8), ..healthy() }), ["verdict", "early stopping"]);
    }

    #[test]
    fn a_run_cut_short_is_told_to_go_on() {
        let mut evidence = healthy();
        for point in &mut evidence.history {
            point.dev_loss = Some(1.0 - 0.01 * point.epoch as f64);
        }
        evidence.best_epoch = 40;
        assert_eq!(kinds(&evidence), ["verdict", "training too short"]);
    }

    #[test]
    fn a_rising_or_jumping_loss_points_at_the_rate() {
        assert_eq!(kinds(&with_train_losses(|epoch| 0.5 + 0.01 * epoch as f64)), ["verdict", "learning rate"]);
        assert_eq!(kinds(&with_train_losses(|epoch| 0.5 + 0.1 * (epoch % 2) as f64)), ["verdict", "learning rate"]);
        assert_eq!(kinds(&with_train_losses(|epoch| 0.5 - 0.001 * epoch as f64)), ["verdict"]);
    }
}
